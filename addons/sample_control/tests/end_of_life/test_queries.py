from freezegun import freeze_time

from odoo.fields import Command
from odoo.tests import tagged

from ..common_queries import MANY, QueryBudget
from .common import NOW, EndOfLifeCase


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestEndOfLifeQueries(QueryBudget, EndOfLifeCase):
    """Queries of the screens of exceptions, disposals, changes and stock-takes, and of their jobs."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with freeze_time(NOW):
            cls.samples = cls.env["sample.sample"]
            for __ in range(MANY):
                cls.samples |= cls._new_active_sample()

    def test_exceptions(self):
        """What the screens of exceptions ask.

        List 21: count, page, restricted ones and pictures (7), activities (4), access log (1), samples
        (2), names of products (3), people (2). Kanban 12: without pictures and activities.
        Form 29: the exception with its lists (5), the sample with place and custody (6), clock (3),
        products (3), people (6), company and calendar (2), request (1).
        """
        records = self.env["sample.exception"]
        for sample in self.samples:
            records |= self._report(sample)
        self.assertScreens(records, self.quality, list=21, kanban=12, form=29)

    def test_disposals(self):
        """List 8: count and page (2), activities (1), lines with their samples (3), who asked (2).

        Form 20: the sheet with pictures (4), lines and samples (5), access log (1), products (3), route
        of the sign-off (3), people and company (3), authors (1).
        Job 5: companies and their day (3), samples without a sheet (1), sheets not chased today (1).
        """
        sheets = self.env["sample.disposal"]
        self._end(self.samples)
        sheet = self.samples.sudo().disposal_line_ids.disposal_id
        sheet.sudo().action_cancel()
        for sample in self.samples:
            sheets |= sheets.with_user(self.technical).create(
                {
                    "reason": "expired",
                    "method": "destroy",
                    "line_ids": [Command.create({"sample_id": sample.id})],
                }
            )
        self.assertScreens(sheets, self.technical, list=11, form=21)
        self.assertQueries(5, self.env["sample.disposal"]._cron_follow_up)

    def test_changes(self):
        """List 10: count and page (2), company, lines (2), products (4), who asked (2).

        Form 19: the change with pictures, lines and first articles (5), products (4), route of the
        sign-off (3), samples and requests (4), people, company (3).
        Job 1: nothing is cut over today.
        """
        records = self.env["sample.change"]
        for __ in range(MANY):
            records |= self._new_change()
        self.assertScreens(records, self.technical, list=14, form=23)
        self.assertQueries(1, self.env["sample.change"]._cron_cut_over)

    def test_stocktakes(self):
        """List 7: count and page (2), activities (1), lines by result (1), places (1), counters (2).

        Form 8: the round, its picture, lines, place, counter and company. Job 1: no place is due.
        """
        records = self.env["sample.stocktake"]
        for number in range(MANY):
            place = self._new_location(
                f"Q{number}", kind="room", manager_id=self.keeper.id
            )
            records |= records.with_user(self.keeper).create({"location_id": place.id})
        self.assertScreens(records, self.keeper, list=7, form=8)
        self.assertQueries(1, self.env["sample.location"]._cron_stocktake)

    def test_stocktake_scan(self):
        """18 however many pieces the round has: whether the code is a place (3), the round and its lock (2),
        the sample (3) with its product (3), its line before and after (3), written with its result (2), counts (2).
        """
        self.room.manager_id = self.keeper
        record = (
            self.env["sample.stocktake"]
            .with_user(self.keeper)
            .create({"location_id": self.room.id})
        )
        record.action_count()
        names = iter(self.samples.mapped("name"))
        self.assertQueries(18, lambda: record.scan(next(names)))
