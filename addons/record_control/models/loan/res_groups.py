from odoo import api, models
from odoo.exceptions import UserError


class ResGroups(models.Model):
    """A role that approves loans stays: without it, the class would ask for no approval."""

    _inherit = "res.groups"

    @api.ondelete(at_uninstall=False)
    def _unlink_except_approving(self):
        """Refuse to delete groups that approve loans.

        :raises UserError: naming the groups and the classes
        """
        # sudo: classes of other companies, and archived ones, count as well
        classes_sudo = self.env["loan.class"].sudo().with_context(active_test=False)
        classes_sudo = classes_sudo.search([("approval_group_ids", "in", self.ids)])
        if classes_sudo:
            raise UserError(
                self.env._(
                    "%(groups)s approve loans (%(classes)s): enter there first who does it instead.",
                    groups=", ".join(
                        (classes_sudo.approval_group_ids & self.sudo()).mapped(
                            "full_name"
                        )
                    ),
                    classes=", ".join(classes_sudo.mapped("name")),
                )
            )
