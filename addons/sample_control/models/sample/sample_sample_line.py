from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...tools import measure


class SampleSampleLine(models.Model):
    """A characteristic of a sample: nominal value, tolerance and what was measured at the start."""

    _name = "sample.sample.line"
    _description = "Sample Characteristic Value"
    _inherit = [
        "protected.fields.mixin",
        "sealed.line.mixin",
        "restricted.line.mixin",
    ]
    _order = "sequence, id"
    _sealed_parent_field = "sample_id"
    _restricted_parent_field = "sample_id"

    sample_id = fields.Many2one(
        comodel_name="sample.sample",
        required=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="sample_id.company_id", store=True, index=True)
    sequence = fields.Integer(default=10)
    characteristic_id = fields.Many2one(
        comodel_name="sample.characteristic",
        required=True,
        index=True,
        ondelete="restrict",
    )
    kind = fields.Selection(related="characteristic_id.kind")
    text_value = fields.Char(
        string="Value",
        compute="_compute_text_value",
        store=True,
        readonly=False,
        help="What is not measured: colour number, pattern, function …",
    )
    nominal = fields.Float(digits=(16, 6))
    tol_lower = fields.Float(
        string="Lower Tolerance",
        digits=(16, 6),
        help="Deviation allowed downwards from the nominal value, for example -0.05.",
    )
    tol_upper = fields.Float(
        string="Upper Tolerance",
        digits=(16, 6),
        help="Deviation allowed upwards from the nominal value, for example 0.05.",
    )
    uom_id = fields.Many2one(
        comodel_name="uom.uom",
        string="Unit",
        compute="_compute_uom_id",
        store=True,
        readonly=False,
        ondelete="restrict",
    )
    has_baseline = fields.Boolean(
        string="Measured",
        help="The original measured range is known.",
    )
    baseline_min = fields.Float(
        string="Original from",
        digits=(16, 6),
        help="Smallest reading of the original inspection record.",
    )
    baseline_max = fields.Float(
        string="Original to",
        digits=(16, 6),
        help="Largest reading of the original inspection record.",
    )
    is_filled = fields.Boolean(compute="_compute_is_filled")

    _check_tolerance = models.Constraint(
        "CHECK (COALESCE(tol_lower, 0) <= COALESCE(tol_upper, 0))",
        "The lower tolerance is not above the upper one.",
    )
    _check_baseline = models.Constraint(
        "CHECK (NOT has_baseline OR COALESCE(baseline_min, 0) <= COALESCE(baseline_max, 0))",
        "The original range goes from the smallest to the largest reading.",
    )
    _characteristic_unique = models.UniqueIndex(
        "(sample_id, characteristic_id)",
        "Each characteristic stands once on a sample.",
    )

    @api.depends("characteristic_id", "sample_id.product_id")
    def _compute_text_value(self):
        for line in self:
            if line.text_value or line.kind != "attribute":
                continue
            values = line.sample_id.product_id.product_template_attribute_value_ids
            values = values.filtered(
                lambda value, line=line: value.attribute_id
                == line.characteristic_id.attribute_id
            )
            line.text_value = ", ".join(values.mapped("name")) or False

    @api.depends("characteristic_id")
    def _compute_uom_id(self):
        for line in self:
            line.uom_id = line.characteristic_id.uom_id

    @api.depends("kind", "text_value", "nominal", "has_baseline")
    def _compute_is_filled(self):
        for line in self:
            measured = line.kind == "measure" and (line.nominal or line.has_baseline)
            line.is_filled = bool((line.text_value or "").strip() or measured)

    @api.constrains("uom_id", "characteristic_id")
    def _check_uom(self):
        for line in self:
            unit = line.characteristic_id.uom_id
            if line.uom_id and unit and not line.uom_id._has_common_reference(unit):
                raise ValidationError(
                    self.env._(
                        "%(characteristic)s is measured in %(unit)s; %(other)s cannot be converted to it.",
                        characteristic=line.characteristic_id.name,
                        unit=unit.name,
                        other=line.uom_id.name,
                    )
                )

    def _get_card_value(self):
        """Return the value as it stands on the card: text, or nominal with tolerance and unit."""
        self.ensure_one()
        if self.kind != "measure":
            return self.text_value or ""
        return measure.tolerance_text(
            self.nominal, self.tol_lower, self.tol_upper, self.uom_id.name
        )

    @api.model
    def _get_card_values(self, samples, codes):
        """Return some characteristics of the cards of many samples, read in one query.

        :param samples: sample.sample
        :param codes: codes of the characteristics
        :return: dict code -> dict sample id -> text as it stands on the card
        """
        items = self.env["sample.characteristic"].search([("code", "in", codes)])
        query = self._search(
            [("sample_id", "in", samples.ids), ("characteristic_id", "in", items.ids)]
        )
        names = ("characteristic_id", "sample_id", "uom_id", "text_value")
        names += ("nominal", "tol_lower", "tol_upper")
        columns = [self._field_to_sql(self._table, name, query) for name in names]
        # SQL: a ledger of all samples reads these lines, which need no records of their own
        rows = self.env.execute_query(query.select(*columns))
        items_by_id = {item.id: item for item in items}
        units = self.env["uom.uom"].browse({row[2] for row in rows if row[2]})
        unit_names = {unit.id: unit.name for unit in units}
        values = {code: {} for code in codes}
        for item_id, sample_id, unit_id, text, *limits in rows:
            item = items_by_id[item_id]
            values[item.code][sample_id] = (
                measure.tolerance_text(*limits, unit_names.get(unit_id))
                if item.kind == "measure"
                else text or ""
            )
        return values
