from datetime import timedelta

from odoo import api, fields, models

#: days before the end of a temporary sample on which somebody is reminded to have it sealed
CAP_REMINDER_DAYS = 30


class SampleSample(models.Model):
    """A sample that comes out of a request is signed on the request (SC-26, SC-28)."""

    _name = "sample.sample"
    _inherit = ["sample.sample", "sealed.line.mixin"]
    _sealed_parent_field = "request_id"

    request_id = fields.Many2one(
        comodel_name="sample.request",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
    )
    successor_request_ids = fields.One2many(
        comodel_name="sample.request",
        inverse_name="old_sample_id",
        string="Requests for a Successor",
        readonly=True,
    )
    issue_ids = fields.One2many(
        comodel_name="sample.issue",
        inverse_name="sample_id",
        string="Problem Points",
        readonly=True,
    )
    distribution_ids = fields.One2many(
        comodel_name="sample.distribution",
        inverse_name="sample_id",
        string="Issued To",
    )
    cap_reminded_on = fields.Date(readonly=True, copy=False)

    @api.model
    def _get_protected_fields(self):
        return super()._get_protected_fields() | {"request_id", "cap_reminded_on"}

    # --- Gates ---

    def _get_joint_sign_off_reasons(self):
        """The signatures stand on the request, if there is one."""
        if not self.request_id:
            return super()._get_joint_sign_off_reasons()
        # sudo: whoever may see the sample sees whether it is signed
        request_sudo = self.request_id.sudo()
        reasons = request_sudo._get_seal_reasons()
        if self.type_id.needs_customer_sign and not self.customer_confirmed_on:
            reasons.append(
                self.env._("The customer has not confirmed the sample; enter the day.")
            )
        return reasons

    def _get_activation_reasons(self):
        reasons = super()._get_activation_reasons()
        request_sudo = self.sudo().request_id
        if request_sudo and request_sudo.state not in ("approved", "done"):
            reasons.append(
                self.env._(
                    "%(sample)s becomes valid with its request %(request)s.",
                    sample=self.name,
                    request=request_sudo.name,
                )
            )
        return reasons

    def _get_transition_reasons(self, target):
        reasons = super()._get_transition_reasons(target)
        request_sudo = self.sudo().request_id
        moves = self.state in ("draft", "to_sign") and target in ("draft", "to_sign")
        if request_sudo and moves and not self.env.su:
            reasons.append(
                self.env._(
                    "%(sample)s goes with its request %(request)s.",
                    sample=self.name,
                    request=request_sudo.name,
                )
            )
        return reasons

    def _get_sign_off_reasons(self):
        reasons = super()._get_sign_off_reasons()
        if self.request_id:
            reasons.append(
                self.env._(
                    "%(sample)s is signed on its request %(request)s.",
                    sample=self.name,
                    request=self.request_id.name,
                )
            )
        return reasons

    def _fetch_card_signers(self, *names):
        super()._fetch_card_signers("request_id", *names)
        self.request_id.fetch(["sign_off_request_id"])

    def _get_card_rounds(self):
        rounds = super()._get_card_rounds()
        if not self.request_id:
            return rounds
        request = self.request_id
        return [(request.sign_off_request_id.id, request._name, request.id), *rounds]

    def _resume_after_signature(self):
        """Let samples be used again that were stopped because signed data had been changed."""
        for sample in self.filtered(
            lambda sample: sample.state == "suspended"
            and sample.suspended_for_signature
        ):
            if not sample._get_transition_reasons("active"):
                sample._transition("active")

    # --- Successors ---

    def _request_successor(self, reason_code, note="", kind="replace", origin=None):
        """Ask for the successors of samples; one that is asked for already stays the only one.

        The reason decides at once what becomes of the old sample: it stays in use, is contested,
        or stops (SC-14.2, D-32).

        :param str reason_code: T01 … T18
        :param str note: why, in words
        :param str kind: replace, or seal for a temporary sample
        :param origin: the record that caused it (exception, change, plan line), if any
        :return: one sample.request per sample, in the order of the samples
        """
        # what nobody chooses any more is asked for by the rules all the same
        reasons = self.env["sample.reason"].with_context(active_test=False)
        reasons = reasons.search(
            [("code", "=", reason_code)], order="active desc, sequence, code, id"
        )
        requests = self.env["sample.request"]
        for sample in self:
            reason = reasons.filtered(
                lambda reason, sample=sample: reason.company_id
                in (sample.company_id, reason.company_id.browse())
            )[:1]
            # sudo: a request that the user may not see is under way all the same
            found = sample.sudo().successor_request_ids.filtered_domain(
                requests._get_open_domain()
            )
            requests += found.sudo(False)[:1] or requests.create(
                {
                    "kind": kind,
                    "reason_id": reason.id,
                    "reason_note": note,
                    "old_sample_id": sample.id,
                    "company_id": sample.company_id.id,
                    "origin_res_model": origin._name if origin else False,
                    "origin_res_id": origin.id if origin else False,
                }
            )
        return requests

    def action_view_request(self):
        """Show the request that this sample comes from.

        :return: action
        """
        self.ensure_one()
        return self._get_request_action(self.request_id)

    @api.model
    def _get_request_action(self, request):
        """Return the action that opens a request."""
        return {
            "type": "ir.actions.act_window",
            "res_model": request._name,
            "res_id": request.id,
            "view_mode": "form",
        }

    def action_request_successor(self):
        """Open the request for a successor of this sample, a new one if none is under way.

        :return: action
        """
        self.ensure_one()
        code = "T10" if self.type_id.concession_required else "T14"
        kind = "seal" if self.type_id.concession_required else "replace"
        return self._get_request_action(self._request_successor(code, kind=kind))

    # --- Temporary samples ---

    def write(self, vals):
        result = super().write(vals)
        if vals.get("tooling_state") == "accepted":
            self._ask_for_sealing()
        return result

    def _on_activated(self):
        """A temporary sample has a last day by which its sealed successor is due (SC-05.3)."""
        super()._on_activated()
        for sample in self.filtered("type_id.concession_required"):
            if sample.valid_until and not sample.seal_deadline:
                sample.seal_deadline = sample.valid_until

    def _ask_for_sealing(self):
        """The tooling is accepted: temporary samples get a request for sealing (SC-05.2)."""
        temporary = self.filtered(
            lambda sample: sample.type_id.concession_required
            and sample.state in ("active", "suspended", "expired")
            and not sample.replaced_by_id
        )
        return temporary._request_successor(
            "T10", self.env._("The tooling was accepted."), kind="seal"
        )

    @api.model
    def _cron_temporary_samples(self):
        """Chase temporary samples: tooling accepted without a request, or the cap near (C10)."""
        live = [
            ("type_id.concession_required", "=", True),
            ("state", "in", ("active", "suspended")),
        ]
        self.search(
            [
                *live,
                ("tooling_state", "=", "accepted"),
                ("successor_request_ids", "not any", [("state", "!=", "cancelled")]),
            ]
        )._ask_for_sealing()
        today = self.env.company._record_control_today()
        capped = self.search(
            [
                *live,
                ("seal_deadline", "<=", today + timedelta(days=CAP_REMINDER_DAYS)),
                ("cap_reminded_on", "=", False),
            ]
        )
        for sample in capped:
            sample.activity_schedule(
                "sample_control.mail_activity_type_seal",
                date_deadline=sample.seal_deadline,
                user_id=(sample.custodian_id or sample.create_uid).id,
            )
        capped._write_protected({"cap_reminded_on": today})


class SampleSampleLine(models.Model):
    """Characteristics are part of what is signed on the request."""

    _inherit = "sample.sample.line"
    _sealed_parent_field = ("sample_id", "sample_id.request_id")
