"""Deadlines by working time. Plain Python: no environment, no database.

Everything here is a pure function of a start, an amount, a :class:`WorkCalendar` and the pauses,
so the same input always gives the same deadline and the same explanation.

How the units count
===================

``minute``, ``hour``
    Working time. The clock runs inside working hours only; a start outside of them waits for the
    next working moment. Time that falls into a pause is not counted. The deadline is the instant
    at which the last minute is used up (17:00 of today rather than 08:00 of tomorrow).
``working_day``
    The start day is never counted, whatever its hour. Each later day with working hours counts as
    one; the deadline is the end of the working hours of the last one. A day does not count when the
    clock stood still during more than half of its working time or at its end.
    Mon 2025-11-17 10:00 + 5 gives Mon 2025-11-24 17:00.
``calendar_hour``
    Hours around the clock, holidays or not; pauses are not counted.
``calendar_day``
    The start day is not counted; the deadline is the last second (23:59:59) of the last day in the
    time zone of the calendar, so 1 March + 7 is on time on the whole of 8 March. A day does not
    count when the clock stood still during more than half of it or at its end.
``calendar_month``
    The same day of a later month (or its last day), 23:59:59 local time, plus one day for each day
    lost to pauses by the rule of calendar days.

The rules for pauses of whole days and the end of calendar days are our choice: the regulations we
follow give the number of days and are silent about the rest.

Which days have working hours
=============================

1. Weekly working hours, one week or two alternating ones (same parity as Odoo's calendars).
2. A holiday has none. A make-up working day (Chinese 调休) has the hours of the usual working day:
   the pattern that most weekdays of the week share, the earliest weekday winning a tie; a day that
   has more hours of its own keeps them.
3. Company leave is cut out of what is left, also on make-up days.
4. A calendar without any weekly hours counts as Monday to Friday 08:00-12:00 and 13:00-17:00, and
   the explanation says so. So does it for a year whose holidays are not listed yet.

Instants are time-zone aware and returned in UTC; a naive datetime raises :class:`ValueError`,
because nobody could say which day it belongs to.
"""

from bisect import bisect_right
from collections import Counter
from datetime import date, datetime, time, timedelta, timezone
from typing import NamedTuple

import pytz
from dateutil.relativedelta import relativedelta

UTC = timezone.utc
UNITS = (
    "minute",
    "hour",
    "working_day",
    "calendar_hour",
    "calendar_day",
    "calendar_month",
)
#: Units counted in working hours; the others run around the clock.
WORKING_UNITS = ("minute", "hour", "working_day")
STEP_UNITS = ("percent", "hour", "working_hour")

#: Seconds after local midnight; used when a calendar has no weekly hours.
STANDARD_HOURS = ((8 * 3600, 12 * 3600), (13 * 3600, 17 * 3600))
STANDARD_WEEK = {weekday: STANDARD_HOURS for weekday in range(5)}

#: Days in a row without working time after which exceptions are given up (see NoWorkingTime).
MAX_IDLE_DAYS = 750
#: Explanations longer than this are shortened by folding runs of ordinary days.
MAX_LINES = 30

DAY = timedelta(days=1)
ZERO = timedelta()
END_OF_TIME = datetime.max.replace(tzinfo=UTC) - 2 * DAY


class NoWorkingTime(ValueError):
    """The calendar has no working moment within :data:`MAX_IDLE_DAYS` days."""


class Pause(NamedTuple):
    """Time during which the clock stood still: from ``start`` (included) to ``end`` (excluded)."""

    start: datetime
    #: None while the clock stands still until further notice
    end: datetime | None = None
    reason: str = ""


class SpecialDay(NamedTuple):
    """A public holiday (kind ``holiday``) or make-up working day (kind ``working``)."""

    kind: str
    name: str = ""


class Leave(NamedTuple):
    """Time off of the whole company, as instants."""

    start: datetime
    end: datetime
    name: str = ""


class Day(NamedTuple):
    """What a calendar says about one local day."""

    date: date
    #: working intervals in UTC, in order, without overlap
    intervals: tuple
    #: usual, off, holiday, make_up or leave
    kind: str
    name: str = ""

    @property
    def worked(self):
        """Working time of the day."""
        return sum((end - start for start, end in self.intervals), ZERO)


