from odoo import api, fields, models

from .sample_request import OPEN_STATES


class SampleRequest(models.Model):
    """Tests before sealing, joint inspection and the review form (SC-23, SC-24)."""

    _inherit = "sample.request"
    _guarded_readiness_depends = (
        "kind",
        "product_id",
        "title",
        "type_id",
        "supplier_id",
        "old_sample_id",
        "qty",
        "planned_at",
        "urgent_reason",
        "first_batch_name",
        "first_batch_date",
        "continuous_qty",
        "pass_rate",
        "tooling_state",
        "needs_trial_fit",
        "trial_start_at",
        "trial_end_at",
        "trial_result",
        "trial_late_reason",
        "trial_quality_id",
        "trial_technical_id",
        "joint_quality_id",
        "joint_technical_id",
        "joint_result",
        "lot_name",
        "sampling_method",
        "sampler_quality_id",
        "sampler_technical_id",
        "conclusion",
        "review_date",
        "fail_reason",
        "ppap_result",
        "custodian_id",
        "home_location_id",
        "document_ids.state",
        "document_ids.result",
        "issue_ids.state",
        "issue_ids.severity",
        "issue_ids.user_id",
        "issue_ids.date_due",
        "sample_ids.state",
        "sample_ids.line_ids.is_filled",
        "sign_off_state",
        "policy_snapshot",
    )

    joint_quality_id = fields.Many2one(
        comodel_name="res.users", string="Inspected By (Quality)", copy=False
    )
    joint_technical_id = fields.Many2one(
        comodel_name="res.users", string="Inspected By (Technical)", copy=False
    )
    joint_date = fields.Date(string="Inspected On", copy=False)
    joint_result = fields.Selection(
        selection=[("pass", "Pass"), ("fail", "Fail")],
        string="Joint Inspection",
        copy=False,
        tracking=True,
    )
    appearance_note = fields.Text(string="Appearance", copy=False)
    dimension_note = fields.Text(string="Dimensions", copy=False)
    performance_note = fields.Text(string="Performance", copy=False)

    review_date = fields.Date(string="Reviewed On", copy=False, tracking=True)
    conclusion = fields.Selection(
        selection=[
            ("pass", "Passed"),
            ("conditional", "Passed on conditions"),
            ("fail", "Not passed"),
        ],
        string="Conclusion of the Review",
        copy=False,
        tracking=True,
        help="On conditions: each open point has an owner and a day; the sample becomes valid when they are closed.",
    )
    review_note = fields.Text(string="Remarks", copy=False)

    issue_ids = fields.One2many(
        comodel_name="sample.issue",
        inverse_name="request_id",
        string="Problem Points",
        copy=False,
    )
    open_issue_count = fields.Integer(
        string="Open Points", compute="_compute_open_issue_count"
    )

    @api.depends("issue_ids.state")
    def _compute_open_issue_count(self):
        for request in self:
            request.open_issue_count = len(request._get_open_issues())

    # --- Gates ---

    def _needs_joint_inspection(self):
        """Tell whether quality and technical side inspect the piece together. Hook, one record."""
        self.ensure_one()
        return self.kind == "seal" or self.type_id.code == "SEAL"

    def _get_joint_inspection_reasons(self):
        """Say what is missing of the joint inspection (SC-23.2). Hook, one record."""
        self.ensure_one()
        if not self._needs_joint_inspection():
            return []
        reasons = self._get_pair_reasons(
            self.joint_quality_id,
            self.joint_technical_id,
            self.env._("joint inspection"),
        )
        if not self.joint_result:
            reasons.append(self.env._("Enter the result of the joint inspection."))
        elif self.joint_result == "fail":
            reasons.append(
                self.env._("The joint inspection did not find the piece good.")
            )
        return reasons

    def _get_baseline_reasons(self):
        """Say what is missing of the original inspection record (SC-23.5, SC-28.1).

        Hook, one record: calibrations later compare with what was measured before the sealing. Here
        the original range of a characteristic of each sample counts; the chapter *verification*
        asks for a confirmed baseline inspection.
        """
        self.ensure_one()
        # sudo: whoever may see the request sees what it lacks
        samples_sudo = self.sudo().sample_ids
        return [
            self.env._(
                "%(sample)s is calibrated later: enter the original measured range of at least one characteristic.",
                sample=sample_sudo.name,
            )
            for sample_sudo in samples_sudo
            if sample_sudo._needs_calibration() and not sample_sudo._has_baseline()
        ]

    def _get_review_reasons(self):
        """Say why the review cannot begin (SC-22.2, SC-23). Hook, one record."""
        self.ensure_one()
        if self.state not in ("checking", "rectifying"):
            return []
        reasons = self._get_document_reasons()
        reasons += self._get_trial_fit_reasons()
        reasons += self._get_joint_inspection_reasons()
        reasons += self._get_baseline_reasons()
        if self.state == "rectifying":
            reasons += self._get_blocking_reasons()
        return reasons

    def _get_signing_reasons(self):
        """Say why the reviewed request may not be signed (SC-24, SC-25). Hook, one record."""
        self.ensure_one()
        reasons = self._get_conclusion_reasons()
        reasons += self._get_document_reasons()
        reasons += self._get_trial_fit_reasons()
        reasons += self._get_joint_inspection_reasons()
        reasons += self._get_baseline_reasons()
        reasons += self._get_blocking_reasons()
        reasons += self._get_condition_reasons()
        reasons += self._get_ppap_reasons()
        return reasons + self._get_sample_reasons("to_sign")

    def _get_conclusion_reasons(self):
        """Say what is missing of the conclusion of the review."""
        self.ensure_one()
        if not self.conclusion or not self.review_date:
            return [self.env._("Enter the conclusion and the day of the review.")]
        if self.conclusion == "fail":
            return [self.env._("The review was not passed.")]
        return []

    def _get_ppap_reasons(self):
        """Say what the decision on the production part approval asks for (SC-18.2)."""
        self.ensure_one()
        if self.ppap_result == "rejected":
            return [self.env._("The production part approval was rejected.")]
        if self.ppap_result == "interim" and self.kind != "temporary":
            return [
                self.env._(
                    "An interim production part approval allows a temporary sample only."
                )
            ]
        return []

    # --- Problem points ---

    def _get_open_issues(self):
        """Return the problem points that are not closed."""
        return self.issue_ids.filtered(lambda issue: issue.state != "closed")

    def _get_blocking_reasons(self):
        """Say which blocking points are open (SC-25.2)."""
        self.ensure_one()
        return [
            self.env._("Blocking point is open: %(issue)s.", issue=issue.display_name)
            for issue in self._get_open_issues()
            if issue.severity == "blocking"
        ]

    def _get_condition_reasons(self):
        """Say what a pass on conditions lacks: owner and day of each open point (SC-24.2)."""
        self.ensure_one()
        issues = self._get_open_issues()
        if self.conclusion == "pass" and issues:
            return [
                self.env._(
                    "Points are open (%(issues)s): close them, or pass on conditions.",
                    issues=", ".join(issues.mapped("name")),
                )
            ]
        return [
            self.env._(
                "%(issue)s needs a responsible person and a day.",
                issue=issue.display_name,
            )
            for issue in issues
            if not issue.user_id or not issue.date_due
        ]

    def _get_closing_reasons(self):
        """Say which points keep the samples from becoming valid (SC-24.2)."""
        self.ensure_one()
        return [
            self.env._("Point is open: %(issue)s.", issue=issue.display_name)
            for issue in self._get_open_issues()
        ]

    def action_view_issues(self):
        """Show the problem points of this request.

        :return: action
        """
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "sample_control.sample_issue_action"
        )
        action.update(
            domain=[("request_id", "=", self.id)],
            context={
                "default_request_id": self.id,
                "default_company_id": self.company_id.id,
                "default_stage": "before"
                if self.state in OPEN_STATES and self.state != "review"
                else "at",
            },
        )
        return action
