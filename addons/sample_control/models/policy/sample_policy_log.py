from odoo import api, fields, models
from odoo.exceptions import UserError


class SamplePolicyLog(models.Model):
    """Append-only: who had the rules of which record looked up again, why, and what it changed (SC-39.6)."""

    _name = "sample.policy.log"
    _description = "Recalculation of Sample Rules"
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

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            raise UserError(self.env._("The log is written by the system alone."))
        return super().create(vals_list)

    def write(self, vals):
        raise UserError(self.env._("The log of recalculations cannot be changed."))

    @api.ondelete(at_uninstall=False)
    def _unlink_except_any(self):
        raise UserError(self.env._("The log of recalculations cannot be deleted."))
