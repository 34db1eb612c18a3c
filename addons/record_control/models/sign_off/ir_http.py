from odoo import models


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    @classmethod
    def _get_translation_frontend_modules_name(cls):
        """The page on which contacts sign speaks their language."""
        return [*super()._get_translation_frontend_modules_name(), "record_control"]
