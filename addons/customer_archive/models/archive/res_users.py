from odoo import models
from odoo.fields import Domain

SUPERVISOR = "customer_archive.group_customer_archive_supervisor"


class ResUsers(models.Model):
    _inherit = "res.users"

    def _get_ca_superiors(self, company):
        """Return who stands above these users in a company, found from what they do not set themselves (CA-03).

        :param res.company company: whose sales teams and employees count
        :return: leaders of the sales teams the users belong to, and the managers of the employees
        :rtype: res.users
        """
        # sudo: who leads a team and who reports to whom is no secret
        self_sudo = self.sudo()
        members_sudo = self_sudo.env["crm.team.member"].search(
            Domain("user_id", "in", self.ids)
            & company._get_setup_domain("crm_team_id.company_id")
        )
        # people of a branch may be employees of the company above it
        employees_sudo = self_sudo.env["hr.employee"].search(
            Domain("user_id", "in", self.ids)
            & Domain("company_id", "parent_of", company.id)
        )
        superiors_sudo = (
            members_sudo.crm_team_id.user_id | employees_sudo.parent_id.user_id
        ).filtered(lambda user: company in user.company_ids)
        return (superiors_sudo - self_sudo).sudo(self.env.su)

    def _is_ca_supervisor_of(self, user, company):
        """Tell whether this user may review what another one is in charge of (CA-03).

        :param res.users user: the person in charge; nobody yet when empty
        :param res.company company: where
        """
        self.ensure_one()
        # companies share teams: a leader who works elsewhere sees nothing of this one
        return (
            self != user
            and company in self.sudo().company_ids
            and (
                self.sudo().has_group(SUPERVISOR)
                or self in user._get_ca_superiors(company)
            )
        )
