from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from ..common import SampleCase


@tagged("post_install", "-at_install")
class TestCopies(SampleCase):
    """Numbered copies of one standard (SC-01.1, D-22, D-30)."""

    def test_copies_have_their_own_life(self):
        """Own number, copy number, signatures and place; the values are the same."""
        sample = self._new_active_sample(
            line_ids=[self._new_line("colour_no", text_value="RAL 7016")]
        )
        copies = sample.with_user(self.administrator)._make_copies(
            2, "One for each side"
        )
        self.assertEqual(copies.mapped("copy_no"), [1, 2])
        self.assertEqual(copies.mapped("state"), ["draft", "draft"])
        self.assertEqual(len(set((sample | copies).mapped("name"))), 3)
        self.assertEqual(copies.mapped("sign_off_state"), ["none", "none"])
        self.assertFalse(copies.location_id)
        self.assertEqual(copies[0].line_ids.text_value, "RAL 7016")
        more = copies[0].with_user(self.administrator)._make_copies(1, "One more")
        self.assertEqual((more.master_id, more.copy_no), (sample, 3))
        self.assertEqual(sample._get_family(), sample | copies | more)
        self.assertEqual(sample.copy_count, 3)

    def test_copies_need_a_reason(self):
        sample = self._new_sample().with_user(self.administrator)
        for count, reason in ((1, ""), (0, "None")):
            with self.assertRaises(UserError):
                sample._make_copies(count, reason)

    def test_copy_number_is_the_systems(self):
        sample = self._new_sample().with_user(self.administrator)
        for vals in ({"master_id": self._new_sample().id}, {"copy_no": 5}):
            with self.assertRaises(UserError):
                sample.write(vals)

    def test_copy_stays_like_its_master(self):
        sample = self._new_sample().with_user(self.administrator)
        copy = sample._make_copies(1, "One more")
        with self.assertRaises(ValidationError):
            copy.type_id = self._type("STD")

    def test_no_copy_of_a_copy(self):
        """SC-51: all copies belong to the first piece, even when the system makes them."""
        sample = self._new_sample().with_user(self.administrator)
        copy = sample._make_copies(1, "One more")
        with self.assertRaisesRegex(ValidationError, "not to another copy"):
            self._new_sample().sudo().master_id = copy
        with self.assertRaisesRegex(ValidationError, "not to another copy"):
            sample.sudo().master_id = sample

    def test_wizard(self):
        sample = self._new_sample()
        wizard = (
            self.env["sample.copy"]
            .with_user(self.administrator)
            .create({"sample_id": sample.id, "count": 2, "reason": "Two lines"})
        )
        action = wizard.action_apply()
        self.assertEqual(len(self.env["sample.sample"].search(action["domain"])), 3)
