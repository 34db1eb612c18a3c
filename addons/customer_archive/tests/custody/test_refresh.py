from datetime import date

from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...tools.period import quarter_end, quarters_between
from .common import CustodyCommon


@tagged("post_install", "-at_install")
class TestLongTerm(CustodyCommon):
    """CA-07, A-06: first trade at least 12 months ago and trade within 12 months, or a decision."""

    def _assert_long_term(self, archive, expected):
        archive.invalidate_recordset(["is_long_term"])
        self.assertEqual(archive.is_long_term, expected)
        found = archive.search([("id", "=", archive.id), ("is_long_term", "=", True)])
        self.assertEqual(bool(found), expected, "search must agree with the screen")

    @freeze_time("2025-07-01 04:00:00")
    def test_limits(self):
        archive = self._new_filed_archive("Dealer")
        for first, last, expected in (
            (False, False, False),
            ("2024-07-01", "2024-07-01", True),
            ("2024-07-02", "2025-06-30", False),
            ("2020-01-01", "2024-07-01", True),
            ("2020-01-01", "2024-06-30", False),
            ("2020-01-01", "2025-07-01", True),
        ):
            with self.subTest(first=first, last=last):
                self._set_trade(archive, first, last)
                self._assert_long_term(archive, expected)

    @freeze_time("2025-07-01 04:00:00")
    def test_decision_goes_before_trade(self):
        archive = self._new_filed_archive("Hospital")
        archive.long_term_override = "yes"
        self._assert_long_term(archive, True)
        self._set_trade(archive, "2020-01-01", "2025-06-01")
        archive.long_term_override = "no"
        self._assert_long_term(archive, False)


