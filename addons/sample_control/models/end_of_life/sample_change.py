from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain

from odoo.addons.record_control.models.access.restricted_fields import (
    RestrictedOne2many,
)
from odoo.addons.record_control.tools.one_by_one import act_on_each

STATES = [
    ("draft", "Draft"),
    ("assessing", "Being Assessed"),
    ("approved", "Approved"),
    ("executing", "Being Carried Out"),
    ("closed", "Closed"),
]
KINDS = [
    ("design", "Design change"),
    ("process", "Process change"),
    ("tooling", "Tooling change"),
    ("outsource", "From self-made to outsourced"),
    ("customer", "Customer changes the standard sample"),
]
#: kind of change -> reason of the request for a new sample (SC-14)
REASON_CODES = {
    "design": "T08",
    "process": "T09",
    "tooling": "T10",
    "outsource": "T11",
    "customer": "T13",
}
#: kind of change -> role that organises it (SC-52.3, SC-52.4)
ORGANISERS = {
    "design": "technical",
    "process": "workshop",
    "tooling": "workshop",
    "outsource": "purchasing",
    "customer": "quality",
}
DECISIONS = [
    ("keep", "Stays valid"),
    ("re_sign", "New sample"),
    ("obsolete", "Obsolete"),
]


class SampleChange(models.Model):
    """A change of design, process, tooling or maker, or of the customer's standard (SC-52, SC-53).

    Lists every sample in use of the products affected; each gets a decision, which the technical side
    and quality sign. What the customer changes stops at once (E22); what is to be signed again stays
    in use for the old revision until the cut-over.
    """

    _name = "sample.change"
    _description = "Change That Affects Samples"
    _inherit = [
        "sample.frozen.mixin",
        "numbering.mixin",
        "sign.off.author.mixin",
        "sign.off.mixin",
        "controlled.form.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "id desc"
    _rec_names_search = ["name", "content"]
    _check_company_auto = True
    _numbering_code = "sample.change"
    _controlled_form_code = "SC-F18"
    _sign_off_form_code = "SC-F18"
    _guarded_transitions = {
        "draft": ("assessing",),
        "assessing": ("approved", "draft"),
        "approved": ("executing",),
        "executing": ("closed",),
        "closed": (),
    }
    _guarded_side_states = ("draft",)
    _guarded_protected_fields = (
        "stopped_at",
        "first_article_ids",
        "approved_at",
        "closed_at",
    )
    _guarded_readiness_depends = (
        "kind",
        "product_ids",
        "date_cutover",
        "batch_cutover",
        "customer_attachment_ids",
        "date_notified",
        "line_ids.decision",
        "sign_off_state",
    )
    _frozen_fields = {
        # what the customer changes stopped the samples when it was entered
        (): ("kind",),
        ("draft",): ("company_id", "proposer_id"),
        ("draft", "assessing"): (
            "content",
            "reason",
            "product_ids",
            "partner_id",
            "line_ids",
            "is_immediate",
            "date_cutover",
            "batch_cutover",
        ),
        ("draft", "assessing", "approved", "executing"): (
            "customer_attachment_ids",
            "date_notified",
            "notified_by",
            "date_new_received",
        ),
    }
    _sealed_fields = (
        "kind",
        "content",
        "product_ids",
        "date_cutover",
        "batch_cutover",
        "line_ids.sample_id",
        "line_ids.decision",
    )
    _authored_fields = (
        "kind",
        "content",
        "reason",
        "proposer_id",
        "product_ids",
        "partner_id",
        "is_immediate",
        "date_cutover",
        "batch_cutover",
        "line_ids.sample_id",
        "line_ids.decision",
    )

    name = fields.Char(
        string="Change No.", readonly=True, required=True, copy=False, index="trigram"
    )
    author_ids = fields.Many2many(relation="sample_change_author_rel")
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
    kind = fields.Selection(
        selection=KINDS,
        string="Kind of Change",
        required=True,
        default="design",
        index=True,
        tracking=True,
    )
    organiser_role = fields.Selection(
        selection=lambda self: self.env["sample.policy"]
        ._fields["disposal_role"]
        ._description_selection(self.env),
        string="Organised By",
        compute="_compute_organiser_role",
        help="Workshop for process and tooling, purchasing for outsourcing, technical side for design.",
    )
    reference = fields.Char(
        string="Change Sheet",
        index="btree_not_null",
        help="Number of the change sheet.",
    )
    content = fields.Text(required=True, help="What changes.", tracking=True)
    reason = fields.Text(string="Cause of the Change")
    proposer_id = fields.Many2one(
        comodel_name="res.users",
        string="Proposed By",
        required=True,
        index=True,
        default=lambda self: self.env.user,
    )
    department_id = fields.Many2one(
        comodel_name="hr.department", check_company=True, index="btree_not_null"
    )
    product_ids = fields.Many2many(
        comodel_name="product.product",
        string="Products Affected",
        check_company=True,
        ondelete="restrict",
        context={"active_test": False},
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer",
        index="btree_not_null",
        check_company=True,
        help="Whose standard changes; for other changes: who confirms.",
    )
    is_immediate = fields.Boolean(
        string="Takes Effect at Once",
        tracking=True,
        help="The samples are stopped now, not at the cut-over.",
    )
    date_cutover = fields.Date(
        string="Cut-over",
        index="btree_not_null",
        tracking=True,
        help="From this day on only the new sample counts. Until then, samples to be signed again "
        "stay in use for the old revision.",
    )
    batch_cutover = fields.Char(string="First Batch after the Change")
    line_ids = RestrictedOne2many(
        comodel_name="sample.change.line",
        inverse_name="change_id",
        string="Samples Affected",
        copy=False,
    )
    sample_count = fields.Integer(compute="_compute_sample_count")
    # Customer
    customer_attachment_ids = fields.Many2many(
        comodel_name="ir.attachment",
        relation="sample_change_customer_attachment_rel",
        string="Notice or Confirmation of the Customer",
        copy=False,
        bypass_search_access=True,
    )
    date_notified = fields.Date(string="Customer's Notice On", copy=False)
    notified_by = fields.Selection(
        selection=[
            ("letter", "Letter"),
            ("mail", "E-mail"),
            ("phone", "Phone"),
            ("visit", "Visit"),
        ],
        string="Notice By",
        copy=False,
    )
    date_new_received = fields.Date(string="New Sample Received On", copy=False)
    stopped_at = fields.Datetime(
        string="Old Samples Stopped On", readonly=True, copy=False
    )
    first_article_ids = fields.Many2many(
        comodel_name="sample.first.article",
        string="Open First Articles",
        readonly=True,
        copy=False,
        help="Were under way with the old sample when it was stopped.",
    )
    approved_at = fields.Datetime(readonly=True, copy=False)
    closed_at = fields.Datetime(readonly=True, copy=False)

    _name_unique = models.UniqueIndex(
        "(name, company_id)", "The number is already taken."
    )

    # --- Computes ---

    @api.depends("name", "kind")
    @api.depends_context("lang")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for record in self:
            record.display_name = (
                f"{record.name or ''} {kinds.get(record.kind, '')}".strip()
            )

    @api.depends("kind")
    def _compute_organiser_role(self):
        for record in self:
            record.organiser_role = ORGANISERS.get(record.kind)

    @api.depends("line_ids")
    def _compute_sample_count(self):
        for record in self:
            record.sample_count = len(record.line_ids)

    # --- CRUD ---

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        for record in records:
            record._list_samples()
        return records

    def write(self, vals):
        result = super().write(vals)
        if {"product_ids", "partner_id", "is_immediate"} & vals.keys():
            for record in self:
                record._list_samples()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_stopped(self):
        """What stopped samples stays on record, also as a draft (E22)."""
        kept = self.filtered("stopped_at")
        if kept:
            raise UserError(
                self.env._(
                    "%(names)s: samples were stopped for it; it is closed, not deleted.",
                    names=", ".join(kept.mapped("name")),
                )
            )

    # --- Which samples (SC-52.5) ---

    def _get_sample_domain(self):
        """Domain of the samples in use that this change affects.

        A customer changes his own standard samples only.
        """
        self.ensure_one()
        domain = (
            Domain("product_id", "in", self.product_ids.ids)
            & Domain("company_id", "=", self.company_id.id)
            & Domain("state", "in", ("active", "suspended"))
            & Domain("type_id.is_benchmark", "=", False)
        )
        if self.kind != "customer" or not self.partner_id:
            return domain
        customer = self.partner_id.commercial_partner_id
        return domain & (
            Domain("partner_id.commercial_partner_id", "=", customer.id)
            | Domain("owner_id.commercial_partner_id", "=", customer.id)
        )

    def _find_samples(self):
        """Return the samples in use that this change affects, whoever asks (system environment)."""
        # sudo: a change concerns every sample of the product
        samples_sudo = self.env["sample.sample"].sudo()
        return samples_sudo.search(self._get_sample_domain(), order="name, id")

    def _list_samples(self):
        """List the samples that are not listed yet, and stop them when that does not wait."""
        self.ensure_one()
        if self.state not in ("draft", "assessing") or not self.product_ids:
            return
        # sudo: who enters a change need not see or change every sample of the product
        record_sudo = self.sudo()
        found = record_sudo._find_samples() - record_sudo.line_ids.sample_id
        proposal = "re_sign" if self.kind == "customer" else False
        record_sudo.write(
            {
                "line_ids": [
                    Command.create({"sample_id": sample.id, "decision": proposal})
                    for sample in found
                ]
            }
        )
        if self._stops_at_once():
            record_sudo._stop_samples()

    def _stops_at_once(self):
        """Tell whether the old samples may not be used from this moment on (SC-53.1, E22)."""
        self.ensure_one()
        return self.kind == "customer" or self.is_immediate

    def _stop_samples(self):
        """Stop the samples listed; what the customer changes is asked for anew at once (SC-53.2)."""
        self.ensure_one()
        samples = self.line_ids.sample_id
        running = samples.filtered(lambda sample: sample.state == "active")
        if running:
            running._suspend(f"{self.display_name}: {self.content}", origin=self)
            self._flag_first_articles(running)
        if not self.stopped_at and running:
            self.write({"stopped_at": fields.Datetime.now()})
        if self.kind == "customer":
            self._ask_for_successors(samples)

    def _flag_first_articles(self, samples):
        """Keep and mark the first articles that are under way with samples that were stopped."""
        articles = self.env["sample.first.article"].search(
            [
                ("sample_id", "in", samples.ids),
                ("state", "in", ("draft", "comparing", "released")),
            ]
        )
        self.write(
            {"first_article_ids": [Command.link(record.id) for record in articles]}
        )
        for record in articles:
            record.message_post(
                body=self.env._(
                    "The sample was stopped: %(change)s.", change=self.display_name
                )
            )

    def _ask_for_successors(self, samples):
        """Ask for new samples with the reason of this change; never for discontinued products."""
        self.ensure_one()
        wanted = samples.filtered(
            lambda sample: not sample.is_discontinued and not sample.replaced_by_id
        )
        return wanted._request_successor(
            REASON_CODES[self.kind], self.content, origin=self
        )

    # --- Gates ---

    def _get_assessing_gate_reasons(self):
        if self.product_ids:
            return []
        return [self.env._("Enter the products affected.")]

    def _get_approved_gate_reasons(self):
        return self._get_assessment_reasons() + self._get_seal_reasons()

    def _get_assessment_reasons(self):
        """Say what the assessment lacks: every sample in use listed and decided (SC-52.5)."""
        self.ensure_one()
        reasons = self._get_assessing_gate_reasons()
        # sudo: every sample counts, whoever assesses
        record_sudo = self.sudo()
        missing = record_sudo._find_samples() - record_sudo.line_ids.sample_id
        if missing:
            reasons.append(
                self.env._(
                    "In use, but not assessed: %(samples)s.",
                    samples=missing._get_names_for_user(),
                )
            )
        undecided = record_sudo.line_ids.filtered(lambda line: not line.decision)
        if undecided:
            reasons.append(
                self.env._(
                    "Decide on: %(samples)s.",
                    samples=undecided.sample_id._get_names_for_user(),
                )
            )
        if not (self.date_cutover or self.batch_cutover or self._stops_at_once()):
            reasons.append(self.env._("Enter the day or the batch of the cut-over."))
        if self.kind == "customer" and not (
            self.date_notified and self.notified_by and self.customer_attachment_ids
        ):
            reasons.append(
                self.env._("Enter when and how the customer told us, and attach it.")
            )
        return reasons

    def _get_closed_gate_reasons(self):
        # sudo: every line counts, whoever closes
        waiting = self.sudo().line_ids.filtered(lambda line: not line.is_done)
        if not waiting:
            return []
        return [
            self.env._(
                "Not carried out yet: %(samples)s.",
                samples=waiting.sample_id._get_names_for_user(),
            )
        ]

    def _get_transition_label(self, target):
        labels = {
            "assessing": self.env._("Assess"),
            "executing": self.env._("Carry out"),
            "closed": self.env._("Close"),
        }
        return labels.get(target) or super()._get_transition_label(target)

    def _get_sign_off_reasons(self):
        reasons = super()._get_sign_off_reasons()
        if self.state != "assessing":
            reasons.append(
                self.env._("%(name)s is signed when it is assessed.", name=self.name)
            )
        return reasons + self._get_assessment_reasons()

    def _get_sign_off_authors(self):
        return super()._get_sign_off_authors() | self.proposer_id

    def _on_sign_off_sealed(self):
        super()._on_sign_off_sealed()
        self.filtered(lambda record: record.state == "assessing")._transition(
            "approved"
        )

    # --- Transitions ---

    def _prepare_transition_vals(self, target):
        vals = super()._prepare_transition_vals(target)
        if target == "approved":
            vals["approved_at"] = fields.Datetime.now()
        elif target == "closed":
            vals["closed_at"] = fields.Datetime.now()
        return vals

    def _after_transition(self, source, target):
        super()._after_transition(source, target)
        if target == "executing":
            # sudo: the decisions were signed by the technical side and quality
            for record_sudo in self.sudo():
                record_sudo._carry_out()

    def _carry_out(self):
        """Ask for the new samples and end the obsolete ones, as it was decided."""
        self.ensure_one()
        lines = self.line_ids.grouped("decision")
        empty = self.env["sample.change.line"]
        self._ask_for_successors(lines.get("re_sign", empty).sample_id)
        gone = lines.get("obsolete", empty).sample_id
        text = f"{self.display_name}: {self.content}"
        gone._suspend(text, origin=self)
        gone.filtered(lambda sample: sample.state == "suspended")._end(
            "obsolete", self.display_name
        )
        self._cut_over()

    def _cut_over(self):
        """From the cut-over on, samples that are to be signed again are not used any more (SC-52.6)."""
        for record in self:
            today = record.company_id._record_control_today()
            if record.date_cutover and record.date_cutover <= today:
                samples = record.line_ids.filtered(
                    lambda line: line.decision == "re_sign"
                ).sample_id
                samples._suspend(
                    self.env._("Cut-over of %(change)s.", change=record.display_name),
                    origin=record,
                )

    # --- Actions ---

    def action_assess(self):
        """Begin the assessment.

        :return: True
        """
        return self._transition("assessing")

    def action_list_samples(self):
        """List samples that came into use meanwhile.

        :return: True
        """
        self.check_access("write")
        for record in self:
            record._list_samples()
        return True

    def action_execute(self):
        """Carry out what was decided and signed.

        :return: True
        """
        return self._transition("executing")

    def action_close(self):
        """Close what was carried out.

        :return: True
        """
        return self._transition("closed")

    def action_draft(self):
        """Take it back to the draft.

        :return: True
        """
        return self._transition("draft")

    # --- Crons ---

    @api.model
    def _cron_cut_over(self):
        """Stop the old samples on the day of the cut-over, also after downtime."""
        latest = fields.Date.add(fields.Date.today(), days=1)
        changes = self.search(
            [
                ("state", "=", "executing"),
                ("date_cutover", "<=", latest),
                (
                    "line_ids",
                    "any",
                    [("decision", "=", "re_sign"), ("sample_id.state", "=", "active")],
                ),
            ]
        )
        act_on_each(changes, lambda some: some._cut_over())


class SampleChangeLine(models.Model):
    """What becomes of one sample (SC-52.5)."""

    _name = "sample.change.line"
    _description = "Sample Affected by a Change"
    _inherit = [
        "sample.secret.mixin",
        "sample.frozen.line.mixin",
        "sealed.line.mixin",
    ]
    _order = "id"
    _check_company_auto = True
    _frozen_parent_field = "change_id"
    _sealed_parent_field = "change_id"

    change_id = fields.Many2one(
        comodel_name="sample.change", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="change_id.company_id", store=True, index=True)
    sample_id = fields.Many2one(
        comodel_name="sample.sample",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    product_id = fields.Many2one(
        related="sample_id.product_id", string="Product", related_sudo=False
    )
    sample_state = fields.Selection(
        related="sample_id.state", string="State", related_sudo=False
    )
    decision = fields.Selection(
        selection=DECISIONS,
        index=True,
        help="Stays valid; is signed anew before the cut-over; or must not be used any more.",
    )
    note = fields.Char(string="Why")
    request_id = fields.Many2one(
        comodel_name="sample.request",
        string="New Request",
        compute="_compute_progress",
    )
    is_done = fields.Boolean(string="Done", compute="_compute_progress")

    _sample_once = models.UniqueIndex(
        "(change_id, sample_id)", "Each sample stands once on a change."
    )

    @api.depends("decision", "change_id.state", "sample_id.state")
    def _compute_progress(self):
        for line in self:
            # sudo: whether a change was carried out is no secret
            sample_sudo = line.sudo().sample_id
            line.request_id = sample_sudo.successor_request_ids.sorted("id")[-1:]
            line.is_done = line._is_carried_out(sample_sudo)

    def _is_carried_out(self, sample_sudo):
        """Tell whether what was decided about a sample has happened.

        :param sample_sudo: the sample, as superuser
        """
        if self.change_id.state not in ("executing", "closed"):
            return False
        if self.decision == "keep":
            return True
        if self.decision == "obsolete" or sample_sudo.is_discontinued:
            return sample_sudo._is_ended()
        return bool(sample_sudo.replaced_by_id) and (
            sample_sudo._has_standing_successor()
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_in_use(self):
        """A sample in use does not slip off the list of those affected."""
        # sudo: as above
        in_use = self.sudo().filtered(
            lambda line: line.sample_id.state in ("active", "suspended")
            and line.sample_id.product_id in line.change_id.product_ids
        )
        if in_use and not self.env.su:
            raise UserError(
                self.env._(
                    "In use and affected, decide on them: %(samples)s.",
                    samples=", ".join(in_use.sample_id.mapped("name")),
                )
            )
