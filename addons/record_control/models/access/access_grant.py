from odoo import api, fields, models

STATES = [
    ("requested", "Requested"),
    ("approved", "Approved"),
    ("refused", "Refused"),
    ("revoked", "Revoked"),
    ("expired", "Expired"),
]


class AccessGrant(models.Model):
    """Permission for one person to see named records until the end of a day."""

    _name = "access.grant"
    _description = "Access Grant"
    _order = "id desc"

    name = fields.Char(
        string="Number",
        readonly=True,
        copy=False,
    )
    state = fields.Selection(
        selection=STATES,
        default="requested",
        required=True,
        readonly=True,
        copy=False,
        index=True,
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="For",
        required=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env.user,
    )
    requester_id = fields.Many2one(
        comodel_name="res.users",
        string="Requested by",
        required=True,
        readonly=True,
        copy=False,
        ondelete="restrict",
        default=lambda self: self.env.user,
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    res_model = fields.Char(
        string="Record Type",
        required=True,
    )
    res_id = fields.Many2oneReference(
        string="Record",
        model_field="res_model",
        compute="_compute_res_id",
        inverse="_inverse_res_id",
        help="The record, when the grant covers just one.",
    )
    line_ids = fields.One2many(
        comodel_name="access.grant.line",
        inverse_name="grant_id",
        string="Records",
        copy=True,
    )
    right_read = fields.Boolean(string="Read", default=True, readonly=True)
    right_print = fields.Boolean(string="Print")
    right_export = fields.Boolean(string="Export")
    right_download = fields.Boolean(string="Download")
    right_borrow = fields.Boolean(string="Borrow")
    date_from = fields.Date(
        string="From",
        required=True,
        default=fields.Date.context_today,
    )
    date_to = fields.Date(
        string="Until",
        required=True,
        help="The grant ends by itself at the end of this day, in the company's time zone.",
    )
    purpose = fields.Char(required=True)
    reason = fields.Text(required=True)
    approver_id = fields.Many2one(
        comodel_name="res.users",
        string="Decided by",
        readonly=True,
        copy=False,
        ondelete="restrict",
    )

    @api.depends("line_ids.res_id")
    def _compute_res_id(self):
        for grant in self:
            grant.res_id = grant.line_ids.res_id if len(grant.line_ids) == 1 else False

    def _inverse_res_id(self):
        for grant in self.filtered("res_id"):
            grant.line_ids = [
                fields.Command.clear(),
                fields.Command.create({"res_id": grant.res_id}),
            ]

    def action_approve(self):
        """Grant the access. Never by the requester or the grantee."""

    def action_refuse(self):
        """Open the wizard that asks why the request is refused."""

    def action_revoke(self):
        """End a grant before its last day."""


class AccessGrantLine(models.Model):
    """One record that a grant covers."""

    _name = "access.grant.line"
    _description = "Access Grant Record"

    grant_id = fields.Many2one(
        comodel_name="access.grant",
        required=True,
        index=True,
        ondelete="cascade",
    )
    res_model = fields.Char(related="grant_id.res_model", store=True, index=True)
    res_id = fields.Many2oneReference(
        string="Record",
        model_field="res_model",
        required=True,
    )
