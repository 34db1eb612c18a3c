from odoo import fields, models

#: inspections of a piece that is not the standard yet
EARLY_TYPES = ("baseline", "trial_fit")
#: treatment entered on the inspection -> decision proposed on the exception (E10)
DECISIONS = {"reshape": "reshape", "replace": "replace", "stop": "scrap"}


class SampleInspection(models.Model):
    """Inspections that an exception asks for, and exceptions that an inspection finds (SC-49)."""

    _inherit = "sample.inspection"

    exception_id = fields.Many2one(
        comodel_name="sample.exception",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
    )

    def _get_protected_fields(self):
        return super()._get_protected_fields() | {"exception_id"}

    def _on_confirmed(self):
        """A failed inspection is an exception; one that was asked for by an exception belongs to it."""
        super()._on_confirmed()
        for inspection in self.filtered(lambda record: record.result == "fail"):
            sample = inspection.sample_id
            if inspection.exception_id or inspection.inspection_type in EARLY_TYPES:
                continue
            if sample.state != "suspended" or sample._get_open_exceptions():
                continue
            where = "patrol" if inspection.inspection_type == "patrol" else "inspection"
            found = sample._report_exception(
                "unreliable",
                inspection.action_note or inspection.display_name,
                where,
                inspection,
            )
            found.decision = DECISIONS.get(inspection.action)
            inspection._write_protected({"exception_id": found.id})

    def _get_trace_outcome(self):
        """Return the result of this inspection, for the trace of its sample.

        :rtype: str
        """
        self.ensure_one()
        results = dict(self._fields["result"]._description_selection(self.env))
        return results.get(self.result, "")
