from freezegun import freeze_time

from odoo.tests import tagged

from ..common_queries import FEW, MANY, QueryBudget
from .common import NOW, VerificationCase


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestVerificationQueries(QueryBudget, VerificationCase):
    """Queries of the screens of inspections and plans, and of the nightly jobs."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.samples = cls.env["sample.sample"]
        for __ in range(MANY):
            cls.samples |= cls._new_measured_sample()

    def test_inspections(self):
        """List 11: count, page and restricted ones (3), access log (1), samples (2), products (3), gauges (1).

        Kanban 10: without gauges. Form 23: the record with lines, cards and characteristics (7), access
        log (2), sample and product (5), gauge, company and calendar (3), who entered readings (3).
        """
        with freeze_time(NOW):
            records = self.env["sample.inspection"]
            for sample in self.samples:
                records |= self._new_inspection(sample, "10.03; 10.04")
            self.assertScreens(records, self.inspector, list=11, kanban=10, form=23)

    def test_plans(self):
        """List 5: count and page (2), lines (1), who drew it up (2). Form 12: lines (3), route (3), authors (2),
        people, company."""
        plans = (
            self.env["sample.plan"]
            .with_user(self.administrator)
            .create(
                [
                    {"plan_type": "replacement", "year": 2027 + number}
                    for number in range(MANY)
                ]
            )
        )
        self.assertScreens(plans, self.quality, list=5, form=12)

    def test_plan_lines(self):
        """List 15: count, page and restricted ones (3), activities and access log (2), samples with types (3),
        plan (1), products (3), people (2). Form 14: the same without count and activities, with the company.
        """
        plan = (
            self.env["sample.plan"]
            .with_user(self.administrator)
            .create({"plan_type": "precision", "year": 2027})
        )
        lines = plan.line_ids
        lines |= lines.create(
            [
                {
                    "plan_id": plan.id,
                    "sample_id": s.id,
                    "date_due": "2027-05-01",
                    "planned_date": "2027-05-01",
                }
                for s in self.samples
                if s not in lines.sample_id
            ]
        )
        self.assertScreens(lines[:MANY], self.quality, list=15, form=14)

    def test_patrols(self):
        """14 for two patrols as for twelve: one insertion of records, one of lines, one change of the samples.

        The rest: open ones, samples, company and calendar (4), numbers (5), who is told (2).
        """
        for size in (FEW, MANY):
            samples = self.samples[:size]
            samples.sudo()._open_patrols(NOW[:10])
            patrols = samples._get_open_inspections("patrol")
            patrols.sudo().action_cancel()
            samples._write_protected({"next_patrol_date": NOW[:10]})
            self.env.flush_all()
            self.env.invalidate_all()
            with self.assertQueryCount(14):
                samples.sudo()._open_patrols(NOW[:10])
                self.env.flush_all()

    def test_annual_plans(self):
        """19 when the plans are there: companies with samples and their day (5), plans (2), and for each of the
        two who is asked for the approval and whether he was asked already (12).
        """
        with freeze_time("2026-12-21 02:00:00"):
            self.assertQueries(19, self.env["sample.plan"]._cron_annual_plans)
