from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


class SampleSample(models.Model):
    """Numbered copies of one standard: each a record with number, label and signatures of its own."""

    _inherit = "sample.sample"

    master_id = fields.Many2one(
        comodel_name="sample.sample",
        string="Copy Of",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    copy_no = fields.Integer(string="Copy No.", readonly=True, copy=False)
    copy_ids = fields.One2many(
        comodel_name="sample.sample",
        inverse_name="master_id",
        string="Copies",
    )
    copy_count = fields.Integer(compute="_compute_copy_count")

    _copy_unique = models.UniqueIndex(
        "(master_id, copy_no) WHERE master_id IS NOT NULL",
        "The copy number is already taken.",
    )

    @api.depends("copy_ids")
    def _compute_copy_count(self):
        counts = dict(
            self._read_group(
                [("master_id", "in", self.ids)], ["master_id"], ["__count"]
            )
        )
        for sample in self:
            sample.copy_count = counts.get(sample._origin, 0)

    @api.constrains("master_id", "product_id", "type_id")
    def _check_master(self):
        for sample in self.filtered("master_id"):
            master = sample.master_id
            if master.master_id or master == sample:
                raise ValidationError(
                    self.env._(
                        "%(sample)s: copies belong to the first piece, not to another copy.",
                        sample=sample.display_name,
                    )
                )
            if (master.product_id, master.type_id) != (
                sample.product_id,
                sample.type_id,
            ):
                raise ValidationError(
                    self.env._(
                        "%(sample)s is a copy of %(master)s: product and type are the same.",
                        sample=sample.display_name,
                        master=master.display_name,
                    )
                )

    @api.model
    def _get_protected_fields(self):
        return super()._get_protected_fields() | {"master_id", "copy_no"}

    def _make_copies(self, count, reason):
        """Make numbered copies of one sample, in draft; each is signed on its own (SC-01.1, D-22).

        :param int count: how many
        :param str reason: why there are more pieces than one
        :return: the copies
        """
        self.ensure_one()
        if count < 1 or not (reason or "").strip():
            raise UserError(
                self.env._(
                    "In principle one piece is kept; say how many copies and why."
                )
            )
        master = self.master_id or self
        last = max(master.copy_ids.mapped("copy_no"), default=0)
        vals_list = [
            {
                **self.copy_data({"qty_reason": reason})[0],
                "master_id": master.id,
                "copy_no": last + number,
            }
            for number in range(1, count + 1)
        ]
        trusted = self._with_trusted_fields(["master_id", "copy_no"])
        return trusted.create(vals_list).with_env(self.env)

    def _get_family(self):
        """Return the first piece and all its copies, for recalls and limit sets."""
        masters = self.master_id | self.filtered(lambda sample: not sample.master_id)
        return masters | masters.copy_ids

    def action_view_copies(self):
        """Show the first piece and its copies.

        :return: action
        """
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "sample_control.sample_sample_action"
        )
        action.update(domain=[("id", "in", self._get_family().ids)], context={})
        return action
