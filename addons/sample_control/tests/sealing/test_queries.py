from freezegun import freeze_time

from odoo.tests import tagged

from ..common_queries import MANY, QueryBudget
from .common import MONDAY, SealingCase


@tagged("post_install", "-at_install")
@freeze_time(MONDAY)
class TestSealingQueries(QueryBudget, SealingCase):
    """Queries of the screens of requests and problem points, and of their jobs."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with freeze_time(MONDAY):
            cls.requests = cls.env["sample.request"]
            for number in range(MANY):
                cls.requests |= cls._check(
                    cls._new_request(
                        product_id=cls._new_product(
                            f"Cover {number}", categ_id=cls.plastics.id
                        ).id
                    )
                )
            cls.issues = cls.env["sample.issue"]
            for request in cls.requests:
                cls.issues |= cls._new_issue(request)

    def test_requests(self):
        """What the screens of requests ask.

        List 19: count and page (2), activities (1), types and reasons (2), clocks (3), documents (2),
        problem points (2), names of products (3), people with contacts (4).
        Kanban 14: the same without documents, reasons and customers.
        Form 38: the request with eight lists of records and the names in them, the route of the
        sign-off with who would sign, policies, clocks and pictures.
        """
        self.assertScreens(self.requests, self.quality, list=19, kanban=14, form=38)

    def test_issues(self):
        """List 18: count, page and pictures (4), activities (4), requests with their types (2), company
        and calendar for today (2), names of products (3), owners with contacts (2).

        Kanban 15: the same without the day. Form 8: the point, company, request, product, owner.
        """
        self.assertScreens(self.issues, self.quality, list=18, kanban=15, form=8)

    def test_jobs(self):
        """Nothing is due: one search each; temporary samples ask for the day of each company (5)."""
        for model, job, number in (
            ("sample.issue", "_cron_remind", 1),
            ("sample.sample", "_cron_temporary_samples", 5),
            ("sample.request", "_cron_remind_contacts", 1),
        ):
            with self.subTest(job=job):
                self.assertQueries(number, getattr(self.env[model], job))
