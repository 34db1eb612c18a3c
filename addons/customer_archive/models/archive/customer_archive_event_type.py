from odoo import fields, models


class CustomerArchiveEventType(models.Model):
    _name = "customer.archive.event.type"
    _description = "Customer archive event type"
    _order = "sequence, id"

    name = fields.Char(
        required=True,
        translate=True,
    )
    code = fields.Char(
        required=True,
        help="Fixed code by which other applications add events of this type.",
    )
    sequence = fields.Integer(
        default=10,
    )
    system = fields.Boolean(
        string="Added by the system",
        help="Events of this type are written by the applications, not by hand.",
    )
    active = fields.Boolean(
        default=True,
    )

    _code_unique = models.UniqueIndex("(code)", "Each event type needs a code of its own.")
