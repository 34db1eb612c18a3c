from odoo import models


class ResUsers(models.Model):
    """Who leaves takes no task about a recalled copy along."""

    _inherit = "res.users"

    def write(self, vals):
        result = super().write(vals)
        if not vals.get("active", True):
            # sudo: who is asked instead does not depend on who archives
            self.env["sample.recall.line"].sudo()._ask_again()
        return result
