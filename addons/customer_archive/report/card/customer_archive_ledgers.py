from odoo import models

from odoo.addons.record_control.tools.xlsx_ledger import Column

LEDGER_GROUPS = (
    "customer_archive.group_customer_archive_supervisor,"
    "customer_archive.group_customer_archive_keeper,"
    "customer_archive.group_customer_archive_finance"
)


class LedgerArchives(models.AbstractModel):
    """What the ledgers of archives have in common."""

    _name = "customer.archive.ledger.mixin"
    _description = "Ledger of archives"
    _inherit = "ledger.mixin"
    _ledger_groups = LEDGER_GROUPS

    def _customer_no_column(self):
        label = self.env["customer.archive"]._fields["partner_ref"]
        label = label._description_string(self.env)
        return Column("partner_id.ref", label=label, width=14)


class LedgerCustomerList(models.AbstractModel):
    """L-01 客户一览表 (CA-39): phones masked as on the screen, trade and overdue computed."""

    _name = "report.customer_archive.ledger_customer_list"
    _description = "List of customers"
    _inherit = "customer.archive.ledger.mixin"
    _ledger_model = "customer.archive"
    _ledger_form_code = "L-01"

    def _ledger_columns(self):
        return [
            Column("name", width=16),
            self._customer_no_column(),
            Column("partner_id.name", label=self.env._("Customer"), width=32),
            Column("category_id", width=14),
            Column("grade_id", width=10),
            Column("state_id"),
            Column("industry_id"),
            Column(
                "contact",
                label=self.env._("Contact"),
                method="_column_contact",
                width=14,
            ),
            Column("phone", method="_column_phone", width=16),
            Column("team_id", width=16),
            Column("user_id", width=14),
            Column("date_first_order"),
            self._amount_column("amount_ordered_year", method="_column_ordered"),
            self._amount_column("amount_overdue", method="_column_overdue"),
            Column("credit_status", width=10),
            Column("state", width=12),
            Column("keeper_id", width=14),
            Column("date_next_refresh", method="_column_next_refresh"),
        ]

    @staticmethod
    def _amount_column(name, method):
        return Column(
            name, method=method, total=True, currency="company_id.currency_id"
        )

    # The figures of a whole batch at once: the fields of the same name, which would be
    # computed and kept for each archive by itself, show the same.

    def _column_contact(self, archives):
        contacts = archives._get_contacts()
        contacts.fetch(["parent_id", "name"])
        names = {contact.parent_id.id: contact.name for contact in contacts}
        return archives._get_by_customer(names)

    def _column_phone(self, archives):
        return archives._get_shown_phones()

    def _column_ordered(self, archives):
        return archives._get_figures_by_company("_get_ordered_amounts")

    def _column_overdue(self, archives):
        return archives._get_figures_by_company("_get_overdue_amounts")

    def _column_next_refresh(self, archives):
        return archives._get_refresh_dates()[1]


class LedgerArchiveIndex(models.AbstractModel):
    """L-02 客户档案索引/登记台账: where each archive stands and who keeps it."""

    _name = "report.customer_archive.ledger_archive_index"
    _description = "Customer archive index"
    _inherit = "customer.archive.ledger.mixin"
    _ledger_model = "customer.archive"
    _ledger_form_code = "L-02"
    _ledger_order = "index_no, name"
    _ledger_sequence = 20

    def _ledger_columns(self):
        return [
            Column("index_no", width=18),
            Column("name", width=16),
            self._customer_no_column(),
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
    _description = "Customer analysis table by region"
    _inherit = "customer.archive.ledger.mixin"
    _ledger_model = "customer.archive"
    _ledger_form_code = "L-09"
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
    _description = "Record of customer data changes"
    _inherit = "customer.archive.ledger.mixin"
    _ledger_model = "customer.archive.change"
    _ledger_form_code = "L-06"

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
