from odoo import models

#: fields that show something of the record; the rest says that there is a message
CONTENT_FIELDS = {"body", "preview", "subject", "tracking_value_ids"}


class MailMessage(models.Model):
    """Reading what was written about a restricted record is reading the record."""

    _name = "mail.message"
    _inherit = ["mail.message", "guarded.name.mixin"]

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
