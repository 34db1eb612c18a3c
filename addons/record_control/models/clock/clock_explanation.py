"""Words for the lines that ``tools/working_time`` writes, in the language of the reader."""

from datetime import date, datetime

from babel.dates import format_date
from markupsafe import Markup

from odoo.tools.misc import babel_locale_parse

DATE_FORMAT = "EEE yyyy-MM-dd"


def explain(env, lines):
    """Return the explanation in words.

    :param lines: ``[kind, values]`` pairs as stored on ``clock.clock``
    :return: list of ``{"kind", "text"}``, in order; times are local to the calendar
    """
    return [
        {
            "kind": values.get("day_kind", kind),
            "text": _TEXTS[kind](env, _Words(env, values)),
        }
        for kind, values in lines or []
    ]


def to_html(env, lines):
    """Return the explanation as an HTML list."""
    items = Markup().join(
        Markup('<li class="o_clock_line_%s">%s</li>') % (line["kind"], line["text"])
        for line in explain(env, lines)
    )
    return Markup('<ol class="o_clock_explanation list-unstyled mb-0">%s</ol>') % items


def duration(env, seconds):
    """Return a duration in hours and minutes, for example ``6 h 30 min``."""
    hours, minutes = divmod(int(seconds) // 60, 60)
    if hours and minutes:
        return env._("%(hours)s h %(minutes)s min", hours=hours, minutes=minutes)
    if hours:
        return env._("%(hours)s h", hours=hours)
    return env._("%(minutes)s min", minutes=minutes)


class _Words(dict):
    """Values of a line, formatted on access."""

    def __init__(self, env, values):
        super().__init__(values)
        self.env = env

    def day(self, key):
        return self.format_date(date.fromisoformat(self[key]))

    def format_date(self, day):
        # not odoo.tools.format_date: it takes the company's language when the reader has none, and
        # the words around the weekday would be in another one
        return format_date(
            day, DATE_FORMAT, locale=babel_locale_parse(self.env.lang or "en_US")
        )

    def at(self, key):
        instant = datetime.fromisoformat(self[key])
        day = self.format_date(instant.date())
        return (
            f"{day} {instant:%H:%M:%S}" if instant.second else f"{day} {instant:%H:%M}"
        )

    def duration(self, key):
        return duration(self.env, self[key])

    def intervals(self):
        spans = [
            [datetime.fromisoformat(end) for end in span] for span in self["intervals"]
        ]
        return ", ".join(f"{start:%H:%M}–{end:%H:%M}" for start, end in spans)


def _time(env, w):
    values = {
        "date": w.day("date"),
        "intervals": w.intervals(),
        "total": w.duration("total"),
        "amount": w.duration("amount"),
    }
    if w["day_kind"] == "make_up":
        return env._(
            "%(date)s: make-up working day %(name)s, %(intervals)s: %(total)s of %(amount)s",
            name=w["name"],
            **values,
        )
    return env._("%(date)s: %(intervals)s: %(total)s of %(amount)s", **values)


def _start(env, w):
    if w.get("reason"):
        return env._("Start: %(at)s. %(reason)s", at=w.at("at"), reason=w["reason"])
    return env._("Start: %(at)s", at=w.at("at"))


_TEXTS = {
    "policy": lambda env, w: env._(
        "%(policy)s: %(amount)s %(unit)s (%(calendar)s, %(tz)s)",
        policy=w["policy"],
        amount=w["amount"],
        unit=env["clock.policy"]._get_unit_label(w["unit"]),
        calendar=w["calendar"] or env._("no working hours set"),
        tz=w["tz"],
    ),
    "start": _start,
    "no_hours": lambda env, w: env._(
        "No fixed weekly working hours are set: Monday to Friday 08:00–12:00 and 13:00–17:00 count."
    ),
    "no_working_time": lambda env, w: env._(
        "The calendar has no working time after %(date)s: its holidays and time off are left out.",
        date=w.day("date"),
    ),
    "unlisted_year": lambda env, w: env._(
        "The official holidays and make-up days of %(year)s are not listed yet: "
        "the weekly working hours alone count.",
        year=w["year"],
    ),
    "start_day": lambda env, w: env._(
        "%(date)s: day of the start, not counted", date=w.day("date")
    ),
    "usual": lambda env, w: env._(
        "%(date)s: working day %(number)s of %(amount)s",
        date=w.day("date"),
        number=w["number"],
        amount=w["amount"],
    ),
    "make_up": lambda env, w: env._(
        "%(date)s: make-up working day %(name)s, working day %(number)s of %(amount)s",
        date=w.day("date"),
        name=w["name"],
        number=w["number"],
        amount=w["amount"],
    ),
    "off": lambda env, w: env._("%(date)s: no working hours", date=w.day("date")),
    "holiday": lambda env, w: env._(
        "%(date)s: holiday %(name)s, not counted", date=w.day("date"), name=w["name"]
    ),
    "leave": lambda env, w: env._(
        "%(date)s: company time off %(name)s, not counted",
        date=w.day("date"),
        name=w["name"],
    ),
    "paused_day": lambda env, w: env._(
        "%(date)s: the clock stood still, not counted", date=w.day("date")
    ),
    "time": _time,
    "range": lambda env, w: env._(
        "%(first)s to %(last)s: %(days)s working days, %(number)s of %(amount)s",
        first=w.day("first"),
        last=w.day("last"),
        days=w["days"],
        number=w["number"],
        amount=w["amount"],
    ),
    "range_time": lambda env, w: env._(
        "%(first)s to %(last)s: %(days)s working days: %(total)s of %(amount)s",
        first=w.day("first"),
        last=w.day("last"),
        days=w["days"],
        total=w.duration("total"),
        amount=w.duration("amount"),
    ),
    "calendar_hour": lambda env, w: env._(
        "%(amount)s hours around the clock", amount=w["amount"]
    ),
    "calendar_day": lambda env, w: env._(
        "%(amount)s calendar days after %(date)s, until the end of the day",
        amount=w["amount"],
        date=w.day("date"),
    ),
    "calendar_month": lambda env, w: env._(
        "%(amount)s months after %(date)s, until the end of the day",
        amount=w["amount"],
        date=w.day("date"),
    ),
    "pause": lambda env, w: env._(
        "Paused from %(start)s to %(end)s: %(reason)s",
        start=w.at("start"),
        end=w.at("end"),
        reason=w["reason"],
    ),
    "pause_open": lambda env, w: env._(
        "Paused since %(start)s: %(reason)s. The deadline is set when the clock goes on.",
        start=w.at("start"),
        reason=w["reason"],
    ),
    "end": lambda env, w: env._("Deadline: %(at)s", at=w.at("at")),
}
