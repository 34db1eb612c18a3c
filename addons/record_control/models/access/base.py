from odoo import api, models

from .ir_attachment import CONTENT_FIELDS


class Base(models.AbstractModel):
    _inherit = "base"

    #: stored many2one fields by which a record takes a file as its own: a letter by post, a document of a product
    _file_fields = frozenset()

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
        if self._name != "ir.attachment":
            self.env.registry[self._name]._file_fields = frozenset(
                name
                for name, field in self._fields.items()
                if field.type == "many2one"
                and field.comodel_name == "ir.attachment"
                and field.store
            )

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        if self._file_fields and not self.env.su:
            records._check_files_taken(self._file_fields)
        return records

    def write(self, vals):
        result = super().write(vals)
        if self._file_fields and not self.env.su:
            self._check_files_taken(self._file_fields & vals.keys())
        return result

    def _check_files_taken(self, names):
        """Refuse to take a file that the user may not download: jobs of the system read and send it later.

        :param names: fields out of :attr:`_file_fields`
        """
        for name in names:
            # sudo: which file it is does not depend on who asks
            self.sudo().mapped(name).sudo(False)._check_passed_on()
