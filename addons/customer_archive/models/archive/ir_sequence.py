from odoo import api, models


class IrSequence(models.Model):
    _inherit = "ir.sequence"

    @api.model
    def _get_numbered_names(self):
        """Customers are numbered beside their archives."""
        names = super()._get_numbered_names()
        names["customer.archive.customer"] = self.env._("Customer number")
        return names
