from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    ca_consultation_approver = fields.Selection(
        related="company_id.ca_consultation_approver",
        readonly=False,
    )
    ca_mass_change_limit = fields.Integer(
        related="company_id.ca_mass_change_limit",
        readonly=False,
    )
