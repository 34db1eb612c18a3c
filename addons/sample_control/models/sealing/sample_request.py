from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command

from ..policy.sample_policy import ORIGINS, ROLES, UNITS
from ..sample.sample_sample import PREFIX, SampleSample

KINDS = [
    ("new", "New sample"),
    ("seal", "Sealing"),
    ("replace", "Replacement"),
    ("supplier", "Supplier sample"),
    ("temporary", "Temporary sample"),
]
STATES = [
    ("draft", "Draft"),
    ("submitted", "Submitted"),
    ("making", "Being Made"),
    ("sent", "Sent by the Supplier"),
    ("received", "Received"),
    ("arranged", "Arranged"),
    ("checking", "Documents and Tests"),
    ("review", "Review"),
    ("rectifying", "Rectification"),
    ("signing", "Joint Sign-off"),
    ("approved", "Approved"),
    ("done", "On File"),
    ("failed", "Failed"),
    ("cancelled", "Cancelled"),
]
TRANSITIONS = {
    "draft": ("submitted", "cancelled"),
    "submitted": ("arranged", "making", "draft", "cancelled"),
    "making": ("sent", "failed", "cancelled"),
    "sent": ("received", "failed", "cancelled"),
    "received": ("checking", "failed", "cancelled"),
    "arranged": ("checking", "failed", "cancelled"),
    "checking": ("review", "failed", "cancelled"),
    "review": ("signing", "rectifying", "failed", "cancelled"),
    "rectifying": ("review", "failed", "cancelled"),
    "signing": ("approved", "review", "rectifying", "failed", "cancelled"),
    "approved": ("done", "review", "rectifying", "cancelled"),
    "done": (),
    "failed": ("submitted", "making", "cancelled"),
    "cancelled": ("draft",),
}
#: roles that are groups of users; the others are departments
GROUPED_ROLES = (
    "administrator",
    "technical",
    "quality",
    "inspector",
    "sales_assistant",
)
#: states in which a request is over
CLOSED_STATES = ("done", "cancelled")
#: states in which what is asked for may still be changed without breaking a seal
OPEN_STATES = (
    "draft",
    "submitted",
    "making",
    "sent",
    "received",
    "arranged",
    "checking",
    "review",
    "rectifying",
    "failed",
)
#: the reason that usually goes with a kind
REASON_OF_KIND = {
    "new": "T06",
    "seal": "T17",
    "replace": "T14",
    "supplier": "T18",
    "temporary": "T06",
}
#: the type that a kind always leads to
TYPE_OF_KIND = {"seal": "SEAL", "temporary": "TEMP"}
#: what was found before the signatures, as it stands on the review form
REVIEWED_FIELDS = (
    "needs_trial_fit",
    "trial_quality_id",
    "trial_technical_id",
    "trial_late_reason",
    "trial_result",
    "trial_note",
    "joint_quality_id",
    "joint_technical_id",
    "joint_date",
    "appearance_note",
    "dimension_note",
    "performance_note",
    "joint_result",
    "review_date",
    "review_note",
)
#: what was asked for and found; the samples on file do not follow it any more
FILED_FIELDS = (
    "lot_name",
    "sampling_method",
    "date_sampled",
    "sampler_quality_id",
    "sampler_technical_id",
    "drawing_no",
    "drawing_rev",
    "first_batch_name",
    "first_batch_date",
    "continuous_qty",
    "pass_rate",
    "tooling_accepted_date",
    "planned_at",
    "urgent_reason",
    "date_required",
    "date_made",
    "date_sent",
    "date_received",
    "inspection_note",
    "trial_use_note",
    "small_batch_qty",
    "small_batch_pass_rate",
    "ppap_level",
    "ppap_submitted_on",
    "ppap_approved_on",
    "ppap_result",
)
#: states in which nobody has signed yet
UNSIGNED_STATES = tuple(
    state
    for state, __ in STATES
    if state not in ("signing", "approved", "done", "cancelled")
)
#: what a sample takes over from its request
SHARED_FIELDS = (
    "product_id",
    "title",
    "type_id",
    "partner_id",
    "supplier_id",
    "owner_id",
    "origin",
    "characteristic_ids",
    "drawing_no",
    "drawing_rev",
    "lot_name",
    "sampling_method",
    "date_sampled",
    "sampler_quality_id",
    "sampler_technical_id",
    "piece_size",
    "qty_reason",
    "reason_id",
    "reason_note",
    "pending_document",
    "pending_effective_date",
    "first_batch_name",
    "is_electrical",
    "tooling_state",
    "workaround_note",
    "concession_note",
    "concession_approver_id",
    "tooling_acceptance_date",
    "custodian_id",
    "home_location_id",
)


