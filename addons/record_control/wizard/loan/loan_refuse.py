from odoo import fields, models


class LoanRefuse(models.TransientModel):
    _name = "loan.refuse"
    _description = "Refuse a Loan"
    _inherit = ["own.wizard.mixin"]

    loan_ids = fields.Many2many(comodel_name="loan.loan", required=True)
    reason = fields.Text(required=True)

    def action_confirm(self):
        """Refuse the loans with the reason.

        :return: action that closes the dialog
        """
        self.loan_ids.action_refuse(self.reason)
        return {"type": "ir.actions.act_window_close"}
