from odoo import api, models
from odoo.exceptions import UserError

#: what a message says, and of what, by whom and when
CONTENT_FIELDS = {
    "author_id",
    "body",
    "date",
    "email_from",
    "message_type",
    "model",
    "parent_id",
    "res_id",
    "subject",
    "subtype_id",
}


class MailMessage(models.Model):
    """The messages of a guarded record are its history: they stay as they were written.

    Odoo lets whoever may write the record delete and rewrite them by RPC, notes of others and recorded changes
    included. Authors correct their notes in the conversation, which marks them as edited and leaves recorded changes
    alone; it does so as superuser.
    """

    _inherit = "mail.message"

    def write(self, vals):
        if not CONTENT_FIELDS.isdisjoint(vals):
            self._check_not_history()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_history(self):
        self._check_not_history()

    def _check_not_history(self):
        """Refuse to change or delete messages of guarded records; the system does it with sudo.

        :raises UserError: naming the records
        """
        if self.env.su:
            return
        # sudo: what is history does not depend on who asks
        history_sudo = self.sudo().filtered(lambda message: message._is_history())
        if history_sudo:
            raise UserError(
                self.env._(
                    "The messages of a record are its history and stay as they are: %(records)s.",
                    records=", ".join(
                        sorted(set(filter(None, history_sudo.mapped("record_name"))))
                    ),
                )
            )

    def _is_history(self):
        """Tell whether this message is part of the history of its record. Hook."""
        self.ensure_one()
        return (
            bool(self.res_id)
            and self.model in self.env
            and self.env["ir.rule"]._is_of_the_suite(self.env[self.model])
        )
