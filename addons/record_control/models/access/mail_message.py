from odoo import api, models

#: fields that show something of the record; the rest says that there is a message
CONTENT_FIELDS = {"body", "preview", "subject", "tracking_value_ids"}


class MailMessage(models.Model):
    """Reading what was written about a restricted record is reading the record."""

    _name = "mail.message"
    _inherit = ["mail.message", "guarded.name.mixin"]

    @api.model_create_multi
    def create(self, vals_list):
        messages = super().create(vals_list)
        messages._check_answered()
        messages._check_passed_on()
        return messages

    def write(self, vals):
        result = super().write(vals)
        if "parent_id" in vals:
            self._check_answered()
        if "attachment_ids" in vals:
            self._check_passed_on()
        return result

    def _check_answered(self):
        """Refuse to answer what is hidden: the conversation shows the message that is answered above the answer."""
        if not self.env.su:
            # sudo: what is answered does not depend on who asks
            answered = self.sudo().parent_id.sudo(False)
            answered._get_unnamed().check_access("read")

    def _check_passed_on(self):
        """Refuse to pass on files that the user may not download: whoever is notified gets them by mail."""
        if not self.env.su:
            self.attachment_ids._check_passed_on()

    def _read_format(self, fnames, load="_classic_read"):
        if not CONTENT_FIELDS.isdisjoint(fnames):
            self._log_document_reading()
        return super()._read_format(fnames, load=load)

    def _to_store(self, store, fields, **kwargs):
        # the conversation in the browser; who posts a message has it, the others are shown it
        shown = {name for name in fields if isinstance(name, str)}
        if not kwargs.get("msg_vals") and shown & {"message_format", *CONTENT_FIELDS}:
            self._log_document_reading()
        return super()._to_store(store, fields, **kwargs)

    def _log_document_reading(self):
        """Write the access log of the restricted records these messages are about."""
        if self.env.su:
            return
        restricted = self.env["ir.rule"]._get_restricted_models()
        # sudo: the access was asked before; which record it is does not depend on who reads
        messages_sudo = self.sudo().filtered(
            lambda message: message.res_id and message.model in restricted
        )
        for model_name, about_sudo in messages_sudo.grouped("model").items():
            records = self.env[model_name].browse(set(about_sudo.mapped("res_id")))
            records.exists()._log_record_access("read")
