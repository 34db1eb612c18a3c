from odoo import api, models

from .ir_attachment import CONTENT_FIELDS


class Base(models.AbstractModel):
    _inherit = "base"

    #: stored many2one fields to files and mail templates: a letter by post, a reminder of the calendar
    _taken_fields = frozenset()

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
        # of each model, so that none has those of a mixin
        self.env.registry[self._name]._taken_fields = self._find_taken_fields()

    @api.model
    def _find_taken_fields(self):
        """Return the names of :attr:`_taken_fields`; windows fill in letters with the rights of their user.

        :rtype: frozenset
        """
        if self._transient or self._name == "ir.attachment":
            return frozenset()
        return frozenset(
            name
            for name, field in self._fields.items()
            if field.type == "many2one"
            and field.comodel_name in ("ir.attachment", "mail.template")
            and field.store
        )

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        if self._taken_fields and not self.env.su:
            records._check_taken(self._taken_fields)
        return records

    def write(self, vals):
        result = super().write(vals)
        if self._taken_fields and not self.env.su:
            self._check_taken(self._taken_fields & vals.keys())
        return result

    def _check_taken(self, names):
        """Refuse what jobs of the system would send of restricted records for the user.

        That are files that he may not download, and templates that are about other records than these. Those who edit
        the templates of everybody name them where they are used.

        :param names: fields out of :attr:`_taken_fields`
        """
        is_editor = self.env.user.has_group("mail.group_mail_template_editor")
        for name in names:
            # sudo: what it is does not depend on who asks
            taken = self.sudo().mapped(name).sudo(False)
            if taken._name == "ir.attachment":
                taken._check_passed_on()
            elif not is_editor:
                taken._check_not_about_others(self._name)
