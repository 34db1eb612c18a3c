from odoo import api, fields, models

from odoo.addons.record_control.models.access.restricted_fields import (
    RestrictedOne2many,
)


class ProductTemplate(models.Model):
    _inherit = "product.template"

    sample_ids = RestrictedOne2many(
        comodel_name="sample.sample",
        inverse_name="product_tmpl_id",
        string="Samples",
    )
    sample_count = fields.Integer(compute="_compute_sample_count")

    @api.depends("sample_ids")
    def _compute_sample_count(self):
        counts = self.env["sample.sample"]._count_by("product_tmpl_id", self)
        for template in self:
            template.sample_count = counts.get(template._origin, 0)

    def action_view_samples(self):
        """Show the samples of these products.

        :return: action
        """
        return self.env["sample.sample"]._get_action_for(
            [("product_tmpl_id", "in", self.ids)],
            {"default_product_id": self.product_variant_id.id},
        )
