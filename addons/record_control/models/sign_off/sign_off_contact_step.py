import hashlib
import secrets
from datetime import timedelta

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import consteq, format_date, formataddr

from ...tools import evidence
from .sign_off_signature import DECISIONS, METHODS

LINK_BYTES = 32  # of the secret in a link: nobody guesses it, however fast


class SignOffContactStep(models.Model):
    """Steps that a contact of the customer or supplier signs: who it is, the secret link, the signature.

    Of the secret in a link only its digest is kept. It opens nothing but the page of its step, until the
    step is signed, the link expires, or a newer link is sent.
    """

    _inherit = "sign.off.request.step"

    contact_role = fields.Selection(
        selection=lambda self: self.env[
            "sign.off.route.step"
        ]._selection_contact_role(),
        readonly=True,
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Contact",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="The contact of the customer or supplier whose signature the step waits for.",
    )
    named_partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Contact Named by Hand",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    link_days = fields.Integer(readonly=True, default=14)
    link_email = fields.Char(string="Link Sent To", readonly=True)
    link_expires_at = fields.Datetime(string="Link Valid Until", readonly=True)
    link_key = fields.Char(groups=fields.NO_ACCESS, index="btree_not_null", copy=False)
    link_digest = fields.Char(groups=fields.NO_ACCESS, copy=False)

    # --- Who signs ---

    def _get_foreseen_contacts(self):
        """Contacts that the record, or somebody of ours, names for this step."""
        self.ensure_one()
        contacts = self.named_partner_id
        if not contacts:
            record = self.request_id._get_record()
            contacts = record._get_sign_off_contacts(self.contact_role)
        return self.env["res.partner"].sudo().browse(contacts.ids)

    def _get_contact_choice(self):
        """Domain of the contacts that may be named for this step: people of the same customer or supplier."""
        self.ensure_one()
        record = self.request_id._get_record()
        contacts = record._get_sign_off_contacts(self.contact_role)
        company = self.request_id.company_id.partner_id
        domain = Domain("commercial_partner_id", "!=", company.id)
        if contacts:
            domain &= Domain("id", "child_of", contacts.commercial_partner_id.ids)
        return domain

    def _name_contact(self, contact, send_link=True):
        """Let ``contact`` sign this step instead of whom the record names; links sent before become void.

        :param contact: res.partner
        :raises UserError: when it is no contact of the same customer or supplier
        """
        self.ensure_one()
        contact = contact.sudo()
        if not contact.filtered_domain(self._get_contact_choice()):
            raise UserError(
                self.env._(
                    "%(contact)s is no contact of the customer or supplier concerned.",
                    contact=contact.display_name,
                )
            )
        self.write({"named_partner_id": contact.id})
        self.with_context(sign_off_no_link=not send_link)._refresh_signers()
        if self.partner_id != contact:
            raise UserError(self.note)
        self.request_id._log(
            {
                self.request_id: self.env._(
                    "%(title)s: %(contact)s was named to sign.",
                    title=self.name,
                    contact=contact.display_name,
                )
            }
        )

    @api.model
    def _refresh_contacts(self, contacts):
        """Find out again who signs the open steps that wait for these contacts."""
        domain = Domain("state", "=", "open") & (
            Domain("partner_id", "in", contacts.ids)
            | Domain("named_partner_id", "in", contacts.ids)
        )
        # sudo: who archives a contact need not be able to see the rounds concerned
        self.sudo().search(domain)._refresh_signers()

    def _get_keepers(self):
        """Who of ours has been asked to see to the signatures of contacts.

        :return: {step: res.users}, of those steps that contacts sign
        """
        steps = self.filtered(lambda step: step.signer_type == "contact")
        keepers = dict.fromkeys(steps, self.env["res.users"].sudo())
        activities = self.env["mail.activity"].sudo()
        if steps:
            activities = activities.search([("sign_off_step_id", "in", steps.ids)])
        for activity in activities:
            keepers[self.browse(activity.sign_off_step_id.id)] |= activity.user_id
        return keepers

    def _get_activity_summary(self):
        """What somebody of ours is asked to do."""
        self.ensure_one()
        if self.signer_type != "contact":
            return self.name
        if not self.partner_id:
            return self.env._("%(title)s: name a contact", title=self.name)
        return self.env._(
            "%(title)s: signature of %(contact)s",
            title=self.name,
            contact=self.partner_id.display_name,
        )

    # --- Link ---

    def _send_links(self):
        """Mail a secret link to the contacts of those of these open steps that have none yet."""
        for step in self:
            if step.state != "open" or not step.partner_id or step.link_digest:
                continue
            if not step.link_key:
                step.write({"link_key": secrets.token_urlsafe(16)})
            if step.partner_id.email_normalized and not self.env.context.get(
                "sign_off_no_link"
            ):
                step._send_link()

    def _send_link(self):
        """Mail a new secret link; the one before opens nothing any more."""
        self.ensure_one()
        secret = secrets.token_urlsafe(LINK_BYTES)
        now = fields.Datetime.now()
        self.write(
            {
                "link_key": self.link_key or secrets.token_urlsafe(16),
                "link_digest": self._get_link_digest(secret),
                "link_email": self.partner_id.email_normalized,
                "link_expires_at": now + timedelta(days=self.link_days),
            }
        )
        self._mail_link(f"{self._get_link_url()}?access_token={secret}")

    def _get_link_url(self):
        return f"{self.get_base_url()}/my/sign_off/{self.link_key}"

    def _mail_link(self, link):
        """Mail the link; nobody of ours may read this mail, or they could sign in the contact's place."""
        template = self.env.ref(
            "record_control.mail_template_sign_off_contact", raise_if_not_found=False
        )
        if not template:
            return
        robot = self.env["res.users"].sudo().browse(SUPERUSER_ID)
        sender = self.request_id.requester_id.partner_id
        address = sender.email_formatted or self.request_id.company_id.email_formatted
        template.with_user(robot).sudo().with_context(sign_off_link=link).send_mail(
            self.id,
            email_layout_xmlid="mail.mail_notification_light",
            email_values={
                "author_id": robot.partner_id.id,
                "auto_delete": True,
                "email_from": address or robot.partner_id.email_formatted,
                "email_to": formataddr(
                    (self.partner_id.name, self.partner_id.email_normalized)
                ),
                "model": False,
                "recipient_ids": [],
                "reply_to": address,
                "res_id": False,
            },
        )

    @api.model
    def _get_link_digest(self, secret):
        return hashlib.sha256(secret.encode()).hexdigest()

    def _revoke_links(self, signers):
        """Revoke the links of contacts who sign no more, and ask those of ours anew.

        :param dict signers: {step: Signers} as found now
        """
        for step, found in signers.items():
            if step.signer_type == "contact":
                self.env["mail.activity"].sudo().search(
                    [("sign_off_step_id", "=", step.id)]
                ).unlink()
            if step.partner_id and found.contact != step.partner_id:
                step.write({"link_digest": False, "link_expires_at": False})

    @api.model
    def _find_by_link(self, key, secret, user):
        """Find the step behind a link.

        :param str key: the step's own part of the address, no secret
        :param str secret: the secret of the link; None for a portal user who comes without
        :param user: who asks, the public user for whoever is not logged in
        :return: (step (sudo), why it cannot be signed); one of the two is empty
        """
        # sudo: the key, the secret and the user decide about access, nothing else
        step = self.sudo().search([("link_key", "=", key or "")], limit=1)
        proven = bool(
            step.link_digest
            and secret
            and consteq(step.link_digest, self._get_link_digest(secret))
        )
        known = not user._is_public()
        is_contact = known and bool(step) and user.partner_id == step.partner_id
        if known and not is_contact:
            return step.browse(), self.env._(
                "You are logged in as %(user)s, who is not asked to sign this. Log out and open the link again.",
                user=user.name,
            )
        if not (proven or (is_contact and not secret)):
            return step.browse(), self.env._(
                "This link opens nothing. Use the link of the latest message, or ask for a new one."
            )
        contact = step.partner_id
        step = step.with_context(
            lang=contact.lang or self.env.lang,
            tz=contact.tz or step.request_id.requester_id.tz,
        )
        reason = step._explain_link(proven)
        return (step.browse() if reason else step), reason

    @api.model
    def _find_waiting_for(self, user):
        """Find the steps that wait for the signature of the contact who is logged in.

        :param user: res.users
        :return: sign.off.request.step (sudo), oldest first
        """
        # sudo: a contact sees what waits for himself, of which only the list values are shown
        return self.sudo().search(
            [
                ("partner_id", "=", user.partner_id.id),
                ("signer_type", "=", "contact"),
                ("state", "=", "open"),
                ("request_id.state", "=", "open"),
                ("link_key", "!=", False),
            ],
            order="id",
        )

    def _explain_link(self, by_secret):
        """Why this step cannot be signed any more; empty when it can. The contact has been recognised."""
        self.ensure_one()
        if self.state in ("signed", "refused"):
            return self.env._("This has been signed already. Thank you!")
        if self.state != "open" or self.request_id.state != "open":
            return self.env._(
                "This is no longer to be signed: it was changed or taken back. You will hear from us."
            )
        if by_secret and self.link_expires_at < fields.Datetime.now():
            return self.env._("This link has expired. Please ask us for a new one.")
        return ""

    # --- Signature ---

    def _sign_by_link(self, decision, opinion, signature, signer_name, secret, user):
        """Sign as the contact who opened the link, or is logged in; the system acts, no user of ours.

        :return: whether it was signed; False when the record has changed meanwhile
        :raises UserError: with what is missing, in the contact's language
        """
        self.ensure_one()
        vals = {"signature": signature, "signer_name": signer_name}
        if reasons := self._get_evidence_reasons("portal", decision, opinion, vals):
            raise UserError("\n".join(reasons))
        basis = (
            self.env._("By the link sent to %(email)s", email=self.link_email)
            if secret
            else self.env._("Logged in as %(login)s", login=user.login)
        )
        context = {
            "allowed_company_ids": self.request_id.company_id.ids,
            "lang": self.request_id.requester_id.lang,
        }
        step = self.with_env(self.env(user=SUPERUSER_ID, su=True, context=context))
        return bool(
            step._sign_as_contact("portal", decision, opinion, {**vals, "note": basis})
        )

    def _sign_as_contact(self, method, decision, opinion, vals):
        """Write the signature of the contact that this step (sudo) waits for.

        Who calls this has made sure that the contact signs (by link), or that a user of ours vouches for it.

        :param str method: ``portal``, ``tablet`` or ``paper``
        :param str decision: ``approve`` or ``refuse``
        :param str opinion: required for a refusal
        :param dict vals: evidence: signature, attachment, attachment_name, date_signed, signer_name, note
        :return: sign.off.signature, empty when the record has changed and the round has become void
        :raises UserError: with all reasons
        """
        self.ensure_one()
        request = self.request_id
        if decision not in dict(DECISIONS) or method not in dict(METHODS):
            raise ValueError(f"unknown decision {decision!r} or method {method!r}")
        request._lock()
        if self.state == "open" and request._void_changed():
            return self.env["sign.off.signature"]
        if reasons := self._get_contact_reasons(method, decision, opinion, vals):
            raise UserError("\n".join(reasons))
        signature = request._record_signatures(
            {
                self: {
                    **vals,
                    "method": method,
                    "partner_id": self.partner_id.id,
                    "signer_name": (vals.get("signer_name") or "").strip()
                    or self.partner_id.name,
                    "entered_by_id": method != "portal" and self.env.uid,
                }
            },
            decision,
            opinion,
        )
        request._conclude(decision, opinion)
        request._get_contact_steps()._refresh_signers()
        return signature

    def _get_contact_reasons(self, method, decision, opinion, vals):
        """Say why the contact cannot sign now, or what evidence is missing."""
        if self.state != "open" or self.request_id.state != "open":
            return [
                self.env._(
                    "%(record)s: the step %(step)s is not waiting for a signature.",
                    record=self.request_id.name,
                    step=self.name,
                )
            ]
        found = self._find_signers()[self]
        if not self.partner_id or found.contact != self.partner_id:
            return [found.note or self.env._("Another contact is to sign this step.")]
        return self._get_evidence_reasons(method, decision, opinion, vals)

    def _get_evidence_reasons(self, method, decision, opinion, vals):
        reasons = self._get_length_reasons(opinion, vals)
        if decision == "refuse" and not (opinion or "").strip():
            reasons.append(self.env._("Give the reason for the refusal."))
        drawn = evidence.is_drawn(vals.get("signature"))
        if (
            method == "tablet" or (method == "portal" and decision == "approve")
        ) and not drawn:
            reasons.append(self.env._("The contact's signature has not been drawn."))
        elif vals.get("signature") and not drawn:
            reasons.append(self.env._("The drawn signature cannot be read."))
        if method == "paper":
            reasons += self._get_paper_reasons(vals)
        return reasons

    def _get_length_reasons(self, opinion, vals):
        """Say what is too long for the sign-off cell and the log: it stays there for good."""
        reasons = []
        if len(vals.get("signer_name") or "") > evidence.NAME_MAX_LENGTH:
            reasons.append(
                self.env._(
                    "The name is too long: %(length)s characters at most.",
                    length=evidence.NAME_MAX_LENGTH,
                )
            )
        if len(opinion or "") > evidence.OPINION_MAX_LENGTH:
            reasons.append(
                self.env._(
                    "The opinion is too long: %(length)s characters at most.",
                    length=evidence.OPINION_MAX_LENGTH,
                )
            )
        return reasons

    def _get_paper_reasons(self, vals):
        reasons = []
        if not evidence.is_scan(vals.get("attachment")):
            reasons.append(
                self.env._("Attach the scan of the signed paper (PDF, PNG or JPEG).")
            )
        date = fields.Date.to_date(vals.get("date_signed"))
        company, begun_at = self.request_id.company_id, self.request_id.requested_at
        begun = company._record_control_today(begun_at)
        today = company._record_control_today(fields.Datetime.now())
        if not date:
            reasons.append(self.env._("Say on which day the paper was signed."))
        elif date > today:
            reasons.append(self.env._("The paper cannot have been signed after today."))
        elif date < begun:
            # a paper from before the round cannot agree to the values of the round
            reasons.append(
                self.env._(
                    "The paper cannot have been signed before this round began on %(day)s: "
                    "what it agrees to is not what is signed now.",
                    day=format_date(self.env, begun),
                )
            )
        return reasons

    # --- Page ---

    def _prepare_list_values(self):
        """What the list of waiting signatures shows of this step (sudo): nothing but what is put here."""
        self.ensure_one()
        return {
            "url": f"/my/sign_off/{self.link_key}",
            "title": self.request_id.name,
            "step_title": self.name,
            "company_name": self.request_id.company_id.name,
            "requested_on": self.request_id.requested_at,
        }

    def _prepare_page_values(self, secret):
        """What the page of this step (sudo) shows: nothing but what is put here."""
        self.ensure_one()
        request = self.request_id
        record = request._get_record().with_context(
            lang=self.env.lang, tz=self.env.context.get("tz")
        )
        return {
            "page_name": "sign_off",
            "title": request.name,
            "step_title": self.name,
            "company_name": request.company_id.name,
            "requester_name": request.requester_id.name,
            "requested_on": request.requested_at,
            "contact_name": self.partner_id.name,
            "values_template": record._get_sign_off_portal_template(),
            "values": record._get_sign_off_portal_values(request),
            "form_props": {
                "callUrl": f"/my/sign_off/{self.link_key}/sign",
                "accessToken": secret or "",
                "defaultName": self.partner_id.name or "",
            },
        }
