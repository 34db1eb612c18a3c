from odoo.tests import tagged

from ..common import SampleCase


@tagged("post_install", "-at_install")
class TestLifecycle(SampleCase):
    """States of a sample and their gates (SC-01, SC-28, closing 1.2)."""

    def test_card_signatures_activation(self):
        """A sample goes from the card over two signatures to a valid sample (SC-28)."""
        sample = self._new_sample()
        self.assertEqual(sample.state, "draft")
        self.assertRegex(sample.name, r"^YJ-SEAL-\d{4}-00001$")
        self._sign(sample)
        self.assertEqual(sample.sign_off_state, "sealed")
        sample.with_user(self.quality).action_activate()
        self.assertEqual(sample.state, "active")
        self.assertEqual(sample.location_id, self.room)
        self.assertEqual(len(sample.custody_log_ids), 1)
