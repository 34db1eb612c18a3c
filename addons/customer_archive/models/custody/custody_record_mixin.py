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
