from odoo import models


class ResGroups(models.Model):
    _inherit = "res.groups"

    def write(self, vals):
        """Who enters or leaves a group by the form of the group is asked, or passed over, as by that of the user."""
        implied = {"implied_ids", "implied_by_ids"} & vals.keys()
        members = implied or "user_ids" in vals
        # sudo: whose signature is waited for does not depend on who sets up groups
        before = self.sudo().all_user_ids if members else None
        result = super().write(vals)
        if members:
            after = self.sudo().all_user_ids
            # who stays a member may have entered, or left, another group by it
            users = before | after if implied else (before - after) | (after - before)
            self.env["sign.off.request.step"]._refresh_signers_of(users)
        return result
