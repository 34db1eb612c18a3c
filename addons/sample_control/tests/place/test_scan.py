from odoo.tests import HttpCase, tagged

from ..common import SampleCase


@tagged("post_install", "-at_install")
class TestScan(SampleCase, HttpCase):
    """The addresses in the QR codes (SC-29.3)."""

    def _follow(self, url, login):
        self.authenticate(login, login.ljust(8, "x"))
        response = self.url_open(url, allow_redirects=False)
        return response.headers["Location"].partition("/odoo")[2]

    def test_codes_open_sample_and_place(self):
        sample = self._new_sample()
        base = sample.get_base_url()
        for record, path in ((sample, "/samples"), (self.room, "/sample-locations")):
            url = record._get_qr_url().removeprefix(base)
            self.assertEqual(self._follow(url, self.user.login), f"{path}/{record.id}")

    def test_unknown_and_hidden_numbers_open_the_list(self):
        hidden = self._new_sample(
            "BMK", user=self.benchmark, product_id=False, title="Competitor lamp"
        )
        for number in ("YJ-NONE", hidden.name):
            self.assertEqual(
                self._follow(f"/sample/{number}", self.user.login), "/samples"
            )

    def test_addresses_that_no_code_holds(self):
        """Whatever somebody types in behind the address opens the list, too."""
        for odd in ("%00", "x" * 3000, "%C0%80", "%0d%0aSet-Cookie:x"):
            with self.subTest(odd=odd[:20]):
                user = self.user.login
                self.assertEqual(self._follow(f"/sample/{odd}", user), "/samples")
                self.assertEqual(
                    self._follow(f"/sample/place/{odd}", user), "/sample-locations"
                )

    def test_strangers_are_asked_to_log_in(self):
        response = self.url_open("/sample/YJ-1", allow_redirects=False)
        self.assertIn("/web/login", response.headers["Location"])
