from odoo.tests import tagged

from .common import UseCase


@tagged("post_install", "-at_install")
class TestSampleScan(UseCase):
    """What the scan page shows and offers (SC-37.6, SC-34)."""

    def _scan(self, code, user=None):
        return self.env["sample.sample"].with_user(user or self.user).scan_sample(code)

    def test_valid_sample(self):
        sample = self._new_active_sample(handling_note="Wear gloves")
        for code in (sample.name, f" {sample.name} ", sample._get_qr_url()):
            answer = self._scan(code)
            self.assertEqual(answer["id"], sample.id)
            self.assertEqual(answer["color"], "success")
            self.assertEqual(answer["handling"], "Wear gloves")
            self.assertEqual(answer["reasons"], [])
        self.assertEqual(
            answer["actions"],
            ["borrow", "use_in_room", "first_article", "report_exception"],
        )
        self.assertIn("move", self._scan(sample.name, self.keeper)["actions"])

    def test_room_only(self):
        """E15: the page offers the use in the room alone."""
        self._use_policy(loan_mode="room_only")
        sample = self._new_active_sample()
        actions = self._scan(sample.name)["actions"]
        self.assertIn("use_in_room", actions)
        self.assertNotIn("borrow", actions)

    def test_out(self):
        sample = self._new_active_sample()
        self._lend(sample)
        answer = self._scan(sample.name, self.keeper)
        self.assertIn("return", answer["actions"])
        self.assertNotIn("borrow", answer["actions"])
        self.assertEqual(answer["holder"], self.user.name)

    def test_suspended(self):
        sample = self._new_active_sample()
        sample.sudo()._suspend("Worn")
        answer = self._scan(sample.name)
        self.assertEqual(
            (answer["color"], answer["actions"]), ("danger", ["report_exception"])
        )
        self.assertIn("Worn", answer["reasons"][0])

    def test_unknown_and_hidden(self):
        """A code that is none, and a sample that the user may not see, look the same."""
        hidden = self._new_sample("BMK", self.benchmark, origin="benchmark")
        for code in ("", None, "NO-SUCH", hidden.name):
            self.assertFalse(self._scan(code))
        self.assertTrue(self._scan(hidden.name, self.benchmark))

    def test_odd_input_is_answered(self):
        """SC-37.6: what no scanner should send is no code of a sample; a NUL on its way is left out."""
        sample = self._new_active_sample()
        for odd in ("\x00", "\ud800", 7, ["x"], {"a": 1}, True):
            self.assertFalse(self._scan(odd))
        self.assertEqual(self._scan(f"{sample.name}\x00")["id"], sample.id)

    def test_two_scans(self):
        """SC-37.6: first scan lends, second returns, also with the address of the QR code."""
        self.employees[self.user].barcode = "B001"
        sample = self._new_active_sample()
        loans = self.env["loan.loan"].with_user(self.keeper)
        code = sample._get_qr_url()
        self.assertEqual(loans.scan(code)["status"], "ask_badge")
        self.assertEqual(loans.scan(code, badge="B001")["status"], "lent")
        self.assertEqual(loans.scan(code)["status"], "ask_condition")
        self.assertEqual(loans.scan(code, condition="good")["status"], "returned")
        self.assertEqual(sample.location_id, self.room)
