from odoo import fields, models


class CustomerEnterpriseType(models.Model):
    """Kind of enterprise as the cards ask it (CA-31): state-owned, private, joint venture."""

    _name = "customer.enterprise.type"
    _description = "Enterprise type"
    _order = "sequence, id"

    name = fields.Char(
        required=True,
        translate=True,
    )
    sequence = fields.Integer(
        default=10,
    )
    active = fields.Boolean(
        default=True,
    )

    _name_unique = models.UniqueIndex(
        "(name)", "There is already an enterprise type of this name."
    )
