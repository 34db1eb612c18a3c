from odoo import api, models


class CrmLead(models.Model):
    _inherit = "crm.lead"

    @api.model_create_multi
    def create(self, vals_list):
        leads = super().create(vals_list)
        leads._open_ca_archives()
        return leads

    def write(self, vals):
        result = super().write(vals)
        if vals.get("partner_id"):
            self._open_ca_archives()
        return result

    def _open_ca_archives(self):
        """Open the archives of the customers of these opportunities (CA-02)."""
        self.env["customer.archive"]._open_for_contacts(
            [
                (
                    lead.company_id or self.env.company,
                    lead.partner_id,
                    lead.user_id,
                    lead.team_id,
                )
                for lead in self
                if lead.partner_id
            ]
        )
