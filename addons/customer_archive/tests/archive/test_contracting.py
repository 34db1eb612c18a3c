from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged

from .common import ArchiveCommon


@tagged("post_install", "-at_install")
class TestContracting(ArchiveCommon):
    """CA-18: consult the archive before contracting; no order for customers whose trade is stopped (AC-15)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.archive = cls._new_archive("Contracting")
        cls.partner = cls.archive.partner_id
        cls.order = cls._new_order(cls.partner, user=cls.sales1)

    def _roads(self, order, partner):
        """Try to confirm by every road.

        :return: name of the road -> callable
        """
        order_model = self.env["sale.order"].with_user(self.sales1)
        return {
            "button": lambda: order.with_user(self.sales1).action_confirm(),
            "write": lambda: order.with_user(self.sales1).write({"state": "sale"}),
            "write as the system": lambda: order.sudo().write({"state": "sale"}),
            "create": lambda: order_model.create(
                {"partner_id": partner.id, "state": "sale"}
            ),
            "create as the system": lambda: order_model.sudo().create(
                {"partner_id": partner.id, "state": "sale"}
            ),
            "context": lambda: order_model.with_context(default_state="sale").create(
                {"partner_id": partner.id}
            ),
            "copy": lambda: order.copy({"state": "sale"}),
            "many": lambda: (
                order
                | self._new_order(self._new_partner("Free of it"), user=self.sales1)
            ).write({"state": "sale"}),
        }

    def _assert_refused(self, regex):
        for road, call in self._roads(self.order, self.partner).items():
            with (
                self.subTest(road=road),
                self.assertRaisesRegex(UserError, regex),
                self.env.cr.savepoint(),
            ):
                call()
                self.env.flush_all()
        result = (
            self.env["sale.order"]
            .with_user(self.sales1)
            .load(["partner_id/.id", "state"], [[str(self.partner.id), "Sales Order"]])
        )
        self.assertFalse(result["ids"])
        self.assertEqual(self.order.state, "draft")

    def test_switched_off_nothing_is_asked(self):
        self.order.with_user(self.sales1).action_confirm()
        self.assertEqual(self.order.state, "sale")

    def test_missing_tick_is_refused_by_every_road(self):
        self.company.ca_require_consultation = True
        self._assert_refused("tick 'Archive Consulted'")

    def test_stopped_trade_is_refused_by_every_road(self):
        self.partner.ca_trading_stopped = True
        self.order.ca_archive_checked = True
        self._assert_refused("is stopped")

    def test_deregistered_customer_is_refused_by_every_road(self):
        """CA-16, CA-18: who was deregistered is restored before an order is contracted."""
        self._put_on_file(self.archive)
        self._decide(self.archive, "deregister")
        self.partner.ca_trading_stopped = False
        self._assert_refused("is deregistered")
        self._decide(self.archive, "restore")
        self.order.with_user(self.sales1).action_confirm()
        self.assertEqual(self.order.state, "sale")

    def test_stopped_for_contacts_of_the_customer_too(self):
        person = self.env["res.partner"].create(
            {"name": "Buyer", "parent_id": self.partner.id}
        )
        order = self._new_order(person)
        self.partner.ca_trading_stopped = True
        with self.assertRaises(UserError):
            order.action_confirm()

    def test_tick_is_stamped_and_lets_the_order_through(self):
        self.company.ca_require_consultation = True
        self.order.with_user(self.sales1).write(
            {"ca_archive_checked": True, "ca_archive_checked_by_id": self.director.id}
        )
        self.assertEqual(self.order.ca_archive_checked_by_id, self.sales1)
        self.assertTrue(self.order.ca_archive_checked_at)
        self.order.with_user(self.sales1).action_confirm()
        self.assertEqual(self.order.state, "sale")

    def test_tick_at_creation(self):
        self.company.ca_require_consultation = True
        order = self._new_order(self.partner, user=self.sales1, ca_archive_checked=True)
        self.assertEqual(order.ca_archive_checked_by_id, self.sales1)
        order.action_confirm()

    def test_tick_of_somebody_without_access_is_refused(self):
        order = self._new_order(self.partner, user=self.sales2)
        with self.assertRaisesRegex(UserError, "no access"):
            order.with_user(self.sales2).ca_archive_checked = True
        with self.assertRaisesRegex(UserError, "no access"):
            self._new_order(self.partner, user=self.sales2, ca_archive_checked=True)

    def test_another_customer_needs_another_tick(self):
        self.company.ca_require_consultation = True
        self.order.with_user(self.sales1).ca_archive_checked = True
        self.order.with_user(self.sales1).partner_id = self._new_archive(
            "Other customer"
        ).partner_id
        self.assertFalse(self.order.ca_archive_checked)
        self.assertFalse(self.order.ca_archive_checked_by_id)

    def test_tick_stays_on_confirmed_orders(self):
        self.order.with_user(self.sales1).ca_archive_checked = True
        self.order.with_user(self.sales1).action_confirm()
        with self.assertRaisesRegex(UserError, "stays on confirmed orders"):
            self.order.with_user(self.sales1).ca_archive_checked = False

    def test_confirmed_order_does_not_move_to_a_stopped_customer(self):
        self.order.with_user(self.sales1).action_confirm()
        stopped = self._new_partner("Stopped")
        stopped.ca_trading_stopped = True
        with self.assertRaises(UserError):
            self.order.partner_id = stopped

    def test_copy_starts_without_tick(self):
        self.order.with_user(self.sales1).ca_archive_checked = True
        copy = self.order.copy()
        self.assertFalse(copy.ca_archive_checked)
        self.assertFalse(copy.ca_archive_checked_at)

    def test_running_orders_are_not_broken(self):
        """Orders confirmed before the switch go on: lines, dates and cancelling work; CA-81: stopped ones shrink."""
        self.order.with_user(self.sales1).action_confirm()
        self.company.ca_require_consultation = True
        self.order.order_line.product_uom_qty = 3
        self.partner.ca_trading_stopped = True
        self.order.write({"client_order_ref": "PO 7", "note": "x"})
        self.order.order_line.product_uom_qty = 2
        self.order.write({"state": "sale"})
        self.order._action_cancel()
        self.assertEqual(self.order.state, "cancel")
        self.order.action_draft()
        with self.assertRaises(UserError):
            self.order.action_confirm()

    def test_form_shows_standing_and_what_is_missing(self):
        self.company.ca_require_consultation = True
        self.partner.write(
            {"ca_grade_id": self.grade_b.id, "ca_credit_status": "very_low"}
        )
        order = self.order.with_user(self.sales1)
        self.assertRecordValues(
            order,
            [
                {
                    "ca_archive_state": "draft",
                    "ca_grade_id": self.grade_b.id,
                    "ca_credit_status": "very_low",
                }
            ],
        )
        self.assertIn("Archive Consulted", order.ca_contracting_text)
        self.assertIn("not on file yet", order.ca_contracting_text)
        self.assertIn("Very Low", order.ca_contracting_text)

    def test_all_reasons_in_one_message(self):
        self.company.ca_require_consultation = True
        self.partner.ca_trading_stopped = True
        with self.assertRaises(UserError) as error:
            self.order.action_confirm()
        self.assertIn("is stopped", str(error.exception))
        self.assertIn("Archive Consulted", str(error.exception))

    def test_other_company_is_not_touched(self):
        company2 = self.env["res.company"].create({"name": "Second house"})
        self.partner.ca_trading_stopped = True
        order = (
            self.env["sale.order"]
            .with_company(company2)
            .create({"partner_id": self.partner.id, "company_id": company2.id})
        )
        order.action_confirm()
        self.assertEqual(order.state, "sale")

    def test_classes_follow_the_order(self):
        """CA-20: first and last trade and the classes are up to date after the confirmation."""
        self.assertRecordValues(
            self.archive,
            [
                {
                    "time_class": "future",
                    "trade_class": "none",
                    "date_first_order": False,
                }
            ],
        )
        self.archive._refresh_classes()
        self.assertEqual(self.archive.trade_class, "soon")
        self.order.action_confirm()
        self.assertRecordValues(
            self.archive,
            [
                {
                    "time_class": "new",
                    "trade_class": "trading",
                    "cooperation_status": "cooperating",
                    "date_first_order": self.company._record_control_today(),
                }
            ],
        )
        self.order.date_order = "2019-01-01 00:00:00"
        self.archive._refresh_classes()
        self.assertRecordValues(
            self.archive,
            [
                {
                    "time_class": "old",
                    "trade_class": "past",
                    "cooperation_status": "lost",
                }
            ],
        )
        self.order._action_cancel()
        self.assertEqual(self.archive.time_class, "future")

    def test_amount_of_the_year_converts_currencies(self):
        usd = self.env.ref("base.USD")
        foreign = usd if self.company.currency_id != usd else self.env.ref("base.EUR")
        foreign.active = True
        self.env["res.currency.rate"].create(
            {
                "name": "2020-01-01",
                "rate": 0.5,
                "currency_id": foreign.id,
                "company_id": self.company.id,
            }
        )
        pricelist = self.env["product.pricelist"].create(
            {"name": "Foreign", "currency_id": foreign.id}
        )
        order = self._new_order(self.partner, pricelist_id=pricelist.id)
        order.order_line.price_unit = 10.0
        order.action_confirm()
        self.archive.invalidate_recordset()
        self.assertEqual(self.archive.amount_ordered_year, 20.0)

    def test_line_commands_do_not_open_a_back_door(self):
        """An order confirmed through its customer's one2many is refused too."""
        self.partner.ca_trading_stopped = True
        with self.assertRaises(UserError):
            self.partner.write(
                {"sale_order_ids": [Command.update(self.order.id, {"state": "sale"})]}
            )

    def test_tick_goes_with_the_customer(self):
        """CA-18: a contact that goes to another company takes no consultation along; confirmed orders keep theirs."""
        self.company.ca_require_consultation = True
        former, later = (self._new_archive(name) for name in ("Former", "Later"))
        buyer = self.env["res.partner"].create(
            {"name": "Buyer", "parent_id": former.partner_id.id}
        )
        address = self.env["res.partner"].create(
            {"name": "Ramp", "type": "delivery", "parent_id": buyer.id}
        )
        confirmed, *quotations = (
            self._new_order(partner, user=self.sales1)
            for partner in (buyer, buyer, address)
        )
        for order in (confirmed, *quotations):
            order.with_user(self.sales1).ca_archive_checked = True
        confirmed.action_confirm()
        buyer.with_user(self.sales1).name = "Buyer B"
        self.assertTrue(quotations[0].ca_archive_checked)
        buyer.with_user(self.sales1).parent_id = later.partner_id
        for order in quotations:
            self.assertFalse(order.ca_archive_checked or order.ca_archive_checked_by_id)
            with self.assertRaisesRegex(UserError, "consult the archive of Later"):
                order.action_confirm()
        self.assertTrue(confirmed.ca_archive_checked)

    def test_addresses_of_another_company_are_replaced_in_the_form(self):
        """CA-18: Odoo chooses addresses of a shared customer that other companies keep: the form lets its user change them."""
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        user = new_test_user(
            self.env,
            "ca_elsewhere",
            "sales_team.group_sale_salesman,account.group_delivery_invoice_address",
            company_id=elsewhere.id,
            company_ids=[Command.set(elsewhere.ids)],
        )
        kinds = ("invoice", "delivery")
        self.env["res.partner"].create(
            [
                {
                    "name": kind,
                    "type": kind,
                    "parent_id": self.partner.id,
                    "company_id": self.company.id,
                }
                for kind in kinds
            ]
        )
        form = Form(self.env["sale.order"].with_user(user))
        form.partner_id = self.partner
        with form.order_line.new() as line:
            line.product_id = self.product
        form.partner_invoice_id = self.partner
        form.partner_shipping_id = self.partner
        order = form.save()
        self.assertEqual(order.partner_shipping_id, self.partner)
        hidden = self._new_partner("Hidden", company_id=self.company.id)
        with self.assertRaises(AccessError):
            Form(order).partner_invoice_id = hidden
