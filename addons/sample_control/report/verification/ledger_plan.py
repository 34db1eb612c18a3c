from odoo import models
from odoo.fields import Domain

from odoo.addons.record_control.tools.xlsx_ledger import Column

GROUPS = "sample_control.group_sample_administrator,sample_control.group_sample_technical,sample_control.group_sample_quality"


class LedgerPlanReplacement(models.AbstractModel):
    """X03, F13 样件更换计划: the lines of replacement plans (SC-41)."""

    _name = "report.sample_control.ledger_plan_replacement"
    _description = "Replacement plan"
    _inherit = "ledger.mixin"
    _ledger_model = "sample.plan.line"
    _ledger_form_code = "SC-F13"
    _ledger_order = "planned_date, id"
    _ledger_groups = f"base.group_allow_export,{GROUPS}"

    def _ledger_domain(self):
        return Domain("plan_type", "=", "replacement")

    def _ledger_columns(self):
        return [
            Column("plan_id.name", label=self.env._("Plan No.")),
            Column("sample_id.name", label=self.env._("Sample No.")),
            Column("product_id", label=self.env._("Name"), width=30),
            Column("piece_size"),
            Column("partner_id"),
            Column("type_id"),
            Column("valid_until", label=self.env._("Valid Until")),
            Column("date_due"),
            Column("planned_date"),
            Column("date_approved"),
            Column("reason"),
            Column("department_id", label=self.env._("Made By")),
            Column("user_id"),
            Column("signatories", width=30),
            Column("actual_date"),
            Column("new_sample_id.name", label=self.env._("New Sample No.")),
            Column("state"),
            Column("delay_reason", width=24, wrap=True),
        ]


class LedgerPlanPrecision(models.AbstractModel):
    """X04, F10 样件精度检验计划: the lines of precision inspection plans (SC-43)."""

    _name = "report.sample_control.ledger_plan_precision"
    _description = "Precision inspection plan"
    _inherit = "ledger.mixin"
    _ledger_model = "sample.plan.line"
    _ledger_form_code = "SC-F10"
    _ledger_order = "planned_date, id"
    _ledger_groups = f"base.group_allow_export,{GROUPS}"
    _ledger_sequence = 20

    def _ledger_domain(self):
        return Domain("plan_type", "=", "precision")

    def _ledger_columns(self):
        return [
            Column("plan_id.name", label=self.env._("Plan No.")),
            Column("sample_id.name", label=self.env._("Sample No.")),
            Column("product_id", label=self.env._("Name"), width=30),
            Column("drawing_no"),
            Column("condition"),
            Column("equipment_id", label=self.env._("Fixture or Gauge"), width=20),
            Column("interval_months"),
            Column("last_calibration_date"),
            Column("planned_date"),
            Column("date_approved"),
            Column("department_id", label=self.env._("Inspected By")),
            Column("user_id"),
            Column("actual_date"),
            Column("result"),
            Column("inspection_id.name", label=self.env._("Record No.")),
            Column("state"),
            Column("delay_reason", width=24, wrap=True),
            Column("note", width=24, wrap=True),
        ]
