from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..access.ir_rule import document_condition

KINDS = [("changed", "Changed"), ("added", "Added"), ("removed", "Removed")]


class SignOffChange(models.Model):
    """One change of a value that was signed, or is being signed: append-only."""

    _name = "sign.off.change"
    _description = "Change of a Signed Value"
    _inherit = ["sign.off.trail.mixin"]
    _order = "changed_at desc, id desc"
    _rec_name = "field_label"

    request_id = fields.Many2one(
        comodel_name="sign.off.request",
        string="Round",
        required=True,
        readonly=True,
        index=True,
        bypass_search_access=True,
        ondelete="cascade",
    )
    res_model = fields.Char(related="request_id.res_model", store=True, index=True)
    res_id = fields.Many2oneReference(
        related="request_id.res_id",
        model_field="res_model",
        store=True,
        string="Record ID",
    )
    record_name = fields.Char(related="request_id.name", string="Record")
    kind = fields.Selection(selection=KINDS, required=True, readonly=True)
    field_path = fields.Char(
        required=True, readonly=True, help="The field, from the record on."
    )
    field_label = fields.Char(string="Field", required=True, readonly=True)
    line_model = fields.Char(readonly=True)
    line_id = fields.Many2oneReference(
        model_field="line_model", string="Line ID", readonly=True
    )
    old_value = fields.Text(readonly=True)
    new_value = fields.Text(readonly=True)
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Changed By",
        readonly=True,
        index=True,
        ondelete="restrict",
        help="Empty when the change was made outside the application and found by the check of the seals.",
    )
    changed_at = fields.Datetime(required=True, readonly=True)

    @api.model_create_multi
    def create(self, vals_list):
        self._refuse_unless_system()
        return super().create(vals_list)

    def write(self, vals):
        """Refuse: the record of a change is never changed."""
        if not self:
            return True
        raise UserError(self.env._("The record of a change cannot be changed."))

    @api.model
    def _get_trail_domain(self):
        """Values of fields that the user may not read are not shown either, nor those of a record that he may not.

        Who asked for a round, or signed, goes on seeing it; what became of a secret record since then is another matter.
        """
        domain = super()._get_trail_domain() & document_condition("res_model", "res_id")
        hidden = self._get_hidden_paths()
        return domain & Domain.AND(
            [
                ~(Domain("res_model", "=", model) & Domain("field_path", "in", paths))
                for model, paths in hidden.items()
            ]
        )

    @api.model
    def _get_hidden_paths(self):
        hidden = {}
        for name in self._get_signed_models():
            model = self.env[name]
            paths = {
                part
                for path in model._sealed_fields
                for part in (path, path.partition(".")[0])
            }
            if unreadable := [
                path
                for path in sorted(paths)
                if not self._is_path_readable(model, path)
            ]:
                hidden[name] = unreadable
        return hidden

    @api.model
    def _is_path_readable(self, model, path):
        for name in path.split("."):
            field = model._fields.get(name)
            if field is None:
                return True
            if not model._has_field_access(field, "read"):
                return False
            if field.relational:
                model = self.env[field.comodel_name]
        return True
