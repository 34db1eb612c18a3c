from odoo import SUPERUSER_ID, models

from odoo.addons.base.models.ir_model import MODULE_UNINSTALL_FLAG


class Base(models.AbstractModel):
    _inherit = "base"

    def unlink(self):
        """Ask the guards against deletion whatever context the caller sends.

        Odoo skips them while a module is uninstalled, and knows that by a key of the context,
        which everybody may send over RPC.
        """
        if self.env.context.get(MODULE_UNINSTALL_FLAG) and not self._is_uninstalled():
            self = self.with_context(**{MODULE_UNINSTALL_FLAG: False})  # noqa: PLW0642
        return super().unlink()

    def load(self, fields, data):
        """Let no name that somebody gives a record on import end the record.

        With the next update of an addon Odoo deletes, past every guard, what bears a name in the addon and is not
        in its files any more, unless its name is marked as not to be updated.
        """
        if self.env["ir.rule"]._is_of_the_suite(self):
            self = self.with_context(noupdate=True)  # noqa: PLW0642
        return super().load(fields, data)

    def _is_uninstalled(self):
        """Tell whether it is Odoo, not a caller, who skips the guards.

        That is the superuser who uninstalls, and code with sudo that makes room among Odoo's own
        records, as a new chart of accounts does.
        """
        if self.env.uid == SUPERUSER_ID or self._name.startswith("ir.model"):
            return True
        return self.env.su and not self.env["ir.rule"]._is_of_the_suite(self)
