from odoo import fields, models

from ..policy.sample_policy import ROLES
from .sample_responsibility import PARTS


class SampleRequestParty(models.Model):
    """Who takes part in a request: a role, its department, and the person (SC-12, SC-16)."""

    _name = "sample.request.party"
    _description = "Party of a Sample Request"
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
