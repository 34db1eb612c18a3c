from odoo import models

from odoo.addons.record_control.tools.xlsx_ledger import Column

from ..card.customer_archive_ledgers import LEDGER_GROUPS


class LedgerInspection(models.AbstractModel):
    """L-25: results of the inspections."""

    _name = "report.customer_archive.ledger_inspection"
    _description = "Archive inspection results"
    _inherit = "ledger.mixin"
    _ledger_model = "customer.archive.inspection"
    _ledger_form_code = "L-25"
    _ledger_groups = LEDGER_GROUPS
    _ledger_order = "year, half, keeper_id"

    def _ledger_columns(self):
        return [
            Column("name"),
            Column(
                "year",
                label=self.env._("Year"),
                kind="text",
                width=8,
                method="_column_year",
            ),
            Column("half"),
            Column("keeper_id"),
            Column("inspector_ids"),
            Column("date_inspected"),
            Column("line_count", label=self.env._("Archives"), total=True),
            Column("passed_count", total=True),
            Column("failed_count", total=True),
            Column("open_count", total=True),
            Column("pass_rate", kind="number", digits=1),
            Column("state"),
            Column("date_done"),
            Column("note", wrap=True, width=40),
        ]

    def _column_year(self, records):
        return {record.id: str(record.year) for record in records}


class LedgerInspectionLine(models.AbstractModel):
    """L-25, archive by archive."""

    _name = "report.customer_archive.ledger_inspection_line"
    _description = "Details of archive inspections"
    _inherit = "ledger.mixin"
    _ledger_model = "customer.archive.inspection.line"
    _ledger_form_code = "L-25"
    _ledger_groups = LEDGER_GROUPS
    _ledger_order = "inspection_id, id"

    def _get_ledger_title(self):
        """The same form as the results, line by line: a title of its own tells the two apart."""
        return self.env._("Details of archive inspections")

    def _ledger_columns(self):
        return [
            Column("inspection_id.name", label=self.env._("Inspection No.")),
            Column("archive_id.name", label=self.env._("Archive No.")),
            Column("partner_id", label=self.env._("Customer"), width=30),
            Column("place"),
            Column("result"),
            Column("failed_items", width=30, wrap=True),
            Column("problem", width=30, wrap=True),
            Column("measure", width=30, wrap=True),
            Column("user_id"),
            Column("date_deadline"),
            Column("date_corrected"),
            Column("corrected_by_id"),
        ]
