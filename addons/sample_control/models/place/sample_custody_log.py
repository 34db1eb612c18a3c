from odoo import fields, models

CUSTODY_STATES = [
    ("stored", "In its place"),
    ("on_site", "In use on site"),
    ("loaned", "On loan"),
    ("in_lab", "Being inspected"),
    ("at_customer", "At the customer"),
    ("at_supplier", "At the supplier"),
    ("isolated", "Isolated"),
]


class SampleCustodyLog(models.Model):
    """Append-only: every move of a sample, who, when, from where to where and why (SC-32.4)."""

    _name = "sample.custody.log"
    _description = "Sample Custody Log"
    _inherit = ["append.only.mixin", "restricted.line.mixin"]
    _order = "id desc"
    _restricted_parent_field = "sample_id"

    sample_id = fields.Many2one(
        comodel_name="sample.sample",
        required=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(comodel_name="res.company", required=True, index=True)
    moved_at = fields.Datetime(string="When", required=True, index=True)
    user_id = fields.Many2one(
        comodel_name="res.users", string="Who", required=True, index=True
    )
    location_from_id = fields.Many2one(
        comodel_name="sample.location",
        string="From",
        index="btree_not_null",
        ondelete="restrict",
    )
    location_id = fields.Many2one(
        comodel_name="sample.location",
        string="To",
        index="btree_not_null",
        ondelete="restrict",
    )
    holder_from_id = fields.Many2one(
        comodel_name="res.partner", string="From Holder", ondelete="restrict"
    )
    holder_id = fields.Many2one(
        comodel_name="res.partner",
        string="To Holder",
        index="btree_not_null",
        ondelete="restrict",
    )
    custody_state_from = fields.Selection(selection=CUSTODY_STATES, string="Was")
    custody_state = fields.Selection(
        selection=CUSTODY_STATES, string="Is", required=True
    )
    reason = fields.Char()
    origin_res_model = fields.Char(string="Caused By (model)")
    origin_res_id = fields.Many2oneReference(
        string="Caused By", model_field="origin_res_model"
    )
