from odoo import SUPERUSER_ID, api, fields, models


def model_depends(model, method_name, attribute):
    """Collect what a compute method of a model depends on, over its overrides.

    :param model: recordset
    :param str method_name: name of the compute method
    :param str attribute: ``_depends`` or ``_depends_context``
    :return: list of dependencies
    """
    found = []
    for cls in type(model).mro():
        value = getattr(cls.__dict__.get(method_name), attribute, None) or ()
        found.extend(value(model) if callable(value) else value)
    return list(dict.fromkeys(found))


class GuardedNameMixin(models.AbstractModel):
    """Records whose name is shown to nobody who may not see them, wherever another record points at them.

    Core evaluates the name behind a many2one as superuser, also while a form is being edited, where anybody points
    at any record.
    """

    _name = "guarded.name.mixin"
    _description = "Record with a Guarded Name"

    display_name = fields.Char(
        compute="_compute_guarded_display_name",
        search="_search_display_name",
    )

    @api.depends(lambda self: model_depends(self, "_compute_display_name", "_depends"))
    @api.depends_context("uid", "lang", "company")
    def _compute_guarded_display_name(self):
        """Name the records, but not to users who may not see them.

        The *user* of the environment is asked, also when core computes as superuser. The
        model's own ``_compute_display_name`` is overridden as usual.
        """
        visible = self
        if self.env.uid != SUPERUSER_ID:
            real = self.filtered("id")
            if real._origin:
                hidden = real._origin.sudo(False)._get_unnamed()
                visible = self.filtered(
                    lambda record: record._origin.id not in hidden._ids
                )
        for record in self - visible:
            record.display_name = record.sudo()._get_masked_display_name()
        visible._compute_display_name()

    def _get_unnamed(self):
        """Return those of these records whose name the user may not see. Hook.

        Those that he may not read; of messages and files, those of restricted records alone: the others are Odoo's.
        """
        pointer = self.env["ir.rule"]._get_document_pointers().get(self._name)
        if pointer:
            return self._get_pointing_at_hidden(*pointer)
        return self - self._filtered_access("read")

    def _get_pointing_at_hidden(self, model_field, id_field):
        """Return those of these records that belong to a restricted record which the user may not read.

        :param str model_field: field with the name of the document's model
        :param str id_field: field with the id of the document
        """
        found = self.browse()
        restricted = self.env["ir.rule"]._get_restricted_models()
        # sudo: which record they belong to does not depend on who asks
        for model_name, group_sudo in self.sudo().grouped(model_field).items():
            if model_name in restricted:
                documents = self.env[model_name].browse(
                    set(group_sudo.mapped(id_field))
                )
                shown = set(documents.exists()._filtered_access("read")._ids)
                found |= group_sudo.filtered(
                    lambda record, shown=shown: record[id_field] not in shown
                )
        return found.sudo(self.env.su)

    def _get_masked_display_name(self):
        """Return the name shown to those who may not see the record. Hook.

        :return: text without anything secret
        """
        return self.env._("Restricted record")
