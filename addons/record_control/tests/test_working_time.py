from datetime import date, datetime, timedelta

import pytz

from odoo.tests import BaseCase, tagged

from odoo.addons.record_control.tools import working_time as wt

SHANGHAI = pytz.timezone("Asia/Shanghai")
# the official list of 2025, as announced by the State Council on 2024-11-12
HOLIDAYS_2025 = {
    "New Year": ["2025-01-01"],
    "Spring Festival": [f"2025-{d}" for d in ("01-28", "01-29", "01-30", "01-31")]
    + [f"2025-02-0{d}" for d in range(1, 5)],
    "Tomb-sweeping Day": ["2025-04-04", "2025-04-05", "2025-04-06"],
    "Labour Day": [f"2025-05-0{d}" for d in range(1, 6)],
    "Dragon Boat Festival": ["2025-05-31", "2025-06-01", "2025-06-02"],
    "National Day": [f"2025-10-0{d}" for d in range(1, 9)],
}
MAKE_UP_2025 = ["2025-01-26", "2025-02-08", "2025-04-27", "2025-09-28", "2025-10-11"]


def days_2025():
    days = {
        date.fromisoformat(day): wt.SpecialDay("holiday", name)
        for name, group in HOLIDAYS_2025.items()
        for day in group
    }
    days.update(
        {
            date.fromisoformat(day): wt.SpecialDay("working", "make-up")
            for day in MAKE_UP_2025
        }
    )
    return days


def at(text, zone=SHANGHAI):
    return zone.localize(datetime.fromisoformat(text))


def kinds(lines):
    return [line.kind for line in lines]


