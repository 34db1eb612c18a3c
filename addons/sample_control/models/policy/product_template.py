from odoo import api, fields, models


class ProductTemplate(models.Model):
    _inherit = "product.template"

    sample_required = fields.Boolean(
        string="Needs a Sample",
        tracking=True,
        index=True,
        help="The product is made and accepted with a valid sample at hand.",
    )
    sample_reason_ids = fields.Many2many(
        comodel_name="sample.reason",
        string="Reasons for a Sample",
        help="Why this product needs a sample.",
    )
    is_key_part = fields.Boolean(
        string="Key Part",
        tracking=True,
        index=True,
        help="Safety or function depends on it: samples are picked at random from mass production "
        "and need test reports.",
    )
    sample_discontinued = fields.Boolean(
        string="No Longer on the Market",
        tracking=True,
        help="Samples are kept until their validity ends and are not signed again.",
    )
    sample_discontinued_date = fields.Date(
        string="Discontinued On",
        compute="_compute_sample_discontinued_date",
        store=True,
        readonly=False,
    )

    @api.depends("sample_discontinued")
    def _compute_sample_discontinued_date(self):
        for template in self:
            company = template.company_id or self.env.company
            if not template.sample_discontinued:
                template.sample_discontinued_date = False
            elif not template.sample_discontinued_date:
                template.sample_discontinued_date = company._record_control_today()
