from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..policy.people import get_group_users
from . import reminders
from .sample_plan import RUNNING_STATES

STATES = [
    ("todo", "To Do"),
    ("notified", "Notified"),
    ("signing", "Being Signed"),
    ("overdue", "Overdue"),
    ("done", "Done"),
    ("dropped", "Not Any More"),
]
TRANSITIONS = {
    "todo": ("notified", "overdue", "done", "dropped"),
    "notified": ("signing", "todo", "overdue", "done", "dropped"),
    "signing": ("notified", "overdue", "done", "dropped", "todo"),
    "overdue": ("todo", "done", "dropped"),
    "done": (),
    "dropped": ("todo",),
}
#: states in which something is still to be done
OPEN_STATES = ("todo", "notified", "signing", "overdue")
#: days before the planned day on which the responsible person is reminded
LEAD_DAYS = 7
#: days after which the sample managers are told of an overdue line; chosen by us
ESCALATION_DAYS = 7
#: what everybody who works with the plan may write once it is approved
WORKING_FIELDS = {"user_id", "delay_reason", "note"}


class SamplePlanLine(models.Model):
    """One sample of a plan for one day: replaced by a successor, or inspected (SC-41, SC-43)."""

    _name = "sample.plan.line"
    _description = "Sample Plan Line"
    _inherit = [
        "restricted.line.mixin",
        "sealed.line.mixin",
        "guarded.state.mixin",
        "sample.scan.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "planned_date, id"
    _rec_names_search = ["sample_id.name", "plan_id.name"]
    _check_company_auto = True
    _restricted_parent_field = "sample_id"
    _sealed_parent_field = "plan_id"
    _guarded_transitions = TRANSITIONS
    _guarded_initial_states = ("todo", "dropped")
    _guarded_side_states = ("todo", "notified", "signing", "overdue", "done", "dropped")
    _guarded_protected_fields = (
        "current_sample_id",
        "new_sample_id",
        "request_id",
        "inspection_id",
        "actual_date",
        "date_approved",
        "escalated_on",
        # what is not supplementary is what the approval of the plan covers
        "is_supplementary",
    )

    plan_id = fields.Many2one(
        comodel_name="sample.plan",
        string="Plan of the Year",
        required=True,
        index=True,
        ondelete="cascade",
        check_company=True,
    )
    company_id = fields.Many2one(related="plan_id.company_id", store=True, index=True)
    plan_type = fields.Selection(related="plan_id.plan_type", store=True, index=True)
    plan_state = fields.Selection(related="plan_id.state", string="State of the Plan")
    year = fields.Integer(related="plan_id.year", store=True)
    state = fields.Selection(
        selection=STATES,
        required=True,
        readonly=True,
        default="todo",
        copy=False,
        index=True,
        tracking=True,
    )
    sample_id = fields.Many2one(
        comodel_name="sample.sample",
        required=True,
        index=True,
        check_company=True,
        ondelete="restrict",
    )
    current_sample_id = fields.Many2one(
        comodel_name="sample.sample",
        string="Sample in Force",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        help="The piece that is due: the planned sample, or the one that has taken its place since.",
    )
    product_id = fields.Many2one(
        related="sample_id.product_id", store=True, index="btree_not_null"
    )
    drawing_no = fields.Char(related="sample_id.drawing_no")
    piece_size = fields.Char(related="sample_id.piece_size", string="Specification")
    partner_id = fields.Many2one(related="sample_id.partner_id", string="Customer")
    type_id = fields.Many2one(related="sample_id.type_id", string="Sample Type")
    valid_until = fields.Date(related="current_sample_id.valid_until")
    condition = fields.Selection(
        related="current_sample_id.calibration_condition",
        string="Condition of the Sample",
    )
    last_calibration_date = fields.Date(
        related="current_sample_id.last_calibration_date"
    )
    interval_months = fields.Integer(
        string="Interval (Months)", compute="_compute_interval_months"
    )
    signatories = fields.Char(
        string="Signed With",
        compute="_compute_interval_months",
        help="Who signs the successor, as the rule of the sample says.",
    )
    date_due = fields.Date(
        string="Ends On",
        help="The end of the validity or the day of the calibration that the line is for.",
    )
    planned_date = fields.Date(string="Planned On", index="btree_not_null")
    date_approved = fields.Date(
        string="Approved For",
        readonly=True,
        copy=False,
        help="The planned day as it was approved; the planned day itself follows what was done.",
    )
    is_supplementary = fields.Boolean(
        string="Supplementary",
        readonly=True,
        copy=False,
        help="Added after the approval of the plan.",
    )
    reason = fields.Char(help="Why it is replaced, or inspected beside the plan.")
    department_id = fields.Many2one(
        comodel_name="hr.department",
        compute="_compute_responsible",
        store=True,
        readonly=False,
        check_company=True,
        help="Makes the successor, or inspects.",
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Responsible",
        compute="_compute_responsible",
        store=True,
        readonly=False,
        index="btree_not_null",
        domain=[("share", "=", False)],
    )
    equipment_id = fields.Many2one(
        comodel_name="maintenance.equipment",
        string="Fixture or Gauge",
        check_company=True,
    )
    request_id = fields.Many2one(
        comodel_name="sample.request",
        readonly=True,
        copy=False,
        index="btree_not_null",
    )
    inspection_id = fields.Many2one(
        comodel_name="sample.inspection",
        readonly=True,
        copy=False,
        index="btree_not_null",
    )
    result = fields.Selection(related="inspection_id.result")
    new_sample_id = fields.Many2one(
        comodel_name="sample.sample",
        readonly=True,
        copy=False,
        index="btree_not_null",
    )
    actual_date = fields.Date(string="Done On", readonly=True, copy=False)
    delay_reason = fields.Char(string="Why Not Done")
    note = fields.Char(string="Notes")
    escalated_on = fields.Date(readonly=True, copy=False)

    _due_index = models.Index(
        "(company_id, planned_date) WHERE state IN ('todo', 'notified', 'signing', 'overdue')"
    )
    _sample_index = models.Index(
        "(current_sample_id) WHERE state IN ('todo', 'notified', 'signing', 'overdue')"
    )
    _line_unique = models.UniqueIndex(
        "(plan_id, sample_id, date_due) WHERE NOT is_supplementary",
        "The sample is planned for this day already.",
    )

    # --- Computes ---

    @api.depends("plan_id.name", "sample_id")
    def _compute_display_name(self):
        for line in self:
            line.display_name = f"{line.plan_id.name or ''} {line.sample_id.name or ''}"

    @api.depends("sample_id")
    def _compute_responsible(self):
        for line in self:
            line.user_id = line.user_id or line.sample_id.custodian_id
            line.department_id = line.department_id or line.sample_id.department_id

    @api.depends("sample_id.policy_snapshot")
    def _compute_interval_months(self):
        for line in self:
            snapshot = line.sample_id.policy_snapshot or {}
            checks = snapshot.get("checks", {}).get("values", {})
            signing = snapshot.get("sign_off", {}).get("values", {})
            line.interval_months = checks.get("calibration_interval_months") or 0
            line.signatories = (
                signing.get("signatories_replacement")
                or signing.get("signatories_first")
                or False
            )

    # --- Restricted access ---

    @api.model
    def _get_restricted_domain(self, operation):
        """Who may see a sample sees it on plans; the right to change the sample is not asked for."""
        return super()._get_restricted_domain("read")

    # --- CRUD ---

    @api.model_create_multi
    def create(self, vals_list):
        default = self.default_get(["plan_id"]).get("plan_id")
        vals_list = [{"plan_id": default, **vals} for vals in vals_list]
        plans = self.env["sample.plan"].browse(
            {vals["plan_id"] for vals in vals_list if vals["plan_id"]}
        )
        running = set(plans.filtered(lambda plan: plan.state != "draft").ids)
        vals_list = [
            {**vals, "is_supplementary": vals["plan_id"] in running}
            for vals in vals_list
        ]
        trusted = self._with_trusted_fields(["is_supplementary"])
        lines = super(SamplePlanLine, trusted).create(vals_list).with_env(self.env)
        lines._check_supplementary()
        for line in lines:
            line._write_protected(
                {
                    "current_sample_id": line.sample_id.id,
                    "date_approved": False
                    if line.is_supplementary
                    else line.planned_date,
                }
            )
        return lines

    def write(self, vals):
        self._check_fixed(vals)
        self._check_plan(vals)
        result = super().write(vals)
        if "planned_date" in vals or "sample_id" in vals:
            for line in self.filtered(lambda line: line.plan_state == "draft"):
                line._write_protected(
                    {
                        "current_sample_id": line.sample_id.id,
                        "date_approved": line.planned_date,
                    }
                )
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_approved(self):
        kept = self.filtered(lambda line: line.plan_id.state != "draft")
        if kept:
            raise UserError(
                self.env._(
                    "%(lines)s: lines of a plan that is no draft stay; say why they are not done.",
                    lines=", ".join(kept.mapped("display_name")),
                )
            )

    def _check_supplementary(self):
        """A line that comes after the approval says why; other plans take no lines (SC-43.3)."""
        for line in self:
            plan = line.plan_id
            if plan.state != "draft" and plan.state not in RUNNING_STATES:
                raise UserError(
                    self.env._(
                        "%(plan)s takes no lines in its present state.", plan=plan.name
                    )
                )
            if line.is_supplementary and not (line.reason or "").strip():
                raise UserError(
                    self.env._(
                        "%(line)s comes after the approval of the plan; enter the reason.",
                        line=line.display_name,
                    )
                )

    def _check_fixed(self, vals):
        """Refuse to change what was approved; the system moves dates by what was done (SC-41.4).

        :raises UserError: naming the lines
        """
        if self.env.su:
            return
        names = set(vals) - WORKING_FIELDS - {"state"} - self._get_protected_fields()
        fixed = self.filtered(
            lambda line: line.plan_state != "draft"
            and any(
                line._is_changed(name, vals[name])
                for name in names
                if self._fields[name].store
                and not name.startswith(("activity_", "message_"))
            )
        )
        if fixed:
            raise UserError(
                self.env._(
                    "%(lines)s: the plan is no draft; take it back to change its lines.",
                    lines=", ".join(fixed.mapped("display_name")),
                )
            )

    def _check_plan(self, vals):
        """A line stays on its plan: it does not slip onto one that is approved (SC-43.3).

        :raises UserError: naming the lines
        """
        if moved := self._filter_changed(["plan_id"], vals):
            raise UserError(
                self.env._(
                    "%(lines)s: a line stays on its plan; add a new one to the other.",
                    lines=", ".join(moved.mapped("display_name")),
                )
            )

    # --- Gates ---

    def _get_transition_reasons(self, target):
        reasons = super()._get_transition_reasons(target)
        if target not in ("notified", "dropped") and not self.env.su:
            reasons.append(self.env._("The plan follows what is done."))
        if target != "dropped" and self.plan_state not in RUNNING_STATES:
            reasons.append(self.env._("The plan has not been approved."))
        return reasons

    def _get_notified_gate_reasons(self):
        if self.request_id or self.inspection_id:
            return []
        return [self.env._("Ask for the successor, or open the inspection.")]

    def _get_done_gate_reasons(self):
        if self.plan_type == "replacement" and not self.new_sample_id:
            return [self.env._("It is done when the successor is valid.")]
        confirmed = self.inspection_id.state == "confirmed"
        if self.plan_type == "precision" and not confirmed:
            return [self.env._("It is done when the inspection is confirmed.")]
        return []

    def _get_dropped_gate_reasons(self):
        if self.plan_state == "draft" or (self.delay_reason or "").strip():
            return []
        return [self.env._("Enter why it is not done.")]

    def _after_transition(self, source, target):
        super()._after_transition(source, target)
        if target in ("done", "dropped"):
            # sudo: what is settled is not asked for any more, whoever settled it
            self.sudo().activity_unlink(["sample_control.mail_activity_type_plan_line"])
        if not self.env.su:
            # who takes lines out of a draft, or puts them back, draws up the plan
            self.plan_id.filtered(lambda plan: plan.state == "draft")._note_author()
        if target in ("notified", "done"):
            plans_sudo = self.plan_id.sudo()
            plans_sudo.filtered(lambda plan: plan.state == "approved")._transition(
                "running"
            )

    # --- Business ---

    def _get_begin_reasons(self):
        """Say why the work on this one line is not begun now (SC-42.1, SC-43.1).

        :return: list of sentences
        """
        self.ensure_one()
        reasons = []
        if self.plan_state not in RUNNING_STATES:
            reasons.append(self.env._("The plan has not been approved."))
        if self.state not in ("todo", "overdue"):
            labels = self._get_guarded_state_labels()
            reasons.append(
                self.env._(
                    "It is “%(state)s”: there is nothing to begin.",
                    state=labels[self.state],
                )
            )
        elif self.request_id or self.inspection_id.state in ("draft", "submitted"):
            reasons.append(self.env._("It was begun already."))
        return reasons

    def _begin(self):
        """Ask for the successor, or open the inspection (SC-42.1).

        :raises UserError: with every reason of every line, before anything is begun
        """
        errors = [
            f"{line.display_name}: {reason}"
            for line in self
            for reason in line._get_begin_reasons()
        ]
        if errors:
            raise UserError("\n".join(errors))
        for line in self.union():  # each once, however often a call names it
            sample = line.current_sample_id
            if line.plan_type == "replacement":
                # sudo: who carries out the plan need not be able to make requests
                requests_sudo = sample.sudo()._request_successor(
                    "T14", line.plan_id.name, origin=line
                )
                vals = {"request_id": requests_sudo.id}
            else:
                inspection_sudo = sample.sudo()._create_inspection(
                    "periodic", origin=line, planned_date=line.planned_date
                )
                inspection_sudo.equipment_id = line.equipment_id
                vals = {"inspection_id": inspection_sudo.id}
            if line.state == "overdue":
                line._write_protected(vals)
            else:
                line._transition("notified", **vals)

    def _move_to(self, sample, dates):
        """Let open lines follow what was done: another sample, other days (SC-41.4).

        Lines for which no day is left are not needed any more; more days than lines make
        supplementary ones.

        :param sample: the sample in force
        :param list dates: pairs of (end, planned day), in their order
        """
        for line, pair in zip(self, dates, strict=False):
            line._write_protected(
                {
                    "current_sample_id": sample.id,
                    "date_due": pair[0],
                    "planned_date": pair[1],
                }
            )
            if line.state == "overdue":
                line._transition("todo")
        for line in self[len(dates) :]:
            line._write_protected({"current_sample_id": sample.id})
            line._transition(
                "dropped", delay_reason=self.env._("Not needed after what was done.")
            )

    # --- Jobs ---

    @api.model
    def _scan_plans(self):
        """Follow up the plans: near, overdue, escalated, discontinued (C08)."""
        # sudo: the job acts for all companies
        lines_sudo = self.sudo()
        for day, companies in lines_sudo._get_scan_days():
            base = Domain("company_id", "in", companies.ids)
            base &= Domain("state", "in", OPEN_STATES)
            base &= Domain("plan_id.state", "in", RUNNING_STATES)
            for domain, name in lines_sudo._get_scan_acts(day):
                lines_sudo._scan_in_batches(base & domain, name, day)

    @api.model
    def _get_scan_acts(self, day):
        """Return what the follow-up does with which lines: pairs of domain and name of a method.

        :param datetime.date day: today
        """
        discontinued = Domain("plan_type", "=", "replacement")
        discontinued &= Domain("product_id.sample_discontinued", "=", True)
        passed = Domain("planned_date", "<", day) & Domain("state", "!=", "overdue")
        near = Domain("planned_date", "<=", day + timedelta(days=LEAD_DAYS))
        near &= Domain("activity_ids", "not any", [("automated", "=", True)])
        late = Domain("planned_date", "<", day - timedelta(days=ESCALATION_DAYS))
        late &= Domain("escalated_on", "=", False)
        return [
            (discontinued, "_drop_discontinued"),
            (passed, "_mark_overdue"),
            (near, "_remind_responsible"),
            (late, "_escalate"),
        ]

    def _drop_discontinued(self, day):
        """Samples of products that the market does not use any more are not replaced (SC-41.2, SC-55.2)."""
        self._transition(
            "dropped", delay_reason=self.env._("The product is discontinued.")
        )

    def _mark_overdue(self, day):
        """The planned day has passed: overdue, and the responsible person is asked at once."""
        self._transition("overdue")
        self._remind_responsible(day)

    def _remind_responsible(self, day):
        """Ask the responsible person to begin or to finish."""
        reminders.remind(
            self,
            "sample_control.mail_activity_type_plan_line",
            lambda line: line.user_id or line.plan_id.prepared_by_id,
            lambda line: line.planned_date,
        )

    def _escalate(self, day):
        """Tell the sample managers of lines that stay overdue."""
        managers = {
            company: get_group_users(company, "manager") for company in self.company_id
        }
        reminders.remind(
            self,
            "sample_control.mail_activity_type_plan_line",
            lambda line: managers[line.company_id],
            lambda line: line.planned_date,
        )
        self._write_protected({"escalated_on": day})

    # --- Actions ---

    def action_begin(self):
        """Ask for successors or open inspections.

        :return: True
        """
        self.check_access("write")
        self._begin()
        return True

    def action_drop(self):
        """Give up lines, with the reason that was entered.

        :return: True
        """
        return self._transition("dropped")

    def action_view_work(self):
        """Open the request or the inspection of this line.

        :return: action
        """
        self.ensure_one()
        record = self.request_id or self.inspection_id
        return {
            "type": "ir.actions.act_window",
            "res_model": record._name,
            "res_id": record.id,
            "view_mode": "form",
        }
