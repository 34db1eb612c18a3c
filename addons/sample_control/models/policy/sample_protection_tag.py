from odoo import fields, models


class SampleProtectionTag(models.Model):
    """What a sample or a place must be protected from (SC-31)."""

    _name = "sample.protection.tag"
    _description = "Sample Protection"
    _inherit = ["company.boundary.mixin"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    color = fields.Integer()
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        comodel_name="res.company",
        # with its company: without, it would hold in all others
        ondelete="cascade",
        index=True,
        help="Empty: in all companies. What a company sets up holds in its branches, too.",
    )

    _name_unique = models.UniqueIndex(
        "(name, COALESCE(company_id, 0))",
        "There is a protection of this name already.",
    )
