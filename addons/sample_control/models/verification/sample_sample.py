from odoo import api, fields, models


class SampleSample(models.Model):
    """A sample and its inspections (SC-45 to SC-48)."""

    _inherit = "sample.sample"

    inspection_ids = fields.One2many(
        comodel_name="sample.inspection",
        inverse_name="sample_id",
        string="Inspections",
        readonly=True,
    )
    baseline_inspection_id = fields.Many2one(
        comodel_name="sample.inspection",
        string="Original Inspection Record",
        readonly=True,
        copy=False,
        index="btree_not_null",
    )

    @api.model
    def _get_protected_fields(self):
        return super()._get_protected_fields() | {"baseline_inspection_id"}

    # --- Gates ---

    def _get_baseline_reasons(self):
        """Say why this one sample gets no original range now: it is part of what is signed."""
        self.ensure_one()
        round_states = (self.sign_off_state, self.request_id.sign_off_state)
        signed = self.state not in ("draft", "to_sign")
        if not signed and not {"open", "sealed"}.intersection(round_states):
            return []
        return [
            self.env._(
                "%(sample)s is signed or being signed; the original inspection comes before.",
                sample=self.name,
            )
        ]

    # --- Business ---

    def _create_inspection(self, inspection_type, origin=None, planned_date=None):
        """Open an inspection of each sample, with a line for each characteristic.

        :param str inspection_type: a key of ``TYPES`` in ``sample_inspection.py``
        :param origin: the record that asks for it (plan line, exception, dispatch), if any
        :param datetime.date planned_date: when it is due, if that is known
        :return: one draft of sample.inspection for each sample, in their order
        """
        inspections = self.env["sample.inspection"]
        trusted = inspections._with_trusted_fields(
            ["origin_res_model", "origin_res_id"]
        )
        return trusted.create(
            [
                {
                    "sample_id": sample.id,
                    "inspection_type": inspection_type,
                    "date_planned": planned_date,
                    "origin_res_model": origin._name if origin else False,
                    "origin_res_id": origin.id if origin else False,
                }
                for sample in self
            ]
        ).with_env(self.env)
