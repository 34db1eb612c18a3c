from odoo import fields, models


class SampleUseOverride(models.TransientModel):
    """The manager says why a sample is used although its rule blocks it."""

    _name = "sample.use.override"
    _description = "Allow a Blocked Sample"
    _inherit = ["own.wizard.mixin"]

    res_model = fields.Selection(
        selection=[
            ("sample.first.article", "First article"),
            ("sample.comparison", "Comparison"),
        ],
        required=True,
    )
    res_ids = fields.Json(required=True)
    reason = fields.Char(required=True)

    def action_apply(self):
        """Allow the sample; the reason is kept with the record and the sample.

        :return: action that closes the dialog
        """
        self.ensure_one()
        self.env[self.res_model].browse(self.res_ids)._override(self.reason)
        return {"type": "ir.actions.act_window_close"}
