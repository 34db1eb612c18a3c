from odoo import api, models
from odoo.exceptions import UserError


class AppendOnlyMixin(models.AbstractModel):
    """Rows of a register: written by the system alone, never changed, never deleted.

    ::

        class CustodyLog(models.Model):
            _name = "x.custody.log"
            _description = "Custody Log"
            _inherit = ["append.only.mixin"]

    System code adds rows with ``sudo()``; not even the superuser changes or deletes them.
    """

    _name = "append.only.mixin"
    _description = "Append-only Register"

    @api.model
    def _explain_system_only(self):
        """Say that nobody enters rows by hand, or how they come about. Hook.

        :return: translated sentence
        """
        return self.env._(
            "%(register)s: entries are written by the system alone.",
            register=self._get_register_name(),
        )

    @api.model
    def _get_register_name(self):
        """Return the name of the register in the user's language."""
        return self.env["ir.model"]._get(self._name).name

    @api.private
    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            raise UserError(self._explain_system_only())
        return super().create(vals_list)

    def write(self, vals):
        raise UserError(
            self.env._(
                "%(register)s: entries are never changed.",
                register=self._get_register_name(),
            )
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_any(self):
        raise UserError(
            self.env._(
                "%(register)s: entries are never deleted.",
                register=self._get_register_name(),
            )
        )
