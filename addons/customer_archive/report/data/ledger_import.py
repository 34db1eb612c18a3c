from odoo import models

from odoo.addons.record_control.tools.xlsx_ledger import Column

from ..card.customer_archive_ledgers import LEDGER_GROUPS


class LedgerImport(models.AbstractModel):
    """L-24 导入结果: what became of each row of the imported customer lists (CA-97).

    Telephones and addresses are left out: the lists are destroyed after the import, and the ledger is none (CA-13).
    """

    _name = "report.customer_archive.ledger_import"
    _description = "Customer import results"
    _inherit = "ledger.mixin"
    _ledger_model = "customer.import.line"
    _ledger_form_code = "L-24"
    _ledger_groups = LEDGER_GROUPS
    _ledger_order = "batch_id, id"

    def _ledger_columns(self):
        return [
            Column("batch_id.name", label=self.env._("Import no."), width=16),
            Column("batch_id.file_name", label=self.env._("File Name"), width=24),
            Column("sheet", width=14),
            Column("row", kind="integer", width=8),
            Column("name", width=32),
            Column("company_registry", width=22),
            Column("user_id", width=14),
            Column("state", width=16),
            Column("problem", width=50, wrap=True),
            Column("partner_id.ref", label=self.env._("Customer No."), width=14),
            Column("archive_id", width=30),
            Column(
                "batch_id.imported_by_id", label=self.env._("Imported by"), width=14
            ),
            Column("batch_id.imported_at", label=self.env._("Imported at")),
        ]
