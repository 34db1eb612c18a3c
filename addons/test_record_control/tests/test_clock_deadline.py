import ast
from datetime import date, timedelta

from lxml import etree
from psycopg2.errors import CheckViolation, UniqueViolation

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, freeze_time, tagged
from odoo.tools import mute_logger

from odoo.addons.record_control.models.clock import clock_clock
from odoo.addons.record_control.tests.common_jobs import one_fails

from .common_clock import ClockCommon


@tagged("post_install", "-at_install")
class TestClockDeadline(ClockCommon):
    def start(self, at="2025-11-17T10:00", **values):
        record = self.Record.create({"name": "Case", **values})
        return record, record._clock_start("reply", self.shanghai(at))

    # --- Start, stop ---

    @freeze_time("2025-11-17 02:00:00")
    def test_deadline_of_five_working_days(self):
        record, clock = self.start()
        self.assertRecordValues(
            clock,
            [
                {
                    "state": "running",
                    "deadline": self.shanghai("2025-11-24T17:00"),
                    "stopped_at": False,
                    "run": 1,
                    "company_id": self.company.id,
                    "calendar_id": self.hours.id,
                    "policy_id": self.policy.id,
                }
            ],
        )
        self.assertEqual(record.next_deadline, clock.deadline)
        self.assertIn("Mon 2025-11-24: working day 5 of 5", clock.explanation)
        self.assertIn(
            "Policy reply: 5 Working days (Office hours, Asia/Shanghai)",
            clock.explanation,
        )

    def test_explanation_speaks_the_readers_language(self):
        """The name of the policy is the reader's, not that of the person who started the clock."""
        self.env["res.lang"]._activate_lang("zh_CN")
        self.policy.with_context(lang="zh_CN").name = "答复期限"
        clock = self.start()[1]
        self.assertIn("Policy reply", clock.explanation)
        chinese = clock.with_context(lang="zh_CN")
        self.assertIn("答复期限", chinese.explanation)
        self.assertIn("答复期限", chinese.get_explanation()["lines"][0]["text"])

    def test_start_without_time_is_now(self):
        with freeze_time("2025-11-17 02:00:00"):
            record = self.Record.create({"name": "Case"})
            self.assertEqual(
                record._clock_start("reply").started_at, fields.Datetime.now()
            )

    @freeze_time("2025-03-01 12:00:00")
    def test_start_by_a_date_is_its_local_midnight(self):
        self.policy.write({"amount": 7, "unit": "calendar_day"})
        record = self.Record.create({"name": "Case"})
        clock = record._clock_start("reply", date(2025, 3, 1))
        self.assertEqual(clock.started_at, self.shanghai("2025-03-01T00:00"))
        self.assertEqual(clock.deadline, self.shanghai("2025-03-08T23:59:59"))

    def test_overdue_one_second_after_the_deadline_without_a_touch(self):
        """P16: nobody writes anything, and lists and searches know."""
        with freeze_time("2025-11-17 02:00:00"):
            record, clock = self.start()
        for instant, overdue in (
            ("2025-11-24 08:59:59", False),
            ("2025-11-24 09:00:00", False),
            ("2025-11-24 09:00:01", True),
        ):
            self.env.invalidate_all()
            with self.subTest(instant), freeze_time(instant):
                self.assertEqual(record.is_overdue, overdue)
                self.assertEqual(clock.is_overdue, overdue)
                self.assertEqual(record.clock_summary[0]["is_overdue"], overdue)
                domain = [("id", "in", record.ids)]
                self.assertEqual(
                    bool(self.Record.search([*domain, ("is_overdue", "=", True)])),
                    overdue,
                )
                self.assertEqual(
                    bool(self.Record.search([*domain, ("is_overdue", "=", False)])),
                    not overdue,
                )
                domain = [("id", "in", clock.ids)]
                self.assertEqual(
                    bool(clock.search([*domain, ("is_overdue", "=", True)])), overdue
                )
                self.assertEqual(
                    bool(clock.search([*domain, ("is_overdue", "!=", True)])),
                    not overdue,
                )

    def test_stop_on_the_limit_is_met_and_a_second_later_missed(self):
        for seconds, state in ((-1, "met"), (0, "met"), (1, "missed")):
            with freeze_time("2025-11-17 02:00:00"):
                record, clock = self.start()
            at = clock.deadline + timedelta(seconds=seconds)
            with freeze_time(at), self.subTest(seconds=seconds):
                self.assertEqual(record._clock_stop("reply"), clock)
                self.assertRecordValues(
                    clock, [{"state": state, "stopped_at": at, "is_overdue": False}]
                )
                self.assertFalse(record.next_deadline)
                self.assertFalse(record.is_overdue)

    @freeze_time("2025-11-30 02:00:00")
    def test_stop_in_the_past_counts_by_its_own_time(self):
        record, clock = self.start()
        self.assertEqual(clock.state, "missed")
        record._clock_stop("reply", self.shanghai("2025-11-24T17:00"))
        self.assertEqual(clock.state, "met")

    @freeze_time("2025-11-17 02:00:00")
    def test_stop_in_the_future_is_refused(self):
        record, clock = self.start()
        with self.assertRaisesRegex(UserError, "future"):
            record._clock_stop("reply", fields.Datetime.now() + timedelta(seconds=1))

    @freeze_time("2025-11-18 02:00:00")
    def test_start_twice_changes_nothing_and_after_stop_begins_a_new_run(self):
        """P25, P11: repeat-safe; the old run keeps its verdict."""
        record, clock = self.start()
        self.assertEqual(record._clock_start("reply"), clock)
        record._clock_stop("reply")
        self.assertFalse(record._clock_stop("reply"))
        again = record._clock_start("reply")
        self.assertNotEqual(again, clock)
        self.assertRecordValues(
            clock + again,
            [{"run": 1, "state": "met"}, {"run": 2, "state": "running"}],
        )
        self.assertEqual(record._clock_get("reply"), again)
        self.assertEqual([line["id"] for line in record.clock_summary], again.ids)

    @freeze_time("2025-11-18 02:00:00")
    def test_cancel_leaves_no_verdict(self):
        record, clock = self.start()
        record._clock_cancel("reply", "entered by mistake")
        self.assertRecordValues(
            clock,
            [
                {
                    "state": "cancelled",
                    "cancel_reason": "entered by mistake",
                    "next_event_at": False,
                }
            ],
        )
        self.assertFalse(record.next_deadline)
        self.assertFalse(record.clock_summary)
        self.assertEqual(record._clock_start("reply").run, 2)

    @freeze_time("2025-11-17 02:00:00")
    def test_methods_take_many_records(self):
        records = self.Record.create([{"name": str(index)} for index in range(3)])
        first = records[0]._clock_start("reply")
        starts = {records[1]: self.shanghai("2025-11-14T10:00")}
        clocks = records._clock_start("reply", starts)
        self.assertEqual(len(clocks), 3)
        self.assertIn(first, clocks)
        self.assertEqual(
            records[1].clock_ids.deadline, self.shanghai("2025-11-21T17:00")
        )
        self.assertEqual(len(records._clock_pause("reply", "all wait")), 3)
        self.assertEqual(len(records._clock_resume("reply")), 3)
        self.assertEqual(len(records._clock_get("reply")), 3)
        self.assertEqual(len(records._clock_stop("reply")), 3)
        self.assertEqual(set(clocks.mapped("state")), {"met"})

    def test_empty_recordset_and_unknown_code(self):
        self.assertFalse(self.Record._clock_start("reply"))
        record = self.Record.create({"name": "Case"})
        for method, args in (
            ("start", ()),
            ("stop", ()),
            ("pause", ("x",)),
            ("resume", ()),
            ("cancel", ("x",)),
            ("get", ()),
        ):
            self.assertFalse(getattr(record, f"_clock_{method}")("unknown", *args))

    def test_copy_starts_without_clocks(self):
        record, clock = self.start()
        copies = (record + record.copy()).copy()
        self.assertFalse(copies.clock_ids)
        self.assertFalse(any(copies.mapped("next_deadline")))

    def test_deleting_records_deletes_their_clocks(self):
        record, clock = self.start()
        other, kept = self.start()
        record.unlink()
        self.assertFalse(clock.exists())
        self.assertTrue(kept.exists())

    # --- Pauses ---

    def test_pause_and_resume(self):
        with freeze_time("2025-11-17 02:00:00"):
            record, clock = self.start()
        with freeze_time(self.shanghai("2025-11-18T08:00")):
            record._clock_pause("reply", "customer sends parts")
            self.assertRecordValues(
                clock, [{"state": "paused", "deadline": False, "next_event_at": False}]
            )
            self.assertFalse(record.next_deadline)
            self.assertFalse(record._clock_pause("reply", "again"), "paused already")
        with freeze_time("2026-11-18 00:00:00"):
            self.env.invalidate_all()
            self.assertFalse(record.is_overdue, "a paused clock is never overdue")
        with freeze_time(self.shanghai("2025-11-19T17:00")):
            record._clock_resume("reply")
            self.assertRecordValues(
                clock,
                [{"state": "running", "deadline": self.shanghai("2025-11-26T17:00")}],
            )
            self.assertFalse(record._clock_resume("reply"), "running already")
        self.assertEqual(record.next_deadline, clock.deadline)
        self.assertIn("customer sends parts", clock.explanation)

    def test_stop_while_paused(self):
        with freeze_time("2025-11-17 02:00:00"):
            record, clock = self.start()
            record._clock_pause("reply", "waiting")
        with freeze_time("2026-01-01 00:00:00"):
            record._clock_stop("reply")
            self.assertEqual(clock.state, "met")
            self.assertTrue(clock.deadline >= clock.stopped_at)
            self.assertTrue(clock.pause_ids.date_to)

    @freeze_time("2025-11-20 02:00:00")
    def test_stop_before_the_pause_began(self):
        record, clock = self.start()
        record._clock_pause("reply", "waiting")
        record._clock_stop("reply", self.shanghai("2025-11-18T10:00"))
        self.assertRecordValues(
            clock, [{"state": "met", "deadline": self.shanghai("2025-11-24T17:00")}]
        )

    def test_overdue_clock_cannot_be_paused_away(self):
        with freeze_time("2025-11-17 02:00:00"):
            record, clock = self.start()
        with freeze_time("2025-11-24 09:00:01"):
            self.assertFalse(record._clock_pause("reply", "too late"))
            self.assertEqual(clock.state, "missed")
            self.assertTrue(record.is_overdue)

    @freeze_time("2025-11-17 02:00:00")
    def test_overlapping_pauses_are_refused(self):
        record, clock = self.start()
        Pause = self.env["clock.pause"].sudo()
        vals = {"clock_id": clock.id, "reason": "x"}
        Pause.create(
            {
                **vals,
                "date_from": "2025-11-18 00:00:00",
                "date_to": "2025-11-19 00:00:00",
            }
        )
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            Pause.create(
                {
                    **vals,
                    "date_from": "2025-11-18 23:00:00",
                    "date_to": "2025-11-20 00:00:00",
                }
            )
        Pause.create({**vals, "date_from": "2025-11-20 00:00:00"})
        with self.assertRaises(ValidationError):  # inside the open one
            Pause.create(
                {
                    **vals,
                    "date_from": "2025-11-21 00:00:00",
                    "date_to": "2025-11-22 00:00:00",
                }
            )
        with (
            self.assertRaises(UniqueViolation),
            mute_logger("odoo.sql_db"),
        ):  # a second open one
            Pause.create({**vals, "date_from": "2025-11-10 00:00:00"})

    @freeze_time("2025-11-17 02:00:00")
    def test_pause_ledger_is_append_only(self):
        record, clock = self.start()
        record._clock_pause("reply", "waiting")
        pause = clock.pause_ids.sudo()
        for vals in (
            {"reason": "other"},
            {"date_from": "2025-11-10 00:00:00"},
            {"date_to": "2025-11-18 00:00:00", "reason": "x"},
        ):
            with self.assertRaises(AccessError):
                pause.write(vals)
        with self.assertRaises(AccessError):
            pause.unlink()
        record._clock_resume("reply")
        with self.assertRaises(AccessError):
            pause.write({"date_to": "2025-11-18 00:00:00"})
        with self.assertRaises(AccessError):
            pause.write({"date_to": False})

    # --- Replay ---

    @freeze_time("2025-09-28 02:00:00")
    def test_holiday_added_moved_and_deleted_is_replayed(self):
        record, clock = self.start("2025-09-26T10:00")
        due = self.shanghai
        self.assertEqual(clock.deadline, due("2025-10-03T17:00"))
        day = self._make_day("2025-10-01")
        self.assertEqual(clock.deadline, due("2025-10-06T17:00"))
        self.assertEqual(record.next_deadline, due("2025-10-06T17:00"))
        day.date = "2025-11-01"
        self.assertEqual(clock.deadline, due("2025-10-03T17:00"))
        day.write({"date": "2025-09-27", "kind": "working"})
        self.assertEqual(clock.deadline, due("2025-10-02T17:00"))
        day.unlink()
        self.assertEqual(clock.deadline, due("2025-10-03T17:00"))

    def test_ends_of_the_calendar(self):
        """The first and the last day that a date can name are listed, moved and deleted like any other."""
        self.start()
        days = self.env["clock.calendar.day"].create(
            [
                {"name": "End", "date": day, "company_id": self.company.id}
                for day in ("0001-01-01", "9999-12-31")
            ]
        )
        days[0].date = "9999-12-30"
        days.unlink()

    @freeze_time("2025-09-28 02:00:00")
    def test_official_list_of_2025(self):
        """Known facts: Sunday 2025-01-26 worked, 1-8 October off, Saturday 2025-10-11 worked."""
        record, clock = self.start("2025-09-30T10:00")
        self.assertIn("2025 are not listed yet", clock.explanation)
        created = self.env["clock.calendar.day"]._load_official_days(
            self.company, [2025]
        )
        kinds = {day.date: day.kind for day in created}
        self.assertEqual(kinds[date(2025, 1, 26)], "working")
        self.assertEqual(kinds[date(2025, 10, 11)], "working")
        self.assertEqual(
            {kinds[date(2025, 10, day)] for day in range(1, 9)}, {"holiday"}
        )
        self.assertNotIn(date(2025, 10, 9), kinds)
        # 9, 10, 11 (make-up Saturday), 13, 14 October
        self.assertEqual(clock.deadline, self.shanghai("2025-10-14T17:00"))
        self.assertNotIn("not listed", clock.explanation)
        self.assertIn(
            "Sat 2025-10-11: make-up working day National Day, working day 3 of 5",
            clock.explanation,
        )
        self.assertIn("国庆节", created.with_context(lang="zh_CN").mapped("name"))
        again = self.env["clock.calendar.day"]._load_official_days(
            self.company, [2025, 2099]
        )
        self.assertFalse(again, "days listed already stay as they are")

    @freeze_time("2025-11-17 02:00:00")
    def test_policy_change_is_replayed(self):
        record, clock = self.start()
        self.policy.amount = 1
        self.assertEqual(clock.deadline, self.shanghai("2025-11-18T17:00"))
        self.policy.unit = "hour"
        self.assertEqual(clock.deadline, self.shanghai("2025-11-17T11:00"))

    def test_replay_sets_the_state_both_ways(self):
        with freeze_time("2025-11-17 02:00:00"):
            record, clock = self.start()
        with freeze_time("2025-11-20 02:00:00"):
            self.policy.amount = 1
            self.assertEqual(clock.state, "missed")
            self.policy.amount = 5
            self.assertEqual(clock.state, "running")

    @freeze_time("2025-11-18 02:00:00")
    def test_stopped_clocks_are_not_replayed(self):
        record, clock = self.start()
        record._clock_stop("reply")
        before = clock.deadline, clock.calculation
        self.policy.amount = 1
        self._make_day("2025-11-18")
        self.assertEqual((clock.deadline, clock.calculation), before)

    @freeze_time("2025-11-17 02:00:00")
    def test_working_hours_change_is_replayed(self):
        record, clock = self.start()
        self.hours.attendance_ids.filtered(lambda line: line.hour_to == 17).hour_to = 18
        self.assertEqual(clock.deadline, self.shanghai("2025-11-24T18:00"))
        self.hours.attendance_ids.filtered(lambda line: line.dayofweek == "4").unlink()
        self.assertEqual(clock.deadline, self.shanghai("2025-11-25T18:00"))
        self.hours.tz = "UTC"
        self.assertEqual(
            clock.deadline, fields.Datetime.to_datetime("2025-11-25 18:00:00")
        )
        self.company.resource_calendar_id = self._make_hours("Other")
        self.assertEqual(clock.deadline, self.shanghai("2025-11-24T17:00"))
        self.policy.company_id = self.company
        self.policy.calendar_id = self.hours
        self.assertEqual(
            clock.deadline, fields.Datetime.to_datetime("2025-11-25 18:00:00")
        )

    @freeze_time("2025-11-17 02:00:00")
    def test_company_time_off_is_replayed_and_personal_time_off_is_not(self):
        record, clock = self.start()
        Leave = self.env["resource.calendar.leaves"]
        vals = {
            "date_from": self.shanghai("2025-11-18T00:00"),
            "date_to": self.shanghai("2025-11-18T23:59:59"),
            "calendar_id": self.hours.id,
        }
        Leave.create(
            {**vals, "name": "mine", "resource_id": self.employee.resource_id.id}
        )
        self.assertEqual(clock.deadline, self.shanghai("2025-11-24T17:00"))
        leave = Leave.create({**vals, "name": "Inventory"})
        self.assertEqual(clock.deadline, self.shanghai("2025-11-25T17:00"))
        self.assertIn("company time off Inventory", clock.explanation)
        leave.date_to = self.shanghai("2025-11-19T23:59:59")
        self.assertEqual(clock.deadline, self.shanghai("2025-11-26T17:00"))
        leave.unlink()
        self.assertEqual(clock.deadline, self.shanghai("2025-11-24T17:00"))

    @freeze_time("2025-11-17 02:00:00")
    def test_many_clocks_change_policy_by_the_job(self):
        self.patch(clock_clock, "REPLAY_AT_ONCE", 1)
        records = self.Record.create(
            [{"name": str(index), "severity": "severe"} for index in range(2)]
        )
        clocks = records._clock_start("reply")
        severe = self._make_policy(
            "reply",
            1,
            "working_day",
            domain="[('severity', '=', 'severe')]",
            sequence=1,
        )
        self.assertEqual(clocks.policy_id, self.policy)
        with self.enter_registry_test_mode():
            self.env.ref("record_control.ir_cron_clock_replay").method_direct_trigger()
        clocks.invalidate_recordset()
        self.assertEqual(clocks.policy_id, severe)
        self.assertEqual(
            set(clocks.mapped("deadline")), {self.shanghai("2025-11-18T17:00")}
        )

    @freeze_time("2025-11-17 02:00:00")
    def test_a_clock_that_fails_stops_no_other(self):
        """A deadline is counted again whatever is wrong with another clock, which says so and is tried again."""
        records = self.Record.create([{"name": str(index)} for index in range(3)])
        bad, *good = records._clock_start("reply")
        self.patch(clock_clock, "REPLAY_AT_ONCE", 2)
        self.policy.amount = 1
        with (
            one_fails(self, bad, "_assign_policies"),
            self.enter_registry_test_mode(),
        ):
            self.env.ref("record_control.ir_cron_clock_replay").method_direct_trigger()
        self.env.invalidate_all()
        for clock in good:
            self.assertEqual(clock.deadline, self.shanghai("2025-11-18T17:00"))
        self.assertTrue(bad.needs_replay)
        self.assertTrue(bad.error)

    @freeze_time("2025-11-17 02:00:00")
    def test_many_clocks_are_replayed_by_the_job(self):
        records = self.Record.create([{"name": str(index)} for index in range(3)])
        clocks = records._clock_start("reply")
        self.patch(clock_clock, "REPLAY_AT_ONCE", 2)
        self.policy.amount = 1
        self.assertEqual(set(clocks.mapped("needs_replay")), {True})
        with self.enter_registry_test_mode():
            self.env.ref("record_control.ir_cron_clock_replay").method_direct_trigger()
        clocks.invalidate_recordset()
        self.assertEqual(
            set(clocks.mapped("deadline")), {self.shanghai("2025-11-18T17:00")}
        )
        self.assertEqual(set(clocks.mapped("needs_replay")), {False})

    # --- Missing calendars (P13, P14) ---

    @freeze_time("2025-11-17 02:00:00")
    def test_company_without_working_hours(self):
        self.company.resource_calendar_id = False
        record, clock = self.start()
        self.assertIn("No fixed weekly working hours are set", clock.explanation)
        self.assertEqual(clock.state, "running")
        self.company.partner_id.tz = "Asia/Shanghai"
        clock._replay()
        self.assertEqual(clock.deadline, self.shanghai("2025-11-24T17:00"))

    @freeze_time("2025-11-17 02:00:00")
    def test_hours_without_lines_and_flexible_hours(self):
        record, clock = self.start()
        self.hours.attendance_ids.unlink()
        self.assertEqual(clock.deadline, self.shanghai("2025-11-24T17:00"))
        self.assertIn("No fixed weekly working hours", clock.explanation)
        self.hours.schedule_type = "flexible"
        self.assertEqual(clock.deadline, self.shanghai("2025-11-24T17:00"))

    @freeze_time("2025-11-17 02:00:00")
    def test_working_hours_removed_while_running(self):
        other = self._make_hours("Other")
        self.policy.calendar_id = other
        record, clock = self.start()
        self.policy.calendar_id = False
        other.unlink()
        record._clock_pause("reply", "x")
        record._clock_resume("reply")
        self.assertEqual(clock.state, "running")

    @freeze_time("2025-11-17 02:00:00")
    def test_record_without_company_and_team(self):
        model = self.env["ir.model"]._get("test_record_control.clock.plain")
        self._make_policy("plain", 1, "working_day", model_id=model.id)
        clock = (
            self.env["test_record_control.clock.plain"]
            .create({"name": "x"})
            ._clock_start("plain")
        )
        self.assertEqual(clock.company_id, self.company)

    # --- Choice of the policy (P15) ---

    @freeze_time("2025-11-17 02:00:00")
    def test_policy_is_chosen_again_when_the_record_changes(self):
        severe = self._make_policy(
            "reply",
            1,
            "working_day",
            domain="[('severity', '=', 'severe')]",
            sequence=1,
        )
        record, clock = self.start()
        self.assertEqual(clock.policy_id, self.policy)
        record.severity = "severe"
        self.assertEqual(clock.policy_id, severe)
        self.assertEqual(clock.deadline, self.shanghai("2025-11-18T17:00"))
        record.severity = "general"
        self.assertEqual(clock.policy_id, self.policy)
        self.assertEqual(record.next_deadline, self.shanghai("2025-11-24T17:00"))

    @freeze_time("2025-11-17 02:00:00")
    def test_policy_is_chosen_again_when_policies_change(self):
        record, clock = self.start(severity="severe")
        severe = self._make_policy(
            "reply",
            1,
            "working_day",
            domain="[('severity', '=', 'severe')]",
            sequence=1,
        )
        self.assertEqual(clock.policy_id, severe)
        severe.active = False
        self.assertEqual(clock.policy_id, self.policy)
        severe.active = True
        self.assertEqual(clock.policy_id, severe)
        severe.domain = "[('severity', '=', 'general')]"
        self.assertEqual(clock.policy_id, self.policy)

    @freeze_time("2025-11-17 02:00:00")
    def test_condition_that_looks_past_the_record(self):
        partner = self.env["res.partner"].create({"name": "Customer"})
        key = self._make_policy(
            "reply",
            1,
            "working_day",
            domain="[('partner_id.comment', 'ilike', 'key')]",
            sequence=1,
        )
        record, clock = self.start(partner_id=partner.id)
        self.assertEqual(clock.policy_id, self.policy)
        partner.comment = "key customer"
        with self.enter_registry_test_mode():
            self.env.ref(
                "record_control.ir_cron_clock_choose_policies"
            ).method_direct_trigger()
        clock.invalidate_recordset()
        self.assertEqual(clock.policy_id, key)
        partner.comment = False
        record.name = "any write on the record looks again"
        self.assertEqual(clock.policy_id, self.policy)

    @freeze_time("2025-11-17 02:00:00")
    def test_clock_keeps_its_policy_when_none_fits_any_more(self):
        self.policy.domain = "[('severity', '=', 'general')]"
        record, clock = self.start()
        record.severity = "severe"
        self.assertEqual((clock.policy_id, clock.state), (self.policy, "running"))

    @freeze_time("2025-11-17 02:00:00")
    def test_policy_of_the_company_comes_first(self):
        other = self.env["res.company"].create({"name": "Other"})
        theirs = self._make_policy(
            "reply", 1, "calendar_day", company_id=other.id, sequence=1
        )
        mine = self._make_policy(
            "reply", 2, "calendar_day", company_id=self.company.id, sequence=99
        )
        here = self.Record.create({"name": "here"})._clock_start("reply")
        there = self.Record.create(
            {"name": "there", "company_id": other.id}
        )._clock_start("reply")
        self.assertEqual((here.policy_id, here.company_id), (mine, self.company))
        self.assertEqual((there.policy_id, there.company_id), (theirs, other))

    @freeze_time("2025-09-30 02:00:00")
    def test_holidays_of_another_company_do_not_count(self):
        other = self.env["res.company"].create({"name": "Other"})
        other.resource_calendar_id = self._make_hours("Theirs")
        record, clock = self.start("2025-09-30T10:00")
        self._make_day("2025-10-01", company_id=other.id)
        self.assertEqual(clock.deadline, self.shanghai("2025-10-07T17:00"))
        there = self.Record.create({"name": "there", "company_id": other.id})
        there = there._clock_start("reply", self.shanghai("2025-09-30T10:00"))
        self.assertEqual(there.deadline, self.shanghai("2025-10-08T17:00"))

    # --- Constraints of policies (P17) ---

    @mute_logger("odoo.sql_db")
    def test_policy_without_time_is_refused(self):
        for amount in (0, -5):
            with self.assertRaises(CheckViolation), self.env.cr.savepoint():
                self._make_policy("bad", amount, "hour")

    def test_policy_with_a_bad_condition_or_model_is_refused(self):
        for domain in ("[('no_such_field', '=', 1)]", "nonsense", "[('name', 'like')]"):
            with self.assertRaises(ValidationError), self.env.cr.savepoint():
                self._make_policy("bad", 1, "hour", domain=domain)
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            self._make_policy(
                "bad", 1, "hour", model_id=self.env["ir.model"]._get_id("res.country")
            )

    def test_used_policy_keeps_its_identity(self):
        self.start()
        with self.assertRaises(UserError):
            self.policy.code = "other"
        with self.assertRaises(UserError):
            self.policy.model_id = self.env["ir.model"]._get(
                "test_record_control.clock.plain"
            )
        with self.assertRaises(UserError):
            self.policy.unlink()
        copies = (self.policy + self.policy.copy()).copy()
        self.assertEqual(len(copies), 2)
        copies.unlink()

    def test_policy_form(self):
        with Form(self.env["clock.policy"].with_user(self.manager)) as form:
            form.name = "New"
            form.code = "new"
            form.model_id = self.model
            form.amount = 3
            with form.step_ids.new() as step:
                step.name = "Half of the time has passed"
                step.offset = -50
        self.assertEqual(form.record.step_ids.offset_unit, "percent")


