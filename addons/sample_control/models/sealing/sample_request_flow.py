from odoo import api, fields, models

from ..sample.sample_sample import PREFIX
from .sample_request import CLOSED_STATES, GROUPED_ROLES, OPEN_STATES

#: steps that are not for everybody who may write the request: target -> roles
ROLES_OF_STEP = {
    "arranged": ("quality",),
    "checking": ("quality", "technical", "administrator"),
    "review": ("quality",),
    "rectifying": ("quality",),
    "signing": ("quality", "technical", "administrator"),
    "failed": ("quality",),
    "approved": ("quality", "manager"),
    "done": ("quality", "administrator", "manager"),
}
#: who may apply although the rule names another role (SC-20.3)
ALWAYS_APPLIES = ("quality", "administrator")


class SampleRequest(models.Model):
    """States of a request: who takes which step, what must be there, what is stamped (closing 1.3)."""

    _inherit = "sample.request"

    submitted_at = fields.Datetime(readonly=True, copy=False, tracking=True)
    approved_at = fields.Datetime(readonly=True, copy=False)
    approved_by_id = fields.Many2one(
        comodel_name="res.users", readonly=True, copy=False, tracking=True
    )
    done_at = fields.Datetime(string="On File Since", readonly=True, copy=False)
    done_by_id = fields.Many2one(
        comodel_name="res.users", string="Filed By", readonly=True, copy=False
    )
    fail_reason = fields.Text(
        string="Why It Failed",
        copy=False,
        tracking=True,
        help="What is wrong with this attempt; the next round begins with it.",
    )

    @api.model
    def _get_protected_fields(self):
        return super()._get_protected_fields() | {
            "submitted_at",
            "approved_at",
            "approved_by_id",
            "done_at",
            "done_by_id",
        }

    # --- Gates ---

    def _get_readiness(self):
        hidden = self._get_foreign_states()
        if self.state in ("signing", "approved"):
            # the way back has its button; nothing is missing for it
            hidden += ("review",)
        return [
            step for step in super()._get_readiness() if step["target"] not in hidden
        ]

    def _get_foreign_states(self):
        """Return the states that requests of this kind do not pass."""
        self.ensure_one()
        if self.kind == "supplier":
            return ("arranged",) if self.state != "failed" else ("submitted",)
        return ("making", "sent", "received")

    def _get_transition_label(self, target):
        labels = {
            "submitted": self.env._("Submit and give notice"),
            "making": self.env._("Ask the supplier"),
            "sent": self.env._("Sent by the supplier"),
            "received": self.env._("Receive"),
            "arranged": self.env._("Arrange"),
            "checking": self.env._("Begin documents and tests"),
            "review": self.env._("Review"),
            "signing": self.env._("Ask for joint sign-off"),
            "approved": self.env._("Approve"),
            "done": self.env._("Put on file"),
        }
        return labels.get(target) or super()._get_transition_label(target)

    def _get_transition_reasons(self, target):
        reasons = super()._get_transition_reasons(target)
        reasons += self._get_step_role_reasons(target)
        if target in self._get_foreign_states():
            reasons.append(
                self.env._(
                    "A request of kind “%(kind)s” has no such step.",
                    kind=self._get_kind_label(),
                )
            )
        gates = {
            "submitted": self._get_submission_reasons,
            "arranged": self._get_notice_reasons,
            "review": self._get_review_reasons,
            "signing": self._get_signing_reasons,
            "approved": self._get_approval_reasons,
            "done": self._get_filing_reasons,
            "failed": self._get_failure_reasons,
        }
        if target in gates:
            reasons += gates[target]()
        return list(dict.fromkeys(reasons))

    def _get_step_role_reasons(self, target):
        """Say why this user may not take the step; system code acts for the rule that called it."""
        if self.env.su:
            return []
        roles = ROLES_OF_STEP.get(target, ())
        if target == "submitted" and self.state == "draft":
            roles = self._get_applicant_roles()
        if target == "cancelled" and self.user_id != self.env.user:
            roles = ("quality", "technical", "administrator")
        if not roles or any(
            self.env.user.has_group(f"{PREFIX}{role}") for role in roles
        ):
            return []
        # sudo: the name of a group is no secret
        names = [self.env.ref(f"{PREFIX}{role}").sudo().name for role in roles]
        return [self.env._("This step is for: %(groups)s.", groups=", ".join(names))]

    def _get_applicant_roles(self):
        """Return the roles that may apply: that of the rule, and quality; none: everybody."""
        self.ensure_one()
        if self.kind != "seal":
            return ()
        role = self._get_policy_values("sealing").get("applicant_role")
        return (role, *ALWAYS_APPLIES) if role in GROUPED_ROLES else ()

    def _get_submission_reasons(self):
        """Say what is missing for the application (SC-04, SC-16, SC-20). Hook, one record."""
        self.ensure_one()
        reasons = []
        if not self.product_id and not self.title:
            # saving asks for it, too; the panel says it before
            reasons.append(self.env._("Enter the product or the name of the piece."))
        if self.kind == "supplier" and not self.supplier_id:
            reasons.append(self.env._("Enter the supplier."))
        if self.kind == "replace" and not self.old_sample_id:
            reasons.append(self.env._("Enter the sample to replace."))
        if self.state == "failed":
            return reasons
        if self.kind == "seal":
            reasons += self._get_sealing_reasons()
        if self.kind == "seal" or (self.planned_at and self.kind != "supplier"):
            reasons += self._get_notice_reasons()
        return reasons

    def _get_sealing_reasons(self):
        """Say which conditions of sealing are not met (SC-04, SC-20.1)."""
        self.ensure_one()
        reasons = []
        values = self._get_policy_values("sealing")
        after = values.get("sealing_stage") == "after_first_batch"
        if after and not (self.first_batch_name and self.first_batch_date):
            reasons.append(
                self.env._(
                    "Sealing follows the first mass-produced batch: enter the batch and its day."
                )
            )
        if self.tooling_state == "not_accepted":
            reasons.append(
                self.env._(
                    "The tooling is not finally accepted; ask for a temporary sample."
                )
            )
        if self.continuous_qty < (values.get("min_continuous_qty") or 0):
            reasons.append(
                self.env._(
                    "Made in a row: %(qty)g, at least %(limit)g are asked for.",
                    qty=self.continuous_qty,
                    limit=values["min_continuous_qty"],
                )
            )
        if self.pass_rate < (values.get("min_pass_rate") or 0):
            reasons.append(
                self.env._(
                    "Pass rate: %(rate)g %%, at least %(limit)g %% are asked for.",
                    rate=self.pass_rate,
                    limit=values["min_pass_rate"],
                )
            )
        return reasons

    def _get_applicants(self):
        """Return who applied, and who entered it under his name: neither approves nor waives.

        :rtype: res.users
        """
        return self.user_id | self.create_uid

    def _get_approval_reasons(self):
        """Say why the signed request may not be approved (SC-25.2, SC-27). Hook, one record."""
        self.ensure_one()
        reasons = self._get_seal_reasons()
        reasons += self._get_blocking_reasons()
        if self.env.user in self._get_applicants():
            reasons.append(self.env._("The applicant does not approve the request."))
        return reasons

    def _get_filing_reasons(self):
        """Say why the samples may not become valid (SC-28.1). Hook, one record."""
        self.ensure_one()
        reasons = self._get_seal_reasons()
        reasons += self._get_document_reasons()
        reasons += self._get_baseline_reasons()
        reasons += self._get_closing_reasons()
        return reasons + self._get_sample_reasons("active")

    def _get_failure_reasons(self):
        """Say why this attempt may not be called failed."""
        self.ensure_one()
        if (self.fail_reason or "").strip():
            return []
        return [self.env._("Say why this attempt failed.")]

    # --- Stamps ---

    def _prepare_transition_vals(self, target):
        vals = super()._prepare_transition_vals(target)
        now = fields.Datetime.now()
        today = self.company_id._record_control_today()
        if target == "submitted":
            vals.update(submitted_at=now, earliest_at=self._count_earliest_at(now))
        elif target in ("draft", "cancelled"):
            vals.update(submitted_at=False, earliest_at=False)
        elif target == "approved":
            vals.update(approved_at=now, approved_by_id=self.env.uid)
        elif target == "done":
            vals.update(done_at=now, done_by_id=self.env.uid)
        elif target == "sent":
            vals["date_sent"] = self.date_sent or today
        elif target == "received":
            vals["date_received"] = self.date_received or today
        if target not in ("approved", "done"):
            vals.update(approved_at=False, approved_by_id=False)
        if self.state == "failed" and target in ("submitted", "making"):
            vals.update(self._prepare_round_vals_of_request())
        return vals

    def _prepare_round_vals_of_request(self):
        """Return what a new round begins with (SC-16.2)."""
        self.ensure_one()
        return {
            "round": self.round + 1,
            "fail_reason": False,
            "date_made": False,
            "date_sent": False,
            "date_received": False,
            "conclusion": False,
            "review_date": False,
            "joint_result": False,
            **self._prepare_trial_reset_vals(),
        }

    def _after_transition(self, source, target):
        super()._after_transition(source, target)
        if target == "failed":
            self._record_round("failed")
        elif target == "done":
            self._record_round("passed")
            self._activate_samples()
            self._issue_to_departments()
        elif target == "checking":
            self._prepare_samples()
        elif target == "signing":
            self._submit_samples()
        elif source in ("signing", "approved") and target in OPEN_STATES:
            self._take_back_samples()
        if source == "failed":
            self._renew_documents()
        if target in ("cancelled", "failed"):
            self._drop_samples()
            self._release_old_samples()
        self._run_clocks(source, target)

    def _record_round(self, result):
        """Write down how the current round ended."""
        # sudo: rounds are recorded by the system alone
        self.env["sample.request.round"].sudo().create(
            [
                {
                    "request_id": request.id,
                    "company_id": request.company_id.id,
                    "number": request.round,
                    "ended_at": fields.Datetime.now(),
                    "user_id": self.env.uid,
                    "result": result,
                    "reason": request.fail_reason,
                    "date_made": request.date_made,
                    "date_sent": request.date_sent,
                    "date_received": request.date_received,
                    "trial_end_at": request.trial_end_at,
                    "is_trial_late": request.is_trial_late,
                }
                for request in self
            ]
        )

    def _renew_documents(self):
        """A new round asks again for what was not good."""
        # sudo: the checklist follows the rules whoever begins the round
        bad_sudo = self.sudo().document_ids.filtered(lambda line: line.result == "fail")
        bad_sudo.write({"result": False})
        bad_sudo.filtered(lambda line: line.state == "received")._transition("missing")

    def _release_old_samples(self):
        """The standard of a request that is given up is no longer contested."""
        for request in self.filtered(lambda request: request.state == "cancelled"):
            # sudo: whoever cancels need not be able to write samples
            old_sudo = request.old_sample_id.sudo().filtered("is_contested")
            old_sudo._write_protected({"is_contested": False})

    # --- Rules ---

    def _is_policy_open(self):
        return super()._is_policy_open() and self.state in OPEN_STATES

    # --- Actions ---

    def action_submit(self):
        """Submit requests; this gives notice of the sealing.

        :return: True
        """
        return self._transition("submitted")

    def action_arrange(self):
        """Arrange the sealing: quality answers the notice.

        :return: True
        """
        return self._transition("arranged")

    def action_make(self):
        """Ask the supplier to make samples.

        :return: True
        """
        return self._transition("making")

    def action_sent(self):
        """Note that the supplier has sent the samples.

        :return: True
        """
        return self._transition("sent")

    def action_receive(self):
        """Receive the samples of the supplier.

        :return: True
        """
        return self._transition("received")

    def action_check(self):
        """Begin with documents, tests and trial fit; the samples get their numbers.

        :return: True
        """
        return self._transition("checking")

    def action_review(self):
        """Begin, or repeat, the review.

        :return: True
        """
        return self._transition("review")

    def action_rectify(self):
        """Send requests to rectification.

        :return: True
        """
        return self._transition("rectifying")

    def action_approve(self):
        """Approve signed requests.

        :return: True
        """
        return self._transition("approved")

    def action_fail(self):
        """End the round without a sample.

        :return: True
        """
        return self._transition("failed")

    def action_new_round(self):
        """Begin the next round of failed requests.

        :return: True
        """
        for supplier, requests in self.grouped(lambda r: r.kind == "supplier").items():
            requests._transition("making" if supplier else "submitted")
        return True

    def action_cancel(self):
        """Give requests up.

        :return: True
        """
        return self._transition("cancelled")

    def action_draft(self):
        """Take requests back to the draft.

        :return: True
        """
        return self._transition("draft")

    @api.model
    def _get_open_domain(self):
        """Domain of the requests under way."""
        return [("state", "not in", CLOSED_STATES)]
