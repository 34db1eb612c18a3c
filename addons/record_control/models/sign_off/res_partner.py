from odoo import models


class ResPartner(models.Model):
    _inherit = "res.partner"

    def write(self, vals):
        result = super().write(vals)
        if {"active", "email"} & vals.keys():
            # a contact who leaves must not leave rounds behind that wait for nobody
            self.env["sign.off.request.step"]._refresh_contacts(self)
        return result
