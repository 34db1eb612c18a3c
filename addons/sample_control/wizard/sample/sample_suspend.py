from odoo import fields, models


class SampleSuspend(models.TransientModel):
    """Stop the use of samples at once, or report them lost, with the reason."""

    _name = "sample.suspend"
    _description = "Suspend Samples"
    _inherit = ["own.wizard.mixin"]

    kind = fields.Selection(
        selection=[
            ("suspended", "Suspend"),
            ("lost", "Lost"),
            ("obsolete", "Obsolete"),
        ],
        string="What",
        required=True,
        default="suspended",
    )
    sample_ids = fields.Many2many(comodel_name="sample.sample", required=True)
    reason = fields.Text(required=True)

    def action_apply(self):
        """Suspend or end the samples."""
        self.ensure_one()
        if self.kind == "suspended":
            self.sample_ids._check_transition("suspended")
            self.sample_ids._suspend(self.reason)
        else:
            self.sample_ids._end(self.kind, self.reason)
        return {"type": "ir.actions.act_window_close"}
