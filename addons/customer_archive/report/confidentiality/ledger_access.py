from odoo import models
from odoo.fields import Domain

from odoo.addons.record_control.tools.xlsx_ledger import Column


class LedgerAccess(models.AbstractModel):
    """L-07 查阅/打印/导出日志: who saw, printed or took out which archive, and on what ground (CA-11, CA-12)."""

    _name = "report.customer_archive.ledger_access"
    _description = "Archive access log"
    _inherit = "ledger.mixin"
    _ledger_model = "access.log"
    _ledger_form_code = "L-07"
    # Whoever supervises the confidentiality reads the log; nobody else may take it out
    _ledger_groups = "record_control.group_access_auditor"
    _ledger_order = "at, id"

    def _ledger_domain(self):
        archives = ("customer.archive", "customer.archive.document")
        return Domain("res_model", "in", archives)

    def _ledger_columns(self):
        return [
            Column("at"),
            Column("user_id", width=16),
            Column("res_model_name", width=18),
            Column("res_name", width=36),
            Column("action", width=14),
            Column("basis", width=14),
            Column(
                "request",
                label=self.env._("Request"),
                method="_column_request",
                width=18,
            ),
            Column("detail_in_words", width=40, wrap=True),
            Column("ip_address", width=16),
        ]

    def _column_request(self, logs):
        """Name the grant by which somebody had access, for those who may not read grants too."""
        # sudo: on which request the access rested is what the log is for
        return {
            log.id: log.sudo().grant_id.display_name for log in logs if log.grant_id
        }
