from odoo import models
from odoo.exceptions import UserError


class CustomerArchiveCustodyMixin(models.AbstractModel):
    """What the records of custody (refresh, inspection, filing, handover, destruction) have in common."""

    _name = "customer.archive.custody.mixin"
    _description = "Record of archive custody"
    _inherit = [
        "guarded.state.mixin",
        "customer.archive.activity.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]

    def write(self, vals):
        """Write other values before the state: the gates judge the record as it will be."""
        if "state" in vals and len(vals) > 1:
            self.write({name: value for name, value in vals.items() if name != "state"})
            vals = {"state": vals["state"]}
        return super().write(vals)

    def _refuse(self, sentence):
        """Refuse something for the records in ``self``; nothing happens when there are none.

        :param str sentence: translated sentence without the records
        :raises UserError: naming every record
        """
        if self:
            names = ", ".join(self.mapped("display_name"))
            raise UserError(
                self.env._(
                    "%(sentence)s: %(records)s.", sentence=sentence, records=names
                )
            )
