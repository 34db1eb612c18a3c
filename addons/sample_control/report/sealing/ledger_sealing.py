from odoo import models

from odoo.addons.record_control.tools.xlsx_ledger import Column


class LedgerSealing(models.AbstractModel):
    """X06 封样评审台账: one row per request with its review and sign-off."""

    _name = "report.sample_control.ledger_sealing"
    _description = "Ledger of sealing reviews"
    _inherit = "ledger.mixin"
    _ledger_model = "sample.request"
    _ledger_form_code = "SC-X06"
    _ledger_order = "name, id"
    _ledger_groups = "base.group_allow_export,sample_control.group_sample_administrator"

    def _ledger_columns(self):
        return [
            Column("name"),
            Column("kind"),
            Column("reason_id"),
            Column("product_id", width=30),
            Column("partner_id"),
            Column("supplier_id"),
            Column("type_id"),
            Column("department_id"),
            Column("user_id"),
            Column("submitted_at", label=self.env._("Submitted On")),
            Column("planned_at"),
            Column("is_urgent"),
            Column("trial_start_at"),
            Column("trial_end_at"),
            Column("is_trial_late"),
            Column("review_date"),
            Column("conclusion"),
            Column("round"),
            Column(
                "issues",
                label=self.env._("Problem Points"),
                kind="integer",
                method="_column_issues",
            ),
            Column("open_issue_count"),
            Column(
                "signers",
                label=self.env._("Signed By"),
                kind="text",
                width=30,
                method="_column_signers",
            ),
            Column("approved_at", label=self.env._("Approved On")),
            Column(
                "samples",
                label=self.env._("Sample No."),
                kind="text",
                width=24,
                method="_column_samples",
            ),
            Column("state"),
        ]

    def _column_issues(self, records):
        return {record.id: len(record.issue_ids) for record in records}

    def _column_signers(self, records):
        return {
            record.id: ", ".join(
                cell["user"] for cell in record.sign_off_cells or () if cell.get("user")
            )
            for record in records
        }

    def _column_samples(self, records):
        return {
            record.id: ", ".join(record.sample_ids.mapped("name")) for record in records
        }
