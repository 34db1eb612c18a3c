from odoo import api, fields, models
from odoo.exceptions import UserError

LAYOUTS = [
    ("card_80", "Card 80 × 50 mm"),
    ("card_60", "Card 60 × 40 mm"),
    ("card_sheet", "Cards on A4"),
    ("in_process", "In-process label"),
    ("disabled", "Disabled label (red)"),
    ("location", "Location label"),
]


class SampleLabelPrint(models.Model):
    """One print of labels, append-only: which, by whom, and for reprints why (SC-29.2).

    The label reports print these records, not samples, so that no label leaves the house without
    an entry here.
    """

    _name = "sample.label.print"
    _description = "Label Print"
    _order = "id desc"

    layout = fields.Selection(selection=LAYOUTS, required=True, readonly=True)
    sample_ids = fields.Many2many(
        comodel_name="sample.sample", string="Samples", readonly=True
    )
    location_ids = fields.Many2many(
        comodel_name="sample.location", string="Places", readonly=True
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        readonly=True,
        index=True,
        default=lambda self: self.env.company,
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Printed By",
        required=True,
        readonly=True,
        index=True,
        default=lambda self: self.env.user,
    )
    is_reprint = fields.Boolean(readonly=True)
    reason = fields.Char(string="Reason of the Reprint", readonly=True)

    @api.depends("layout", "create_date")
    @api.depends_context("lang")
    def _compute_display_name(self):
        labels = dict(self._fields["layout"]._description_selection(self.env))
        for job in self:
            job.display_name = f"{labels.get(job.layout, '')} {job.id or ''}".strip()

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            raise UserError(
                self.env._("Labels are printed from the sample or the place.")
            )
        return super().create(vals_list)

    def write(self, vals):
        raise UserError(self.env._("The register of label prints cannot be changed."))

    @api.ondelete(at_uninstall=False)
    def _unlink_except_any(self):
        raise UserError(self.env._("The register of label prints cannot be deleted."))
