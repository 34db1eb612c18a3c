from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command, Domain
from odoo.tools import plaintext2html

from odoo.addons.record_control.models.access.restricted_fields import (
    RestrictedOne2many,
)

from ..policy.people import get_acting_name

STATES = [
    ("new", "New"),
    ("isolated", "Isolated"),
    ("inspecting", "Being Inspected"),
    ("handling", "Being Handled"),
    ("to_verify", "To Be Verified"),
    ("closed", "Closed"),
]
KINDS = [
    ("unreliable", "No longer allows a reliable judgement"),
    ("damaged", "Damaged"),
    ("deformed", "Deformed"),
    ("faded", "Faded or aged"),
    ("lost", "Lost"),
]
#: what happened to the piece itself: a successor is needed at once (SC-50.2)
PHYSICAL_KINDS = ("damaged", "deformed", "faded", "lost")
DECISIONS = [
    ("continue", "Continue to use"),
    ("reshape", "Correct and measure again"),
    ("replace", "Replace"),
    ("scrap", "Scrap"),
]
#: decisions after which the same piece is used again
KEEPING_DECISIONS = ("continue", "reshape")
INSPECTION_CLOCK = "sample_exception_inspection"
NOTICE_ACTIVITY = "sample_control.mail_activity_type_notice"
QUALITY = "sample_control.group_sample_quality"
#: who decides what becomes of a piece
DECIDERS = f"{QUALITY},sample_control.group_sample_technical"
#: open states in which nothing has been decided yet
UNDECIDED_STATES = ("new", "isolated", "inspecting")
#: what a role says
ROLE_FIELDS = ("decision", "cause", "conclusion")
#: what was seen: the word of who reported it
REPORT_FIELDS = (
    "kind",
    "phenomenon",
    "found_at",
    "found_by_id",
    "found_where",
    "measure",
    "affected_note",
    "photo",
)
#: who corrects what somebody else reported
CORRECTORS = f"{QUALITY},sample_control.group_sample_administrator"


