from odoo import SUPERUSER_ID, models

from odoo.addons.base.models.ir_model import MODULE_UNINSTALL_FLAG


class Base(models.AbstractModel):
    _inherit = "base"

    def unlink(self):
        """Ask the guards against deletion whatever context the caller sends.

        Odoo skips them while a module is uninstalled, which the superuser does, and knows that
        by a key of the context, which everybody may send over RPC.
        """
        by_system = self.env.uid == SUPERUSER_ID or self._name.startswith("ir.model")
        if self.env.context.get(MODULE_UNINSTALL_FLAG) and not by_system:
            self = self.with_context(**{MODULE_UNINSTALL_FLAG: False})  # noqa: PLW0642
        return super().unlink()
