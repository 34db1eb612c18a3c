from odoo import models

from odoo.addons.record_control.tools.xlsx_ledger import Column


class LedgerFirstArticle(models.AbstractModel):
    """X07 首件确认台账: one row per comparison of a first article."""

    _name = "report.sample_control.ledger_first_article"
    _description = "Ledger of first articles"
    _inherit = "ledger.mixin"
    _ledger_model = "sample.first.article"
    _ledger_form_code = "SC-X07"
    _ledger_order = "name, id"
    _ledger_groups = "base.group_allow_export,sample_control.group_sample_inspector"

    def _ledger_columns(self):
        return [
            Column("name"),
            Column("product_id", width=30),
            Column("production_ref"),
            Column("workplace"),
            Column("shift"),
            Column("sample_id.name", label=self.env._("Sample No.")),
            Column("operator", label=self.env._("Operator"), method="_column_operator"),
            Column("started_at"),
            Column("inspector_id"),
            Column("decided_at"),
            Column("attempt"),
            Column("state"),
            Column("failure_note", width=30, wrap=True),
            Column("piece_note", width=24),
            Column("piece_place"),
            Column("date_end"),
            Column("withdrawn_at"),
            Column("withdrawn_by_id", label=self.env._("Withdrawn By")),
            Column("use_warning", width=30, wrap=True),
            Column("override_reason", width=24, wrap=True),
        ]

    def _column_operator(self, records):
        # sudo: the name of a colleague is no secret, but not everybody reads employees
        return {record.id: record.sudo().operator_id.name for record in records}
