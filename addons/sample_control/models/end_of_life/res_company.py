from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    sample_retention_years = fields.Integer(
        string="Keep Sample Records (years)",
        default=1,
        help="Years after the product has left the market for which the files of its samples are kept. "
        "One year is our default; the source names none (SC-56.4).",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    sample_retention_years = fields.Integer(
        related="company_id.sample_retention_years", readonly=False
    )
