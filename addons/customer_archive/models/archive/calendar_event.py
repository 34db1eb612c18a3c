from odoo import api, fields, models


class CalendarEvent(models.Model):
    _inherit = "calendar.event"

    ca_vip_reception = fields.Boolean(
        string="VIP Reception",
        compute="_compute_ca_vip_reception",
        help="An important customer takes part and is received at VIP level.",
        groups="base.group_user",
    )

    @api.depends("partner_ids.ca_vip_reception")
    @api.depends_context("company")
    def _compute_ca_vip_reception(self):
        for event in self:
            event.ca_vip_reception = any(event.partner_ids.mapped("ca_vip_reception"))

    @api.model_create_multi
    def create(self, vals_list):
        events = super().create(vals_list)
        events._open_ca_archives()
        return events

    def write(self, vals):
        result = super().write(vals)
        if "partner_ids" in vals:
            self._open_ca_archives()
        return result

    def _open_ca_archives(self):
        """Open the archives of the outside companies that take part in these meetings (CA-02)."""
        company = self.env.company
        if not company.ca_open_on_meeting:
            return
        self.env["customer.archive"]._open_for_contacts(
            [
                (company, partner, event.user_id, None)
                for event in self
                for partner in event.sudo().partner_ids.commercial_partner_id.sudo(
                    self.env.su
                )
                if partner.is_company
            ]
        )
