from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL

from odoo.addons.record_control.models.access.restricted_fields import (
    RestrictedOne2many,
)
from odoo.addons.record_control.tools.one_by_one import act_on_each

from ..policy.people import get_acting_name

STATES = [
    ("draft", "Draft"),
    ("to_approve", "To Be Approved"),
    ("approved", "Approved"),
    ("done", "Disposed"),
    ("cancelled", "Cancelled"),
]
OPEN_STATES = ("draft", "to_approve", "approved")
REASONS = [
    ("expired", "Expired"),
    ("replaced", "Replaced"),
    ("failed", "Failed"),
    ("damaged", "Damaged"),
    ("changed", "Change"),
    ("discontinued", "Product no longer on the market"),
]
METHODS = [
    ("destroy", "Destroyed"),
    ("return", "Returned to the owner"),
    ("reference", "Kept as a reference sample"),
    ("scrap", "Scrapped"),
]
#: states from which a piece is disposed of (closing 1.2)
DISPOSABLE_STATES = ("expired", "replaced", "obsolete")
#: role of the rule -> group whose members execute; others fall back to the technical side
EXECUTOR_GROUPS = {
    "administrator": "administrator",
    "technical": "technical",
    "quality": "quality",
    "custodian": "keeper",
    "inspector": "inspector",
}


