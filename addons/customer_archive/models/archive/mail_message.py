from odoo import models
from odoo.fields import Domain


class MailMessage(models.Model):
    """What changed at a customer stays in the change ledger of its archive (CA-08, L-06)."""

    _inherit = "mail.message"

    def _is_history(self):
        """The ledger shows what Odoo tracked on contacts, too."""
        if super()._is_history():
            return True
        if self.model != "res.partner" or not self.tracking_value_ids:
            return False
        customer = self.env["res.partner"].browse(self.res_id)
        return bool(customer._search_ca_archives_sudo(Domain.TRUE))
