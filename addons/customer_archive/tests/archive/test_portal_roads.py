import json

from odoo.exceptions import ValidationError
from odoo.http import Request
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from .common import ArchiveCommon

DOT = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=="


@tagged("post_install", "-at_install")
class TestPortalRoads(ArchiveCommon, HttpCase):
    """CA-02, CA-18: what a customer does on the portal meets the same gates and learns nothing of our reasons."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.archive = cls._new_archive("Ningbo Machines")
        cls.partner = cls.archive.partner_id
        cls.contact = cls.env["res.partner"].create(
            {
                "name": "Wang",
                "parent_id": cls.partner.id,
                "email": "wang@customer.example.com",
            }
        )
        cls.portal = new_test_user(
            cls.env,
            login="ca_portal_roads",
            password="ca_portal_roads",
            groups="base.group_portal",
            partner_id=cls.contact.id,
            email=cls.contact.email,
            lang="en_US",
        )
        cls.competitor = cls._new_partner("Okapi Castings", ref="K0042")

    def _new_quotation(self, **values):
        return self._new_order(
            self.contact,
            user=self.sales1,
            state="sent",
            require_signature=True,
            require_payment=False,
            **values,
        )

    # --- Orders ---

    def _accept(self, order):
        token = order._portal_ensure_token()
        self.env.flush_all()
        return self.url_open(
            f"/my/orders/{order.id}/accept",
            data=json.dumps(
                {"params": {"access_token": token, "name": "Wang", "signature": DOT}}
            ),
            headers={"Content-Type": "application/json"},
        ).text

    @mute_logger("odoo.http")
    def test_signing_customer_is_not_told_our_reasons(self):
        """CA-18: neither that the trade was stopped nor what the salesperson has still to do."""
        order = self._new_quotation()
        self.company.ca_require_consultation = True
        self.partner.ca_trading_stopped = True
        for login in (None, self.portal.login):
            self.authenticate(login, login)
            answer = self._accept(order)
            self.env.invalidate_all()
            with self.subTest(login=login):
                self.assertIn("cannot be confirmed online", answer)
                self.assertNotIn("stopped", answer)
                self.assertNotIn("Archive Consulted", answer)
                self.assertEqual(order.state, "sent")
                self.assertFalse(order.signature)
        self.assertIn("is stopped", order.with_user(self.sales1).ca_contracting_text)
        self.partner.ca_trading_stopped = False
        order.with_user(self.sales1).ca_archive_checked = True
        self.assertIn("redirect_url", self._accept(order))
        self.env.invalidate_all()
        self.assertEqual(order.state, "sale")

    def test_payment_of_an_order_that_may_not_be_contracted(self):
        """CA-18: the payment is booked, the order is not confirmed, and the salesperson is told why."""
        order = self._new_quotation()
        self.partner.ca_trading_stopped = True
        transaction = self._pay(order)
        self.assertFalse(transaction._check_amount_and_confirm_order())
        self.assertEqual(order.state, "sent")
        activity = order.activity_ids
        self.assertEqual(activity.user_id, self.sales1)
        self.assertIn("is stopped", activity.note)
        self.partner.ca_trading_stopped = False
        self.assertEqual(transaction._check_amount_and_confirm_order(), order)
        self.assertEqual(order.state, "sale")

    def _pay(self, order):
        provider = self.env["payment.provider"].create({"name": "Test provider"})
        return self.env["payment.transaction"].create(
            {
                "provider_id": provider.id,
                "payment_method_id": self.env.ref("payment.payment_method_unknown").id,
                "reference": f"CA-18 {order.name}",
                "amount": order.amount_total,
                "currency_id": order.currency_id.id,
                "partner_id": self.contact.id,
                "state": "done",
                "sale_order_ids": order.ids,
            }
        )

    def test_somebody_learns_of_a_payment_without_salesperson(self):
        """CA-18: money that came in is told to who is in charge of the customer, when the salesperson has left."""
        gone, nobody = self._new_quotation().sudo(), self._new_quotation().sudo()
        left = new_test_user(
            self.env, "ca_left", groups="sales_team.group_sale_salesman"
        )
        gone.user_id, nobody.user_id = left, False
        left.active = False
        self.partner.ca_trading_stopped = True
        self.archive.user_id = self.sales1
        for order in gone, nobody:
            self.assertFalse(self._pay(order)._check_amount_and_confirm_order())
            self.assertEqual(order.activity_ids.user_id, self.sales1)

    # --- Addresses ---

    def _rename_company(self, name):
        state = self.env.ref("base.state_cn_ZJ", raise_if_not_found=False)
        country = self.env.ref("base.cn")
        return self.url_open(
            "/my/address/submit",
            data={
                "partner_id": self.contact.id,
                "address_type": "billing",
                "name": self.contact.name,
                "email": self.contact.email,
                "phone": "0574 1234",
                "street": "Ring Road 1",
                "city": "Ningbo",
                "zip": "315000",
                "country_id": country.id,
                "state_id": (state or country.state_ids[:1]).id,
                "company_name": name,
                "csrf_token": Request.csrf_token(self),
            },
        )

    @mute_logger("odoo.http")
    def test_customer_does_not_find_out_other_customers(self):
        """CA-02: who calls himself like another customer is refused without the name or number of that one."""
        self.authenticate(self.portal.login, self.portal.login)
        for policy in ("reason", "stop"):
            self.company.ca_duplicate_policy = policy
            # written in another way: the name that is on file is not the one that was sent
            answer = self._rename_company("OKAPI  CASTINGS")
            self.env.invalidate_all()
            with self.subTest(policy=policy):
                self.assertIn("Please contact us", answer.text)
                self.assertNotIn("already entered", answer.text)
                self.assertNotIn("K0042", answer.text)
                self.assertNotIn("Okapi", answer.text)
                self.assertEqual(self.partner.name, "Ningbo Machines")

    def test_customer_does_not_find_out_whose_trade_has_ended(self):
        """CA-16: nor that the trade with another company was stopped."""
        self.competitor = self._new_archive("Ended Trade Works").partner_id
        self._put_on_file(self.competitor.ca_archive_ids)
        self._decide(self.competitor.ca_archive_ids, "stop")
        twin = self._new_partner("Twin")
        with self.assertRaises(ValidationError) as refused:
            twin.with_user(self.portal).sudo().write(
                {"name": "Ended Trade Works", "ca_duplicate_reason": "Branch"}
            )
        self.assertIn("Please contact us", str(refused.exception))
        self.assertNotIn("ended", str(refused.exception))
