import base64

from freezegun import freeze_time

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common import MONDAY, SealingCase

SCAN = base64.b64encode(b"%PDF-1.7 signed by hand")


@tagged("post_install", "-at_install")
class TestContact(SealingCase):
    """The customer signs along: who is asked, and what the signature does (SC-26.1, SC-26.3, C17)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contact, cls.other = cls.env["res.partner"].create(
            [
                {
                    "name": name,
                    "parent_id": cls.customer.id,
                    "email": f"{name.lower()}@customer.example.com",
                    "lang": "en_US",
                }
                for name in ("Wang", "Zhao")
            ]
        )
        route = cls.env.ref("sample_control.sign_off_route_request_customer")
        cls._new_policy(
            "Customer signs",
            ["sign_off"],
            product_tmpl_ids=[Command.set(cls.product.product_tmpl_id.ids)],
            sign_off_first_route_id=route.id,
        )
        cls.request = cls._check(cls._new_request(partner_id=cls.customer.id))

    def _ask(self):
        self._review(self.request)
        self.request.with_user(self.administrator).action_request_sign_off()
        self.request.with_user(self.technical)._sign_off()
        return self.request.sudo().sign_off_request_id.step_ids.filtered(
            lambda step: step.signer_type == "contact"
        )

    def test_who_is_asked(self):
        """SC-26.1: a named participant, else a contact with the tag, else the customer itself."""
        find = self.request._get_sign_off_contacts
        self.assertEqual(find("customer_quality")[:1], self.customer)
        tag = self.env.ref("sample_control.res_partner_category_quality")
        self.other.category_id = tag
        self.assertEqual(find("customer_quality")[:1], self.other)
        self.request.party_ids = [
            Command.create({"role": "customer", "partner_id": self.contact.id})
        ]
        self.assertEqual(find("customer_quality")[:1], self.contact)

    def test_sc_26_3_only_the_customer_signs_for_the_customer(self):
        """SC-26.3: a participant of another company, named by whoever applied, does not sign for the customer."""
        stranger = self.env["res.partner"].create(
            {
                "name": "Li",
                "parent_id": self.supplier.id,
                "email": "li@elsewhere.example.com",
            }
        )
        self.request.with_user(self.technical).party_ids = [
            Command.create({"role": "customer", "partner_id": stranger.id})
        ]
        find = self.request._get_sign_off_contacts
        self.assertEqual(find("customer_quality"), self.customer)
        step = self._ask()
        self.assertEqual(step.partner_id, self.customer)
        with self.assertRaisesRegex(UserError, "no contact of the customer"):
            step._name_contact(stranger)

    @freeze_time("2026-03-04 02:00:00")
    def test_signature_confirms_the_samples(self):
        """SC-26.3: without the customer nothing is approved; with it the card names who confirmed."""
        self.request.party_ids = [
            Command.create({"role": "customer", "partner_id": self.contact.id})
        ]
        step = self._ask()
        self.assertEqual(step.partner_id, self.contact)
        with self.assertRaisesRegex(UserError, "waits for the signature"):
            self.request.with_user(self.quality2).action_approve()
        # on paper, entered by somebody of ours who does not sign
        step.with_user(self.administrator).sudo()._sign_as_contact(
            "paper", "approve", "", {"attachment": SCAN, "date_signed": "2026-03-04"}
        )
        self.assertEqual(self.request.sign_off_state, "sealed")
        sample = self.request.sample_ids
        self.assertEqual(sample.customer_signatory_id, self.contact)
        self.assertTrue(sample.customer_confirmed_on)
        self.assertIn("Wang", sample._get_card_signatures())

    def test_reminder(self):
        """C17: after three days without a signature the link is sent again, and not every day."""
        self.request.party_ids = [
            Command.create({"role": "customer", "partner_id": self.contact.id})
        ]
        with freeze_time(MONDAY):
            step = self._ask()
        sent = step.link_digest
        for day, again in ((4, False), (6, True), (7, False)):
            with freeze_time(MONDAY.replace(day=day)):
                self.Request._cron_remind_contacts()
            self.assertEqual(step.link_digest != sent, again, day)
            sent = step.link_digest
