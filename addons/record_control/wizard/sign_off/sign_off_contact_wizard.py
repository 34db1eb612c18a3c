from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ...models.sign_off.sign_off_signature import DECISIONS

WAYS = [
    ("link", "Send the link by e-mail"),
    ("tablet", "Sign on this device"),
    ("paper", "Enter a signed paper"),
]

MAX_CHOICE = 500  # contacts offered when another one is named


class SignOffContactWizard(models.TransientModel):
    """Obtain the signature of a contact: send the link, let the contact sign here, or enter a paper."""

    _name = "sign.off.contact.wizard"
    _description = "Contact's Signature"
    _inherit = ["own.wizard.mixin"]

    request_id = fields.Many2one(
        comodel_name="sign.off.request", required=True, ondelete="cascade"
    )
    step_id = fields.Many2one(
        comodel_name="sign.off.request.step",
        required=True,
        ondelete="cascade",
        domain="[('request_id', '=', request_id), ('state', '=', 'open'), ('signer_type', '=', 'contact')]",
    )
    step_note = fields.Char(related="step_id.note")
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Contact",
        compute="_compute_partner_id",
        store=True,
        readonly=False,
        domain="[('id', 'in', choice_ids)]",
        help="Another contact of the same customer or supplier can be named; the former one can sign no more.",
    )
    choice_ids = fields.Many2many(
        comodel_name="res.partner", compute="_compute_choice_ids"
    )
    way = fields.Selection(selection=WAYS, required=True, default="tablet")
    decision = fields.Selection(selection=DECISIONS, required=True, default="approve")
    opinion = fields.Text(string="Opinion of the Contact")
    signer_name = fields.Char(
        string="Signer", compute="_compute_signer_name", store=True, readonly=False
    )
    signature = fields.Binary(string="Signature of the Contact")
    attachment = fields.Binary(string="Scan of the Paper")
    attachment_name = fields.Char()
    date_signed = fields.Date(string="Date on the Paper")

    @api.depends("step_id")
    def _compute_partner_id(self):
        for wizard in self:
            wizard.partner_id = wizard.step_id.partner_id

    @api.depends("step_id")
    def _compute_choice_ids(self):
        for wizard in self:
            # sudo: whom the record concerns is found out by the system; the user sees contacts they may read
            step_sudo = wizard.step_id.sudo()
            wizard.choice_ids = (
                self.env["res.partner"].search(
                    step_sudo._get_contact_choice(), limit=MAX_CHOICE
                )
                if step_sudo
                else False
            )

    @api.depends("partner_id")
    def _compute_signer_name(self):
        for wizard in self:
            wizard.signer_name = wizard.partner_id.name

    @api.model
    def _create_for(self, request):
        steps = request._get_contact_steps()
        if not steps:
            raise UserError(
                self.env._(
                    "%(record)s does not wait for the signature of a contact.",
                    record=request.name,
                )
            )
        return self.create({"request_id": request.id, "step_id": steps[0].id})

    def action_confirm(self):
        """Do what was chosen, as the current user, who answers for it."""
        self.ensure_one()
        step_sudo = self._get_step()
        if self.partner_id and self.partner_id != step_sudo.partner_id:
            step_sudo._name_contact(self.partner_id, send_link=False)
        if self.way == "link":
            return self._send_link(step_sudo)
        signature = step_sudo._sign_as_contact(
            self.way, self.decision, self.opinion or "", self._prepare_evidence()
        )
        return (step_sudo.request_id - signature.request_id).sudo(False)._tell_changed()

    def _get_step(self):
        """The step (sudo), provided that the user is one of ours and may write the record."""
        step_sudo = self.step_id.sudo()
        request_sudo = step_sudo.request_id
        if not self.env.user._is_internal():
            raise AccessError(self.env._("Only people of ours enter signatures."))
        record = self.env[request_sudo.res_model].browse(request_sudo.res_id)
        record.check_access("write")
        if step_sudo not in request_sudo._get_contact_steps():
            raise UserError(
                self.env._(
                    "%(record)s does not wait for the signature of a contact.",
                    record=request_sudo.name,
                )
            )
        return step_sudo

    def _prepare_evidence(self):
        """Only what belongs to the way of signing; dates and scans left over from another one do not count."""
        vals = {"signer_name": self.signer_name, "signature": False}
        if self.way == "tablet":
            vals["signature"] = self.signature
            vals["note"] = self.env._(
                "On our device, with %(user)s", user=self.env.user.name
            )
        else:
            vals.update(
                attachment=self.attachment,
                attachment_name=self.attachment_name,
                date_signed=self.date_signed,
                note=self.env._(
                    "On paper, entered by %(user)s", user=self.env.user.name
                ),
            )
        return vals

    def _send_link(self, step_sudo):
        contact_sudo = step_sudo.partner_id
        if not contact_sudo:
            raise UserError(step_sudo.note or self.env._("Name a contact first."))
        if not contact_sudo.email_normalized:
            raise UserError(
                self.env._(
                    "%(contact)s has no e-mail address and receives no link.",
                    contact=contact_sudo.display_name,
                )
            )
        step_sudo._send_link()
        step_sudo.request_id._log(
            {
                step_sudo.request_id: self.env._(
                    "%(title)s: a link to sign was sent to %(contact)s.",
                    title=step_sudo.name,
                    contact=contact_sudo.display_name,
                )
            }
        )
        return {"type": "ir.actions.act_window_close"}