@tagged("post_install", "-at_install")
class TestClockAccess(ClockCommon):
    @freeze_time("2025-11-17 02:00:00")
    def setUp(self):
        super().setUp()
        self.mine, self.theirs = self.Record.create(
            [
                {"name": "mine", "user_id": self.user.id},
                {"name": "theirs", "user_id": self.boss.id},
            ]
        )
        self.clocks = (self.mine + self.theirs)._clock_start("reply")
        self.clock = self.mine.clock_ids

    def test_users_cannot_write_clocks(self):
        for user in (self.user, self.manager):
            clock = self.clock.with_user(user)
            for vals in (
                {"deadline": "2030-01-01 00:00:00"},
                {"state": "met"},
                {"stopped_at": "2025-11-17 00:00:00"},
                {"started_at": "2025-11-18 00:00:00"},
            ):
                with self.assertRaises(AccessError):
                    clock.write(vals)
                with self.assertRaises(AccessError):
                    clock.with_context(import_file=True, sudo=True).write(vals)
            with self.assertRaises(AccessError):
                clock.unlink()
            with self.assertRaises(AccessError):
                clock.copy()
            with self.assertRaises(UserError):
                self.mine.with_user(user).sudo(False).write(
                    {
                        "clock_ids": [
                            (1, self.clock.id, {"deadline": "2030-01-01 00:00:00"})
                        ]
                    }
                )

    def test_an_access_right_given_by_mistake_changes_nothing(self):
        for model in ("clock.clock", "clock.pause", "clock.escalation"):
            self.env["ir.model.access"].create(
                {
                    "name": model,
                    "model_id": self.env["ir.model"]._get_id(model),
                    "group_id": self.env.ref("base.group_user").id,
                    "perm_read": True,
                    "perm_write": True,
                    "perm_create": True,
                    "perm_unlink": True,
                }
            )
        clock = self.clock.with_user(self.user)
        with self.assertRaises(AccessError):
            clock.write({"state": "met"})
        with self.assertRaises(AccessError):
            clock.unlink()
        with self.assertRaises(AccessError):
            clock.create(
                {
                    "policy_id": self.policy.id,
                    "code": "x",
                    "res_model": "test_record_control.clock",
                    "res_id": 1,
                }
            )
        with self.assertRaises(AccessError):
            self.env["clock.pause"].with_user(self.user).create(
                {
                    "clock_id": clock.id,
                    "date_from": "2025-11-17 00:00:00",
                    "reason": "mine",
                }
            )
        with self.assertRaises(AccessError):
            self.env["clock.escalation"].with_user(self.user).create(
                {
                    "clock_id": clock.id,
                    "name": "x",
                    "due_at": "2025-11-17 00:00:00",
                    "fired_at": "2025-11-17 00:00:00",
                }
            )

    def test_next_deadline_is_set_by_the_system_alone(self):
        mine = self.mine.with_user(self.user)
        with self.assertRaises(UserError):
            mine.write({"next_deadline": "2030-01-01 00:00:00"})
        with self.assertRaises(UserError):
            mine.create({"name": "x", "next_deadline": "2030-01-01 00:00:00"})
        result = mine.load(
            [".id", "next_deadline"], [[str(mine.id), "2030-01-01 00:00:00"]]
        )
        self.assertFalse(result["ids"])
        self.assertEqual(mine.next_deadline, self.clock.deadline)

    def test_state_and_dates_cannot_disagree(self):
        """P11: not even system code can write a contradiction."""
        clock = self.clock.sudo()
        for vals in (
            {"state": "met"},
            {"state": "paused"},
            {"stopped_at": "2025-11-18 00:00:00"},
            {"deadline": False},
            {"state": "cancelled"},
            {"state": "met", "stopped_at": "2025-11-25 00:00:00"},
            {"state": "missed", "stopped_at": "2025-11-18 00:00:00"},
            {"state": "missed", "deadline": False},
        ):
            with (
                self.assertRaises(CheckViolation),
                mute_logger("odoo.sql_db"),
                self.env.cr.savepoint(),
            ):
                clock.write(vals)
                clock.flush_recordset()
            clock.invalidate_recordset()

    def test_one_open_clock_per_record_and_code(self):
        vals = {
            "policy_id": self.policy.id,
            "code": "reply",
            "company_id": self.company.id,
            "res_model": self.mine._name,
            "res_id": self.mine.id,
            "started_at": "2025-11-17 00:00:00",
            "deadline": "2025-11-18 00:00:00",
        }
        with (
            self.assertRaises(UniqueViolation),
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            self.env["clock.clock"].sudo().create(vals)

    def test_who_cannot_read_the_record_cannot_read_its_clock(self):
        Clock = self.env["clock.clock"].with_user(self.user)
        self.assertEqual(Clock.search([("id", "in", self.clocks.ids)]), self.clock)
        self.assertEqual(Clock.search_count([("id", "in", self.clocks.ids)]), 1)
        self.assertEqual(
            [
                row["__count"]
                for row in Clock.formatted_read_group(
                    [("id", "in", self.clocks.ids)], ["code"], ["__count"]
                )
            ],
            [1],
        )
        hidden = self.theirs.clock_ids.with_user(self.user)
        with self.assertRaises(AccessError):
            hidden.read(["deadline"])
        with self.assertRaises(AccessError):
            hidden.get_explanation()
        self.assertTrue(self.clock.with_user(self.user).get_explanation()["lines"])

    @freeze_time("2025-11-17 02:00:00")
    def test_pauses_follow_their_clock(self):
        (self.mine + self.theirs)._clock_pause("reply", "secret reason")
        Pause = self.env["clock.pause"].with_user(self.user)
        found = Pause.search([("clock_id", "in", self.clocks.ids)])
        self.assertEqual(found.clock_id, self.clock)
        with self.assertRaises(AccessError):
            self.theirs.sudo().clock_ids.pause_ids.with_user(self.user).read(["reason"])
        hidden = self.theirs.sudo().clock_ids.pause_ids
        self.assertFalse(hidden.with_user(self.user).has_access("read"))
        self.assertTrue(found.has_access("read"))

    def test_managers_see_clocks_but_not_names_of_hidden_records(self):
        clocks = (
            self.env["clock.clock"]
            .with_user(self.manager)
            .search([("id", "in", self.clocks.ids)])
        )
        self.assertEqual(len(clocks), 2)
        self.assertEqual(set(clocks.mapped("res_name")), {"(no access)"})

    def test_clocks_and_policies_of_another_company_are_hidden(self):
        other = self.env["res.company"].create({"name": "Other"})
        theirs = self._make_policy("reply", 1, "hour", company_id=other.id)
        record = self.Record.create({"name": "there", "company_id": other.id})
        clock = record._clock_start("reply")
        day = self._make_day("2025-10-01", company_id=other.id)
        for hidden in (theirs, clock, day):
            self.assertFalse(
                hidden.with_user(self.manager).search([("id", "in", hidden.ids)])
            )

    def test_rights_table(self):
        """Model x (user, manager): read, write, create, unlink."""
        table = {
            "clock.role": ("r---", "rwcu"),
            "clock.policy": ("r---", "rwcu"),
            "clock.policy.step": ("r---", "rwcu"),
            "clock.calendar.day": ("r---", "rwcu"),
            "clock.clock": ("r---", "r---"),
            "clock.pause": ("r---", "r---"),
            "clock.escalation": ("r---", "r---"),
        }
        for model, rights in table.items():
            for user, expected in zip((self.user, self.manager), rights, strict=True):
                found = "".join(
                    letter
                    if self.env[model].with_user(user).has_access(operation)
                    else "-"
                    for letter, operation in zip(
                        "rwcu", ("read", "write", "create", "unlink"), strict=True
                    )
                )
                self.assertEqual(found, expected, (model, user.login))


@tagged("post_install", "-at_install")
class TestClockScreens(ClockCommon):
    def test_every_filter_and_grouping_can_be_used(self):
        """A filter with a bad date expression opens nothing but an error."""
        for model in ("clock.clock", "clock.policy", "clock.calendar.day"):
            view = self.env["ir.ui.view"].search(
                [("model", "=", model), ("type", "=", "search")]
            )
            for node in etree.fromstring(view.arch).iter("filter"):
                records = self.env[model].with_user(self.manager)
                if node.get("domain"):
                    records.search(ast.literal_eval(node.get("domain")))
                if node.get("context"):
                    group = ast.literal_eval(node.get("context"))["group_by"]
                    records.formatted_read_group([], [group], ["__count"])
