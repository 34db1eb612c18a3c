from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain

from .sample_inspection_line import PATROL_ITEMS

STATES = [
    ("draft", "Draft"),
    ("submitted", "Submitted"),
    ("confirmed", "Confirmed"),
    ("cancelled", "Cancelled"),
]
TYPES = [
    ("baseline", "Original"),
    ("periodic", "Periodic"),
    ("exception", "Exception"),
    ("after_repair", "After Repair"),
    ("customer", "Customer"),
    ("patrol", "Patrol"),
    ("trial_fit", "Trial Fit"),
]
RESULTS = [("pass", "Pass"), ("fail", "Fail")]
ACTIONS = [
    ("continue", "Continue to use"),
    ("reshape", "Reshape"),
    ("replace", "Replace"),
    ("stop", "Stop using"),
]
CONDITIONS = [("good", "Good"), ("fair", "Fair"), ("attention", "Needs attention")]
#: full-dimension inspections on the fixture: they prove the accuracy of a sample (SC-46)
CALIBRATIONS = ("periodic", "exception", "after_repair")
#: measured with a gauge whose own calibration is valid
GAUGED_TYPES = ("baseline", *CALIBRATIONS)
#: states in which a sample is still the subject of inspections
LIVE_STATES = ("active", "suspended")
QUALITY = "sample_control.group_sample_quality,sample_control.group_sample_manager"


