from odoo import fields, models


class CustomerContactRole(models.Model):
    """What a contact or an address of a customer is to us (CA-32): legal representative, purchasing manager, factory."""

    _name = "customer.contact.role"
    _description = "Role of a customer's contact"
    _order = "sequence, id"

    name = fields.Char(
        required=True,
        translate=True,
    )
    code = fields.Char(
        required=True,
        help="Fixed code by which the cards find the people and places they print.",
    )
    kind = fields.Selection(
        selection=[
            ("person", "Person"),
            ("place", "Place"),
        ],
        required=True,
        default="person",
    )
    sequence = fields.Integer(
        default=10,
        help="The cards print the first contact in this order.",
    )
    active = fields.Boolean(
        default=True,
    )

    _code_unique = models.UniqueIndex("(code)", "Each role needs a code of its own.")
