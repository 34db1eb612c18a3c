from odoo import fields, models


class CustomerGrade(models.Model):
    _name = "customer.grade"
    _description = "Customer grade"
    _order = "sequence, id"

    name = fields.Char(
        required=True,
        translate=True,
    )
    code = fields.Char(
        required=True,
    )
    sequence = fields.Integer(
        default=10,
        help="The best grade comes first.",
    )
    color = fields.Integer()
    active = fields.Boolean(
        default=True,
    )
    approval_required = fields.Boolean(
        string="Archive needs approval",
        help="Archives of customers of this grade are approved by a director after the review, when the company "
        "asks approval of important customers.",
    )

    _code_unique = models.UniqueIndex("(code)", "Each grade needs a code of its own.")
