from odoo import models


class ControlledFormRevision(models.Model):
    _inherit = "controlled.form.revision"

    def _get_used(self):
        """A revision over which something was signed is used, printed or not."""
        # sudo: rounds of records that the user may not see count as well
        requests_sudo = self.env["sign.off.request"].sudo()
        groups = requests_sudo._read_group(
            [("form_revision_id", "in", self.ids)], ["form_revision_id"]
        )
        sealed = self.browse([revision.id for (revision,) in groups])
        return super()._get_used() | sealed
