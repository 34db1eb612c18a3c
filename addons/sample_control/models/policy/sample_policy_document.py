from odoo import api, fields, models

from .sample_policy import ROLES


class SamplePolicyDocument(models.Model):
    """A document or item that must be there before a part may be sealed (SC-22)."""

    _name = "sample.policy.document"
    _description = "Document Required for Sealing"
    _inherit = ["fixed.parent.mixin", "protected.fields.mixin"]
    _order = "sequence, id"

    policy_id = fields.Many2one(
        comodel_name="sample.policy",
        required=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="policy_id.company_id", store=True, index=True)
    sequence = fields.Integer(default=10)
    code = fields.Char(
        required=True,
        help="Short name that stays the same in all languages.",
    )
    name = fields.Char(required=True, translate=True)
    required = fields.Boolean(
        default=True,
        help="Sealing stops while it is missing.",
    )
    applies_to = fields.Selection(
        selection=[
            ("all", "All parts"),
            ("key_part", "Key parts"),
            ("electrical", "Electrical parts"),
        ],
        required=True,
        default="all",
    )
    provided_by = fields.Selection(selection=ROLES)
    note = fields.Char(translate=True)

    @api.model
    def _get_fixed_parent_fields(self):
        return super()._get_fixed_parent_fields() | {"policy_id"}

    def _prepare_snapshot(self):
        """Return this line as plain data, to be kept with the resolved rules."""
        self.ensure_one()
        return {
            "code": self.code,
            "name": self.name,
            "required": self.required,
            "applies_to": self.applies_to,
            "provided_by": self.provided_by,
            "note": self.note,
        }
