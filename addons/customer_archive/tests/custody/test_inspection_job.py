from datetime import date

from freezegun import freeze_time

from odoo.tests import tagged

from .common import CustodyCommon


@tagged("post_install", "-at_install")
class TestInspectionJob(CustodyCommon):
    """CA-09: every half-year all archives on file are inspected, whatever happens to the job."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Inspection = cls.env["customer.archive.inspection"]
        cls.keeper3 = cls._new_user(
            "ca_keeper3", "customer_archive.group_customer_archive_keeper"
        )
        cls.first = cls._new_filed_archive("Inspected 1")
        cls.second = cls._new_filed_archive("Inspected 2")
        cls.foreign = cls._new_filed_archive("Kept by another")
        cls.foreign.sudo().keeper_id = cls.keeper2
        cls.draft = cls._new_archive("Not on file")
        cls.draft.sudo().keeper_id = cls.keeper3

    def _run(self, day):
        """Run the job on a day and return the inspections of the test's company."""
        with freeze_time(f"{day} 04:00:00"), self.enter_registry_test_mode():
            self.env.ref(
                "customer_archive.ir_cron_customer_archive_inspection"
            ).method_direct_trigger()
        self.env.invalidate_all()
        return self.Inspection.search(
            [
                ("company_id", "=", self.company.id),
                ("keeper_id", "in", (self.keeper | self.keeper2 | self.keeper3).ids),
            ],
            order="year, half, keeper_id",
        )

    def _periods(self, inspections):
        return inspections.filtered(
            lambda inspection: inspection.keeper_id == self.keeper
        ).mapped(lambda inspection: (inspection.year, inspection.half))

    def test_ca_09_opens_all_archives_and_tells_the_keepers(self):
        inspections = self._run("2025-01-01")
        self.assertRecordValues(
            inspections.sorted("keeper_id"),
            [
                {
                    "keeper_id": keeper.id,
                    "year": 2025,
                    "half": "1",
                    "state": "draft",
                }
                for keeper in (self.keeper | self.keeper2).sorted()
            ],
        )
        mine = inspections.filtered(lambda i: i.keeper_id == self.keeper)
        self.assertEqual(mine.line_ids.archive_id, self.first | self.second)
        self.assertTrue(mine.line_ids.check_ids)
        self.assertRecordValues(
            mine.activity_ids,
            [{"user_id": self.keeper.id, "date_deadline": date(2025, 6, 30)}],
        )
        # as the keeper who was told
        mine.with_user(self.keeper).action_begin()
        self.assertEqual(mine.state, "checking")

    def test_ca_09_never_twice(self):
        """Run again on the same day and later in the half-year, and after a keeper has inspected by hand."""
        by_hand = self.Inspection.with_user(self.keeper2).create(
            {"year": 2025, "half": "1", "keeper_id": self.keeper2.id}
        )
        inspections = self._run("2025-01-01")
        self.assertEqual(len(inspections), 2)
        self.assertIn(by_hand, inspections)
        for day in ("2025-01-01", "2025-01-02", "2025-06-30"):
            with self.subTest(day=day):
                self.assertEqual(self._run(day), inspections)
        self.assertEqual(len(inspections.activity_ids), 1, "who began was not told")
        self.assertEqual(
            self._periods(self._run("2025-07-01")), [(2025, "1"), (2025, "2")]
        )

    def test_ca_09_missed_runs_are_caught_up(self):
        """A week late, and after a year in which the job did not run at all."""
        self.assertEqual(self._periods(self._run("2024-01-08")), [(2024, "1")])
        self.assertEqual(
            self._periods(self._run("2025-03-01")),
            [(2024, "1"), (2024, "2"), (2025, "1")],
        )

    def test_ca_09_next_year_entered_by_hand_hides_nothing(self):
        self.Inspection.with_user(self.keeper).create(
            {"year": 2026, "half": "2", "keeper_id": self.keeper.id}
        )
        self.assertIn((2025, "2"), self._periods(self._run("2025-07-01")))

    def test_ca_09_archives_of_nobody_and_of_who_left(self):
        """What nobody keeps is inspected too; where no keeper is left to ask, all keepers are."""
        self.foreign.sudo().keeper_id = False
        self.keeper.active = False
        self._run("2025-01-01")
        orphans = self.Inspection.search(
            [("keeper_id", "=", False), ("company_id", "=", self.company.id)]
        )
        self.assertEqual((orphans.year, orphans.half), (2025, "1"))
        self.assertIn(self.foreign, orphans.line_ids.archive_id)
        left = self.Inspection.search([("keeper_id", "=", self.keeper.id)])
        for inspection in (orphans, left):
            told = inspection.activity_ids.user_id
            self.assertLessEqual(self.keeper2 | self.keeper3, told)
            self.assertNotIn(self.keeper, told)
        self._run("2025-01-02")
        self.assertEqual(
            self.Inspection.search_count(
                [("keeper_id", "=", False), ("company_id", "=", self.company.id)]
            ),
            1,
        )

    def test_ca_09_each_company_its_own(self):
        other = self.env["res.company"].create({"name": "Second works"})
        (self.keeper | self.sales1).company_ids += other
        archive = self._new_archive(
            "Customer of the second works", company_id=other.id, team_id=False
        )
        archive.sudo().keeper_id = self.keeper
        self._put_on_file(archive)
        self._run("2025-01-01")
        inspection = self.Inspection.search([("company_id", "=", other.id)])
        self.assertEqual(inspection.line_ids.archive_id, archive)
        self.assertEqual(inspection.line_ids.company_id, other)
        self.assertEqual(inspection.activity_ids.user_id, self.keeper)

    def test_ca_09_reminds_until_the_inspection_is_done(self):
        mine = self._run("2025-01-01").filtered(lambda i: i.keeper_id == self.keeper)
        mine = mine.with_user(self.keeper)
        mine.write({"inspector_ids": self.keeper2.ids, "date_inspected": "2025-01-05"})
        mine.action_begin()
        mine.line_ids.check_ids.write({"result": "pass"})
        self.assertTrue(mine.activity_ids)
        mine.action_complete()
        self.assertFalse(mine.activity_ids)

    def test_ca_09_job_queries_do_not_grow_with_archives(self):
        """Ten archives more of the same keeper cost no query more."""
        self._count_queries(2023)  # fills the caches of the registry
        few = self._count_queries(2024)
        for number in range(10):
            self._new_filed_archive(f"More {number}")
        self._count_queries(2025)  # and again: new archives empty some
        self.assertEqual(self._count_queries(2026), few)

    def _count_queries(self, year):
        self.env.flush_all()
        self.env.invalidate_all()
        queries = self.env.cr.sql_log_count
        inspections = self.Inspection.with_company(self.company)._open_half_year(
            self.company, date(year, 1, 1)
        )
        self.env.flush_all()
        self.assertTrue(inspections.line_ids)
        return self.env.cr.sql_log_count - queries
