from odoo import models
from odoo.fields import Domain

from odoo.addons.record_control.tools.xlsx_ledger import Column

GROUPS = "sample_control.group_sample_administrator,sample_control.group_sample_quality"


class LedgerInspection(models.AbstractModel):
    """X02, F11 样件精度检验管理台帐: the running list of inspections (SC-44.1); no second table."""

    _name = "report.sample_control.ledger_inspection"
    _description = "Precision inspection ledger"
    _inherit = "ledger.mixin"
    _ledger_model = "sample.inspection"
    _ledger_form_code = "SC-F11"
    _ledger_order = "date_inspected, id"
    _ledger_groups = f"base.group_allow_export,{GROUPS}"

    def _ledger_domain(self):
        return Domain("inspection_type", "!=", "patrol") & Domain(
            "state", "!=", "cancelled"
        )

    def _ledger_columns(self):
        return [
            Column("sample_id.name", label=self.env._("Sample No.")),
            Column("product_id", label=self.env._("Name"), width=30),
            Column("date_inspected"),
            Column("inspection_type"),
            Column("equipment_id", label=self.env._("Fixture or Gauge"), width=20),
            Column("gauge_serial_no"),
            Column("result"),
            Column("action_note", label=self.env._("Deviation"), width=30, wrap=True),
            Column("action"),
            Column("inspector_id"),
            Column("checker_id"),
            Column("name", label=self.env._("Record No.")),
            Column("next_date"),
            Column("condition"),
            Column("state"),
        ]
