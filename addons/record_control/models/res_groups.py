from odoo import models


class ResGroups(models.Model):
    _inherit = "res.groups"

    def _get_users_of_company(self, company):
        """Return the employees in these groups, also by a group that implies one, who work in a company.

        :param res.company company: where
        :rtype: res.users
        """
        return self.all_user_ids.filtered(
            lambda user: user.active and not user.share and company in user.company_ids
        )
