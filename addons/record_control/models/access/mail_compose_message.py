from odoo import api, models


class MailComposeMessage(models.TransientModel):
    """Whoever answers a message may read it: the window takes over its subject, its record and who received it.

    Nor does it fill a letter with what a restricted record says for somebody who may not read it.
    """

    _inherit = "mail.compose.message"

    @api.model_create_multi
    def create(self, vals_list):
        default = self.default_get(["parent_id"]).get("parent_id")
        self._check_parents([vals.get("parent_id", default) for vals in vals_list])
        for vals in vals_list:
            self._check_restricted(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._check_parents([vals.get("parent_id")])
        for composer in self if {"model", "res_ids"} & vals.keys() else ():
            known = {"model": composer.model, "res_ids": composer.res_ids}
            self._check_restricted({**known, **vals})
        return super().write(vals)

    def onchange(self, values, field_names, fields_spec):
        default = self.default_get(["parent_id"]).get("parent_id")
        parent_id = self._fields["parent_id"].convert_to_cache(
            values.get("parent_id", default), self, validate=False
        )
        self._check_parents([parent_id])
        self._check_restricted(values)
        return super().onchange(values, field_names, fields_spec)

    @api.model
    def _check_restricted(self, vals):
        """Refuse to write about restricted records that the user may not read.

        :param dict vals: values of the window, beside those of the context
        """
        if self.env.su:
            return
        vals = {**self.default_get(["model", "res_ids"]), **vals}
        model = self.env.get(vals.get("model") or "")
        if not getattr(model, "_restricted_record", False):
            return
        composer = self.new({"model": model._name, "res_ids": vals.get("res_ids")})
        model.browse(composer._evaluate_res_ids()).exists().check_access("read")

    @api.model
    def _check_parents(self, parent_ids):
        """Refuse to answer messages that the user may not read.

        :param parent_ids: ids of messages, or what stands for none
        """
        if not self.env.su:
            messages = self.env["mail.message"].browse(set(filter(None, parent_ids)))
            messages.exists().check_access("read")
