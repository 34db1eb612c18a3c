from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tests.common import JsonRpcException
from odoo.tools import mute_logger

from .sign_off_contact_common import DRAWN, SignOffContactCommon

SIGN_SCRIPT = """
(async () => {
    const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
    const find = async (selector) => {
        for (let i = 0; i < 600; i++) {
            const el = document.querySelector(selector);
            if (el) return el;
            await wait(100);
        }
        throw new Error("missing " + selector);
    };
    (await find(".o_sign_off_submit:not([disabled])")).click();
    await find(".o_sign_off_done");
    console.log("test successful");
})();
"""


@tagged("post_install", "-at_install")
class TestSignOffContactPage(HttpCase, SignOffContactCommon):
    """The page on which contacts sign, over HTTP, without login and with."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls._create_open_order(note="for our eyes", terms="30 days")
        cls.key, cls.secret = cls._get_link()
        cls.url = f"/my/sign_off/{cls.key}"
        cls.link = f"{cls.url}?access_token={cls.secret}"

    def setUp(self):
        super().setUp()
        self.opener.headers["Accept-Language"] = "en-US"

    def _create_portal_user(self, login, partner):
        return new_test_user(
            self.env,
            login=f"sign_{login}",
            password=f"sign_{login}",
            groups="base.group_portal",
            partner_id=partner.id,
            email=partner.email,
            lang="en_US",
        )

    def _post(self, **params):
        return self.make_jsonrpc_request(f"{self.url}/sign", params)

    def _count_signatures(self):
        self.env.invalidate_all()
        return len(self.order.sudo().sign_off_request_id.signature_ids)

    def assertRefused(self, url, text):
        response = self.url_open(url)
        self.assertEqual(response.status_code, 403)
        self.assertIn(text, response.text)
        self.assertNotIn("30 days", response.text)

    def test_page(self):
        """The link shows what is signed and nothing else of the record, and is kept from caches and referrers."""
        response = self.url_open(self.link)
        self.assertEqual(response.status_code, 200)
        for text in ("S001", "30 days", "Bolt", "Li Lei", "顾客"):
            self.assertIn(text, response.text)
        self.assertNotIn("for our eyes", response.text)
        self.assertEqual(response.headers["Cache-Control"], "no-store")
        self.assertEqual(response.headers["Referrer-Policy"], "no-referrer")

    def test_refused_links(self):
        """Without the secret, with another, expired or used up: a clear page, and nothing of the record."""
        self.assertRefused(self.url, "opens nothing")
        self.assertRefused(f"{self.url}?access_token=", "opens nothing")
        self.assertRefused(f"{self.url}?access_token={self.secret}x", "opens nothing")
        self.assertRefused("/my/sign_off/unknown?access_token=x", "opens nothing")
        self.assertIn("opens nothing", self._post(signature=DRAWN)["error"])
        other = self._create_open_order(name="S002")
        __, secret = self._get_link()
        self.assertRefused(f"{self.url}?access_token={secret}", "opens nothing")
        other.action_withdraw_sign_off()
        step = self._get_step(self.order)
        step.link_expires_at = "2020-01-01"
        self.assertRefused(self.link, "expired")
        error = self._post(access_token=self.secret, signature=DRAWN)["error"]
        self.assertIn("expired", error)
        self.assertEqual(self._count_signatures(), 1)

    def test_sign(self):
        """Agree with a drawn signature; the same link again is refused with a clear page."""
        self.assertIn("not been drawn", self._post(access_token=self.secret)["error"])
        self.assertIn(
            "whether you agree",
            self._post(access_token=self.secret, decision="x")["error"],
        )
        answer = self._post(
            access_token=self.secret, signature=DRAWN, name="Li Lei", opinion="good"
        )
        self.assertIn("Thank you", answer["message"])
        self.assertEqual(self._count_signatures(), 2)
        self.assertEqual(self.order.sign_off_cells[1]["opinion"], "good")
        self.assertRefused(self.link, "signed already")
        again = self._post(access_token=self.secret, signature=DRAWN)
        self.assertIn("signed already", again["error"])
        self.assertEqual(self._count_signatures(), 2)

    def test_contact_named_by_hand_goes_to_another_company(self):
        """The link of whoever works elsewhere by now opens nothing; who was named is not replaced behind our back."""
        step = self._get_step(self.order)
        step._name_contact(self.colleague)
        self.key, secret = self._get_link("han@customer.example.com")
        self.url = f"/my/sign_off/{self.key}"
        self.assertEqual(
            self.url_open(f"{self.url}?access_token={secret}").status_code, 200
        )
        self.colleague.parent_id = self.env["res.partner"].create(
            {"name": "Competitor", "is_company": True}
        )
        error = self._post(access_token=secret, signature=DRAWN)["error"]
        self.assertIn("opens nothing", error)
        self.assertEqual(self._count_signatures(), 1)
        self.assertFalse(step.partner_id)
        self.assertIn("no contact of the customer", step.note)

    def test_odd_values(self):
        """What is no text, no picture or too long is refused in words, and leaves nothing behind for good."""
        for token in (1, ["x"], {"a": 1}, "\x00", "\ud800"):
            with self.subTest(token=token):
                self.assertIn("opens nothing", self._post(access_token=token)["error"])
        for values, text in (
            ({"decision": ["approve"]}, "whether you agree"),
            ({"signature": ["x"]}, "not been drawn"),
            ({"signature": "\ud800"}, "not been drawn"),
            ({"signature": DRAWN, "name": "x" * 101}, "name is too long"),
            ({"signature": DRAWN, "opinion": "x" * 4001}, "opinion is too long"),
            ({"decision": "refuse", "opinion": ["x"]}, "Give the reason"),
            ({"decision": "refuse", "opinion": "\x00"}, "Give the reason"),
        ):
            with self.subTest(values=values):
                error = self._post(access_token=self.secret, **values)["error"]
                self.assertIn(text, error)
        self.assertEqual(self._count_signatures(), 1)
        self.assertRefused("/my/sign_off/%00?access_token=%00", "opens nothing")
        self._post(
            access_token=self.secret,
            signature=DRAWN,
            name="Li\x00 Lei\ud800",
            opinion="go\x00od",
        )
        cell = self.order.sign_off_cells[1]
        self.assertEqual((cell["user"], cell["opinion"]), ("Li Lei", "good"))

    def test_disagree(self):
        """Disagree with a reason: the round is refused."""
        vals = {"access_token": self.secret, "decision": "refuse"}
        self.assertIn("Give the reason", self._post(**vals)["error"])
        self._post(**vals, opinion="wrong colour")
        self.env.invalidate_all()
        self.assertEqual(self.order.sign_off_state, "refused")

    def test_changed_between_link_and_signature(self):
        """Values changed in the database after the page was opened: void, not signed, and the page says so."""
        self.assertEqual(self.url_open(self.link).status_code, 200)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE test_sign_off_order_line SET price_unit = 1 WHERE order_id = %s",
            [self.order.id],
        )
        self.env.invalidate_all()
        answer = self._post(access_token=self.secret, signature=DRAWN)
        self.assertIn("no longer to be signed", answer["error"])
        self.assertEqual(self._count_signatures(), 1)
        self.assertEqual(self.order.sign_off_state, "void")
        self.assertRefused(self.link, "no longer to be signed")

    def test_portal_users(self):
        """The portal user of the contact needs no secret; that of another customer gets in neither way."""
        login = self._create_portal_user("portal_li", self.contact).login
        self._create_portal_user("portal_else", self.outsider)
        self.seller.password = self.seller.login
        for stranger in ("sign_portal_else", self.seller.login):
            self.authenticate(stranger, stranger)
            for url in (self.url, self.link):
                self.assertRefused(url, "not asked to sign")
            for token in (None, self.secret):
                answer = self._post(access_token=token, signature=DRAWN)
                self.assertIn("not asked to sign", answer["error"])
        self.authenticate(login, login)
        self.assertEqual(self.url_open(self.url).status_code, 200)
        self._post(signature=DRAWN, name="Li Lei")
        self.assertEqual(self._count_signatures(), 2)
        signature = self.order.sudo().sign_off_request_id.signature_ids[-1]
        self.assertIn(login, signature.note)
        # the page is all that a portal user gets
        for model, domain in (
            ("test.sign.off.order", []),
            ("sign.off.request", []),
            ("sign.off.request.step", []),
            ("sign.off.signature", []),
            ("sign.off.contact.wizard", []),
        ):
            with (
                self.subTest(model=model),
                mute_logger("odoo.http"),
                self.assertRaises(JsonRpcException),
            ):
                self._call(model, "search_read", [domain])

    def test_list_of_a_contact(self):
        """A portal user finds what waits for himself, and for nobody else, until it is signed."""
        login = self._create_portal_user("portal_list", self.contact).login
        self._create_portal_user("portal_other", self.outsider)
        counters = {"counters": ["sign_off_count"]}
        self.authenticate("sign_portal_other", "sign_portal_other")
        self.assertNotIn(self.url, self.url_open("/my/sign_offs").text)
        answer = self.make_jsonrpc_request("/my/counters", counters)
        self.assertEqual(answer["sign_off_count"], 0)
        self.authenticate(login, login)
        page = self.url_open("/my/sign_offs").text
        self.assertIn(self.url, page)
        self.assertIn("S001", page)
        self.assertNotIn("30 days", page)
        self.assertNotIn("access_token", page)
        answer = self.make_jsonrpc_request("/my/counters", counters)
        self.assertEqual(answer["sign_off_count"], 1)
        self.assertIn("/my/sign_offs", self.url_open("/my").text)
        self._post(signature=DRAWN, name="Li Lei")
        self.assertNotIn(self.url, self.url_open("/my/sign_offs").text)
        self.authenticate(None, None)
        response = self.url_open("/my/sign_offs", allow_redirects=False)
        self.assertNotEqual(response.status_code, 200, "visitors log in first")

    def _call(self, model, method, args):
        return self.make_jsonrpc_request(
            f"/web/dataset/call_kw/{model}/{method}",
            {"model": model, "method": method, "args": args, "kwargs": {}},
        )

    def test_internal_user_over_rpc(self):
        """A user of ours cannot sign as the contact without image or scan, nor with methods that are not for RPC."""
        self.seller.password = self.seller.login
        self.authenticate(self.seller.login, self.seller.login)
        step = self._get_step(self.order)
        base = {"request_id": step.request_id.id, "step_id": step.id}
        for values in (
            {"way": "tablet"},
            {"way": "paper"},
            {"way": "paper", "date_signed": "2025-03-03"},
            {"way": "tablet", "attachment": DRAWN},
        ):
            with (
                self.subTest(values=values),
                mute_logger("odoo.http"),
                self.assertRaises(JsonRpcException),
            ):
                wizard = self._call(
                    "sign.off.contact.wizard", "create", [{**base, **values}]
                )
                self._call("sign.off.contact.wizard", "action_confirm", [[wizard]])
        vals = {"signature": DRAWN}
        for method, args in (
            ("_sign_as_contact", [step.ids, "portal", "approve", "", vals]),
            ("_sign_by_link", [step.ids, "approve", "", DRAWN, "x", None, 1]),
            ("_send_link", [step.ids]),
            ("write", [step.ids, {"partner_id": self.outsider.id}]),
            ("write", [step.ids, {"link_digest": "x"}]),
            ("read", [step.ids, ["link_digest"]]),
        ):
            with (
                self.subTest(method=method),
                mute_logger("odoo.http"),
                self.assertRaises(JsonRpcException),
            ):
                self._call("sign.off.request.step", method, args)
        self.assertEqual(self._count_signatures(), 1)

    def test_browser(self):
        """In a browser: the name is written as signature, the button is pressed, the answer is recorded."""
        self.browser_js(
            self.link,
            SIGN_SCRIPT,
            "!!document.querySelector('.o_sign_off_form')",
            timeout=150,  # a busy machine takes its time
        )
        self.assertEqual(self._count_signatures(), 2)
        self.assertEqual(self.order.sign_off_cells[1]["user"], "Li Lei")
        self.assertTrue(self.order.sign_off_cells[1]["signature_id"])
