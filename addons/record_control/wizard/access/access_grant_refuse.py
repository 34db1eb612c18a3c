from odoo import fields, models


class AccessGrantRefuse(models.TransientModel):
    _name = "access.grant.refuse"
    _description = "Refuse an Access Request"
    _inherit = ["own.wizard.mixin"]

    grant_ids = fields.Many2many(comodel_name="access.grant", required=True)
    reason = fields.Text(required=True)

    def action_confirm(self):
        """Refuse the requests with the reason.

        :return: action that closes the dialog
        """
        self.grant_ids.action_refuse(self.reason)
        return {"type": "ir.actions.act_window_close"}
