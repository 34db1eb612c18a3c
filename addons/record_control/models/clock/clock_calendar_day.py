import logging
from datetime import date, timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...tools import working_time

try:
    import chinese_calendar
except ImportError:  # said where the list is asked for, see _get_official_days
    chinese_calendar = None

_logger = logging.getLogger(__name__)

#: days around which a clock can be looked for
FIRST_DAY = date.min + timedelta(days=1)
LAST_DAY = date.max - timedelta(days=2)


class ClockCalendarDay(models.Model):
    """A public holiday or a make-up working day of a company and its branches.

    A year counts as listed when at least one of its days comes from the official list; until then
    deadlines in it follow the weekly working hours alone, and their explanation says so.
    """

    _name = "clock.calendar.day"
    _description = "Holiday or Make-up Working Day"
    _inherit = ["company.boundary.mixin"]
    _order = "date desc, company_id"

    name = fields.Char(
        string="Occasion",
        required=True,
        translate=True,
        help="Shown in the explanation of deadlines.",
    )
    date = fields.Date(required=True)
    kind = fields.Selection(
        selection=[("holiday", "Holiday"), ("working", "Make-up working day")],
        required=True,
        default="holiday",
        help="Holiday: nobody works, whatever the weekday. Make-up working day: everybody works the "
        "usual hours, also on a Saturday or Sunday.",
    )
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, default=lambda self: self.env.company
    )
    is_official = fields.Boolean(
        string="Official List",
        default=False,
        help="The day is part of the official list of its year. A year without any such day counts "
        "as not published yet: deadlines in it say that the weekly working hours alone were used.",
    )

    _date_uniq = models.UniqueIndex(
        "(company_id, date)", "This date is listed already for the company."
    )

    # --- CRUD: running deadlines follow the list ---

    @api.model_create_multi
    def create(self, vals_list):
        days = super().create(vals_list)
        days._replay_clocks()
        return days

    def write(self, vals):
        if vals.keys() <= {"name"}:
            return super().write(vals)
        before = [(day.company_id.id, day.date) for day in self]
        result = super().write(vals)
        self._replay_clocks(before)
        return result

    def unlink(self):
        before = [(day.company_id.id, day.date) for day in self]
        result = super().unlink()
        self.browse()._replay_clocks(before)
        return result

    def _replay_clocks(self, before=()):
        touched = [*before, *((day.company_id.id, day.date) for day in self)]
        if not touched:
            return
        # at either end of the calendar there is no day before, or after, that a date could name
        first = max(min(day for __, day in touched), FIRST_DAY) - timedelta(days=1)
        last = min(max(day for __, day in touched), LAST_DAY) + timedelta(days=2)
        # sudo: whoever keeps the list need not be allowed to read every record with a clock
        self.env["clock.clock"].sudo()._request_replay(
            fields.Domain(
                "company_id", "child_of", list({company for company, __ in touched})
            )
            & fields.Domain("started_at", "<", last)
            & (
                fields.Domain("deadline", "=", False)
                | fields.Domain("deadline", ">=", first)
                | fields.Domain("next_event_at", ">=", first)
            )
        )

    # --- Official list ---

    @api.model
    def _get_official_days(self):
        """Return the official Chinese holidays and make-up working days that the server knows.

        :return: ``{year: [(date, kind, occasion), …]}``
        :raises UserError: when the Python library is not installed
        """
        if chinese_calendar is None:
            raise UserError(
                self.env._(
                    "The Python library chinesecalendar is not installed on the server. Ask the "
                    "administrator of the server to install it, or enter the days by hand."
                )
            )
        years = {}
        for kind, days in (
            ("holiday", chinese_calendar.constants.holidays),
            ("working", chinese_calendar.constants.workdays),
        ):
            for day, occasion in days.items():
                years.setdefault(day.year, []).append((day, kind, occasion))
        return years

    @api.model
    def _load_official_days(self, companies, years):
        """Enter the official days of ``years`` for ``companies``; days listed already stay as they are.

        :param res.company companies: companies that follow the official list
        :param years: years to load; those the library does not know are left out
        :return: the new days
        :rtype: clock.calendar.day
        """
        official = self._get_official_days()
        days = [day for year in sorted(years) for day in official.get(year, [])]
        if not days or not companies:
            return self.browse()
        listed = {
            (company.id, day)
            for company, day in self._read_group(
                [
                    ("company_id", "in", companies.ids),
                    ("date", ">=", min(days)[0]),
                    ("date", "<=", max(days)[0]),
                ],
                ["company_id", "date:day"],
            )
        }
        created = self.with_context(lang="en_US").create(
            [
                {
                    "company_id": company.id,
                    "date": day,
                    "kind": kind,
                    "name": occasion,
                    "is_official": True,
                }
                for company in companies
                for day, kind, occasion in days
                if (company.id, day) not in listed
            ]
        )
        created._translate_occasions()
        return created.with_context(lang=self.env.lang)

    def _translate_occasions(self):
        """Name the occasions in Chinese, too, where the language is installed."""
        if "zh_CN" not in dict(self.env["res.lang"].get_installed()):
            return
        chinese = {
            occasion.value: occasion.chinese
            for occasion in chinese_calendar.constants.Holiday
        }
        for occasion, days in self.with_context(lang="en_US").grouped("name").items():
            if occasion in chinese:
                days.with_context(lang="zh_CN").write({"name": chinese[occasion]})

    @api.model
    def _get_listed_years(self, companies):
        """Return the years whose official days are listed, per company id."""
        listed = {company.id: set() for company in companies}
        for company, day in self.sudo()._read_group(
            [("company_id", "in", companies.ids), ("is_official", "=", True)],
            ["company_id", "date:year"],
        ):
            listed[company.id].add(day.year)
        return listed

    @api.model
    def _cron_load_official_days(self):
        """List this year and the years to come as soon as the library knows them.

        For companies in China and those that follow the official list already; their branches
        follow the list of the company above. A year that is listed is left alone, so that what an
        administrator changed or deleted stays so.
        """
        if chinese_calendar is None:
            _logger.info(
                "chinesecalendar is not installed: no official holidays are loaded"
            )
            return
        companies = self.env["res.company"].search([("active", "=", True)])
        listed = self._get_listed_years(companies)
        this_year = fields.Date.today().year
        known = {year for year in self._get_official_days() if year >= this_year}
        following = companies.filtered(
            lambda c: listed[c.id] or c.country_id.code == "CN"
        )
        for company in following.filtered(
            lambda c: listed[c.id] or not (c.parent_ids - c) & following
        ):
            if missing := known - listed[company.id]:
                created = self._load_official_days(company, missing)
                _logger.info(
                    "%s official days loaded for company %s", len(created), company.id
                )

    # --- Calendars for counting ---

    @api.model
    def _get_work_calendars(self, pairs):
        """Return calendars that :mod:`working_time` counts by, with a fixed number of queries.

        :param pairs: ``(company, resource calendar)`` pairs; the calendar may be empty
        :return: ``{(company, calendar): working_time.WorkCalendar}``
        """
        pairs = {(company.sudo(), calendar.sudo()) for company, calendar in pairs}
        companies = (
            self.env["res.company"].sudo().union(*(company for company, __ in pairs))
        )
        calendars = (
            self.env["resource.calendar"].sudo().union(*(cal for __, cal in pairs))
        )
        special, listed = self._get_special_days(companies)
        leaves = self._get_company_leaves(companies, calendars)
        return {
            (company.sudo(False), calendar.sudo(False)): working_time.WorkCalendar(
                tz=calendar.tz or company.partner_id.tz or "UTC",
                weeks=calendar._get_clock_weeks() if calendar else (),
                special_days=special[company.id],
                leaves=[
                    leave
                    for owner, place, leave in leaves
                    if (
                        place == calendar.id
                        if place
                        else owner in company.parent_ids.ids
                    )
                ],
                listed_years=listed[company.id],
            )
            for company, calendar in pairs
        }

    @api.model
    def _get_special_days(self, companies):
        """Return the days listed for each company; a branch has those of the companies above, and its own before them.

        :return: pair of dicts by company id: ``{date: SpecialDay}``, and the years of the official list
        """
        found = self.sudo().search([("company_id", "in", companies.parent_ids.ids)])
        days_by_company = found.grouped("company_id")
        special = {company.id: {} for company in companies}
        listed = {company.id: set() for company in companies}
        for company in companies:
            for house in company.parent_ids:  # from the top down to the company itself
                for day in days_by_company.get(house, ()):
                    special[company.id][day.date] = working_time.SpecialDay(
                        day.kind, day.name
                    )
                    if day.is_official:
                        listed[company.id].add(day.date.year)
        return special, listed

    @api.model
    def _get_company_leaves(self, companies, calendars):
        """Return ``(company id, calendar id, Leave)`` of time off that holds for everybody."""
        found = (
            self.env["resource.calendar.leaves"]
            .sudo()
            .search(
                [
                    ("resource_id", "=", False),
                    ("time_type", "=", "leave"),
                    "|",
                    ("calendar_id", "in", calendars.ids),
                    "&",
                    ("calendar_id", "=", False),
                    ("company_id", "in", companies.parent_ids.ids),
                ]
            )
        )
        utc = working_time.UTC
        return [
            (
                leave.company_id.id,
                leave.calendar_id.id,
                working_time.Leave(
                    leave.date_from.replace(tzinfo=utc),
                    leave.date_to.replace(tzinfo=utc),
                    leave.name or "",
                ),
            )
            for leave in found
        ]
