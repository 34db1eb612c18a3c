from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import CardCommon


@tagged("post_install", "-at_install")
class TestNewReport(CardCommon):
    """Report of the newly developed customer: CA-30, E01."""

    def _reports(self, partner=None):
        return self.env["customer.new.report"].search(
            [("partner_id", "=", (partner or self.partner).id)]
        )

    def test_first_confirmed_order_drafts_the_report(self):
        order = self._new_order(self.partner, user_id=self.sales1.id)
        self.assertFalse(self._reports())
        order.action_confirm()
        report = self._reports()
        self.assertRecordValues(
            report,
            [
                {
                    "order_id": order.id,
                    "user_id": self.sales1.id,
                    "amount_first_order": 100,
                    "first_products": "Bearing housing",
                    "sign_off_state": "none",
                }
            ],
        )
        self.assertTrue(report.name.startswith("XK"))

    def test_second_order_drafts_none(self):
        self._confirm_order(self.partner, "2026-01-01 00:00:00", 10)
        self._confirm_order(self.partner, "2026-01-02 00:00:00", 10)
        self.assertEqual(len(self._reports()), 1)

    def test_customer_that_traded_before_is_not_new(self):
        """Orders from before the application was installed count."""
        self._confirm_order(self.partner, "2020-01-01 00:00:00", 10)
        self._reports().unlink()
        self._confirm_order(self.partner, "2026-01-02 00:00:00", 10)
        self.assertFalse(self._reports())

    def test_two_customers_and_two_orders_at_once(self):
        other = self._new_partner("Other")
        orders = (
            self._new_order(self.partner)
            | self._new_order(other)
            | self._new_order(self.partner)
        )
        orders.action_confirm()
        self.assertEqual([len(self._reports()), len(self._reports(other))], [1, 1])

    def test_every_road_to_a_confirmed_order(self):
        """Written by RPC or created confirmed, the order drafts the report all the same."""
        written = self._new_partner("Written")
        self._new_order(written).write({"state": "sale"})
        created = self._new_partner("Created")
        self._new_order(created, state="sale")
        self.assertEqual(
            [len(self._reports(written)), len(self._reports(created))], [1, 1]
        )

    def test_order_of_a_contact_reports_its_company(self):
        contact = self.env["res.partner"].create(
            {"name": "Buyer", "parent_id": self.partner.id}
        )
        self._confirm_order(contact, "2026-01-01 00:00:00", 10)
        self.assertEqual(len(self._reports()), 1)

    def test_each_company_reports_its_own_new_customer(self):
        other = self.env["res.company"].create({"name": "Other company"})
        self.env.user.company_ids |= other
        self._confirm_order(self.partner, "2026-01-01 00:00:00", 10)
        self._confirm_order(
            self.partner, "2026-01-01 00:00:00", 10, company_id=other.id
        )
        self.assertEqual(self._reports().company_id, self.company | other)

    def test_switched_off(self):
        self.company.ca_new_customer_report = False
        self._confirm_order(self.partner, "2026-01-01 00:00:00", 10)
        self.assertFalse(self._reports())

    @mute_logger("odoo.sql_db")
    def test_one_report_for_a_customer(self):
        self._confirm_order(self.partner, "2026-01-01 00:00:00", 10)
        with self.assertRaises(IntegrityError):
            self.env["customer.new.report"].create({"partner_id": self.partner.id})
        with self.assertRefused(UserError, "only once"):
            self._reports().copy()

    def test_factory_by_role_else_delivery_address(self):
        self._confirm_order(self.partner, "2026-01-01 00:00:00", 10)
        delivery, factory = self.env["res.partner"].create(
            [
                {"name": "Store", "parent_id": self.partner.id, "type": "delivery"},
                {"name": "Works", "parent_id": self.partner.id, "type": "other"},
            ]
        )
        report = self._read_again(self._reports())
        self.assertEqual(report.factory_id, delivery)
        factory.ca_role_ids = self.env.ref(
            "customer_archive.customer_contact_role_factory"
        )
        self.assertEqual(self._read_again(report).factory_id, factory)

    def test_signed_in_the_words_of_the_form_and_sealed(self):
        self.env["res.lang"]._activate_and_install_lang("zh_CN")
        order = self._new_order(
            self.partner, user_id=self.sales1.id, team_id=self.team.id
        )
        order.action_confirm()
        report = self._reports().with_user(self.sales1)
        with self.assertRefused(UserError, "tell how the customer was won"):
            report.action_request_sign_off()
        report.development_history = "Met at the fair, two visits, samples."
        report.action_request_sign_off()
        self.assertEqual(
            [cell["title"] for cell in report.sign_off_cells],
            ["Reporter", "Superior", "Manager"],
        )
        report.with_user(self.supervisor)._sign_off("approve", "good")
        report.with_user(self.manager)._sign_off("approve")
        self.assertEqual(report.sign_off_state, "sealed")
        self.assertFalse(report._get_seal_reasons())
        self.assertEqual(
            [
                (cell["title"], cell["user"])
                for cell in report.with_context(lang="zh_CN").sign_off_cells
            ],
            [
                ("报告人", self.sales1.name),
                ("主管", self.supervisor.name),
                ("经理", self.manager.name),
            ],
            "signed in English, read in Chinese",
        )
        with self.assertRaises(UserError):
            report.sudo().unlink()
        report.sudo().development_history = "Another story"
        self.env.flush_all()
        self.assertTrue(report._get_seal_reasons())

    @mute_logger("odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model")
    def test_own_team_and_all(self):
        order = self._new_order(
            self.partner, user_id=self.sales1.id, team_id=self.team.id
        )
        order.action_confirm()
        report = self._reports()
        sees = {
            user.login: bool(report.with_user(user).search([("id", "=", report.id)]))
            for user in (
                self.sales1,
                self.sales2,
                self.supervisor,
                self.keeper,
                self.manager,
            )
        }
        self.assertEqual(
            sees,
            {
                "ca_sales1": True,
                "ca_sales2": False,
                "ca_supervisor": True,
                "ca_keeper": True,
                "ca_manager": True,
            },
        )
        with self.assertRaises(AccessError):
            report.with_user(self.sales2).write({"remark": "x"})
        with self.assertRaises(AccessError):
            report.with_user(self.clerk).read(["remark"])

    @mute_logger("odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model")
    def test_printed_by_who_may_read_it_alone(self):
        """CA-30, CA-11: what a user may not read he does not print by its address either."""
        self._new_order(self.partner, user_id=self.sales1.id).action_confirm()
        report = self._reports()
        prints = self.env["controlled.form.print"]
        before = prints.search_count([("res_model", "=", report._name)])
        for user in (self.sales2, self.clerk):
            self.env.invalidate_all()
            with self.assertRaises(AccessError):
                self._print(report, user)
        self.assertEqual(
            prints.search_count([("res_model", "=", report._name)]), before
        )
        self.assertIn(self.partner.name, self._print(report, self.sales1))

    def _print(self, report, user):
        html, _kind = (
            self.env["ir.actions.report"]
            .with_user(user)
            ._render_qweb_html(
                "customer_archive.report_new_customer_document", report.ids
            )
        )
        return html.decode()

    def test_orders_of_others_are_not_looked_into(self):
        """CA-30: whoever names an order for the report may read it, and it is one of the customer."""
        order = self._new_order(self.partner, user=self.sales1, user_id=self.sales1.id)
        other = self._new_order(self._new_partner("Other"))
        (order.sudo() | other).action_confirm()
        self.env["customer.new.report"].search([]).unlink()
        reports = self.env["customer.new.report"].with_user(self.sales2)
        vals = {"partner_id": self.partner.id}
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            reports.create({**vals, "order_id": order.id})
        report = reports.create(vals)
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            report.order_id = order
        with self.assertRaisesRegex(ValidationError, "no order of"):
            report.sudo().order_id = other
        report.sudo().order_id = order

    def test_a_form_does_not_look_into_orders_of_others(self):
        """CA-30: naming an order in a form that is not saved tells nothing of it either."""
        order = self._confirm_order(
            self.partner, "2026-01-10 03:00:00", 100, user_id=self.sales1.id
        )
        report = self._reports()
        spec = {"date_first_order": {}, "amount_first_order": {}, "first_products": {}}
        reports = self.env["customer.new.report"].with_user(self.sales2)
        for values in ({"order_id": order.id}, {"order_id": {"id": order.id}}):
            with self.assertRaises(AccessError):
                reports.onchange(values, ["order_id"], {**spec, "order_id": {}})
        with self.assertRaises(AccessError):
            reports.with_context(default_order_id=order.id).onchange({}, [], spec)
        shown = report.with_user(self.sales1).onchange(
            {"order_id": order.id, "remark": "x"}, ["remark"], {**spec, "remark": {}}
        )
        self.assertFalse(shown.get("warning"))

    def test_the_superior_of_an_employee_sees_what_he_signs(self):
        """CA-30: where no team has a leader the manager of the employee reviews, who is no manager of the archives."""
        boss = self._new_user(
            "ca_boss", "customer_archive.group_customer_archive_supervisor"
        )
        employees = self.env["hr.employee"].create(
            [{"name": user.name, "user_id": user.id} for user in (boss, self.sales1)]
        )
        employees[1].parent_id = employees[0]
        self.team.member_ids = False
        self._confirm_order(
            self.partner, "2026-01-10 03:00:00", 100, user_id=self.sales1.id
        )
        report = self._reports()
        report.write({"team_id": False, "development_history": "Fair"})
        report.with_user(self.sales1).action_request_sign_off()
        self.assertEqual(report.sign_off_waiting_user_ids, boss)
        report.with_user(boss)._sign_off()
        self.assertFalse(report.with_user(self.sales2).has_access("read"))
