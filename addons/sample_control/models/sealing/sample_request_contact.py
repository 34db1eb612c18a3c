from datetime import timedelta

from odoo import api, fields, models

from odoo.addons.record_control.tools.one_by_one import act_on_each

#: the standing of a contact who signs for the customer: kept as a tag, for everybody to see
QUALITY_TAG = "sample_control.res_partner_category_quality"
REMINDER_DAYS = "sample_control.customer_sign_off_reminder_days"


class SampleRequest(models.Model):
    """Contacts of customer and supplier who sign along: by link, on a device of ours, on paper (SC-26.3)."""

    _inherit = "sample.request"

    customer_reminded_on = fields.Date(readonly=True, copy=False)

    @api.model
    def _get_protected_fields(self):
        return super()._get_protected_fields() | {"customer_reminded_on"}

    # --- Who signs ---

    def _get_sign_off_contacts(self, role):
        """Named participants of the partner first, then its contacts with the quality tag, then the partner itself."""
        partner = {
            "customer_quality": self.partner_id,
            "supplier_quality": self.supplier_id,
        }.get(role)
        if partner is None:
            return super()._get_sign_off_contacts(role)
        side = role.removesuffix("_quality")
        named = self.party_ids.filtered(lambda party: party.role == side).partner_id
        if partner:
            # whoever takes part for somebody else does not sign in the name of this partner
            house = partner.commercial_partner_id
            named = named.filtered(
                lambda contact: contact.commercial_partner_id == house
            )
        tag = self.env.ref(QUALITY_TAG, raise_if_not_found=False)
        tagged = partner.commercial_partner_id.child_ids.filtered(
            lambda contact: tag and tag in contact.category_id
        )
        return named | tagged | partner

    def _get_sign_off_contact_keepers(self):
        return self.organiser_id or self.user_id

    def _get_customer_signature(self):
        """Return the customer's signature under the valid seal of this request, if there is one.

        :rtype: sign.off.signature
        """
        self.ensure_one()
        # sudo: who has signed is no secret to whoever may read the request
        request_sudo = self.sudo()._get_sign_off_request()
        if request_sudo.state != "sealed":
            return request_sudo.signature_ids.browse()
        return request_sudo.signature_ids.filtered(
            lambda sign: (sign.step_id.contact_role or "").startswith("customer")
            and sign.decision == "approve"
        )[-1:]

    # --- What follows ---

    def _on_sign_off_sealed(self):
        """The customer's signature under the request confirms the samples."""
        for request in self:
            signature = request._get_customer_signature()
            if signature:
                request.sample_ids.write(
                    {
                        "customer_confirmed_on": signature.date_signed
                        or request.company_id._record_control_today(),
                        "customer_signatory_id": signature.partner_id.id,
                    }
                )
        super()._on_sign_off_sealed()

    # --- Crons ---

    @api.model
    def _cron_remind_contacts(self):
        """Send the link again to contacts who have not signed for some days (closing 4, C17)."""
        # sudo: settings of the company are no secret to its jobs
        days = self.env["ir.config_parameter"].sudo().get_param(REMINDER_DAYS, "3")
        waiting = self.search(
            [
                ("state", "=", "signing"),
                ("sign_off_state", "=", "open"),
                (
                    "sign_off_request_id.step_ids",
                    "any",
                    [("state", "=", "open"), ("signer_type", "=", "contact")],
                ),
            ]
        )
        act_on_each(waiting, lambda some: some._remind_contacts(int(days)))

    def _remind_contacts(self, days):
        """Send the link again to the contacts of these requests who were asked longer than some days ago."""
        for request in self:
            today = request.company_id._record_control_today()
            if not request._is_reminder_due(today - timedelta(days=days)):
                continue
            # sudo: links are sent by the system alone
            steps_sudo = request.sudo().sign_off_request_id.step_ids.filtered(
                lambda step: step.state == "open"
                and step.partner_id.email_normalized
                and step.signer_type == "contact"
            )
            for step_sudo in steps_sudo:
                step_sudo._send_link()
            request._write_protected({"customer_reminded_on": today})

    def _is_reminder_due(self, limit):
        """Tell whether the contacts of this one request were asked long ago.

        :param datetime.date limit: asked before, and not reminded after this day of the company
        """
        self.ensure_one()
        # sudo: when it was asked for is no secret
        asked_at = self.sudo().sign_off_request_id.requested_at
        asked_on = self.company_id._record_control_today(asked_at)
        last = self.customer_reminded_on
        return asked_on < limit and not (last and last > limit)


class SignOffRouteStep(models.Model):
    """Contacts that a step of a sample request may name."""

    _inherit = "sign.off.route.step"

    @api.model
    def _selection_contact_role(self):
        roles = {
            "customer_quality": self.env._("Quality representative of the customer"),
            "supplier_quality": self.env._("Quality representative of the supplier"),
        }
        return [*super()._selection_contact_role(), *roles.items()]
