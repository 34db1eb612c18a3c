from odoo import models


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    def session_info(self):
        """Tell the web client which models have a ledger, so that only their lists offer the export."""
        result = super().session_info()
        if self.env.user._is_internal():
            result["record_control_ledger_models"] = self.env[
                "ledger.mixin"
            ]._get_ledger_models()
        return result
