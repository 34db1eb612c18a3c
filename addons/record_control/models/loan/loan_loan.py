from datetime import timedelta

import pytz

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command, Domain

from ...tools.one_by_one import act_on_each
from ..clock.clock_clock import to_aware
from .loan_line import CONDITIONS

STATES = [
    ("draft", "Draft"),
    ("requested", "Requested"),
    ("approved", "Approved"),
    ("out", "Out"),
    ("returned", "Returned"),
    ("refused", "Refused"),
    ("cancelled", "Cancelled"),
]
#: what the approver decides on; fixed from the moment of asking
CONTENT_FIELDS = (
    "borrower_id",
    "company_id",
    "purpose",
    "place_of_use",
    "use_in_room",
    "acknowledged",
    "date_start",
    "date_wanted",
    "line_ids",
)
RETURN_CLOCK = "loan_return"


class LoanLoan(models.Model):
    """One borrowing: request, approval, hand-out, extension, return.

    The gates, by every road: lent is what may be lent (class, hook of the
    thing, not out, not reserved by others); approved by a role of the class and
    never by the borrower or who asked; handed out and taken back by a keeper of
    the thing who is not the borrower; nothing more for a borrower who is
    overdue. That a thing is out once at a time is a unique index.

    An approved loan whose period lies ahead is a reservation.
    """

    _name = "loan.loan"
    _description = "Loan"
    _inherit = [
        "mail.thread",
        "mail.activity.mixin",
        "guarded.state.mixin",
        "numbering.mixin",
        "clock.mixin",
    ]
    _order = "id desc"
    _check_company_auto = True
    _numbering_code = "loan.loan"
    _guarded_transitions = {
        "draft": ("requested", "cancelled"),
        "requested": ("approved", "refused", "cancelled"),
        "approved": ("out", "cancelled"),
        "out": ("returned",),
        "returned": (),
        "refused": (),
        "cancelled": (),
    }
    _guarded_side_states = ("cancelled", "refused")
    _guarded_readiness_depends = (
        "borrower_id",
        "purpose",
        "acknowledged",
        "date_wanted",
        "line_ids",
    )
    _guarded_protected_fields = (
        "requester_id",
        "approver_id",
        "decided_at",
        "refusal_reason",
        "date_due",
        "due_calculation",
        "handed_out_at",
        "returned_at",
        "approval_group_ids",
        "keeper_ids",
        "extension_ids",
        "max_extensions",
    )

    name = fields.Char(
        string="Number",
        readonly=True,
        copy=False,
        required=True,
        default="/",
    )
    state = fields.Selection(
        selection=STATES,
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    # who
    borrower_id = fields.Many2one(
        comodel_name="hr.employee",
        required=True,
        index=True,
        ondelete="restrict",
        domain="[('company_id', 'parent_of', company_id)]",
        default=lambda self: self.env.user._get_own_employee(
            self.env.context.get("default_company_id")
        ),
    )
    borrower_user_id = fields.Many2one(
        comodel_name="res.users",
        string="User of the Borrower",
        compute="_compute_borrower_data",
        store=True,
        index=True,
    )
    department_id = fields.Many2one(
        comodel_name="hr.department",
        compute="_compute_borrower_data",
        store=True,
        help="Department of the borrower.",
    )
    requester_id = fields.Many2one(
        comodel_name="res.users",
        string="Requested by",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        default=lambda self: self.env.user,
    )
    # what
    line_ids = fields.One2many(
        comodel_name="loan.loan.line",
        inverse_name="loan_id",
        string="Things",
        copy=True,
    )
    things_summary = fields.Char(
        string="Lent",
        compute="_compute_things_summary",
    )
    purpose = fields.Char()
    place_of_use = fields.Char()
    use_in_room = fields.Boolean(
        string="Use in the Room Only",
        help="The thing does not leave the room where it is kept.",
    )
    terms = fields.Text(
        compute="_compute_terms",
        help="What the borrower undertakes, by the classes of the things.",
    )
    acknowledged = fields.Boolean(
        string="Terms Acknowledged",
        copy=False,
        help="The borrower has read what he undertakes and agrees to it.",
    )
    # when
    date_start = fields.Datetime(
        string="From",
        copy=False,
        help="When the thing is needed. Empty: as soon as it is approved. In the future: a reservation.",
    )
    date_wanted = fields.Datetime(
        string="Until",
        copy=False,
        help="Until when the thing is needed, if that is earlier than the class allows.",
    )
    date_due = fields.Datetime(
        string="Due",
        readonly=True,
        copy=False,
        index="btree_not_null",
        tracking=True,
        help="By the loan class, or earlier when the borrower needs it for less.",
    )
    due_calculation = fields.Json(
        readonly=True,
        copy=False,
    )
    due_explanation = fields.Html(
        compute="_compute_due_explanation",
    )
    date_calendar_start = fields.Datetime(
        string="Start",
        compute="_compute_period",
        store=True,
    )
    date_calendar_stop = fields.Datetime(
        string="End",
        compute="_compute_period",
        store=True,
    )
    handed_out_at = fields.Datetime(
        string="Handed out on",
        readonly=True,
        copy=False,
    )
    returned_at = fields.Datetime(
        string="Returned on",
        readonly=True,
        copy=False,
    )
    is_overdue = fields.Boolean(
        compute="_compute_is_overdue",
        search="_search_is_overdue",
        help="Still out after the due date, whether or not any job ran.",
    )
    # decision
    approval_group_ids = fields.Many2many(
        comodel_name="res.groups",
        relation="loan_loan_approval_group_rel",
        string="Approval by",
        readonly=True,
        copy=False,
    )
    keeper_ids = fields.Many2many(
        comodel_name="res.users",
        relation="loan_loan_keeper_rel",
        string="Keepers",
        readonly=True,
        copy=False,
        help="Who handed out and took back these things when the loan was made.",
    )
    approver_id = fields.Many2one(
        comodel_name="res.users",
        string="Decided by",
        readonly=True,
        copy=False,
    )
    decided_at = fields.Datetime(
        string="Decided on",
        readonly=True,
        copy=False,
    )
    refusal_reason = fields.Text(
        readonly=True,
        copy=False,
    )
    max_extensions = fields.Integer(
        readonly=True,
        copy=False,
    )
    extension_ids = fields.One2many(
        comodel_name="loan.extension",
        inverse_name="loan_id",
        readonly=True,
        copy=False,
    )
    conflict_note = fields.Text(
        string="Reserved",
        compute="_compute_conflict_note",
        help="Other loans and reservations of these things.",
    )
    has_problem = fields.Boolean(
        compute="_compute_has_problem",
        search="_search_has_problem",
    )
    can_approve = fields.Boolean(compute="_compute_can")
    can_hand_out = fields.Boolean(compute="_compute_can")
    can_receive = fields.Boolean(compute="_compute_can")

    _wanted_after_start = models.Constraint(
        "CHECK (date_wanted > date_start)", "A loan cannot end before it starts."
    )
    # beyond them no due date can be counted, and the loan could not be opened any more
    _in_counted_years = models.Constraint(
        "CHECK (date_start < '9000-01-01' AND date_wanted < '9000-01-01')",
        "Enter a date before the year 9000.",
    )

    # --- Constraints ---

    @api.constrains("borrower_id", "company_id")
    def _check_borrower(self):
        """Who borrows is employed by the company, or by one above it whose people work in the branch."""
        # sudo: employees are private; in which company they are is not
        for loan_sudo in self.sudo():
            employer = loan_sudo.borrower_id.company_id
            if employer and employer not in loan_sudo.company_id.parent_ids:
                raise ValidationError(
                    self.env._(
                        "%(borrower)s is no employee of %(company)s or of a company above it.",
                        borrower=loan_sudo.borrower_id.name,
                        company=loan_sudo.company_id.name,
                    )
                )

    # --- Computes ---

    @api.depends("borrower_id")
    def _compute_borrower_data(self):
        # sudo: employees are private; their user and department are not
        for loan in self:
            employee_sudo = loan.sudo().borrower_id
            loan.borrower_user_id = employee_sudo.user_id.id
            loan.department_id = employee_sudo.department_id.id

    @api.depends("line_ids.thing_name")
    @api.depends_context("uid", "lang")
    def _compute_things_summary(self):
        for loan in self:
            loan.things_summary = ", ".join(loan.line_ids.mapped("thing_name"))

    @api.depends("line_ids.class_id.terms")
    @api.depends_context("lang")
    def _compute_terms(self):
        for loan in self:
            # sudo: the classes of all things count
            loan.terms = loan.sudo().line_ids.class_id._get_terms()

    @api.depends("due_calculation")
    @api.depends_context("lang")
    def _compute_due_explanation(self):
        for loan in self:
            lines = loan.due_calculation
            loan.due_explanation = (
                self.env["loan.class"]._explain_due(lines) if lines else False
            )

    @api.depends(
        "date_start",
        "date_wanted",
        "date_due",
        "handed_out_at",
        "returned_at",
        "create_date",
    )
    def _compute_period(self):
        for loan in self:
            start = loan.handed_out_at or loan.date_start or loan.create_date
            stop = loan.returned_at or loan.date_due or loan.date_wanted
            loan.date_calendar_start = start
            loan.date_calendar_stop = stop and start and max(start, stop)

    # the clock reminds; whether the loan is overdue does not depend on it
    @api.depends("state", "date_due")
    def _compute_is_overdue(self):
        now = fields.Datetime.now()
        for loan in self:
            loan.is_overdue = (
                loan.state == "out" and bool(loan.date_due) and loan.date_due < now
            )

    def _search_is_overdue(self, operator, value):
        if operator != "in":
            return NotImplemented
        overdue = Domain("state", "=", "out") & Domain(
            "date_due", "<", fields.Datetime.now()
        )
        return Domain.OR(
            overdue if wanted else ~overdue for wanted in set(map(bool, value))
        )

    @api.depends("line_ids", "state", "date_start", "date_wanted", "date_due")
    def _compute_conflict_note(self):
        for loan in self:
            lines = (
                loan._get_conflicts(("approved", "out"))
                if loan.state in ("draft", "requested", "approved")
                else []
            )
            loan.conflict_note = (
                "\n".join(loan._describe_conflict(line) for line in lines) or False
            )

    @api.depends("line_ids.state", "line_ids.condition", "line_ids.reported_problem")
    def _compute_has_problem(self):
        for loan in self:
            loan.has_problem = any(
                line.condition in ("damaged", "missing") or line.reported_problem
                for line in loan.line_ids
            )

    def _search_has_problem(self, operator, value):
        if operator != "in":
            return NotImplemented
        problem = Domain(
            "line_ids",
            "any",
            Domain("condition", "in", ("damaged", "missing"))
            | Domain("reported_problem", "!=", False),
        )
        return Domain.OR(
            problem if wanted else ~problem for wanted in set(map(bool, value))
        )

    @api.depends("state", "line_ids.state")
    @api.depends_context("uid")
    def _compute_can(self):
        for loan in self:
            loan.can_approve = (
                loan.state == "requested" and not loan._get_decision_reasons()
            )
            loan.can_hand_out = (
                loan.state == "approved" and not loan._get_keeper_reasons()
            )
            loan.can_receive = loan.state == "out" and not loan._get_keeper_reasons(
                receiving=True
            )

    # --- Gates ---

    def _get_transition_label(self, target):
        labels = {
            "requested": self.env._("Request"),
            "approved": self.env._("Approve"),
            "out": self.env._("Hand Out"),
            "returned": self.env._("Return"),
        }
        return labels.get(target) or super()._get_transition_label(target)

    def _get_requested_gate_reasons(self):
        reasons = self._get_thing_reasons()
        if not self.purpose:
            reasons.append(self.env._("Say what it is borrowed for."))
        if not self.acknowledged:
            reasons.append(
                self.env._("Acknowledge the terms: %(terms)s", terms=self.terms)
            )
        start = self.date_start or fields.Datetime.now()
        if self.date_wanted and self.date_wanted <= max(start, fields.Datetime.now()):
            reasons.append(self.env._("The end of the loan lies in the past."))
        return reasons

    def _get_approved_gate_reasons(self):
        reasons = self._get_decision_reasons() if self._needs_approval() else []
        reasons += self._get_thing_reasons()
        for line in self._get_conflicts(("approved",)):
            reasons.append(self._describe_conflict(line))
        return reasons

    def _get_refused_gate_reasons(self):
        return self._get_decision_reasons()

    def _get_out_gate_reasons(self):
        reasons = self._get_keeper_reasons()
        reasons += self._get_thing_reasons()
        if self.date_start and self.date_start > fields.Datetime.now() + timedelta(
            hours=12
        ):
            reasons.append(
                self.env._(
                    "%(loan)s is reserved from %(date)s on.",
                    loan=self.name,
                    date=self._format(self.date_start),
                )
            )
        for line in self._get_conflicts(("approved", "out")):
            reasons.append(self._describe_conflict(line))
        return reasons

    def _get_returned_gate_reasons(self):
        out = self.line_ids.filtered(lambda line: line.state == "out")
        return [
            self.env._(
                "%(thing)s is not back; return it with its condition.",
                thing=line.thing_name,
            )
            for line in out
        ]

    def _get_cancelled_gate_reasons(self):
        user = self.env.user
        if self.env.uid == SUPERUSER_ID or user in (
            self.requester_id,
            self.borrower_user_id,
        ):
            return []
        if not self._get_keeper_reasons() or user == self.approver_id:
            return []
        return [
            self.env._(
                "%(loan)s is cancelled by the borrower or a keeper.", loan=self.name
            )
        ]

    def _needs_approval(self):
        self.ensure_one()
        # sudo: classes of things the user may not set up
        return bool(self.sudo().line_ids.class_id.approval_group_ids)

    def _get_decision_reasons(self, asker=None):
        """Say why the user may not decide: four eyes, role of each class, hook of each thing.

        :param asker: res.users who asked; the loan's requester by default
        :return: list of sentences
        """
        self.ensure_one()
        user = self.env.user
        loan_sudo = self.sudo()
        if user in (loan_sudo.borrower_user_id | (asker or loan_sudo.requester_id)):
            return [
                self.env._(
                    "%(loan)s: nobody decides on a loan to himself or that he asked for.",
                    loan=self.name,
                )
            ]
        reasons = []
        for loan_class in loan_sudo.line_ids.class_id:
            groups = loan_class.approval_group_ids
            if groups and not groups & user.all_group_ids:
                reasons.append(
                    self.env._(
                        "%(loan)s is approved by: %(roles)s.",
                        loan=self.name,
                        roles=", ".join(groups.mapped("full_name")),
                    )
                )
        for thing_sudo in self.line_ids._get_things_sudo().values():
            reasons += thing_sudo._get_loan_approval_reasons(self, user)
        return list(dict.fromkeys(reasons))

    def _get_keeper_reasons(self, receiving=False):
        """Say why the user may not hand out, or take back, these things.

        :param bool receiving: taking back: never by the borrower
        :return: list of sentences
        """
        self.ensure_one()
        user = self.env.user
        if self.env.uid == SUPERUSER_ID:
            return []
        if receiving and user == self.borrower_user_id:
            return [
                self.env._(
                    "%(loan)s: the borrower does not receive his own return.",
                    loan=self.name,
                )
            ]
        reasons = []
        for line, thing_sudo in self.line_ids._get_things_sudo().items():
            electronic = line.sudo().class_id.delivery == "electronic"
            if electronic and user == self.borrower_user_id and not receiving:
                continue  # nothing is handed over: the approved borrower opens it himself
            if user not in thing_sudo._get_loan_keepers():
                reasons.append(
                    self.env._(
                        "%(thing)s is handed out and taken back by its keeper.",
                        thing=line.thing_name,
                    )
                )
        return reasons

    def _get_thing_reasons(self):
        """Say why these things may not go to this borrower now."""
        self.ensure_one()
        loan_sudo = self.sudo()
        borrower = loan_sudo.borrower_id
        reasons = []
        if not self.line_ids:
            reasons.append(self.env._("Name what is borrowed."))
        things = self.line_ids._get_things_sudo()
        for line in self.line_ids:
            thing_sudo = things.get(line)
            if thing_sudo is None:
                reasons.append(
                    self.env._(
                        "A thing of %(loan)s does not exist any more.", loan=self.name
                    )
                )
                continue
            reasons += self._get_class_reasons(line)
            reasons += thing_sudo._get_loan_reasons(borrower)
        return reasons + self._get_borrower_reasons()

    def _get_class_reasons(self, line):
        loan_class = line.sudo().class_id
        if not loan_class and not line._origin:
            return []  # the class is found when the line is saved
        if not loan_class:
            return [
                self.env._(
                    "%(thing)s: no loan class says how it is lent.",
                    thing=line.thing_name,
                )
            ]
        if loan_class.lending == "forbidden":
            return [self.env._("%(thing)s is not lent.", thing=line.thing_name)]
        if loan_class.lending == "in_room" and not self.use_in_room:
            return [
                self.env._("%(thing)s is used in its room only.", thing=line.thing_name)
            ]
        if loan_class.delivery == "electronic" and not self.borrower_user_id:
            return [
                self.env._(
                    "%(thing)s is electronic: the borrower needs a user.",
                    thing=line.thing_name,
                )
            ]
        return []

    def _get_borrower_reasons(self):
        """Say why the borrower gets nothing more: something else is overdue, in whichever company he borrowed it."""
        borrower = Domain("borrower_id", "=", self.borrower_id.id)
        if self.borrower_user_id:
            # the same person may be an employee of several companies
            borrower |= Domain("borrower_user_id", "=", self.borrower_user_id.id)
        overdue = self.sudo().search(
            borrower
            & Domain("is_overdue", "=", True)
            & Domain("id", "!=", self._origin.id)
        )
        return [
            self.env._(
                "%(loan)s is overdue since %(date)s; return it first.",
                loan=loan.name,
                date=self._format(loan.date_due),
            )
            for loan in overdue
        ]

    # --- Reservations ---

    def _get_planned_period(self):
        """Return the period of a loan that is not out yet: planned start, latest end."""
        self.ensure_one()
        start = max(self.date_start or fields.Datetime.now(), fields.Datetime.now())
        if self.state == "out":
            return self.handed_out_at, self.date_due
        return start, self._get_due_from(start)[0]

    def _get_conflicts(self, states):
        """Return lines of other loans that claim these things in this period.

        :param states: states of the other loans
        :return: list of loan.loan.line, as superuser
        """
        self.ensure_one()
        if not self.line_ids:
            return []
        start, stop = self._get_planned_period()
        found = []
        for others in self.line_ids._get_other_lines(states).values():
            for line in others:
                other_start, other_stop = line.loan_id._get_planned_period()
                if line.state == "out":
                    # who does not bring it back keeps it
                    other_stop = max(
                        other_stop or start,
                        fields.Datetime.now() + timedelta(seconds=1),
                    )
                if other_start < (
                    stop or other_start + timedelta(seconds=1)
                ) and start < (other_stop or start):
                    found.append(line)
        return found

    def _describe_conflict(self, line):
        """Say in a sentence who claims a thing when; the other's purpose is not told."""
        loan = line.loan_id
        start, stop = loan._get_planned_period()
        own = self.line_ids.filtered(
            lambda mine: (mine.res_model, mine.res_id) == (line.res_model, line.res_id)
        )
        names = {
            "thing": own[:1].thing_name,
            "loan": loan.name,
            # sudo: with whom a thing is may be said, whatever company employs them
            "borrower": loan.sudo().borrower_id.name,
            "start": self._format(start),
            "stop": self._format(stop),
        }
        if line.state == "out":
            return self.env._(
                "%(thing)s is out with %(borrower)s until %(stop)s (%(loan)s).", **names
            )
        return self.env._(
            "%(thing)s is reserved by %(borrower)s from %(start)s to %(stop)s (%(loan)s).",
            **names,
        )

    # --- Due date ---

    def _get_due_from(self, start):
        """Return when the loan is due if it starts at ``start``: the earliest of its classes, or as wanted.

        :param datetime start: naive UTC
        :return: naive UTC datetime (False without a class) and explanation lines
        """
        self.ensure_one()
        dues = [
            loan_class._get_due(start, self.company_id)
            for loan_class in self._get_due_classes()
        ]
        due, lines = min(dues, key=lambda pair: pair[0], default=(False, []))
        if (
            self.date_wanted
            and (not due or self.date_wanted < due)
            and self.date_wanted > start
        ):
            return self.date_wanted, []
        return due, lines

    def _get_due_classes(self):
        """Return the loan classes that say when this one loan is due. Hook.

        :return: list of loan.class, as superuser
        """
        self.ensure_one()
        # sudo: classes and working hours are read for the borrower
        return list(self.sudo().line_ids.class_id)

    def _get_local_date(self, instant):
        """Return the day of an instant in the company's time zone."""
        zone = pytz.timezone(self.company_id.sudo()._record_control_tz())
        return to_aware(instant).astimezone(zone).date()

    def _format(self, instant):
        if not instant:
            return ""
        return fields.Datetime.context_timestamp(self, instant).strftime(
            "%Y-%m-%d %H:%M"
        )

    # --- Transitions ---

    def _prepare_transition_vals(self, target):
        vals = super()._prepare_transition_vals(target)
        now = fields.Datetime.now()
        if target in ("approved", "refused") and self._needs_approval():
            vals.update(approver_id=self.env.uid, decided_at=now)
        elif target == "out":
            due, lines = self._get_due_from(now)
            classes = self.sudo().line_ids.class_id
            vals.update(
                handed_out_at=now,
                date_due=due,
                due_calculation=lines,
                max_extensions=min(classes.mapped("max_extensions"), default=0),
            )
        elif target == "returned":
            vals["returned_at"] = now
        return vals

    def _after_transition(self, source, target):
        super()._after_transition(source, target)
        if target == "requested":
            self._update_parties()
            free = self.filtered(lambda loan: not loan._needs_approval())
            free._transition("approved")
            (self - free)._ask_approvers()
        elif target == "out":
            self.line_ids._hand_out()
            self._start_clock()
        elif target == "returned":
            self._clock_stop(RETURN_CLOCK)
        elif target in ("approved", "refused", "cancelled"):
            for loan in self.filtered(
                lambda loan: loan._needs_approval() or target != "approved"
            ):
                loan._tell_borrower(target)

    def _update_parties(self):
        """Keep who approves and who keeps these things with the loan, for rules and lists."""
        for loan in self:
            keepers = self.env["res.users"]
            for thing_sudo in loan.line_ids._get_things_sudo().values():
                keepers |= thing_sudo._get_loan_keepers()
            # sudo: set by the system
            loan.sudo().write(
                {
                    "approval_group_ids": [
                        Command.set(
                            loan.sudo().line_ids.class_id.approval_group_ids.ids
                        )
                    ],
                    "keeper_ids": [Command.set(keepers.ids)],
                }
            )

    def _ask_approvers(self):
        for loan in self:
            # sudo: who holds a role is no secret to the system
            groups_sudo = loan.sudo().approval_group_ids
            approvers = (
                groups_sudo._get_users_of_company(loan.company_id)
                - loan.borrower_user_id
                - loan.requester_id
            )
            loan._notify_users(
                approvers,
                self.env._(
                    "%(borrower)s asks to borrow: %(purpose)s",
                    borrower=loan.sudo().borrower_id.name,
                    purpose=loan.purpose,
                ),
            )

    def _tell_borrower(self, target):
        self.ensure_one()
        label = self._get_guarded_state_labels()[target]
        if target == "refused":
            body = self.env._(
                "%(state)s: %(reason)s", state=label, reason=self.refusal_reason or ""
            )
        else:
            body = label
        self._notify_users(
            (self.borrower_user_id | self.requester_id) - self.env.user, body
        )

    def _notify_users(self, users, body):
        if users:
            self.message_notify(
                partner_ids=users.partner_id.ids,
                body=body,
                subject=f"{self.env['ir.model']._get(self._name).name} {self.name}",
            )

    def _start_clock(self):
        """Run the clock that reminds before the due date and escalates after it.

        The due date is the loan's own (class, extension, wish of the borrower),
        so the clock starts as long before it as its policy allows time.
        """
        for loan in self.filtered("date_due"):
            policy = self.env["clock.policy"]._choose(loan, RETURN_CLOCK).get(loan)
            if policy and policy.unit == "calendar_hour":
                loan._clock_start(
                    RETURN_CLOCK, start=loan.date_due - timedelta(hours=policy.amount)
                )

    def _get_clock_recipients(self, role):
        """Tell the borrower, then his supervisor."""
        self.ensure_one()
        employee_sudo = self.sudo().borrower_id
        Users = self.env["res.users"]
        if role == "responsible":
            return Users.browse(employee_sudo.user_id.ids)
        if role == "supervisor":
            return Users.browse(employee_sudo.parent_id.user_id.ids)
        if role == "department_manager":
            return Users.browse(employee_sudo.department_id.manager_id.user_id.ids)
        if role == "keeper":
            return Users.browse(self.sudo().keeper_ids.ids)
        return super()._get_clock_recipients(role)

    # --- Onchange ---

    @api.onchange("line_ids")
    def _onchange_line_ids(self):
        self.line_ids._show_classes()

    # --- CRUD ---

    def _check_transition(self, target):
        if target in ("approved", "out"):
            self.line_ids._claim_things()
        return super()._check_transition(target)

    def write(self, vals):
        changed = self._filter_changed(CONTENT_FIELDS, vals)
        if changed := changed.filtered(lambda loan: loan.state != "draft"):
            raise UserError(
                self.env._(
                    "What was asked for is fixed (%(loans)s). Cancel the loan and make a new one.",
                    loans=", ".join(changed.mapped("name")),
                )
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_submitted(self):
        if kept := self.filtered(lambda loan: loan.state != "draft"):
            raise self._get_refusal(
                [
                    self.env._(
                        "%(loan)s was asked for and stays on record; cancel it instead.",
                        loan=name,
                    )
                    for name in kept.mapped("name")
                ]
            )

    @api.model
    def _get_refusal(self, reasons):
        """Return the error with all reasons."""
        return UserError("\n".join(dict.fromkeys(reasons)))

    # --- Hand-out and return ---

    def _return_lines(self, lines, conditions):
        """Take things back, each with its condition.

        :param lines: loan.loan.line of these loans
        :param dict conditions: line -> (condition, note)
        :raises UserError: when the user may not receive them, or a line is not out
        """
        reasons = [
            text
            for loan in lines.loan_id
            for text in loan._get_keeper_reasons(receiving=True)
        ]
        reasons += [
            self.env._("%(thing)s is not out.", thing=line.thing_name)
            for line in lines
            if line.state != "out"
        ]
        reasons += [
            self.env._(
                "%(thing)s: say in what condition it came back.", thing=line.thing_name
            )
            for line in lines
            if conditions.get(line, (None, None))[0] not in dict(CONDITIONS)
        ]
        if reasons:
            raise self._get_refusal(reasons)
        for line in lines:
            line._take_back(*conditions[line])
        back = lines.loan_id.filtered(
            lambda loan: all(line.state != "out" for line in loan.line_ids)
        )
        back._transition("returned")

    # --- Extension ---

    def _get_extension_reasons(self, date_due, counting=None):
        """Say why the due date may not become a later one.

        :param datetime date_due: naive UTC
        :param counting: loan.extension that is being decided
        :return: list of sentences
        """
        self.ensure_one()
        reasons = []
        if self.state != "out":
            reasons.append(self.env._("%(loan)s is not out.", loan=self.name))
            return reasons
        if self.is_overdue and not counting:
            reasons.append(
                self.env._("%(loan)s is overdue; return it.", loan=self.name)
            )
        used = self.extension_ids.filtered(lambda e: e.state != "refused") - (
            counting or self.env["loan.extension"]
        )
        if len(used) >= self.max_extensions:
            reasons.append(
                self.env._(
                    "%(loan)s may be extended %(count)s times, no more.",
                    loan=self.name,
                    count=self.max_extensions,
                )
            )
        longest = self._get_longest_extension()
        if not date_due or date_due <= self.date_due:
            reasons.append(
                self.env._("The new due date is not later than the old one.")
            )
        elif longest and date_due > longest:
            reasons.append(
                self.env._(
                    "An extension lasts until %(date)s at most.",
                    date=self._format(longest),
                )
            )
        for others in self.line_ids._get_other_lines(("approved",)).values():
            for line in others:
                if date_due and line.loan_id._get_planned_period()[0] < date_due:
                    reasons.append(self._describe_conflict(line))
        return reasons

    def _get_longest_extension(self):
        """Return the latest due date that one extension allows: the class's period after the old one."""
        self.ensure_one()
        dues = [
            c._get_due(self.date_due, self.company_id)[0]
            for c in self._get_due_classes()
        ]
        # a class that ends with the day is extended by a day
        return (
            max(min(dues, default=False), self.date_due + timedelta(days=1))
            if dues
            else False
        )

    def _request_extension(self, date_due, reason):
        """Ask for a later due date; granted at once when the classes need no approval.

        :param datetime date_due: naive UTC
        :param str reason: why
        :return: loan.extension
        """
        self.ensure_one()
        self.check_access("write")
        if reasons := self._get_extension_reasons(date_due):
            raise self._get_refusal(reasons)
        user = self.env.user
        if (
            user not in (self.borrower_user_id, self.requester_id)
            and self._get_keeper_reasons()
        ):
            raise self._get_refusal(
                [self.env._("%(loan)s is extended for its borrower.", loan=self.name)]
            )
        # sudo: rows are the system's to write, the request is checked above
        extension = (
            self.env["loan.extension"]
            .sudo()
            .create(
                {
                    "loan_id": self.id,
                    "reason": reason,
                    "date_due_before": self.date_due,
                    "date_due": date_due,
                }
            )
        )
        if not self._needs_approval():
            extension.with_user(SUPERUSER_ID)._transition("approved")
        else:
            self._ask_approvers()
        return extension.sudo(self.env.su)

    def _extend(self, extension):
        """Carry out an approved extension."""
        self.ensure_one()
        self._write_protected({"date_due": extension.date_due, "due_calculation": []})
        self._clock_cancel(
            RETURN_CLOCK, self.env._("Extended: %(reason)s", reason=extension.reason)
        )
        self._start_clock()
        for line, thing_sudo in (
            self.line_ids.filtered(lambda line: line.state == "out")
            ._get_things_sudo()
            .items()
        ):
            if line.grant_id:
                line._close_electronic()
                line._open_electronic(thing_sudo)

    # --- Actions ---

    def action_submit(self):
        """Ask for the loan; a class without approval goes on at once.

        :return: True
        """
        return self._transition("requested")

    def action_approve(self):
        """Approve. Never by the borrower or who asked.

        :return: True
        """
        return self._transition("approved")

    def action_open_refuse(self):
        """Open the dialog that asks why.

        :return: action
        """
        self._check_transition("refused")
        return self._get_wizard_action("loan.refuse", self.env._("Refuse"))

    def action_refuse(self, reason):
        """Refuse.

        :param str reason: why
        :return: True
        """
        if not (reason or "").strip():
            raise UserError(self.env._("Say why the loan is refused."))
        return self._transition("refused", refusal_reason=reason)

    def action_cancel(self):
        """Cancel before the hand-out.

        :return: True
        """
        return self._transition("cancelled")

    def action_hand_out(self):
        """Hand the things over to the borrower.

        :return: True
        """
        return self._transition("out")

    def action_return(self):
        """Open the dialog that takes the things back, each with its condition.

        :return: action
        """
        reasons = [
            text for loan in self for text in loan._get_keeper_reasons(receiving=True)
        ]
        if reasons:
            raise self._get_refusal(reasons)
        return self._get_wizard_action("loan.return", self.env._("Return"))

    def action_extend(self):
        """Open the dialog that asks for a later due date.

        :return: action
        """
        self.ensure_one()
        return self._get_wizard_action("loan.extend", self.env._("Extend"))

    def action_report(self):
        """Open the dialog in which the borrower reports a thing as lost or damaged.

        :return: action
        """
        self.ensure_one()
        return self._get_wizard_action(
            "loan.report", self.env._("Report Lost or Damaged")
        )

    def _get_wizard_action(self, model_name, title):
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": model_name,
            "view_mode": "form",
            "target": "new",
            "context": {"default_loan_ids": self.ids, "default_loan_id": self[:1].id},
        }

    def _report_problem(self, lines, kind, note):
        """Note that things are lost or damaged while they are out, and tell the keepers.

        :param lines: loan.loan.line of this loan
        :param str kind: lost or damaged
        :param str note: what happened
        """
        self.ensure_one()
        user = self.env.user
        if (
            user not in (self.borrower_user_id, self.requester_id)
            and self._get_keeper_reasons()
        ):
            raise self._get_refusal(
                [
                    self.env._(
                        "%(loan)s: the borrower or a keeper reports.", loan=self.name
                    )
                ]
            )
        lines = lines.filtered(
            lambda line: line.state == "out" and line.loan_id == self
        )
        if not lines:
            raise self._get_refusal([self.env._("Choose things that are out.")])
        # sudo: set by the system
        lines.sudo().write({"reported_problem": kind, "report_note": note})
        label = dict(
            lines._fields["reported_problem"]._description_selection(self.env)
        )[kind]
        lines._follow_up(label, note)

    # --- Jobs ---

    @api.model
    def _cron_return_electronic(self):
        """Close electronic loans whose access has ended. Restartable."""
        now = fields.Datetime.now()
        domain = Domain("state", "=", "out") & Domain(
            "line_ids",
            "any",
            Domain("grant_id.valid_until", "<=", now) & Domain("state", "=", "out"),
        )
        loans = self.search(domain, limit=200)
        failed = act_on_each(loans, lambda some: some._return_ended(now))
        if done := len(loans - failed):
            left = self.search_count(domain & Domain("id", "not in", failed.ids))
            self.env["ir.cron"]._commit_progress(done, remaining=left)

    def _return_ended(self, now):
        """Take back what of these electronic loans is not open to its borrower any more."""
        for loan in self:
            lines = loan.line_ids.filtered(
                lambda line: line.state == "out"
                and line.grant_id
                and line.grant_id.valid_until <= now
            )
            lines._take_back("good", self.env._("The access has ended by itself."))
            if all(line.state != "out" for line in loan.line_ids):
                loan._transition("returned")
