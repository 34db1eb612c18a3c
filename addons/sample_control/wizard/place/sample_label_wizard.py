from odoo import api, fields, models

from ...models.place.sample_label_print import LAYOUTS


class SampleLabelWizard(models.TransientModel):
    """Choose a label and, for a reprint, say why."""

    _name = "sample.label.wizard"
    _description = "Print Labels"
    _inherit = ["own.wizard.mixin"]

    layout = fields.Selection(
        selection=LAYOUTS,
        required=True,
        default=lambda self: "location"
        if self.env.context.get("active_model") == "sample.location"
        else "card_80",
    )
    sample_ids = fields.Many2many(comodel_name="sample.sample")
    location_ids = fields.Many2many(comodel_name="sample.location")
    is_reprint = fields.Boolean(compute="_compute_is_reprint")
    reason = fields.Char(string="Reason of the Reprint")

    @api.depends("layout", "sample_ids", "location_ids")
    def _compute_is_reprint(self):
        jobs = self.env["sample.label.print"]
        for wizard in self:
            wizard.is_reprint = bool(
                jobs._get_printed(wizard.layout, wizard.sample_ids, wizard.location_ids)
            )

    def action_print(self):
        """Enter the print in the register and return the labels.

        :return: report action
        """
        self.ensure_one()
        job = self.env["sample.label.print"]._start(
            self.layout,
            samples=self.sample_ids,
            locations=self.location_ids,
            reason=self.reason,
        )
        # the dialog closes, else it asks at once for the reason of a reprint
        return {**job._get_report_action(), "close_on_report_download": True}
