from odoo import models


class MailActivity(models.Model):
    """Activities stay with records that those who move them may see.

    Odoo asks when an activity is made, and only about the record it leaves when it is moved, by itself or by
    the list of another record.
    """

    _inherit = "mail.activity"

    def write(self, vals):
        result = super().write(vals)
        if not self.env.su and {"res_model", "res_model_id", "res_id"} & vals.keys():
            restricted = self.env["ir.rule"]._get_restricted_models()
            # sudo: which record it is does not depend on who asks
            moved_sudo = self.sudo().filtered(lambda a: a.res_model in restricted)
            for model_name, about_sudo in moved_sudo.grouped("res_model").items():
                records = self.env[model_name].browse(about_sudo.mapped("res_id"))
                records.check_access("read")
        return result
