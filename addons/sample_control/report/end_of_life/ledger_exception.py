from odoo import models

from odoo.addons.record_control.tools.xlsx_ledger import Column


class LedgerException(models.AbstractModel):
    """X08 样件异常/问题点台账: the exceptions."""

    _name = "report.sample_control.ledger_exception"
    _description = "Exceptions and problem points"
    _inherit = "ledger.mixin"
    _ledger_model = "sample.exception"
    _ledger_form_code = "SC-X08"
    _ledger_order = "name, id"
    _ledger_groups = "base.group_allow_export,sample_control.group_sample_administrator"

    def _ledger_columns(self):
        return [
            Column("name"),
            Column("sample_id.name", label=self.env._("Sample")),
            Column("product_id", width=30),
            Column("kind"),
            Column("class_id"),
            Column("phenomenon", wrap=True),
            Column("found_at"),
            Column("found_by_id"),
            Column("found_where"),
            Column("affected_note", wrap=True),
            Column("measure"),
            Column("responsible_id"),
            Column("cause", wrap=True),
            Column("decision"),
            Column("department_id"),
            Column("user_id"),
            Column("date_due"),
            Column("done_at"),
            Column("date_notified"),
            Column("verifier_id"),
            Column("conclusion", wrap=True),
            Column("closed_at"),
            Column("state"),
        ]
