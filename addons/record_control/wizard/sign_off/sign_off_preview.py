from odoo import api, fields, models


class SignOffPreview(models.TransientModel):
    """Answer an administrator's question: who would sign this record?"""

    _name = "sign.off.preview"
    _description = "Who Would Sign?"
    _inherit = ["own.wizard.mixin"]

    route_id = fields.Many2one(
        comodel_name="sign.off.route", required=True, ondelete="cascade"
    )
    res_model = fields.Char(required=True)
    res_id = fields.Many2oneReference(model_field="res_model", string="Record")
    cells = fields.Json(compute="_compute_cells")
    explanation = fields.Text(compute="_compute_cells")

    @api.depends("route_id", "res_model", "res_id")
    @api.depends_context("uid", "lang")
    def _compute_cells(self):
        for preview in self:
            preview.cells = []
            preview.explanation = False
            record = preview._get_record()
            if not record:
                continue
            route = self.env["sign.off.route"]._match(record)[record.id]
            preview.explanation = preview._explain_route(route)
            if route:
                preview.cells = record._preview_cells(route)

    def _get_record(self):
        """The chosen record, provided that the administrator may read it."""
        self.ensure_one()
        if (
            not self.res_id
            or self.res_model not in self.env["sign.off.request"]._get_signed_models()
        ):
            return None
        return (
            self.env[self.res_model]
            .browse(self.res_id)
            .exists()
            ._filtered_access("read")
        )

    def _explain_route(self, route):
        if not route:
            return self.env._(
                "No route fits this record: it cannot be put up for signature."
            )
        if route.id != self.route_id.id:
            return self.env._(
                "This record takes another route: “%(route)s”.", route=route.name
            )
        return self.env._("This record takes this route.")
