from odoo import fields, models


class CustomerArchiveCategory(models.Model):
    _name = "customer.archive.category"
    _description = "Customer archive category"
    _order = "sequence, id"

    name = fields.Char(
        required=True,
        translate=True,
    )
    code = fields.Char(
        required=True,
        help="Short code that begins the index number of every archive of this category.",
    )
    sequence = fields.Integer(
        default=10,
    )
    description = fields.Text(
        translate=True,
    )
    active = fields.Boolean(
        default=True,
    )

    _code_unique = models.UniqueIndex(
        "(code)", "Each archive category needs a code of its own."
    )
