from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    ca_consultation_approver = fields.Selection(
        selection=[("manager", "Managers"), ("director", "Directors")],
        string="Access to archives of others is approved by",
        default="director",
        required=True,
        help="The regulations name the general manager, the chairman or the customer "
        "director; directors are our default.",
    )
