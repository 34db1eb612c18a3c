from odoo import fields, models


class SampleValidity(models.TransientModel):
    """Shorten the validity of samples; an extension needs a new signature (D-24)."""

    _name = "sample.validity"
    _description = "Shorten the Validity of Samples"
    _inherit = ["own.wizard.mixin"]

    sample_ids = fields.Many2many(comodel_name="sample.sample", required=True)
    valid_until = fields.Date(
        required=True,
        default=lambda self: self.env.company._record_control_today(),
    )
    reason = fields.Char(required=True)

    def action_apply(self):
        """Write the earlier end of validity."""
        self.ensure_one()
        self.sample_ids._shorten_validity(self.valid_until, self.reason)
        return {"type": "ir.actions.act_window_close"}
