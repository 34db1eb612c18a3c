from odoo import fields, models


class SampleMove(models.TransientModel):
    """Move samples to another place or hand them to somebody."""

    _name = "sample.move"
    _description = "Move Samples"
    _inherit = ["own.wizard.mixin"]

    sample_ids = fields.Many2many(comodel_name="sample.sample", required=True)
    location_id = fields.Many2one(comodel_name="sample.location", string="To Place")
    holder_id = fields.Many2one(comodel_name="res.partner", string="To Person")
    reason = fields.Char(required=True)

    def action_apply(self):
        """Move and log."""
        self.ensure_one()
        self.sample_ids._check_mover()
        self.sample_ids._move(
            location=self.location_id, holder=self.holder_id, reason=self.reason
        )
        return {"type": "ir.actions.act_window_close"}
