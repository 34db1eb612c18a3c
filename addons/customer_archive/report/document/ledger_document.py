from odoo import models

from odoo.addons.record_control.tools.xlsx_ledger import Column

from ..card.customer_archive_ledgers import LEDGER_GROUPS


class LedgerDocument(models.AbstractModel):
    """L-04: contents of the archives and what is missing."""

    _name = "report.customer_archive.ledger_document"
    _description = "Archive documents and gaps"
    _inherit = "ledger.mixin"
    _ledger_model = "customer.archive.document"
    _ledger_form_code = "L-04"
    _ledger_groups = LEDGER_GROUPS
    _ledger_order = "partner_id, type_sequence, id"

    def _ledger_columns(self):
        return [
            Column("partner_id", label=self.env._("Customer"), width=30),
            Column("archive_id.name", label=self.env._("Archive No.")),
            Column("type_id.code", label=self.env._("Type Code"), width=10),
            Column("type_id.form_number", label=self.env._("Form Number")),
            Column("type_id.name", label=self.env._("Document"), width=36),
            Column("is_mandatory"),
            Column("status"),
            Column("date_received"),
            Column("received_by_id"),
            Column("date_valid_until"),
            Column(
                "volume_year",
                label=self.env._("Volume"),
                kind="text",
                width=8,
                method="_column_volume_year",
            ),
            Column("copies", total=True),
            Column("attachment_count", total=True),
            Column("paper_place"),
            Column("note", wrap=True),
        ]

    def _column_volume_year(self, records):
        return {
            record.id: str(record.volume_year) if record.volume_year else None
            for record in records
        }
