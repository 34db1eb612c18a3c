from odoo import api, fields, models
from odoo.exceptions import UserError

from .sample_sample import CARD_WRITERS, ENDED_STATES, PREFIX


class SampleSample(models.Model):
    """States of a sample: who may move it when, what is stamped, what follows (closing 1.2)."""

    _inherit = "sample.sample"

    suspended_at = fields.Datetime(readonly=True, copy=False)
    suspend_reason = fields.Text(
        string="Suspended Because", readonly=True, copy=False, tracking=True
    )
    suspend_res_model = fields.Char(readonly=True, copy=False)
    suspend_res_id = fields.Many2oneReference(
        string="Suspended By",
        model_field="suspend_res_model",
        readonly=True,
        copy=False,
    )
    suspended_for_signature = fields.Boolean(
        readonly=True,
        copy=False,
        help="A signed value was changed: a new signature lets the sample be used again.",
    )
    last_passed_at = fields.Datetime(
        string="Last Passed",
        readonly=True,
        copy=False,
        help="When the sample last passed an inspection.",
    )
    activated_at = fields.Datetime(readonly=True, copy=False)
    activated_by_id = fields.Many2one(
        comodel_name="res.users", readonly=True, copy=False
    )

    @api.model
    def _get_protected_fields(self):
        return super()._get_protected_fields() | {
            "suspended_at",
            "suspend_reason",
            "suspend_res_model",
            "suspend_res_id",
            "suspended_for_signature",
            "last_passed_at",
            "activated_at",
            "activated_by_id",
        }

    # --- Gates ---

    def _get_transition_reasons(self, target):
        reasons = super()._get_transition_reasons(target)
        reasons += self._get_role_reasons(target)
        if target == "to_sign":
            reasons += self._get_card_reasons()
        elif target == "active" and self.state == "suspended":
            reasons += self._get_reactivation_reasons()
        elif target == "active":
            reasons += self._get_activation_reasons()
        elif target == "suspended" and self.state == "lost":
            reasons += self._get_found_reasons()
        return reasons

    def _get_transition_label(self, target):
        again = self.state in ("suspended", "lost")
        if target == "to_sign":
            return self.env._("Submit for signature")
        if target == "active":
            return self.env._("Let be used again") if again else self.env._("Activate")
        if target == "suspended":
            return self.env._("Found again") if again else self.env._("Suspend")
        return super()._get_transition_label(target)

    def _get_role_reasons(self, target):
        """Say why this user may not take the step; system code acts for the rule that called it."""
        if self.env.su:
            return []
        if target in ("to_sign", "draft"):
            groups = CARD_WRITERS
        elif target == "suspended" and self.state == "active":
            groups = f"{PREFIX}user"
        elif target == "lost":
            groups = f"{PREFIX}keeper,{PREFIX}quality"
        else:
            groups = f"{PREFIX}quality,{PREFIX}manager"
        if self.env.user.has_groups(groups):
            return []
        names = [
            self.env.ref(xmlid).sudo().name  # sudo: the name of a group is no secret
            for xmlid in groups.split(",")
        ]
        return [
            self.env._(
                "This step is for: %(groups)s.",
                groups=", ".join(names),
            )
        ]

    def _get_card_reasons(self):
        """Say what the card still lacks (SC-29.1). Hook, one record."""
        self.ensure_one()
        reasons = []
        filled = self.line_ids.filtered("is_filled").characteristic_id
        missing = self.type_id.label_characteristic_ids - filled
        if missing:
            reasons.append(
                self.env._(
                    "Fill in for the card: %(names)s.",
                    names=", ".join(missing.mapped("name")),
                )
            )
        if self.origin == "customer" and not self.owner_id:
            reasons.append(
                self.env._("Enter the owner of the piece that the customer provided.")
            )
        if self._get_policy_values("sealing").get("random_pick_required"):
            reasons += self._get_random_pick_reasons()
        return reasons

    def _get_random_pick_reasons(self):
        reasons = super()._get_random_pick_reasons()
        samplers = self.sampler_quality_id, self.sampler_technical_id
        if not all(samplers) or samplers[0] == samplers[1]:
            reasons.append(
                self.env._(
                    "Enter two different samplers, one of quality and one of the technical side."
                )
            )
        return reasons

    def _get_activation_reasons(self):
        """Say everything that keeps this one signed piece from becoming valid (SC-28.1).

        Hook: later chapters append their own (documents, problem points, home location …).
        """
        self.ensure_one()
        reasons = self._get_card_reasons()
        reasons += self._get_joint_sign_off_reasons()
        if not self.custodian_id:
            reasons.append(self.env._("Enter the custodian."))
        elif not self.custodian_id.active:
            reasons.append(
                self.env._(
                    "%(user)s has left; enter another custodian.",
                    user=self.custodian_id.name,
                )
            )
        if self._needs_calibration() and not self._has_baseline():
            reasons.append(
                self.env._(
                    "Enter the original measured range of at least one characteristic: later calibrations are judged by it."
                )
            )
        if self._is_of_other_part():
            reasons.append(
                self.env._("The sample that it replaces is one of another product.")
            )
        vals = self._prepare_clock_vals()
        today = self.company_id._record_control_today()
        if vals["confirm_date"] > today:
            reasons.append(self.env._("The day of confirmation lies in the future."))
        if vals["valid_until"] and vals["valid_until"] < today:
            reasons.append(
                self.env._(
                    "Confirmed on that day, the validity would have ended on %(day)s.",
                    day=fields.Date.to_string(vals["valid_until"]),
                )
            )
        return reasons

    def _get_joint_sign_off_reasons(self):
        """Say why the joint sign-off does not stand. Hook, one record.

        The sample's own seal; a sample made by a request is signed on the request.
        """
        self.ensure_one()
        reasons = self._get_seal_reasons()
        if self.type_id.needs_customer_sign and not self.customer_confirmed_on:
            reasons.append(
                self.env._("The customer has not confirmed the sample; enter the day.")
            )
        return reasons

    def _has_baseline(self):
        """Tell whether the original inspection of this sample is known. Hook, one record."""
        self.ensure_one()
        return any(self.line_ids.mapped("has_baseline"))

    def _get_reactivation_reasons(self):
        """Say what keeps this one suspended sample from being used again. Hook."""
        self.ensure_one()
        reasons = self._get_joint_sign_off_reasons()
        if not self._has_passed_since_suspension():
            reasons.append(
                self.env._(
                    "It must pass an inspection after %(day)s, when it was suspended.",
                    day=fields.Datetime.context_timestamp(
                        self, self.suspended_at
                    ).strftime("%Y-%m-%d %H:%M")
                    if self.suspended_at
                    else "",
                )
            )
        today = self.company_id._record_control_today()
        if self.valid_until and self.valid_until < today:
            reasons.append(self.env._("Its validity has ended; a successor is needed."))
        if self.replaced_by_id:
            reasons.append(
                self.env._(
                    "%(sample)s has taken its place.",
                    sample=self.replaced_by_id.display_name,
                )
            )
        return reasons

    def _has_passed_since_suspension(self):
        """Tell whether the sample passed an inspection since it was suspended."""
        self.ensure_one()
        return bool(
            self.suspended_for_signature
            or (
                self.last_passed_at
                and self.suspended_at
                and self.last_passed_at >= self.suspended_at
            )
        )

    def _get_found_reasons(self):
        """Say what keeps a lost sample that was found from coming back. Hook."""
        return []

    # --- Stamps ---

    def _prepare_transition_vals(self, target):
        vals = super()._prepare_transition_vals(target)
        now = fields.Datetime.now()
        if target == "active" and self.state == "to_sign":
            vals.update(self._prepare_clock_vals())
            vals.update(activated_at=now, activated_by_id=self.env.uid)
        if target == "active":
            vals.update(
                suspended_at=False,
                suspend_reason=False,
                suspend_res_model=False,
                suspend_res_id=False,
                suspended_for_signature=False,
            )
        if target == "suspended":
            vals.update(suspended_at=now, ended_on=False, end_reason=False)
        if target in ENDED_STATES and not self.ended_on:
            vals["ended_on"] = self._get_end_day()
        return vals

    def _get_end_day(self):
        """Return the last day on which this piece was the standard: today, or the end of validity."""
        self.ensure_one()
        today = self.company_id._record_control_today()
        return min(self.valid_until, today) if self.valid_until else today

    def _after_transition(self, source, target):
        super()._after_transition(source, target)
        # sudo: what follows from a step happens whoever took it
        samples_sudo = self.sudo()
        if target == "to_sign":
            samples_sudo._resolve_policies()
        elif target == "active" and source == "to_sign":
            samples_sudo._replace_predecessors()
            samples_sudo._on_activated()
        elif target == "suspended":
            for sample_sudo in samples_sudo:
                sample_sudo._on_suspended(sample_sudo.suspend_reason)
        elif target in ENDED_STATES:
            samples_sudo._on_ended(target)

    def _replace_predecessors(self):
        """End the samples that these replace; ended ones keep how they ended, with the link."""
        for sample in self.filtered("replaces_id"):
            old = sample.replaces_id
            # who took the place first stays named; what comes later takes that one's place
            successor = old.replaced_by_id or sample
            old._write_protected(
                {"replaced_by_id": successor.id, "is_contested": False}
            )
            if old.state in ("active", "suspended"):
                old._end(
                    "replaced",
                    self.env._("Replaced by %(sample)s.", sample=sample.name),
                )

    # --- Hooks for later chapters ---

    def _on_activated(self):
        """Act after the samples in ``self`` became valid (system environment)."""

    def _on_suspended(self, reason):
        """Act after this one sample was suspended (system environment).

        :param str reason: why
        """

    def _on_ended(self, state):
        """Act after the samples in ``self`` ended (system environment).

        :param str state: expired, replaced, lost, obsolete or disposed
        """

    # --- Business ---

    def _suspend(self, reason, origin=None):
        """Stop the use of valid samples at once; others stay as they are.

        :param str reason: why, shown on the form and on the red label
        :param origin: the record that caused it (exception, inspection, change), if any
        :return: the samples that were suspended
        """
        if not (reason or "").strip():
            raise UserError(self.env._("Say why the sample is suspended."))
        samples = self.filtered(lambda sample: sample.state == "active")
        samples._check_transition("suspended")
        cause = {
            "suspend_reason": reason,
            "suspend_res_model": origin._name if origin else False,
            "suspend_res_id": origin.id if origin else False,
        }
        # sudo: every sample user may stop a sample (1.2), which takes no right to change it
        samples.sudo()._transition("suspended", **cause)
        # what waits for a signature alone would be used again with it, whatever has happened since
        self.sudo().filtered("suspended_for_signature")._stop_again(cause)
        return samples

    def _stop_again(self, cause):
        """Let suspended samples wait for an inspection that they pass from now on.

        :param dict cause: what they are suspended for, as values to write
        """
        self.filtered(lambda sample: sample.state == "suspended")._write_protected(
            {
                **cause,
                "suspended_at": fields.Datetime.now(),
                "suspended_for_signature": False,
            }
        )

    def _reactivate(self, inspection):
        """Let suspended samples be used again after an inspection that they passed.

        :param inspection: the record of the passed inspection, kept as the proof in the chatter
        :raises UserError: without an inspection, or when something else is missing
        """
        if not inspection:
            raise UserError(
                self.env._(
                    "A suspended sample is used again after a passed inspection."
                )
            )
        self._register_passed()
        self._transition("active")
        for sample in self:
            sample.message_post(
                body=self.env._(
                    "Used again after %(inspection)s.",
                    inspection=inspection.display_name,
                )
            )

    def _register_passed(self, at=None):
        """Note that the samples passed an inspection.

        :param datetime.datetime at: when, now by default
        """
        self._write_protected({"last_passed_at": at or fields.Datetime.now()})

    def _end(self, state, reason):
        """End samples.

        :param str state: expired, replaced, lost, obsolete or disposed
        :param str reason: why
        """
        if state not in ENDED_STATES:
            raise ValueError(f"{state} is no end of a sample")
        self._transition(state, end_reason=reason)

    @api.model
    def _get_expired_domain(self):
        """Domain of the samples in use whose validity has ended by today."""
        today = self.env.company._record_control_today()
        return [
            ("state", "in", ("active", "suspended")),
            ("valid_until", "<", today),
            ("company_id", "=", self.env.company.id),
        ]

    # --- Sign-off ---

    def _get_sign_off_reasons(self):
        reasons = super()._get_sign_off_reasons()
        if self.state not in ("to_sign", "active", "suspended"):
            reasons.append(
                self.env._(
                    "%(sample)s is signed after its card is complete.",
                    sample=self.display_name,
                )
            )
        return reasons

    def _on_sign_off_sealed(self):
        super()._on_sign_off_sealed()
        waiting = self.filtered(
            lambda sample: sample.state == "suspended"
            and sample.suspended_for_signature
        )
        for sample in waiting:
            if not sample._get_transition_reasons("active"):
                sample._transition("active")

    def _on_sign_off_refused(self, opinion):
        """A signatory disagrees: back to the draft (closing 1.2)."""
        super()._on_sign_off_refused(opinion)
        self.filtered(lambda sample: sample.state == "to_sign")._transition("draft")

    def _on_seal_broken(self, changes):
        """Signed data of a valid sample were changed: it may not be used until signed anew."""
        super()._on_seal_broken(changes)
        self._suspend_for_signature(changes)

    def _suspend_for_signature(self, changes):
        """Stop those of these samples that are in use until what was changed is signed anew (SC-26.4).

        :param sign.off.change changes: the changes of signed data
        """
        labels = ", ".join(dict.fromkeys(changes.mapped("field_label")))
        for sample in self.filtered(lambda sample: sample.state == "active"):
            sample._suspend(
                self.env._("Signed data were changed: %(data)s", data=labels)
            )
            sample._write_protected({"suspended_for_signature": True})

    # --- Actions ---

    def action_submit(self):
        """Give the complete card to the signatories."""
        return self._transition("to_sign")

    def action_activate(self):
        """Make signed samples valid."""
        return self._transition("active")

    def action_draft(self):
        """Take samples back to the draft before they are signed."""
        return self._transition("draft")
