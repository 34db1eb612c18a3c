from odoo import models


class MailTrackingValue(models.Model):
    """A change that names a restricted record is shown to who may see that record.

    The name was written down as whoever made the change saw it, in the chatter of a record that others read, too.
    """

    _inherit = "mail.tracking.value"

    def _filter_has_field_access(self, env):
        shown = super()._filter_has_field_access(env)
        # the user decides, also where core asks as superuser on behalf of a user
        user_env = env(su=False)
        for model_name, values in shown._group_by_restricted_model().items():
            seen = user_env[model_name].browse(values._get_named_ids())
            seen_ids = set(seen._filtered_access("read")._ids)
            shown -= values.filtered(
                lambda value, seen_ids=seen_ids: value._get_named_ids() - seen_ids
            )
        return shown

    def _filter_free_field_access(self):
        """Leave restricted records out of what is mailed to everybody alike."""
        free = super()._filter_free_field_access()
        return free - free.browse().union(*free._group_by_restricted_model().values())

    def _group_by_restricted_model(self):
        """Return those of these values that name restricted records, by the model of the records."""
        restricted = self.env["ir.rule"]._get_restricted_models()
        found = self.grouped(lambda value: value._get_named_model())
        return {name: found[name] for name in restricted if name in found}

    def _get_named_model(self):
        """Return the model of what a tracked many2one points at; nothing of other fields."""
        self.ensure_one()
        tracked = self.env.get(self.field_id.model)
        field = tracked is not None and tracked._fields.get(self.field_id.name)
        return field and field.type == "many2one" and field.comodel_name

    def _get_named_ids(self):
        """Return the ids that these values of many2one fields name."""
        return {
            *self.mapped("old_value_integer"),
            *self.mapped("new_value_integer"),
        } - {0}
