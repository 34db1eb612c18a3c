from odoo import api, fields, models


class SignOffPreview(models.TransientModel):
    """Answer an administrator's question: who would sign this record?"""

    _name = "sign.off.preview"
    _description = "Who Would Sign?"

    route_id = fields.Many2one(comodel_name="sign.off.route", required=True, ondelete="cascade")
    res_model = fields.Char(required=True)
    res_id = fields.Many2oneReference(model_field="res_model", string="Record")
    cells = fields.Json(compute="_compute_cells")
    explanation = fields.Text(compute="_compute_cells")

    @api.depends("route_id", "res_model", "res_id")
    def _compute_cells(self):
        self.cells = []
        self.explanation = False
