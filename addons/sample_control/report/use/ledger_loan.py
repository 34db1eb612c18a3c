from odoo import models
from odoo.fields import Domain

from odoo.addons.record_control.tools.xlsx_ledger import Column


class LedgerSampleLoan(models.AbstractModel):
    """X05 样件借用台账: one row per sample and loan, with the rate of overdue loans."""

    _name = "report.sample_control.ledger_loan"
    _description = "Ledger of sample loans"
    _inherit = "ledger.mixin"
    _ledger_model = "loan.loan.line"
    _ledger_form_code = "SC-X05"
    _ledger_order = "handed_out_at, id"
    _ledger_groups = "base.group_allow_export,sample_control.group_sample_keeper"

    def _ledger_domain(self):
        return Domain("res_model", "=", "sample.sample")

    def _ledger_columns(self):
        return [
            Column("loan_id.name", label=self.env._("Loan No.")),
            Column("thing_name", label=self.env._("Sample"), width=36),
            Column("borrower", label=self.env._("Borrower"), method="_column_borrower"),
            Column(
                "department",
                label=self.env._("Department"),
                method="_column_department",
            ),
            Column("loan_id.purpose", width=30, wrap=True),
            Column("loan_id.place_of_use"),
            Column("handed_out_at", label=self.env._("Borrowed On")),
            Column("handed_out_by_id"),
            Column("loan_id.date_due", label=self.env._("Due Back")),
            Column("returned_at"),
            Column("received_by_id"),
            Column("condition"),
            Column("condition_note", width=24, wrap=True),
            Column("reported_problem"),
            Column("state"),
        ]

    def _column_borrower(self, records):
        # sudo: the name of a colleague is no secret, but not everybody reads employees
        return {line.id: line.sudo().loan_id.borrower_id.name for line in records}

    def _column_department(self, records):
        # sudo: as above
        return {line.id: line.sudo().loan_id.department_id.name for line in records}

    def _ledger_head_lines(self):
        rate = self.env["loan.loan.line"]._get_overdue_rate(self._ledger_domain())
        return [] if rate is False else [(self.env._("Overdue rate"), f"{rate:.1f} %")]
