from odoo import fields, models
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


class CustomerArchiveCustodyFormMixin(models.AbstractModel):
    """Numbered forms of custody (inspection, filing, handover, destruction): number and company."""

    _name = "customer.archive.custody.form.mixin"
    _description = "Form of archive custody"
    _inherit = [
        "numbering.mixin",
        "customer.archive.custody.mixin",
        "controlled.form.mixin",
    ]
    _check_company_auto = True

    name = fields.Char(
        required=True,
        readonly=True,
        copy=False,
        default="/",
        index="trigram",
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
