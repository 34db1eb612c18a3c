from odoo import api, fields, models
from odoo.exceptions import UserError

#: what a sample is used for; the rule group *use* has a parameter ``use_<purpose>`` for each
PURPOSES = ("in_process", "final_acceptance", "first_article", "comparison", "dispute")


class SampleSample(models.Model):
    """What a sample may be used for (the use gate).

    Some reasons hold whatever the rules say (:meth:`_get_hard_use_reasons`); of the others the rule
    of the sample says whether they are ignored, warned of, or block. A block by the rule is
    lifted by the manager with a reason, which is kept.
    """

    _inherit = "sample.sample"

    use_summary = fields.Json(
        compute="_compute_use_summary",
        help="For each purpose: whether the sample may be used, and why not.",
    )

    @api.depends("state", "valid_until", "next_calibration_date", "policy_snapshot")
    @api.depends_context("lang")
    def _compute_use_summary(self):
        labels = self._get_purpose_labels()
        for sample in self:
            summary = []
            for purpose in PURPOSES:
                reasons = sample._get_use_reasons(purpose)
                summary.append(
                    {
                        "target": purpose,
                        "label": labels[purpose],
                        "allowed": not reasons,
                        "reasons": reasons,
                    }
                )
            sample.use_summary = summary

    @api.model
    def _get_purpose_labels(self):
        """Return the purposes with their labels in the user's language, as a dict."""
        policy_fields = self.env["sample.policy"]._fields
        return {
            purpose: policy_fields[f"use_{purpose}"]._description_string(self.env)
            for purpose in PURPOSES
        }

    def _get_use_reasons(self, purpose):
        """Say everything that speaks against using this one sample now.

        :param str purpose: in_process, final_acceptance, first_article, comparison or dispute
        :return: list of sentences; what they mean is the business of :meth:`_get_use_mode`
        """
        self.ensure_one()
        return self._get_hard_use_reasons(purpose) + self._get_soft_use_reasons(purpose)

    def _get_use_mode(self, purpose):
        """Return what happens when something speaks against the use: ignore, warn or block.

        :param str purpose: see :meth:`_get_use_reasons`
        """
        self.ensure_one()
        if self._get_hard_use_reasons(purpose):
            return "block"
        return self._get_policy_values("use").get(f"use_{purpose}", "block")

    def _get_hard_use_reasons(self, purpose):
        """Say what forbids the use whatever the rules say. Hook, one record.

        :param str purpose: see :meth:`_get_use_reasons`
        :return: list of sentences
        """
        self.ensure_one()
        reasons = self._get_hard_state_reasons(purpose)
        if self.in_process_only and purpose != "in_process":
            reasons.append(
                self.env._(
                    "%(sample)s is for in-process use only (SC-09.4).",
                    sample=self.display_name,
                )
            )
        if purpose != "final_acceptance":
            return reasons
        if self.type_id.is_benchmark or not self.type_id.acceptance_basis:
            reasons.append(
                self.env._(
                    "Samples of type %(type)s are no basis of final acceptance.",
                    type=self.type_id.name,
                )
            )
        elif self.type_id.concession_required and not self._has_concession():
            reasons.append(
                self.env._(
                    "%(sample)s is temporary: final acceptance needs a recorded and approved concession.",
                    sample=self.display_name,
                )
            )
        return reasons

    def _has_concession(self):
        """Tell whether a concession is recorded with the person who approved it (SC-05.1)."""
        self.ensure_one()
        return bool(
            (self.concession_note or "").strip() and self.concession_approver_id
        )

    def _get_hard_state_reasons(self, purpose):
        """Say why the state forbids the use; past standards may still be compared with."""
        looks_back = purpose in ("comparison", "dispute")
        never = (
            ("draft", "to_sign")
            if looks_back
            else (
                "draft",
                "to_sign",
                "suspended",
                "obsolete",
                "lost",
                "disposed",
            )
        )
        return self._get_state_sentence() if self.state in never else []

    def _get_soft_use_reasons(self, purpose):
        """Say what speaks against the use as far as the rule of the sample cares. Hook, one record.

        :param str purpose: see :meth:`_get_use_reasons`
        :return: list of sentences
        """
        self.ensure_one()
        reasons = []
        if self.state != "active" and not self._get_hard_state_reasons(purpose):
            reasons += self._get_state_sentence()
        if self.validity_state == "overdue" and self.state in ("active", "suspended"):
            reasons.append(
                self.env._(
                    "%(sample)s expired on %(day)s.",
                    sample=self.display_name,
                    day=fields.Date.to_string(self.valid_until),
                )
            )
        if self.calibration_state == "overdue" and self.state in (
            "active",
            "suspended",
        ):
            reasons.append(
                self.env._(
                    "%(sample)s should have been calibrated by %(day)s.",
                    sample=self.display_name,
                    day=fields.Date.to_string(self.next_calibration_date),
                )
            )
        if self._is_unauthorized():
            reasons.append(
                self.env._(
                    "%(user)s is not on the list of authorized users.",
                    user=self.env.user.name,
                )
            )
        return reasons

    def _get_state_sentence(self):
        """Return a sentence with the state and, when suspended, the reason and who ends it."""
        labels = self._get_guarded_state_labels()
        sentences = [
            self.env._(
                "%(sample)s is “%(state)s”.",
                sample=self.display_name,
                state=labels[self.state],
            )
        ]
        if self.state == "suspended":
            sentences += [self.suspend_reason or "", self._get_release_sentence()]
        return [" ".join(filter(None, sentences))]

    def _get_release_sentence(self):
        """Say who lets this suspended sample be used again, and what that takes."""
        if self._has_passed_since_suspension():
            return self.env._("A quality signatory can let it be used again.")
        return self.env._(
            "After an inspection that it passes, a quality signatory lets it be used again."
        )

    def _is_unauthorized(self):
        """Tell whether the rule asks for authorized users and this user is none (SC-34.1)."""
        self.ensure_one()
        if not self._get_policy_values("use").get("authorized_users_only"):
            return False
        allowed = self.authorized_user_ids or self.type_id.authorized_user_ids
        return bool(allowed) and self.env.user not in allowed

    def _check_use(self, purpose, override=""):
        """Refuse the use of a sample, or say what to warn of.

        :param str purpose: see :meth:`_get_use_reasons`
        :param str override: the manager's reason for a use that the rule blocks
        :return: list of warnings to show and to keep with the record that uses the sample
        :raises UserError: when the use is blocked
        """
        self.ensure_one()
        reasons = self._get_use_reasons(purpose)
        mode = self._get_use_mode(purpose)
        if not reasons or mode == "ignore":
            return []
        if mode == "warn":
            return reasons
        hard = self._get_hard_use_reasons(purpose)
        manager = self.env.user.has_group("sample_control.group_sample_manager")
        if hard or not (manager and (override or "").strip()):
            raise UserError("\n".join(hard or reasons))
        self._log_override(purpose, reasons, override)
        return reasons

    def _log_override(self, purpose, reasons, override):
        """Keep that the manager let the sample be used although the rule blocks it."""
        label = self._get_purpose_labels()[purpose]
        # sudo: the entry stands whatever the manager may write on the sample
        self.sudo().message_post(
            body=self.env._(
                "%(user)s allowed the use for %(purpose)s although: %(reasons)s Reason: %(override)s",
                user=self.env.user.name,
                purpose=label,
                reasons=" ".join(reasons),
                override=override,
            )
        )
