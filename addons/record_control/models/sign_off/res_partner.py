from odoo import models


class ResPartner(models.Model):
    _inherit = "res.partner"

    def write(self, vals):
        result = super().write(vals)
        if {"active", "email", "parent_id"} & vals.keys():
            # a contact who leaves, also for another company, must not leave rounds behind that wait for nobody
            self.env["sign.off.request.step"]._refresh_contacts(self)
        return result