@tagged("post_install", "-at_install")
class TestWorkingTime(BaseCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.plain = wt.WorkCalendar("Asia/Shanghai", [wt.STANDARD_WEEK])
        cls.china = wt.WorkCalendar(
            "Asia/Shanghai", [wt.STANDARD_WEEK], days_2025(), (), {2025}
        )

    def assertDue(self, start, amount, unit, expected, calendar=None, pauses=()):
        calendar = calendar or self.plain
        due = wt.deadline(at(start), amount, unit, calendar, pauses)
        self.assertEqual(due.instant, at(expected), [str(line) for line in due.lines])
        return due.lines

    # --- Worked examples ---

    def test_working_days_from_a_monday_end_on_the_next_monday(self):
        """Start day not counted, end of the last working day (not its first attendance block)."""
        lines = self.assertDue("2025-11-17T10:00", 5, "working_day", "2025-11-24T17:00")
        self.assertEqual(
            kinds(lines),
            ["start", "start_day", *["usual"] * 4, "off", "off", "usual", "end"],
        )
        self.assertEqual(str(lines[-2]), "2025-11-24: working day 5 of 5")

    def test_working_days_from_a_saturday(self):
        self.assertDue("2025-11-22T09:00", 5, "working_day", "2025-11-28T17:00")

    def test_next_business_day_from_friday(self):
        self.assertDue("2025-11-21T15:00", 1, "working_day", "2025-11-24T17:00")

    def test_reply_to_a_visit_that_ends_on_a_wednesday(self):
        self.assertDue(
            "2025-03-05T10:00", 5, "working_day", "2025-03-12T17:00", self.china
        )

    def test_seven_calendar_days_last_until_the_end_of_the_day(self):
        self.assertDue("2025-03-01T10:00", 7, "calendar_day", "2025-03-08T23:59:59")
        self.assertDue("2025-03-01T00:00", 7, "calendar_day", "2025-03-08T23:59:59")
        self.assertDue("2025-03-01T23:59:59", 7, "calendar_day", "2025-03-08T23:59:59")

    def test_calendar_months_end_on_the_same_day_or_the_last(self):
        self.assertDue("2025-03-15T10:00", 6, "calendar_month", "2025-09-15T23:59:59")
        self.assertDue("2025-08-31T10:00", 6, "calendar_month", "2026-02-28T23:59:59")

    def test_working_hours_skip_lunch_and_weekend(self):
        self.assertDue("2025-11-21T15:00", 4, "hour", "2025-11-24T10:00")
        self.assertDue("2025-11-21T11:30", 90, "minute", "2025-11-21T14:00")

    def test_working_hours_end_at_the_close_not_at_the_next_opening(self):
        self.assertDue("2025-11-21T13:00", 4, "hour", "2025-11-21T17:00")

    def test_working_hours_started_at_night_begin_in_the_morning(self):
        self.assertDue("2025-11-21T22:00", 1, "hour", "2025-11-24T09:00")
        self.assertDue("2025-11-21T06:00", 1, "hour", "2025-11-21T09:00")

    def test_hours_around_the_clock(self):
        self.assertDue("2025-11-21T15:00", 24, "calendar_hour", "2025-11-22T15:00")

    # --- Chinese holidays and make-up days ---

    def test_make_up_sunday_counts(self):
        """Sunday 2025-01-26 is worked; 28 January to 4 February are holidays."""
        lines = self.assertDue(
            "2025-01-24T10:00", 3, "working_day", "2025-02-05T17:00", self.china
        )
        self.assertEqual(
            kinds(lines),
            [
                "start",
                "start_day",
                "off",
                "make_up",
                "usual",
                *["holiday"] * 8,
                "usual",
                "end",
            ],
        )
        self.assertIn("make-up working day make-up, working day 1 of 3", str(lines[3]))

    def test_national_day_and_its_make_up_saturday(self):
        self.assertDue("2025-09-30T16:00", 2, "hour", "2025-10-09T09:00", self.china)
        self.assertDue(
            "2025-09-30T16:00", 3, "working_day", "2025-10-11T17:00", self.china
        )
        self.assertDue("2025-10-10T16:00", 2, "hour", "2025-10-11T09:00", self.china)

    def test_holidays_do_not_move_calendar_days(self):
        self.assertDue(
            "2025-09-30T16:00", 3, "calendar_day", "2025-10-03T23:59:59", self.china
        )

    def test_make_up_day_has_the_usual_hours_unless_it_has_more(self):
        week = {**wt.STANDARD_WEEK, 4: ((28800, 43200),), 5: ((28800, 43200),)}
        calendar = wt.WorkCalendar("Asia/Shanghai", [week], days_2025())
        self.assertEqual(calendar.day(date(2025, 10, 11)).worked, timedelta(hours=8))
        week[5] = ((0, 86400),)
        calendar = wt.WorkCalendar("Asia/Shanghai", [week], days_2025())
        self.assertEqual(calendar.day(date(2025, 10, 11)).worked, timedelta(hours=24))

    def test_year_without_list_says_so(self):
        lines = self.assertDue(
            "2025-12-30T10:00", 5, "working_day", "2026-01-06T17:00", self.china
        )
        self.assertEqual(
            [line.values["year"] for line in lines if line.kind == "unlisted_year"],
            [2026],
        )
        lines = self.assertDue(
            "2025-12-30T10:00", 5, "calendar_day", "2026-01-04T23:59:59", self.china
        )
        self.assertNotIn("unlisted_year", kinds(lines))

    # --- Calendars that are missing or odd ---

    def test_calendar_without_hours_falls_back_and_says_so(self):
        lines = self.assertDue(
            "2025-11-17T10:00",
            5,
            "working_day",
            "2025-11-24T17:00",
            wt.WorkCalendar("Asia/Shanghai"),
        )
        self.assertIn("no_hours", kinds(lines))

    def test_calendar_that_is_always_closed_falls_back_and_says_so(self):
        closed = wt.WorkCalendar(
            "Asia/Shanghai",
            [wt.STANDARD_WEEK],
            leaves=[wt.Leave(at("2025-01-01T00:00"), at("2040-01-01T00:00"), "closed")],
        )
        lines = self.assertDue(
            "2025-11-17T10:00", 5, "working_day", "2025-11-24T17:00", closed
        )
        self.assertIn("no_working_time", kinds(lines))

    def test_company_leave_is_cut_out(self):
        leave = wt.Leave(at("2025-11-18T00:00"), at("2025-11-18T23:59:59"), "inventory")
        half = wt.Leave(at("2025-11-19T12:00"), at("2025-11-19T23:00"), "party")
        calendar = wt.WorkCalendar(
            "Asia/Shanghai", [wt.STANDARD_WEEK], leaves=[half, leave]
        )
        lines = self.assertDue(
            "2025-11-17T10:00", 2, "working_day", "2025-11-20T17:00", calendar
        )
        self.assertEqual(kinds(lines)[2:5], ["leave", "usual", "usual"])
        self.assertDue("2025-11-17T16:00", 6, "hour", "2025-11-20T09:00", calendar)

    def test_two_week_calendar_alternates(self):
        one = {day: wt.STANDARD_HOURS for day in range(5)}
        other = {day: wt.STANDARD_HOURS for day in range(6)}
        calendar = wt.WorkCalendar("Asia/Shanghai", [one, other])
        saturdays = [
            bool(calendar.day(date(2025, 11, day)).intervals) for day in (1, 8, 15, 22)
        ]
        self.assertEqual(sorted(saturdays), [False, False, True, True])
        self.assertEqual(saturdays[0], saturdays[2])

    def test_unknown_time_zone_is_utc(self):
        self.assertIs(wt.WorkCalendar("Mars/Olympus").tz, pytz.utc)

    # --- Time zones ---

    def test_same_instant_is_another_day_elsewhere(self):
        """Monday 23:00 UTC is Tuesday in Shanghai: Tuesday is the start day there."""
        start = datetime(2025, 11, 17, 23, tzinfo=wt.UTC)
        due = wt.deadline(start, 1, "working_day", self.plain).instant
        self.assertEqual(due, at("2025-11-19T17:00"))
        london = wt.WorkCalendar("UTC", [wt.STANDARD_WEEK])
        due = wt.deadline(start, 1, "working_day", london).instant
        self.assertEqual(due, datetime(2025, 11, 18, 17, tzinfo=wt.UTC))

    def test_naive_instants_are_refused(self):
        naive = datetime.fromisoformat("2025-11-17T10:00")
        with self.assertRaisesRegex(ValueError, "time zone"):
            wt.deadline(naive, 1, "hour", self.plain)
        with self.assertRaises(ValueError):
            wt.elapsed(naive, at("2025-11-18T10:00"), self.plain)
        with self.assertRaises(ValueError):
            wt.check_pauses([(naive, None, "")])

    def test_summer_time_keeps_the_hours_of_the_wall_clock(self):
        berlin = pytz.timezone("Europe/Berlin")
        calendar = wt.WorkCalendar("Europe/Berlin", [wt.STANDARD_WEEK])
        # the night to Sunday 2025-03-30 is one hour short: Friday + 1 working day is Monday 17:00
        due = wt.deadline(
            at("2025-03-28T12:30", berlin), 1, "working_day", calendar
        ).instant
        self.assertEqual(due, at("2025-03-31T17:00", berlin))
        due = wt.deadline(
            at("2025-03-28T10:00", berlin), 3, "calendar_day", calendar
        ).instant
        self.assertEqual(due, at("2025-03-31T23:59:59", berlin))
        due = wt.deadline(
            at("2025-03-29T12:00", berlin), 24, "calendar_hour", calendar
        ).instant
        self.assertEqual(due, at("2025-03-30T13:00", berlin))

    def test_summer_time_lost_and_repeated_hours(self):
        berlin = pytz.timezone("Europe/Berlin")
        night = {day: ((3600, 4 * 3600),) for day in range(7)}  # 01:00 to 04:00
        calendar = wt.WorkCalendar("Europe/Berlin", [night])
        self.assertEqual(calendar.day(date(2025, 3, 30)).worked, timedelta(hours=2))
        self.assertEqual(calendar.day(date(2025, 10, 26)).worked, timedelta(hours=4))
        gap = wt.WorkCalendar("Europe/Berlin", [{6: ((2 * 3600, 2 * 3600 + 1800),)}])
        self.assertFalse(gap.day(date(2025, 3, 30)).intervals)
        due = wt.deadline(at("2025-03-30T00:00", berlin), 3, "hour", calendar).instant
        self.assertEqual(due, at("2025-03-31T02:00", berlin))

    # --- Pauses ---

    def test_pause_of_working_hours_is_given_back(self):
        pause = (at("2025-11-17T11:00"), at("2025-11-18T11:00"), "waiting for parts")
        lines = self.assertDue(
            "2025-11-17T10:00", 12, "hour", "2025-11-19T15:00", pauses=[pause]
        )
        self.assertEqual(
            kinds(lines), ["start", "pause", "time", "time", "time", "end"]
        )
        self.assertEqual(lines[1].values["reason"], "waiting for parts")

    def test_paused_days_do_not_count(self):
        pause = (at("2025-11-18T08:00"), at("2025-11-19T17:00"), "waiting")
        lines = self.assertDue(
            "2025-11-17T10:00", 2, "working_day", "2025-11-21T17:00", pauses=[pause]
        )
        self.assertEqual(kinds(lines).count("paused_day"), 2)
        # the second day is running again at its close, but stood still for more than half of it
        pause = (at("2025-11-18T08:00"), at("2025-11-19T16:00"), "waiting")
        lines = self.assertDue(
            "2025-11-17T10:00", 2, "working_day", "2025-11-21T17:00", pauses=[pause]
        )
        self.assertEqual(kinds(lines).count("paused_day"), 2)

    def test_short_pause_does_not_cost_a_day(self):
        pause = (
            at("2025-11-18T09:00"),
            at("2025-11-18T11:00"),
            "lunch with the customer",
        )
        self.assertDue(
            "2025-11-17T10:00", 2, "working_day", "2025-11-19T17:00", pauses=[pause]
        )

    def test_deadline_never_falls_into_a_pause(self):
        pause = (at("2025-11-19T16:59"), at("2025-11-20T09:00"), "waiting")
        self.assertDue(
            "2025-11-17T10:00", 2, "working_day", "2025-11-20T17:00", pauses=[pause]
        )
        pause = (at("2025-11-19T23:00"), at("2025-11-20T01:00"), "waiting")
        self.assertDue(
            "2025-11-17T10:00", 2, "calendar_day", "2025-11-20T23:59:59", pauses=[pause]
        )

    def test_paused_calendar_days_and_hours(self):
        pause = (at("2025-03-03T00:00"), at("2025-03-05T00:00"), "waiting")
        self.assertDue(
            "2025-03-01T10:00", 7, "calendar_day", "2025-03-10T23:59:59", pauses=[pause]
        )
        self.assertDue(
            "2025-03-01T10:00",
            1,
            "calendar_month",
            "2025-04-03T23:59:59",
            pauses=[pause],
        )
        self.assertDue(
            "2025-03-02T12:00", 24, "calendar_hour", "2025-03-05T12:00", pauses=[pause]
        )

    def test_open_pause_leaves_no_deadline(self):
        for unit in wt.UNITS:
            pause = (at("2025-11-17T11:00"), None, "waiting")
            due = wt.deadline(at("2025-11-17T10:00"), 5, unit, self.plain, [pause])
            if unit == "minute":
                self.assertEqual(due.instant, at("2025-11-17T10:05"))
                continue
            self.assertIsNone(due.instant, unit)
            self.assertIn("pause_open", kinds(due.lines), unit)
            self.assertNotIn("end", kinds(due.lines), unit)

    def test_pauses_that_overlap_are_refused(self):
        one = (at("2025-11-17T11:00"), at("2025-11-17T13:00"), "")
        two = (at("2025-11-17T12:00"), at("2025-11-17T14:00"), "")
        with self.assertRaises(ValueError):
            wt.deadline(at("2025-11-17T10:00"), 1, "hour", self.plain, [two, one])
        with self.assertRaises(ValueError):  # an open pause that is not the last
            wt.check_pauses([(at("2025-11-17T11:00"), None, ""), two])
        with self.assertRaises(ValueError):  # ends before it starts
            wt.check_pauses([(one[1], one[0], "")])

    def test_pause_before_start_and_after_deadline_is_ignored(self):
        pauses = [
            (at("2025-11-10T08:00"), at("2025-11-11T08:00"), "before"),
            (at("2025-12-10T08:00"), at("2025-12-11T08:00"), "after"),
        ]
        lines = self.assertDue(
            "2025-11-17T10:00", 5, "working_day", "2025-11-24T17:00", pauses=pauses
        )
        self.assertNotIn("pause", kinds(lines))

    # --- Arguments, explanation ---

    def test_amount_and_unit_are_checked(self):
        for amount, unit in ((0, "hour"), (-5, "hour"), (1, "fortnight")):
            with self.assertRaises(ValueError):
                wt.deadline(at("2025-11-17T10:00"), amount, unit, self.plain)

    def test_long_explanations_are_folded(self):
        lines = self.assertDue(
            "2025-01-02T10:00", 60, "working_day", "2025-04-02T17:00", self.china
        )
        self.assertLess(len(lines), 20)
        ranges = [line for line in lines if line.kind == "range"]
        counted = sum(line.values["days"] for line in ranges) + kinds(lines).count(
            "make_up"
        )
        counted += kinds(lines).count("usual")
        self.assertEqual(counted, 60)
        self.assertEqual(lines[-2].values["number"], 60)
        self.assertEqual(kinds(lines).count("holiday"), 8)

    def test_every_line_has_a_text(self):
        pauses = [
            (at("2025-01-06T08:00"), at("2025-01-07T17:00"), "x"),
            (at("2025-02-10T08:00"), None, "y"),
        ]
        for unit in wt.UNITS:
            for line in wt.deadline(
                at("2025-01-03T10:00"), 60, unit, self.china, pauses
            ).lines:
                self.assertTrue(str(line))

    # --- Elapsed time ---

    def test_elapsed_working_time(self):
        start, end = at("2025-11-21T15:00"), at("2025-11-24T10:00")
        self.assertEqual(wt.elapsed(start, end, self.plain), timedelta(hours=4))
        self.assertEqual(wt.elapsed(end, start, self.plain), -timedelta(hours=4))
        self.assertEqual(
            wt.elapsed(start, end, self.plain, around_the_clock=True),
            timedelta(hours=67),
        )
        pause = (at("2025-11-21T16:00"), at("2025-11-24T09:00"), "")
        self.assertEqual(
            wt.elapsed(start, end, self.plain, [pause]), timedelta(hours=2)
        )

    def test_elapsed_agrees_with_the_deadline(self):
        """What deadline() adds, elapsed() measures: two ways, one result."""
        pauses = [(at("2025-09-29T09:30"), at("2025-10-09T14:45"), "")]
        for minutes in (1, 59, 481, 2400, 9999):
            start = at("2025-09-26T16:20")
            due = wt.deadline(start, minutes, "minute", self.china, pauses).instant
            self.assertEqual(
                wt.elapsed(start, due, self.china, pauses), timedelta(minutes=minutes)
            )

    def test_advance_backwards(self):
        due = at("2025-11-24T10:00")
        self.assertEqual(
            wt.advance(due, -timedelta(hours=4), self.plain), at("2025-11-21T15:00")
        )
        self.assertEqual(
            wt.advance(due, timedelta(hours=2), self.plain), at("2025-11-24T12:00")
        )

    # --- Steps ---

    def assertStep(
        self,
        offset,
        unit,
        expected,
        start="2025-11-17T08:00",
        due="2025-11-21T17:00",
        **options,
    ):
        instant = wt.step_instant(
            at(start), at(due), offset, unit, self.plain, **options
        )
        self.assertEqual(instant, at(expected))

    def test_steps_by_percentage_of_working_time(self):
        self.assertStep(-50, "percent", "2025-11-19T12:00")
        self.assertStep(-20, "percent", "2025-11-20T17:00")
        self.assertStep(0, "percent", "2025-11-21T17:00")
        self.assertStep(20, "percent", "2025-11-24T17:00")
        self.assertStep(-100, "percent", "2025-11-17T08:00")

    def test_steps_by_percentage_of_calendar_time(self):
        self.assertStep(-50, "percent", "2025-11-19T12:30", around_the_clock=True)

    def test_steps_by_hours(self):
        self.assertStep(-24, "hour", "2025-11-20T17:00")
        self.assertStep(24, "hour", "2025-11-22T17:00")
        self.assertStep(-4, "working_hour", "2025-11-21T13:00")
        self.assertStep(8, "working_hour", "2025-11-24T17:00")

    def test_step_never_comes_before_the_start(self):
        self.assertStep(-500, "hour", "2025-11-17T08:00")

    def test_steps_move_into_working_hours(self):
        # after the deadline: forward to the next opening
        self.assertStep(24, "hour", "2025-11-24T08:00", in_working_hours=True)
        self.assertStep(-20, "percent", "2025-11-21T08:00", in_working_hours=True)
        # before a deadline on Sunday night: back to the last working hours, not to Monday
        self.assertStep(
            -12,
            "hour",
            "2025-11-21T13:00",
            due="2025-11-23T23:59:59",
            in_working_hours=True,
        )

    def test_steps_on_a_calendar_that_is_always_closed(self):
        closed = wt.WorkCalendar(
            "Asia/Shanghai",
            [wt.STANDARD_WEEK],
            leaves=[wt.Leave(at("2020-01-01T00:00"), at("2040-01-01T00:00"), "closed")],
        )
        step = wt.step_instant(
            at("2025-11-17T08:00"),
            at("2025-11-21T17:00"),
            24,
            "hour",
            closed,
            in_working_hours=True,
        )
        self.assertEqual(step, at("2025-11-22T17:00"))
