import logging
from datetime import timedelta
from unittest.mock import patch

from psycopg2.errors import SerializationFailure, UniqueViolation

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import TransactionCase, freeze_time, tagged, warmup
from odoo.tools import mute_logger

from odoo.addons.record_control.models.clock import clock_calendar_day, clock_escalation

from .common_clock import ClockCommon

_logger = logging.getLogger(__name__)


@tagged("post_install", "-at_install")
class TestClockEscalation(ClockCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        responsible, supervisor = cls._roles("responsible"), cls._roles("supervisor")
        # 10 working hours from Monday 08:00: due on Tuesday 10:00
        cls.ladder = cls._make_policy(
            "ladder",
            10,
            "hour",
            [
                {"offset": -50, "role_ids": responsible},
                {"offset": -20, "role_ids": responsible, "by_mail": True},
                {"offset": 0, "role_ids": supervisor},
                {"offset": 24, "offset_unit": "hour", "role_ids": supervisor},
            ],
        )
        cls.monday = cls.shanghai("2025-11-17T08:00")

    def start(self, code="ladder", **values):
        record = self.Record.create({"name": "Case", "user_id": self.user.id, **values})
        return record, record._clock_start(code, self.monday)

    def run_job(self, at, *clocks):
        with freeze_time(self.shanghai(at)):
            self.env["clock.clock"]._lock_for_job(
                "next_event_at", 500
            )._escalate_safely()
            self.env.flush_all()

    def steps(self, clock):
        return [
            int(escalation.name[-1]) for escalation in clock.escalation_ids.sorted("id")
        ]

    # --- Each step once, at its time ---

    @freeze_time("2025-11-17 00:00:00")
    def test_steps_happen_at_their_second_and_once(self):
        """-50 % at 14:00 of Monday, -20 % at 17:00 (so Tuesday 08:00 by working hours), 0 at 10:00, +24 h."""
        record, clock = self.start()
        self.assertEqual(clock.deadline, self.shanghai("2025-11-18T10:00"))
        expected = {
            "2025-11-17T13:59:59": [],
            "2025-11-17T14:00:00": [0],
            "2025-11-17T14:05:00": [0],
            "2025-11-18T07:59:59": [0],
            "2025-11-18T08:00:00": [0, 1],
            "2025-11-18T09:59:59": [0, 1],
            "2025-11-18T10:00:00": [0, 1, 2],
            "2025-11-19T09:59:59": [0, 1, 2],
            "2025-11-19T10:00:00": [0, 1, 2, 3],
            "2025-12-19T10:00:00": [0, 1, 2, 3],
        }
        for at, steps in expected.items():
            self.run_job(at)
            self.run_job(at)
            self.assertEqual(self.steps(clock), steps, at)
        self.assertFalse(clock.next_event_at)

    @freeze_time("2025-11-17 00:00:00")
    def test_missed_without_anybody_touching_it(self):
        """P16: the job turns the clock to missed one second after the deadline."""
        record, clock = self.start()
        self.run_job("2025-11-18T10:00:00")
        self.assertEqual(clock.state, "running")
        self.run_job("2025-11-18T10:00:01")
        self.assertRecordValues(clock, [{"state": "missed", "stopped_at": False}])
        self.assertEqual(record.next_deadline, clock.deadline)

    @freeze_time("2025-11-17 00:00:00")
    def test_downtime_is_caught_up(self):
        """P10: two days without the job; every step happens, each once."""
        record, clock = self.start()
        self.run_job("2025-11-20T09:00")
        self.assertEqual(self.steps(clock), [0, 1, 2, 3])
        self.assertEqual(clock.state, "missed")
        due = clock.escalation_ids.sorted("id").mapped("due_at")
        self.assertEqual(due[0], self.shanghai("2025-11-17T14:00"))
        self.assertEqual(due[3], self.shanghai("2025-11-19T10:00"))
        self.assertEqual(
            set(clock.escalation_ids.mapped("fired_at")),
            {self.shanghai("2025-11-20T09:00")},
        )

    @freeze_time("2025-11-17 00:00:00")
    def test_nobody_is_told_at_night(self):
        record, clock = self.start()
        self.run_job("2025-11-17T22:00")
        self.assertFalse(clock.escalation_ids)
        self.assertEqual(clock.next_event_at, self.shanghai("2025-11-18T08:00"))
        self.run_job("2025-11-18T03:00")
        self.assertFalse(clock.escalation_ids)
        self.run_job("2025-11-18T08:00")
        self.assertEqual(self.steps(clock), [0, 1])

    @freeze_time("2025-11-17 00:00:00")
    def test_policy_may_tell_at_night(self):
        self.ladder.in_working_hours = False
        record, clock = self.start()
        self.run_job("2025-11-17T22:00")
        self.assertEqual(self.steps(clock), [0, 1])

    @freeze_time("2025-11-17 00:00:00")
    def test_missed_is_seen_at_night_although_nobody_is_told(self):
        self.ladder.write({"amount": 20, "unit": "calendar_hour"})
        record, clock = self.start()
        self.run_job("2025-11-18T04:00:01")
        self.assertEqual(clock.state, "missed")
        self.assertFalse(clock.escalation_ids)

    @freeze_time("2025-11-17 00:00:00")
    def test_stopped_and_paused_clocks_tell_nobody(self):
        (one, stopped), (two, paused) = self.start(), self.start()
        with freeze_time(self.shanghai("2025-11-17T09:00")):
            one._clock_stop("ladder")
            two._clock_pause("ladder", "waiting")
        self.run_job("2025-11-25T10:00")
        self.assertFalse((stopped + paused).escalation_ids)
        with freeze_time(self.shanghai("2025-11-25T10:00")):
            two._clock_resume("ladder")
        self.assertEqual(paused.deadline, self.shanghai("2025-11-26T11:00"))
        self.run_job("2025-11-25T15:00")
        self.assertEqual(self.steps(paused), [0])

    @freeze_time("2025-11-17 00:00:00")
    def test_step_does_not_come_back_when_the_deadline_moves(self):
        record, clock = self.start()
        self.run_job("2025-11-17T14:00")
        self.ladder.amount = 100
        self.run_job("2025-11-20T14:00")
        self.assertEqual(self.steps(clock), [0])
        self.run_job("2025-11-27T11:00")
        self.run_job("2025-12-03T11:00")
        self.assertEqual(self.steps(clock)[:2], [0, 1])
        self.assertEqual(self.steps(clock).count(0), 1)

    @freeze_time("2025-11-17 00:00:00")
    def test_new_and_moved_steps_reach_running_clocks(self):
        record, clock = self.start()
        step = self.env["clock.policy.step"].create(
            {
                "policy_id": self.ladder.id,
                "name": "Step 9",
                "offset": -90,
                "user_ids": self.head.ids,
            }
        )
        self.assertEqual(clock.next_event_at, self.shanghai("2025-11-17T09:00"))
        step.offset = -80
        self.assertEqual(clock.next_event_at, self.shanghai("2025-11-17T10:00"))
        step.unlink()
        self.assertEqual(clock.next_event_at, self.shanghai("2025-11-17T14:00"))

    @freeze_time("2025-11-17 00:00:00")
    def test_step_is_unique_in_the_database(self):
        record, clock = self.start()
        self.run_job("2025-11-17T14:00")
        with self.assertRaises(UniqueViolation), mute_logger("odoo.sql_db"):
            self.env["clock.escalation"].sudo().create(
                {
                    "clock_id": clock.id,
                    "step_id": clock.escalation_ids.step_id.id,
                    "name": "again",
                    "due_at": fields.Datetime.now(),
                    "fired_at": fields.Datetime.now(),
                }
            )

    @freeze_time("2025-11-17 00:00:00")
    def test_escalations_are_append_only_and_outlive_their_step(self):
        record, clock = self.start()
        self.run_job("2025-11-17T14:00")
        escalation = clock.escalation_ids.sudo()
        with self.assertRaises(AccessError):
            escalation.write({"note": "nobody was told"})
        with self.assertRaises(AccessError):
            escalation.unlink()
        self.ladder.step_ids[0].unlink()
        self.assertEqual(escalation.name, "Step 0")

    def test_steps_are_checked(self):
        step = {"policy_id": self.ladder.id, "name": "bad"}
        for vals in ({"by_activity": False}, {"offset": -101}):
            with (
                self.assertRaisesRegex(Exception, "clock_policy_step"),
                mute_logger("odoo.sql_db"),
                self.env.cr.savepoint(),
            ):
                self.env["clock.policy.step"].create({**step, **vals})

    # --- Who and how ---

    @freeze_time("2025-11-17 00:00:00")
    def test_activity_mail_and_sms(self):
        self.user.partner_id.phone = "+8613800000000"
        self.ladder.step_ids[0].write(
            {"by_mail": True, "by_sms": True, "note": "Hurry up"}
        )
        record, clock = self.start()
        self.run_job("2025-11-17T14:00")
        self.assertRecordValues(
            record.activity_ids,
            [
                {
                    "user_id": self.user.id,
                    "summary": "Step 0: Case",
                    "date_deadline": clock.deadline.date(),
                }
            ],
        )
        self.assertIn("Hurry up", record.activity_ids.note)
        mail = self.env["mail.mail"].search(
            [("model", "=", record._name), ("res_id", "=", record.id)]
        )
        self.assertEqual(mail.recipient_ids, self.user.partner_id)
        self.assertIn("Hurry up", mail.body_html)
        self.assertIn(f"res_id={record.id}", mail.body_html)
        if "sms.sms" in self.env:
            sms = self.env["sms.sms"].search(
                [("partner_id", "=", self.user.partner_id.id)]
            )
            self.assertEqual(sms.number, "+8613800000000")
            self.assertIn("Hurry up", sms.body)

    @freeze_time("2025-11-17 00:00:00")
    def test_without_sms_addon_nothing_breaks(self):
        self.ladder.step_ids[0].by_sms = True
        self.user.partner_id.phone = "+8613800000000"
        record, clock = self.start()
        with patch.object(
            type(self.env),
            "__contains__",
            lambda env, name: name != "sms.sms" and name in env.registry,
        ):
            self.run_job("2025-11-17T14:00")
        self.assertEqual(self.steps(clock), [0])
        self.assertFalse(clock.error)

    @freeze_time("2025-11-17 00:00:00")
    def test_stopping_withdraws_what_is_left_to_do(self):
        record, clock = self.start()
        self.run_job("2025-11-18T10:00")
        self.assertEqual(len(record.activity_ids), 3)
        record.activity_ids[0].action_done()
        own = record.activity_schedule(user_id=self.user.id, summary="my own")
        with freeze_time(self.shanghai("2025-11-18T10:00")):
            record._clock_stop("ladder")
        self.assertEqual(record.activity_ids, own)

    @freeze_time("2025-11-17 00:00:00")
    def test_text_is_in_the_language_of_the_reader(self):
        self.user.lang = "zh_CN"
        self.ladder.step_ids[0].with_context(lang="zh_CN").name = "时间过半"
        record, clock = self.start()
        self.run_job("2025-11-17T14:00")
        self.assertEqual(record.activity_ids.summary, "时间过半：Case")

    @freeze_time("2025-11-17 00:00:00")
    def test_record_without_activities(self):
        model = self.env["ir.model"]._get("test_record_control.clock.plain")
        self._make_policy(
            "plain",
            10,
            "hour",
            [{"offset": -50, "user_ids": self.user.ids}],
            model_id=model.id,
        )
        record = self.env["test_record_control.clock.plain"].create({"name": "Plain"})
        clock = record._clock_start("plain", self.monday)
        self.run_job("2025-11-17T14:00")
        activity = self.env["mail.activity"].search([("user_id", "=", self.user.id)])
        self.assertEqual(activity.summary, "Step 0: Plain")
        self.assertIn(f"res_id={record.id}", activity.note)
        with freeze_time(self.shanghai("2025-11-17T15:00")):
            record._clock_stop("plain")
        self.assertFalse(activity.exists())
        self.assertEqual(clock.state, "met")

    # --- Absent people (P7) ---

    def leave(self, employee, start, end):
        return self.env["resource.calendar.leaves"].create(
            {
                "name": "holiday",
                "resource_id": employee.resource_id.id,
                "calendar_id": self.hours.id,
                "date_from": self.shanghai(start),
                "date_to": self.shanghai(end),
            }
        )

    @freeze_time("2025-11-17 00:00:00")
    def test_person_on_leave_is_passed_over(self):
        self.leave(self.employee, "2025-11-17T00:00", "2025-11-17T23:59:59")
        record, clock = self.start()
        self.run_job("2025-11-17T14:00")
        escalation = clock.escalation_ids
        self.assertEqual(escalation.user_ids, self.boss)
        self.assertIn("clock_user", escalation.note)
        self.assertIn("is on leave until", escalation.note)
        self.assertIn(f"{self.boss.name} (superior) stands in", escalation.note)
        self.assertEqual(record.activity_ids.user_id, self.boss)
        self.assertIn("is on leave until", record.activity_ids.note)
        self.run_job("2025-11-18T08:00")
        self.assertEqual(clock.escalation_ids[-1].user_ids, self.user, "back again")

    @freeze_time("2025-11-17 00:00:00")
    def test_archived_person_and_absent_superior(self):
        self.user.active = False
        self.leave(self.boss_employee, "2025-11-17T00:00", "2025-11-17T23:59:59")
        record, clock = self.start()
        self.run_job("2025-11-17T14:00")
        self.assertEqual(clock.escalation_ids.user_ids, self.head)
        note = clock.escalation_ids.note
        for part in (
            "clock_user",
            "is archived",
            "clock_boss",
            "is on leave",
            "clock_head",
        ):
            self.assertIn(part, note)

    @freeze_time("2025-11-17 00:00:00")
    def test_nobody_left_tells_the_administrators(self):
        (self.user | self.boss | self.head).active = False
        record, clock = self.start()
        self.run_job("2025-11-17T14:00")
        self.assertIn(self.manager, clock.escalation_ids.user_ids)
        self.assertIn("Nobody stands in", clock.escalation_ids.note)

    @freeze_time("2025-11-17 00:00:00")
    def test_person_on_leave_whom_nobody_stands_in_for_is_told_himself(self):
        self.employee.parent_id = False
        self.leave(self.employee, "2025-11-17T00:00", "2025-11-17T23:59:59")
        record, clock = self.start()
        self.run_job("2025-11-17T14:00")
        self.assertEqual(clock.escalation_ids.user_ids, self.user)
        self.assertIn("Nobody stands in", clock.escalation_ids.note)

    @freeze_time("2025-11-17 00:00:00")
    def test_role_that_nobody_fills(self):
        """The responsible person was removed from a running record (P14)."""
        record, clock = self.start()
        record.user_id = False
        self.run_job("2025-11-17T14:00")
        self.assertIn(self.manager, clock.escalation_ids.user_ids)
        self.assertIn(
            "Nobody is Person responsible of this record", clock.escalation_ids.note
        )

    def test_stand_ins_go_in_circles_without_end(self):
        self.head_employee.parent_id = self.employee
        (self.user | self.boss | self.head).active = False
        stand_in, note = self.user._get_present_stand_in()
        self.assertFalse(stand_in)
        self.assertIn("Nobody stands in", note)

    def test_present_person_acts_himself(self):
        self.assertEqual(self.user._get_present_stand_in(), (self.user, ""))

    def test_stand_ins_of_many_take_the_same_number_of_queries(self):
        """3 = users, employees, leaves: nobody is absent, so no step up the ladder follows."""
        users = self.user | self.boss | self.head | self.manager
        users.mapped("active")
        users._get_present_stand_ins()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self.user._get_present_stand_ins()
        one = self.env.cr.sql_log_count - before
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        users._get_present_stand_ins()
        self.assertEqual(self.env.cr.sql_log_count - before, one)

    # --- Robustness ---

    @freeze_time("2025-11-17 00:00:00")
    def test_one_bad_record_does_not_stop_the_others(self):
        self.env["clock.role"].create({"code": "broken", "name": "Broken"})
        self.ladder.step_ids[0].role_ids = self._roles("broken", "responsible")
        (__, good), (two, bad), (__, fine) = (
            self.start(),
            self.start(name="bad"),
            self.start(),
        )
        with mute_logger("odoo.addons.record_control.models.clock.clock_escalation"):
            self.run_job("2025-11-17T14:00")
        self.assertEqual(
            [self.steps(clock) for clock in good + bad + fine], [[0], [], [0]]
        )
        self.assertIn("cannot say who is responsible", bad.error)
        self.assertEqual(bad.next_event_at, self.shanghai("2025-11-17T15:00"))
        two.name = "healed"
        self.run_job("2025-11-17T15:00")
        self.assertEqual(self.steps(bad), [0])
        self.assertFalse(bad.error)

    @freeze_time("2025-11-17 00:00:00")
    def test_record_deleted_behind_our_back(self):
        record, clock = self.start()
        self.env.cr.execute(
            "DELETE FROM test_record_control_clock WHERE id = %s", [record.id]
        )
        self.env.invalidate_all()
        self.run_job("2025-11-17T14:00")
        self.assertRecordValues(clock, [{"state": "cancelled", "next_event_at": False}])
        self.assertFalse(clock.escalation_ids)

    @freeze_time("2025-11-17 00:00:00")
    def test_the_job_works_in_batches_and_commits(self):
        self.patch(clock_escalation, "ESCALATION_BATCH", 2)
        clocks = self.env["clock.clock"].union(*(self.start()[1] for __ in range(5)))
        with (
            freeze_time(self.shanghai("2025-11-17T14:00")),
            self.enter_registry_test_mode(),
        ):
            self.env.ref(
                "record_control.ir_cron_clock_escalate"
            ).method_direct_trigger()
        clocks.invalidate_recordset()
        self.assertEqual([self.steps(clock) for clock in clocks], [[0]] * 5)

    # --- Speed ---

    def _count_queries(self, number):
        records = self.Record.create(
            [{"name": str(index), "user_id": self.user.id} for index in range(number)]
        )
        with freeze_time("2025-11-17 00:00:00"):
            before = self.env.cr.sql_log_count
            clocks = records._clock_start("ladder", self.monday)
            self.env.flush_all()
            starting = self.env.cr.sql_log_count - before
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        with freeze_time("2025-11-17 00:00:01"):
            clocks._replay()
            self.env.flush_all()
        replaying = self.env.cr.sql_log_count - before
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self.run_job("2025-11-18T10:00:01")
        telling = self.env.cr.sql_log_count - before
        self.assertEqual([self.steps(clock) for clock in clocks], [[0, 1, 2]] * number)
        return {"start": starting, "replay": replaying, "tell": telling}

    def test_queries_do_not_grow_with_the_number_of_clocks(self):
        """Start, replay and escalation read and write in batches.

        30 clocks cost what 5 cost (the ORM writes 100 rows per INSERT; 30 clocks tell 90 times).
        """
        self._count_queries(3)
        few = self._count_queries(5)
        many = self._count_queries(30)
        self.assertEqual(few, many)
        _logger.info("queries for any number of clocks: %s", many)

    @warmup
    def test_list_reads_deadlines_and_badges_in_four_queries(self):
        """4 = records, clocks by record, clocks, policies; whatever the number of records."""
        records = self.Record.create([{"name": str(index)} for index in range(40)])
        with freeze_time("2025-11-17 00:00:00"):
            records._clock_start("ladder", self.monday)
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(4):
            records.read(["name", "next_deadline", "is_overdue", "clock_summary"])


@tagged("post_install", "-at_install")
class TestClockTwoWorkers(TransactionCase):
    """Two jobs at once on two connections, with committed data that is removed afterwards."""

    def setUp(self):
        super().setUp()
        with self.registry.cursor() as cr:
            env = self.env(cr=cr)
            model_id = env["ir.model"]._get_id("test_record_control.clock.plain")
            self.policy_id = (
                env["clock.policy"]
                .create(
                    {
                        "name": "Two workers",
                        "code": "two_workers",
                        "model_id": model_id,
                        "amount": 1,
                        "unit": "calendar_hour",
                        "in_working_hours": False,
                        "step_ids": [
                            (
                                0,
                                0,
                                {"name": "Due", "offset": 0, "user_ids": env.user.ids},
                            )
                        ],
                    }
                )
                .id
            )
            self.addCleanup(self.remove)
            records = env["test_record_control.clock.plain"].create(
                [{"name": str(i)} for i in range(4)]
            )
            self.record_ids = records.ids
            with freeze_time("2025-11-17 00:00:00"):
                self.clock_ids = records._clock_start("two_workers").ids

    def remove(self):
        with self.registry.cursor() as cr:
            env = self.env(cr=cr)
            env["test_record_control.clock.plain"].browse(self.record_ids).unlink()
            env["clock.policy"].browse(self.policy_id).unlink()

    @freeze_time("2025-11-17 01:00:00")
    def test_each_step_once_with_two_workers(self):
        with self.registry.cursor() as one, self.registry.cursor() as two:
            first, second = (
                self.env(cr=one)["clock.clock"],
                self.env(cr=two)["clock.clock"],
            )
            mine = first._lock_for_job("next_event_at", 2)
            # the second does not wait and takes the others, not the same ones
            yours = second._lock_for_job("next_event_at", 500)
            self.assertEqual(len(mine), 2)
            self.assertFalse(set(mine.ids) & set(yours.ids))
            self.assertGreaterEqual(set(mine.ids) | set(yours.ids), set(self.clock_ids))
            mine._escalate()
            yours._escalate()
            one.commit()
            two.commit()
            for again in (first, second):
                self.assertFalse(
                    set(again._lock_for_job("next_event_at", 500).ids)
                    & set(self.clock_ids)
                )
            clocks = first.browse(self.clock_ids)
            self.assertEqual(
                [len(clock.escalation_ids) for clock in clocks], [1, 1, 1, 1]
            )

    @freeze_time("2025-11-17 01:00:00")
    def test_stopped_by_a_user_while_the_job_looks(self):
        """The job that read before the user committed does not tell about a stopped clock."""
        with self.registry.cursor() as user, self.registry.cursor() as job:
            clocks = self.env(cr=job)["clock.clock"]
            job.execute("SELECT 1")  # the job's view of the database begins here
            records = self.env(cr=user)["test_record_control.clock.plain"].browse(
                self.record_ids
            )
            records._clock_stop("two_workers")
            user.commit()
            with self.assertRaises(SerializationFailure), mute_logger("odoo.sql_db"):
                clocks._lock_for_job("next_event_at", 500)
            job.rollback()
            self.assertFalse(
                set(clocks._lock_for_job("next_event_at", 500).ids)
                & set(self.clock_ids)
            )


@tagged("post_install", "-at_install")
class TestClockOfficialDays(ClockCommon):
    def days(self, company=None):
        return self.env["clock.calendar.day"].search(
            [("company_id", "=", (company or self.company).id)], order="date"
        )

    @freeze_time("2025-06-01 00:00:00")
    def test_job_lists_known_years_once(self):
        self.env["clock.calendar.day"].sudo()._cron_load_official_days()
        days = self.days()
        self.assertIn(fields.Date.to_date("2025-10-01"), days.mapped("date"))
        self.assertTrue(all(days.mapped("is_official")))
        self.assertFalse(days.filtered(lambda day: day.date.year < 2025))
        # what an administrator deletes or changes stays so
        days[0].unlink()
        days[1].kind = "working"
        self.env["clock.calendar.day"].sudo()._cron_load_official_days()
        self.assertEqual(self.days(), days[1:])
        self.assertEqual(days[1].kind, "working")

    @freeze_time("2025-06-01 00:00:00")
    def test_job_leaves_companies_elsewhere_alone(self):
        other = self.env["res.company"].create(
            {"name": "Elsewhere", "country_id": self.env.ref("base.de").id}
        )
        self.env["clock.calendar.day"].sudo()._cron_load_official_days()
        self.assertFalse(
            self.env["clock.calendar.day"]
            .sudo()
            .search([("company_id", "=", other.id)])
        )

    def test_missing_library_says_what_to_do(self):
        wizard = (
            self.env["clock.load.days"].with_user(self.manager).create({"year": 2025})
        )
        self.patch(clock_calendar_day, "chinese_calendar", None)
        with self.assertRaisesRegex(UserError, "chinesecalendar is not installed"):
            wizard.action_load()
        self.env["clock.calendar.day"].sudo()._cron_load_official_days()  # no crash

    def test_year_not_announced_yet(self):
        wizard = (
            self.env["clock.load.days"].with_user(self.manager).create({"year": 2099})
        )
        with self.assertRaisesRegex(UserError, "2099 are not known"):
            wizard.action_load()

    def test_wizard_loads_for_the_chosen_companies(self):
        wizard = (
            self.env["clock.load.days"].with_user(self.manager).create({"year": 2025})
        )
        self.assertTrue(wizard.known_years.startswith("2004"))
        action = wizard.action_load()
        found = self.env["clock.calendar.day"].search(action["domain"])
        self.assertEqual(found.company_id, self.company)
        self.assertEqual(len(found), 33)  # 28 holidays and 5 make-up days

    def test_users_cannot_change_the_list(self):
        day = self._make_day("2025-10-01")
        with self.assertRaises(AccessError):
            day.with_user(self.user).write({"kind": "working"})
        with self.assertRaises(AccessError):
            self.env["clock.load.days"].with_user(self.user).create({"year": 2025})

    def test_one_entry_per_day(self):
        self._make_day("2025-10-01")
        with self.assertRaises(UniqueViolation), mute_logger("odoo.sql_db"):
            self._make_day("2025-10-01", "working")

    @freeze_time("2025-11-17 00:00:00")
    def test_deadline_follows_when_the_list_arrives(self):
        record = self.Record.create({"name": "x"})
        clock = record._clock_start(
            "reply", self.shanghai("2025-12-30T10:00") - timedelta(days=0)
        )
        self.assertEqual(clock.deadline, self.shanghai("2026-01-06T17:00"))
        self.assertIn("2026 are not listed yet", clock.explanation)
        self.env["clock.calendar.day"]._load_official_days(self.company, [2025, 2026])
        # 1 and 2 January 2026 are off, Sunday 4 January is made up
        self.assertEqual(clock.deadline, self.shanghai("2026-01-07T17:00"))
        self.assertNotIn("not listed", clock.explanation)
