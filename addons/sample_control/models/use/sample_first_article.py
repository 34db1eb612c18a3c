from datetime import timedelta

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain

from odoo.addons.record_control.models.loan.loan_line import CONDITIONS

from ...tools.qr import qr_data_uri

STATES = [
    ("draft", "Draft"),
    ("comparing", "Comparing"),
    ("released", "Released"),
    ("withdrawn", "Withdrawn"),
    ("failed", "Failed"),
    ("disputed", "Disputed"),
]
#: states after which the sample goes back
DECIDED_STATES = ("released", "failed", "disputed")
WITHDRAWAL_CLOCK = "sample_first_article_withdrawal"
#: no shift is longer
LONGEST_SHIFT = timedelta(days=1)


class SampleFirstArticle(models.Model):
    """Comparison of the first article with the sample before each production or shift (SC-35, SC-11).

    The record borrows the sample when the comparison begins and gives it back when it is decided.
    What is released stays at the line as the standard of this production alone, with a mark, until
    it is withdrawn; it never enters the ledger of samples.
    """

    _name = "sample.first.article"
    _description = "First Article Record"
    _inherit = ["sample.judgement.mixin", "sample.deadline.mixin"]
    _order = "id desc"
    _check_company_auto = True
    _numbering_code = "sample.first.article"
    _controlled_form_code = "SC-F15"
    _guarded_transitions = {
        "draft": ("comparing",),
        "comparing": ("released", "failed", "disputed"),
        "released": ("withdrawn",),
        "withdrawn": (),
        "failed": (),
        "disputed": (),
    }
    _guarded_side_states = ("failed", "disputed")
    _guarded_protected_fields = (
        "use_warning",
        "override_reason",
        "override_by_id",
        "override_at",
        "loan_id",
        "started_at",
        "inspector_id",
        "decided_at",
        "withdrawn_at",
        "withdrawn_by_id",
        "previous_id",
        "attempt",
        "comparison_id",
    )
    _guarded_readiness_depends = (
        "sample_id",
        "operator_id",
        "override_reason",
        "line_ids.result",
        "piece_place",
        "failure_note",
    )
    _frozen_fields = {
        ("draft",): (
            "company_id",
            "product_id",
            "sample_id",
            "production_ref",
            "workplace",
            "shift",
            "operator_id",
            "is_in_process",
        ),
        ("draft", "comparing"): (
            "line_ids",
            "piece_note",
            "sample_condition",
            "sample_condition_note",
            "failure_note",
            "product_image",
        ),
        ("draft", "comparing", "released"): ("piece_place", "date_end"),
    }

    state = fields.Selection(
        selection=STATES,
        group_expand="_group_expand_states",
        required=True,
        readonly=True,
        default="draft",
        copy=False,
        index=True,
        tracking=True,
    )
    # Which production
    production_ref = fields.Char(
        string="Production or Batch",
        index="btree_not_null",
        tracking=True,
        help="Number of the production order or batch.",
    )
    workplace = fields.Char(string="Line or Team")
    shift = fields.Char(help="For example day, middle or night shift.")
    mode = fields.Selection(
        selection=[
            ("none", "Not asked for"),
            ("per_batch", "Each production"),
            ("per_shift", "Each shift"),
        ],
        string="Asked For",
        compute="_compute_rules",
        store=True,
        help="How often the rule of the sample asks for a first article.",
    )
    inspector_required = fields.Boolean(
        compute="_compute_rules",
        store=True,
        help="An inspector who is not the operator releases.",
    )
    is_in_process = fields.Boolean(
        string="Between Operations",
        help="A check between operations, for which samples for in-process use are meant.",
    )
    attempt = fields.Integer(default=1, readonly=True, copy=False)
    previous_id = fields.Many2one(
        comodel_name="sample.first.article",
        string="Former Attempt",
        readonly=True,
        copy=False,
        index="btree_not_null",
    )
    repeat_reason = fields.Char(
        string="Repeated Because",
        help="For example after the line stood still.",
    )
    # Who
    operator_id = fields.Many2one(
        comodel_name="hr.employee",
        index=True,
        check_company=True,
        default=lambda self: self.env.user._get_own_employee(
            self.env.context.get("default_company_id")
        ),
        help="Who made the first article.",
    )
    inspector_id = fields.Many2one(
        comodel_name="res.users",
        readonly=True,
        copy=False,
        index="btree_not_null",
        tracking=True,
        help="Who decided.",
    )
    started_at = fields.Datetime(string="Begun On", readonly=True, copy=False)
    decided_at = fields.Datetime(
        string="Decided On", readonly=True, copy=False, index="btree_not_null"
    )
    # The sample
    loan_id = fields.Many2one(
        comodel_name="loan.loan",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="Opened when the comparison begins, closed when it is decided.",
    )
    sample_condition = fields.Selection(
        selection=CONDITIONS,
        string="Sample Back",
        default="good",
        required=True,
        copy=False,
        help="In what condition the sample goes back to its place.",
    )
    sample_condition_note = fields.Char(copy=False)
    # Result
    line_ids = fields.One2many(
        comodel_name="sample.first.article.line",
        inverse_name="first_article_id",
        string="Compared",
        copy=True,
    )
    limit_sample_ids = fields.Many2many(
        comodel_name="sample.sample",
        string="Limits",
        compute="_compute_limit_sample_ids",
        help="The limit samples of the product: how far a defect may go.",
    )
    failure_note = fields.Text(
        string="What Is Done",
        copy=False,
        help="What happens with the bad first article and the line.",
    )
    comparison_id = fields.Many2one(
        comodel_name="sample.comparison",
        string="Dispute",
        readonly=True,
        copy=False,
        index="btree_not_null",
    )
    # The piece on site
    piece_note = fields.Char(
        string="Piece on Site",
        compute="_compute_piece_note",
        store=True,
        readonly=False,
        help="What of the first article stays at the line as the standard of this production.",
    )
    piece_place = fields.Char(string="Place of the Piece", copy=False)
    date_end = fields.Datetime(
        string="Planned End",
        copy=False,
        index="btree_not_null",
        tracking=True,
        help="End of the batch or shift: the piece is withdrawn then. Empty: the end of the working "
        "hours of the day of the release, which is our default.",
    )
    withdrawn_at = fields.Datetime(string="Withdrawn On", readonly=True, copy=False)
    withdrawn_by_id = fields.Many2one(
        comodel_name="res.users", readonly=True, copy=False
    )

    _name_unique = models.UniqueIndex(
        "(name, company_id)", "The number is already taken."
    )
    _one_next_attempt = models.UniqueIndex(
        "(previous_id) WHERE previous_id IS NOT NULL",
        "There is a new attempt already.",
    )
    _gate_index = models.Index("(product_id, state, production_ref)")

    # --- Computes ---

    @api.depends("sample_id")
    def _compute_rules(self):
        for record in self:
            values = record._get_rule_values()
            record.mode = values.get("first_article_mode") or "per_batch"
            record.inspector_required = values.get("first_article_inspector", True)

    @api.depends("sample_id")
    def _compute_piece_note(self):
        for record in self:
            piece = record._get_rule_values().get("first_article_piece")
            record.piece_note = record.piece_note or piece

    @api.depends("product_id", "company_id")
    def _compute_limit_sample_ids(self):
        limits = self.env["sample.sample"].search(
            Domain("product_id", "in", self.product_id.ids)
            & Domain("company_id", "in", self.company_id.ids)
            & Domain("state", "=", "active")
            & Domain("type_id.is_limit", "=", True)
        )
        groups = limits.grouped(lambda sample: (sample.product_id, sample.company_id))
        for record in self:
            key = record.product_id._origin, record.company_id._origin
            record.limit_sample_ids = groups.get(key)

    def _get_rule_values(self):
        """Return the parameters of use that hold for the sample; none without a sample."""
        self.ensure_one()
        # sudo: the rule holds whoever looks
        sample_sudo = self.sudo().sample_id
        return sample_sudo._get_policy_values("use") if sample_sudo else {}

    def _get_use_purpose(self):
        self.ensure_one()
        return "in_process" if self.is_in_process else "first_article"

    def _find_sample(self):
        self.ensure_one()
        return self.env["sample.sample"].search(
            Domain("product_id", "=", self.product_id.id)
            & Domain("company_id", "=", self.company_id.id)
            & Domain("state", "=", "active")
            & Domain("in_process_only", "=", self.is_in_process)
            & Domain("type_id.is_benchmark", "=", False)
            & Domain("type_id.is_limit", "=", False),
            order="confirm_date desc, id desc",
            limit=1,
        )

    # --- Gates ---

    def _get_comparing_gate_reasons(self):
        reasons = self._get_sample_reasons()
        if not (self.production_ref or "").strip() and not (self.shift or "").strip():
            reasons.append(self.env._("Enter the production, the batch or the shift."))
        if self.mode == "per_shift" and not (self.shift or "").strip():
            reasons.append(self.env._("A first article is made each shift: enter it."))
        if not self.operator_id:
            reasons.append(self.env._("Enter the operator."))
        if not reasons:
            reasons += self._get_borrowing_reasons()
        return reasons

    def _get_released_gate_reasons(self):
        reasons = self._get_sample_reasons() + self._get_inspector_reasons()
        reasons += self._get_line_reasons(passing=True)
        asked = self._get_rule_values().get("first_article_piece")
        if asked and not (self.piece_place or "").strip():
            reasons.append(
                self.env._(
                    "Say where the piece stays: %(piece)s.",
                    piece=self.piece_note or asked,
                )
            )
        latest = fields.Datetime.now() + LONGEST_SHIFT
        if self.mode == "per_shift" and self.date_end and self.date_end > latest:
            reasons.append(
                self.env._(
                    "It holds for one shift (SC-35.1): enter the end of the shift, which is within a day."
                )
            )
        return reasons

    def _get_failed_gate_reasons(self):
        reasons = self._get_inspector_reasons() + self._get_line_reasons()
        if not any(line.result == "fail" for line in self.line_ids):
            reasons.append(self.env._("Enter what does not equal the sample."))
        if not (self.failure_note or "").strip():
            reasons.append(self.env._("Say what is done about it."))
        return reasons

    def _get_inspector_reasons(self):
        """Say why this user does not decide: an inspector, never the operator (SC-35.4)."""
        self.ensure_one()
        user = self.env.user
        if not self.inspector_required:
            return []
        if not user.has_group("sample_control.group_sample_inspector"):
            return [self.env._("An inspector decides on the first article.")]
        # sudo: employees are private; whether it is the same person is not
        if self.sudo().operator_id.user_id == user:
            return [self.env._("The operator does not release his own first article.")]
        return []

    # --- Transitions ---

    def _prepare_transition_vals(self, target):
        vals = super()._prepare_transition_vals(target)
        now = fields.Datetime.now()
        if target == "comparing":
            vals["started_at"] = now
        elif target in DECIDED_STATES:
            vals.update(inspector_id=self.env.uid, decided_at=now)
            if target == "released":
                vals["date_end"] = self.date_end or self._get_default_end(now)
        elif target == "withdrawn":
            vals.update(withdrawn_at=now, withdrawn_by_id=self.env.uid)
        return vals

    def _get_default_end(self, start):
        """Return the end of the working hours of the day, else of the next working day.

        :param datetime.datetime start: naive UTC
        """
        same_day = self.env.ref("sample_control.loan_class_sample").sudo()
        return same_day._get_due(start, self.company_id)[0]

    def _after_transition(self, source, target):
        super()._after_transition(source, target)
        if target == "comparing":
            self._fill_lines()
            for record in self:
                record._borrow_sample()
        elif target in DECIDED_STATES:
            for record in self:
                record._give_sample_back()
        if target == "released":
            for record in self:
                record._start_deadline(WITHDRAWAL_CLOCK, record.date_end)
        elif target == "withdrawn":
            self._clock_stop(WITHDRAWAL_CLOCK)
        elif target == "disputed":
            for record in self:
                record._open_dispute()

    def write(self, vals):
        self._check_end_kept(vals)
        result = super().write(vals)
        if "date_end" in vals:
            running = self.filtered(lambda record: record.state == "released")
            for record in running:
                record._restart_deadline(
                    WITHDRAWAL_CLOCK,
                    record.date_end,
                    self.env._("The planned end was moved."),
                )
        return result

    def _check_end_kept(self, vals):
        """Leave the end of what was released to who may release it; a shift is not prolonged (SC-11.1, SC-35.4).

        :raises UserError: with every reason
        """
        moved = self._filter_changed(["date_end"], vals)
        reasons = [
            f"{record.name}: {reason}"
            for record in moved.filtered(lambda record: record.state == "released")
            for reason in record._get_end_reasons()
        ]
        if reasons:
            raise UserError("\n".join(reasons))

    def _get_end_reasons(self):
        """Say why this user does not move the planned end of this one released record."""
        self.ensure_one()
        if self.mode == "per_shift":
            return [
                self.env._(
                    "The next shift makes a first article of its own; the end stays."
                )
            ]
        return self._get_inspector_reasons()

    def _get_clock_recipients(self, role):
        """Tell the inspector and the operator, then his department (C11)."""
        self.ensure_one()
        users = self.env["res.users"]
        employee_sudo = self.sudo().operator_id
        if role == "responsible":
            return self.inspector_id | users.browse(employee_sudo.user_id.ids)
        if role == "department_manager":
            manager_sudo = employee_sudo.department_id.manager_id
            return users.browse(manager_sudo.user_id.ids)
        return super()._get_clock_recipients(role)

    # --- The sample is borrowed and given back (SC-35.5) ---

    def _get_borrower(self):
        """Return who borrows the sample: who compares, else the operator."""
        self.ensure_one()
        own_sudo = self.env.user._get_own_employee(self.company_id)
        return own_sudo.sudo(False) or self.operator_id

    def _get_open_loan(self):
        """Return the loan by which the sample is out already."""
        self.ensure_one()
        # sudo: that a sample is out is seen by all who see it
        return self.sample_id.sudo().current_loan_line_id.loan_id

    def _get_borrowing_reasons(self):
        """Say why the sample cannot be borrowed for the comparison."""
        self.ensure_one()
        borrower = self._get_borrower()
        loan_sudo = self._get_open_loan()
        if not loan_sudo:
            return self.sample_id.sudo()._get_loan_reasons(borrower)
        if loan_sudo.borrower_id in (borrower.sudo() | self.operator_id.sudo()):
            return []
        return [
            self.env._(
                "%(sample)s is out with %(borrower)s.",
                sample=self.sample_id.name,
                borrower=loan_sudo.borrower_id.name,
            )
        ]

    def _borrow_sample(self):
        """Borrow the sample, unless who compares has it already."""
        self.ensure_one()
        loan_sudo = self._get_open_loan()
        if not loan_sudo:
            # the system hands out: the record is the authority of the loan
            loans = self.env["loan.loan"].with_user(SUPERUSER_ID)
            loan_sudo = loans.with_company(self.company_id).create(
                self._prepare_loan_vals()
            )
            loan_sudo.action_submit()
            if loan_sudo.state != "approved":
                raise UserError(
                    self.env._(
                        "%(sample)s is lent by approval only: borrow it first.",
                        sample=self.sample_id.name,
                    )
                )
            loan_sudo.action_hand_out()
        self._write_protected({"loan_id": loan_sudo.id})

    def _prepare_loan_vals(self):
        """Return the values of the loan that this record opens."""
        self.ensure_one()
        sample_sudo = self.sample_id.sudo()
        return {
            "borrower_id": self._get_borrower().id,
            "requester_id": self.env.uid,
            "company_id": self.company_id.id,
            "purpose": self.env._("First article %(name)s", name=self.name),
            "place_of_use": self.workplace,
            "acknowledged": True,
            "first_article_id": self.id,
            "use_in_room": sample_sudo._get_loan_class().lending == "in_room",
            "line_ids": [
                Command.create(
                    {"res_model": sample_sudo._name, "res_id": sample_sudo.id}
                )
            ],
        }

    def _give_sample_back(self):
        """Close the loan that this record opened, with the condition of the sample."""
        self.ensure_one()
        loan = self.sudo().loan_id.with_user(SUPERUSER_ID)
        if loan.first_article_id != self or loan.state != "out":
            return
        lines = loan.line_ids.filtered(lambda line: line.state == "out")
        condition = (self.sample_condition, self.sample_condition_note)
        loan._return_lines(lines, dict.fromkeys(lines, condition))

    # --- Follow-ups ---

    def _open_dispute(self):
        """Open the comparison that settles the dispute (SC-36)."""
        self.ensure_one()
        # sudo: who disputes need not be able to make comparisons
        comparison_sudo = (
            self.env["sample.comparison"].sudo().create(self._prepare_dispute_vals())
        )
        self._write_protected({"comparison_id": comparison_sudo.id})

    def _prepare_dispute_vals(self):
        """Return the values of the comparison that settles the dispute."""
        self.ensure_one()
        return {
            "trigger": "production",
            "company_id": self.company_id.id,
            "product_id": self.product_id.id,
            "sample_id": self.sample_id.id,
            "lot_name": self.production_ref,
            "date_production": self.company_id._record_control_today(),
            "res_model": self._name,
            "res_id": self.id,
            "line_ids": [
                Command.create(
                    {
                        "characteristic_id": line.characteristic_id.id,
                        "sample_value": line.sample_value,
                        "product_value": line.product_value,
                    }
                )
                for line in self.line_ids
            ],
        }

    @api.model
    def _get_production_reasons(
        self, product, production_ref=None, shift=None, company=None
    ):
        """Say why a production may not start or go on: its first article is not released.

        How often one is asked for is what the rules of the product's samples say.

        :param product: product.product that is made
        :param str production_ref: production order or batch
        :param str shift: the shift, where one is asked for each shift
        :param company: res.company, the current one by default
        :return: list of sentences, empty when production may start
        """
        company = company or self.env.company
        # sudo: whether production may start does not depend on who asks
        records_sudo = self.sudo()
        sample_sudo = records_sudo.new(
            {"product_id": product.id, "company_id": company.id}
        )._find_sample()
        if not sample_sudo:
            return (
                [self.env._("%(name)s has no valid sample.", name=product.display_name)]
                if product.sample_required
                else []
            )
        mode = sample_sudo._get_policy_values("use").get("first_article_mode")
        domain = (
            Domain("product_id", "=", product.id)
            & Domain("company_id", "=", company.id)
            & Domain("state", "in", ("released", "withdrawn"))
            & Domain("is_in_process", "=", False)
        )
        if mode == "per_batch":
            domain &= Domain("production_ref", "=", production_ref)
        elif mode == "per_shift":
            # of an earlier day it is the first article of another shift
            domain &= Domain("state", "=", "released") & Domain("shift", "=", shift)
            domain &= Domain("date_end", ">", fields.Datetime.now())
        else:
            return []
        if records_sudo.search_count(domain, limit=1):
            return []
        return [
            self.env._(
                "%(name)s: no first article is released for %(what)s.",
                name=product.display_name,
                what=(shift if mode == "per_shift" else production_ref) or "–",
            )
        ]

    # --- Mark F04 ---

    def _get_mark_values(self):
        """Return what the mark of the piece on site shows (F04); only what is released gets one.

        :raises UserError: when it is not released
        """
        self.ensure_one()
        if self.state not in ("released", "withdrawn"):
            raise UserError(
                self.env._(
                    "%(name)s is not released; there is no mark.", name=self.name
                )
            )
        url = f"{self.get_base_url()}/odoo/sample-first-articles/{self.id}"
        return {"qr": qr_data_uri(url)}

    def _get_record_cells(self):
        """Return the signature cells of the record (F15): who made and who decided."""
        self.ensure_one()
        # sudo: the name of a colleague is no secret
        operator = self.sudo().operator_id.name
        return [
            {
                "title": self.env._("Operator"),
                "user": operator if self.started_at else "",
                "signed_at": self.started_at,
            },
            {
                "title": self.env._("Inspector"),
                "user": self.inspector_id.name or "",
                "signed_at": self.decided_at,
            },
        ]

    # --- Actions ---

    def action_start(self):
        """Begin the comparison: the sample is borrowed.

        :return: True
        """
        return self._transition("comparing")

    def action_release(self):
        """Release the first article: production may start.

        :return: True
        """
        return self._transition("released")

    def action_fail(self):
        """The first article does not equal the sample.

        :return: True
        """
        return self._transition("failed")

    def action_dispute(self):
        """The judgement is disputed: a comparison settles it.

        :return: True
        """
        return self._transition("disputed")

    def action_withdraw(self):
        """Take the piece away at the end of the batch or shift.

        :return: True
        """
        return self._transition("withdrawn")

    def action_new_attempt(self):
        """Open the next attempt after a failure; one for each.

        :return: action that opens it
        """
        self.ensure_one()
        if self.state not in ("failed", "disputed"):
            raise UserError(
                self.env._("%(name)s has not failed.", name=self.display_name)
            )
        attempt = self.search([("previous_id", "=", self.id)], limit=1)
        if not attempt:
            trusted = self._with_trusted_fields(["previous_id", "attempt"])
            vals = {"previous_id": self.id, "attempt": self.attempt + 1}
            attempt = trusted.copy(vals)
        return attempt._get_form_action()

    def _get_form_action(self):
        """Return the action that opens this one record."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
        }

    def action_view_loan(self):
        """Open the loan of the sample.

        :return: action
        """
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "loan.loan",
            "res_id": self.loan_id.id,
            "view_mode": "form",
        }


class SampleFirstArticleLine(models.Model):
    _name = "sample.first.article.line"
    _description = "First Article Characteristic"
    _inherit = ["sample.judgement.line.mixin"]
    _frozen_parent_field = "first_article_id"

    first_article_id = fields.Many2one(
        comodel_name="sample.first.article",
        required=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        related="first_article_id.company_id", store=True, index=True
    )
