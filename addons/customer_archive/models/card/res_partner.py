from odoo import fields, models


class ResPartner(models.Model):
    """What a card prints about contacts and is no secret. Traits and private data are kept in the archive."""

    _inherit = "res.partner"

    ca_fax = fields.Char(
        string="Fax",
    )
    ca_role_ids = fields.Many2many(
        comodel_name="customer.contact.role",
        string="Roles for Us",
        help="What this contact or address is to us. The cards and the emergency list find it by its role.",
        groups="base.group_user",
    )

    def _get_ca_contacts_by_role(self, *codes):
        """Return the contacts of these customers that have one of the roles, the more important roles first.

        :param codes: codes of ``customer.contact.role``
        :return: contacts in the order of their roles
        :rtype: res.partner
        """
        family = self | self.child_ids
        found = self.browse()
        for code in codes:
            found |= family.filtered(
                lambda contact, code=code: code in contact.ca_role_ids.mapped("code")
            )
        return found
