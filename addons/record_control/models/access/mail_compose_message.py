from odoo import api, models


class MailComposeMessage(models.TransientModel):
    """Whoever answers a message may read it: the window takes over its subject, its record and who received it."""

    _inherit = "mail.compose.message"

    @api.model_create_multi
    def create(self, vals_list):
        default = self.default_get(["parent_id"]).get("parent_id")
        self._check_parents([vals.get("parent_id", default) for vals in vals_list])
        return super().create(vals_list)

    def write(self, vals):
        self._check_parents([vals.get("parent_id")])
        return super().write(vals)

    def onchange(self, values, field_names, fields_spec):
        default = self.default_get(["parent_id"]).get("parent_id")
        parent_id = self._fields["parent_id"].convert_to_cache(
            values.get("parent_id", default), self, validate=False
        )
        self._check_parents([parent_id])
        return super().onchange(values, field_names, fields_spec)

    @api.model
    def _check_parents(self, parent_ids):
        """Refuse to answer messages that the user may not read.

        :param parent_ids: ids of messages, or what stands for none
        """
        if not self.env.su:
            messages = self.env["mail.message"].browse(set(filter(None, parent_ids)))
            messages.exists().check_access("read")