#: English texts of the lines; a user interface translates by ``kind``.
LINE_TEXTS = {
    "start": "Start: %(at)s",
    "no_hours": "The calendar has no weekly hours: Monday to Friday 08:00-12:00 and 13:00-17:00 count.",
    "no_working_time": "The calendar has no working time after %(date)s: its exceptions are left out.",
    "unlisted_year": "No official holidays are listed for %(year)s: the weekly calendar alone counts.",
    "start_day": "%(date)s: day of the start, not counted",
    "usual": "%(date)s: working day %(number)s of %(amount)s",
    "make_up": "%(date)s: make-up working day %(name)s, working day %(number)s of %(amount)s",
    "off": "%(date)s: no working hours",
    "holiday": "%(date)s: holiday %(name)s, not counted",
    "leave": "%(date)s: company leave %(name)s, not counted",
    "paused_day": "%(date)s: the clock stood still, not counted",
    "time": "%(date)s: %(intervals)s, %(total)s of %(amount)s counted",
    "range": "%(first)s to %(last)s: %(days)s working days, %(number)s of %(amount)s",
    "range_time": "%(first)s to %(last)s: %(days)s working days, %(total)s of %(amount)s counted",
    "calendar_hour": "%(amount)s hours around the clock",
    "calendar_day": "%(amount)s calendar days after %(date)s",
    "calendar_month": "%(amount)s months after %(date)s",
    "pause": "Paused from %(start)s to %(end)s: %(reason)s",
    "pause_open": "Paused since %(start)s: %(reason)s. The deadline is set when the clock goes on.",
    "end": "Deadline: %(at)s",
}


class Line(NamedTuple):
    """One line of an explanation: a kind of :data:`LINE_TEXTS` and values fit for JSON.

    Dates are ISO dates, instants ISO datetimes with the offset of the calendar's time zone,
    durations seconds.
    """

    kind: str
    values: dict

    def __str__(self):
        return LINE_TEXTS[self.kind] % self.values


class Deadline(NamedTuple):
    """Result of :func:`deadline`."""

    #: UTC; None while the clock is paused until further notice
    instant: datetime | None
    lines: list


