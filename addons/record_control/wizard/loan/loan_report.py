from odoo import fields, models


class LoanReport(models.TransientModel):
    _name = "loan.report"
    _description = "Report a Thing Lost or Damaged"
    _inherit = ["own.wizard.mixin"]

    loan_id = fields.Many2one(comodel_name="loan.loan", required=True)
    line_ids = fields.Many2many(
        comodel_name="loan.loan.line",
        string="Things",
        required=True,
        domain="[('loan_id', '=', loan_id), ('state', '=', 'out')]",
    )
    kind = fields.Selection(
        selection=[("damaged", "Damaged"), ("lost", "Lost")],
        required=True,
    )
    note = fields.Char(
        string="What Happened",
        required=True,
    )

    def action_confirm(self):
        """Tell the keepers.

        :return: action that closes the dialog
        """
        for wizard in self:
            wizard.loan_id._report_problem(wizard.line_ids, wizard.kind, wizard.note)
        return {"type": "ir.actions.act_window_close"}
