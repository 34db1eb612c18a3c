import pytz

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.record_control.tools.working_time import deadline, elapsed

from ...tools.month import mean

FAILURES = ("reshape", "replace", "scrap")
LOSSES = ("lost", "damaged", "deformed", "faded")
RUNNING_PLANS = ("approved", "running", "done")
#: working days after the keeping time within which a piece is to be disposed of; chosen by us
DISPOSAL_DAYS = 5


class SampleFigure(models.Model):
    """Figures of plans, inspections, failures and ends (K03 to K05, K07, K08, K19 to K21, K23, K24, K27)."""

    _inherit = "sample.figure"

    @api.model
    def _get_due_lines(self, company, period, plan_type):
        """Domain of the plan lines that were due in the period."""
        return Domain(
            [
                ("company_id", "=", company.id),
                ("plan_type", "=", plan_type),
                ("plan_id.state", "in", RUNNING_PLANS),
                ("planned_date", ">=", period.start),
                ("planned_date", "<=", period.end),
                ("state", "!=", "dropped"),
            ]
        )

    @api.model
    def _count_lines(self, domain, left, right):
        """Count plan lines whose one date is not after another one, in the database.

        :param domain: which lines
        :param SQL left: the date that was kept
        :param SQL right: the date by which it was due
        """
        query = self.env["sample.plan.line"]._search(domain)
        query.add_join(
            "LEFT JOIN",
            "successor",
            "sample_sample",
            SQL("successor.id = sample_plan_line.new_sample_id"),
        )
        query.add_where(SQL("%s <= %s", left, right))
        [[count]] = self.env.execute_query(query.select(SQL("COUNT(*)")))
        return count

    @api.model
    def _figure_k03(self, company, period):
        """Successors confirmed before the old sample ended, of the replacements due."""
        due = self._get_due_lines(company, period, "replacement")
        kept = self._count_lines(
            due, SQL("successor.confirm_date"), SQL("sample_plan_line.date_due")
        )
        return self._share(kept, self.env["sample.plan.line"].search_count(due))

    @api.model
    def _figure_k04(self, company, period):
        """Replacements done, of those due; dropped ones do not count."""
        return self._share_of(
            "sample.plan.line",
            self._get_due_lines(company, period, "replacement"),
            [("state", "=", "done")],
        )

    @api.model
    def _figure_k05(self, company, period):
        """Precision inspections done by the planned day, of those due."""
        due = self._get_due_lines(company, period, "precision")
        kept = self._count_lines(
            due,
            SQL("sample_plan_line.actual_date"),
            SQL("sample_plan_line.planned_date"),
        )
        return self._share(kept, self.env["sample.plan.line"].search_count(due))

    @api.model
    def _figure_k07(self, company, period):
        """Passed, of the confirmed periodic and exception inspections."""
        return self._share_of(
            "sample.inspection",
            [
                ("company_id", "=", company.id),
                ("state", "=", "confirmed"),
                ("inspection_type", "in", ("periodic", "exception")),
                ("confirmed_at", ">=", period.begins_at),
                ("confirmed_at", "<", period.ends_at),
            ],
            [("result", "=", "pass")],
        )

    @api.model
    def _figure_k08(self, company, period):
        """Checks by the customer done by the planned day, of those due."""
        inspections = self.env["sample.inspection"].search_fetch(
            [
                ("company_id", "=", company.id),
                ("inspection_type", "=", "customer"),
                ("state", "!=", "cancelled"),
                ("date_planned", ">=", period.start),
                ("date_planned", "<=", period.end),
            ],
            ["state", "date_inspected", "date_planned"],
        )
        kept = inspections.filtered(
            lambda record: record.state == "confirmed"
            and record.date_inspected <= record.date_planned
        )
        return self._share(len(kept), len(inspections))

    # --- Failures ---

    @api.model
    def _figure_k19(self, company, period):
        """Decisions to reshape, replace or scrap, per 100 samples that were in use in the period."""
        failed = self.env["sample.exception"].search_count(
            [
                ("company_id", "=", company.id),
                ("decision", "in", FAILURES),
                ("decided_at", ">=", period.begins_at),
                ("decided_at", "<", period.ends_at),
            ]
        )
        used = Domain("company_id", "=", company.id)
        used &= Domain("confirm_date", "<=", period.end)
        used &= Domain("ended_on", "=", False) | Domain("ended_on", ">=", period.start)
        used &= Domain("state", "not in", ("draft", "to_sign"))
        samples = self.env["sample.sample"].with_context(active_test=False)
        return self._share(failed, samples.search_count(used))

    @api.model
    def _get_reported(self, company, period):
        """Domain of the exceptions that were reported in the period."""
        return Domain(
            [
                ("company_id", "=", company.id),
                ("reported_at", ">=", period.begins_at),
                ("reported_at", "<", period.ends_at),
            ]
        )

    @api.model
    def _figure_k20(self, company, period):
        """Samples lost or damaged; beside it, by department."""
        domain = self._get_reported(company, period) & Domain("kind", "in", LOSSES)
        groups = self.env["sample.exception"]._read_group(
            domain, ["sample_id.department_id"], ["__count"]
        )
        note = ", ".join(
            f"{department.name or '–'}: {count}" for department, count in groups
        )
        return {**self._number(sum(count for __, count in groups)), "note": note}

    @api.model
    def _figure_k21(self, company, period):
        """Working hours from the report of a failure to its first inspection, on average."""
        exceptions = self.env["sample.exception"].search(
            self._get_reported(company, period)
        )
        first = dict(
            self.env["sample.inspection"]._read_group(
                [
                    ("exception_id", "in", exceptions.ids),
                    ("submitted_at", "!=", False),
                ],
                ["exception_id"],
                ["submitted_at:min"],
            )
        )
        pairs = [(record.reported_at, at) for record, at in first.items()]
        return self._average_hours(company, pairs)

    @api.model
    def _get_work_calendar(self, company):
        """Return the working time of a company, with public holidays and make-up days.

        :rtype: odoo.addons.record_control.tools.working_time.WorkCalendar
        """
        hours = company.sudo().resource_calendar_id
        calendars = self.env["clock.calendar.day"]._get_work_calendars(
            [(company, hours)]
        )
        return next(iter(calendars.values()))

    @api.model
    def _count_hours(self, company, pairs):
        """Return the working hours between pairs of instants (naive UTC)."""
        calendar = self._get_work_calendar(company)
        return [
            elapsed(
                self._as_aware(start), self._as_aware(end), calendar
            ).total_seconds()
            / 3600
            for start, end in pairs
        ]

    @api.model
    def _as_aware(self, instant):
        return pytz.utc.localize(fields.Datetime.to_datetime(instant))

    @api.model
    def _average_hours(self, company, pairs, **extra):
        """Return the mean of working hours as a figure."""
        hours = self._count_hours(company, pairs)
        return {
            "numerator": sum(hours),
            "denominator": len(hours),
            "value": mean(hours),
            **extra,
        }

    # --- Ends ---

    @api.model
    def _figure_k23(self, company, period):
        """Disposed of within five working days after the keeping time, of the samples whose time was over.

        Counted from the end of the piece and the days that its rule keeps it.
        """
        lines = self.env["sample.disposal.line"].search(
            [
                ("company_id", "=", company.id),
                ("disposal_id.state", "!=", "cancelled"),
                (
                    "sample_id.ended_on",
                    ">=",
                    fields.Date.subtract(period.start, years=2),
                ),
                ("sample_id.ended_on", "<=", period.end),
            ]
        )
        kept = due = 0
        calendar = self._get_work_calendar(company)
        for line in lines:
            last = self._get_disposal_day(line, calendar)
            if not period.start <= last <= period.end:
                continue
            due += 1
            disposed = line.disposal_id.date_disposed
            kept += bool(disposed) and disposed <= last
        return self._share(kept, due)

    @api.model
    def _get_disposal_day(self, line, calendar):
        """Return the day by which the piece of a disposal line is to be gone.

        :param WorkCalendar calendar: working days, public holidays and make-up days of the company
        """
        sample = line.sample_id
        days = sample._get_policy_values("end").get("disposal_hold_days") or 0
        kept_until = fields.Date.add(sample.ended_on, days=days)
        due = deadline(
            calendar.to_utc(kept_until, 0), DISPOSAL_DAYS, "working_day", calendar
        )
        return calendar.local(due.instant).date()

    @api.model
    def _figure_k24(self, company, period):
        """Samples of changes that were carried out by the cut-over, of all whose cut-over was in the period."""
        lines = self.env["sample.change.line"].search(
            [
                ("company_id", "=", company.id),
                ("change_id.state", "not in", ("draft", "cancelled")),
                ("change_id.date_cutover", ">=", period.start),
                ("change_id.date_cutover", "<=", period.end),
            ]
        )
        kept = lines.filtered(
            lambda line: line.is_done
            and not (
                line.request_id.done_at
                and company._record_control_today(line.request_id.done_at)
                > line.change_id.date_cutover
            )
        )
        return self._share(len(kept), len(lines))

    @api.model
    def _figure_k27(self, company, period):
        """Lines that match the books, of the counted ones of rounds finished in the period."""
        return self._share_of(
            "sample.stocktake.line",
            [
                ("company_id", "=", company.id),
                ("stocktake_id.state", "=", "done"),
                ("stocktake_id.done_at", ">=", period.begins_at),
                ("stocktake_id.done_at", "<", period.ends_at),
                ("result", "!=", "waiting"),
            ],
            [("result", "=", "match")],
        )
