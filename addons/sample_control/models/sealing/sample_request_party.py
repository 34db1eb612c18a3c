from odoo import api, fields, models

from ..policy.sample_policy import ROLES
from .sample_responsibility import PARTS


class SampleRequestParty(models.Model):
    """Who takes part in a request: a role, its department, and the person (SC-12, SC-16)."""

    _name = "sample.request.party"
    _description = "Party of a Sample Request"
    _inherit = ["fixed.parent.mixin", "protected.fields.mixin"]
    _order = "request_id, part, id"
    _check_company_auto = True

    request_id = fields.Many2one(
        comodel_name="sample.request",
        required=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        related="request_id.company_id", store=True, index=True
    )
    part = fields.Selection(selection=PARTS, required=True, default="participate")
    role = fields.Selection(selection=ROLES, required=True)
    department_id = fields.Many2one(comodel_name="hr.department", check_company=True)
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Person",
        index="btree_not_null",
        domain=[("share", "=", False)],
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Contact",
        index="btree_not_null",
        check_company=True,
        help="The person of the customer or supplier.",
    )

    @api.model
    def _get_fixed_parent_fields(self):
        return super()._get_fixed_parent_fields() | {"request_id"}

    @api.model_create_multi
    def create(self, vals_list):
        """Nobody takes part in a request by naming himself: the rules are asked before the line is there."""
        default = self.default_get(["request_id"]).get("request_id")
        request_ids = {vals.get("request_id", default) for vals in vals_list}
        self.env["sample.request"].browse(request_ids - {None, False}).check_access(
            "write"
        )
        return super().create(vals_list)
