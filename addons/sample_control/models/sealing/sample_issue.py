from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.record_control.tools.one_by_one import act_on_each

STATES = [
    ("open", "To Be Answered"),
    ("working", "Being Rectified"),
    ("to_verify", "To Be Verified"),
    ("closed", "Closed"),
    ("returned", "Returned"),
]
TRANSITIONS = {
    "open": ("working",),
    "working": ("to_verify",),
    "to_verify": ("closed", "returned"),
    "closed": (),
    "returned": ("working",),
}
QUALITY = "sample_control.group_sample_quality"
#: what somebody else judges by its result
RECTIFIED_FIELDS = ("user_id", "severity", "description", "cause", "action")
#: what a verified point is about, and what was found
VERIFIED_FIELDS = (
    *RECTIFIED_FIELDS,
    "request_id",
    "sample_id",
    "class_id",
    "stage",
    "lot_name",
    "department_id",
    "date_due",
    "verify_note",
)


class SampleIssue(models.Model):
    """Problem point of a review, or exception after sealing: answered, rectified, verified (SC-25)."""

    _name = "sample.issue"
    _description = "Problem Point"
    _inherit = [
        "guarded.state.mixin",
        "numbering.mixin",
        "controlled.form.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "name desc, id desc"
    _rec_names_search = ["name", "description"]
    _check_company_auto = True
    _numbering_code = "sample.issue"
    _controlled_form_code = "SC-F08"
    _guarded_side_states = ("returned",)
    _guarded_transitions = TRANSITIONS
    _guarded_initial_states = ("open",)
    _guarded_protected_fields = (
        "date_replied",
        "date_done",
        "done_by_id",
        "verifier_id",
        "date_verified",
        "reminded_on",
        "escalated_on",
    )
    _guarded_readiness_depends = (
        "cause",
        "action",
        "user_id",
        "verify_note",
    )

    name = fields.Char(
        string="Point No.",
        readonly=True,
        required=True,
        copy=False,
        index="trigram",
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    request_id = fields.Many2one(
        comodel_name="sample.request",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
    )
    sample_id = fields.Many2one(
        comodel_name="sample.sample",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        help="For points that were found after the sealing.",
    )
    product_id = fields.Many2one(
        comodel_name="product.product",
        compute="_compute_product_id",
        store=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    sequence = fields.Integer(default=10)
    description = fields.Text(string="Problem", required=True, tracking=True)
    class_id = fields.Many2one(
        comodel_name="sample.issue.class",
        index="btree_not_null",
        check_company=True,
    )
    stage = fields.Selection(
        selection=[
            ("before", "Before the sealing"),
            ("at", "At the sealing"),
            ("after", "After the sealing"),
        ],
        string="Found",
        required=True,
        default="at",
    )
    lot_name = fields.Char(string="Batch")
    severity = fields.Selection(
        selection=[
            ("blocking", "Blocking"),
            ("major", "Major"),
            ("minor", "Minor"),
        ],
        required=True,
        default="major",
        index=True,
        tracking=True,
        help="Nothing is signed or approved while a blocking point is open.",
    )
    department_id = fields.Many2one(
        comodel_name="hr.department",
        string="Responsible Department",
        check_company=True,
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Responsible",
        index="btree_not_null",
        tracking=True,
        domain=[("share", "=", False)],
    )
    cause = fields.Text(tracking=True)
    action = fields.Text(string="Corrective Measure", tracking=True)
    date_due = fields.Date(
        string="Due",
        compute="_compute_date_due",
        store=True,
        readonly=False,
        index="btree_not_null",
        tracking=True,
        help="The rectification is done before mass production.",
    )
    is_overdue = fields.Boolean(
        string="Overdue", compute="_compute_is_overdue", search="_search_is_overdue"
    )
    date_replied = fields.Date(string="Answered On", readonly=True, copy=False)
    date_done = fields.Date(string="Done On", readonly=True, copy=False)
    done_by_id = fields.Many2one(comodel_name="res.users", readonly=True, copy=False)
    verifier_id = fields.Many2one(
        comodel_name="res.users",
        string="Verified By",
        readonly=True,
        copy=False,
        tracking=True,
    )
    date_verified = fields.Date(string="Verified On", readonly=True, copy=False)
    verify_note = fields.Text(string="Result of the Verification", copy=False)
    state = fields.Selection(
        selection=STATES,
        group_expand="_group_expand_states",
        required=True,
        readonly=True,
        default="open",
        copy=False,
        index=True,
        tracking=True,
    )
    reminded_on = fields.Date(readonly=True, copy=False)
    escalated_on = fields.Date(readonly=True, copy=False)

    _name_unique = models.UniqueIndex(
        "(name, company_id)", "The number of the point is already taken."
    )
    _check_subject = models.Constraint(
        "CHECK (request_id IS NOT NULL OR sample_id IS NOT NULL)",
        "A problem point belongs to a request or a sample.",
    )
    _due_index = models.Index("(date_due) WHERE state != 'closed'")

    # --- Computes ---

    @api.depends("name", "description")
    def _compute_display_name(self):
        for issue in self:
            first = (issue.description or "").strip().split("\n")[0]
            # it stands inside sentences, which end with a full stop of their own
            issue.display_name = f"{issue.name or ''} {first[:60]}".strip(" .。")

    @api.depends("request_id.product_id", "sample_id.product_id")
    def _compute_product_id(self):
        for issue in self:
            issue.product_id = issue.request_id.product_id or issue.sample_id.product_id

    @api.depends("class_id")
    def _compute_date_due(self):
        for issue in self:
            days = issue.class_id.due_days
            if days and not issue.date_due:
                today = (issue.company_id or self.env.company)._record_control_today()
                issue.date_due = today + timedelta(days=days)

    @api.depends("date_due", "state")
    def _compute_is_overdue(self):
        for company, issues in self.grouped("company_id").items():
            today = (company or self.env.company)._record_control_today()
            for issue in issues:
                issue.is_overdue = bool(
                    issue.date_due
                    and issue.date_due < today
                    and issue.state != "closed"
                )

    @api.model
    def _search_is_overdue(self, operator, value):
        if operator != "in":
            return NotImplemented
        overdue = self.env.companies._record_control_today_domain(
            lambda today: Domain("date_due", "<", today)
        )
        overdue &= Domain("state", "!=", "closed")
        return Domain.OR(
            overdue if wanted else ~overdue for wanted in set(map(bool, value))
        )

    # --- CRUD ---

    @api.model
    def _get_boundary_fields(self):
        return super()._get_boundary_fields() | {"request_id", "sample_id"}

    @api.model_create_multi
    def create(self, vals_list):
        issues = super().create(vals_list)
        # nobody stops a piece that he may not see
        issues.sample_id.check_access("read")
        issues._ask_responsible()
        for issue in issues.filtered(lambda issue: issue.stage == "after"):
            if issue.sample_id and issue.class_id.suspends_sample:
                # sudo: whoever reports need not be able to write samples
                issue.sample_id.sudo()._suspend(issue.display_name, origin=issue)
        return issues

    def write(self, vals):
        self._check_fixed(vals)
        result = super().write(vals)
        if "user_id" in vals:
            self._ask_responsible()
        return result

    def _check_fixed(self, vals):
        """Refuse changes by which a point could slip past its verification.

        :raises UserError: naming the points
        """
        for name in ("request_id", "sample_id", "company_id"):
            if self._filter_changed([name], vals) and any(self[name]):
                raise UserError(self.env._("A problem point stays where it was found."))
        if "severity" in vals and not self.env.su:
            changed = self.filtered(lambda issue: issue.severity != vals["severity"])
            if changed and not self.env.user.has_group(QUALITY):
                raise UserError(
                    self.env._("Quality decides how severe a problem point is.")
                )
        settled = {"to_verify": RECTIFIED_FIELDS, "closed": VERIFIED_FIELDS}
        late = self.filtered(
            lambda issue: issue._filter_changed(settled.get(issue.state, ()), vals)
        )
        if late:
            raise UserError(
                self.env._(
                    "%(issues)s: what is to be verified, or was, is not changed.",
                    issues=", ".join(late.mapped("name")),
                )
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_any(self):
        raise UserError(self.env._("Problem points are closed, not deleted."))

    # --- Gates ---

    def _get_transition_label(self, target):
        labels = {
            "working": self.env._("Answer"),
            "to_verify": self.env._("Report as done"),
            "closed": self.env._("Close"),
            "returned": self.env._("Send Back"),
        }
        return labels.get(target) or super()._get_transition_label(target)

    def _get_transition_reasons(self, target):
        reasons = super()._get_transition_reasons(target)
        if target in ("working", "to_verify"):
            reasons += self._get_answer_reasons()
        elif target in ("closed", "returned"):
            reasons += self._get_verification_reasons()
        return reasons

    def _get_answer_reasons(self):
        """Say what the answer lacks: responsible person, cause, measure."""
        self.ensure_one()
        reasons = []
        if not self.user_id:
            reasons.append(self.env._("Enter the responsible person."))
        if not (self.cause or "").strip() or not (self.action or "").strip():
            reasons.append(self.env._("Enter the cause and the corrective measure."))
        return reasons

    def _get_verification_reasons(self):
        """Say why this user may not verify (SC-25.1): quality, and not who rectified."""
        self.ensure_one()
        reasons = []
        user = self.env.user
        if not user.has_group(QUALITY):
            reasons.append(self.env._("Quality verifies problem points."))
        if user in (self.user_id, self.done_by_id):
            reasons.append(
                self.env._("Somebody else than the person responsible verifies.")
            )
        if not (self.verify_note or "").strip():
            reasons.append(self.env._("Enter the result of the verification."))
        return reasons

    def _prepare_transition_vals(self, target):
        vals = super()._prepare_transition_vals(target)
        today = self.company_id._record_control_today()
        if target == "working":
            vals["date_replied"] = today
        if target == "to_verify":
            vals.update(date_done=today, done_by_id=self.env.uid)
        elif target in ("working", "returned"):
            vals.update(date_done=False)
        if target in ("closed", "returned"):
            vals.update(verifier_id=self.env.uid, date_verified=today)
        else:
            vals.update(verifier_id=False, date_verified=False)
        return vals

    def _after_transition(self, source, target):
        super()._after_transition(source, target)
        if target in ("to_verify", "closed"):
            # sudo: whoever reports closes what the point asked of its owner
            self.sudo().activity_unlink(["sample_control.mail_activity_type_issue"])
        elif target == "returned":
            self._ask_responsible()

    # --- Actions ---

    def action_answer(self):
        """Answer the points: cause and measure are known.

        :return: True
        """
        return self._transition("working")

    def action_report_done(self):
        """Report the rectification as done.

        :return: True
        """
        return self._transition("to_verify")

    def action_close(self):
        """Close points whose rectification was verified.

        :return: True
        """
        return self._transition("closed")

    def action_return(self):
        """Return points whose rectification did not hold.

        :return: True
        """
        return self._transition("returned")

    # --- People ---

    def _ask_responsible(self):
        """Give each open point to its responsible person as an activity, once."""
        kind = "sample_control.mail_activity_type_issue"
        for issue in self.filtered(lambda issue: issue.user_id):
            if issue.state not in ("open", "working", "returned"):
                continue
            # sudo: whoever enters a point hands it to somebody else
            issue_sudo = issue.sudo()
            issue_sudo.activity_unlink([kind])
            issue_sudo.activity_schedule(
                kind,
                date_deadline=issue.date_due
                or issue.company_id._record_control_today(),
                summary=issue.display_name,
                user_id=issue.user_id.id,
            )

    def _get_supervisors(self):
        """Return who is told that a point is overdue: organiser, else who entered it."""
        self.ensure_one()
        return self.request_id.organiser_id or self.create_uid

    # --- Crons ---

    @api.model
    def _cron_remind(self):
        """Chase points that are due tomorrow or overdue, each once a day at most (C09)."""
        # the day in the most eastern time zone: each company's own day is asked below
        latest = fields.Date.today() + timedelta(days=2)
        issues = self.search(
            [
                ("state", "in", ("open", "working", "returned")),
                ("date_due", "<=", latest),
            ]
        )
        for company, found in issues.grouped("company_id").items():
            today = company._record_control_today()
            due = found.filtered(
                lambda issue, today=today: issue.date_due <= today + timedelta(days=1)
                and issue.reminded_on != today
            )
            act_on_each(due, lambda some, today=today: some._remind_each(today))

    def _remind_each(self, today):
        for issue in self:
            issue._remind(today)

    def _remind(self, today):
        """Remind the owner, and tell the organiser once when the day has passed."""
        self.ensure_one()
        users = self.user_id
        vals = {"reminded_on": today}
        if self.date_due < today and not self.escalated_on:
            users |= self._get_supervisors()
            vals["escalated_on"] = today
        self._write_protected(vals)
        self.message_notify(
            partner_ids=users.partner_id.ids,
            subject=self.display_name,
            body=self.env._(
                "%(issue)s is due on %(day)s.",
                issue=self.display_name,
                day=fields.Date.to_string(self.date_due),
            ),
        )
