from odoo import api, models


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    @api.model
    def _get_thread_with_access(self, thread_id, **kwargs):
        """Let the secret of a link open no record that only certain people may see.

        Whoever has the link reads and posts messages without logging in. It stays in old mails, whatever becomes of
        the record, and can be passed on.
        """
        thread = super()._get_thread_with_access(thread_id, **kwargs)
        # what the user may not read comes as the system, because of the secret
        by_secret = thread.env.su and not self.env.su
        if by_secret and getattr(thread, "_restricted_record", False):
            return thread._filter_open_to_links()
        return thread

    def _notify_get_recipients(self, message, msg_vals=False, **kwargs):
        """Keep messages on restricted records from users who may not see them.

        A follower whose access ended, and an outsider who only follows, get
        nothing. An outsider named in the message is the writer's decision.
        """
        recipients = super()._notify_get_recipients(
            message, msg_vals=msg_vals, **kwargs
        )
        if not recipients or not self or not getattr(self, "_restricted_record", False):
            return recipients
        partner_ids = [data["id"] for data in recipients if data["id"]]
        users_sudo = (
            self.env["res.users"].sudo().search([("partner_id", "in", partner_ids)])
        )
        users_by_partner = users_sudo.grouped("partner_id")
        kept = []
        for data in recipients:
            users = users_by_partner.get(self.env["res.partner"].browse(data["id"]))
            if users:
                allowed = any(self._is_seen_by(user) for user in users)
            else:
                allowed = not data.get("is_follower")
            if allowed:
                kept.append(data)
        return kept

    def _get_source_from_ref(self, source_ref):
        """Post no template about restricted records on other records."""
        template, view = super()._get_source_from_ref(source_ref)
        if template:
            template._check_not_about_others(self._name)
        return template, view