class SampleDisposal(models.Model):
    """Disposal of ended samples: approved, executed by one person, witnessed by another (SC-54).

    Nobody enters executor or witness: each of the two confirms as himself. The samples are archived
    with the second confirmation; their photos and original values stay for later complaints.
    """

    _name = "sample.disposal"
    _description = "Sample Disposal"
    _inherit = [
        "sample.frozen.mixin",
        "numbering.mixin",
        "sign.off.author.mixin",
        "sample.sign.off.mixin",
        "controlled.form.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "id desc"
    _check_company_auto = True
    _numbering_code = "sample.disposal"
    _controlled_form_code = "SC-F19"
    _sign_off_form_code = "SC-F19"
    _guarded_transitions = {
        "draft": ("to_approve", "cancelled"),
        "to_approve": ("approved", "draft", "cancelled"),
        "approved": ("done", "draft", "cancelled"),
        "done": (),
        "cancelled": ("draft",),
    }
    _guarded_side_states = ("draft", "cancelled")
    _guarded_protected_fields = (
        "executor_id",
        "executed_at",
        "witness_id",
        "witnessed_at",
        "date_disposed",
        "is_automatic",
        "reminded_on",
    )
    _guarded_readiness_depends = (
        "reason",
        "method",
        "photo",
        "consent_date",
        "consent_attachment_ids",
        "executor_id",
        "witness_id",
        "sign_off_state",
        "line_ids.sample_id",
    )
    _frozen_fields = {
        ("draft",): (
            "company_id",
            "requester_id",
            "reason",
            "method",
            "line_ids",
            "consent_date",
            "consent_note",
            "consent_attachment_ids",
        ),
        ("draft", "to_approve", "approved"): ("photo", "note", "return_ref"),
    }
    _sealed_fields = (
        "reason",
        "method",
        "consent_date",
        "line_ids.sample_id",
    )
    _authored_fields = (
        "company_id",
        "requester_id",
        "reason",
        "method",
        "consent_date",
        "consent_note",
        "consent_attachment_ids",
        "line_ids.sample_id",
    )

    name = fields.Char(
        string="Sheet No.", readonly=True, required=True, copy=False, index="trigram"
    )
    author_ids = fields.Many2many(relation="sample_disposal_author_rel")
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
    reason = fields.Selection(
        selection=REASONS, required=True, default="expired", index=True, tracking=True
    )
    method = fields.Selection(
        selection=METHODS, required=True, default="destroy", index=True, tracking=True
    )
    line_ids = RestrictedOne2many(
        comodel_name="sample.disposal.line",
        inverse_name="disposal_id",
        string="Samples",
        copy=True,
    )
    sample_count = fields.Integer(compute="_compute_sample_count")
    requester_id = fields.Many2one(
        comodel_name="res.users",
        string="Asked For By",
        required=True,
        index=True,
        default=lambda self: self.env.user,
    )
    is_automatic = fields.Boolean(
        string="Opened by the System",
        readonly=True,
        copy=False,
        help="Opened by the system when the time to keep the samples was over.",
    )
    role = fields.Selection(
        selection=lambda self: self.env["sample.policy"]
        ._fields["disposal_role"]
        ._description_selection(self.env),
        string="Executed By",
        compute="_compute_role",
        help="The role that the rules of the samples name.",
    )
    date_earliest = fields.Date(
        string="Not Before",
        compute="_compute_date_earliest",
        help="The samples are kept until then for late complaints.",
    )
    note = fields.Text(string="Remarks")
    return_ref = fields.Char(
        string="Proof of Return", copy=False, help="Delivery note or receipt."
    )
    # Consent of the owner
    needs_consent = fields.Boolean(compute="_compute_needs_consent")
    consent_date = fields.Date(string="Consent of the Owner On", copy=False)
    consent_note = fields.Char(string="Consent", copy=False)
    consent_attachment_ids = fields.Many2many(
        comodel_name="ir.attachment",
        relation="sample_disposal_consent_rel",
        string="Written Consent",
        copy=False,
        bypass_search_access=True,
    )
    # Execution
    photo = fields.Image(
        string="Photograph", max_width=1920, max_height=1920, copy=False
    )
    executor_id = fields.Many2one(
        comodel_name="res.users",
        readonly=True,
        copy=False,
        index="btree_not_null",
        tracking=True,
    )
    executed_at = fields.Datetime(readonly=True, copy=False)
    witness_id = fields.Many2one(
        comodel_name="res.users",
        readonly=True,
        copy=False,
        index="btree_not_null",
        tracking=True,
    )
    witnessed_at = fields.Datetime(readonly=True, copy=False)
    date_disposed = fields.Date(
        string="Disposed On", readonly=True, copy=False, index="btree_not_null"
    )
    reminded_on = fields.Date(readonly=True, copy=False)

    _name_unique = models.UniqueIndex(
        "(name, company_id)", "The number is already taken."
    )
    _check_two_persons = models.Constraint(
        "CHECK (executor_id IS NULL OR witness_id IS NULL OR executor_id != witness_id)",
        "Executor and witness are two different people.",
    )

    # --- Computes ---

    @api.depends("line_ids")
    def _compute_sample_count(self):
        for record in self:
            record.sample_count = len(record.line_ids)

    @api.depends("line_ids.sample_id")
    def _compute_role(self):
        for record in self:
            # sudo: the rule holds whoever looks
            samples_sudo = record.sudo().line_ids.sample_id
            record.role = (
                samples_sudo[:1]._get_disposal_role() if samples_sudo else False
            )

    @api.depends("line_ids.sample_id")
    def _compute_date_earliest(self):
        for record in self:
            # sudo: the longest time counts, whoever looks
            days = record.sudo().line_ids.sample_id.mapped("date_disposal")
            record.date_earliest = max(filter(None, days), default=False)

    @api.depends("line_ids.sample_id.origin", "line_ids.sample_id.owner_id", "method")
    def _compute_needs_consent(self):
        for record in self:
            record.needs_consent = record.method != "return" and bool(
                record._get_foreign_samples()
            )

    def _get_foreign_samples(self):
        """Return the samples that are the property of others (SC-54.4), as superuser."""
        self.ensure_one()
        # sudo: whose property a piece is does not depend on who asks
        return self.sudo().line_ids.sample_id.filtered(
            lambda sample: sample._is_foreign_property()
        )

    # --- Gates ---

    def _get_to_approve_gate_reasons(self):
        """Say what the sheet lacks: ended samples, and the owner's consent (SC-54.4)."""
        reasons = []
        # sudo: every sample of the sheet counts, whoever asks
        samples_sudo = self.sudo().line_ids.sample_id
        if not samples_sudo:
            reasons.append(self.env._("Enter the samples."))
        return reasons + self._get_sample_state_reasons() + self._get_owner_reasons()

    def _get_owner_reasons(self):
        """Say what the owners of the samples have not been asked, as it is known now (SC-54.4)."""
        self.ensure_one()
        reasons = []
        foreign = self._get_foreign_samples()
        # sudo: every sample of the sheet counts, whoever asks
        own_sudo = self.sudo().line_ids.sample_id - foreign
        if self.method == "return" and own_sudo:
            reasons.append(
                self.env._(
                    "These are our own and are not returned: %(samples)s.",
                    samples=own_sudo._get_names_for_user(),
                )
            )
        if self.needs_consent and not (
            self.consent_date and self.consent_attachment_ids
        ):
            reasons.append(
                self.env._(
                    "%(samples)s: return what belongs to the customer, or attach the written consent with its day.",
                    samples=foreign._get_names_for_user(),
                )
            )
        return reasons

    def _get_sample_state_reasons(self):
        # sudo: every sample of the sheet counts, whoever asks
        return self.sudo().line_ids.sample_id._get_disposal_state_reasons()

    def _get_approved_gate_reasons(self):
        return self._get_to_approve_gate_reasons() + self._get_seal_reasons()

    def _get_draft_gate_reasons(self):
        if self.executor_id or self.witness_id:
            return [self.env._("It was confirmed already.")]
        return []

    def _get_cancelled_gate_reasons(self):
        return self._get_draft_gate_reasons()

    def _get_done_gate_reasons(self):
        """Say what is missing of the disposal: two people, photograph, time to keep (SC-54.3)."""
        reasons = self._get_execution_reasons()
        if not self.executor_id:
            reasons.append(self.env._("The executor has not confirmed."))
        if not self.witness_id:
            reasons.append(self.env._("The witness has not confirmed."))
        return reasons

    def _get_execution_reasons(self):
        """Say why nothing may be disposed of yet."""
        self.ensure_one()
        reasons = self._get_sample_state_reasons() + self._get_seal_reasons()
        # whose property a piece is may have been told after the approval
        reasons += self._get_owner_reasons()
        if not self.photo:
            reasons.append(self.env._("Add the photograph."))
        today = self.company_id._record_control_today()
        if self.date_earliest and self.date_earliest > today:
            reasons.append(
                self.env._(
                    "The samples are kept for late complaints until %(day)s.",
                    day=fields.Date.to_string(self.date_earliest),
                )
            )
        if self.method == "return" and not (self.return_ref or "").strip():
            reasons.append(self.env._("Enter the proof of the return."))
        return reasons

    def _get_transition_label(self, target):
        if target == "to_approve":
            return self.env._("Submit")
        if target == "done":
            return self.env._("Dispose of")
        return super()._get_transition_label(target)

    def _get_sign_off_reasons(self):
        reasons = super()._get_sign_off_reasons()
        if self.state != "to_approve":
            reasons.append(
                self.env._(
                    "%(name)s is approved after it is submitted.", name=self.name
                )
            )
        return reasons

    # --- Sign-off ---

    def _get_sign_off_authors(self):
        # nobody drew up what the system opened by itself
        asked = self.filtered(lambda sheet: not sheet.is_automatic).requester_id
        return super()._get_sign_off_authors() | asked

    def _on_sign_off_sealed(self):
        super()._on_sign_off_sealed()
        self.filtered(lambda record: record.state == "to_approve")._transition(
            "approved"
        )

    def _on_sign_off_refused(self, opinion):
        super()._on_sign_off_refused(opinion)
        self.filtered(lambda record: record.state == "to_approve")._transition("draft")

    # --- Transitions ---

    def _prepare_transition_vals(self, target):
        vals = super()._prepare_transition_vals(target)
        if target == "done":
            vals["date_disposed"] = self.company_id._record_control_today()
        return vals

    def _after_transition(self, source, target):
        super()._after_transition(source, target)
        if target == "to_approve":
            for record in self:
                record.action_request_sign_off()
        elif target == "approved":
            # sudo: whoever signs last, the executors are asked
            for record_sudo in self.sudo():
                record_sudo._ask_executors()
        elif target == "done":
            for record in self:
                record._finish()
        elif target in ("draft", "cancelled"):
            self._close_sign_off()

    def _finish(self):
        """End and archive the samples; what is kept of them is looked up in the archive (E19)."""
        self.ensure_one()
        # sudo: executor and witness confirmed; neither needs the right to change samples
        samples_sudo = self.sudo().line_ids.sample_id
        if self.method == "return":
            samples_sudo.write({"date_returned": self.date_disposed})
        methods = dict(self._fields["method"]._description_selection(self.env))
        samples_sudo._end("disposed", f"{self.name}: {methods[self.method]}")
        if self.method == "reference":
            samples_sudo._make_reference()
        samples_sudo.write({"active": False})
        # sudo: whoever confirms last closes what was asked of others
        self.sudo().activity_unlink(["mail.mail_activity_data_todo"])

    # --- Two names (SC-54.3) ---

    def action_confirm_execution(self):
        """Confirm, as oneself, to have disposed of the samples.

        :return: True
        """
        return self._confirm("executor_id", "executed_at")

    def action_confirm_witness(self):
        """Confirm, as oneself, to have seen the disposal.

        :return: True
        """
        return self._confirm("witness_id", "witnessed_at")

    def _confirm(self, who, when):
        """Enter the user as executor or witness; the second confirmation disposes of the samples.

        :param str who: name of the field for the person
        :param str when: name of the field for the moment
        :raises UserError: with every reason of every sheet
        """
        self.check_access("read")
        self._lock_rows()
        errors = [
            f"{record.name}: {reason}"
            for record in self
            for reason in record._get_confirm_reasons(who)
        ]
        if errors:
            raise UserError("\n".join(errors))
        # sudo: a witness confirms what he need not be able to change
        self.sudo().write({who: self.env.uid, when: fields.Datetime.now()})
        both = self.filtered(lambda record: record.executor_id and record.witness_id)
        if both:
            both.sudo()._transition("done")
        return True

    def _lock_rows(self):
        """Let two confirmations at once wait for each other, so that one person cannot be both."""
        self.env.execute_query(
            SQL(
                "SELECT id FROM sample_disposal WHERE id IN %s ORDER BY id FOR UPDATE",
                tuple(self.ids or [0]),
            )
        )
        self.invalidate_recordset(["executor_id", "witness_id", "state"])

    def _get_confirm_reasons(self, who):
        """Say why this user does not confirm.

        :param str who: executor_id or witness_id
        """
        self.ensure_one()
        if self.state != "approved":
            return [self.env._("It is not approved, or done already.")]
        reasons = self._get_execution_reasons()
        if self[who]:
            reasons.append(
                self.env._("%(user)s has confirmed already.", user=self[who].name)
            )
        other = self.witness_id if who == "executor_id" else self.executor_id
        if other == self.env.user:
            reasons.append(self.env._("Executor and witness are two different people."))
        if who == "executor_id" and not self._may_execute(self.env.user):
            reasons.append(
                self.env._("The rules of the samples name another role to execute.")
            )
        return reasons

    def _get_executor_group(self):
        """Return the xml id of the group whose members dispose of the samples."""
        self.ensure_one()
        return (
            f"sample_control.group_sample_{EXECUTOR_GROUPS.get(self.role, 'technical')}"
        )

    def _may_execute(self, user):
        """Tell whether a user is of the role that disposes of the samples, or the manager."""
        return user.has_group(self._get_executor_group()) or user.has_group(
            "sample_control.group_sample_manager"
        )

    def _ask_executors(self):
        """Give the disposal to one who may execute it, as an activity."""
        self.ensure_one()
        # sudo: who is asked does not depend on who approves
        group_sudo = self.env.ref(self._get_executor_group()).sudo()
        users = group_sudo._get_users_of_company(self.company_id)
        asked = self.requester_id if self.requester_id in users else users[:1]
        self.activity_schedule(
            "mail.mail_activity_data_todo",
            date_deadline=max(
                self.date_earliest or self.company_id._record_control_today(),
                self.company_id._record_control_today(),
            ),
            summary=self.env._("Dispose of the samples of %(name)s", name=self.name),
            user_id=(asked or self.requester_id).id,
        )

    # --- Actions ---

    def action_submit(self):
        """Ask for the approval.

        :return: True
        """
        return self._transition("to_approve")

    def action_draft(self):
        """Take sheets back to the draft.

        :return: True
        """
        return self._transition("draft")

    def action_cancel(self):
        """Give sheets up.

        :return: True
        """
        return self._transition("cancelled")

    # --- Prints ---

    def _get_disposal_cells(self):
        """Return the cells of the sheet F19: asked for, approved, executor, witness."""
        self.ensure_one()
        return [
            {
                "title": self.env._("Asked for"),
                "user": get_acting_name(self.requester_id),
                "signed_at": self.create_date,
            },
            *(self.sign_off_cells or []),
            {
                "title": self.env._("Executor"),
                "user": self.executor_id.name,
                "signed_at": self.executed_at,
            },
            {
                "title": self.env._("Witness"),
                "user": self.witness_id.name,
                "signed_at": self.witnessed_at,
            },
        ]

    # --- Crons ---

    @api.model
    def _cron_follow_up(self):
        """Open sheets for samples whose time is over, and chase approved ones once a day (C15)."""
        # only companies that keep samples have something to follow up
        groups = self.env["sample.sample"]._read_group(
            [("state", "in", (*DISPOSABLE_STATES, "disposed"))], ["company_id"]
        )
        for (company,) in groups:
            today = company._record_control_today()
            self.env["sample.sample"]._open_due_disposals(company, today)
            late = self.search(
                [
                    ("company_id", "=", company.id),
                    ("state", "in", ("draft", "approved")),
                    "|",
                    ("reminded_on", "=", False),
                    ("reminded_on", "<", today),
                ]
            ).filtered(
                lambda record, today=today: not record.date_earliest
                or record.date_earliest <= today
            )
            act_on_each(late, lambda some, today=today: some._chase_each(today))

    def _chase_each(self, today):
        """Leave the open task of these sheets, and note that it was left."""
        for record in self:
            record._chase()
        self._write_protected({"reminded_on": today})

    def _chase(self):
        """Leave the open task once; who has it already is not asked again."""
        self.ensure_one()
        kind = self.env.ref("mail.mail_activity_data_todo")
        if kind not in self.activity_ids.activity_type_id:
            self._ask_executors()


class SampleDisposalLine(models.Model):
    """One sample that is disposed of."""

    _name = "sample.disposal.line"
    _description = "Sample to Dispose Of"
    _inherit = [
        "sample.secret.mixin",
        "sample.frozen.line.mixin",
        "sealed.line.mixin",
    ]
    _order = "id"
    _check_company_auto = True
    _frozen_parent_field = "disposal_id"
    _sealed_parent_field = "disposal_id"

    disposal_id = fields.Many2one(
        comodel_name="sample.disposal", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="disposal_id.company_id", store=True, index=True
    )
    sample_id = fields.Many2one(
        comodel_name="sample.sample",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        domain="[('state', 'in', ('expired', 'replaced', 'obsolete'))]",
    )
    product_id = fields.Many2one(
        related="sample_id.product_id", string="Product", related_sudo=False
    )
    owner_id = fields.Many2one(
        related="sample_id.owner_id", string="Owner", related_sudo=False
    )
    ended_on = fields.Date(
        related="sample_id.ended_on", string="Ended On", related_sudo=False
    )
    date_disposal = fields.Date(
        related="sample_id.date_disposal", string="Kept Until", related_sudo=False
    )
    is_open = fields.Boolean(compute="_compute_is_open", store=True)
    note = fields.Char(string="Remark")

    _one_open = models.UniqueIndex(
        "(sample_id) WHERE is_open IS TRUE",
        "The sample is on another open disposal sheet already.",
    )

    @api.depends("disposal_id.state")
    def _compute_is_open(self):
        for line in self:
            line.is_open = line.disposal_id.state in OPEN_STATES

    @api.constrains("sample_id")
    def _check_gone(self):
        for line in self:
            if line.disposal_id.state == "draft" and line.sample_id.state == "disposed":
                raise ValidationError(
                    self.env._(
                        "%(sample)s is disposed of already.",
                        sample=line.sample_id.name,
                    )
                )
