from odoo import models

from odoo.addons.record_control.tools.xlsx_ledger import Column

LEDGER_GROUPS = (
    "customer_archive.group_customer_archive_supervisor,"
    "customer_archive.group_customer_archive_keeper,"
    "customer_archive.group_customer_archive_finance"
)


class LedgerCustomerList(models.AbstractModel):
    """L-01 客户一览表 (CA-39): phones masked as on the screen, trade and overdue computed."""

    _name = "report.customer_archive.ledger_customer_list"
    _description = "Customer list"
    _inherit = "ledger.mixin"
    _ledger_model = "customer.archive"
    _ledger_form_code = "L-01"
    _ledger_groups = LEDGER_GROUPS

    def _ledger_columns(self):
        return [
            Column("name", width=16),
            Column("partner_ref", width=14),
            Column("partner_id.name", label=self.env._("Customer"), width=32),
            Column("category_id", width=14),
            Column("grade_id", width=10),
            Column("state_id"),
            Column("industry_id"),
            Column("contact_id.name", label=self.env._("Contact"), width=14),
            Column("phone", width=16),
            Column("user_id", width=14),
            Column("date_first_order"),
            Column("amount_ordered_year", total=True),
            Column("amount_overdue", total=True),
            Column("credit_status", width=10),
            Column("state", width=12),
            Column("keeper_id", width=14),
            Column("date_next_refresh"),
        ]


class LedgerArchiveIndex(models.AbstractModel):
    """L-02 客户档案索引/登记台账: where each archive stands and who keeps it."""

    _name = "report.customer_archive.ledger_archive_index"
    _description = "Archive index"
    _inherit = "ledger.mixin"
    _ledger_model = "customer.archive"
    _ledger_form_code = "L-02"
    _ledger_groups = LEDGER_GROUPS
    _ledger_order = "index_no, name"
    _ledger_sequence = 20

    def _ledger_columns(self):
        return [
            Column("index_no", width=18),
            Column("name", width=16),
            Column("partner_ref", width=14),
            Column("partner_id.name", label=self.env._("Customer"), width=32),
            Column("category_id", width=14),
            Column("carrier", width=10),
            Column("cabinet", width=10),
            Column("shelf", width=8),
            Column("position", width=8),
            Column("date_first_contact"),
            Column("date_filed"),
            Column("supervisor_id", width=14),
            Column("keeper_id", width=14),
            Column("state", width=12),
        ]


class LedgerAnalysis(models.AbstractModel):
    """L-09 客户分析表 (F20, CA-35), by region."""

    _name = "report.customer_archive.ledger_analysis"
    _description = "Customer analysis by region"
    _inherit = "ledger.mixin"
    _ledger_model = "customer.archive"
    _ledger_form_code = "L-09"
    _ledger_groups = LEDGER_GROUPS
    _ledger_order = "state_id, name"
    _ledger_sequence = 30

    def _ledger_columns(self):
        return [
            Column("state_id"),
            Column("partner_id.name", label=self.env._("Customer"), width=32),
            Column("business_nature"),
            Column(
                "products",
                label=self.env._("Products"),
                method="_column_products",
                width=40,
                wrap=True,
            ),
            Column(
                "quantities",
                label=self.env._("Quantity"),
                method="_column_quantities",
                width=20,
                wrap=True,
            ),
            Column("service_quality", width=30, wrap=True),
            Column("after_sales_quality", width=30, wrap=True),
        ]

    def _column_products(self, archives):
        return {
            archive.id: "\n".join(
                row["product"] for row in archive.recent_products or []
            )
            for archive in archives
        }

    def _column_quantities(self, archives):
        return {
            archive.id: "\n".join(
                f"{archive._card_quantity(row['quantity'])} {row['unit']}"
                for row in archive.recent_products or []
            )
            for archive in archives
        }


class LedgerChanges(models.AbstractModel):
    """L-06 客户资料变更记录: every tracked change of customers and archives."""

    _name = "report.customer_archive.ledger_changes"
    _description = "Changes of customer data"
    _inherit = "ledger.mixin"
    _ledger_model = "customer.archive.change"
    _ledger_form_code = "L-06"
    _ledger_groups = LEDGER_GROUPS

    def _ledger_columns(self):
        return [
            Column("date"),
            Column("archive_id.name", label=self.env._("Archive No."), width=16),
            Column("partner_id.name", label=self.env._("Customer"), width=32),
            Column("kind", width=10),
            Column("field_id.field_description", label=self.env._("Field"), width=24),
            Column("old_value", width=30, wrap=True),
            Column("new_value", width=30, wrap=True),
            Column("author_id.name", label=self.env._("Changed by"), width=16),
        ]
