from odoo import fields, models


class CustomerArchive(models.Model):
    """Review by the direct supervisor, and approval where it is asked (CA-03).

    The states follow from the signatures: submitting opens the round, the first signature of a round that asks for
    more moves the archive on to the approval, the last one puts it on file, a refusal sends it back.
    """

    _inherit = "customer.archive"

    _sealed_fields = ("partner_id", "company_id", "category_id")

    approval_required = fields.Boolean(
        readonly=True,
        copy=False,
        help="A director approves this archive after the review. Found out from the settings when it is submitted, "
        "and again when the mark or grade of the customer changes before it is on file.",
    )

    # --- States ---

    def _get_submission_reasons(self):
        reasons = super()._get_submission_reasons()
        if (
            self.supervisor_id
            and self.supervisor_id == self.create_uid
            and not self.opened_automatically
        ):
            reasons.append(
                self.env._(
                    "%(supervisor)s created this archive and cannot review it: name another supervisor.",
                    supervisor=self.supervisor_id.name,
                )
            )
        elif (
            self.supervisor_id
            and self.user_id
            and self.supervisor_id != self.user_id
            and not self._get_lawful_supervisor()
        ):
            reasons.append(
                self.env._(
                    "%(supervisor)s is not above %(user)s: name the leader of the sales team, the manager, or "
                    "somebody with the right 'Supervisor'.",
                    supervisor=self.supervisor_id.name,
                    user=self.user_id.name,
                )
            )
        return reasons

    def _get_lawful_supervisor(self):
        """Return the direct supervisor, unless the author named somebody who is not above the person in charge."""
        self.ensure_one()
        return self.supervisor_id.filtered(
            lambda user: user._is_ca_supervisor_of(self.user_id, self.company_id)
        )

    def _get_review_reasons(self, target):
        """Say which signatures are missing before the archive may go on.

        :param str target: ``approval`` or ``active``
        :rtype: list[str]
        """
        if target == "active":
            return self._get_seal_reasons()
        if self._is_review_signed():
            return []
        return [self.env._("The direct supervisor has not reviewed the archive yet.")]

    def _is_review_signed(self):
        """Return whether the first step is signed and further ones are asked."""
        self.ensure_one()
        steps_sudo = self.sudo().sign_off_request_id.step_ids
        return self.sign_off_state == "open" and "signed" in steps_sudo.filtered(
            lambda step: step.signer_type != "requester"
        ).mapped("state")

    def _get_return_reasons(self):
        """Say why the archive may not go back to draft now."""
        if self.sign_off_state == "open":
            return [self.env._("Refuse the archive with a reason, or withdraw it.")]
        if self.sign_off_state == "sealed" and not self._get_seal_reasons():
            return [
                self.env._(
                    "The archive was reviewed; it goes back only when a reviewed value is changed."
                )
            ]
        return []

    def _get_sign_off_reasons(self):
        return [*super()._get_sign_off_reasons(), *self._get_submission_reasons()]

    def _get_readiness(self):
        """Leave out the step that this archive does not take: the approval, or the way past it."""
        steps = super()._get_readiness()
        if self.state != "review":
            return steps
        skipped = "active" if self.approval_required else "approval"
        return [step for step in steps if step["target"] != skipped]

    def _get_transition_label(self, target):
        if target == "review":
            return self.env._("Submit for Review")
        if target == "active":
            return self.env._("Put on File")
        return super()._get_transition_label(target)

    def _prepare_transition_vals(self, target):
        vals = super()._prepare_transition_vals(target)
        if target == "review":
            vals["approval_required"] = self._needs_approval()
        return vals

    def _after_transition(self, source, target):
        super()._after_transition(source, target)
        if target == "review":
            self.filtered(
                lambda archive: archive.sign_off_state != "open"
            ).action_request_sign_off()
        elif target == "active" and source in ("stopped", "cancelled"):
            # what was changed meanwhile nobody has reviewed
            self.filtered(lambda archive: archive.sign_off_state == "void")._transition(
                "draft"
            )
        elif target == "draft":
            # who takes it back has not submitted it; what the reviewer returns was submitted in time
            self.filtered(
                lambda archive: not archive.date_filed
                and archive.sign_off_state != "refused"
            )._start_opening()

    def action_request_sign_off(self):
        """Submitting and asking for the signatures is one step."""
        drafts = self.filtered(lambda archive: archive.state == "draft")
        if drafts:
            drafts._transition("review")
        rest = self - drafts
        return super(CustomerArchive, rest).action_request_sign_off() if rest else True

    def action_withdraw_sign_off(self):
        result = super().action_withdraw_sign_off()
        self.filtered(
            lambda archive: archive.state in ("review", "approval")
        )._transition("draft")
        return result

    # --- Sign-off ---

    def _get_sign_off_users(self, role):
        users = super()._get_sign_off_users(role)
        if role == "supervisor":
            return self._get_lawful_supervisor()
        if role == "responsible":
            return self.user_id
        return users

    def _get_creators(self):
        """What a first contact opened was created by nobody."""
        return (
            super()._get_creators().filtered(lambda user: not self.opened_automatically)
        )

    def _on_sign_off_sealed(self):
        super()._on_sign_off_sealed()
        self.filtered(
            lambda archive: archive.state in ("review", "approval")
        )._transition("active")

    def _on_sign_off_refused(self, opinion):
        super()._on_sign_off_refused(opinion)
        returned = self.filtered(
            lambda archive: archive.state in ("review", "approval")
        )
        submitters = {
            archive: archive.submitted_by_id or archive.user_id for archive in returned
        }
        returned._transition("draft")
        for archive, user in submitters.items():
            archive.activity_schedule(
                "customer_archive.mail_activity_type_open_archive",
                user_id=user.id or self.env.uid,
                summary=self.env._(
                    "Returned by the reviewer: correct and submit again"
                ),
                note=opinion,
            )

    def _on_seal_broken(self, changes):
        super()._on_seal_broken(changes)
        self.filtered(
            lambda archive: archive.state in ("review", "approval", "active")
        )._transition("draft")

    def _on_sign_off_advanced(self):
        super()._on_sign_off_advanced()
        reviewed = self.filtered(
            lambda archive: archive.state == "review" and archive._is_review_signed()
        )
        if reviewed:
            reviewed._transition("approval")

    # --- Approval ---

    def _needs_approval(self):
        """Return whether the settings of the company ask a director to approve this archive."""
        self.ensure_one()
        rule = self.company_id.sudo().ca_approval_rule
        return rule == "always" or (
            rule == "important" and (self.is_key or self.grade_id.approval_required)
        )

    def _refresh_approval_required(self):
        """Ask again whether archives under review need approval; the round follows."""
        for archive in self.filtered(
            lambda archive: archive.state in ("review", "approval")
        ):
            needed = archive._needs_approval()
            if archive.approval_required != needed:
                archive._write_protected({"approval_required": needed})
