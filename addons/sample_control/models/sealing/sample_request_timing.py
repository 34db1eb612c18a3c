from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.record_control.models.clock.clock_clock import to_aware, to_naive
from odoo.addons.record_control.tools import working_time

NOTICE = "sample_notice"
TRIAL_FIT = "sample_trial_fit"
#: states in which a trial fit is done
TRIAL_STATES = ("arranged", "received", "checking", "rectifying")


class SampleRequest(models.Model):
    """Notice and trial fit on the clocks of record control (SC-21, E11, E12)."""

    _inherit = "sample.request"

    planned_at = fields.Datetime(
        string="Planned Sealing",
        tracking=True,
        index=True,
        copy=False,
        help="When the piece is to be sealed.",
    )
    earliest_at = fields.Datetime(
        string="Notice Kept From",
        readonly=True,
        copy=False,
        help="Notice plus the working hours that the rule asks for: half a day is 4 working hours.",
    )
    is_urgent = fields.Boolean(
        string="Urgent",
        compute="_compute_is_urgent",
        store=True,
        index=True,
        help="Planned earlier than the notice allows; counts as a notice not kept.",
    )
    urgent_reason = fields.Char(
        string="Reason of the Urgency", copy=False, tracking=True
    )
    notice_minutes = fields.Integer(
        string="Notice (working minutes)", readonly=True, copy=False
    )

    needs_trial_fit = fields.Boolean(
        string="Trial Fit Needed",
        compute="_compute_needs_trial_fit",
        store=True,
        readonly=False,
        tracking=True,
    )
    auxiliary_parts = fields.Text(
        help="Parts needed for the trial fit, for example plastic parts, front fork, handlebar."
    )
    trial_fit_minutes = fields.Integer(
        string="Trial Fit Within (working minutes)", readonly=True, copy=False
    )
    trial_start_at = fields.Datetime(
        string="Trial Fit Started", readonly=True, copy=False
    )
    trial_end_at = fields.Datetime(string="Trial Fit Ended", readonly=True, copy=False)
    trial_deadline = fields.Datetime(
        string="Trial Fit Due",
        compute="_compute_trial_deadline",
    )
    is_trial_late = fields.Boolean(
        string="Trial Fit Late", readonly=True, copy=False, index=True
    )
    trial_late_reason = fields.Char(
        string="Reason of the Delay", copy=False, tracking=True
    )
    trial_result = fields.Selection(
        selection=[("pass", "Fits"), ("fail", "Does not fit")],
        string="Result of the Trial Fit",
        copy=False,
        tracking=True,
    )
    trial_quality_id = fields.Many2one(
        comodel_name="res.users", string="Trial Fit (Quality)", copy=False
    )
    trial_technical_id = fields.Many2one(
        comodel_name="res.users", string="Trial Fit (Technical)", copy=False
    )
    trial_note = fields.Text(string="What the Trial Fit Showed", copy=False)

    @api.model
    def _get_protected_fields(self):
        return super()._get_protected_fields() | {
            "earliest_at",
            "notice_minutes",
            "trial_fit_minutes",
            "trial_start_at",
            "trial_end_at",
            "is_trial_late",
        }

    # --- Computes ---

    @api.depends("planned_at", "earliest_at")
    def _compute_is_urgent(self):
        for request in self:
            request.is_urgent = bool(
                request.planned_at
                and request.earliest_at
                and request.planned_at < request.earliest_at
            )

    @api.depends("policy_snapshot")
    def _compute_needs_trial_fit(self):
        for request in self:
            mode = request._get_policy_values("sealing").get("trial_fit_mode")
            if mode == "if_needed":
                request.needs_trial_fit = request.needs_trial_fit
            else:
                request.needs_trial_fit = mode == "always"

    @api.depends("clock_ids.deadline", "clock_ids.code", "clock_ids.run")
    def _compute_trial_deadline(self):
        for request in self:
            # sudo: who reads the request may read its clocks
            clocks = request.sudo().clock_ids.filtered(lambda c: c.code == TRIAL_FIT)
            request.trial_deadline = clocks.sorted("run")[-1:].deadline

    # --- Notice ---

    def _get_work_calendar(self):
        """Return the working hours of the company, as the clocks count them."""
        self.ensure_one()
        company = self.company_id
        pair = (company, company.resource_calendar_id)
        return self.env["clock.calendar.day"]._get_work_calendars([pair])[pair]

    def _count_earliest_at(self, start):
        """Return from when on the notice is kept that is given at ``start``.

        :param datetime.datetime start: naive UTC
        :return: naive UTC
        """
        self.ensure_one()
        hours = self._get_policy_values("sealing").get("notice_hours") or 0.0
        if not hours:
            return start
        try:
            instant = working_time.advance(
                to_aware(start), timedelta(hours=hours), self._get_work_calendar()
            )
        except working_time.NoWorkingTime:
            return start + timedelta(hours=hours)
        return to_naive(instant)

    def _get_notice_reasons(self):
        """Say what is missing of the notice (SC-21, E11). Hook, one record."""
        self.ensure_one()
        if not self.planned_at:
            return [self.env._("Enter when the sealing is planned.")]
        given = self.state == "draft" or not self.earliest_at
        earliest = (
            self._count_earliest_at(fields.Datetime.now())
            if given
            else self.earliest_at
        )
        if self.planned_at >= earliest or (self.urgent_reason or "").strip():
            return []
        return [
            self.env._(
                "The notice is too short: it is kept from %(earliest)s on. Plan later, or enter why it is urgent.",
                earliest=fields.Datetime.context_timestamp(
                    self.with_context(tz=self.company_id._record_control_tz()), earliest
                ).strftime("%Y-%m-%d %H:%M:%S"),
            )
        ]

    # --- Clocks ---

    def _run_clocks(self, source, target):
        """Start and stop the clocks that go with a step."""
        if target == "submitted":
            for request in self.filtered(lambda request: request.kind != "supplier"):
                hours = request._get_policy_values("sealing").get("notice_hours")
                request._start_clock(NOTICE, "notice_minutes", round((hours or 0) * 60))
        elif target in ("arranged", "making"):
            self._clock_stop(NOTICE)
        elif target in ("draft", "failed", "cancelled"):
            reason = self._get_guarded_state_labels()[target]
            self._clock_cancel(NOTICE, reason)
            self._clock_cancel(TRIAL_FIT, reason)

    def _start_clock(self, code, field_name, minutes):
        """Start a clock of so many working minutes.

        :param str code: code of the clock
        :param str field_name: where the minutes stand on the request
        :param int minutes: 0: no limit
        """
        self.ensure_one()
        self._write_protected({field_name: minutes})
        if minutes:
            self._ensure_clock_policy(code, field_name, minutes)
            self._clock_start(code)

    @api.model
    def _ensure_clock_policy(self, code, field_name, minutes):
        """Make sure that a clock policy counts the minutes that a sample rule asks for.

        A rule may ask for any time; the steps that tell people are those of the delivered policy.
        """
        # sudo: the clocks follow the sample rules whoever takes the step
        policies_sudo = self.env["clock.policy"].sudo()
        policies_sudo = policies_sudo.search(
            [("code", "=", code), ("model", "=", self._name)]
        )
        domain = f"[('{field_name}', '=', {minutes})]"
        if domain in policies_sudo.mapped("domain"):
            return
        name = self.env._(
            "%(name)s: %(minutes)d working minutes",
            name=policies_sudo[:1].name or code,
            minutes=minutes,
        )
        vals = {"amount": minutes, "unit": "minute", "domain": domain}
        if policies_sudo:
            policies_sudo[:1].copy(vals).name = name
            return
        policies_sudo.create(
            {
                **vals,
                "name": name,
                "code": code,
                "model_id": self.env["ir.model"]._get_id(self._name),
            }
        )

    def _get_clock_recipients(self, role):
        if role == "sample_quality":
            return self._get_role_users("quality")
        if role == "sample_technical":
            return self._get_role_users("technical")
        if role == "responsible":
            return self.organiser_id or self.user_id
        return super()._get_clock_recipients(role)

    # --- Trial fit ---

    def _get_trial_fit_limit(self):
        """Return how many working minutes the trial fit may take; 0: no limit.

        A working day ends at the same time of the next working day (D-10): it counts as the hours
        of a day of the company's calendar.
        """
        self.ensure_one()
        values = self._get_policy_values("sealing")
        value = values.get("trial_fit_limit_value") or 0
        day = self.company_id.resource_calendar_id.hours_per_day or 8.0
        factor = {"minute": 1, "hour": 60, "working_day": 60 * day}
        return round(value * factor[values.get("trial_fit_limit_unit", "minute")])

    def action_start_trial_fit(self):
        """Begin the trial fit; its time runs from now on.

        :return: True
        :raises UserError: for requests without, or with a running, trial fit
        """
        self.check_access("write")
        for request in self:
            if not request.needs_trial_fit or request.state not in TRIAL_STATES:
                raise UserError(
                    self.env._(
                        "%(request)s: no trial fit is due now.",
                        request=request.display_name,
                    )
                )
            if request.trial_start_at and not request.trial_end_at:
                raise UserError(
                    self.env._(
                        "%(request)s: the trial fit is under way.",
                        request=request.display_name,
                    )
                )
            request._write_protected(
                {
                    **request._prepare_trial_reset_vals(),
                    "trial_start_at": fields.Datetime.now(),
                }
            )
            request._start_clock(
                TRIAL_FIT, "trial_fit_minutes", request._get_trial_fit_limit()
            )
        return True

    def action_end_trial_fit(self):
        """End the trial fit: in time, or late, which asks for a reason.

        :return: True
        :raises UserError: for requests without a running trial fit
        """
        self.check_access("write")
        idle = self.filtered(lambda r: not r.trial_start_at or r.trial_end_at)
        if idle:
            raise UserError(
                self.env._(
                    "No trial fit is under way: %(requests)s.",
                    requests=", ".join(idle.mapped("name")),
                )
            )
        now = fields.Datetime.now()
        self._clock_stop(TRIAL_FIT, now)
        for request in self:
            deadline = request.trial_deadline
            request._write_protected(
                {
                    "trial_end_at": now,
                    "is_trial_late": bool(
                        request.trial_fit_minutes and deadline and now > deadline
                    ),
                }
            )
        return True

    @api.model
    def _prepare_trial_reset_vals(self):
        """Return the values of a request without a trial fit."""
        return {
            "trial_start_at": False,
            "trial_end_at": False,
            "is_trial_late": False,
            "trial_late_reason": False,
            "trial_result": False,
        }

    def _get_trial_fit_reasons(self):
        """Say what is missing of the trial fit (SC-23.4). Hook, one record."""
        self.ensure_one()
        if not self.needs_trial_fit:
            return []
        if not self.trial_end_at:
            return [self.env._("The trial fit has not been done.")]
        reasons = self._get_pair_reasons(
            self.trial_quality_id, self.trial_technical_id, self.env._("trial fit")
        )
        if self.trial_result != "pass":
            reasons.append(
                self.env._("The part does not fit.")
                if self.trial_result
                else self.env._("Enter the result of the trial fit.")
            )
        if self.is_trial_late and not (self.trial_late_reason or "").strip():
            reasons.append(self.env._("Say why the trial fit took too long."))
        return reasons
