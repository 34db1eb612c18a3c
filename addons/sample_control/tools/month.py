"""Months and simple statistics for the figures; plain Python, without an Odoo environment."""

import math
import statistics
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import pytz

#: years that dates of samples can lie in; beyond, counting days or hours leaves the calendar
YEARS = range(2000, 2201)


@dataclass(frozen=True)
class Period:
    """Days from ``start`` through ``end`` as a company's clock shows them.

    :param date start: first day
    :param date end: last day
    :param date today: the day it is for the company; what lies behind it is not overdue yet
    :param str zone: time zone of the company
    """

    start: date
    end: date
    today: date
    zone: str

    @property
    def day(self):
        """The day on which the state of things is looked at: the last one that has been."""
        return min(self.end, self.today)

    @property
    def begins_at(self):
        """First instant, naive UTC."""
        return self._to_utc(self.start)

    @property
    def ends_at(self):
        """First instant after the period, naive UTC."""
        return self._to_utc(self.end + timedelta(days=1))

    def _to_utc(self, day):
        local = pytz.timezone(self.zone).localize(datetime.combine(day, time.min))
        return local.astimezone(pytz.utc).replace(tzinfo=None)


def month_start(day):
    """Return the first day of the month of a day."""
    return day.replace(day=1)


def month_end(day):
    """Return the last day of the month of a day.

    >>> month_end(date(2024, 2, 10))
    datetime.date(2024, 2, 29)
    """
    return month_start(month_start(day) + timedelta(days=31)) - timedelta(days=1)


def former_month(day):
    """Return the first day of the month before.

    >>> former_month(date(2026, 1, 31))
    datetime.date(2025, 12, 1)
    """
    return month_start(month_start(day) - timedelta(days=1))


def mean(values):
    """Return the mean, 0 of nothing."""
    return sum(values) / len(values) if values else 0.0


def median(values):
    """Return the middle value, the mean of the two middle ones of an even number, 0 of nothing.

    >>> median([1, 2, 10]), median([1, 2, 4, 10])
    (2, 3.0)
    """
    return statistics.median(values) if values else 0.0


def percentile(values, share):
    """Return the smallest value that ``share`` of the values do not exceed (nearest rank).

    >>> percentile(list(range(1, 11)), 0.9)
    9
    """
    if not values:
        return 0.0
    return sorted(values)[max(math.ceil(share * len(values)) - 1, 0)]
