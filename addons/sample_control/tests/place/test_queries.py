from odoo.tests import tagged

from ..common import SampleCase
from ..common_queries import MANY, QueryBudget


@tagged("post_install", "-at_install")
class TestPlaceQueries(QueryBudget, SampleCase):
    """Queries of the screens of places and of the custody log."""

    def test_places(self):
        """List 8: the companies above, count and page (3), tags (1), pieces kept and present (2), managers with contacts (2).

        Form 11: the same with kinds of samples, pictures, readings and company.
        """
        places = self.env["sample.location"]
        for number in range(MANY):
            places |= self._new_location(
                f"Q{number}",
                kind="drawer",
                parent_id=self.room.id,
                manager_id=self.keeper.id,
            )
        self.assertScreens(places, self.keeper, list=8, form=11)

    def test_custody_log(self):
        """12: count, page and restricted ones (3), access log (1), samples (2), products (3), who (2), places (1)."""
        samples = self.env["sample.sample"]
        for __ in range(MANY):
            samples |= self._new_sample()
        for number, sample in enumerate(samples):
            sample._move(
                location=self._new_location(f"Q{number}", kind="room"), reason="Moved"
            )
        self.assertScreens(samples.custody_log_ids, self.keeper, list=12)
