from odoo import models


class SampleSignOffMixin(models.AbstractModel):
    """Signed records that may go back to an earlier state: what was signed until then does not count."""

    _name = "sample.sign.off.mixin"
    _description = "Signed, and Perhaps Sent Back"
    _inherit = "sign.off.mixin"

    def _close_sign_off(self):
        """End the round of records that go back before they count: they are signed anew later."""
        # sudo: rounds are written by the system alone
        rounds_sudo = self.sudo().sign_off_request_id
        rounds_sudo.filtered(lambda r: r.state == "open")._withdraw()
        sealed_sudo = rounds_sudo.filtered(lambda r: r.state == "sealed")
        if sealed_sudo:
            sealed_sudo._make_void(
                {
                    sealed: self.env._(
                        "%(user)s sent %(request)s back.",
                        user=self.env.user.name,
                        request=sealed.name,
                    )
                    for sealed in sealed_sudo
                }
            )
