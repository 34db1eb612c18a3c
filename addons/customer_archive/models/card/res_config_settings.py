from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    ca_trade_basis = fields.Selection(
        related="company_id.ca_trade_basis", readonly=False
    )
    ca_new_customer_report = fields.Boolean(
        related="company_id.ca_new_customer_report", readonly=False
    )
    ca_personal_data = fields.Boolean(
        related="company_id.ca_personal_data", readonly=False
    )
    ca_personal_data_purpose = fields.Char(
        related="company_id.ca_personal_data_purpose", readonly=False
    )
    ca_print_personal_data = fields.Boolean(
        related="company_id.ca_print_personal_data", readonly=False
    )
    ca_birthday_days = fields.Integer(
        related="company_id.ca_birthday_days",
        readonly=False,
    )
