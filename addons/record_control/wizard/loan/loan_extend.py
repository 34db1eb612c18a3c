from odoo import api, fields, models


class LoanExtend(models.TransientModel):
    _name = "loan.extend"
    _description = "Extend a Loan"
    _inherit = ["own.wizard.mixin"]

    loan_id = fields.Many2one(comodel_name="loan.loan", required=True)
    date_due_before = fields.Datetime(
        string="Due Now",
        related="loan_id.date_due",
    )
    date_due = fields.Datetime(
        string="New Due Date",
        compute="_compute_date_due",
        store=True,
        readonly=False,
        required=True,
    )
    reason = fields.Char(required=True)
    note = fields.Text(compute="_compute_note")

    @api.depends("loan_id")
    def _compute_date_due(self):
        for wizard in self:
            wizard.date_due = (
                wizard.loan_id.date_due and wizard.loan_id._get_longest_extension()
            )

    @api.depends("loan_id", "date_due")
    def _compute_note(self):
        for wizard in self:
            wizard.note = (
                "\n".join(wizard.loan_id._get_extension_reasons(wizard.date_due))
                or False
            )

    def action_confirm(self):
        """Ask for the later due date.

        :return: action that closes the dialog
        """
        for wizard in self:
            wizard.loan_id._request_extension(wizard.date_due, wizard.reason)
        return {"type": "ir.actions.act_window_close"}
