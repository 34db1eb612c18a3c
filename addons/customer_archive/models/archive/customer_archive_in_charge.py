from odoo import SUPERUSER_ID, api, fields, models
from odoo.fields import Command


class CustomerArchiveInChargeMixin(models.AbstractModel):
    """Records that a person in charge draws up and others sign: whoever drew them up signs none of the approvals.

    That is the person in charge, whoever was in charge before since the last seal, and whoever created the record;
    another name in the record does not make somebody else its author.
    """

    _name = "customer.archive.in.charge.mixin"
    _description = "Record with a person in charge"
    _inherit = ["sign.off.mixin"]

    former_user_ids = fields.Many2many(
        comodel_name="res.users",
        string="Formerly in Charge",
        readonly=True,
        copy=False,
        help="Who was in charge since the record was last signed by all: they drew it up and do not review it.",
    )

    @api.model
    def _get_protected_fields(self):
        return super()._get_protected_fields() | {"former_user_ids"}

    def write(self, vals):
        former = {}
        if "user_id" in vals:
            former = {
                record: record.user_id
                for record in self
                if record.user_id and record.user_id.id != vals["user_id"]
            }
        result = super().write(vals)
        for record, user in former.items():
            # sudo: noted whoever hands the record over
            record.sudo().former_user_ids = [Command.link(user.id)]
        return result

    def _get_sign_off_authors(self):
        authors = super()._get_sign_off_authors() | self.user_id | self.former_user_ids
        return authors | self._get_creators()

    def _get_creators(self):
        """Return who created this record by hand. Hook: the system creates in the name of others."""
        return self.create_uid.filtered(lambda user: user.id != SUPERUSER_ID)

    def _on_sign_off_sealed(self):
        super()._on_sign_off_sealed()
        self.former_user_ids = [Command.clear()]
