from odoo import models


class ResPartner(models.Model):
    _inherit = "res.partner"

    def write(self, vals):
        result = super().write(vals)
        if "is_company" in vals:
            # Companies and persons have different checklists. Everybody who may edit the contact keeps them right.
            archives_sudo = self.sudo().ca_archive_ids
            self.env["customer.archive.document"].sudo()._sync_checklist(archives_sudo)
        return result
