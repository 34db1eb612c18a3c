from odoo import models
from odoo.fields import Domain

from odoo.addons.record_control.tools.xlsx_ledger import Column

from ...models.custody.loan_loan import ARCHIVE_MODELS
from ..card.customer_archive_ledgers import LEDGER_GROUPS


class LedgerLoan(models.AbstractModel):
    """L-05: archives and documents borrowed, with the rate of overdue loans (K-20)."""

    _name = "report.customer_archive.ledger_loan"
    _description = "Ledger of archive loans"
    _inherit = "ledger.mixin"
    _ledger_model = "loan.loan.line"
    _ledger_form_code = "L-05"
    _ledger_groups = LEDGER_GROUPS
    _ledger_order = "handed_out_at, id"

    def _ledger_domain(self):
        return Domain("res_model", "in", ARCHIVE_MODELS)

    def _ledger_columns(self):
        return [
            Column("loan_id.name", label=self.env._("No.")),
            Column("borrower", label=self.env._("Borrower"), method="_column_borrower"),
            Column(
                "department",
                label=self.env._("Department"),
                method="_column_department",
            ),
            Column("thing_name", label=self.env._("Content"), width=40),
            Column("purpose", width=30, wrap=True),
            Column("handed_out_at", label=self.env._("Borrowed On")),
            Column("date_due", label=self.env._("Due back")),
            Column("returned_at"),
            Column("is_overdue"),
            Column("approver_id", label=self.env._("Approved By")),
            Column("condition"),
            Column("place_confirmed_at"),
            Column("place_confirmed_by_id"),
        ]

    def _column_borrower(self, records):
        # Names of colleagues are no secret, but not every user may read employees.
        return {line.id: line.sudo().borrower_id.name for line in records}

    def _column_department(self, records):
        return {line.id: line.sudo().department_id.name for line in records}

    def _ledger_head_lines(self):
        rate = self.env["loan.loan.line"]._get_overdue_rate(self._ledger_domain())
        if rate is False:
            return []
        return [(self.env._("Overdue rate"), f"{rate:.1f} %")]
