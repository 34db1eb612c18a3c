from odoo import models
from odoo.tools import SQL


class IrModuleModule(models.Model):
    _inherit = "ir.module.module"

    def _load_module_terms(self, modules, langs, overwrite=False):
        """Name the choices of our mixins' fields in every model that adopts them.

        Odoo files the translation of such a choice under the addon of the mixin, whose
        terms are loaded before the adopting addon has its fields, so they stay English.
        """
        result = super()._load_module_terms(modules, langs, overwrite=overwrite)
        self._spread_mixin_selection_terms()
        return result

    def _spread_mixin_selection_terms(self):
        """Copy the translated choices from the mixins to the adopting models.

        SQL, because the terms of all languages are one JSON value that the ORM only
        shows language by language.
        """
        mixins = [
            model._name
            for model in self.env.values()
            if model._abstract and model._original_module == "record_control"
        ]
        self.env["ir.model.fields.selection"].flush_model()
        self.env.execute_query(
            SQL(
                """
                UPDATE ir_model_fields_selection choice
                   SET name = source.name || choice.name
                  FROM ir_model_fields field,
                       ir_model_fields source_field,
                       ir_model_fields_selection source
                 WHERE choice.field_id = field.id
                   AND source.field_id = source_field.id
                   AND source_field.model IN %(mixins)s
                   AND source_field.name = field.name
                   AND source_field.id <> field.id
                   AND source.value = choice.value
                   AND source.name ->> 'en_US' = choice.name ->> 'en_US'
                   AND source.name || choice.name <> choice.name
             RETURNING choice.id
                """,
                mixins=tuple([*mixins, "mail.activity.mixin"]),
            )
        )
        self.env["ir.model.fields.selection"].invalidate_model()
        self.env.registry.clear_cache("stable")
