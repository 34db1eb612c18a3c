from odoo.fields import Command
from odoo.tests import HttpCase, new_test_user, tagged

from .common import SealingCase

PRODUCT = "Sealing tour cover"
CUSTOMER = "Sealing tour customer"


@tagged("post_install", "-at_install")
class TestSealingTour(SealingCase, HttpCase):
    """SC-21 to SC-28: a sealing in the browser, each step by the person who takes it; the customer signs
    in the portal."""

    test_cursor_lock_timeout = 120

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tour_product = cls._new_product(PRODUCT, categ_id=cls.plastics.id)
        cls.tour_customer = cls.env["res.partner"].create(
            {"name": CUSTOMER, "is_company": True}
        )
        cls.portal = new_test_user(
            cls.env,
            "sc_portal",
            "base.group_portal",
            name="Wang Fang",
            email="wang@customer.example.com",
            lang="en_US",
        )
        cls.portal.partner_id.write(
            {
                "parent_id": cls.tour_customer.id,
                "category_id": [
                    Command.link(
                        cls.env.ref("sample_control.res_partner_category_quality").id
                    )
                ],
            }
        )
        cls._new_policy(
            "Customer signs",
            ["sign_off"],
            product_tmpl_ids=[Command.set(cls.tour_product.product_tmpl_id.ids)],
            sign_off_first_route_id=cls._new_route().id,
        )

    @classmethod
    def _new_route(cls):
        """The technical side and quality sign, then the customer."""
        groups = {
            name: cls.env.ref(f"sample_control.group_sample_{name}")
            for name in ("technical", "quality")
        }
        return cls.env["sign.off.route"].create(
            {
                "name": "Joint sign-off with the customer",
                "model_id": cls.env["ir.model"]._get_id("sample.request"),
                "step_ids": [
                    *(
                        Command.create(
                            {
                                "sequence": sequence,
                                "name": name.title(),
                                "signer_type": "group",
                                "group_id": groups[name].id,
                            }
                        )
                        for sequence, name in ((10, "technical"), (20, "quality"))
                    ),
                    Command.create(
                        {
                            "sequence": 30,
                            "name": "Customer",
                            "signer_type": "contact",
                            "contact_role": "customer_quality",
                        }
                    ),
                ],
            }
        )

    def _take_step(self, tour, user, path="/odoo/sample-requests"):
        self.start_tour(
            path, f"sample_control_sealing_{tour}", login=user.login, timeout=300
        )
        self.env.invalidate_all()

    def test_sealing(self):
        self._ask_for_sealing()
        self._check_and_review()
        self._sign_jointly()
        self._sign_as_customer()
        self._put_on_file()

    def _ask_for_sealing(self):
        self._take_step("request", self.technical)
        self.request = self.Request.search([("product_id", "=", self.tour_product.id)])
        self.assertRecordValues(
            self.request,
            [
                {
                    "state": "submitted",
                    "partner_id": self.tour_customer.id,
                    "user_id": self.technical.id,
                }
            ],
        )

    def _check_and_review(self):
        self._take_step("check", self.quality)
        self.assertRecordValues(
            self.request, [{"state": "review", "conclusion": "pass"}]
        )
        received = self.request.document_ids.filtered(
            lambda line: line.code == "small_batch"
        )
        self.assertRecordValues(received, [{"state": "received", "result": "pass"}])

    def _sign_jointly(self):
        self._take_step("ask", self.administrator)
        for user in (self.technical, self.quality):
            self._take_step("sign", user, "/odoo/sample-scan")
        signatures = self.request.sudo().sign_off_request_id.signature_ids
        self.assertEqual(signatures.user_id, self.technical | self.quality)
        self.assertEqual(self.request.sign_off_state, "open", "the customer is asked")

    def _sign_as_customer(self):
        # sudo: the link is the contact's alone
        step = self.request.sudo().sign_off_request_id.step_ids.filtered(
            lambda step: step.signer_type == "contact"
        )
        self.assertEqual(step.partner_id, self.portal.partner_id)
        self._take_step("customer", self.portal, f"/my/sign_off/{step.link_key}")
        self.assertEqual(self.request.sign_off_state, "sealed")
        signature = step.request_id.signature_ids.filtered(
            lambda signature: signature.step_id == step
        )
        self.assertTrue(signature.signature, "a drawn signature")
        self.assertEqual(signature.opinion, "Colour and fit confirmed")
        self.assertEqual(
            self.request.sample_ids.customer_signatory_id, self.portal.partner_id
        )

    def _put_on_file(self):
        self._take_step("approve", self.quality2)
        self._take_step("file", self.administrator)
        self.assertEqual(self.request.state, "done")
        self.assertEqual(self.request.sample_ids.state, "active")
        self.assertIn("Wang Fang", self.request.sample_ids._get_card_signatures())
