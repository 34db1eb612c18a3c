from odoo import api, fields, models


class ProductProduct(models.Model):
    _inherit = "product.product"

    sample_count = fields.Integer(compute="_compute_sample_count")

    @api.depends_context("uid", "company")
    def _compute_sample_count(self):
        counts = self.env["sample.sample"]._count_by("product_id", self)
        for product in self:
            product.sample_count = counts.get(product._origin, 0)

    def action_view_samples(self):
        """Show the samples of these variants.

        :return: action
        """
        return self.env["sample.sample"]._get_action_for(
            [("product_id", "in", self.ids)],
            {"default_product_id": self[:1].id},
        )