class SampleException(models.Model):
    """A sample fails in use, is damaged or lost: stopped at once, measured, decided, verified (SC-49, SC-50).

    Saving the record suspends the sample and isolates it in the same transaction, asks for a
    successor where the piece itself suffered, and keeps everything that was judged with the sample
    since it was last known to be good.
    """

    _name = "sample.exception"
    _description = "Sample Exception"
    _inherit = [
        "sample.secret.mixin",
        "sample.frozen.mixin",
        "numbering.mixin",
        "controlled.form.mixin",
        "clock.mixin",
        "sample.notice.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "id desc"
    _check_company_auto = True
    _numbering_code = "sample.exception"
    _notice_template = "sample_control.mail_template_exception_notice"
    _controlled_form_code = "SC-F17"
    _guarded_transitions = {
        "new": ("isolated", "inspecting", "handling"),
        "isolated": ("inspecting", "handling"),
        "inspecting": ("handling",),
        "handling": ("to_verify",),
        "to_verify": ("closed", "handling"),
        "closed": (),
    }
    _guarded_initial_states = ("new",)
    _guarded_side_states = ()
    _guarded_protected_fields = (
        "reported_at",
        "reporter_id",
        "last_good_at",
        "last_custody_id",
        "responsible_id",
        "decided_at",
        "decided_by_id",
        "done_at",
        "done_by_id",
        "handler_ids",
        "verifier_id",
        "closed_at",
        "request_id",
        "loss_confirmed_by_id",
        "loss_confirmed_at",
        "needs_notice",
        "origin_res_model",
        "origin_res_id",
    )
    _guarded_readiness_depends = (
        "decision",
        "cause",
        "action_note",
        "conclusion",
        "date_notified",
        "loss_confirmed_at",
        "trace_ids.assessment",
        "issue_ids.state",
    )
    _frozen_fields = {
        # the report stopped this very piece
        (): ("company_id", "sample_id", "product_id"),
        ("new", "isolated"): ("kind", "found_at", "found_by_id", "found_where"),
        ("new", "isolated", "inspecting"): ("phenomenon", "measure"),
        ("new", "isolated", "inspecting", "handling"): (
            "decision",
            "cause",
            "action_note",
            "user_id",
        ),
        ("new", "isolated", "inspecting", "handling", "to_verify"): (
            "class_id",
            "affected_note",
            "detection_note",
            "photo",
            "date_due",
            "date_notified",
            "notified_by",
            "customer_reply",
            "conclusion",
            "trace_ids",
        ),
    }

    name = fields.Char(
        string="Exception No.",
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
    state = fields.Selection(
        selection=STATES,
        group_expand="_group_expand_states",
        required=True,
        readonly=True,
        default="new",
        copy=False,
        index=True,
        tracking=True,
    )
    # What was found
    sample_id = fields.Many2one(
        comodel_name="sample.sample",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        tracking=True,
    )
    product_id = fields.Many2one(
        comodel_name="product.product",
        compute="_compute_product_id",
        store=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    sample_state = fields.Selection(
        related="sample_id.state", string="State of the Sample", related_sudo=False
    )
    sample_custody_state = fields.Selection(
        related="sample_id.custody_state", string="Custody State", related_sudo=False
    )
    kind = fields.Selection(
        selection=KINDS,
        string="What Happened",
        required=True,
        default="unreliable",
        index=True,
        tracking=True,
    )
    phenomenon = fields.Text(
        string="Observation", required=True, help="What was seen or measured."
    )
    found_at = fields.Datetime(
        string="Found On", required=True, default=fields.Datetime.now
    )
    found_by_id = fields.Many2one(
        comodel_name="res.users",
        required=True,
        index=True,
        default=lambda self: self.env.user,
    )
    found_where = fields.Selection(
        selection=[
            ("first_article", "First article"),
            ("production", "Production"),
            ("inspection", "Inspection"),
            ("comparison", "Comparison"),
            ("patrol", "Patrol check"),
            ("loan", "Lending and return"),
            ("stocktake", "Stock-take"),
            ("customer", "Customer"),
            ("other", "Other"),
        ],
        string="Found During",
        required=True,
        default="production",
        index=True,
    )
    class_id = fields.Many2one(
        comodel_name="sample.issue.class",
        index="btree_not_null",
        check_company=True,
        tracking=True,
        help="Says which role answers and within how many days (SC-51.1).",
    )
    role = fields.Selection(related="class_id.role", string="Answered By")
    affected_note = fields.Text(
        string="Products and Batches Affected", help="As far as known when reported."
    )
    measure = fields.Selection(
        selection=[
            ("stop", "Stop the use"),
            ("isolate", "Stop the use and isolate"),
        ],
        string="Immediate Measure",
        compute="_compute_measure",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        help="A lost piece cannot be isolated; everything else is by default.",
    )
    photo = fields.Image(max_width=1920, max_height=1920, copy=False)
    detection_note = fields.Text(
        string="Detection Record", help="What was measured at once, by whom and how."
    )
    origin_res_model = fields.Char(string="Origin (model)", readonly=True, copy=False)
    origin_res_id = fields.Many2oneReference(
        string="Origin (record)",
        model_field="origin_res_model",
        readonly=True,
        copy=False,
        help="The loan, comparison, inspection or stock-take in which it was found.",
    )
    reported_at = fields.Datetime(
        string="Reported On", readonly=True, copy=False, index=True
    )
    reporter_id = fields.Many2one(
        comodel_name="res.users",
        string="Reported By",
        readonly=True,
        copy=False,
        index="btree_not_null",
    )
    # Who had it last
    last_custody_id = fields.Many2one(
        comodel_name="sample.custody.log",
        string="Last Custody Entry",
        readonly=True,
        copy=False,
        ondelete="restrict",
        help="Where the piece was last, by whose hand.",
    )
    responsible_id = fields.Many2one(
        comodel_name="res.partner",
        string="Had It Last",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="From the last custody entry: who held the piece, else who is responsible for its place.",
    )
    # What becomes of it
    decision = fields.Selection(
        selection=DECISIONS, copy=False, index=True, tracking=True
    )
    cause = fields.Text(copy=False, tracking=True)
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Responsible",
        index="btree_not_null",
        tracking=True,
        domain=[("share", "=", False)],
        help="Who handles the exception.",
    )
    department_id = fields.Many2one(
        comodel_name="hr.department",
        string="Responsible Department",
        check_company=True,
        index="btree_not_null",
    )
    date_due = fields.Date(
        string="Due",
        compute="_compute_date_due",
        store=True,
        readonly=False,
        index="btree_not_null",
        tracking=True,
    )
    action_note = fields.Text(string="What Was Done", copy=False)
    request_id = fields.Many2one(
        comodel_name="sample.request",
        string="Successor Asked For",
        readonly=True,
        copy=False,
        index="btree_not_null",
    )
    decided_at = fields.Datetime(string="Decided On", readonly=True, copy=False)
    decided_by_id = fields.Many2one(comodel_name="res.users", readonly=True, copy=False)
    done_at = fields.Datetime(string="Done On", readonly=True, copy=False)
    done_by_id = fields.Many2one(comodel_name="res.users", readonly=True, copy=False)
    handler_ids = fields.Many2many(
        comodel_name="res.users",
        relation="sample_exception_handler_rel",
        string="Handled By",
        readonly=True,
        copy=False,
        help="Who entered what was done, reported it as done, or decided that nothing is to be done: "
        "none of them verifies it.",
    )
    conclusion = fields.Text(copy=False, help="Result of the verification.")
    verifier_id = fields.Many2one(
        comodel_name="res.users",
        string="Verified By",
        readonly=True,
        copy=False,
        tracking=True,
    )
    closed_at = fields.Datetime(
        string="Closed On", readonly=True, copy=False, index="btree_not_null"
    )
    loss_confirmed_by_id = fields.Many2one(
        comodel_name="res.users", readonly=True, copy=False
    )
    loss_confirmed_at = fields.Datetime(readonly=True, copy=False)
    # Customer
    needs_notice = fields.Boolean(
        string="Customer Is Told",
        readonly=True,
        copy=False,
        help="The rule of the sample asks for it: the customer selects and confirms a new one.",
    )
    notice_partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer",
        compute="_compute_notice_partner_id",
        help="Owner of the piece, else the customer it is the standard for.",
    )
    date_notified = fields.Date(string="Customer Told On", copy=False, tracking=True)
    notified_by = fields.Selection(
        selection=[
            ("letter", "Letter"),
            ("mail", "E-mail"),
            ("phone", "Phone"),
            ("visit", "Visit"),
        ],
        string="Told By",
        copy=False,
    )
    customer_reply = fields.Text(string="Answer of the Customer", copy=False)
    # What hangs on it
    issue_ids = fields.One2many(
        comodel_name="sample.issue",
        inverse_name="exception_id",
        string="Problem Points",
    )
    issue_count = fields.Integer(compute="_compute_counts")
    inspection_ids = fields.One2many(
        comodel_name="sample.inspection",
        inverse_name="exception_id",
        string="Inspections",
        readonly=True,
        copy=False,
    )
    trace_ids = RestrictedOne2many(
        comodel_name="sample.exception.trace",
        inverse_name="exception_id",
        string="Judged with It since the Last Good Check",
        copy=False,
    )
    trace_count = fields.Integer(string="Uses to Assess", compute="_compute_counts")
    open_trace_count = fields.Integer(compute="_compute_counts")
    last_good_at = fields.Datetime(
        string="Last Known Good",
        readonly=True,
        copy=False,
        help="The last passed inspection before the report, else the activation. What was judged "
        "with the sample since then is in doubt.",
    )

    _name_unique = models.UniqueIndex(
        "(name, company_id)", "The number is already taken."
    )
    _open_index = models.Index("(sample_id) WHERE state != 'closed'")

    # --- Computes ---

    @api.depends("name", "kind")
    @api.depends_context("lang")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for record in self:
            record.display_name = (
                f"{record.name or ''} {kinds.get(record.kind, '')}".strip()
            )

    @api.depends("sample_id")
    def _compute_product_id(self):
        for record in self:
            record.product_id = record.sample_id.product_id

    @api.depends("kind")
    def _compute_measure(self):
        for record in self:
            record.measure = "stop" if record.kind == "lost" else "isolate"

    @api.depends("class_id")
    def _compute_date_due(self):
        for record in self:
            days = record.class_id.due_days
            if days and not record.date_due:
                today = (record.company_id or self.env.company)._record_control_today()
                record.date_due = today + timedelta(days=days)

    @api.depends("sample_id")
    def _compute_notice_partner_id(self):
        for record in self:
            record.notice_partner_id = (
                record.sample_id.owner_id or record.sample_id.partner_id
            )

    @api.depends("issue_ids", "trace_ids.assessment")
    def _compute_counts(self):
        for record in self:
            record.issue_count = len(record.issue_ids)
            record.trace_count = len(record.trace_ids)
            record.open_trace_count = len(
                record.trace_ids.filtered(lambda line: line.assessment == "open")
            )

    # --- Constraints ---

    @api.constrains("kind", "measure")
    def _check_measure(self):
        for record in self:
            if record.kind == "lost" and record.measure == "isolate":
                raise ValidationError(
                    self.env._(
                        "%(name)s: what is lost is not isolated.", name=record.name
                    )
                )

    @api.constrains("date_notified")
    def _check_date_notified(self):
        """Nobody was told on a day to come (SC-50.1)."""
        for record in self.filtered("date_notified"):
            if record.date_notified > record.company_id._record_control_today():
                raise ValidationError(
                    self.env._(
                        "%(name)s: the customer cannot have been told after today.",
                        name=record.name,
                    )
                )

    # --- CRUD ---

    @api.model_create_multi
    def create(self, vals_list):
        samples = self.env["sample.sample"]
        vals_list = [
            {
                # the exception belongs to the company of its sample
                "company_id": samples.browse(vals.get("sample_id")).company_id.id,
                **vals,
            }
            if vals.get("sample_id")
            else vals
            for vals in vals_list
        ]
        records = super().create(vals_list)
        records.filtered(lambda record: record.action_note)._note_handler()
        records._check_reportable()
        for record in records:
            record._check_roles({name: record[name] for name in ROLE_FIELDS})
        for record in records:
            record._on_reported()
        return records

    def write(self, vals):
        self._check_report_kept(vals)
        self._check_loss_stands(vals)
        for record in self:
            record._check_roles(
                {
                    name: vals[name]
                    for name in ROLE_FIELDS
                    if name in vals and record._is_changed(name, vals[name])
                }
            )
        changed = self.filtered(
            lambda record: record.state == "handling"
            and "decision" in vals
            and record._is_changed("decision", vals["decision"])
        )
        acted = self.filtered(
            lambda record: "action_note" in vals
            and record._is_changed("action_note", vals["action_note"])
        )
        result = super().write(vals)
        acted._note_handler()
        changed._decide_again()
        return result

    def _note_handler(self):
        """Remember that the user handled these exceptions: he does not verify them."""
        for record in self.filtered(lambda r: self.env.user not in r.handler_ids):
            record._write_protected({"handler_ids": [Command.link(self.env.uid)]})

    def _check_roles(self, vals):
        """Refuse what others than quality and the technical side may not say (SC-49.3).

        Until it is decided everybody may propose decision and cause.

        :param dict vals: what this one record gets
        :raises UserError: with the rule
        """
        self.ensure_one()
        if self.env.su:
            return
        user = self.env.user
        decided = self.state not in UNDECIDED_STATES
        if decided and vals.keys() - {"conclusion"} and not user.has_groups(DECIDERS):
            raise UserError(
                self.env._("Quality or the technical side decides what becomes of it.")
            )
        if vals.get("conclusion") and not user.has_group(QUALITY):
            raise UserError(self.env._("Quality verifies exceptions."))

    def _check_report_kept(self, vals):
        """Leave what was seen to who reported it; quality and the sample administrator correct it (SC-49).

        :raises UserError: naming the exceptions
        """
        user = self.env.user
        if self.env.su or user.has_groups(CORRECTORS):
            return
        changed = self._filter_changed(REPORT_FIELDS, vals)
        if foreign := changed.filtered(lambda record: record.reporter_id != user):
            raise UserError(
                self.env._(
                    "%(names)s: what was seen is changed by who reported it, by quality or by the sample administrator.",
                    names=", ".join(foreign.mapped("name")),
                )
            )

    def _check_loss_stands(self, vals):
        """A loss that was reported stays one until the manager confirms it or the piece is found (SC-50.3).

        :raises UserError: naming the exceptions
        """
        if vals.get("kind", "lost") == "lost":
            return
        losses = self.filtered(lambda record: record.kind == "lost")
        if losses:
            raise UserError(
                self.env._(
                    "%(names)s: a reported loss stays one; what is found again passes an inspection.",
                    names=", ".join(losses.mapped("name")),
                )
            )

    def _decide_again(self):
        """Carry out a decision that was changed while it was carried out, past the same gate."""
        self._check_decision()
        for record in self:
            record._write_protected(
                {"decided_at": fields.Datetime.now(), "decided_by_id": self.env.uid}
            )
            if record.decision == "continue":
                record._note_handler()
            # sudo: what follows from a decision happens whoever takes it
            record.sudo()._carry_out()

    def _check_decision(self):
        """Refuse decisions that lack something.

        :raises UserError: with every reason
        """
        reasons = [
            f"{record.name}: {reason}"
            for record in self
            for reason in record._get_decision_reasons()
        ]
        if reasons:
            raise UserError("\n".join(reasons))

    @api.ondelete(at_uninstall=False)
    def _unlink_except_any(self):
        raise UserError(self.env._("Exceptions are closed, not deleted."))

    def _check_reportable(self):
        """Refuse reports about pieces that are not in use yet, or gone.

        :raises UserError: naming the samples
        """
        # sudo: the state of the piece counts, whoever reports
        wrong = self.sudo().sample_id.filtered(
            lambda sample: sample.state in ("draft", "to_sign", "disposed")
        )
        if wrong:
            raise UserError(
                self.env._(
                    "Exceptions are reported for samples that are or were in use: %(samples)s.",
                    samples=", ".join(
                        f"{sample.name} ({sample._get_guarded_state_labels()[sample.state]})"
                        for sample in wrong
                    ),
                )
            )

    # --- What a report does at once (SC-49.1, SC-50, E18) ---

    def _on_reported(self):
        """Stop and isolate the sample, ask for a successor, keep what is in doubt: one transaction."""
        self.ensure_one()
        # sudo: what follows from a report happens whoever reports
        record_sudo = self.sudo()
        sample_sudo = record_sudo.sample_id
        record_sudo.write(record_sudo._prepare_report_vals(self.env.user))
        sample_sudo._suspend(
            f"{self.display_name}: {self.phenomenon}", origin=record_sudo
        )
        record_sudo._secure()
        record_sudo._keep_trace()
        if self.kind in PHYSICAL_KINDS or record_sudo._replaces_at_once():
            record_sudo._ask_for_successor()
        if record_sudo.needs_notice:
            record_sudo._ask_for_notice()
        record_sudo._ask_handler()
        record_sudo._clock_start(INSPECTION_CLOCK)

    def _prepare_report_vals(self, user):
        """Return what is known at the moment of the report.

        :param user: who reports
        """
        self.ensure_one()
        sample = self.sample_id
        log = sample.custody_log_ids.sorted("id", reverse=True)[:1]
        holder = log.holder_id or log.location_id.manager_id.partner_id
        return {
            "reported_at": fields.Datetime.now(),
            "reporter_id": user.id,
            "last_good_at": sample._get_last_good_at(),
            "last_custody_id": log.id,
            "responsible_id": (
                holder or sample.custodian_id.partner_id or log.user_id.partner_id
            ).id,
            "needs_notice": sample._must_notify_customer(),
            "user_id": (self.user_id or sample.custodian_id).id,
        }

    def _secure(self):
        """Isolate the piece where the measure says so (SC-50.4).

        A piece that somebody has borrowed is marked as isolated where it is; it goes to the
        isolation area when it comes back.
        """
        self.ensure_one()
        sample = self.sample_id
        if self.measure != "isolate" or sample.state in ("lost", "disposed"):
            return
        if sample.custody_state != "isolated":
            if sample.is_on_loan or sample.custody_state in (
                "at_customer",
                "at_supplier",
            ):
                sample._move(
                    custody_state="isolated", reason=self.display_name, origin=self
                )
            else:
                sample._isolate(self.display_name, origin=self)
        if self.state == "new":
            self._transition("isolated")

    def _replaces_at_once(self):
        """Tell whether the rule of the sample replaces what failed without measuring it first."""
        self.ensure_one()
        return self.sample_id._get_policy_values("end").get("failure_path") == "replace"

    def _ask_for_successor(self):
        """Ask for a successor (T15, T16), unless the product is no longer on the market (SC-55.1)."""
        self.ensure_one()
        sample = self.sample_id
        if sample.is_discontinued or sample.replaced_by_id:
            return
        code = "T15" if self.kind in PHYSICAL_KINDS else "T16"
        request = sample._request_successor(code, self.display_name, origin=self)
        self._write_protected({"request_id": request.id})

    def _ask_for_notice(self):
        """Have the customer told to select and confirm a new sample (SC-50.1)."""
        self.ensure_one()
        self.activity_schedule(
            NOTICE_ACTIVITY,
            date_deadline=self.company_id._record_control_today(),
            summary=self.env._("Notify the customer to select anew"),
            note=plaintext2html(self.phenomenon or ""),
            user_id=(self.user_id or self.reporter_id or self.env.user).id,
        )

    def _ask_handler(self):
        """Give the exception to who handles it, as an activity."""
        self.ensure_one()
        if self.user_id and self.user_id != self.reporter_id:
            self.activity_schedule(
                "mail.mail_activity_data_todo",
                date_deadline=self.date_due or self.company_id._record_control_today(),
                summary=self.display_name,
                user_id=self.user_id.id,
            )

    # --- Backward trace (SC-49.2) ---

    def _keep_trace(self):
        """Keep every use of the sample since it was last good; those kept already stay as they are."""
        for record in self:
            known = {(line.res_model, line.res_id) for line in record.sudo().trace_ids}
            vals_list = [
                {**vals, "exception_id": record.id}
                for vals in record.sample_id._prepare_trace_vals(record.last_good_at)
                if (vals["res_model"], vals["res_id"]) not in known
            ]
            # sudo: the trace is found by the system, complete whoever reports
            self.env["sample.exception.trace"].sudo().create(vals_list)

    def action_refresh_trace(self):
        """Look again for what was judged with the sample; new uses are added.

        :return: action that shows the list
        """
        self.ensure_one()
        self.check_access("read")
        if self.state != "closed":
            self._keep_trace()
        return self.action_view_trace()

    def action_view_trace(self):
        """Show what was judged with the sample since it was last good.

        :return: action
        """
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "sample_control.sample_exception_trace_action"
        )
        action.update(
            domain=[("exception_id", "in", self.ids)],
            context={"search_default_group_kind": 1},
        )
        return action

    # --- Gates ---

    def _get_transition_label(self, target):
        labels = {
            "isolated": self.env._("Isolate"),
            "inspecting": self.env._("Have It Measured"),
            "handling": self.env._("Decide")
            if self.state != "to_verify"
            else self.env._("Send Back"),
            "to_verify": self.env._("Report as done"),
            "closed": self.env._("Close"),
        }
        return labels.get(target) or super()._get_transition_label(target)

    def _get_readiness(self):
        """Leave out the way back of what is to be verified: the button is there, nothing is missing."""
        steps = super()._get_readiness()
        if self.state != "to_verify":
            return steps
        return [step for step in steps if step["target"] != "handling"]

    def _get_isolated_gate_reasons(self):
        # sudo: where a piece is does not depend on who asks
        if self.sudo().sample_id.custody_state == "isolated":
            return []
        return [self.env._("Move the sample to the isolation area first.")]

    def _get_inspecting_gate_reasons(self):
        if self.sudo().sample_id.state == "lost" or self.kind == "lost":
            return [self.env._("A lost piece cannot be measured.")]
        return []

    def _get_handling_gate_reasons(self):
        self.ensure_one()
        if self.state == "to_verify":
            return self._get_verifier_reasons()
        return self._get_decision_reasons()

    def _get_decision_reasons(self):
        """Say what the decision lacks; it is taken by quality or the technical side."""
        self.ensure_one()
        reasons = []
        if not self.env.user.has_groups(DECIDERS):
            reasons.append(
                self.env._("Quality or the technical side decides what becomes of it.")
            )
        if not self.decision:
            reasons.append(self.env._("Choose the decision."))
        if not (self.cause or "").strip():
            reasons.append(self.env._("Enter the cause."))
        # sudo: the state of the piece counts, whoever decides
        sample_sudo = self.sudo().sample_id
        gone = self.kind == "lost" or sample_sudo.state not in ("active", "suspended")
        if self.decision in KEEPING_DECISIONS and gone:
            reasons.append(
                self.env._("The piece is not in use any more: replace or scrap it.")
            )
        return reasons

    def _get_to_verify_gate_reasons(self):
        if (self.action_note or "").strip():
            return []
        return [self.env._("Enter what was done.")]

    def _get_closed_gate_reasons(self):
        """Say what keeps it from being closed (SC-49.3)."""
        reasons = self._get_verifier_reasons()
        if not (self.conclusion or "").strip():
            reasons.append(self.env._("Enter the result of the verification."))
        reasons += self._get_outcome_reasons()
        if self.kind == "lost" and not (
            self.loss_confirmed_at or self._is_found_again()
        ):
            reasons.append(self.env._("The manager has not confirmed the loss."))
        if self.needs_notice and not (self.date_notified and self.notified_by):
            reasons.append(
                self.env._("Enter when and how the customer was told (SC-50.1).")
            )
        # sudo: every use and point counts, whoever closes
        if any(line.assessment == "open" for line in self.sudo().trace_ids):
            reasons.append(
                self.env._(
                    "Assess what was judged with the sample since it was last good."
                )
            )
        if self.sudo().issue_ids.filtered(lambda issue: issue.state != "closed"):
            reasons.append(self.env._("Close its problem points."))
        return reasons

    def _get_verifier_reasons(self):
        """Say why this user does not verify: quality, and not who handled it.

        Who decided may verify what others did; to continue the use is nothing but the decision, so
        that who decided it handled it.
        """
        self.ensure_one()
        user = self.env.user
        if not user.has_group(QUALITY):
            return [self.env._("Quality verifies exceptions.")]
        if user in self.user_id | self.done_by_id | self.handler_ids:
            return [self.env._("Somebody else than who handled it verifies.")]
        return []

    def _get_outcome_reasons(self):
        """Say what is missing of a passed inspection since the report, or an active successor (SC-49.3)."""
        self.ensure_one()
        # sudo: what became of the piece does not depend on who asks
        sample_sudo = self.sudo().sample_id
        successor = sample_sudo._has_standing_successor()
        if self.decision in KEEPING_DECISIONS:
            passed = sample_sudo._has_passed_since(self.reported_at)
            if passed or successor:
                return []
            return [
                self.env._(
                    "The sample has to pass an inspection after %(moment)s, or an active successor takes its place.",
                    moment=sample_sudo._format_moment(self.reported_at),
                )
            ]
        if successor or (sample_sudo.is_discontinued and sample_sudo._is_ended()):
            return []
        return [self.env._("No active successor has taken the place of the sample.")]

    def _is_found_again(self):
        """Tell whether a piece that was reported lost is at hand again."""
        # sudo: as above
        sample_sudo = self.sudo().sample_id
        return sample_sudo.state != "lost" and sample_sudo._has_passed_since(
            self.reported_at
        )

    # --- Transitions ---

    def _prepare_transition_vals(self, target):
        vals = super()._prepare_transition_vals(target)
        now = fields.Datetime.now()
        if target == "handling" and self.state != "to_verify":
            vals.update(decided_at=now, decided_by_id=self.env.uid)
        if target == "handling":
            vals.update(done_at=False, done_by_id=False)
        elif target == "to_verify":
            vals.update(done_at=now, done_by_id=self.env.uid)
        elif target == "closed":
            vals.update(closed_at=now, verifier_id=self.env.uid)
        return vals

    def _after_transition(self, source, target):
        super()._after_transition(source, target)
        if target == "to_verify":
            self._note_handler()
        elif target == "handling" and source != "to_verify":
            self.filtered(lambda r: r.decision == "continue")._note_handler()
        # sudo: what follows from a step happens whoever takes it
        for record_sudo in self.sudo():
            if target == "inspecting":
                record_sudo._open_inspection("exception")
            elif target == "handling" and source != "to_verify":
                record_sudo._clock_stop(INSPECTION_CLOCK)
                record_sudo._carry_out()
            elif target == "closed":
                record_sudo.activity_unlink(
                    ["mail.mail_activity_data_todo", NOTICE_ACTIVITY]
                )
        if target == "inspecting":
            self._clock_stop(INSPECTION_CLOCK)

    def _open_inspection(self, kind):
        """Prepare the inspection of the sample for this exception; an open one is not doubled.

        :param str kind: exception or after_repair
        """
        self.ensure_one()
        open_domain = self.env["sample.inspection"]._get_open_domain()
        if self.inspection_ids.filtered_domain(open_domain):
            return
        if self.sample_id.state not in ("active", "suspended"):
            return
        # one that was opened for another reason serves as well
        inspection = self.sample_id._get_open_inspections(
            kind
        ) or self.sample_id._create_inspection(
            kind,
            origin=self,
            planned_date=self.company_id._record_control_today(),
        )
        inspection[:1]._write_protected({"exception_id": self.id})

    def _carry_out(self):
        """Begin what was decided: inspect again, ask for a successor, or end the piece."""
        self.ensure_one()
        sample = self.sample_id
        if self.decision == "reshape":
            self._open_inspection("after_repair")
        elif self.decision == "continue":
            self._open_inspection("exception")
        elif self.decision == "replace":
            self._ask_for_successor()
        elif self.decision == "scrap" and self.kind != "lost":
            self._ask_for_successor()
            if sample.state == "suspended":
                sample._end("obsolete", self.display_name)

    # --- Actions ---

    def action_isolate(self):
        """Move the samples to the isolation area now.

        :return: True
        """
        self.check_access("write")
        for record in self.filtered(lambda record: record.state == "new"):
            # sudo: who reports need not be a custodian
            record_sudo = record.sudo()
            if record_sudo.sample_id.custody_state != "isolated":
                record_sudo.sample_id._isolate(record.display_name, origin=record)
        return self._transition("isolated")

    def action_inspect(self):
        """Have the samples measured.

        :return: True
        """
        return self._transition("inspecting")

    def action_decide(self):
        """Carry out what was decided.

        :return: True
        """
        return self._transition("handling")

    def action_report_done(self):
        """Report that everything was done.

        :return: True
        """
        return self._transition("to_verify")

    def action_return(self):
        """Give back what does not hold.

        :return: True
        """
        return self._transition("handling")

    def action_close(self):
        """Close what was verified.

        :return: True
        """
        return self._transition("closed")

    def action_confirm_loss(self):
        """Confirm, as the manager, that the pieces are lost (SC-50.3).

        :return: True
        :raises UserError: for others than managers, for who reported it, and for other kinds
        """
        self.check_access("write")
        user = self.env.user
        if not user.has_group("sample_control.group_sample_manager"):
            raise UserError(self.env._("The sample manager confirms a loss."))
        for record in self:
            if record.kind != "lost" or record.state == "closed":
                raise UserError(
                    self.env._("%(name)s is no open loss.", name=record.name)
                )
            if record.reporter_id == user:
                raise UserError(
                    self.env._("Somebody else than who reported the loss confirms it.")
                )
            record._write_protected(
                {
                    "loss_confirmed_by_id": user.id,
                    "loss_confirmed_at": fields.Datetime.now(),
                }
            )
            # sudo: the loss was reported by one and confirmed by another person
            sample_sudo = record.sudo().sample_id
            if sample_sudo.state in ("active", "suspended"):
                sample_sudo._end("lost", record.display_name)
        return True

    def action_print_red_label(self):
        """Open the print of the red label for the samples (F03).

        :return: action
        """
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "sample_control.sample_label_wizard_action"
        )
        action["context"] = {
            "default_sample_ids": self.sample_id.ids,
            "default_layout": "disabled",
        }
        return action

    def action_view_request(self):
        """Show the request for the successor.

        :return: action
        """
        self.ensure_one()
        return self.env["sample.sample"]._get_request_action(self.request_id)

    def action_new_issue(self):
        """Open a new problem point of this exception (SC-51.2).

        :return: action
        """
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Problem Point"),
            "res_model": "sample.issue",
            "view_mode": "form",
            "context": {
                "default_exception_id": self.id,
                "default_sample_id": self.sample_id.id,
                "default_company_id": self.company_id.id,
                "default_class_id": self.class_id.id,
                "default_stage": "after",
                "default_description": self.phenomenon,
            },
        }

    # --- Prints ---

    def _get_notice_partner(self):
        return self.notice_partner_id

    def _get_notice_fields(self):
        return [*super()._get_notice_fields(), "notice_partner_id"]

    def _on_notice_sent(self):
        super()._on_notice_sent()
        untold = self.filtered(
            lambda record: not record.date_notified and record._is_open("date_notified")
        )
        for record in untold:
            today = record.company_id._record_control_today()
            record.write({"date_notified": today, "notified_by": "mail"})
        # sudo: the task may be that of a colleague
        self.sudo().activity_feedback(["sample_control.mail_activity_type_notice"])

    def _get_notice_date(self):
        """Return the day on the letter: when the customer was told, else today."""
        self.ensure_one()
        return self.date_notified or self.company_id._record_control_today()

    def _get_record_cells(self):
        """Return the cells of the sheet F17: reported, decided, done, verified."""
        self.ensure_one()
        return [
            {
                "title": self.env._("Reported"),
                "user": get_acting_name(self.reporter_id),
                "signed_at": self.reported_at,
            },
            {
                "title": self.env._("Decided"),
                "user": self.decided_by_id.name,
                "signed_at": self.decided_at,
            },
            {
                "title": self.env._("Done"),
                "user": self.done_by_id.name,
                "signed_at": self.done_at,
            },
            {
                "title": self.env._("Verified"),
                "user": self.verifier_id.name,
                "signed_at": self.closed_at,
            },
        ]

    @api.model
    def _get_open_domain(self):
        """Domain of the exceptions that are not closed."""
        return Domain("state", "!=", "closed")
