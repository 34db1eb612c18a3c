from odoo import fields, models


class CustomerArchiveChurnReason(models.Model):
    _name = "customer.archive.churn.reason"
    _description = "Reason for losing a customer"
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
