from freezegun import freeze_time

from odoo.tests import Form, tagged

from .common import DocumentCommon


@tagged("post_install", "-at_install")
@freeze_time("2025-06-30 04:00:00")
class TestCreditBeforeContracting(DocumentCommon):
    """CA-18: before contracting, the credit of the customer has been investigated (资信调查)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.archive = cls._new_archive("Credit")
        cls.company.ca_credit_analysis_months = 12
        cls.order = cls._new_order(cls.archive.partner_id, user=cls.sales1)
        cls.description = cls.archive.document_ids.filtered(
            lambda document: document.type_id.code == "D06"
        )

    def _warning(self, user=None, order=None):
        self.env.invalidate_all()
        order = (order or self.order).with_user(user or self.sales1)
        return order.ca_contracting_text or ""

    def test_ca_18_quotation_warns_without_a_credit_analysis(self):
        self.assertIn("has not been investigated", self._warning())
        form = Form(self.order.with_user(self.sales1))
        self.assertIn("has not been investigated", form.ca_contracting_text)
        self.order.with_user(self.sales1).action_confirm()
        self.assertEqual(self.order.state, "sale", "a warning, no refusal")
        self.assertFalse(self._warning(), "what is contracted is warned of no more")

    def test_ca_18_warning_names_the_customer_without_the_address(self):
        """CA-18: the form of orders asks for names with the address below; a sentence has none."""
        self.archive.partner_id.city = "Elsewhere"
        self.env.invalidate_all()
        order = self.order.with_user(self.sales1).with_context(show_address=True)
        self.assertIn("The credit of Credit has", order.ca_contracting_text)
        self.assertNotIn("Elsewhere", order.ca_contracting_text)

    def test_ca_18_quotation_warns_of_a_missing_archive(self):
        self.company.ca_auto_open = False
        order = self._new_order(self._new_partner("Without archive"), user=self.sales1)
        self.assertIn("has no archive yet", self._warning(order=order))
        self.assertNotIn("has no archive yet", self._warning())

    def test_ca_18_counts_for_the_months_of_the_company(self):
        for day, expected in (
            ("2024-06-29", "more than 12 months ago"),
            ("2024-06-30", ""),
            ("2025-06-30", ""),
        ):
            with self.subTest(day=day):
                self.description.sudo().date_received = day
                warning = self._warning()
                self.assertNotIn("has not been investigated", warning)
                self.assertEqual("months ago" in warning, bool(expected), warning)
        self.company.ca_credit_analysis_months = 0
        self.description.sudo().date_received = False
        self.assertNotIn("investigated", self._warning())

    def test_ca_18_expired_or_dropped_descriptions_do_not_count(self):
        for values in (
            {"date_valid_until": "2025-06-29"},
            {"is_not_applicable": True, "not_applicable_reason": "None"},
        ):
            with self.subTest(values), self.env.cr.savepoint() as savepoint:
                self.description.sudo().write({"date_received": "2025-06-01"})
                self.assertNotIn("investigated", self._warning())
                self.description.sudo().write(values)
                self.assertIn("has not been investigated", self._warning())
                savepoint.rollback()

    def test_ca_18_seen_by_who_may_not_read_the_description(self):
        """The colleague is told that an analysis exists; its content stays closed to him."""
        self.description.sudo().date_received = "2025-06-01"
        seller = self._new_user("ca_seller", "sales_team.group_sale_salesman_all_leads")
        self.assertNotIn("investigated", self._warning(seller))
        self.assertFalse(self.description.with_user(seller).has_access("read"))

    def test_ca_18_other_companies_analyses_do_not_count(self):
        self.description.sudo().date_received = "2025-06-01"
        other = self.env["res.company"].create({"name": "Second works"})
        order = self._new_order(
            self.archive.partner_id.with_company(other), company_id=other.id
        ).sudo()
        self.env.invalidate_all()
        self.assertIn("has not been investigated", order.ca_contracting_text)

    def test_ca_18_queries_do_not_grow_with_orders(self):
        orders = self.order.concat(
            *(self._new_order(self._new_partner(f"Buyer {n}")) for n in range(5))
        ).sudo()

        def queries(records):
            self.env.invalidate_all()
            records.fetch(["partner_id", "company_id"])
            before = self.env.cr.sql_log_count
            records.mapped("ca_date_credit_analysis")
            return self.env.cr.sql_log_count - before

        queries(orders)
        self.assertEqual(queries(orders), queries(orders[:1]))
