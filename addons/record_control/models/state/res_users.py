from odoo import api, models
from odoo.exceptions import UserError


class ResUsers(models.Model):
    """Whoever took a step of a guarded record stays: without the user, the record would not say who it was."""

    _inherit = "res.users"

    @api.ondelete(at_uninstall=False)
    def _unlink_except_stamped(self):
        """Refuse to delete people whom guarded records name for what they did.

        :raises UserError: naming the users and the kinds of records
        """
        users, kinds = self.browse(), []
        for model, name in self._get_stamp_fields():
            # sudo: records that the user may not see, archived ones too, keep their people as well
            records_sudo = self.env[model].sudo().with_context(active_test=False)
            found = records_sudo._read_group([(name, "in", self.ids)], [name])
            if found:
                users = users.union(*(user for (user,) in found))
                kinds.append(self.env["ir.model"]._get(model).name)
        if users:
            raise UserError(
                self.env._(
                    "%(users)s took steps that stay on record (%(kinds)s): archive instead of deleting.",
                    users=", ".join(users.sudo().mapped("name")),
                    kinds=", ".join(dict.fromkeys(kinds)),
                )
            )

    @api.model
    def _get_stamp_fields(self):
        """Return the fields in which the system notes who did something, as pairs of model and field name."""
        guard = self.env.registry["protected.fields.mixin"]
        return [
            (model, name)
            for model, cls in self.env.registry.items()
            if issubclass(cls, guard) and cls._auto and not cls._abstract
            for name in self.env[model]._get_protected_fields()
            if (field := cls._fields.get(name))
            and field.store
            and field.type == "many2one"
            and field.comodel_name == self._name
        ]
