from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import plaintext2html

STATES = [
    ("draft", "Draft"),
    ("comparing", "Comparing"),
    ("concluded", "Concluded"),
    ("closed", "Closed"),
]
CONCLUSIONS = [
    ("equal", "Equals the sample"),
    ("contested", "Equals the sample, but the standard is contested"),
    ("deviates", "Does not equal the sample"),
    ("doubtful", "The sample itself is doubtful"),
]


class SampleComparison(models.Model):
    """A product is compared with its sample: the customer doubts it, production disputes it, or we check (SC-36, SC-38).

    Proposed is the sample that was the standard on the day of production, whatever became of it
    since. What it was when it was compared with stays with the record. The conclusion says what
    comes next; it is signed before the record is closed.
    """

    _name = "sample.comparison"
    _description = "Sample Comparison"
    _inherit = ["sample.judgement.mixin", "sample.origin.mixin", "sign.off.mixin"]
    _order = "id desc"
    _check_company_auto = True
    _numbering_code = "sample.comparison"
    _controlled_form_code = "SC-F16"
    _sign_off_form_code = "SC-F16"
    # an expired or disabled sample is compared with a warning on the record only (SC-38.2)
    _warning_optional = False
    _guarded_transitions = {
        "draft": ("comparing",),
        "comparing": ("concluded",),
        "concluded": ("closed",),
        "closed": (),
    }
    _guarded_protected_fields = (
        "use_warning",
        "override_reason",
        "override_by_id",
        "override_at",
        "sample_snapshot",
        "started_at",
        "concluded_at",
        "concluded_by_id",
        "closed_at",
        "request_id",
    )
    _guarded_readiness_depends = (
        "sample_id",
        "override_reason",
        "conclusion",
        "treatment",
        "line_ids.result",
        "technical_id",
        "quality_id",
        "production_id",
        "sign_off_state",
    )
    _frozen_fields = {
        ("draft",): (
            "company_id",
            "trigger",
            "res_model",
            "res_id",
            "product_id",
            "partner_id",
            "lot_name",
            "date_production",
            "sample_id",
        ),
        ("draft", "comparing"): (
            "line_ids",
            "conclusion",
            "treatment",
            "technical_id",
            "quality_id",
            "production_id",
            "customer_contact_id",
            "product_image",
        ),
    }
    _sealed_fields = (
        "trigger",
        "product_id",
        "partner_id",
        "lot_name",
        "date_production",
        "sample_id",
        "conclusion",
        "treatment",
        "line_ids.characteristic_id",
        "line_ids.sample_value",
        "line_ids.product_value",
        "line_ids.result",
        "line_ids.note",
    )

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
    trigger = fields.Selection(
        selection=[
            ("customer", "The customer doubts"),
            ("production", "Dispute in production"),
            ("internal", "Internal check"),
        ],
        string="Because",
        required=True,
        default="customer",
        index=True,
        tracking=True,
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer",
        index="btree_not_null",
        check_company=True,
        tracking=True,
        ondelete="restrict",
    )
    lot_name = fields.Char(string="Batch", index="btree_not_null")
    date_production = fields.Date(
        string="Day of Production",
        index="btree_not_null",
        tracking=True,
        help="The sample that was the standard on this day is proposed. Empty: today's.",
    )
    candidate_ids = fields.Many2many(
        comodel_name="sample.sample",
        string="Standards on That Day",
        compute="_compute_candidate_ids",
    )
    sample_snapshot = fields.Json(
        readonly=True,
        copy=False,
        help="What the sample was when it was compared with.",
    )
    snapshot_text = fields.Text(
        string="Sample at Comparison", compute="_compute_snapshot_text"
    )
    # Who takes part
    technical_id = fields.Many2one(comodel_name="res.users", index="btree_not_null")
    production_id = fields.Many2one(
        comodel_name="res.users",
        index="btree_not_null",
        help="A dispute in production is settled by production and quality together.",
    )
    quality_id = fields.Many2one(comodel_name="res.users", index="btree_not_null")
    customer_contact_id = fields.Many2one(
        comodel_name="res.partner",
        string="For the Customer",
        check_company=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    # Result
    line_ids = fields.One2many(
        comodel_name="sample.comparison.line",
        inverse_name="comparison_id",
        string="Compared",
        copy=True,
    )
    conclusion = fields.Selection(
        selection=CONCLUSIONS, copy=False, index=True, tracking=True
    )
    next_step = fields.Text(compute="_compute_next_step")
    request_id = fields.Many2one(
        comodel_name="sample.request",
        string="New Signature",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="The request by which a contested standard is signed again.",
    )
    treatment = fields.Text(copy=False, help="What is done about it.")
    started_at = fields.Datetime(string="Begun On", readonly=True, copy=False)
    concluded_at = fields.Datetime(
        string="Concluded On", readonly=True, copy=False, index="btree_not_null"
    )
    concluded_by_id = fields.Many2one(
        comodel_name="res.users", readonly=True, copy=False
    )
    closed_at = fields.Datetime(string="Closed On", readonly=True, copy=False)

    _name_unique = models.UniqueIndex(
        "(name, company_id)", "The number is already taken."
    )
    _origin_index = models.Index("(res_model, res_id) WHERE res_id IS NOT NULL")

    # --- Computes ---

    @api.depends("product_id", "date_production", "partner_id")
    def _compute_sample_id(self):
        for record in self:
            if record.state == "draft" and record.product_id:
                found = record._get_candidates()
                kept = record.sample_id if record.sample_id in found else found[:1]
                record.sample_id = kept
            else:
                record.sample_id = record.sample_id

    @api.depends("product_id", "date_production", "partner_id")
    def _compute_candidate_ids(self):
        for record in self:
            record.candidate_ids = (
                record._get_candidates() if record.product_id else False
            )

    @api.depends("sample_snapshot")
    @api.depends_context("lang")
    def _compute_snapshot_text(self):
        for record in self:
            record.snapshot_text = (
                "\n".join(record._describe_snapshot())
                if record.sample_snapshot
                else False
            )

    @api.depends("conclusion")
    @api.depends_context("lang")
    def _compute_next_step(self):
        steps = self._get_next_steps()
        for record in self:
            record.next_step = steps.get(record.conclusion, False)

    # --- Constraints ---

    @api.constrains("sample_id")
    def _check_in_process(self):
        for record in self:
            # sudo: a sample is refused whoever may read it
            if record.sudo().sample_id.in_process_only:
                raise ValidationError(
                    self.env._(
                        "%(sample)s is for in-process use only; products are not compared with it (SC-09.4).",
                        sample=record.sample_id.display_name,
                    )
                )

    # --- The sample of that day ---

    def _get_use_purpose(self):
        self.ensure_one()
        return "dispute" if self.trigger == "production" else "comparison"

    def _get_day(self):
        """Return the day whose standard counts."""
        self.ensure_one()
        return self.date_production or self.company_id._record_control_today()

    def _get_candidates(self):
        """Return the samples that were the standard on the day of production, best first (SC-38.1)."""
        self.ensure_one()
        samples = self.env["sample.sample"]._find_valid_on(
            self.product_id, self._get_day(), self.partner_id
        )
        return samples.filtered(lambda sample: sample.company_id == self.company_id)

    def _find_sample(self):
        return self._get_candidates()[:1]

    def _get_soft_reasons(self):
        """Besides what the rule cares about: the piece was not the standard on that day, or is gone."""
        reasons = super()._get_soft_reasons()
        sample = self.sample_id
        if sample and sample not in self._get_candidates():
            reasons.append(
                self.env._(
                    "%(sample)s was not the standard on %(day)s.",
                    sample=sample.display_name,
                    day=fields.Date.to_string(self._get_day()),
                )
            )
        if sample.state in ("lost", "disposed"):
            reasons.append(
                self.env._(
                    "The piece is gone: only its photos and original values are left."
                )
            )
        return reasons

    def _prepare_snapshot(self):
        """Return what the sample is now, as plain data."""
        self.ensure_one()
        sample = self.sample_id
        return {
            "number": sample.name,
            "state": sample.state,
            "validity": sample.validity_state,
            "calibration": sample.calibration_state,
            "confirmed_on": fields.Date.to_string(sample.confirm_date) or "",
            "valid_until": fields.Date.to_string(sample.valid_until) or "",
            "ended_on": fields.Date.to_string(sample.ended_on) or "",
            "custody": sample.custody_state,
            "place": sample.location_id.complete_name or "",
            "baseline": [
                {
                    "name": line.characteristic_id.name,
                    "value": line._get_card_value(),
                    "range": [line.baseline_min, line.baseline_max]
                    if line.has_baseline
                    else None,
                }
                for line in sample.line_ids
            ],
        }

    def _describe_snapshot(self):
        """Say in words what the sample was when it was compared with."""
        self.ensure_one()
        kept = self.sample_snapshot
        samples = self.env["sample.sample"]

        def label(name, key):
            field = samples._fields[name]
            return dict(field._description_selection(self.env)).get(key, key or "")

        return [
            self.env._(
                "%(number)s: %(state)s, validity %(validity)s, calibration %(calibration)s",
                number=kept["number"],
                state=label("state", kept["state"]),
                validity=label("validity_state", kept["validity"]),
                calibration=label("calibration_state", kept["calibration"]),
            ),
            self.env._(
                "Standard from %(start)s until %(end)s",
                start=kept["confirmed_on"] or "–",
                end=kept["ended_on"] or kept["valid_until"] or "–",
            ),
        ]

    # --- Gates ---

    def _get_comparing_gate_reasons(self):
        return self._get_sample_reasons() + self._get_party_reasons()

    def _get_closed_gate_reasons(self):
        return self._get_seal_reasons()

    def _get_party_reasons(self):
        """Say who is missing: quality always, production beside it in a dispute (SC-36.1)."""
        self.ensure_one()
        reasons = []
        if not self.quality_id:
            reasons.append(self.env._("Enter who takes part for quality."))
        if self.trigger != "production":
            return reasons
        if not self.production_id:
            reasons.append(self.env._("Enter who takes part for production."))
        elif self.production_id == self.quality_id:
            reasons.append(
                self.env._("Production and quality are two different people.")
            )
        return reasons

    def _get_concluded_gate_reasons(self):
        """Say what keeps the comparison from being concluded."""
        self.ensure_one()
        reasons = self._get_sample_reasons() + self._get_line_reasons()
        different = any(line.result == "fail" for line in self.line_ids)
        if not self.conclusion:
            reasons.append(self.env._("Choose the conclusion."))
        elif self.conclusion in ("equal", "contested") and different:
            reasons.append(
                self.env._(
                    "Not everything equals the sample: the conclusion says it does."
                )
            )
        elif self.conclusion == "deviates" and self.line_ids and not different:
            reasons.append(
                self.env._(
                    "Everything equals the sample: the conclusion says it does not."
                )
            )
        if (
            self.conclusion in ("contested", "deviates", "doubtful")
            and not (self.treatment or "").strip()
        ):
            reasons.append(self.env._("Say what is done about it."))
        return reasons

    def _get_party_names(self):
        """Return the names of who takes part, for the report (F16)."""
        self.ensure_one()
        users = self.technical_id | self.production_id | self.quality_id
        contact = self.customer_contact_id
        return [*users.mapped("name"), *contact.mapped("name")]

    def _get_sign_off_reasons(self):
        reasons = super()._get_sign_off_reasons()
        if self.state != "concluded":
            reasons.append(
                self.env._("%(name)s is signed when it is concluded.", name=self.name)
            )
        return reasons

    def _get_sign_off_users(self, role):
        if role == "sample_production":
            return self.production_id
        return super()._get_sign_off_users(role)

    # --- Transitions ---

    def _prepare_transition_vals(self, target):
        vals = super()._prepare_transition_vals(target)
        now = fields.Datetime.now()
        if target == "comparing":
            vals.update(started_at=now, sample_snapshot=self._prepare_snapshot())
        elif target == "concluded":
            vals.update(concluded_at=now, concluded_by_id=self.env.uid)
        elif target == "closed":
            vals["closed_at"] = now
        return vals

    def _after_transition(self, source, target):
        super()._after_transition(source, target)
        if target == "comparing":
            self._fill_lines()
        elif target == "concluded":
            for record in self:
                record._on_concluded()

    # --- What comes next ---

    @api.model
    def _get_next_steps(self):
        """Return what follows from each conclusion, in words."""
        return {
            "equal": self.env._("The doubt is answered with this evidence."),
            "contested": self.env._(
                "The sample is signed again with the customer (reason T12)."
            ),
            "deviates": self.env._("The nonconformity is handled: corrective action."),
            "doubtful": self.env._(
                "The sample is not used until it is calibrated at once."
            ),
        }

    def _on_concluded(self):
        """Take what follows from the conclusion. Hook, one record: other apps act on it as well."""
        self.ensure_one()
        self._tell_origin(
            self.env._(
                "%(comparison)s with %(sample)s: %(conclusion)s.",
                comparison=self.name,
                sample=self.sudo().sample_id.name,  # sudo: the number alone is told
                conclusion=dict(
                    self._fields["conclusion"]._description_selection(self.env)
                )[self.conclusion],
            )
        )
        # sudo: what follows happens whoever concludes
        sample_sudo = self.sudo().sample_id
        if self.conclusion == "contested":
            self._ask_for_new_signature()
            self._ask_for_next_step(sample_sudo.custodian_id)
        elif self.conclusion == "doubtful":
            reason = self.env._("Doubted in comparison %(name)s.", name=self.name)
            sample_sudo._suspend(reason, origin=self)
            self._ask_for_next_step(sample_sudo.custodian_id)
        elif self.conclusion == "deviates":
            self._ask_for_next_step(self.quality_id)

    def _ask_for_new_signature(self):
        """Ask for the standard in force to be signed again with the customer (reason T12)."""
        self.ensure_one()
        # sudo: who concludes need not be able to make requests
        sample_sudo = self.sudo().sample_id
        while sample_sudo.replaced_by_id:
            sample_sudo = sample_sudo.replaced_by_id
        if sample_sudo.state not in ("active", "suspended"):
            return
        request_sudo = sample_sudo.env["sample.request"].create(
            {
                "kind": "replace",
                "company_id": self.company_id.id,
                "old_sample_id": sample_sudo.id,
                "reason_id": self.env.ref("sample_control.sample_reason_t12").id,
                "reason_note": self.name,
            }
        )
        self._write_protected({"request_id": request_sudo.id})

    def _ask_for_next_step(self, user):
        """Leave an activity that says what comes next.

        :param user: who takes the step
        """
        self.ensure_one()
        self.activity_schedule(
            "mail.mail_activity_data_todo",
            user_id=(user or self.env.user).id,
            summary=self.next_step,
            note=plaintext2html(self.treatment or ""),
        )

    # --- Actions ---

    def action_start(self):
        """Begin the comparison.

        :return: True
        """
        return self._transition("comparing")

    def action_conclude(self):
        """Conclude.

        :return: True
        """
        return self._transition("concluded")

    def action_close(self):
        """Close after everybody signed.

        :return: True
        """
        return self._transition("closed")


class SampleComparisonLine(models.Model):
    _name = "sample.comparison.line"
    _description = "Comparison Characteristic"
    _inherit = ["sample.judgement.line.mixin", "sealed.line.mixin"]
    _frozen_parent_field = "comparison_id"
    _sealed_parent_field = "comparison_id"

    comparison_id = fields.Many2one(
        comodel_name="sample.comparison",
        required=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        related="comparison_id.company_id", store=True, index=True
    )


class SignOffRouteStep(models.Model):
    _inherit = "sign.off.route.step"

    @api.model
    def _selection_role(self):
        return [
            *super()._selection_role(),
            ("sample_production", self.env._("Production (sample comparison)")),
        ]
