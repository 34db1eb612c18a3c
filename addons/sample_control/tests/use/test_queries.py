from freezegun import freeze_time

from odoo.fields import Command
from odoo.tests import tagged

from ..common_queries import MANY, QueryBudget
from .common import NOW, UseCase


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestUseQueries(QueryBudget, UseCase):
    """Queries of the screens of first articles, comparisons, dispatches and loans."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with freeze_time(NOW):
            cls.samples = cls.env["sample.sample"]
            for number in range(MANY):
                cls.samples |= cls._new_active_sample(
                    product_id=cls._new_product(f"Cover {number}").id
                )

    def test_first_articles(self):
        """List 8: count and page (2), products (3), samples (2), operators (1). Kanban 7: without operators.

        Form 17: the record, its neighbours of the product, lines and pictures (4), the sample with its
        gate (5), company and calendar (2), operator, clock and loan (3), product (3).
        """
        records = self.env["sample.first.article"]
        for sample in self.samples:
            records |= self._new_first_article(sample, product_id=sample.product_id.id)
        for record in records:
            record.with_user(self.operator).action_start()
        self.assertScreens(records, self.inspector, list=8, kanban=7, form=17)

    def test_comparisons(self):
        """List 7: count and page (2), products (3), samples (2). Kanban 7: people instead of samples.

        Form 20: the record, lines and pictures (3), samples of that day with their gates (6), company and
        calendar (2), product (3), route of the sign-off (3), people (2).
        """
        records = (
            self.env["sample.comparison"]
            .with_user(self.inspector)
            .create(
                [
                    {
                        "product_id": sample.product_id.id,
                        "sample_id": sample.id,
                        "date_production": "2026-03-09",
                        "quality_id": self.quality.id,
                    }
                    for sample in self.samples
                ]
            )
        )
        self.assertScreens(records, self.inspector, list=7, kanban=7, form=20)

    def test_dispatches(self):
        """List 7: count and page (2), company and calendar for today (2), partners and people (3).

        Kanban 5: without the day. Form 16: the dispatch, its lines and authors (4), samples with loan and clock
        (4), products (3), company, calendar, partners and people (5).
        """
        records = (
            self.env["sample.dispatch"]
            .with_user(self.assistant)
            .create(
                [
                    {
                        "partner_id": self.env["res.partner"]
                        .create({"name": sample.name})
                        .id,
                        "line_ids": [Command.create({"sample_id": sample.id})],
                    }
                    for sample in self.samples
                ]
            )
        )
        self.assertScreens(records, self.assistant, list=7, kanban=5, form=16)

    def test_loans(self):
        """List 15: count and page (2), activities (1), lines (2), keepers of the kind of thing (3), samples
        (3), products (3), borrowers (1). Kanban 14: without activities.

        Form 29: the same with class, extensions, clock and its explanation, company and people.
        """
        loans = self.env["loan.loan"]
        for sample in self.samples:
            loans |= self._lend(sample)
        self.assertScreens(loans, self.keeper, list=15, kanban=14, form=29)
