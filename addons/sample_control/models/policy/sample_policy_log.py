from odoo import fields, models


class SamplePolicyLog(models.Model):
    """Append-only: who had the rules of which record looked up again, why, and what it changed (SC-39.6)."""

    _name = "sample.policy.log"
    _description = "Recalculation of Sample Rules"
    _inherit = ["append.only.mixin"]
    _order = "id desc"

    res_model = fields.Char(string="Model", required=True, index=True)
    res_id = fields.Many2oneReference(
        string="Record", model_field="res_model", required=True, index=True
    )
    res_name = fields.Char(string="Name", required=True)
    company_id = fields.Many2one(comodel_name="res.company", required=True, index=True)
    user_id = fields.Many2one(comodel_name="res.users", required=True)
    reason = fields.Text(required=True)
    changes = fields.Text(required=True)
    old_snapshot = fields.Json()
    new_snapshot = fields.Json()
