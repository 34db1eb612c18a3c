from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from ...tools import working_time
from ...tools.one_by_one import act_on_each
from . import clock_explanation

STATES = [
    ("running", "Running"),
    ("paused", "Paused"),
    ("met", "Met"),
    ("missed", "Missed"),
    ("cancelled", "Cancelled"),
]
# Above this a change of calendar or policy is replayed by a job rather than in the user's request:
# 500 clocks take about a second.
REPLAY_AT_ONCE = 500
REPLAY_BATCH = 1000


def to_aware(instant):
    """Return a naive UTC datetime of the ORM as an aware one."""
    return instant.replace(tzinfo=working_time.UTC) if instant else None


def to_naive(instant):
    """Return an aware instant as the ORM stores it: naive UTC, whole seconds; False for None."""
    return (
        instant
        and instant.astimezone(working_time.UTC).replace(tzinfo=None, microsecond=0)
        or False
    )


class ClockClock(models.Model):
    """One run of one clock on one record.

    Written by the system alone. The deadline is a function of start, policy, working hours and
    pauses; whenever one of them changes it is counted again from these (see :meth:`_replay`).
    State and dates cannot disagree: the database checks them against each other.

    ====================  =============  ==========================
    state                 deadline       stopped_at
    ====================  =============  ==========================
    running               set            empty
    paused                empty          empty
    missed, still open    set            empty
    met                   set            not after the deadline
    missed                set            after the deadline
    cancelled             any            set (when it was cancelled)
    ====================  =============  ==========================

    A running clock turns into a missed one by a job. Between the deadline and the job
    :attr:`is_overdue` says so already.
    """

    _name = "clock.clock"
    _inherit = ["model.in.words.mixin"]
    _description = "Clock"
    _order = "deadline, id"

    policy_id = fields.Many2one(
        comodel_name="clock.policy",
        required=True,
        readonly=True,
        ondelete="restrict",
        index=True,
    )
    name = fields.Char(related="policy_id.name")
    code = fields.Char(required=True, readonly=True, index=True)
    run = fields.Integer(
        required=True,
        readonly=True,
        default=1,
        help="1 for the first time the record was clocked.",
    )
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, readonly=True, index=True
    )
    calendar_id = fields.Many2one(
        comodel_name="resource.calendar",
        string="Working Hours",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    res_model = fields.Char(string="Record Model", required=True, readonly=True)
    res_id = fields.Many2oneReference(
        string="Record ID",
        model_field="res_model",
        required=True,
        readonly=True,
        index=True,
    )
    res_name = fields.Char(string="Record", compute="_compute_res_name")
    started_at = fields.Datetime(string="Start", required=True, readonly=True)
    start_reason = fields.Char(
        readonly=True,
        help="Why the clock counts from there, where that is not plain.",
    )
    deadline = fields.Datetime(readonly=True, help="Empty while the clock is paused.")
    stopped_at = fields.Datetime(string="Stop", readonly=True)
    state = fields.Selection(
        selection=STATES, required=True, readonly=True, default="running"
    )
    is_overdue = fields.Boolean(
        string="Overdue",
        compute="_compute_is_overdue",
        search="_search_is_overdue",
        help="The deadline has passed and the clock has not stopped.",
    )
    cancel_reason = fields.Char(readonly=True)
    pause_ids = fields.One2many(
        comodel_name="clock.pause",
        inverse_name="clock_id",
        string="Pauses",
        readonly=True,
    )
    escalation_ids = fields.One2many(
        comodel_name="clock.escalation",
        inverse_name="clock_id",
        string="Told",
        readonly=True,
    )
    calculation = fields.Json(readonly=True)
    explanation = fields.Html(compute="_compute_explanation", sanitize=False)

    # work of the jobs
    next_event_at = fields.Datetime(
        readonly=True,
        help="When the next step is due, or the deadline passes, whichever comes first.",
    )
    needs_replay = fields.Boolean(readonly=True)
    error = fields.Char(
        readonly=True,
        help="Why telling about this clock failed the last time. It is tried again.",
    )

    _record_idx = models.Index("(res_model, res_id)")
    _deadline_idx = models.Index("(deadline) WHERE stopped_at IS NULL")
    _next_event_idx = models.Index("(next_event_at) WHERE next_event_at IS NOT NULL")
    _needs_replay_idx = models.Index("(id) WHERE needs_replay")
    _open_uniq = models.UniqueIndex(
        "(res_model, res_id, code) WHERE stopped_at IS NULL",
        "This clock is running already on the record.",
    )
    _state_agrees = models.Constraint(
        """CHECK (CASE state
            WHEN 'running' THEN deadline IS NOT NULL AND stopped_at IS NULL
            WHEN 'paused' THEN deadline IS NULL AND stopped_at IS NULL
            WHEN 'met' THEN stopped_at IS NOT NULL AND COALESCE(stopped_at <= deadline, FALSE)
            WHEN 'missed' THEN deadline IS NOT NULL AND COALESCE(stopped_at > deadline, TRUE)
            ELSE stopped_at IS NOT NULL END)""",
        "State, deadline and stop of a clock contradict each other.",
    )

    # --- Computes ---

    @api.depends("deadline", "stopped_at")
    def _compute_is_overdue(self):
        now = fields.Datetime.now()
        for clock in self:
            clock.is_overdue = bool(
                clock.deadline and not clock.stopped_at and clock.deadline < now
            )

    def _search_is_overdue(self, operator, value):
        if operator != "in":
            return NotImplemented
        overdue = Domain("stopped_at", "=", False) & Domain(
            "deadline", "<", fields.Datetime.now()
        )
        return Domain.OR(overdue if wanted else ~overdue for wanted in value)

    @api.depends("res_model", "res_id")
    @api.depends_context("uid", "lang")
    def _compute_res_name(self):
        for model, clocks in self.grouped("res_model").items():
            records = self.env[model].browse(clocks.mapped("res_id")).exists()
            names = {
                record.id: record.display_name
                for record in records._filtered_access("read")
            }
            for clock in clocks:
                clock.res_name = names.get(clock.res_id, self.env._("(no access)"))

    @api.depends("calculation", "start_reason", "policy_id.name")
    @api.depends_context("lang")
    def _compute_explanation(self):
        for clock in self:
            clock.explanation = clock_explanation.to_html(
                self.env, clock._get_calculation()
            )

    @api.depends("name", "run")
    def _compute_display_name(self):
        for clock in self:
            clock.display_name = clock.name

    # --- Access: the record decides ---

    def _is_delegated(self):
        """Tell whether access follows the record: for everybody but those who set up clocks."""
        return not self.env.su and not self.env.user.has_group(
            "record_control.group_record_control_manager"
        )

    def _get_unreadable(self):
        """Return the clocks whose record the user may not read."""
        unreadable = self.browse()
        for model, clocks in self.sudo().grouped("res_model").items():
            records = self.env[model].browse(clocks.mapped("res_id")).exists()
            readable = set(records._filtered_access("read")._ids)
            unreadable |= clocks.filtered(lambda c, ids=readable: c.res_id not in ids)
        return unreadable.sudo(False)

    def _check_access(self, operation):
        result = super()._check_access(operation)
        if not self or not self._is_delegated():
            return result
        allowed = self - result[0] if result else self
        if unreadable := allowed._get_unreadable():
            forbidden = (result[0] | unreadable) if result else unreadable
            rules = self.env["ir.rule"]
            return forbidden, lambda: rules._make_access_error(operation, forbidden)
        return result

    @api.model
    def _search(
        self, domain, offset=0, limit=None, order=None, *, bypass_access=False, **kwargs
    ):
        """Leave out the clocks of records that the user may not read."""
        if bypass_access or not self._is_delegated():
            return super()._search(
                domain, offset, limit, order, bypass_access=bypass_access, **kwargs
            )
        query = super()._search(domain, order=order, **kwargs)
        clocks = self.browse(id_ for (id_,) in self.env.execute_query(query.select()))
        clocks -= clocks._get_unreadable()
        stop = offset + limit if limit else None
        return clocks[offset:stop]._as_query(ordered=bool(order) or bool(limit))

    # --- CRUD ---

    @api.model_create_multi
    def create(self, vals_list):
        self._check_system()
        return super().create(vals_list)

    def write(self, vals):
        self._check_system()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_by_system(self):
        self._check_system()

    def _check_system(self):
        if not self.env.su:
            raise AccessError(
                self.env._(
                    "Clocks are kept by the system. They cannot be entered or changed by hand."
                )
            )

    # --- Actions ---

    @api.readonly
    def get_explanation(self):
        """Return how the deadline came about, in words, for the badge.

        :return: ``{"name", "lines": [{"kind", "text"}], "told": [text]}``
        """
        self.ensure_one()
        self.check_access("read")
        clock = (
            self.sudo()
        )  # read access is checked above; the policy may be of another company
        return {
            "name": clock.policy_id.name,
            "lines": clock_explanation.explain(self.env, clock._get_calculation()),
            "told": [
                self.env._(
                    "%(at)s: %(step)s, told %(persons)s",
                    at=fields.Datetime.context_timestamp(self, told.fired_at).strftime(
                        "%Y-%m-%d %H:%M"
                    ),
                    step=told.name,
                    persons=", ".join(told.user_ids.mapped("name")),
                )
                for told in clock.escalation_ids
            ],
        }

    def action_open_record(self):
        """Open the record the clock runs on."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "view_mode": "form",
        }

    # --- Counting ---

    def _get_calculation(self):
        """Return the lines that led to the deadline, for the reader.

        The reason of the start stands in its place, and the policy goes by its name in the reader's
        language, not in that of the person who started the clock.
        """
        self.ensure_one()
        additions = {"policy": {"policy": self.policy_id.name}}
        if self.start_reason:
            additions["start"] = {"reason": self.start_reason}
        return [
            [kind, values | additions.get(kind, {})]
            for kind, values in self.calculation or []
        ]

    def _get_work_calendars(self):
        """Return the calendar each clock counts by, with a fixed number of queries.

        :return: ``{clock: working_time.WorkCalendar}``
        """
        pairs = {clock: (clock.company_id, clock._get_calendar()) for clock in self}
        calendars = self.env["clock.calendar.day"]._get_work_calendars(pairs.values())
        return {clock: calendars[pair] for clock, pair in pairs.items()}

    def _get_calendar(self):
        """Return the working hours to count by: the policy's, else the company's (may be empty)."""
        return self.policy_id.calendar_id or self.company_id.resource_calendar_id

    def _get_pauses(self):
        """Return the pauses in the shape that :mod:`working_time` takes, per clock."""
        pauses = defaultdict(list)
        found = (
            self.env["clock.pause"]
            .sudo()
            .search_fetch(
                [("clock_id", "in", self.ids)],
                ["clock_id", "date_from", "date_to", "reason"],
            )
        )
        for pause in found:
            pauses[pause.clock_id.id].append(
                working_time.Pause(
                    to_aware(pause.date_from), to_aware(pause.date_to), pause.reason
                )
            )
        return pauses

    @api.model
    def _count(self, policy, started_at, calendar, pauses, calendar_name=""):
        """Count one deadline.

        :param clock.policy policy: how long
        :param datetime started_at: naive UTC
        :param working_time.WorkCalendar calendar: by which working hours
        :param list pauses: :class:`working_time.Pause` entries
        :return: values of state, deadline and calculation; the clock is open
        """
        instant, lines = working_time.deadline(
            to_aware(started_at), policy.amount, policy.unit, calendar, pauses
        )
        deadline = to_naive(instant)
        if not deadline:
            state = "paused"
        else:
            state = "missed" if deadline < fields.Datetime.now() else "running"
        head = {
            "policy": policy.name,
            "amount": policy.amount,
            "unit": policy.unit,
            "calendar": calendar_name,
            "tz": calendar.tz.zone,
        }
        return {
            "state": state,
            "deadline": deadline,
            "calculation": [
                ["policy", head],
                *([line.kind, line.values] for line in lines),
            ],
        }

    @api.model
    def _get_next_event(self, policy, vals, calendar, pauses, fired_steps):
        """Return when the clock needs the job next: a step is due or the deadline passes.

        :param dict vals: started_at, deadline and state
        :param fired_steps: steps that have happened
        :return: naive UTC datetime or False
        """
        if vals["state"] not in ("running", "missed") or not vals["deadline"]:
            return False
        aware = {key: to_aware(vals[key]) for key in ("started_at", "deadline")}
        events = [
            to_naive(step._get_instant(aware, calendar, pauses))
            for step in policy.step_ids - fired_steps
        ]
        if vals["state"] == "running":
            events.append(vals["deadline"] + timedelta(seconds=1))
        return min(events, default=False)

    def _replay(self):
        """Count the deadlines of open clocks again from start, policy, calendar and pauses."""
        clocks = self.sudo().filtered(lambda clock: not clock.stopped_at)
        calendars, pauses = clocks._get_work_calendars(), clocks._get_pauses()
        fired = clocks._get_fired_steps()
        for clock in clocks:
            calendar = calendars[clock]
            hours = clock._get_calendar()
            vals = self._count(
                clock.policy_id,
                clock.started_at,
                calendar,
                pauses[clock.id],
                hours.name,
            )
            vals["next_event_at"] = self._get_next_event(
                clock.policy_id,
                {**vals, "started_at": clock.started_at},
                calendar,
                pauses[clock.id],
                fired[clock.id],
            )
            clock.write({**vals, "calendar_id": hours.id, "needs_replay": False})

    @api.model
    def _request_replay(self, domain, choose=False):
        """Have open clocks counted again: at once when they are few, else by the job.

        :param domain: which clocks
        :param bool choose: first give each the policy that fits its record now
        """
        domain = Domain(domain) & Domain("stopped_at", "=", False)
        clocks = self.sudo().search(domain, limit=REPLAY_AT_ONCE + 1)
        if len(clocks) > REPLAY_AT_ONCE:
            self.sudo().search(domain).write({"needs_replay": True})
            self.env.ref("record_control.ir_cron_clock_replay").sudo()._trigger()
        elif choose:
            clocks._choose_policy_again()
        else:
            clocks._replay()

    @api.model
    def _cron_replay(self):
        """Count the deadlines again that a change of calendar or policy has made doubtful."""
        while clocks := self._lock_for_job("needs_replay", REPLAY_BATCH):
            failed = act_on_each(clocks, lambda some: some._count_again())
            failed.write(
                {
                    "error": self.env._(
                        "The deadline could not be counted again; the server log says why."
                    )
                }
            )
            done = len(clocks - failed)
            left = self.search_count([("needs_replay", "=", True)]) - len(failed)
            more = self.env["ir.cron"]._commit_progress(done, remaining=left)
            # those that failed are taken first again: in the next run
            if not more or not done:
                break

    def _count_again(self):
        """Count the deadlines again by the policies that fit now."""
        self._assign_policies()
        self._replay()
        self.filtered("error").write({"error": False})

    # --- Start, stop, pause ---

    @api.model
    def _start(self, records, code, started_at, reason=None):
        """Start a new run on each record that a policy fits.

        :param records: records of one model without an open clock of this code
        :param dict started_at: naive UTC instant per record, or a date (midnight in the time zone
            of the working hours)
        :param str reason: why they count from there
        :return: the new clocks
        """
        chosen = self.env["clock.policy"]._choose(records, code)
        runs = {
            res_id: run
            for res_id, run in self._read_group(
                [
                    ("res_model", "=", records._name),
                    ("res_id", "in", records.ids),
                    ("code", "=", code),
                ],
                ["res_id"],
                ["run:max"],
            )
        }
        places = {
            record: (company, policy.calendar_id or company.resource_calendar_id)
            for record, policy in chosen.items()
            for company in [self._get_company(record)]
        }
        calendars = self.env["clock.calendar.day"]._get_work_calendars(places.values())
        vals_list = []
        for record, policy in chosen.items():
            company, hours = places[record]
            calendar = calendars[places[record]]
            start = started_at[record]
            if not hasattr(start, "hour"):
                start = to_naive(calendar.to_utc(start, 0))
            vals = self._count(policy, start, calendar, [], hours.name)
            vals["started_at"] = start
            vals["next_event_at"] = self._get_next_event(
                policy, vals, calendar, [], self.env["clock.policy.step"]
            )
            vals_list.append(
                {
                    **vals,
                    "policy_id": policy.id,
                    "code": code,
                    "start_reason": reason,
                    "run": runs.get(record.id, 0) + 1,
                    "company_id": company.id,
                    "calendar_id": hours.id,
                    "res_model": records._name,
                    "res_id": record.id,
                }
            )
        return self.create(vals_list)

    @api.model
    def _get_company(self, record):
        company = record.sudo().company_id if "company_id" in record._fields else None
        return company or self.env.company

    def _stop(self, at):
        """Stop open clocks: met when ``at`` is not later than the deadline, else missed.

        :param datetime at: naive UTC, not in the future
        """
        if at > fields.Datetime.now():
            raise UserError(
                self.env._(
                    "%(clocks)s: a clock cannot be stopped in the future.",
                    clocks=", ".join(self.mapped("name")),
                )
            )
        self._close_pauses(at)
        calendars, pauses = self._get_work_calendars(), self._get_pauses()
        for clock in self:
            # what was paused after the stop holds nothing up
            before = [pause for pause in pauses[clock.id] if pause.start < to_aware(at)]
            vals = self._count(
                clock.policy_id,
                clock.started_at,
                calendars[clock],
                before,
                clock._get_calendar().name,
            )
            clock.write(
                {
                    **vals,
                    "state": "met" if at <= vals["deadline"] else "missed",
                    "stopped_at": at,
                    "next_event_at": False,
                    "needs_replay": False,
                }
            )
        self._withdraw_activities()

    def _pause(self, at, reason):
        """Let running clocks stand still. Those whose deadline has passed stay missed."""
        late = self.filtered(lambda clock: clock.deadline and clock.deadline < at)
        late.filtered(lambda clock: clock.state == "running").write({"state": "missed"})
        paused = self.filtered(lambda clock: clock.state == "running")
        self.env["clock.pause"].sudo().create(
            [
                {"clock_id": clock.id, "date_from": at, "reason": reason}
                for clock in paused
            ]
        )
        paused._replay()
        return paused

    def _close_pauses(self, at):
        """Close the open pauses of these clocks."""
        pauses = (
            self.env["clock.pause"]
            .sudo()
            .search([("clock_id", "in", self.ids), ("date_to", "=", False)])
        )
        early = pauses.filtered(lambda pause: pause.date_from > at)
        (pauses - early).write({"date_to": at})
        for pause in early:
            pause.date_to = pause.date_from
        return pauses.clock_id

    def _cancel(self, reason):
        """End open clocks without a verdict."""
        now = fields.Datetime.now()
        self._close_pauses(now)
        self.write(
            {
                "state": "cancelled",
                "stopped_at": now,
                "cancel_reason": reason,
                "next_event_at": False,
                "needs_replay": False,
            }
        )
        self._withdraw_activities()

    def _choose_policy_again(self):
        """Give open clocks the policy that fits their record now, and count those again."""
        changed = self._assign_policies()
        changed._replay()
        return changed

    def _assign_policies(self):
        """Give open clocks the policy that fits their record now.

        A clock whose record fits no policy any more keeps the one it has: a promise once made does
        not vanish.

        :return: the clocks whose policy has changed; their deadlines are still to be counted
        """
        changed = self.browse()
        for (model, code), clocks in self.grouped(
            lambda c: (c.res_model, c.code)
        ).items():
            records = self.env[model].browse(clocks.mapped("res_id")).exists()
            chosen = self.env["clock.policy"]._choose(records, code)
            by_id = {record.id: policy for record, policy in chosen.items()}
            for clock in clocks:
                policy = by_id.get(clock.res_id, clock.policy_id)
                if policy != clock.policy_id:
                    clock.policy_id = policy
                    changed |= clock
        return changed
