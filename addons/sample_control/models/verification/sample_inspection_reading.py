from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...tools import measure


class SampleInspectionReading(models.Model):
    """One value that was read; the readings of confirmed inspections show how a sample ages."""

    _name = "sample.inspection.reading"
    _description = "Reading of a Sample"
    _inherit = [
        "sample.frozen.line.mixin",
        "restricted.line.mixin",
        "protected.fields.mixin",
    ]
    _order = "sequence, id"
    _frozen_parent_field = "inspection_id"
    _restricted_parent_field = "line_id"
    _protected_fields = (
        "inspection_id",
        "sample_id",
        "characteristic_id",
        "company_id",
        "date_inspected",
        "inspection_state",
        "value_in_unit",
        "deviation",
    )

    line_id = fields.Many2one(
        comodel_name="sample.inspection.line",
        required=True,
        index=True,
        ondelete="cascade",
    )
    inspection_id = fields.Many2one(
        related="line_id.inspection_id", store=True, index=True
    )
    company_id = fields.Many2one(
        related="line_id.inspection_id.company_id", store=True, index=True
    )
    sample_id = fields.Many2one(
        related="line_id.inspection_id.sample_id", store=True, index=True
    )
    characteristic_id = fields.Many2one(
        related="line_id.characteristic_id", store=True, index=True
    )
    inspection_type = fields.Selection(related="line_id.inspection_id.inspection_type")
    inspection_state = fields.Selection(
        related="line_id.inspection_id.state", store=True, index=True
    )
    date_inspected = fields.Date(
        related="line_id.inspection_id.date_inspected", store=True
    )
    sequence = fields.Integer(default=10)
    value = fields.Float(
        string="Reading", digits=(16, 6), required=True, aggregator="avg"
    )
    uom_id = fields.Many2one(
        comodel_name="uom.uom",
        string="Unit",
        compute="_compute_uom_id",
        store=True,
        readonly=False,
        precompute=True,
        ondelete="restrict",
    )
    value_in_unit = fields.Float(
        string="Value",
        digits=(16, 6),
        compute="_compute_value_in_unit",
        store=True,
        aggregator="avg",
        help="In the unit of the characteristic.",
    )
    deviation = fields.Float(
        digits=(16, 6),
        compute="_compute_value_in_unit",
        store=True,
        aggregator="avg",
        help="From the nominal value.",
    )

    _trend_index = models.Index(
        "(sample_id, characteristic_id, date_inspected) WHERE inspection_state = 'confirmed'"
    )

    @api.depends("line_id.uom_id")
    def _compute_uom_id(self):
        for reading in self:
            reading.uom_id = reading.uom_id or reading.line_id.uom_id

    @api.depends("value", "uom_id", "line_id.uom_id", "line_id.nominal")
    def _compute_value_in_unit(self):
        for reading in self:
            value = reading._convert(reading.line_id.uom_id)
            nominal = measure.exact(reading.line_id.nominal)
            reading.value_in_unit = float(value)
            reading.deviation = float(value - nominal)

    @api.constrains("line_id", "uom_id")
    def _check_measured(self):
        for reading in self:
            line = reading.line_id
            if not line.is_measured:
                raise ValidationError(
                    self.env._(
                        "%(name)s is judged by eye; it has no readings.",
                        name=line.display_name,
                    )
                )
            if reading.uom_id and not reading.uom_id._has_common_reference(line.uom_id):
                raise ValidationError(
                    self.env._(
                        "%(name)s: “%(unit)s” cannot be converted to %(own)s.",
                        name=line.display_name,
                        unit=reading.uom_id.name,
                        own=line.uom_id.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        readings = super().create(vals_list)
        readings.inspection_id._note_entry()
        return readings

    def write(self, vals):
        inspections = self.inspection_id
        result = super().write(vals)
        if "line_id" in vals:
            self._check_parent_open()
        if {"line_id", "value", "uom_id"} & vals.keys():
            (inspections | self.inspection_id)._note_entry()
        return result

    def unlink(self):
        self.inspection_id._note_entry()
        return super().unlink()

    def _convert(self, unit):
        """Return this one reading in another unit, to the step in which limits are kept (P22, P23).

        :param unit: uom.uom, empty for the reading's own
        :rtype: decimal.Decimal
        """
        self.ensure_one()
        if not unit or not self.uom_id or unit == self.uom_id:
            return measure.exact(self.value)
        return measure.convert(
            self.value, self._get_factor(self.uom_id), self._get_factor(unit)
        )

    @api.model
    def _get_factor(self, unit):
        """Return how much of its reference a unit is, multiplied exactly along the chain of units."""
        factor = Decimal(1)
        while unit:
            factor *= measure.exact(unit.relative_factor)
            unit = unit.relative_uom_id
        return factor

    def _get_text(self):
        """Return the reading as it is typed: with the unit if it is not that of the limits."""
        self.ensure_one()
        text = f"{measure.exact(self.value):f}"
        if "." in text:
            text = text.rstrip("0").rstrip(".")
        other = self.uom_id and self.uom_id != self.line_id.uom_id
        return f"{text} {self.uom_id.name}" if other else text
