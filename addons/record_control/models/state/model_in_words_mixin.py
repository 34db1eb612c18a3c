from odoo import api, fields, models


class ModelInWordsMixin(models.AbstractModel):
    """For models that point at records of any kind: the kind is shown by its name, never by its technical name.

    The adopting model has the field ``res_model``.
    """

    _name = "model.in.words.mixin"
    _description = "Kind of Record in Words"

    res_model_name = fields.Char(
        string="Record Type",
        compute="_compute_res_model_name",
    )

    @api.depends_context("lang")
    def _compute_res_model_name(self):
        for record in self:
            record.res_model_name = self._get_model_in_words(record.res_model)

    @api.model
    def _get_model_in_words(self, model_name):
        """Return the name of a model in the language of the reader.

        :param str model_name: technical name; a model that was uninstalled keeps it
        :rtype: str
        """
        if model_name not in self.env:
            return model_name
        return self.env["ir.model"]._get(model_name).name

    def _web_read_group_groupby_formatter(self, groupby_spec, values):
        # the heading of a group is read by people, too
        formatter = super()._web_read_group_groupby_formatter(groupby_spec, values)
        if groupby_spec != "res_model":
            return formatter

        def in_words(value):
            __, domain = formatter(value)
            return self._get_model_in_words(value), domain

        return in_words
