from odoo import api, models


class MailMail(models.Model):
    """Nobody mails files that he may not download.

    Core makes the mail of a window or a template as superuser: it is asked who the user is.
    """

    _inherit = "mail.mail"

    @api.model_create_multi
    def create(self, vals_list):
        mails = super().create(vals_list)
        named = [bool(vals.get("attachment_ids")) for vals in vals_list]
        for mail, has_files in zip(mails, named, strict=True):
            if has_files:
                mail.sudo().attachment_ids._check_passed_on()
        return mails

    def write(self, vals):
        result = super().write(vals)
        if "attachment_ids" in vals:
            self.sudo().attachment_ids._check_passed_on()
        return result
