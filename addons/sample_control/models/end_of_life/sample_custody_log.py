from odoo import api, models


class SampleCustodyLog(models.Model):
    _inherit = "sample.custody.log"

    @api.depends("moved_at", "location_id", "holder_id")
    def _compute_display_name(self):
        """Name an entry by its day and where the piece went, for the exception that quotes it."""
        sheet = self.env["record_control.print.sheet"]
        for log in self:
            # sudo: who has a piece is seen by all who see the piece
            log_sudo = log.sudo()
            place = log_sudo.holder_id.name or log_sudo.location_id.complete_name or ""
            moment = sheet._format_moment(log_sudo, log_sudo.moved_at)
            log.display_name = f"{moment} {place}".strip()
