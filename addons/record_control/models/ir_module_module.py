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
        self._translate_rounds()
        return result

    def _translate_rounds(self):
        """Give the rounds that began before a language was loaded the titles of their routes in it.

        So it is with the rounds of demo data, which is loaded before the terms. SQL, as above.
        """
        for table, column, route_table, route_column in (
            ("sign_off_request_step", "name", "sign_off_route_step", "route_step_id"),
            ("sign_off_request", "route_name", "sign_off_route", "route_id"),
        ):
            self.env.execute_query(
                SQL(
                    """
                    UPDATE %(table)s round
                       SET %(column)s = route.name
                      FROM %(route_table)s route
                     WHERE round.%(route_column)s = route.id
                       AND route.name ->> 'en_US' = round.%(column)s ->> 'en_US'
                       AND route.name <> round.%(column)s
                       AND NOT EXISTS (
                            SELECT FROM jsonb_each_text(round.%(column)s) title
                             WHERE title.value <> round.%(column)s ->> 'en_US'
                           )
                 RETURNING round.id
                    """,
                    table=SQL.identifier(table),
                    column=SQL.identifier(column),
                    route_table=SQL.identifier(route_table),
                    route_column=SQL.identifier(route_column),
                )
            )
        self.env["sign.off.request.step"].invalidate_model(["name"])
        self.env["sign.off.request"].invalidate_model(["route_name"])

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