class SampleRequest(models.Model):
    """Request for a sample: from the application to the piece on file (SC-16, SC-20).

    One request asks for the samples of one product. The model is spread over several files: what is
    asked for (here), its states and gates (``…_flow``), notice and trial fit (``…_timing``), tests
    and review (``…_review``), joint sign-off (``…_sign_off``) and the samples that come out of it
    (``…_sample``).
    """

    _name = "sample.request"
    _description = "Sample Request"
    _inherit = [
        "sample.frozen.mixin",
        "numbering.mixin",
        "sample.sign.off.mixin",
        "clock.mixin",
        "sample.piece.mixin",
        "controlled.form.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "name desc, id desc"
    _rec_names_search = ["name", "product_id.name", "product_id.default_code", "title"]
    _check_company_auto = True

    _numbering_code = "sample.request"
    _controlled_form_code = "SC-F06"
    _sign_off_form_code = "SC-F07"
    # What the signatures cover is no matter of this: changed, it breaks the seal.
    _frozen_fields = {
        # who applies, what sealing asks for and what becomes of the old sample goes by them
        ("draft",): ("kind", "reason_id", "old_sample_id"),
        # whose property the pieces are is known to those who sign
        UNSIGNED_STATES: ("owner_id", *REVIEWED_FIELDS),
        tuple(state for state, __ in STATES if state != "done"): FILED_FIELDS,
    }
    _guarded_transitions = TRANSITIONS
    _guarded_side_states = ("draft", "rectifying", "failed", "cancelled")
    _sealed_fields = (
        "kind",
        "product_id",
        "title",
        "type_id",
        "partner_id",
        "supplier_id",
        "origin",
        "qty",
        "characteristic_ids",
        "no_expiry",
        "validity_value",
        "validity_unit",
        "conclusion",
        *(f"sample_ids.{name}" for name in SampleSample._sealed_fields),
    )
    #: what a contact who signs is shown
    _sign_off_portal_fields = (
        "product_id",
        "title",
        "type_id",
        "qty",
        "no_expiry",
        "validity_value",
        "validity_unit",
        "sample_ids.drawing_no",
        "sample_ids.drawing_rev",
        "sample_ids.lot_name",
        "sample_ids.line_ids.characteristic_id",
        "sample_ids.line_ids.text_value",
        "sample_ids.line_ids.nominal",
        "sample_ids.line_ids.tol_lower",
        "sample_ids.line_ids.tol_upper",
    )

    name = fields.Char(
        string="Request No.",
        readonly=True,
        required=True,
        copy=False,
        index="trigram",
    )
    state = fields.Selection(
        selection=STATES,
        required=True,
        readonly=True,
        default="draft",
        copy=False,
        index=True,
        tracking=True,
        group_expand="_group_expand_states",
    )
    kind = fields.Selection(
        selection=KINDS,
        required=True,
        default="seal",
        tracking=True,
        index=True,
    )
    round = fields.Integer(
        readonly=True,
        default=1,
        copy=False,
        tracking=True,
        aggregator=None,
        help="Each rejected attempt begins a new round.",
    )
    round_ids = fields.One2many(
        comodel_name="sample.request.round",
        inverse_name="request_id",
        string="Rounds",
        readonly=True,
    )

    # What is asked for and why
    reason_id = fields.Many2one(
        comodel_name="sample.reason",
        compute="_compute_reason_id",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        index=True,
        tracking=True,
        check_company=True,
        help="Why the sample is needed: T01 to T18.",
    )
    reason_needs_document = fields.Boolean(related="reason_id.needs_document")
    pending_effective_date = fields.Date(string="Expected to Take Effect")
    old_sample_id = fields.Many2one(
        comodel_name="sample.sample",
        string="Sample to Replace",
        index="btree_not_null",
        tracking=True,
        ondelete="restrict",
        copy=False,
        check_company=True,
    )
    is_key_part = fields.Boolean(related="product_id.is_key_part")
    is_electrical = fields.Boolean(
        string="Electrical Part",
        help="Tested on site by both sides before it is sealed.",
    )
    type_id = fields.Many2one(
        comodel_name="sample.type",
        string="Sample Type",
        compute="_compute_type_id",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        index=True,
        tracking=True,
        check_company=True,
    )
    characteristic_ids = fields.Many2many(
        comodel_name="sample.characteristic",
        string="Judged By It",
        help="What the sample is to be the standard for: appearance, colour, dimension …",
        ondelete="restrict",
    )
    origin = fields.Selection(
        selection=ORIGINS,
        compute="_compute_origin",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        tracking=True,
    )
    owner_id = fields.Many2one(
        comodel_name="res.partner",
        check_company=True,
        help="Whose property the piece is. Empty: our own.",
        ondelete="restrict",
    )
    qty = fields.Integer(
        string="Pieces",
        default=1,
        tracking=True,
        help="In principle one; each piece gets a record, a number and a label of its own.",
    )
    qty_reason = fields.Char(
        string="Reason for More",
        help="Say why there are more pieces, for example one for each side that signs.",
    )
    date_required = fields.Date(string="Required By", tracking=True)
    change_ref = fields.Char(string="Related Change")
    complaint_ref = fields.Char(string="Related Complaint")
    origin_res_model = fields.Char(string="Caused By (model)", copy=False)
    origin_res_id = fields.Many2oneReference(
        string="Caused By", model_field="origin_res_model", copy=False
    )

    # The piece
    lot_name = fields.Char(
        string="Sampled Batch",
        help="The production batch from which the piece is taken.",
    )

    # Before sealing (SC-04), temporary samples (SC-05)
    first_batch_date = fields.Date(string="First Batch Made On")
    continuous_qty = fields.Float(
        string="Made in a Row",
        help="Pieces of continuous production before the sealing.",
    )
    pass_rate = fields.Float(help="Percent of good parts before the sealing.")
    tooling_accepted_date = fields.Date(string="Tooling Accepted On")
    tooling_acceptance_date = fields.Date(string="Tooling Acceptance Expected")
    concession_note = fields.Text(string="Concession")
    concession_approver_id = fields.Many2one(
        comodel_name="res.users", string="Concession Approved By"
    )

    # Supplier's loop (SC-17), small batch and PPAP (SC-18)
    date_made = fields.Date(string="Made On", copy=False)
    date_sent = fields.Date(string="Sent On", copy=False)
    date_received = fields.Date(string="Received On", copy=False)
    inspection_department_id = fields.Many2one(
        comodel_name="hr.department",
        string="Inspected By Department",
        check_company=True,
    )
    inspection_note = fields.Text(string="Result of the Inspection")
    trial_use_note = fields.Text(string="Result of the Trial Use")
    small_batch_qty = fields.Float(string="Small Batch")
    small_batch_pass_rate = fields.Float()
    ppap_level = fields.Selection(
        selection=[(str(level), str(level)) for level in range(1, 6)],
        string="PPAP Level",
    )
    ppap_submitted_on = fields.Date(string="PPAP Submitted On")
    ppap_approved_on = fields.Date(string="PPAP Decided On")
    ppap_result = fields.Selection(
        selection=[
            ("approved", "Approved"),
            ("interim", "Interim approval"),
            ("rejected", "Rejected"),
        ],
        string="PPAP",
        tracking=True,
    )

    # Who
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Applicant",
        required=True,
        default=lambda self: self.env.user,
        index=True,
        tracking=True,
        copy=False,
    )
    department_id = fields.Many2one(
        comodel_name="hr.department",
        string="Applying Department",
        compute="_compute_department_id",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        check_company=True,
    )
    organiser_role = fields.Selection(selection=ROLES, tracking=True)
    organiser_department_id = fields.Many2one(
        comodel_name="hr.department", check_company=True
    )
    organiser_id = fields.Many2one(
        comodel_name="res.users",
        index="btree_not_null",
        tracking=True,
        help="Who organises making, tests, review and signatures.",
    )
    keeper_role = fields.Selection(
        selection=ROLES,
        string="Kept By",
        help="Who keeps and maintains the sample afterwards.",
    )
    party_ids = fields.One2many(
        comodel_name="sample.request.party",
        inverse_name="request_id",
        string="Participants",
        copy=True,
    )
    custodian_id = fields.Many2one(
        comodel_name="res.users",
        tracking=True,
        help="Who will keep the sample.",
    )
    home_location_id = fields.Many2one(
        comodel_name="sample.location",
        string="Fixed Place",
        check_company=True,
        help="Where the sample will be kept.",
    )
    note = fields.Html(string="Notes")

    # Rules in force that a signature covers
    no_expiry = fields.Boolean(compute="_compute_validity", store=True)
    validity_value = fields.Integer(
        string="Validity", compute="_compute_validity", store=True
    )
    validity_unit = fields.Selection(
        selection=UNITS, compute="_compute_validity", store=True
    )

    _name_unique = models.UniqueIndex(
        "(name, company_id)", "The request number is already taken."
    )
    _state_index = models.Index("(company_id, state, kind)")
    _old_sample_unique = models.UniqueIndex(
        "(old_sample_id) WHERE state NOT IN ('done', 'cancelled')",
        "A request to replace this sample is under way already.",
    )
    _check_qty = models.Constraint(
        "CHECK (qty > 0)", "A request asks for one piece at least."
    )
    _check_rates = models.Constraint(
        """CHECK (
            COALESCE(pass_rate, 0) BETWEEN 0 AND 100
            AND COALESCE(small_batch_pass_rate, 0) BETWEEN 0 AND 100
            AND COALESCE(continuous_qty, 0) >= 0 AND COALESCE(small_batch_qty, 0) >= 0
        )""",
        "A pass rate is between 0 and 100, a quantity is not negative.",
    )

    # --- Computes ---

    @api.depends("company_id")
    def _compute_department_id(self):
        """The department of who applies, as the employee he is in the company of the request."""
        for request in self:
            company = request.company_id
            own = request.department_id
            if own and own.sudo().company_id in (company, company.browse()):
                continue
            employee_sudo = self.env.user._get_own_employee(company)
            request.department_id = employee_sudo.department_id

    @api.depends("kind")
    def _compute_reason_id(self):
        reasons = self.env["sample.reason"]
        proposals = set(REASON_OF_KIND.values())
        for request in self:
            if not request.reason_id or request.reason_id.code in proposals:
                code = REASON_OF_KIND.get(request.kind)
                request.reason_id = request._find_setup(reasons, code)

    def _find_setup(self, model, code):
        """Return what is set up under a code, the nearest company's first.

        :param model: model with a code
        :param str code: the code
        """
        company = self.company_id or self.env.company
        # what nobody chooses any more is asked for by the rules all the same
        found = company._find_setup(
            model.with_context(active_test=False), [("code", "=", code)]
        )
        return found.with_env(self.env).sorted("active", reverse=True)[:1]

    @api.depends("kind", "old_sample_id")
    def _compute_type_id(self):
        types = self.env["sample.type"]
        for request in self:
            code = TYPE_OF_KIND.get(request.kind)
            if code and request.type_id.code != code:
                request.type_id = request._find_setup(types, code)
            elif not code and request.type_id.code in (False, *TYPE_OF_KIND.values()):
                # the type of another kind, or none yet
                request.type_id = request.old_sample_id.type_id

    @api.depends("product_id", "old_sample_id")
    def _compute_origin(self):
        for request in self:
            if request.old_sample_id:
                request.origin = request.origin or request.old_sample_id.origin
            elif not request.origin:
                bought = request.product_id.seller_ids
                request.origin = "purchased" if bought else "self_made"

    @api.depends("old_sample_id")
    def _compute_supplier_id(self):
        super()._compute_supplier_id()

    def _get_default_supplier(self):
        return self.old_sample_id.supplier_id or super()._get_default_supplier()

    @api.depends("policy_snapshot", "type_id.needs_validity")
    def _compute_validity(self):
        for request in self:
            entry = (request.policy_snapshot or {}).get("validity", {})
            values = entry.get("values", {})
            endless = values.get("no_expiry") or not request.type_id.needs_validity
            request.no_expiry = bool(endless)
            request.validity_value = 0 if endless else values.get("validity_value", 0)
            request.validity_unit = False if endless else values.get("validity_unit")

    # --- Onchange: what a person sees while typing ---

    @api.onchange("old_sample_id")
    def _onchange_old_sample_id(self):
        if self.old_sample_id:
            self.update(self._prepare_vals_from_sample(self.old_sample_id))

    @api.onchange("reason_id", "origin", "company_id")
    def _onchange_responsibility(self):
        rule = self._find_responsibility()
        self.update(self._prepare_organiser_vals(rule))
        self.party_ids = [Command.clear(), *self._prepare_party_commands(rule)]

    # --- Constraints ---

    @api.constrains("kind", "type_id")
    def _check_type(self):
        for request in self:
            code = TYPE_OF_KIND.get(request.kind)
            if code and request.type_id.code != code:
                raise ValidationError(
                    self.env._(
                        "%(request)s: a request of kind “%(kind)s” leads to a sample of type %(code)s.",
                        request=request.display_name,
                        kind=request._get_kind_label(),
                        code=code,
                    )
                )

    @api.constrains("old_sample_id", "kind", "company_id")
    def _check_old_sample(self):
        for request in self:
            if request.kind == "replace" and not request.old_sample_id:
                raise ValidationError(
                    self.env._(
                        "%(request)s: enter the sample to replace.",
                        request=request.display_name,
                    )
                )

    # --- CRUD ---

    @api.model
    def _get_protected_fields(self):
        return super()._get_protected_fields() | {"round", "round_ids"}

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [self._fill_from_old_sample(vals) for vals in vals_list]
        requests = super().create(vals_list)
        requests._check_predecessor()
        for request, vals in zip(requests, vals_list, strict=True):
            if "party_ids" not in vals:
                request._fill_responsibility(vals)
        requests._affect_old_samples()
        return requests

    def write(self, vals):
        self._check_applicant_kept(vals)
        result = super().write(vals)
        if not vals.keys().isdisjoint(("old_sample_id", "product_id")):
            self._check_predecessor()
        if not vals.keys().isdisjoint(SHARED_FIELDS):
            self._sync_samples([name for name in SHARED_FIELDS if name in vals])
        if "is_electrical" in vals:
            self._sync_documents()
        if not vals.keys().isdisjoint(("old_sample_id", "reason_id")):
            self._affect_old_samples()
        return result

    def _get_predecessor(self):
        return self.old_sample_id

    def _check_applicant_kept(self, vals):
        """Keep who applied: he neither approves the request nor waives a document (SC-22.2, SC-27).

        :raises UserError: naming the requests
        """
        if self.env.su:
            return
        changed = self._filter_changed(["user_id"], vals)
        if changed := changed.filtered(lambda request: request.state != "draft"):
            raise UserError(
                self.env._(
                    "%(requests)s: who applied stays the applicant; name another organiser.",
                    requests=", ".join(changed.mapped("name")),
                )
            )

    # --- Responsibility ---

    def _find_responsibility(self):
        """Return the rule of responsibility for reason and origin (SC-12.1)."""
        self.ensure_one()
        company = self.company_id or self.env.company
        return self.env["sample.responsibility"]._find(
            self.reason_id._origin, self.origin, company
        )

    def _prepare_organiser_vals(self, rule):
        """Return who organises and who keeps, from a rule of responsibility."""
        self.ensure_one()
        organiser = rule.line_ids.filtered(lambda line: line.part == "organise")[:1]
        keeper = rule.line_ids.filtered(lambda line: line.part == "keep")[:1]
        return {
            "organiser_role": organiser.role,
            "organiser_department_id": organiser._get_department(self.company_id).id,
            "keeper_role": keeper.role,
        }

    def _prepare_party_commands(self, rule):
        """Return the commands that enter the parties of a rule of responsibility."""
        self.ensure_one()
        parties = rule.line_ids.filtered(lambda line: line.part == "participate")
        company = self.company_id
        return [Command.create(line._prepare_party_vals(company)) for line in parties]

    def _fill_responsibility(self, vals):
        """Enter organiser, keeper and participants, as far as the creator named none."""
        self.ensure_one()
        rule = self._find_responsibility()
        found = self._prepare_organiser_vals(rule)
        self.write(
            {
                **{name: value for name, value in found.items() if name not in vals},
                "party_ids": self._prepare_party_commands(rule),
            }
        )

    def _get_role_users(self, role):
        """Return the persons who stand for a role in this request; those only who hold it, if it is a group.

        :param str role: a key of ``ROLES``
        :rtype: res.users
        """
        self.ensure_one()
        users = self.party_ids.filtered(lambda party: party.role == role).user_id
        if self.organiser_role == role:
            users |= self.organiser_id
        if role not in GROUPED_ROLES:
            return users
        return users.filtered(lambda user: user.has_group(f"{PREFIX}{role}"))

    # --- Old sample ---

    @api.model
    def _prepare_vals_from_sample(self, sample):
        """Return what a request takes over from the sample to replace."""
        return {
            "company_id": sample.company_id.id,
            "product_id": sample.product_id.id,
            "title": sample.title,
            "type_id": sample.type_id.id,
            "partner_id": sample.partner_id.id,
            "supplier_id": sample.supplier_id.id,
            "owner_id": sample.owner_id.id,
            "origin": sample.origin,
            "characteristic_ids": [Command.set(sample.characteristic_ids.ids)],
            "drawing_no": sample.drawing_no,
            "drawing_rev": sample.drawing_rev,
            "is_electrical": sample.is_electrical,
            "custodian_id": sample.custodian_id.id,
            "home_location_id": sample.home_location_id.id,
        }

    @api.model
    def _fill_from_old_sample(self, vals):
        """Complete the values of a replacement from the old sample; what was given stands."""
        sample = self.env["sample.sample"].browse(vals.get("old_sample_id")).exists()
        if not sample:
            return vals
        found = self._prepare_vals_from_sample(sample)
        if vals.get("kind", "seal") in TYPE_OF_KIND:
            found.pop("type_id")
        return {**found, **vals}

    def _affect_old_samples(self):
        """Stop or mark the samples to replace, as the reason asks (SC-14.2, E22)."""
        for request in self.filtered(
            lambda request: request.old_sample_id and request.state not in CLOSED_STATES
        ):
            # sudo: whoever reports need not be able to write samples
            old_sudo = request.old_sample_id.sudo()
            effect = request.reason_id.effect_on_old
            if effect == "suspend":
                reason = request.reason_id.display_name
                old_sudo._suspend(
                    self.env._("A successor was asked for: %(reason)s", reason=reason),
                    origin=request,
                )
            elif effect == "contested" and old_sudo.state == "active":
                old_sudo._write_protected({"is_contested": True})

    # --- Labels ---

    def _get_kind_label(self):
        """Return the kind of this request in words."""
        self.ensure_one()
        return dict(self._fields["kind"]._description_selection(self.env))[self.kind]

    def _get_validity_label(self):
        """Return how long the samples will be valid, in words."""
        self.ensure_one()
        if self.no_expiry:
            return self.env._("No expiry")
        units = dict(self._fields["validity_unit"]._description_selection(self.env))
        return f"{self.validity_value} {units.get(self.validity_unit, '')}".strip()
