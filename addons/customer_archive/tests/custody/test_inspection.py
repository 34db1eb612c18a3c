from datetime import date

from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import CustodyCommon


@tagged("post_install", "-at_install")
class TestInspection(CustodyCommon):
    """CA-09: half-yearly inspection of all archives of a keeper."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.archives = cls.env["customer.archive"].concat(
            *(cls._new_filed_archive(f"Inspected {number}") for number in range(3))
        )
        cls.draft = cls._new_archive("Not on file")
        cls.draft.sudo().keeper_id = cls.keeper
        cls.foreign = cls._new_filed_archive("Other keeper")
        cls.foreign.sudo().keeper_id = cls.keeper2
        cls.inspection = (
            cls.env["customer.archive.inspection"]
            .with_user(cls.keeper)
            .create({"year": 2025, "half": "1", "keeper_id": cls.keeper.id})
        )

    def _begin(self):
        self.inspection.action_load_archives()
        self.inspection.action_begin()
        return self.inspection.line_ids

    def _fail(self, line, **values):
        line.check_ids[0].result = "fail"
        line.write(
            {
                "problem": "Licence faded",
                "measure": "Copy again",
                "user_id": self.sales1.id,
                "date_deadline": "2025-07-31",
                **values,
            }
        )

    def _inspected(self):
        self.inspection.write(
            {"inspector_ids": self.keeper2.ids, "date_inspected": "2025-06-20"}
        )

    def test_loads_all_archives_on_file_of_the_keeper(self):
        self.inspection.action_load_archives()
        self.assertEqual(self.inspection.line_ids.archive_id, self.archives)
        items = self.env["customer.archive.inspection.item"].search([])
        self.assertEqual(len(items.filtered("is_protection")), 5)
        self.assertEqual(len(self.inspection.line_ids[0].check_ids), len(items))
        before = len(self.inspection.line_ids.check_ids)
        self.inspection.action_load_archives()
        self.assertEqual(len(self.inspection.line_ids.check_ids), before)

    def test_known_results(self):
        """What the system knows is filled in: missing documents, overdue refreshes."""
        complete = self.archives[0]
        complete.partner_id.phone = "1"
        complete.document_ids.filtered("is_mandatory").filtered(
            lambda d: d.type_id.evidence == "document"
        ).write({"date_received": "2025-01-01"})
        self.env["customer.archive.refresh"].create(
            {"archive_id": self.archives[1].id, "date_quarter": "2024-10-01"}
        )
        self.inspection.action_load_archives()

        def result(archive, item):
            line = self.inspection.line_ids.filtered(
                lambda line: line.archive_id == archive
            )
            item = self.env.ref(
                f"customer_archive.customer_archive_inspection_item_{item}"
            )
            return line.check_ids.filtered(lambda check: check.item_id == item).result

        self.assertEqual(result(complete, "completeness"), "pass")
        self.assertEqual(result(self.archives[1], "completeness"), "fail")
        self.assertEqual(result(self.archives[1], "refresh"), "fail")
        self.assertEqual(result(complete, "refresh"), "pass")
        self.assertFalse(result(complete, "fire"))

    def test_who_loads_has_not_inspected(self):
        """CA-09: a manager who loads the archives of a keeper may approve; whoever enters a result may not."""
        inspection = self.inspection.with_user(self.manager)
        inspection.action_load_archives()
        checks = self.inspection.line_ids.check_ids
        self.assertTrue(checks.filtered("result"))
        self.assertNotIn(self.manager, inspection._get_sign_off_authors())
        self.inspection.action_begin()
        checks.filtered(lambda check: not check.result)[0].result = "pass"
        self.assertIn(self.keeper, inspection._get_sign_off_authors())

    def test_nothing_checked_is_not_passed(self):
        """No lines, no results, or nothing but "not applicable" is no inspection that was passed (P20)."""
        with self.assertRaises(UserError):
            self.inspection.action_begin()
        lines = self._begin()
        self._inspected()
        self.assertEqual(self.inspection.pass_rate, 0)
        for target in ("done", "correcting"):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                self.inspection.write({"state": target})
        lines.check_ids.write({"result": "not_applicable"})
        self.assertEqual(set(lines.mapped("result")), {"not_applicable"})
        with self.assertRaisesRegex(UserError, "Not one archive"):
            self.inspection.action_complete()

    def test_inspected_until_today(self):
        """CA-09: an inspection took place before tomorrow, in the time zone of the user."""
        inspection = self.inspection.with_context(tz="Asia/Shanghai")
        with freeze_time("2025-06-19 16:00:00"):
            inspection.date_inspected = "2025-06-20"
            with self.assertRaisesRegex(ValidationError, "in the future"):
                inspection.date_inspected = "2025-06-21"

    def test_checked_by_somebody_on_a_day(self):
        """CA-09: inspectors and date are named before the archives count as checked."""
        lines = self._begin()
        lines.check_ids.write({"result": "pass"})
        for vals, missing in (
            ({"date_inspected": "2025-06-20"}, "Name the inspectors"),
            ({"inspector_ids": self.keeper2.ids}, "Enter the date of the inspection"),
        ):
            with self.subTest(missing=missing):
                self.inspection.write(
                    {"inspector_ids": [(5,)], "date_inspected": False, **vals}
                )
                with self.assertRaisesRegex(UserError, missing):
                    self.inspection.action_complete()

    def test_signed_after_checking(self):
        """CA-09: nobody signs results that may still change."""
        self._begin()
        self._inspected()
        with self.assertRaisesRegex(UserError, "is not checked yet"):
            self.inspection.action_request_sign_off()

    def test_one_open_item_keeps_it_open(self):
        lines = self._begin()
        self._inspected()
        lines.check_ids.write({"result": "pass"})
        lines[0].check_ids[3].result = False
        self.assertFalse(lines[0].result)
        self.assertAlmostEqual(self.inspection.progress, 66.67, 1)
        with self.assertRaises(UserError):
            self.inspection.action_complete()

    def test_flow(self):
        """K-21: two of three passed are 66.7 %; the third is corrected before the inspection is done."""
        lines = self._begin()
        self._inspected()
        lines.check_ids.write({"result": "pass"})
        self._fail(lines[0])
        self.assertAlmostEqual(self.inspection.pass_rate, 66.67, 1)
        with self.assertRaises(UserError):
            self.inspection.action_complete()
        self.inspection.action_correct()
        self.assertEqual(lines[0].activity_ids.user_id, self.sales1)
        self.assertEqual(lines[0].activity_ids.date_deadline, date(2025, 7, 31))
        with self.assertRaises(UserError):
            self.inspection.write({"state": "done"})
        with freeze_time("2025-07-10 04:00:00"):
            lines[0].with_user(self.sales1).action_corrected()
        self.assertRecordValues(
            lines[0],
            [
                {
                    "is_corrected": True,
                    "date_corrected": date(2025, 7, 10),
                    "corrected_by_id": self.sales1.id,
                }
            ],
        )
        self.assertFalse(lines[0].activity_ids)
        self.inspection.action_complete()
        self.assertEqual(self.inspection.state, "done")
        self.assertEqual(self.inspection.done_by_id, self.keeper)
        with self.assertRaisesRegex(UserError, "Findings are fixed"):
            lines[0].measure = "Something else"

    def test_failing_needs_problem_measure_person_deadline(self):
        lines = self._begin()
        self._inspected()
        lines.check_ids.write({"result": "pass"})
        for missing in ("problem", "measure", "user_id", "date_deadline"):
            with self.subTest(missing=missing):
                self._fail(lines[0], **{missing: False})
                with self.assertRaises(UserError), self.env.cr.savepoint():
                    self.inspection.action_correct()
        self._fail(lines[0])
        self.inspection.action_correct()

    def test_results_are_fixed_after_checking(self):
        """No result, line or check is changed, added or removed once the archives are checked."""
        lines = self._begin()
        self._inspected()
        lines.check_ids.write({"result": "pass"})
        self._fail(lines[0])
        self.inspection.action_correct()
        check = lines[0].check_ids[0]
        item = self.env["customer.archive.inspection.item"].create({"name": "Later"})
        roads = (
            lambda: check.write({"result": "pass"}),
            lambda: lines[0].write({"check_ids": [(1, check.id, {"result": "pass"})]}),
            lambda: self.inspection.write({"line_ids": [(2, lines[0].id)]}),
            lambda: lines[0].unlink(),
            lambda: check.unlink(),
            lambda: lines[0].write({"archive_id": self.foreign.id}),
            lambda: check.write({"line_id": lines[1].id}),
            lambda: lines[0].write({"date_corrected": "2025-01-01"}),
            lambda: self.inspection.write({"inspector_ids": [(5,)]}),
            lambda: self.inspection.write({"keeper_id": self.keeper2.id}),
            lambda: lines.create(
                {"inspection_id": self.inspection.id, "archive_id": self.foreign.id}
            ),
            lambda: check.create({"line_id": lines[0].id, "item_id": item.id}),
        )
        for number, road in enumerate(roads):
            with (
                self.subTest(road=number),
                self.assertRaises(UserError),
                self.env.cr.savepoint(),
            ):
                road()
        result = check.load([".id", "result"], [[str(check.id), "pass"]])
        self.assertTrue(result["messages"])

    def test_lines_are_fixed_as_a_whole(self):
        """CA-09: the line refuses by itself, before its checks do."""
        lines = self._begin()
        self._inspected()
        lines.check_ids.write({"result": "pass"})
        with self.assertRaisesRegex(UserError, "Nothing has to be corrected"):
            self.inspection.action_correct()
        self._fail(lines[0])
        self.inspection.action_correct()
        with self.assertRaisesRegex(UserError, "What was inspected is fixed"):
            lines[0].write({"check_ids": [(2, lines[0].check_ids[0].id)]})
        with self.assertRaisesRegex(UserError, "Archives are added before"):
            lines.create(
                {"inspection_id": self.inspection.id, "archive_id": self.foreign.id}
            )

    def test_lines_not_removed_while_checking(self):
        lines = self._begin()
        with self.assertRaises(UserError):
            lines[0].unlink()

    def test_what_was_found_stays(self):
        """CA-09: taken back to draft, an inspection in which something was found is not deleted either."""
        lines = self._begin()
        lines[0].check_ids[0].result = "fail"
        self.inspection.action_back()
        self.assertEqual(self.inspection.state, "draft")
        with self.assertRaisesRegex(UserError, "that was begun is kept"):
            self.inspection.unlink()

    def test_begun_inspection_stays(self):
        """CA-09: not deleted, not loaded anew; lines and checks keep what they are about."""
        with self.assertRaisesRegex(UserError, "Choose the items"):
            self.inspection.copy(
                {"year": 2026, "item_ids": [(5,)]}
            ).action_load_archives()
        lines = self._begin()
        check, other = lines[0].check_ids[:2]
        for road, sentence in (
            (lambda: self.inspection.unlink(), "that was begun is kept"),
            (self.inspection.action_load_archives, "before the inspection begins"),
            (
                lambda: lines[0].write({"archive_id": self.foreign.id}),
                "A line keeps its archive",
            ),
            (lambda: check.write({"line_id": lines[1].id}), "keeps its archive"),
            (lambda: check.write({"item_id": other.item_id.id}), "and its item"),
        ):
            with (
                self.subTest(sentence=sentence),
                self.assertRaisesRegex(UserError, sentence),
                self.env.cr.savepoint(),
            ):
                road()

    def test_who_sees_his_findings_does_not_judge(self):
        """CA-09: a salesperson neither loads archives nor passes what has no result yet."""
        self.inspection.action_load_archives()
        line = self.inspection.line_ids[0]
        self._fail(line)
        mine = self.inspection.with_user(self.sales1)
        for road in (mine.action_load_archives, mine.action_pass_unanswered):
            with self.assertRaises(AccessError):
                road()
        self.env.invalidate_all()
        self.assertFalse(all(line.check_ids.mapped("result")))

    def test_correction_only_while_correcting(self):
        lines = self._begin()
        with self.assertRaises(UserError):
            lines[0].action_corrected()

    def test_created_beyond_draft_refused(self):
        for state in ("checking", "done"):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                self.inspection.create(
                    {
                        "year": 2026,
                        "half": "1",
                        "keeper_id": self.keeper.id,
                        "state": state,
                    }
                )

    def test_one_per_keeper_and_half_year(self):
        with (
            self.assertRaises(IntegrityError),
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            self.inspection.create(
                {"year": 2025, "half": "1", "keeper_id": self.keeper.id}
            )

    def test_back_to_checking(self):
        lines = self._begin()
        self._inspected()
        lines.check_ids.write({"result": "pass"})
        self._fail(lines[0])
        self.inspection.action_correct()
        self.inspection.action_back()
        self.assertEqual(self.inspection.state, "checking")
        self.inspection.action_correct()
        self.assertEqual(
            len(lines[0].activity_ids), 1, "a second round asks nobody twice"
        )

    def test_salesperson_sees_own_findings_only(self):
        lines = self._begin()
        self._fail(lines[0])
        mine = (
            self.env["customer.archive.inspection.line"]
            .with_user(self.sales1)
            .search([])
        )
        self.assertEqual(mine, lines[0])
        self.assertFalse(
            self.env["customer.archive.inspection"].with_user(self.sales2).search([])
        )

    def test_large_inspection(self):
        """1 000 archives load in a fixed number of queries and are passed in one go."""
        archives = self._new_archives(1000)
        archives.sudo().write({"keeper_id": self.keeper2.id})
        self._put_on_file(archives)
        inspection = self.inspection.with_user(self.keeper2).create(
            {"year": 2025, "half": "1", "keeper_id": self.keeper2.id}
        )
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        inspection.action_load_archives()
        self.env.flush_all()
        self.assertLess(self.env.cr.sql_log_count - before, 120)
        self.assertEqual(inspection.line_count, 1001)
        inspection.action_begin()
        inspection.action_pass_unanswered()
        self.assertEqual(inspection.progress, 100)

    def test_all_archives_and_all_items(self):
        """CA-09: what was taken off the list before the beginning is missed at the beginning."""
        for kind in ("archives", "items"):
            self.inspection.action_load_archives()
            line = self.inspection.line_ids[0]
            (line if kind == "archives" else line.check_ids[0]).unlink()
            for road in (
                self.inspection.action_begin,
                lambda: self.inspection.write({"state": "checking"}),
            ):
                with (
                    self.subTest(kind=kind),
                    self.assertRaisesRegex(UserError, "load again"),
                ):
                    road()
        self.inspection.action_load_archives()
        self.inspection.action_begin()
        self.inspection.action_back()
        later = self._new_filed_archive("Filed meanwhile")
        with self.assertRaisesRegex(UserError, "1 archives of the keeper"):
            self.inspection.action_begin()
        later.sudo().keeper_id = self.keeper2
        self.inspection.action_begin()

    def test_who_corrects_does_not_change_the_finding(self):
        """CA-09: the person responsible reports the correction, but sets neither problem nor deadline nor person."""
        lines = self._begin()
        self._fail(lines[0])
        mine = lines[0].with_user(self.sales1)
        for vals in (
            {"problem": "None"},
            {"measure": "None"},
            {"date_deadline": "2099-01-01"},
            {"user_id": self.sales2.id},
        ):
            with self.assertRaisesRegex(UserError, "alone change what was found"):
                mine.write(vals)
        lines.check_ids.filtered(lambda check: not check.result).result = "pass"
        self._inspected()
        for line in lines.filtered(lambda line: line.result == "fail") - lines[0]:
            self._fail(line)
        self.inspection.action_correct()
        with self.assertRaisesRegex(UserError, "alone change what was found"):
            mine.write({"is_corrected": True, "problem": "None"})
        mine.action_corrected()
        self.assertEqual(lines[0].corrected_by_id, self.sales1)

    def test_missed_inspections_are_kept(self):
        """CA-09: an inspection that was not made in its half-year is not made undone."""
        with (
            freeze_time("2025-07-01 04:00:00"),
            self.assertRaisesRegex(UserError, "not made in its half-year"),
        ):
            self.inspection.unlink()
        with freeze_time("2025-06-30 04:00:00"):
            self.inspection.unlink()