class SampleInspection(models.Model):
    """Inspection of a sample: original, periodic, after a failure, by the customer, patrol (SC-45 to SC-48).

    The inspector enters readings and submits; quality, another person, confirms. What the
    confirmation means for the sample is in ``sample_inspection_effect``.
    """

    _name = "sample.inspection"
    _description = "Sample Inspection"
    _inherit = [
        "restricted.line.mixin",
        "sample.frozen.mixin",
        "numbering.mixin",
        "controlled.form.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "id desc"
    _rec_names_search = ["name", "sample_id.name"]
    _check_company_auto = True
    _numbering_code = "sample.inspection"
    _controlled_form_code = "SC-F12"
    _restricted_parent_field = "sample_id"
    _guarded_transitions = {
        "draft": ("submitted", "cancelled"),
        "submitted": ("confirmed", "draft", "cancelled"),
        "confirmed": ("cancelled",),
        "cancelled": (),
    }
    _guarded_side_states = ("draft", "cancelled")
    _guarded_protected_fields = (
        "result",
        "submitted_at",
        "submitted_by_id",
        "entered_by_ids",
        "confirmed_at",
        "checker_id",
        "next_date",
        "gauge_serial_no",
        "gauge_valid_until",
        "revision",
        "revises_id",
        "revised_by_id",
        "origin_res_model",
        "origin_res_id",
        "dispatch_id",
    )
    _guarded_readiness_depends = (
        "date_inspected",
        "equipment_id",
        "condition",
        "action",
        "action_note",
        "inspector_id",
        "customer_signatory_id",
        "certificate_no",
        "line_ids.verdict",
        "line_ids.readings",
        "line_ids.judged",
    )
    _frozen_fields = {
        # what is listed to be inspected, and who confirms it, goes by the type
        (): ("inspection_type",),
        ("draft",): (
            "company_id",
            "sample_id",
            "line_ids",
            "date_inspected",
            "date_planned",
            "equipment_id",
            "is_external",
            "laboratory_id",
            "certificate_no",
            "environment",
            "inspector_id",
            "condition",
            "customer_method",
            "customer_signatory_id",
            "care_note",
        ),
        ("draft", "submitted"): ("action", "action_note", "affects_quality"),
    }

    name = fields.Char(
        string="Record No.", readonly=True, required=True, copy=False, index="trigram"
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        compute="_compute_company_id",
        store=True,
        precompute=True,
        required=True,
    )
    state = fields.Selection(
        selection=STATES,
        group_expand="_group_expand_states",
        required=True,
        readonly=True,
        default="draft",
        copy=False,
        tracking=True,
    )
    inspection_type = fields.Selection(
        selection=TYPES,
        string="Type",
        required=True,
        default="periodic",
        index=True,
        tracking=True,
    )
    sample_id = fields.Many2one(
        comodel_name="sample.sample",
        required=True,
        index=True,
        tracking=True,
        check_company=True,
        ondelete="restrict",
    )
    product_id = fields.Many2one(
        related="sample_id.product_id",
        store=True,
        precompute=True,
        index="btree_not_null",
    )
    sample_state = fields.Selection(
        related="sample_id.state", string="State of the Sample"
    )
    origin_res_model = fields.Char(
        string="Origin (model)", readonly=True, copy=False, index="btree_not_null"
    )
    origin_res_id = fields.Many2oneReference(
        string="Origin (record)",
        model_field="origin_res_model",
        readonly=True,
        copy=False,
        help="The plan line, exception or dispatch that asks for the inspection.",
    )
    # How
    date_planned = fields.Date(
        string="Planned On", index="btree_not_null", tracking=True
    )
    date_inspected = fields.Date(
        string="Inspected On", copy=False, index="btree_not_null", tracking=True
    )
    equipment_id = fields.Many2one(
        comodel_name="maintenance.equipment",
        string="Fixture or Gauge",
        index="btree_not_null",
        check_company=True,
        tracking=True,
        ondelete="restrict",
    )
    gauge_serial_no = fields.Char(
        string="Serial No.", readonly=True, copy=False, help="At the inspection."
    )
    gauge_valid_until = fields.Date(
        string="Gauge Calibrated Until",
        readonly=True,
        copy=False,
        help="At the inspection.",
    )
    is_external = fields.Boolean(
        string="External Calibration", help="Done by a calibrating body (SC-10.2)."
    )
    laboratory_id = fields.Many2one(
        comodel_name="res.partner",
        string="Calibrating Body",
        check_company=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    certificate_no = fields.Char(string="Certificate No.", copy=False)
    environment = fields.Char(help="For example temperature and humidity.")
    customer_method = fields.Selection(
        selection=[
            ("sent", "Sent to the customer"),
            ("visit", "The customer comes"),
        ],
        string="Way of the Check",
        default="sent",
        help="The sample is sent to the customer, or the customer comes (SC-47.1).",
    )
    customer_signatory_id = fields.Many2one(
        comodel_name="res.partner",
        check_company=True,
        copy=False,
        index="btree_not_null",
        tracking=True,
        ondelete="restrict",
    )
    care_note = fields.Text(
        string="Cleaning and Upkeep", help="What was done to keep the sample good."
    )
    # Who
    inspector_id = fields.Many2one(
        comodel_name="res.users",
        index="btree_not_null",
        copy=False,
        tracking=True,
        domain=[("share", "=", False)],
    )
    submitted_at = fields.Datetime(string="Submitted On", readonly=True, copy=False)
    submitted_by_id = fields.Many2one(
        comodel_name="res.users", readonly=True, copy=False
    )
    entered_by_ids = fields.Many2many(
        comodel_name="res.users",
        relation="sample_inspection_entered_by_rel",
        readonly=True,
        copy=False,
        help="Who entered, changed or deleted readings and findings, for himself or for the inspector; "
        "another person confirms.",
    )
    checker_id = fields.Many2one(
        comodel_name="res.users",
        string="Checked By",
        readonly=True,
        copy=False,
        index="btree_not_null",
        tracking=True,
        help="Confirms the record; another person than the inspector.",
    )
    confirmed_at = fields.Datetime(
        string="Confirmed On", readonly=True, copy=False, index="btree_not_null"
    )
    # Result
    line_ids = fields.One2many(
        comodel_name="sample.inspection.line",
        inverse_name="inspection_id",
        string="Characteristics",
        copy=True,
    )
    result = fields.Selection(
        selection=RESULTS,
        readonly=True,
        copy=False,
        tracking=True,
        help="Computed from the lines at the confirmation.",
    )
    expected_result = fields.Selection(
        selection=RESULTS,
        string="Result So Far",
        compute="_compute_expected_result",
    )
    has_warning = fields.Boolean(
        string="Inside Tolerance, Outside Range",
        compute="_compute_expected_result",
        help="A value is inside the tolerance of the drawing, but outside the original range (D-16).",
    )
    condition = fields.Selection(
        selection=CONDITIONS,
        string="Condition of the Sample",
        compute="_compute_condition",
        store=True,
        readonly=False,
        tracking=True,
        help="A condition that is not good shortens the interval of the calibration.",
    )
    action = fields.Selection(
        selection=ACTIONS,
        string="Treatment",
        copy=False,
        tracking=True,
        help="After a failed inspection: reshape or replace.",
    )
    action_note = fields.Text(string="Deviation and Treatment", copy=False)
    affects_quality = fields.Boolean(
        string="Product Quality Affected",
        compute="_compute_affects_quality",
        store=True,
        readonly=False,
        help="The finding of a patrol bears on product quality: the sample is stopped and measured (SC-48.2).",
    )
    next_date = fields.Date(string="Next Inspection", readonly=True, copy=False)
    dispatch_id = fields.Many2one(
        comodel_name="sample.dispatch",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="By which the sample goes to the customer for his check.",
    )
    # Corrections
    revision = fields.Integer(default=0, readonly=True, copy=False)
    revises_id = fields.Many2one(
        comodel_name="sample.inspection",
        string="Corrects",
        readonly=True,
        copy=False,
        index="btree_not_null",
    )
    revised_by_id = fields.Many2one(
        comodel_name="sample.inspection",
        string="Corrected By",
        readonly=True,
        copy=False,
        index="btree_not_null",
    )

    _name_unique = models.UniqueIndex(
        "(name, company_id)", "The number is already taken."
    )
    _state_index = models.Index("(company_id, state, inspection_type)")
    _failed_index = models.Index("(company_id, date_inspected) WHERE result = 'fail'")
    _open_index = models.Index(
        "(sample_id, inspection_type) WHERE state IN ('draft', 'submitted')"
    )
    _revision_unique = models.UniqueIndex(
        "(revises_id) WHERE revises_id IS NOT NULL AND state != 'cancelled'",
        "The record is already being corrected.",
    )

    # --- Computes ---

    @api.depends("name", "revision", "sample_id")
    def _compute_display_name(self):
        for inspection in self:
            number = inspection.name or ""
            if inspection.revision:
                number += f" R{inspection.revision}"
            inspection.display_name = (
                f"{number} {inspection.sample_id.name or ''}".strip()
            )

    @api.depends("sample_id")
    def _compute_company_id(self):
        for inspection in self:
            inspection.company_id = inspection.sample_id.company_id or (
                inspection.company_id or self.env.company
            )

    @api.depends("sample_id")
    def _compute_condition(self):
        for inspection in self:
            inspection.condition = inspection.condition or "good"

    @api.depends("line_ids.verdict", "line_ids.is_outside_range")
    def _compute_expected_result(self):
        for inspection in self:
            inspection.expected_result = inspection._get_result()
            inspection.has_warning = any(inspection.line_ids.mapped("is_outside_range"))

    @api.depends("line_ids.verdict")
    def _compute_affects_quality(self):
        for inspection in self:
            inspection.affects_quality = inspection.affects_quality or any(
                line.patrol_item == "appearance" and line.verdict == "fail"
                for line in inspection.line_ids
            )

    def _get_result(self):
        """Return pass or fail; False as long as something was not checked (P20)."""
        self.ensure_one()
        verdicts = self.line_ids.mapped("verdict")
        if "fail" in verdicts:
            return "fail"
        return "pass" if verdicts and all(verdicts) else False

    # --- Onchange ---

    @api.onchange("sample_id")
    def _onchange_sample_id(self):
        """A new record lists at once what the chosen sample is the standard for."""
        if self._origin or self.inspection_type == "patrol":
            return
        self.line_ids = [Command.clear()]
        if self.sample_id and self.sample_id.has_access("read"):
            self.line_ids = [Command.create(vals) for vals in self._prepare_line_vals()]

    @api.onchange("line_ids")
    def _onchange_line_ids(self):
        """What is entered was found today, unless another day is said."""
        found = self.line_ids.filtered(lambda line: line.readings or line.judged)
        if found and not self.date_inspected:
            self.date_inspected = self.company_id._record_control_today()

    # --- Restricted access ---

    @api.model
    def _get_restricted_domain(self, operation):
        """Who may see a sample may inspect it; the right to change the sample is not asked for."""
        return super()._get_restricted_domain("read")

    # --- CRUD ---

    @api.model
    def _get_numbering_company(self, vals):
        sample = self.env["sample.sample"].browse(vals.get("sample_id"))
        # sudo: the number is that of the company of the sample
        return sample.sudo().company_id or super()._get_numbering_company(vals)

    @api.model_create_multi
    def create(self, vals_list):
        inspections = super().create(vals_list)
        inspections.filtered(lambda inspection: not inspection.line_ids)._fill_lines()
        return inspections

    def _fill_lines(self):
        """List what the sample is the standard for, or the items of a patrol, in one go."""
        lines = self.env["sample.inspection.line"]
        lines._with_trusted_fields(lines._get_protected_fields()).create(
            [
                {**vals, "inspection_id": inspection.id}
                for inspection in self
                for vals in inspection._prepare_line_vals()
            ]
        )

    def _prepare_line_vals(self):
        """Return the values of the lines of this one inspection."""
        self.ensure_one()
        if self.inspection_type == "patrol":
            blank = self.env["sample.inspection.line"]._prepare_blank_vals()
            return [
                {"patrol_item": item, "company_id": self.company_id.id, **blank}
                for item, __ in PATROL_ITEMS
            ]
        # sudo: who inspects sees the card of what he inspects
        sample_sudo = self.sample_id.sudo()
        listed = sample_sudo.line_ids.characteristic_id
        rest = sample_sudo.characteristic_ids - listed
        return [{"characteristic_id": item.id} for item in listed + rest]

    def _note_entry(self):
        """Keep that the user entered something here: he does not confirm these records (four eyes)."""
        user = self.env.user
        for inspection in self.filtered(
            lambda record: user not in record.entered_by_ids
        ):
            inspection._write_protected({"entered_by_ids": [Command.link(user.id)]})

    # --- Gates ---

    def _get_transition_label(self, target):
        if target == "submitted":
            return self.env._("Submit")
        if target == "confirmed":
            return self.env._("Confirm")
        return super()._get_transition_label(target)

    def _get_submitted_gate_reasons(self):
        """Say what is missing before the record goes to quality (SC-45.4)."""
        self.ensure_one()
        reasons = []
        today = self.company_id._record_control_today()
        if not self.date_inspected:
            reasons.append(self.env._("Enter the day of the inspection."))
        elif self.date_inspected > today:
            reasons.append(self.env._("The day of the inspection lies in the future."))
        reasons += self._get_line_reasons()
        reasons += self._get_gauge_reasons()
        if self.inspection_type == "customer" and not self.customer_signatory_id:
            reasons.append(
                self.env._("Enter who checked and signed for the customer (SC-47.4).")
            )
        return reasons + self._get_subject_reasons() + self._get_submitter_reasons()

    def _get_submitter_reasons(self):
        """Say why this user does not submit: the record carries the name of another inspector (SC-45.4).

        Others may enter readings for him and stay named as who entered; he answers for them.
        """
        self.ensure_one()
        inspector = self.inspector_id or self.env.user
        if self.state != "draft" or inspector == self.env.user:
            return []
        return [
            self.env._(
                "%(inspector)s is the inspector and submits it himself; "
                "if another person inspected, enter that person as the inspector.",
                inspector=self.inspector_id.name,
            )
        ]

    def _get_line_reasons(self):
        """Say what was not checked: everything of the original inspection must be (SC-45.1, P20)."""
        self.ensure_one()
        if not self.line_ids:
            return [self.env._("Nothing is listed that was inspected.")]
        reasons = [
            self.env._("%(name)s: enter the readings.", name=line.display_name)
            if line.is_measured
            else self.env._("%(name)s: enter what was found.", name=line.display_name)
            for line in self.line_ids
            if not line.verdict
        ]
        missing = self._get_missing_characteristics()
        if missing:
            reasons.append(
                self.env._(
                    "Everything that was measured at the original inspection is measured again: %(names)s.",
                    names=", ".join(missing.mapped("name")),
                )
            )
        if self.inspection_type == "baseline":
            reasons += self._get_range_reasons()
        return reasons

    def _get_missing_characteristics(self):
        """Return what the card gives limits for and this one does not measure (SC-45.1)."""
        self.ensure_one()
        if self.inspection_type not in CALIBRATIONS:
            return self.env["sample.characteristic"]
        # sudo: who inspects sees the card of what he inspects
        cards_sudo = self.sample_id.sudo().line_ids.filtered(
            lambda card: card.has_baseline or card.tol_lower or card.tol_upper
        )
        return (cards_sudo.characteristic_id - self.line_ids.characteristic_id).sudo(
            False
        )

    def _get_range_reasons(self):
        """Say which characteristics of an original inspection get no range from one reading (D-16)."""
        self.ensure_one()
        return [
            self.env._(
                "%(name)s: of one reading alone the range is the tolerance; enter it on the sample, or more readings.",
                name=line.display_name,
            )
            for line in self.line_ids
            if line.is_measured
            and line.reading_count == 1
            and not line._has_tolerance()
        ]

    def _get_gauge_reasons(self):
        """Say what is wrong with the means of measurement."""
        self.ensure_one()
        measured = any(line.is_measured for line in self.line_ids)
        if self.inspection_type not in GAUGED_TYPES or not measured:
            return []
        if self.is_external:
            if self.laboratory_id and (self.certificate_no or "").strip():
                return []
            return [
                self.env._(
                    "Enter the calibrating body and the number of its certificate."
                )
            ]
        if not self.equipment_id:
            return [self.env._("Choose the fixture or gauge.")]
        # sudo: a gauge may be withdrawn from the list that the inspector sees
        return self.equipment_id.sudo()._get_gauge_reasons(self.date_inspected)

    def _get_subject_reasons(self):
        """Say why the sample is no subject of this inspection now."""
        self.ensure_one()
        if not self.sample_id:
            return [self.env._("Choose the sample to inspect.")]
        # sudo: the gate is the same for whoever inspects
        sample_sudo = self.sample_id.sudo()
        if self.inspection_type == "baseline":
            return sample_sudo._get_baseline_reasons()
        if self.inspection_type == "trial_fit" or sample_sudo.state in LIVE_STATES:
            return []
        return [
            self.env._(
                "%(sample)s is not in use; there is nothing to be inspected.",
                sample=sample_sudo.name,
            )
        ]

    def _get_confirmed_gate_reasons(self):
        """Say what keeps the record from being confirmed: role, four eyes, treatment."""
        self.ensure_one()
        reasons = self._get_submitted_gate_reasons() + self._get_checker_reasons()
        result = self._get_result()
        if result == "fail" and self.inspection_type in (*CALIBRATIONS, "customer"):
            if self.action not in ("reshape", "replace", "stop"):
                reasons.append(
                    self.env._("It failed: choose whether it is reshaped or replaced.")
                )
            if not (self.action_note or "").strip():
                reasons.append(self.env._("Describe the deviation."))
        elif result == "pass" and self.action not in (False, "continue"):
            reasons.append(self.env._("It passed: the sample continues to be used."))
        return reasons

    def _get_checker_reasons(self):
        """Say why this user does not confirm: another role, or his own work (four eyes)."""
        self.ensure_one()
        if self.inspection_type == "patrol":
            return []
        reasons = []
        if not self.env.su and not self.env.user.has_groups(QUALITY):
            reasons.append(self.env._("Quality confirms inspections."))
        own = self.inspector_id | self.submitted_by_id | self.entered_by_ids
        if self.env.user in own:
            reasons.append(
                self.env._(
                    "Another person than the inspector confirms; %(user)s measured or submitted.",
                    user=self.env.user.name,
                )
            )
        return reasons

    def _get_cancelled_gate_reasons(self):
        """A confirmed record stays; the confirmation of its correction alone makes it void (SC-45.3)."""
        self.ensure_one()
        if self.state != "confirmed" or self.revised_by_id:
            return []
        return [
            self.env._(
                "A confirmed record is not cancelled; correct it by a new revision."
            )
        ]

    # --- Transitions ---

    def _prepare_transition_vals(self, target):
        vals = super()._prepare_transition_vals(target)
        now = fields.Datetime.now()
        if target == "submitted":
            # sudo: a gauge may be withdrawn from the list that the inspector sees
            gauge_sudo = self.equipment_id.sudo()
            vals.update(
                submitted_at=now,
                submitted_by_id=self.env.uid,
                inspector_id=self.inspector_id.id or self.env.uid,
                gauge_serial_no=gauge_sudo.serial_no,
                gauge_valid_until=gauge_sudo.sample_calibrated_until,
            )
        elif target == "draft":
            vals.update(submitted_at=False, submitted_by_id=False)
        elif target == "confirmed":
            result = self._get_result()
            vals.update(confirmed_at=now, checker_id=self.env.uid, result=result)
            if result == "pass" and self.inspection_type != "patrol":
                vals["action"] = "continue"
        return vals

    def _after_transition(self, source, target):
        super()._after_transition(source, target)
        if target == "submitted":
            # sudo: the limits are those of the card, whoever submits
            self.sudo().line_ids._refresh_limits()
        if target == "confirmed":
            # sudo: what follows from a confirmation happens whoever confirms
            self.sudo()._on_confirmed()

    def _on_confirmed(self):
        """Act after the inspections in ``self`` were confirmed (system environment). Hook."""

    # --- Business ---

    @api.model
    def _get_open_domain(self):
        """Domain of the inspections that are not finished."""
        return Domain("state", "in", ("draft", "submitted"))

    def _revise(self):
        """Correct confirmed records: drafts with their values, which replace them once confirmed (SC-45.3).

        :return: the drafts, in the order of the records
        :raises UserError: for records that are not confirmed or being corrected already
        """
        self._check_revisable()
        drafts = self.browse()
        for inspection in self:
            draft = inspection.copy({"date_inspected": inspection.date_inspected})
            draft._write_protected(
                {"revises_id": inspection.id, "revision": inspection.revision + 1}
            )
            drafts += draft
        return drafts

    def _check_revisable(self):
        """Refuse corrections of what is not confirmed, and second ones of what is being corrected."""
        for inspection in self:
            if inspection.state != "confirmed":
                raise UserError(
                    self.env._(
                        "%(record)s is not confirmed; change it directly.",
                        record=inspection.display_name,
                    )
                )
        found = self.search(
            self._get_open_domain() & Domain("revises_id", "in", self.ids)
        )
        if found:
            raise UserError(
                self.env._(
                    "%(records)s: the record is already being corrected.",
                    records=", ".join(found.revises_id.mapped("display_name")),
                )
            )

    # --- Prints F11, F12 ---

    def _get_sheet_number(self):
        """Return the number on the sheet, with the revision of a correction."""
        self.ensure_one()
        return f"{self.name} R{self.revision}" if self.revision else self.name

    def _get_record_cells(self):
        """Return the signature cells of the record: who inspected, who entered for him, who checked."""
        self.ensure_one()
        others = self.entered_by_ids - self.inspector_id
        entered = {
            "title": self.env._("Entered By"),
            "user": ", ".join(others.mapped("name")),
        }
        return [
            *([entered] if others else []),
            {
                "title": self.env._("Inspected by"),
                "user": self.submitted_at and self.inspector_id.name,
                "signed_at": self.submitted_at,
            },
            {
                "title": self.env._("Checked By"),
                "user": self.checker_id.name,
                "signed_at": self.confirmed_at,
            },
        ]

    # --- Actions ---

    def action_submit(self):
        """Give the records to quality.

        :return: True
        """
        return self._transition("submitted")

    def action_confirm(self):
        """Confirm the records.

        :return: True
        """
        return self._transition("confirmed")

    def action_draft(self):
        """Give submitted records back to the inspector.

        :return: True
        """
        return self._transition("draft")

    def action_cancel(self):
        """Cancel records that are not confirmed.

        :return: True
        """
        return self._transition("cancelled")

    def action_revise(self):
        """Open a correction of this confirmed record.

        :return: action
        """
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self._revise().id,
            "view_mode": "form",
        }

    def action_view_dispatch(self):
        """Open the dispatch by which the sample went to the customer.

        :return: action
        """
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "sample.dispatch",
            "res_id": self.dispatch_id.id,
            "view_mode": "form",
        }

    def action_send_to_customer(self):
        """Open the dispatch by which the sample goes to the customer for his check (SC-47.3).

        :return: action
        :raises UserError: for other inspections, and for samples without a customer
        """
        self.ensure_one()
        if not self.dispatch_id:
            self._write_protected({"dispatch_id": self._create_dispatch().id})
        return self.action_view_dispatch()

    def _create_dispatch(self):
        """Ask for the sample to be sent to the customer; the sales assistant sends it.

        :return: sample.dispatch
        """
        self.ensure_one()
        partner = self.sample_id.partner_id or self.sample_id.owner_id
        if self.inspection_type != "customer" or not partner:
            raise UserError(
                self.env._(
                    "%(record)s: only a check of the customer is sent, and the sample names the customer.",
                    record=self.display_name,
                )
            )
        return self.env["sample.dispatch"].create(
            {
                "company_id": self.company_id.id,
                "partner_id": partner.id,
                "purpose": "customer_check",
                "res_model": self._name,
                "res_id": self.id,
                "date_return_due": self.sample_id.next_customer_check_date,
                "line_ids": [Command.create({"sample_id": self.sample_id.id})],
            }
        )
