from odoo import fields, models


class CustomerArchiveInspectionItem(models.Model):
    """One thing that is checked of every archive (CA-09)."""

    _name = "customer.archive.inspection.item"
    _description = "Archive inspection item"
    _inherit = ["company.boundary.mixin"]
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
    company_id = fields.Many2one(
        comodel_name="res.company",
        # with its company: without, it would hold in all others
        ondelete="cascade",
        index="btree_not_null",
        help="Leave empty when all companies check it.",
    )
    is_protection = fields.Boolean(
        string="Protection",
        help="One of the protections of the archive room: the regulation speaks of eight and names five.",
    )
    known_from = fields.Selection(
        selection=[
            ("completeness", "Completeness of the archive"),
            ("refresh", "Refreshes that are overdue"),
            ("loan", "Loans that are overdue"),
        ],
        help="The result is filled in from the system when the archives are loaded; the inspector may correct it.",
    )
    note = fields.Text(
        translate=True,
    )
