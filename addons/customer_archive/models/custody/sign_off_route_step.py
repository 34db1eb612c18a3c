from odoo import api, models


class SignOffRouteStep(models.Model):
    _inherit = "sign.off.route.step"

    @api.model
    def _selection_role(self):
        return [
            *super()._selection_role(),
            ("leaver", self.env._("Employee who hands over")),
            ("receiver", self.env._("Employee who takes over")),
            ("executor", self.env._("Executes the destruction")),
            ("witness", self.env._("Witness of the destruction")),
        ]
