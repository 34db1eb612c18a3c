from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


class SampleCharacteristic(models.Model):
    """What is judged with samples: colour, pattern, width, thickness, appearance … (SC-01)."""

    _name = "sample.characteristic"
    _description = "Sample Characteristic"
    _inherit = ["company.boundary.mixin"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    kind = fields.Selection(
        selection=[
            ("text", "Text"),
            ("measure", "Measured"),
            ("attribute", "Product attribute"),
        ],
        required=True,
        default="text",
        help="Measured: with nominal value and tolerance in a unit. Product attribute: "
        "the nominal value is the value of the product variant.",
    )
    uom_id = fields.Many2one(
        comodel_name="uom.uom",
        string="Unit",
        help="Unit of the nominal value, the tolerance and the readings.",
    )
    attribute_id = fields.Many2one(
        comodel_name="product.attribute",
        string="Product Attribute",
        help="Where the value of a variant comes from, for example the colour.",
    )
    on_label = fields.Boolean(
        string="On the Card", help="The value is printed on the sample card."
    )
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        comodel_name="res.company",
        # with its company: without, it would hold in all others
        ondelete="cascade",
        index=True,
        help="Empty: in all companies. What a company sets up holds in its branches, too.",
    )

    _code_unique = models.UniqueIndex(
        "(code, COALESCE(company_id, 0))",
        "There is a characteristic with this code already.",
    )

    @api.constrains("kind", "uom_id", "attribute_id")
    def _check_kind(self):
        for characteristic in self:
            if characteristic.kind == "measure" and not characteristic.uom_id:
                raise ValidationError(
                    self.env._(
                        "%(name)s is measured; enter its unit.",
                        name=characteristic.name,
                    )
                )
            if characteristic.kind == "attribute" and not characteristic.attribute_id:
                raise ValidationError(
                    self.env._(
                        "%(name)s comes from the product; choose the product attribute.",
                        name=characteristic.name,
                    )
                )

    def write(self, vals):
        """What is measured stays measured: cards that were signed would say something else (SC-26.4)."""
        changed = self.filtered(
            lambda item: "kind" in vals and item.kind != vals["kind"]
        )
        # sudo: cards that the user may not see count as well
        lines_sudo = self.env["sample.sample.line"].sudo()
        used = lines_sudo._read_group(
            [("characteristic_id", "in", changed.ids)], ["characteristic_id"]
        )
        if used:
            raise UserError(
                self.env._(
                    "These stand on samples and keep their kind; enter new ones: %(names)s.",
                    names=", ".join(item.name for (item,) in used),
                )
            )
        return super().write(vals)
