from odoo import models

from odoo.addons.record_control.tools.xlsx_ledger import Column


class LedgerDisposal(models.AbstractModel):
    """X09 样件处置台账: one row per sheet with its samples."""

    _name = "report.sample_control.ledger_disposal"
    _description = "Ledger of sample disposals"
    _inherit = "ledger.mixin"
    _ledger_model = "sample.disposal"
    _ledger_form_code = "SC-X09"
    _ledger_order = "name, id"
    _ledger_groups = "base.group_allow_export,sample_control.group_sample_administrator"

    def _ledger_columns(self):
        return [
            Column("name"),
            Column(
                "samples",
                label=self.env._("Samples"),
                kind="text",
                width=40,
                method="_column_samples",
            ),
            Column("reason"),
            Column("method"),
            Column("requester_id"),
            Column("consent_date"),
            Column("executor_id"),
            Column("executed_at"),
            Column("witness_id"),
            Column("witnessed_at"),
            Column("date_disposed"),
            Column("note", wrap=True),
            Column("state"),
        ]

    def _column_samples(self, records):
        return {
            record.id: ", ".join(record.line_ids.sample_id.mapped("name"))
            for record in records
        }
