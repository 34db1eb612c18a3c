"""Periods of validity in calendar units, and how a date stands to today."""

from datetime import timedelta

from dateutil.relativedelta import relativedelta

UNITS = ("day", "week", "month", "year")


def add_period(start, value, unit):
    """Return the last day of a period that begins on ``start``.

    Months and years are calendar months, clipped to the end of the month (SC-39.2); the thing is
    good *through* the day returned.

    :param datetime.date start: the day of confirmation, of the last check …
    :param int value: how many units
    :param str unit: one of :data:`UNITS`
    :return: a date

    >>> from datetime import date
    >>> add_period(date(2026, 1, 31), 3, "month")
    datetime.date(2026, 4, 30)
    >>> add_period(date(2024, 2, 29), 1, "year")
    datetime.date(2025, 2, 28)
    """
    if unit not in UNITS:
        raise ValueError(f"{unit} is no unit of a period")
    return start + relativedelta(**{f"{unit}s": value})


def state_of(until, today, due_from=None):
    """Tell how a date of expiry stands to today.

    :param datetime.date until: the last good day, None when there is no limit
    :param datetime.date today: today
    :param datetime.date due_from: the day from which the end counts as near
    :return: ``none``, ``ok``, ``due`` or ``overdue``

    >>> from datetime import date
    >>> state_of(date(2026, 4, 30), date(2026, 4, 30))
    'ok'
    >>> state_of(date(2026, 4, 30), date(2026, 5, 1))
    'overdue'
    """
    if not until:
        return "none"
    if today > until:
        return "overdue"
    if due_from and today >= due_from:
        return "due"
    return "ok"


def parse_days(text):
    """Read a list of days such as ``30, 7, 0``.

    :param str text: numbers separated by commas, Chinese commas or blanks
    :return: list of int, largest first, each once
    :raises ValueError: when something is not a number of days

    >>> parse_days("7, 30，0")
    [30, 7, 0]
    """
    parts = (text or "").replace("，", ",").replace("、", ",").split(",")
    days = {int(part) for part in parts if part.strip()}
    if any(day < 0 for day in days):
        raise ValueError(f"{text} holds a negative number")
    return sorted(days, reverse=True)


def due_from(until, days):
    """Return the day from which an end counts as near: the first reminder.

    :param datetime.date until: the last good day, or None
    :param days: reminder days before the end
    :return: a date, or None
    """
    if not until or not days:
        return None
    return until - timedelta(days=max(days))


def next_reminder(until, days, after=None):
    """Return the next day on which somebody is reminded of an end.

    :param datetime.date until: the last good day, or None
    :param days: days before the end, for example (30, 7, 0); -1 is the day after the end
    :param datetime.date after: only days after this one; None for the first of all
    :return: a date, or None

    >>> from datetime import date
    >>> next_reminder(date(2026, 4, 30), (30, 7, 0))
    datetime.date(2026, 3, 31)
    >>> next_reminder(date(2026, 4, 30), (30, 7, 0), date(2026, 4, 23))
    datetime.date(2026, 4, 30)
    """
    if not until:
        return None
    reminders = sorted(until - timedelta(days=day) for day in days)
    return next((day for day in reminders if not after or day > after), None)


def dates_in_year(first, year, value, unit):
    """Return the ends of the periods that follow each other in a year, beginning with the first (SC-41.1).

    :param datetime.date first: the end of the running period
    :param int year: the year of the plan
    :param int value: length of the period, 0 for a single one
    :param str unit: one of :data:`UNITS`
    :return: list of dates

    >>> from datetime import date
    >>> [str(day) for day in dates_in_year(date(2027, 1, 20), 2027, 3, "month")]
    ['2027-01-20', '2027-04-20', '2027-07-20', '2027-10-20']
    """
    if not first or first.year != year:
        return []
    days, count = [first], 1
    while value:
        day = add_period(first, value * count, unit)
        if day.year != year:
            break
        days.append(day)
        count += 1
    return days
