from odoo import api, fields, models
from odoo.fields import Domain


class ClockMixin(models.AbstractModel):
    """Records with deadlines.

    Adopt it in three lines and start and stop clocks where the process does so::

        class VisitReport(models.Model):
            _name = "visit.report"
            _inherit = ["clock.mixin", "mail.thread", "mail.activity.mixin"]

            def _after_transition(self, source, target):
                if target == "done":
                    self._clock_start("visit_reply")  # 5 working days by the policy
                elif target == "answered":
                    self._clock_stop("visit_reply")

    How long, by which calendar and who is told comes from ``clock.policy`` records with the
    code. In views use ``<field name="clock_summary" widget="clock_badge"/>``; ``next_deadline``
    and ``is_overdue`` filter, sort and group.

    A record that is reopened: ``_clock_start`` again makes a new run, the old one stays with its
    verdict. A record that waits for somebody else: ``_clock_pause`` and ``_clock_resume``.

    Every method works on many records at once and skips those it does not concern, so callers
    need not ask first: stopping a clock that is not running changes nothing.
    """

    _name = "clock.mixin"
    _description = "Records with Deadlines"
    _inherit = ["protected.fields.mixin"]

    clock_ids = fields.One2many(
        comodel_name="clock.clock",
        inverse_name="res_id",
        string="Clocks",
        readonly=True,
        bypass_search_access=True,
    )
    next_deadline = fields.Datetime(
        compute="_compute_next_deadline",
        store=True,
        index="btree_not_null",
        help="The earliest deadline among the clocks that have not stopped and are not paused.",
    )
    is_overdue = fields.Boolean(
        string="Overdue", compute="_compute_is_overdue", search="_search_is_overdue"
    )
    clock_summary = fields.Json(string="Clock", compute="_compute_clock_summary")

    # --- Computes ---

    # stored: lists sort and filter by it; it changes with the deadlines alone, so the job that
    # marks clocks as missed writes no business record
    @api.depends("clock_ids.deadline", "clock_ids.stopped_at")
    def _compute_next_deadline(self):
        for record in self:
            record.next_deadline = min(
                (
                    c.deadline
                    for c in record.clock_ids
                    if c.deadline and not c.stopped_at
                ),
                default=False,
            )

    @api.depends("next_deadline")
    def _compute_is_overdue(self):
        now = fields.Datetime.now()
        for record in self:
            record.is_overdue = bool(
                record.next_deadline and record.next_deadline < now
            )

    def _search_is_overdue(self, operator, value):
        if operator != "in":
            return NotImplemented
        overdue = Domain("next_deadline", "<", fields.Datetime.now())
        return Domain.OR(overdue if wanted else ~overdue for wanted in value)

    @api.depends(
        "clock_ids.deadline",
        "clock_ids.stopped_at",
        "clock_ids.state",
        "clock_ids.policy_id",
    )
    @api.depends_context("lang")
    def _compute_clock_summary(self):
        # sudo: who reads the record may read its clocks, and the policies they run by
        for record in self.sudo():
            record.clock_summary = [
                {
                    "id": clock.id,
                    "code": clock.code,
                    "name": clock.policy_id.name,
                    "state": clock.state,
                    "deadline": fields.Datetime.to_string(clock.deadline),
                    "stopped_at": fields.Datetime.to_string(clock.stopped_at),
                    "is_overdue": clock.is_overdue,
                }
                for clock in record._get_shown_clocks()
            ]

    def _get_shown_clocks(self):
        """Return the latest run of each clock, open ones first; cancelled ones are left out."""
        latest = {}
        for clock in self.clock_ids.sorted("run"):
            if clock.state != "cancelled":
                latest[clock.code] = clock
        clocks = self.env["clock.clock"].union(*latest.values())
        never = fields.Datetime.to_datetime("9999-12-31 00:00:00")
        return clocks.sorted(lambda c: (bool(c.stopped_at), c.deadline or never, c.id))

    # --- CRUD ---

    @api.model
    def _get_protected_fields(self):
        return super()._get_protected_fields() | {"clock_ids", "next_deadline"}

    def write(self, vals):
        result = super().write(vals)
        self._clock_choose_again(vals)
        return result

    def unlink(self):
        # sudo: clocks go with their record; nobody may delete them by themselves
        clocks = (
            self.env["clock.clock"]
            .sudo()
            .search([("res_model", "=", self._name), ("res_id", "in", self.ids)])
        )
        clocks._withdraw_activities()
        result = super().unlink()
        clocks.unlink()
        return result

    def _clock_choose_again(self, vals):
        """Let running clocks follow the record when what their policies look at has changed."""
        names = self.env["clock.policy"]._get_choosing_fields(self._name)
        if names is None or not names.isdisjoint(vals):
            self._get_clocks(Domain("stopped_at", "=", False))._choose_policy_again()

    # --- Business ---

    def _get_clocks(self, domain):
        """Return clocks of these records (sudo)."""
        # sudo: the process runs its clocks whoever takes the step
        return (
            self.env["clock.clock"]
            .sudo()
            .search(
                Domain("res_model", "=", self._name)
                & Domain("res_id", "in", self.ids)
                & domain
            )
        )

    def _get_open_clocks(self, code):
        return self._get_clocks(
            Domain("code", "=", code) & Domain("stopped_at", "=", False)
        )

    def _clock_start(self, code, start=None, reason=None):
        """Start the clock ``code`` on each record.

        Starting a clock that has not stopped changes nothing; after it has stopped a new run
        begins and the old one stays.

        :param str code: code of the policies to choose from
        :param start: naive UTC datetime, or a date (its midnight, local to the working hours), or a
            dict of these per record; now when empty
        :param str reason: why it counts from there, for the explanation of the deadline
        :return: the open clocks; empty for records that no policy fits
        :rtype: clock.clock
        """
        running = self._get_open_clocks(code)
        busy = set(running.mapped("res_id"))
        idle = self.filtered(lambda record: record.id not in busy)
        now = fields.Datetime.now()
        starts = start if isinstance(start, dict) else dict.fromkeys(idle, start)
        started = self.env["clock.clock"].sudo()
        if idle:
            started = started._start(
                idle,
                code,
                {record: starts.get(record) or now for record in idle},
                reason,
            )
        return (running | started).sudo(self.env.su)

    def _clock_stop(self, code, at=None):
        """Stop the clock: met when ``at`` is not later than the deadline, else missed.

        :param str code: code of the clock
        :param datetime at: naive UTC; now when empty, never in the future
        :return: the clocks that have stopped
        :rtype: clock.clock
        """
        clocks = self._get_open_clocks(code)
        clocks._stop(at or fields.Datetime.now())
        return clocks.sudo(self.env.su)

    def _clock_pause(self, code, reason):
        """Let the clock stand still from now on. A clock whose deadline has passed stays missed.

        :param str code: code of the clock
        :param str reason: why, for the explanation of the deadline
        :return: the clocks that stand still now
        :rtype: clock.clock
        """
        clocks = self._get_open_clocks(code)._pause(fields.Datetime.now(), reason)
        return clocks.sudo(self.env.su)

    def _clock_resume(self, code):
        """Let a paused clock go on.

        :param str code: code of the clock
        :return: the clocks that go on
        :rtype: clock.clock
        """
        clocks = self._get_open_clocks(code)._close_pauses(fields.Datetime.now())
        clocks._replay()
        return clocks.sudo(self.env.su)

    def _clock_cancel(self, code, reason):
        """End the clock without a verdict.

        :param str code: code of the clock
        :param str reason: why
        :return: the clocks that have ended
        :rtype: clock.clock
        """
        clocks = self._get_open_clocks(code)
        clocks._cancel(reason)
        return clocks.sudo(self.env.su)

    def _clock_get(self, code):
        """Return the latest run of the clock ``code`` of each record.

        :rtype: clock.clock
        """
        latest = {
            clock.res_id: clock
            for clock in self._get_clocks(Domain("code", "=", code)).sorted("run")
        }
        return self.env["clock.clock"].union(*latest.values()).sudo(self.env.su)

    # --- Who is told ---

    def _get_clock_recipients(self, role):
        """Return the users that stand in ``role`` on this record. Hook, one record.

        Called for many records in a row: read fields (they are prefetched), do not search.

        :param str role: code of a ``clock.role``
        :rtype: res.users
        """
        self.ensure_one()
        Users = self.env["res.users"]
        responsible = self.user_id if "user_id" in self._fields else Users
        if role == "responsible":
            return responsible
        # sudo: a supervisor is told although the record's reader may not see the employee
        company = self.company_id if "company_id" in self._fields else None
        employee = responsible.sudo().with_company(company).employee_id
        if role == "supervisor":
            return Users.browse(employee.parent_id.user_id.ids)
        if role == "department_manager":
            return Users.browse(employee.department_id.manager_id.user_id.ids)
        return Users
