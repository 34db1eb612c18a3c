"""Quarters and half-years of custody: plain dates, no environment."""

from datetime import date, timedelta

from dateutil.relativedelta import relativedelta


def quarter_start(day):
    """Return the first day of the quarter.

    >>> quarter_start(date(2025, 6, 30))
    datetime.date(2025, 4, 1)
    """
    return date(day.year, 3 * ((day.month - 1) // 3) + 1, 1)


def quarter_end(day):
    """Return the last day of the quarter, on which the refresh is due.

    >>> quarter_end(date(2025, 4, 1))
    datetime.date(2025, 6, 30)
    >>> quarter_end(date(2024, 12, 31))
    datetime.date(2024, 12, 31)
    """
    return quarter_start(day) + relativedelta(months=3) - timedelta(days=1)


def quarter_name(day):
    """Return year and quarter.

    >>> quarter_name(date(2025, 4, 1))
    '2025 Q2'
    """
    return f"{day.year} Q{(day.month - 1) // 3 + 1}"


def quarters_between(first, last):
    """Return the first days of all quarters from ``first`` to ``last``, both included.

    >>> quarters_between(date(2024, 11, 5), date(2025, 4, 1))
    [datetime.date(2024, 10, 1), datetime.date(2025, 1, 1), datetime.date(2025, 4, 1)]
    >>> quarters_between(date(2025, 4, 1), date(2025, 3, 31))
    []
    """
    return _starts_between(quarter_start(first), last, months=3)


def _starts_between(start, last, months):
    """Return the days from ``start`` to ``last`` that are so many months apart."""
    starts = []
    while start <= last:
        starts.append(start)
        start += relativedelta(months=months)
    return starts


def half_year(day):
    """Return the half of the year, "1" or "2".

    >>> half_year(date(2025, 6, 30)), half_year(date(2025, 7, 1))
    ('1', '2')
    """
    return "1" if day.month <= 6 else "2"


def half_year_start(day):
    """Return the first day of the half-year.

    >>> half_year_start(date(2025, 6, 30)), half_year_start(date(2025, 7, 1))
    (datetime.date(2025, 1, 1), datetime.date(2025, 7, 1))
    """
    return date(day.year, 1 if half_year(day) == "1" else 7, 1)


def half_year_end(day):
    """Return the last day of the half-year, until which the archives are inspected.

    >>> half_year_end(date(2025, 1, 1)), half_year_end(date(2024, 12, 31))
    (datetime.date(2025, 6, 30), datetime.date(2024, 12, 31))
    """
    return half_year_start(day) + relativedelta(months=6) - timedelta(days=1)


def half_years_between(first, last):
    """Return the first days of all half-years from ``first`` to ``last``, both included.

    >>> half_years_between(date(2024, 8, 5), date(2025, 7, 1))
    [datetime.date(2024, 7, 1), datetime.date(2025, 1, 1), datetime.date(2025, 7, 1)]
    >>> half_years_between(date(2025, 7, 1), date(2025, 6, 30))
    []
    """
    return _starts_between(half_year_start(first), last, months=6)


def filing_due(day):
    """Return the day until which the documents of the month of ``day`` are handed to the keeper: the 10th of the next.

    >>> filing_due(date(2024, 12, 31))
    datetime.date(2025, 1, 10)
    """
    return day.replace(day=10) + relativedelta(months=1)


def add_years(day, years):
    """Return the same day some years later; 29 February becomes 28 February.

    >>> add_years(date(2024, 2, 29), 1)
    datetime.date(2025, 2, 28)
    """
    return day + relativedelta(years=years)
