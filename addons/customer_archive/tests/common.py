from lxml import html

from odoo.fields import Command
from odoo.tests import new_test_user

from odoo.addons.base.tests.common import BaseCommon


class CustomerArchiveCommon(BaseCommon):
    """One user per role, a team with its leader, and a factory of customers and archives."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls.company.write(
            {
                "country_id": cls.env.ref("base.cn").id,
                "ca_auto_open": True,
                "ca_approval_rule": "important",
                "ca_duplicate_policy": "reason",
                "ca_require_consultation": False,
                "ca_opening_since": "2020-01-01",
            }
        )
        cls.company.resource_calendar_id.tz = "Asia/Shanghai"
        prefix = "customer_archive.group_customer_archive_"
        cls.sales1 = cls._new_user("ca_sales1", f"{prefix}user")
        cls.sales2 = cls._new_user("ca_sales2", f"{prefix}user")
        cls.supervisor = cls._new_user("ca_supervisor", f"{prefix}supervisor")
        cls.keeper = cls._new_user("ca_keeper", f"{prefix}keeper")
        cls.manager = cls._new_user("ca_manager", f"{prefix}manager")
        cls.director = cls._new_user("ca_director", f"{prefix}director")
        cls.finance = cls._new_user(
            "ca_finance", f"{prefix}finance,account.group_account_invoice"
        )
        cls.clerk = cls._new_user("ca_clerk", "base.group_user")
        cls.team = cls.env["crm.team"].create(
            {
                "name": "Automotive parts",
                "user_id": cls.supervisor.id,
                "member_ids": [Command.set((cls.sales1 | cls.sales2).ids)],
            }
        )
        cls.category = cls.env.ref(
            "customer_archive.customer_archive_category_customer"
        )
        cls.grade_a = cls.env.ref("customer_archive.customer_grade_a")
        cls.grade_b = cls.env.ref("customer_archive.customer_grade_b")
        cls.product = cls.env["product.product"].create(
            {"name": "Bearing housing", "list_price": 100.0, "taxes_id": False}
        )

    @classmethod
    def _new_user(cls, login, groups, **values):
        return new_test_user(
            cls.env,
            login=login,
            groups=groups,
            company_id=cls.company.id,
            lang="en_US",
            **values,
        )

    @classmethod
    def _new_partner(cls, name, **values):
        return cls.env["res.partner"].create(
            {"name": name, "is_company": True, **values}
        )

    @classmethod
    def _new_archive(cls, name, user=None, **values):
        """Create the archive of a new customer as its salesperson would."""
        user = user or cls.sales1
        partner = values.pop("partner", None) or cls._new_partner(name)
        return (
            cls.env["customer.archive"]
            .with_user(user)
            .create(
                {
                    "partner_id": partner.id,
                    "user_id": user.id,
                    "team_id": cls.team.id,
                    **values,
                }
            )
            .sudo()
            .with_user(cls.env.user)
        )

    @classmethod
    def _new_order(cls, partner, user=None, **values):
        return (
            cls.env["sale.order"]
            .with_user(user or cls.env.user)
            .create(
                {
                    "partner_id": partner.id,
                    "order_line": [
                        Command.create(
                            {"product_id": cls.product.id, "product_uom_qty": 1}
                        )
                    ],
                    **values,
                }
            )
        )

    def check_grids(self, content):
        """Each row of a grid fills the same number of columns."""
        for table in html.fromstring(content).xpath(
            "//table[contains(@class, 'o_sheet_grid')]"
        ):
            rows = table.xpath("./tr|./tbody/tr|./thead/tr")
            open_cells, widths = [], set()
            for row in rows:
                width = sum(count for count, _rows in open_cells)
                open_cells = [
                    (count, left - 1) for count, left in open_cells if left > 1
                ]
                for cell in row.xpath("./td|./th"):
                    span = int(cell.get("colspan", 1))
                    width += span
                    if int(cell.get("rowspan", 1)) > 1:
                        open_cells.append((span, int(cell.get("rowspan")) - 1))
                widths.add(width)
            self.assertEqual(len(widths), 1, html.tostring(table)[:600])
