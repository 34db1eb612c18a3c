from odoo import api, fields, models


class CustomerArchive(models.Model):
    """The customer's people in its archive (CA-31, CA-32)."""

    _inherit = "customer.archive"

    person_ids = fields.One2many(
        comodel_name="customer.archive.person",
        inverse_name="archive_id",
        string="Key Persons",
    )
    private_data = fields.Boolean(
        related="company_id.ca_personal_data",
        string="Private Data Kept",
    )
    is_company = fields.Boolean(
        related="partner_id.is_company",
        string="Customer Is a Company",
    )

    @api.model
    def _get_person_roles(self):
        """Roles of the people on the cards, the most important first."""
        return (
            "legal_representative",
            "chairman",
            "general_manager",
            "owner",
            "operator",
            "responsible",
            "vice_chairman",
            "vice_general_manager",
            "department_head",
            "deputy_department_head",
            "purchasing_manager",
            "purchasing_assistant",
            "finance_manager",
        )

    def action_load_contacts(self):
        """Add the contacts of the customer that are not among its persons yet."""
        vals_list = []
        for archive in self:
            people = archive.partner_id.child_ids.filtered(
                lambda contact: not contact.is_company and contact.type == "contact"
            )
            if not archive.partner_id.is_company:
                people |= archive.partner_id
            vals_list += [
                {"archive_id": archive.id, "partner_id": contact.id}
                for contact in people - archive.person_ids.partner_id
            ]
        self.env["customer.archive.person"].create(vals_list)
        return True
