from odoo import models

from odoo.addons.record_control.tools.xlsx_ledger import Column

from ..card.customer_archive_ledgers import LEDGER_GROUPS


class LedgerRefresh(models.AbstractModel):
    """L-03: refreshes of the archives by quarter."""

    _name = "report.customer_archive.ledger_refresh"
    _description = "Ledger of archive refreshes"
    _inherit = "ledger.mixin"
    _ledger_model = "customer.archive.refresh"
    _ledger_form_code = "L-03"
    _ledger_groups = LEDGER_GROUPS
    _ledger_order = "date_quarter, partner_id, id"

    def _ledger_columns(self):
        return [
            Column("quarter", width=10),
            Column("partner_id", label=self.env._("Customer"), width=30),
            Column("archive_id.name", label=self.env._("Archive No.")),
            Column("user_id"),
            Column("date_due"),
            Column("date_done"),
            Column("state"),
            Column(
                "result",
                label=self.env._("Result"),
                method="_column_result",
                kind="text",
                width=12,
            ),
            Column("supplemented", wrap=True, width=30),
            Column("corrected", label=self.env._("Amended"), wrap=True, width=30),
            Column("completed", wrap=True, width=30),
            Column(
                "changes",
                label=self.env._("Recorded Changes"),
                method="_column_changes",
                kind="text",
                width=40,
                wrap=True,
            ),
            Column("received_by_id"),
            Column("date_received"),
        ]

    def _column_result(self, records):
        labels = dict(records._fields["result"]._description_selection(self.env))
        overdue = self.env._("Overdue")
        return {
            record.id: overdue if record.is_overdue else labels.get(record.result)
            for record in records
        }

    def _column_changes(self, records):
        return {
            record.id: "\n".join(rows)
            for record, rows in records._get_recorded_changes().items()
        }
