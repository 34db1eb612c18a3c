from odoo import fields, models


class LoanClass(models.Model):
    """How things of a kind are lent: who approves, for how long, where to."""

    _name = "loan.class"
    _description = "Loan Class"
    _order = "sequence, code"
    _check_company_auto = True

    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    code = fields.Char(required=True)
    name = fields.Char(required=True, translate=True)
    company_id = fields.Many2one(comodel_name="res.company", index=True)
    model_id = fields.Many2one(
        comodel_name="ir.model",
        string="Applies to",
        ondelete="cascade",
        help="Kind of thing. Empty: any kind.",
    )
    lending = fields.Selection(
        selection=[
            ("allowed", "May leave its place"),
            ("in_room", "Only for use in the room"),
            ("forbidden", "Not lent"),
        ],
        default="allowed",
        required=True,
    )
    delivery = fields.Selection(
        selection=[
            ("physical", "Handed over"),
            ("electronic", "Electronic: access until the due date"),
        ],
        default="physical",
        required=True,
    )
    approval_group_ids = fields.Many2many(
        comodel_name="res.groups",
        string="Approval by",
        help="Roles that may approve. Empty: no approval needed.",
    )
    duration = fields.Integer(default=3, required=True)
    duration_unit = fields.Selection(
        selection=[
            ("hour", "Working hours"),
            ("working_day", "Working days"),
            ("calendar_day", "Calendar days"),
        ],
        default="working_day",
        required=True,
    )
    max_extensions = fields.Integer(default=1)
