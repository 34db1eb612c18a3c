from odoo import models
from odoo.exceptions import UserError


class ResPartner(models.Model):
    """Borrowing the archive of a customer by those who may not read it: they know the customer only (CA-10)."""

    _inherit = "res.partner"

    def action_borrow_ca_archive(self):
        """Ask to borrow the archive of the customer.

        :return: action that opens a new loan
        """
        self.ensure_one()
        archive_sudo = self.commercial_partner_id._get_ca_archives_sudo(
            self.env.company
        )
        if not archive_sudo:
            raise UserError(
                self.env._(
                    "%(customer)s has no archive yet.",
                    customer=self.commercial_partner_id.display_name,
                )
            )
        return archive_sudo.action_request_loan()
