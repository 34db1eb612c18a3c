from datetime import date

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.record_control.models.access.restricted_fields import (
    RestrictedOne2many,
)

from ..policy.people import get_group_users
from . import reminders

STATES = [
    ("draft", "Draft"),
    ("to_approve", "To Be Approved"),
    ("approved", "Approved"),
    ("running", "Running"),
    ("done", "Done"),
    ("cancelled", "Cancelled"),
]
PLAN_TYPES = [
    ("replacement", "Replacement"),
    ("precision", "Precision Inspection"),
]
#: states in which a plan is carried out
RUNNING_STATES = ("approved", "running")
#: who draws up a plan
ROLE_OF_TYPE = {"replacement": "technical", "precision": "quality"}
FORM_OF_TYPE = {"replacement": "SC-F13", "precision": "SC-F10"}


class SamplePlan(models.Model):
    """The plan of a year: samples to be replaced, or samples to be inspected (SC-41, SC-43).

    Drawn up from the clocks of the samples, reviewed and approved by signature. What was approved
    is sealed: which samples and for when. Lines that are added afterwards are supplementary, and
    when work is done early or late the dates of later lines move beside the approved ones.
    """

    _name = "sample.plan"
    _description = "Sample Plan"
    _inherit = [
        "sample.frozen.mixin",
        "numbering.mixin",
        "sign.off.author.mixin",
        "sign.off.mixin",
        "controlled.form.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "year desc, plan_type, id desc"
    _check_company_auto = True
    _numbering_code = "sample.plan"
    _guarded_transitions = {
        "draft": ("to_approve", "cancelled"),
        "to_approve": ("approved", "draft", "cancelled"),
        "approved": ("running", "draft", "cancelled"),
        "running": ("done", "draft"),
        "done": (),
        "cancelled": (),
    }
    _guarded_side_states = ("draft", "cancelled")
    _guarded_readiness_depends = ("line_ids.state", "sign_off_state")
    _frozen_fields = {
        ("draft",): (
            "company_id",
            "plan_type",
            "year",
            "department_id",
            "note",
            "prepared_by_id",
            "date_prepared",
        ),
    }
    _sealed_fields = (
        "plan_type",
        "year",
        "department_id",
        "approved_line_ids.sample_id",
        "approved_line_ids.date_approved",
    )
    _authored_fields = (
        "plan_type",
        "year",
        "department_id",
        "prepared_by_id",
        "note",
        "line_ids.sample_id",
        "line_ids.date_due",
        "line_ids.planned_date",
        "line_ids.reason",
        "line_ids.equipment_id",
    )

    name = fields.Char(
        string="Plan No.", readonly=True, required=True, copy=False, index="trigram"
    )
    author_ids = fields.Many2many(relation="sample_plan_author_rel")
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    state = fields.Selection(
        selection=STATES,
        required=True,
        readonly=True,
        default="draft",
        copy=False,
        index=True,
        tracking=True,
    )
    plan_type = fields.Selection(
        selection=PLAN_TYPES,
        string="Type",
        required=True,
        default="replacement",
        index=True,
    )
    year = fields.Integer(
        required=True,
        default=lambda self: self.env.company._record_control_today().year,
        copy=False,
    )
    department_id = fields.Many2one(
        comodel_name="hr.department",
        check_company=True,
        help="The department that draws up the plan.",
    )
    prepared_by_id = fields.Many2one(
        comodel_name="res.users",
        required=True,
        default=lambda self: self.env.user,
        copy=False,
    )
    date_prepared = fields.Date(
        string="Prepared On",
        default=lambda self: self.env.company._record_control_today(),
        copy=False,
    )
    note = fields.Text(string="Notes")
    line_ids = RestrictedOne2many(
        comodel_name="sample.plan.line", inverse_name="plan_id", copy=False
    )
    approved_line_ids = RestrictedOne2many(
        comodel_name="sample.plan.line",
        inverse_name="plan_id",
        domain=[("is_supplementary", "=", False)],
        string="Approved Lines",
        readonly=True,
        copy=False,
    )
    line_count = fields.Integer(string="Planned Samples", compute="_compute_progress")
    overdue_count = fields.Integer(string="Overdue", compute="_compute_progress")
    progress = fields.Float(
        compute="_compute_progress",
        help="Share of the lines that are done; those that are not replaced any more do not count.",
    )

    _name_unique = models.UniqueIndex(
        "(name, company_id)", "The number is already taken."
    )
    _year_unique = models.UniqueIndex(
        "(company_id, plan_type, year) WHERE state != 'cancelled'",
        "There is a plan of this type for the year already.",
    )
    _check_year = models.Constraint(
        "CHECK (year BETWEEN 2000 AND 2200)", "Enter the year with four digits."
    )

    # --- Computes ---

    @api.depends("name", "plan_type", "year")
    @api.depends_context("lang")
    def _compute_display_name(self):
        labels = dict(self._fields["plan_type"]._description_selection(self.env))
        for plan in self:
            plan.display_name = f"{plan.name or ''} {labels.get(plan.plan_type, '')} {plan.year}".strip()

    @api.depends("line_ids.state")
    def _compute_progress(self):
        counts = {}
        groups = self.env["sample.plan.line"]._read_group(
            [("plan_id", "in", self._origin.ids)], ["plan_id", "state"], ["__count"]
        )
        for plan, state, count in groups:
            counts.setdefault(plan, {})[state] = count
        for plan in self:
            found = counts.get(plan._origin, {})
            total = sum(found.values())
            due = total - found.get("dropped", 0)
            plan.line_count = total
            plan.overdue_count = found.get("overdue", 0)
            plan.progress = found.get("done", 0) / due if due else 0

    # --- Forms ---

    def _get_controlled_form(self, code=None):
        return super()._get_controlled_form(code or FORM_OF_TYPE.get(self.plan_type))

    def _get_sign_off_authors(self):
        return super()._get_sign_off_authors() | self.prepared_by_id

    def _get_sign_off_form_code(self):
        return FORM_OF_TYPE[self.plan_type]

    def _get_plan_cells(self):
        """Return the signature cells of the plan: who drew it up, reviewed and approved it."""
        self.ensure_one()
        prepared = {
            "title": self.env._("Prepared By"),
            "user": self.prepared_by_id.name,
        }
        if self.date_prepared:
            prepared["date_signed"] = fields.Date.to_string(self.date_prepared)
        return [prepared, *(self.sign_off_cells or ())]

    # --- Gates ---

    def _get_transition_label(self, target):
        if target == "to_approve":
            return self.env._("Submit for approval")
        return super()._get_transition_label(target)

    def _get_to_approve_gate_reasons(self):
        """Say what keeps this one plan from being put up for approval."""
        self.ensure_one()
        lines = self._get_all_lines()
        if not lines:
            return [self.env._("The plan has no line; generate the lines first.")]
        undated = lines.filtered(
            lambda line: not line.planned_date and line.state != "dropped"
        )
        if not undated:
            return []
        return [
            self.env._(
                "Enter the planned day: %(samples)s.",
                samples=undated.sample_id._get_names_for_user(),
            )
        ]

    def _get_all_lines(self):
        """Return the lines, also of samples that the user may not see (system environment)."""
        # sudo: every line counts, whoever submits or finishes
        lines_sudo = self.env["sample.plan.line"].sudo()
        return lines_sudo.search([("plan_id", "in", self.ids)])

    def _get_begun_lines(self):
        return self._get_all_lines().filtered(
            lambda line: line.state not in ("todo", "dropped")
        )

    def _get_approved_gate_reasons(self):
        return self._get_seal_reasons()

    def _get_running_gate_reasons(self):
        return self._get_seal_reasons()

    def _get_cancelled_gate_reasons(self):
        if not self._get_begun_lines():
            return []
        return [self.env._("Lines have been begun; finish the plan.")]

    def _get_done_gate_reasons(self):
        """Say which lines keep this one plan from being finished."""
        self.ensure_one()
        waiting = self._get_all_lines().filtered(
            lambda line: line.state not in ("done", "dropped")
        )
        if not waiting:
            return []
        return [
            self.env._(
                "Not done yet: %(samples)s.",
                samples=waiting.current_sample_id._get_names_for_user(),
            )
        ]

    def _get_sign_off_reasons(self):
        reasons = super()._get_sign_off_reasons()
        if self.state != "to_approve":
            reasons.append(
                self.env._("%(plan)s is signed when it is submitted.", plan=self.name)
            )
        return reasons

    # --- Sign-off ---

    def _after_transition(self, source, target):
        super()._after_transition(source, target)
        # sudo: what follows happens whoever approves
        plans_sudo = self.sudo()
        if target == "approved":
            plans_sudo._add_missing_lines(
                self.env._("Came in while the plan was being approved.")
            )

    def _on_sign_off_sealed(self):
        super()._on_sign_off_sealed()
        self.filtered(lambda plan: plan.state == "to_approve")._transition("approved")

    def _on_sign_off_refused(self, opinion):
        super()._on_sign_off_refused(opinion)
        self.filtered(lambda plan: plan.state == "to_approve")._transition("draft")

    def _on_seal_broken(self, changes):
        """An approved plan that was changed is a draft again."""
        super()._on_seal_broken(changes)
        self.filtered(
            lambda plan: plan.state in ("to_approve", *RUNNING_STATES)
        )._transition("draft")

    # --- Lines ---

    def _get_sample_domain(self):
        """Domain of the samples that this one plan is about: whose clock ends in its year."""
        self.ensure_one()
        name = {
            "replacement": "valid_until",
            "precision": "next_calibration_date",
        }[self.plan_type]
        return (
            Domain("company_id", "=", self.company_id.id)
            & Domain("state", "in", ("active", "suspended"))
            & Domain(name, ">=", date(self.year, 1, 1))
            & Domain(name, "<=", date(self.year, 12, 31))
        )

    def _generate_lines(self):
        """Add what is missing: one line for each end of a period in the year (SC-41.1, SC-43.1).

        Run again it adds what came in since; lines that are there stay as they are.

        :return: the lines that were added
        :raises UserError: for plans that are no drafts
        """
        for plan in self:
            if plan.state != "draft":
                raise UserError(
                    self.env._(
                        "%(plan)s is not a draft; its lines are not generated anew.",
                        plan=plan.name,
                    )
                )
        return self._add_lines(self.env["sample.plan.line"])

    def _add_missing_lines(self, reason):
        """Add supplementary lines for samples that are not on these approved plans (SC-41.3).

        :param str reason: why they come later
        :return: the lines that were added
        """
        lines = self.env["sample.plan.line"]
        return self._add_lines(lines, {"is_supplementary": True, "reason": reason})

    def _add_lines(self, lines, extra=None, samples=None):
        """Add lines for samples that are not on the plans.

        :param lines: empty recordset of lines
        :param dict extra: values of each line
        :param samples: only these; all that the plan is about by default
        """
        for plan in self:
            found = self.env["sample.sample"].search(plan._get_sample_domain())
            if samples is not None:
                found &= samples
            listed = plan.line_ids.sample_id | plan.line_ids.current_sample_id
            vals_list = [
                {**vals, **(extra or {}), "plan_id": plan.id}
                for sample in found - listed
                for vals in sample._prepare_plan_line_vals(plan.plan_type, plan.year)
            ]
            lines.check_access("create")
            # sudo: what follows from the clocks is drawn up by the system, not by who asks for it
            lines |= lines.sudo().create(vals_list).sudo(self.env.su)
        return lines

    # --- Jobs ---

    @api.model
    def _cron_annual_plans(self):
        """Draw up next year's plans from 20 December on, and see in January that they are there (C07)."""
        # sudo: the job acts for all companies
        plans_sudo = self.sudo()
        companies = plans_sudo.env["sample.sample"]._read_group(
            [("state", "in", ("active", "suspended"))], ["company_id"]
        )
        for (company,) in companies:
            today = company._record_control_today()
            if (today.month, today.day) >= (12, 20):
                plans_sudo._prepare_year(company, today.year + 1)
            elif today.month == 1 and today.day >= 2:
                plans_sudo._prepare_year(company, today.year)

    @api.model
    def _prepare_year(self, company, year):
        """Draw up the plans of a year that are missing, and ask for what is not approved yet.

        :param company: res.company
        :param int year: the year of the plans
        """
        plans = self.search(
            [
                ("company_id", "=", company.id),
                ("year", "=", year),
                ("state", "!=", "cancelled"),
            ]
        )
        missing = [
            kind for kind, __ in PLAN_TYPES if kind not in plans.mapped("plan_type")
        ]
        new = self.with_company(company).create(
            [
                {
                    "company_id": company.id,
                    "year": year,
                    "plan_type": kind,
                    "date_prepared": company._record_control_today(),
                }
                for kind in missing
            ]
        )
        new._generate_lines()
        for plan in (plans | new).filtered(
            lambda plan: plan.state in ("draft", "to_approve")
        ):
            users = get_group_users(company, ROLE_OF_TYPE[plan.plan_type])
            reminders.remind(
                plan,
                "sample_control.mail_activity_type_plan",
                lambda plan, users=users: users,
                lambda plan: date(plan.year, 1, 1),
            )

    # --- Actions ---

    def action_generate(self):
        """Add the lines that are missing.

        :return: True
        """
        self._generate_lines()
        return True

    def action_submit(self):
        """Put the plans up for review and approval.

        :return: True
        """
        self._transition("to_approve")
        for plan in self:
            plan.action_request_sign_off()
        return True

    def action_run(self):
        """Begin to carry out approved plans.

        :return: True
        """
        return self._transition("running")

    def action_done(self):
        """Finish plans whose lines are all done.

        :return: True
        """
        return self._transition("done")

    def action_draft(self):
        """Take plans back; they are approved anew.

        :return: True
        """
        for plan in self.filtered("can_withdraw_sign_off"):
            plan.action_withdraw_sign_off()
        return self.filtered(lambda plan: plan.state != "draft")._transition("draft")

    def action_cancel(self):
        """Cancel plans of which nothing was begun.

        :return: True
        """
        return self._transition("cancelled")

    def action_view_lines(self):
        """Show the lines of this plan.

        :return: action
        """
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            f"sample_control.sample_plan_line_action_{self.plan_type}"
        )
        action.update(
            domain=[("plan_id", "=", self.id)], context={"default_plan_id": self.id}
        )
        return action
