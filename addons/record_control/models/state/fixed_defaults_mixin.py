from odoo import api, models


class FixedDefaultsMixin(models.AbstractModel):
    """Fields that start with their own default, whatever defaults somebody brings along.

    ``default_*`` keys of the context and defaults a user stored for himself reach ``create`` behind the back of
    whoever checks its values, also when the system creates a record on behalf of the user. A model that lets only
    some people set a field names it here::

        @api.model
        def _get_fixed_default_fields(self):
            return super()._get_fixed_default_fields() | {"keeper_id"}
    """

    _name = "fixed.defaults.mixin"
    _description = "Fields whose default nobody chooses"

    @api.model
    def _get_fixed_default_fields(self):
        """Return the names of the fields whose only default is that of the field. Hook.

        :return: a set of field names
        """
        return set()

    @api.model
    def default_get(self, fields):
        """Ignore defaults that somebody chose, for the system as well: it acts in the context of its caller."""
        defaults = super().default_get(fields)
        for name in self._get_fixed_default_fields().intersection(fields):
            defaults.pop(name, None)
            default = self._fields[name].default
            if default:
                defaults[name] = self._fields[name].convert_to_write(
                    default(self), self
                )
        return defaults
