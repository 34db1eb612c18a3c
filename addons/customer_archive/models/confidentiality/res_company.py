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
    ca_mass_change_limit = fields.Integer(
        string="Mass Changes of Archives Signed from",
        default=20,
        required=True,
        help="So many archives changed at once are a mass change, which the general manager signs first. The regulation "
        "names no number; twenty is our default.",
    )

    _ca_mass_change_limit_many = models.Constraint(
        "CHECK(ca_mass_change_limit >= 2)",
        "A mass change begins with two archives.",
    )
