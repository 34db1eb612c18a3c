from odoo import api, fields, models

from .sign_off_route_step import SIGNER_TYPES

STATES = [
    ("not_needed", "Not needed"),
    ("waiting", "Later"),
    ("open", "To sign"),
    ("signed", "Signed"),
    ("refused", "Refused"),
    ("cancelled", "Cancelled"),
]


class SignOffRequestStep(models.Model):
    """One cell of one round: copied from the route when the round began."""

    _name = "sign.off.request.step"
    _description = "Sign-off Step"
    _inherit = ["sign.off.trail.mixin"]
    _order = "request_id, sequence, id"

    request_id = fields.Many2one(
        comodel_name="sign.off.request",
        string="Round",
        required=True,
        readonly=True,
        index=True,
        bypass_search_access=True,
        ondelete="cascade",
    )
    route_step_id = fields.Many2one(comodel_name="sign.off.route.step", readonly=True, index="btree_not_null")
    sequence = fields.Integer(string="Order", readonly=True, aggregator=None)
    name = fields.Char(string="Title", required=True, readonly=True)
    signer_type = fields.Selection(selection=SIGNER_TYPES, required=True, readonly=True)
    user_id = fields.Many2one(comodel_name="res.users", readonly=True, index="btree_not_null")
    group_id = fields.Many2one(comodel_name="res.groups", readonly=True, index="btree_not_null")
    role = fields.Selection(
        selection=lambda self: self.env["sign.off.route.step"]._selection_role(),
        readonly=True,
    )
    condition_domain = fields.Char(readonly=True, default="[]")
    min_amount = fields.Float(readonly=True)
    deadline_days = fields.Integer(readonly=True)
    state = fields.Selection(selection=STATES, required=True, readonly=True, default="waiting", index=True)
    user_ids = fields.Many2many(
        comodel_name="res.users",
        relation="sign_off_request_step_user_rel",
        column1="step_id",
        column2="user_id",
        string="May Sign",
        readonly=True,
    )
    opened_at = fields.Datetime(readonly=True)
    date_deadline = fields.Date(string="Deadline", readonly=True)
    note = fields.Char(readonly=True, help="Why somebody else than foreseen is asked to sign.")

    @api.model_create_multi
    def create(self, vals_list):
        self._refuse_unless_system()
        return super().create(vals_list)

    def write(self, vals):
        self._refuse_unless_system()
        return super().write(vals)

    @api.model
    def _refresh_signers_of(self, users):
        """Find out again who may sign the open steps that concern ``users``."""
