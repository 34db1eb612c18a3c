from odoo import models

from odoo.addons.record_control.tools.xlsx_ledger import Column


class LedgerDispatch(models.AbstractModel):
    """X10 样品寄送台账: one row per dispatch with what was sent."""

    _name = "report.sample_control.ledger_dispatch"
    _description = "Ledger of dispatches"
    _inherit = "ledger.mixin"
    _ledger_model = "sample.dispatch"
    _ledger_form_code = "SC-X10"
    _ledger_order = "name, id"
    _ledger_groups = (
        "base.group_allow_export,sample_control.group_sample_sales_assistant"
    )

    def _ledger_columns(self):
        return [
            Column("name"),
            Column("commercial_partner_id", width=30),
            Column("partner_id", width=24),
            Column(
                "contents",
                label=self.env._("Contents"),
                kind="text",
                width=40,
                wrap=True,
                method="_column_contents",
            ),
            Column("purpose"),
            Column("requester_id"),
            Column("date_requested"),
            Column("sender_id"),
            Column("sent_at"),
            Column("carrier"),
            Column("tracking_ref"),
            Column("date_received"),
            Column("feedback_result"),
            Column("feedback_note", width=30, wrap=True),
            Column("return_required"),
            Column("date_return_due"),
            Column("returned_at"),
            Column("state"),
        ]

    def _column_contents(self, records):
        return {
            record.id: "\n".join(line._get_content_label() for line in record.line_ids)
            for record in records
        }