@tagged("post_install", "-at_install")
class TestRefreshJob(CustodyCommon):
    """CA-07: one refresh per long-term archive and quarter, whatever happens to the job."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Refresh = cls.env["customer.archive.refresh"]
        cls.archive = cls._new_filed_archive("Pharmacy")
        cls._set_trade(cls.archive, "2020-01-01", "2026-12-31")
        cls.other = cls._new_filed_archive("New customer")
        cls._set_trade(cls.other, False, False)

    def _run(self):
        with self.enter_registry_test_mode():
            self.env.ref(
                "customer_archive.ir_cron_customer_archive_refresh"
            ).method_direct_trigger()
        self.env.invalidate_all()
        return self.Refresh.search(
            [("archive_id", "in", (self.archive | self.other).ids)],
            order="date_quarter",
        )

    def test_first_day_of_the_quarter(self):
        """1 April 2025: due 30 June, one activity for the person in charge; the new customer has none."""
        with freeze_time("2025-04-01 04:00:00"):
            refresh = self._run()
        self.assertRecordValues(
            refresh,
            [
                {
                    "archive_id": self.archive.id,
                    "date_quarter": date(2025, 4, 1),
                    "quarter": "2025 Q2",
                    "date_due": date(2025, 6, 30),
                    "user_id": self.sales1.id,
                    "state": "open",
                }
            ],
        )
        self.assertEqual(refresh.activity_ids.user_id, self.sales1)
        self.assertEqual(refresh.activity_ids.date_deadline, date(2025, 6, 30))

    def test_made_in_sets_as_one_by_one(self):
        """What PostgreSQL makes for a whole quarter has the values that the ORM gives a single refresh."""
        with freeze_time("2025-04-01 04:00:00"):
            many = self._run()
        one = self.Refresh.create(
            {"archive_id": self.other.id, "date_quarter": "2025-04-01"}
        )
        one._schedule_refresh_activities()
        self.env.flush_all()
        own = {"id", "archive_id", "partner_id", "create_date", "write_date"}
        columns = [
            name
            for name, field in self.Refresh._fields.items()
            if field.store and field.column_type and name not in own
        ]
        [expected] = one.read(columns, load=None)
        [found] = many.read(columns, load=None)
        self.assertEqual({**found, "id": 0}, {**expected, "id": 0})
        names = [
            *("res_model", "res_model_id", "activity_type_id", "summary", "user_id"),
            *("user_tz", "date_deadline", "automated", "active", "state"),
        ]
        [expected] = one.activity_ids.read(names, load=None)
        [found] = many.activity_ids.read(names, load=None)
        self.assertEqual({**found, "id": 0}, {**expected, "id": 0})
        self.assertEqual(many.activity_ids.res_name, many.display_name)
        self.assertEqual(
            many.message_follower_ids.mapped("partner_id"),
            one.message_follower_ids.mapped("partner_id"),
        )
        self.assertEqual(
            many.message_follower_ids.subtype_ids, one.message_follower_ids.subtype_ids
        )

    def test_last_day_before_the_quarter_in_company_time(self):
        """31 March 23:30 in Shanghai belongs to the first quarter, half an hour later to the second."""
        with freeze_time("2025-03-31 15:30:00"):
            self.assertEqual(self._run().mapped("quarter"), ["2025 Q1"])
        with freeze_time("2025-03-31 16:00:00"):
            self.assertEqual(self._run().mapped("quarter"), ["2025 Q1", "2025 Q2"])

    def test_repeated_and_after_downtime(self):
        """Running twice adds nothing; quarters that passed without the job are opened later, overdue."""
        with freeze_time("2024-10-01 04:00:00"):
            self.assertEqual(len(self._run()), 1)
            self.assertEqual(len(self._run()), 1)
        with freeze_time("2025-05-15 04:00:00"):
            refreshes = self._run()
            self.assertEqual(
                refreshes.mapped("quarter"), ["2024 Q4", "2025 Q1", "2025 Q2"]
            )
            self.assertEqual(refreshes.mapped("is_overdue"), [True, True, False])
            self.assertEqual(
                len(
                    self.Refresh.search(
                        [("is_overdue", "=", True), ("id", "in", refreshes.ids)]
                    )
                ),
                2,
            )
            self.assertEqual(len(refreshes.activity_ids), 3)

    def test_somebody_is_asked_when_the_person_in_charge_has_left(self):
        """CA-07: then the keeper, then the supervisor, by the job as by the refresh itself."""
        self.archive.sudo().write(
            {"keeper_id": self.keeper2.id, "supervisor_id": self.supervisor.id}
        )
        for left, asked, day in (
            (self.sales1, self.keeper2, "2025-04-01"),
            (self.keeper2, self.supervisor, "2025-07-01"),
        ):
            left.sudo().active = False
            with freeze_time(f"{day} 04:00:00"), self.subTest(left=left.login):
                refresh = self._run()[-1:]
                self.assertEqual(refresh.activity_ids.user_id, asked)
                self.assertIn(asked.partner_id, refresh.message_partner_ids)
                refresh.activity_ids.unlink()
                refresh._schedule_refresh_activities()
                self.assertEqual(refresh.activity_ids.user_id, asked)

    def test_only_archives_on_file(self):
        with freeze_time("2025-04-01 04:00:00"):
            self._put_on_file(self.archive, "cancelled")
            self.assertFalse(self._run())

    def test_unique_in_the_database(self):
        with freeze_time("2025-04-01 04:00:00"):
            self._run()
        with (
            self.assertRaises(IntegrityError),
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            self.Refresh.create(
                {"archive_id": self.archive.id, "date_quarter": "2025-04-01"}
            )

    def test_two_companies(self):
        """Each company has its own quarters and archives."""
        company = self.env["res.company"].create({"name": "Second plant"})
        theirs = self.env["customer.archive"].create(
            {
                "partner_id": self._new_partner("Theirs").id,
                "company_id": company.id,
                "user_id": False,
                "long_term_override": "yes",
            }
        )
        self._put_on_file(theirs)
        with freeze_time("2025-04-01 04:00:00"):
            self._run()
        refresh = self.Refresh.search([("archive_id", "=", theirs.id)])
        self.assertEqual(refresh.company_id, company)
        self.assertFalse(
            self.Refresh.with_user(self.keeper).search([("id", "=", refresh.id)])
        )

    def test_queries_do_not_grow(self):
        """A batch of 200 asks no more queries than one of 20, but for the inserts of rows and messages."""
        archives = self._new_archives(220)
        self._put_on_file(archives)
        self.env.flush_all()
        counts = []
        for batch in (archives[:20], archives[20:]):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.Refresh._open_quarter(self.company, date(2025, 4, 1), batch.ids)
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 10, counts)


@tagged("post_install", "-at_install")
class TestRefresh(CustodyCommon):
    """CA-07: reporting, confirming "no change", receipt by the keeper."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.archive = cls._new_filed_archive("Retailer")
        cls.refresh = cls.env["customer.archive.refresh"].create(
            {"archive_id": cls.archive.id, "date_quarter": "2025-04-01"}
        )

    def test_report_needs_an_answer(self):
        """Button, write, import: nothing without a result; "no change" must be confirmed."""
        mine = self.refresh.with_user(self.sales1)
        for road in (
            lambda: mine.action_report(),
            lambda: mine.write({"state": "done"}),
            lambda: mine.write({"state": "done", "result": "no_change"}),
            lambda: mine.write({"state": "done", "result": "updated"}),
        ):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                road()
        result = mine.load([".id", "state"], [[str(self.refresh.id), "done"]])
        self.assertTrue(result["messages"])
        self.env.invalidate_all()
        self.assertEqual(self.refresh.state, "open")
        readiness = mine.readiness
        self.assertEqual([step["target"] for step in readiness], ["done"])
        self.assertFalse(readiness[0]["allowed"])

    @freeze_time("2025-06-30 04:00:00")
    def test_no_change_confirmed(self):
        """A confirmed "no change" on the last day is on time."""
        self.refresh.with_user(self.sales1).action_confirm_no_change()
        self.assertRecordValues(
            self.refresh,
            [
                {
                    "state": "done",
                    "result": "no_change",
                    "no_change_confirmed": True,
                    "date_done": date(2025, 6, 30),
                    "done_by_id": self.sales1.id,
                    "on_time_rate": 100.0,
                    "is_overdue": False,
                }
            ],
        )

    def test_activities_follow(self):
        """The person in charge is asked, then the keeper; each activity ends with its step."""
        self.refresh._schedule_refresh_activities()
        self.assertEqual(self.refresh.activity_ids.user_id, self.sales1)
        self.refresh.with_user(self.sales1).action_confirm_no_change()
        self.assertEqual(self.refresh.activity_ids.user_id, self.keeper)
        self.refresh.with_user(self.keeper).action_receive()
        self.assertFalse(self.refresh.activity_ids)

    @freeze_time("2025-07-01 04:00:00")
    def test_day_after_is_late(self):
        """K-17: reported on 1 July counts as not on time."""
        self.assertTrue(self.refresh.is_overdue)
        self.refresh.with_user(self.sales1).action_confirm_no_change()
        self.assertEqual(self.refresh.on_time_rate, 0.0)
        self.assertFalse(self.refresh.is_overdue)

    def test_rate(self):
        """K-17: two of three on time are 66.7 %."""
        archives = self._new_archives(3)
        refreshes = self.env["customer.archive.refresh"].create(
            [
                {"archive_id": archive.id, "date_quarter": "2025-04-01"}
                for archive in archives
            ]
        )
        with freeze_time("2025-06-30 04:00:00"):
            refreshes[:2].action_confirm_no_change()
        with freeze_time("2025-07-05 04:00:00"):
            refreshes[2].action_confirm_no_change()
        [(rate,)] = refreshes._read_group(
            [("id", "in", refreshes.ids)], aggregates=["on_time_rate:avg"]
        )
        self.assertAlmostEqual(rate, 66.67, 1)

    def test_recorded_changes_are_an_answer(self):
        """What the system recorded in the quarter is listed and enough for "updated"."""
        archive = (
            self.env["customer.archive"]
            .with_context(tracking_disable=False, mail_notrack=False)
            .browse(self.archive.id)
        )
        refresh = self.refresh.with_context(tracking_disable=False, mail_notrack=False)
        # what was created in this transaction is not tracked: end it
        self.env.flush_all()
        self.env.cr.precommit.run()
        with freeze_time("2025-05-05 04:00:00"):
            archive.with_user(self.sales1).write({"second_user_id": self.sales2.id})
            self.env.flush_all()
            self.env.cr.precommit.run()
        with freeze_time("2025-06-01 04:00:00"):
            refresh.invalidate_recordset(["changes"])
            self.assertIn(self.sales2.name, refresh.changes)
            refresh.with_user(self.sales1).write({"result": "updated", "state": "done"})
        self.assertEqual(refresh.state, "done")

    def test_recorded_changes_are_those_of_the_quarter_of_the_company(self):
        """CA-07: half past midnight on 1 April in Shanghai is still March in UTC."""
        archive = self.archive.with_context(tracking_disable=False, mail_notrack=False)
        self.env.flush_all()
        self.env.cr.precommit.run()
        for instant, user, listed in (
            ("2025-03-31 15:30:00", self.sales2, False),
            ("2025-03-31 16:30:00", self.keeper, True),
            ("2025-06-30 16:30:00", self.manager, False),
        ):
            with freeze_time(instant):
                archive.with_user(self.sales1).write({"second_user_id": user.id})
                self.env.flush_all()
                self.env.cr.precommit.run()
            with freeze_time("2025-06-30 10:00:00"), self.subTest(instant):
                self.refresh.invalidate_recordset(["changes"])
                self.assertIs(f"→ {user.name}" in (self.refresh.changes or ""), listed)
        self.assertIn("2025-04-01", self.refresh.changes)

    def test_received_by_the_keeper(self):
        """Only a keeper receives, and nobody what he reported himself; handing back clears the stamps."""
        self.refresh.with_user(self.sales1).action_confirm_no_change()
        with self.assertRaises(UserError):
            self.refresh.with_user(self.sales1).action_receive()
        supervisor = self.refresh.with_user(self.supervisor)
        for road in (supervisor.action_receive, supervisor.action_hand_back):
            with self.assertRaisesRegex(UserError, "Only an archive keeper receives"):
                road()
        self.refresh.with_user(self.keeper).action_hand_back()
        self.assertRecordValues(
            self.refresh, [{"state": "open", "date_done": False, "done_by_id": False}]
        )
        self.refresh.with_user(self.keeper).action_confirm_no_change()
        with self.assertRaises(UserError):
            self.refresh.with_user(self.keeper).action_receive()
        self.refresh.with_user(self.keeper2).action_receive()
        self.assertRecordValues(
            self.refresh, [{"state": "received", "received_by_id": self.keeper2.id}]
        )

    def test_reported_is_closed(self):
        self.refresh.with_user(self.sales1).action_confirm_no_change()
        with self.assertRaises(UserError):
            self.refresh.write({"supplemented": "later"})
        with self.assertRaises(UserError):
            self.refresh.write({"state": "done", "result": "updated"})
        with self.assertRaises(UserError):
            self.refresh.with_user(self.manager).unlink()

    def test_archive_and_quarter_stay(self):
        """CA-07: a refresh is not passed off as that of another quarter or another archive."""
        other = self._new_filed_archive("Another retailer")
        for vals in ({"date_quarter": "2025-01-01"}, {"archive_id": other.id}):
            with self.assertRaisesRegex(UserError, "keeps its archive and its quarter"):
                self.refresh.with_user(self.manager).write(vals)

    def test_system_stamps_refused(self):
        for vals in ({"date_done": "2025-01-01"}, {"received_by_id": self.keeper.id}):
            with self.assertRaises(UserError):
                self.refresh.with_user(self.manager).write(vals)
        with self.assertRaises(UserError):
            self.env["customer.archive.refresh"].with_user(self.keeper).create(
                {
                    "archive_id": self._new_filed_archive("B").id,
                    "date_quarter": "2025-04-01",
                    "state": "received",
                }
            )

    def test_two_records(self):
        other = self.env["customer.archive.refresh"].create(
            {
                "archive_id": self._new_filed_archive("Second").id,
                "date_quarter": "2025-04-01",
            }
        )
        (self.refresh | other).with_user(self.keeper).action_confirm_no_change()
        (self.refresh | other).with_user(self.keeper2).action_receive()
        self.assertEqual(set((self.refresh | other).mapped("state")), {"received"})

    def test_others_do_not_see_it(self):
        """A refresh is as secret as its archive."""
        self.assertTrue(self.refresh.with_user(self.sales1).has_access("write"))
        self.assertFalse(
            self.env["customer.archive.refresh"]
            .with_user(self.sales2)
            .search([("id", "=", self.refresh.id)])
        )
        with self.assertRaises(AccessError):
            self.refresh.with_user(self.sales2).action_confirm_no_change()

    def test_dates_of_the_archive(self):
        """CA-01: last and next refresh."""
        self.assertEqual(self.archive.date_next_refresh, date(2025, 6, 30))
        with freeze_time("2025-05-05 04:00:00"):
            self.refresh.with_user(self.sales1).action_confirm_no_change()
        self.archive.invalidate_recordset()
        self.assertEqual(self.archive.date_last_refresh, date(2025, 5, 5))

    def test_quarters(self):
        self.assertEqual(quarter_end(date(2025, 2, 1)), date(2025, 3, 31))
        self.assertEqual(quarter_end(date(2025, 10, 1)), date(2025, 12, 31))
        self.assertEqual(len(quarters_between(date(2024, 1, 1), date(2025, 12, 31))), 8)

    def test_missed_refreshes_are_kept(self):
        """CA-07, K-17: a refresh that was not made in its quarter still counts; a mistake of today is taken back."""
        due = self.refresh.date_due
        with freeze_time(f"{due} 04:00:00"):
            self.assertFalse(self.refresh.is_overdue)
        self.env.invalidate_all()
        with (
            freeze_time("2030-01-01 04:00:00"),
            self.assertRaisesRegex(UserError, "not made in its quarter"),
        ):
            self.refresh.with_user(self.manager).unlink()
        with freeze_time(f"{due} 04:00:00"):
            self.env.invalidate_all()
            self.refresh.with_user(self.manager).unlink()
