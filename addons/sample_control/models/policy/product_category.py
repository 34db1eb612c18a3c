from odoo import fields, models


class ProductCategory(models.Model):
    _inherit = "product.category"

    sample_type_id = fields.Many2one(
        comodel_name="sample.type",
        string="Default Sample Type",
        help="Proposed for new samples of products of this category.",
    )
