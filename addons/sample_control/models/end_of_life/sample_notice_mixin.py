from odoo import api, fields, models

#: the standing of a contact whom the customer named for quality
QUALITY_TAG = "sample_control.res_partner_category_quality"


class SampleNoticeMixin(models.AbstractModel):
    """A record about which the customer gets a letter (F23): to select anew, to sign anew, to replace.

    The letter is a mail with the form attached. Once it is sent the record knows the day; told by
    another way, the day is entered by hand.
    """

    _name = "sample.notice.mixin"
    _description = "Letter to the Customer about a Sample"

    #: xml id of the mail template
    _notice_template = None

    notice_contact_ids = fields.Many2many(
        comodel_name="res.partner",
        string="Letter Goes To",
        compute="_compute_notice_contact_ids",
        help="The contacts of the customer that are tagged for quality, else the customer itself.",
    )

    def _get_notice_partner(self):
        """Return the customer who gets the letter. Hook, one record.

        :rtype: res.partner
        """
        raise NotImplementedError

    def _get_notice_fields(self):
        """Return the fields that say what the letter is about. Hook."""
        return []

    @api.depends(lambda self: self._get_notice_fields())
    def _compute_notice_contact_ids(self):
        tag = self.env.ref(QUALITY_TAG, raise_if_not_found=False)
        for record in self:
            partner = record._get_notice_partner()
            contacts = partner.commercial_partner_id.child_ids.filtered(
                lambda contact: tag and tag in contact.category_id
            )
            record.notice_contact_ids = contacts or partner

    def action_send_notice(self):
        """Open the letter to the customer in the mail composer (F23).

        :return: action
        """
        self.ensure_one()
        template = self.env.ref(self._notice_template)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Letter to the Customer"),
            "res_model": "mail.compose.message",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_model": self._name,
                "default_res_ids": self.ids,
                "default_template_id": template.id,
                "default_composition_mode": "comment",
                "mark_sample_notice": True,
            },
        }

    def message_post(self, **kwargs):
        """The letter that the composer sends is noted with its day."""
        message = super().message_post(**kwargs)
        if self.env.context.get("mark_sample_notice") and self._is_notice(message):
            self.with_context(mark_sample_notice=False)._on_notice_sent()
        return message

    def _is_notice(self, message):
        """Tell whether a message is the letter: with the form, to people of the customer who have an address.

        :param message: mail.message
        """
        customer = self._get_notice_partner().commercial_partner_id
        # sudo: whom a message goes to is known to who wrote it
        message_sudo = message.sudo()
        return bool(message_sudo.attachment_ids) and any(
            partner.email_normalized and partner.commercial_partner_id == customer
            for partner in message_sudo.partner_ids
        )

    def _on_notice_sent(self):
        """Note that the letter went out today, unless the customer was told before. Hook."""
