from odoo import models


class SignOffRequest(models.Model):
    _inherit = "sign.off.request"

    def _advance(self):
        result = super()._advance()
        requests = self.filtered(lambda request: request.res_model == "customer.archive" and request.state == "open")
        if requests:
            # The signature was checked; the state of the archive follows from it.
            self.env["customer.archive"].sudo().browse(requests.mapped("res_id"))._move_to_approval()
        return result
