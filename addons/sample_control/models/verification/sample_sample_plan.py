from datetime import timedelta

from odoo import fields, models
from odoo.fields import Domain

from ...tools import validity
from .sample_inspection import CALIBRATIONS
from .sample_plan import RUNNING_STATES
from .sample_plan_line import OPEN_STATES


class SampleSample(models.Model):
    """A sample on the plans of replacement and of precision inspection (SC-41, SC-43)."""

    _inherit = "sample.sample"

    plan_line_ids = fields.One2many(
        comodel_name="sample.plan.line",
        inverse_name="current_sample_id",
        string="Planned",
        readonly=True,
    )

    # --- What is planned ---

    def _get_plan_dates(self, plan_type, year):
        """Return when this one sample is due in a year (SC-41.1, SC-41.5, SC-43.1).

        :param str plan_type: replacement or precision
        :param int year: the year of the plan
        :return: list of pairs (end of the period, planned day), in their order
        """
        self.ensure_one()
        if plan_type == "precision":
            days = validity.dates_in_year(
                self.next_calibration_date, year, self._get_interval_months(), "month"
            )
            return [(day, day) for day in days]
        values = self._get_policy_values("validity")
        days = validity.dates_in_year(
            self.valid_until,
            year,
            values.get("validity_value") or 0,
            values.get("validity_unit") or "month",
        )
        lead = timedelta(days=values.get("replacement_lead_days") or 0)
        return [(day, day - lead) for day in days]

    def _get_interval_months(self):
        """Return the interval of the calibration of this one sample, shortened by its condition."""
        start = self.last_calibration_date or self.confirm_date
        day = self._get_next_check(start, "calibration_interval_months")
        if not day:
            return 0
        return (day.year - start.year) * 12 + day.month - start.month

    def _prepare_plan_line_vals(self, plan_type, year):
        """Return the values of the lines of this one sample on a plan.

        A sample of a discontinued product stands there once, as not replaced any more (SC-41.2).

        :param str plan_type: replacement or precision
        :param int year: the year of the plan
        """
        self.ensure_one()
        dates = self._get_plan_dates(plan_type, year)
        if plan_type == "replacement" and self.is_discontinued:
            return [
                {
                    "sample_id": self.id,
                    "date_due": due,
                    "state": "dropped",
                    "delay_reason": self.env._("The product is discontinued."),
                }
                for due, __ in dates[:1]
            ]
        return [
            {"sample_id": self.id, "date_due": due, "planned_date": planned}
            for due, planned in dates
        ]

    def _get_open_plan_lines(self, plan_type):
        """Return the lines of running plans that wait for these samples, the next one first.

        :param str plan_type: replacement or precision
        """
        return self.env["sample.plan.line"].search(
            Domain("current_sample_id", "in", self.ids)
            & Domain("plan_type", "=", plan_type)
            & Domain("state", "in", OPEN_STATES)
            & Domain("plan_id.state", "in", RUNNING_STATES),
            order="planned_date, id",
        )

    # --- What was done ---

    def _on_activated(self):
        """A successor settles the line of its predecessor; a new sample comes on the plans (SC-41.3)."""
        super()._on_activated()
        for sample in self.filtered("replaces_id"):
            sample._settle_replacement()
        self._join_plans(("replacement", "precision"))

    def _settle_replacement(self):
        """The line for the predecessor is done, later lines follow this one successor (SC-41.4)."""
        self.ensure_one()
        today = self.company_id._record_control_today()
        lines = self.replaces_id._get_open_plan_lines("replacement")
        for plan, planned in lines.grouped("plan_id").items():
            planned[0]._write_protected({"new_sample_id": self.id})
            planned[0]._transition("done", actual_date=today)
            planned[1:]._move_to(self, self._get_plan_dates("replacement", plan.year))
        calibrations = self.replaces_id._get_open_plan_lines("precision")
        for plan, planned in calibrations.grouped("plan_id").items():
            planned._move_to(self, self._get_plan_dates("precision", plan.year))

    def _join_plans(self, plan_types):
        """Put samples on the running plans on which they are not (SC-41.3).

        :param plan_types: which plans
        """
        years = {
            day.year
            for sample in self
            for day in (sample.valid_until, sample.next_calibration_date)
            if day
        }
        plans = self.env["sample.plan"].search(
            [
                ("company_id", "in", self.company_id.ids),
                ("plan_type", "in", plan_types),
                ("state", "in", RUNNING_STATES),
                ("year", "in", list(years)),
            ]
        )
        reason = self.env._("Came in after the approval of the plan.")
        plans._add_lines(
            self.env["sample.plan.line"],
            {"is_supplementary": True, "reason": reason},
            samples=self,
        )

    def _settle_inspection(self, inspection):
        """The line for an inspection is done, later lines follow the new day of calibration.

        :param inspection: a confirmed inspection of this one sample
        """
        self.ensure_one()
        if inspection.inspection_type not in CALIBRATIONS:
            return
        lines = self._get_open_plan_lines("precision")
        done = lines.filtered(lambda line: line.inspection_id == inspection)
        if not done and inspection.inspection_type == "periodic":
            done = lines[:1]
        for line in done:
            line._write_protected({"inspection_id": inspection.id})
            line._transition("done", actual_date=inspection.date_inspected)
        if inspection.result != "pass":
            return
        for plan, planned in (lines - done).grouped("plan_id").items():
            planned._move_to(self, self._get_plan_dates("precision", plan.year))


class SampleInspection(models.Model):
    """A confirmed inspection settles its line of the plan, one that is given up leaves it to do."""

    _inherit = "sample.inspection"

    def _after_transition(self, source, target):
        super()._after_transition(source, target)
        if target != "cancelled":
            return
        # sudo: the plan follows whoever takes the step
        lines_sudo = self.env["sample.plan.line"].sudo()
        lines_sudo = lines_sudo.search(
            [("inspection_id", "in", self.ids), ("state", "in", OPEN_STATES)]
        )
        lines_sudo._write_protected({"inspection_id": False})
        lines_sudo.filtered(lambda line: line.state == "notified")._transition("todo")

    def _on_confirmed(self):
        super()._on_confirmed()
        for inspection in self:
            inspection.sample_id._settle_inspection(inspection)