class WorkCalendar:
    """Working hours of a company in one time zone.

    :param str tz: name of the time zone, for example ``Asia/Shanghai``; an unknown one is UTC
    :param weeks: one or two mappings {weekday (0 = Monday): ((from, to), …)} in seconds after local
        midnight; with two, the first is used in weeks whose Odoo week type is 0
    :param dict special_days: {date: :class:`SpecialDay`}
    :param leaves: :class:`Leave` entries
    :param listed_years: years whose official holidays are known; None: never mention it
    """

    def __init__(
        self, tz="UTC", weeks=(), special_days=None, leaves=(), listed_years=None
    ):
        try:
            self.tz = pytz.timezone(tz or "UTC")
        except pytz.UnknownTimeZoneError:
            self.tz = pytz.utc
        weeks = tuple(
            {day: tuple(sorted(spans)) for day, spans in week.items()} for week in weeks
        )
        self.assumed = not any(spans for week in weeks for spans in week.values())
        self.weeks = (STANDARD_WEEK,) if self.assumed else weeks
        self.special_days = dict(special_days or {})
        self.leaves = sorted(leaves, key=lambda leave: leave.start)
        self.listed_years = None if listed_years is None else frozenset(listed_years)
        self.make_up_hours = self._get_make_up_hours()
        self._days = {}

    def _get_make_up_hours(self):
        patterns = Counter()
        for week in self.weeks:
            for weekday in range(7):
                if spans := week.get(weekday):
                    patterns[spans] += (
                        1  # a Counter keeps the order of arrival among equals
                    )
        return patterns.most_common(1)[0][0]

    def without_exceptions(self):
        """Return the same weekly hours without special days and leaves."""
        return WorkCalendar(self.tz.zone, () if self.assumed else self.weeks)

    def local(self, instant):
        """Return the instant in the calendar's time zone."""
        return instant.astimezone(self.tz)

    def to_utc(self, day, seconds, is_end=False):
        """Return the instant of a local clock time.

        :param date day: local day
        :param int seconds: seconds after midnight, 86400 for the end of the day
        :param bool is_end: of the two instants of a repeated hour (end of summer time) take the
            later one; a time that a skipped hour jumps over becomes the moment after the jump
        """
        naive = datetime.combine(day, time.min) + timedelta(seconds=seconds)
        try:
            local = self.tz.localize(naive, is_dst=None)
        except pytz.AmbiguousTimeError:
            local = self.tz.localize(naive, is_dst=not is_end)
        except pytz.NonExistentTimeError:
            return self._after_jump(naive)
        return local.astimezone(UTC)

    def _after_jump(self, naive):
        while True:
            naive += timedelta(minutes=1)
            try:
                return self.tz.localize(naive, is_dst=None).astimezone(UTC)
            except pytz.NonExistentTimeError:
                continue

    def day(self, day):
        """Return what the calendar says about a local day.

        :rtype: Day
        """
        found = self._days.get(day)
        if found is None:
            found = self._days[day] = self._get_day(day)
        return found

    def _get_day(self, day):
        week = self.weeks[
            ((day.toordinal() - 1) // 7) % 2 if len(self.weeks) > 1 else 0
        ]
        spans = week.get(day.weekday(), ())
        special = self.special_days.get(day)
        kind, name = ("usual" if spans else "off"), ""
        if special and special.kind == "holiday":
            return Day(day, (), "holiday", special.name)
        if special:
            kind, name = "make_up", special.name
            spans = max(
                spans, self.make_up_hours, key=lambda s: sum(to - at for at, to in s)
            )
        intervals = [
            (start, end)
            for at, to in spans
            if (start := self.to_utc(day, at))
            < (end := self.to_utc(day, to, is_end=True))
        ]
        if not intervals:  # no hours, or hours that summer time jumps over
            return Day(day, (), "off", name)
        if not self.leaves:
            return Day(day, tuple(intervals), kind, name)
        return self._cut_leaves(Day(day, tuple(intervals), kind, name))

    def _cut_leaves(self, day):
        last = day.intervals[-1][1]
        touching = [
            leave
            for leave in self.leaves[
                : bisect_right(self.leaves, last, key=lambda x: x.start)
            ]
            if leave.end > day.intervals[0][0]
        ]
        intervals = _subtract(
            day.intervals, [(leave.start, leave.end) for leave in touching]
        )
        if not intervals:
            return Day(day.date, (), "leave", touching[0].name)
        return day._replace(intervals=tuple(intervals))

    def days_from(self, instant):
        """Yield the local days from that of ``instant`` on, for ever.

        :raises NoWorkingTime: after :data:`MAX_IDLE_DAYS` days without working hours
        """
        current, idle = self.local(instant).date(), 0
        while idle <= MAX_IDLE_DAYS:
            day = self.day(current)
            idle = 0 if day.intervals else idle + 1
            yield day
            current += DAY
        raise NoWorkingTime(
            f"no working time in the {MAX_IDLE_DAYS} days before {current}"
        )

    def days_back(self, instant):
        """Yield the local days from that of ``instant`` backwards, for ever.

        :raises NoWorkingTime: after :data:`MAX_IDLE_DAYS` days without working hours
        """
        current, idle = self.local(instant).date(), 0
        while idle <= MAX_IDLE_DAYS:
            day = self.day(current)
            idle = 0 if day.intervals else idle + 1
            yield day
            current -= DAY
        raise NoWorkingTime(
            f"no working time in the {MAX_IDLE_DAYS} days after {current}"
        )

    def is_working(self, instant):
        """Tell whether the instant lies in working hours (end excluded)."""
        day = self.day(self.local(instant).date())
        return any(start <= instant < end for start, end in day.intervals)

    def next_working(self, instant):
        """Return ``instant`` when it lies in working hours, else the start of the next ones."""
        for day in self.days_from(instant):
            for start, end in day.intervals:
                if instant < end:
                    return max(start, instant)

    def previous_working(self, instant):
        """Return ``instant`` when it lies in working hours, else the *start* of the last ones.

        The start rather than the end, so that whoever is told has this time left to act.
        """
        if self.is_working(instant):
            return instant
        for day in self.days_back(instant):
            for start, end in reversed(day.intervals):
                if end <= instant:
                    return start


# --- Intervals ---


def _subtract(intervals, cuts):
    """Return the sorted disjoint ``intervals`` without the parts that any of ``cuts`` covers."""
    kept = list(intervals)
    for cut_start, cut_end in cuts:
        kept = [
            piece
            for start, end in kept
            for piece in ((start, min(end, cut_start)), (max(start, cut_end), end))
            if piece[0] < piece[1]
        ]
    return kept


def _check_instant(*instants):
    if any(instant.tzinfo is None for instant in instants):
        raise ValueError("instants must carry a time zone")


def check_pauses(pauses):
    """Return the pauses in order.

    :param pauses: :class:`Pause` entries (or tuples of the same shape) in any order
    :raises ValueError: when one ends before it starts, two overlap, or an open one is not the last
    """
    ordered = sorted((Pause(*pause) for pause in pauses), key=lambda pause: pause.start)
    for pause in ordered:
        _check_instant(pause.start, *filter(None, [pause.end]))
        if pause.end and pause.end < pause.start:
            raise ValueError("a pause ends before it starts")
    for before, after in zip(ordered, ordered[1:], strict=False):
        if before.end is None or after.start < before.end:
            raise ValueError("two pauses overlap")
    return ordered


def _cuts(pauses):
    return [(pause.start, pause.end or END_OF_TIME) for pause in pauses]


def _is_lost(intervals, cuts):
    """Tell whether a day with these ``intervals`` is lost to the pauses (see the module text)."""
    last = intervals[-1][1]
    if any(start < last < end for start, end in cuts):
        return True
    total = sum((end - start for start, end in intervals), ZERO)
    kept = sum((end - start for start, end in _subtract(intervals, cuts)), ZERO)
    return 2 * kept < total


# --- Elapsed time ---


def elapsed(start, end, calendar, pauses=(), around_the_clock=False):
    """Return the time that counts between two instants.

    :param datetime start: aware
    :param datetime end: aware; before ``start`` gives a negative result
    :param WorkCalendar calendar: working hours
    :param pauses: :class:`Pause` entries, not counted
    :param bool around_the_clock: count every hour instead of working hours
    :rtype: timedelta
    """
    _check_instant(start, end)
    if end < start:
        return -elapsed(end, start, calendar, pauses, around_the_clock)
    cuts = _cuts(check_pauses(pauses))
    if around_the_clock:
        return sum((to - at for at, to in _subtract([(start, end)], cuts)), ZERO)
    total, current, last = (
        ZERO,
        calendar.local(start).date(),
        calendar.local(end).date(),
    )
    while current <= last:
        inside = [
            (max(at, start), min(to, end))
            for at, to in calendar.day(current).intervals
            if at < end and to > start
        ]
        total += sum((to - at for at, to in _subtract(inside, cuts)), ZERO)
        current += DAY
    return total


def advance(start, amount, calendar, pauses=(), around_the_clock=False):
    """Return the instant at which ``amount`` of counted time has passed since ``start``.

    :param timedelta amount: working time (or time around the clock); negative goes backwards, where
        pauses are not looked at
    :return: UTC, None when an open pause comes first
    """
    _check_instant(start)
    start = start.astimezone(UTC)
    if amount < ZERO:
        return (
            start + amount if around_the_clock else _retreat(start, -amount, calendar)
        )
    cuts = _cuts(check_pauses(pauses))
    left = amount
    for at, to in _running(start, cuts, None if around_the_clock else calendar):
        if to - at >= left:
            return at + left
        left -= to - at
    return None


def _retreat(instant, amount, calendar):
    left = amount
    for day in calendar.days_back(instant):
        for start, end in reversed(day.intervals):
            end = min(end, instant)
            if end <= start:
                continue
            if end - start >= left:
                return end - left
            left -= end - start
    return None


def _running(start, cuts, calendar):
    """Yield the intervals from ``start`` on in which the clock runs, in UTC."""
    stop = min((cut[0] for cut in cuts if cut[1] == END_OF_TIME), default=END_OF_TIME)
    if not calendar:
        yield from _subtract([(start, END_OF_TIME)], cuts)
        return
    for day in calendar.days_from(start):
        inside = [(max(at, start), to) for at, to in day.intervals if to > start]
        yield from _subtract(inside, cuts)
        if calendar.to_utc(day.date, 86400, is_end=True) > stop:
            return


# --- Deadline ---


def deadline(start, amount, unit, calendar, pauses=()):
    """Return when something that started at ``start`` is due, and why.

    :param datetime start: aware
    :param int amount: how many units, more than zero
    :param str unit: one of :data:`UNITS`, see the module text
    :param WorkCalendar calendar: working hours, holidays and time zone
    :param pauses: :class:`Pause` entries that do not overlap; the last one may be open
    :return: ``(instant, lines)``: UTC instant, None while an open pause holds the clock, and the
        explanation as :class:`Line` entries
    :rtype: Deadline
    :raises ValueError: for a naive start, an amount that is not positive, an unknown unit or pauses
        that overlap
    """
    _check_instant(start)
    if amount <= 0:
        raise ValueError("the amount must be more than zero")
    if unit not in UNITS:
        raise ValueError(f"unknown unit {unit!r}")
    counter = _Counter(
        start.astimezone(UTC), amount, unit, calendar, check_pauses(pauses)
    )
    try:
        return counter.run()
    except NoWorkingTime:
        note = Line(
            "no_working_time", {"date": calendar.local(start).date().isoformat()}
        )
        plain = calendar.without_exceptions()
        counter = _Counter(
            start.astimezone(UTC), amount, unit, plain, check_pauses(pauses)
        )
        result = counter.run()
        return Deadline(result.instant, [result.lines[0], note, *result.lines[1:]])


class _Counter:
    """Counts one deadline and writes the lines while it goes."""

    def __init__(self, start, amount, unit, calendar, pauses):
        self.start = start
        self.amount = amount
        self.unit = unit
        self.calendar = calendar
        self.pauses = [
            pause._replace(start=max(pause.start, start))
            for pause in pauses
            if pause.end is None or pause.end > start
        ]
        self.cuts = _cuts(self.pauses)
        self.open_from = (
            self.pauses[-1].start if self.pauses and not self.pauses[-1].end else None
        )
        self.unwritten = list(self.pauses)
        self.lines = []

    def run(self):
        if self.unit in ("minute", "hour"):
            instant = self.count_time()
        elif self.unit == "working_day":
            instant = self.count_working_days()
        elif self.unit == "calendar_hour":
            instant = self.count_hours()
        else:
            instant = self.count_calendar_days()
        self.write_pauses(instant)
        lines = [Line("start", {"at": self.iso(self.start)}), *self.get_notes(instant)]
        lines += _fold(self.lines) if len(self.lines) > MAX_LINES else self.lines
        if instant:
            lines.append(Line("end", {"at": self.iso(instant)}))
        return Deadline(instant, lines)

    def iso(self, instant):
        return self.calendar.local(instant).isoformat(timespec="seconds")

    def get_notes(self, instant):
        if self.unit not in WORKING_UNITS:
            return []
        notes = [Line("no_hours", {})] if self.calendar.assumed else []
        listed = self.calendar.listed_years
        if listed is not None:
            last = self.calendar.local(instant or self.open_from).year
            years = range(self.calendar.local(self.start).year, last + 1)
            notes += [
                Line("unlisted_year", {"year": y}) for y in years if y not in listed
            ]
        return notes

    def write(self, kind, day, **values):
        self.write_pauses(self.calendar.to_utc(day, 86400))
        self.lines.append(Line(kind, {"date": day.isoformat(), **values}))

    def write_pauses(self, before):
        """Write the pauses that begin before an instant (None: all that are left)."""
        while self.unwritten and (before is None or self.unwritten[0].start < before):
            pause = self.unwritten.pop(0)
            values = {"start": self.iso(pause.start), "reason": pause.reason}
            if pause.end is None:
                self.lines.append(Line("pause_open", values))
            else:
                self.lines.append(Line("pause", {**values, "end": self.iso(pause.end)}))

    def is_held(self, day):
        """Tell whether an open pause began before this day did."""
        return self.open_from and self.open_from <= self.calendar.to_utc(day, 0)

    # Working days

    def count_working_days(self):
        number = 0
        days = self.calendar.days_from(self.start)
        self.write("start_day", next(days).date)
        for day in days:
            if self.is_held(day.date):
                return None
            if not day.intervals:
                self.write(day.kind, day.date, name=day.name)
            elif _is_lost(day.intervals, self.cuts):
                self.write("paused_day", day.date)
            else:
                number += 1
                self.write(
                    day.kind, day.date, name=day.name, number=number, amount=self.amount
                )
                if number == self.amount:
                    return day.intervals[-1][1]

    # Working minutes and hours

    def count_time(self):
        total = timedelta(**{f"{self.unit}s": self.amount})
        left = total
        for day in self.calendar.days_from(self.start):
            if self.is_held(day.date):
                return None
            used = self.use_day(day, left)
            spent = sum((to - at for at, to in used), ZERO)
            if used:
                left -= spent
                self.write(
                    "time",
                    day.date,
                    name=day.name,
                    day_kind=day.kind,
                    intervals=[[self.iso(at), self.iso(to)] for at, to in used],
                    seconds=int(spent.total_seconds()),
                    total=int((total - left).total_seconds()),
                    amount=int(total.total_seconds()),
                )
            elif day.intervals and day.intervals[-1][1] > self.start:
                self.write("paused_day", day.date)
            elif not day.intervals:
                self.write(day.kind, day.date, name=day.name)
            if not left:
                return used[-1][1]

    def use_day(self, day, left):
        inside = [
            (max(at, self.start), to) for at, to in day.intervals if to > self.start
        ]
        used = []
        for at, to in _subtract(inside, self.cuts):
            to = min(to, at + left)
            used.append((at, to))
            left -= to - at
            if not left:
                break
        return used

    # Around the clock

    def count_hours(self):
        self.lines.append(Line("calendar_hour", {"amount": self.amount}))
        return advance(
            self.start,
            timedelta(hours=self.amount),
            self.calendar,
            self.pauses,
            around_the_clock=True,
        )

    def count_calendar_days(self):
        first = self.calendar.local(self.start).date()
        if self.unit == "calendar_month":
            amount = (first + relativedelta(months=self.amount) - first).days
        else:
            amount = self.amount
        self.lines.append(
            Line(self.unit, {"amount": self.amount, "date": first.isoformat()})
        )
        number, day = 0, first
        while number < amount:
            day += DAY
            if self.is_held(day):
                return None
            if _is_lost(
                [(self.calendar.to_utc(day, 0), self.calendar.to_utc(day, 86400))],
                self.cuts,
            ):
                self.write("paused_day", day)
            else:
                number += 1
        return self.calendar.to_utc(day, 86400, is_end=True) - timedelta(seconds=1)


def _fold(lines):
    """Join runs of ordinary working days and days off into one line each."""
    folded, run = [], []
    for line in [*lines, None]:
        plain = line and (
            line.kind in ("usual", "off")
            or (line.kind == "time" and line.values["day_kind"] == "usual")
        )
        if plain:
            run.append(line)
            continue
        folded += _fold_run(run)
        run = []
        if line:
            folded.append(line)
    return folded


def _fold_run(run):
    counted = [line for line in run if line.kind != "off"]
    if len(counted) < 3:
        return run
    last = counted[-1].values
    values = {
        "first": run[0].values["date"],
        "last": run[-1].values["date"],
        "days": len(counted),
        "amount": last["amount"],
    }
    if counted[-1].kind == "time":
        return [Line("range_time", {**values, "total": last["total"]})]
    return [Line("range", {**values, "number": last["number"]})]


# --- Steps before and after a deadline ---


def step_instant(start, due, offset, offset_unit, calendar, pauses=(), **options):
    """Return when a step before (negative offset) or after a deadline is to happen.

    :param datetime start: aware start of the clock
    :param datetime due: aware deadline
    :param float offset: negative before, positive after the deadline
    :param str offset_unit: ``percent`` of the time between start and deadline, ``hour`` around the
        clock or ``working_hour``
    :param WorkCalendar calendar: working hours
    :param pauses: closed :class:`Pause` entries
    :param bool around_the_clock: (option) the clock counts calendar time, so percent does, too
    :param bool in_working_hours: (option) move the step into working hours: forward, but a step
        before the deadline that would leave it behind goes back to the start of the last working
        hours before it
    :return: UTC, never before ``start``
    """
    _check_instant(start, due)
    around_the_clock = options.get("around_the_clock", False)
    try:
        if offset_unit == "hour":
            instant = due + timedelta(hours=offset)
        elif offset_unit == "working_hour":
            instant = advance(due, timedelta(hours=offset), calendar, pauses)
        else:
            span = elapsed(start, due, calendar, pauses, around_the_clock)
            part = timedelta(seconds=int(span.total_seconds() * (100 + offset) / 100))
            # the instant at which the span is used up may lie before the deadline (end of the
            # working hours against end of the day): the step at 0 % is the deadline itself
            instant = (
                due
                if not offset
                else advance(start, max(part, ZERO), calendar, pauses, around_the_clock)
            )
        if options.get("in_working_hours"):
            instant = _move_into_working_hours(instant, due, offset, calendar)
    except NoWorkingTime:
        instant = due + timedelta(hours=offset if offset_unit != "percent" else 0)
    return max(instant.astimezone(UTC), start.astimezone(UTC))


def _move_into_working_hours(instant, due, offset, calendar):
    moved = calendar.next_working(instant)
    if offset < 0 and moved > due:
        return calendar.previous_working(instant)
    return moved
