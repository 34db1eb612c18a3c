from odoo import api, models
from odoo.exceptions import UserError


class SampleDeliveredMixin(models.AbstractModel):
    """Entries of a list of which some are delivered, which the program asks for by their code.

    Without them no failure could be reported and no successor asked for (SC-14, SC-49): they keep their code and
    are archived at most, so that nobody chooses them.
    """

    _name = "sample.delivered.mixin"
    _description = "List with Delivered Entries"

    def write(self, vals):
        if "code" in vals:
            self.filtered(
                lambda entry: entry.code != vals["code"]
            )._check_not_delivered()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_delivered(self):
        self._check_not_delivered()

    def _check_not_delivered(self):
        """Refuse to rename or delete delivered entries; the system does it with sudo.

        :raises UserError: naming them
        """
        if self.env.su:
            return
        # sudo: what is delivered does not depend on who asks
        names_sudo = self.env["ir.model.data"].sudo()
        delivered = names_sudo.search(
            [
                ("module", "=", "sample_control"),
                ("model", "=", self._name),
                ("res_id", "in", self.ids),
            ]
        ).mapped("res_id")
        if delivered:
            raise UserError(
                self.env._(
                    "These are delivered and asked for by their code: archive them instead of deleting, and keep the "
                    "code: %(names)s.",
                    names=", ".join(self.browse(delivered).mapped("display_name")),
                )
            )
