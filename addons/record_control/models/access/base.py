from odoo import api, models

from .ir_attachment import CONTENT_FIELDS


class Base(models.AbstractModel):
    _inherit = "base"

    @api.model
    def _post_model_setup__(self):
        """Let no field of another record show the content of a file past the rights of its reader.

        Odoo reads what a related field shows as superuser, and asks nobody whether he may download.
        """
        super()._post_model_setup__()
        for field in self._fields.values():
            shown = field
            while shown.related and shown.related_field:
                shown = shown.related_field
            if (
                shown is not field
                and shown.model_name == "ir.attachment"
                and shown.name in CONTENT_FIELDS
            ):
                field.compute_sudo = False
