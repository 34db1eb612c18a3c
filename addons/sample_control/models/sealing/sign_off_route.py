from odoo import api, models


class SignOffRoute(models.Model):
    """The rules of samples may name the route of a request (G4)."""

    _inherit = "sign.off.route"

    @api.model
    def _match(self, records):
        found = super()._match(records)
        if records._name != "sample.request":
            return found
        for record in records:
            route = record._get_policy_route()
            if route and route._filter(record._sign_off_neutral()):
                found[record.id] = route
        return found


class SignOffRouteStep(models.Model):
    """Roles that a step of a sample request may name."""

    _inherit = "sign.off.route.step"

    @api.model
    def _selection_role(self):
        roles = {
            "sample_technical": self.env._("Sample request: technical side"),
            "sample_quality": self.env._("Sample request: quality"),
            "sample_workshop": self.env._("Sample request: workshop"),
            "sample_purchasing": self.env._("Sample request: purchasing"),
            "sample_using_department": self.env._("Sample request: using department"),
        }
        return [*super()._selection_role(), *roles.items()]
