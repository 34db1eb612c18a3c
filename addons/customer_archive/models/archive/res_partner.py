from odoo import fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    ca_archive_ids = fields.One2many(
        comodel_name="customer.archive",
        inverse_name="partner_id",
        string="Customer Archives",
    )
    ca_grade_id = fields.Many2one(
        comodel_name="customer.grade",
        string="Customer Grade",
        company_dependent=True,
        copy=False,
        ondelete="restrict",
    )
    ca_is_key = fields.Boolean(
        string="Key Customer",
        company_dependent=True,
        copy=False,
    )
    ca_is_vip = fields.Boolean(
        string="VIP Customer",
        company_dependent=True,
        copy=False,
    )
    ca_trading_stopped = fields.Boolean(
        string="Trading Stopped",
        company_dependent=True,
        copy=False,
        help="Set by the stop-trading report: orders of this customer cannot be confirmed.",
    )
    ca_credit_status = fields.Selection(
        selection=[
            ("high", "High"),
            ("normal", "Normal"),
            ("low", "Low"),
            ("very_low", "Very low"),
        ],
        string="Credit Status",
        company_dependent=True,
        copy=False,
    )
