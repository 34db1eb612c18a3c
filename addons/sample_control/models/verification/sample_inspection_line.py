from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...tools import measure

#: what a patrol looks at (SC-48.4)
PATROL_ITEMS = [
    ("label", "Identification complete"),
    ("appearance", "Appearance intact"),
    ("place", "In its place"),
    ("protection", "Protection effective"),
    ("validity", "Within its validity"),
]
VERDICTS = [("pass", "Pass"), ("fail", "Fail")]
#: copied from the card of the sample; nobody types them
LIMIT_FIELDS = (
    "nominal",
    "tol_lower",
    "tol_upper",
    "uom_id",
    "has_baseline",
    "baseline_min",
    "baseline_max",
)


class SampleInspectionLine(models.Model):
    """One characteristic that was measured or judged by eye, or one item of a patrol (SC-45, SC-48.4)."""

    _name = "sample.inspection.line"
    _description = "Inspected Characteristic"
    _inherit = [
        "sample.frozen.line.mixin",
        "restricted.line.mixin",
        "protected.fields.mixin",
    ]
    _order = "sequence, id"
    _frozen_parent_field = "inspection_id"
    _restricted_parent_field = "inspection_id"
    _protected_fields = (
        *LIMIT_FIELDS,
        "reading_min",
        "reading_max",
        "reading_count",
        "deviation",
        "verdict",
        "is_outside_range",
    )

    inspection_id = fields.Many2one(
        comodel_name="sample.inspection",
        required=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        related="inspection_id.company_id", store=True, precompute=True
    )
    inspection_type = fields.Selection(related="inspection_id.inspection_type")
    sequence = fields.Integer(default=10)
    characteristic_id = fields.Many2one(
        comodel_name="sample.characteristic",
        index="btree_not_null",
        ondelete="restrict",
    )
    patrol_item = fields.Selection(selection=PATROL_ITEMS)
    is_measured = fields.Boolean(
        compute="_compute_is_measured",
        help="Judged by readings and limits, not by eye.",
    )
    # The limits: those of the sample when the inspection was submitted
    nominal = fields.Float(
        digits=(16, 6), compute="_compute_limits", store=True, precompute=True
    )
    tol_lower = fields.Float(
        string="Lower Tolerance",
        digits=(16, 6),
        compute="_compute_limits",
        store=True,
        precompute=True,
    )
    tol_upper = fields.Float(
        string="Upper Tolerance",
        digits=(16, 6),
        compute="_compute_limits",
        store=True,
        precompute=True,
    )
    uom_id = fields.Many2one(
        comodel_name="uom.uom",
        string="Unit",
        compute="_compute_limits",
        store=True,
        precompute=True,
        help="Unit of the limits; readings in other units are converted to it.",
        ondelete="restrict",
    )
    has_baseline = fields.Boolean(
        compute="_compute_limits", store=True, precompute=True
    )
    baseline_min = fields.Float(
        string="Original from",
        digits=(16, 6),
        compute="_compute_limits",
        store=True,
        precompute=True,
    )
    baseline_max = fields.Float(
        string="Original to",
        digits=(16, 6),
        compute="_compute_limits",
        store=True,
        precompute=True,
    )
    expected = fields.Char(
        string="Standard",
        compute="_compute_expected",
        help="What the sample stands for: nominal value with tolerance, colour number …",
    )
    original_range = fields.Char(
        compute="_compute_expected",
        help="From the smallest to the largest reading of the original inspection.",
    )
    # What was found
    reading_ids = fields.One2many(
        comodel_name="sample.inspection.reading",
        inverse_name="line_id",
        string="Single Readings",
        copy=True,
    )
    readings = fields.Char(
        compute="_compute_readings",
        inverse="_inverse_readings",
        help="One or several values, separated by semicolons; with a unit if it is another one: 10.02; 1.003 cm",
    )
    judged = fields.Selection(
        selection=VERDICTS,
        string="By Eye",
        copy=True,
        help="For what is not measured: equals the sample's standard, or not.",
    )
    note = fields.Char(string="Remark")
    reading_min = fields.Float(
        string="Smallest",
        digits=(16, 6),
        compute="_compute_verdict",
        store=True,
        aggregator="min",
    )
    reading_max = fields.Float(
        string="Largest",
        digits=(16, 6),
        compute="_compute_verdict",
        store=True,
        aggregator="max",
    )
    reading_count = fields.Integer(
        string="Number of Readings", compute="_compute_verdict", store=True
    )
    deviation = fields.Float(
        digits=(16, 6),
        compute="_compute_verdict",
        store=True,
        aggregator="avg",
        help="The largest deviation from the nominal value.",
    )
    verdict = fields.Selection(
        selection=VERDICTS,
        compute="_compute_verdict",
        store=True,
        help="Measured values pass inside the original range; empty: nothing was checked.",
    )
    is_outside_range = fields.Boolean(
        string="Outside the Original Range",
        compute="_compute_verdict",
        store=True,
        help="Inside the tolerance of the drawing, but outside the range of the original inspection.",
    )

    _check_subject = models.Constraint(
        "CHECK ((characteristic_id IS NULL) != (patrol_item IS NULL))",
        "A line is about a characteristic or about an item of the patrol.",
    )
    _characteristic_unique = models.UniqueIndex(
        "(inspection_id, characteristic_id) WHERE characteristic_id IS NOT NULL",
        "Each characteristic stands once on an inspection.",
    )
    _patrol_unique = models.UniqueIndex(
        "(inspection_id, patrol_item) WHERE patrol_item IS NOT NULL",
        "Each item stands once on a patrol.",
    )

    # --- Computes ---

    @api.depends("characteristic_id", "patrol_item")
    @api.depends_context("lang")
    def _compute_display_name(self):
        items = dict(self._fields["patrol_item"]._description_selection(self.env))
        for line in self:
            line.display_name = line.characteristic_id.name or items.get(
                line.patrol_item, ""
            )

    @api.depends("characteristic_id")
    def _compute_is_measured(self):
        for line in self:
            line.is_measured = line.characteristic_id.kind == "measure"

    def _get_sample_line(self):
        """Return the line of the card of the sample that this one line is judged by."""
        self.ensure_one()
        # sudo: who inspects sees the card of what he inspects
        lines_sudo = self.sudo().inspection_id.sample_id.line_ids
        return lines_sudo.filtered(
            lambda card: card.characteristic_id == self.characteristic_id
        )[:1]

    @api.depends("characteristic_id", "inspection_id.sample_id")
    def _compute_limits(self):
        for line in self:
            card = line._get_sample_line() if line.characteristic_id else None
            for name in LIMIT_FIELDS:
                line[name] = card[name] if card else False
            if not line.uom_id and line.is_measured:
                line.uom_id = line.characteristic_id.uom_id

    @api.depends(
        "characteristic_id",
        "nominal",
        "tol_lower",
        "tol_upper",
        "uom_id",
        "has_baseline",
        "baseline_min",
        "baseline_max",
    )
    def _compute_expected(self):
        for line in self:
            card = line._get_sample_line() if line.characteristic_id else None
            line.expected = card._get_card_value() if card else False
            line.original_range = line._get_range_text()

    @api.depends("reading_ids.value", "reading_ids.uom_id")
    def _compute_readings(self):
        for line in self:
            line.readings = "; ".join(
                reading._get_text() for reading in line.reading_ids
            )

    def _inverse_readings(self):
        for line in self:
            line._write_readings(line.readings)

    @api.depends(
        "reading_ids.value_in_unit",
        "judged",
        "nominal",
        "tol_lower",
        "tol_upper",
        "has_baseline",
        "baseline_min",
        "baseline_max",
        "inspection_id.inspection_type",
    )
    def _compute_verdict(self):
        for line in self:
            if not line.is_measured:
                line.update(line._prepare_unmeasured_vals())
                continue
            values = line._get_exact_readings()
            inside = line._makes_range() or measure.is_inside(
                values, *line._get_range()
            )
            tolerated = measure.is_inside(values, *line._get_tolerance())
            line.reading_count = len(values)
            line.reading_min = float(min(values, default=0))
            line.reading_max = float(max(values, default=0))
            line.deviation = float(measure.largest_deviation(values, line.nominal))
            line.verdict = ("pass" if inside else "fail") if values else False
            line.is_outside_range = bool(values) and tolerated and not inside

    def _prepare_unmeasured_vals(self):
        """Return the result of this one line that is judged by eye."""
        return {
            "reading_count": 0,
            "reading_min": 0,
            "reading_max": 0,
            "deviation": 0,
            "verdict": self.judged,
            "is_outside_range": False,
        }

    @api.model
    def _prepare_blank_vals(self):
        """Return what is computed of a line without characteristic before anybody looked.

        Thousands of patrols are opened in a night; lines that are created with these values are not
        written a second time.
        """
        return {
            **dict.fromkeys(LIMIT_FIELDS, False),
            **self.browse()._prepare_unmeasured_vals(),
        }

    # --- CRUD ---

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines.filtered("judged").inspection_id._note_entry()
        return lines

    def write(self, vals):
        inspections = self.inspection_id
        result = super().write(vals)
        if {"judged", "characteristic_id", "inspection_id"} & vals.keys():
            (inspections | self.inspection_id)._note_entry()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_foreign(self):
        """Who takes a characteristic off the record does not confirm it."""
        self.filtered("verdict").inspection_id._note_entry()

    # --- Limits ---

    def _get_exact_readings(self):
        """Return the readings of this one line in the unit of its limits.

        :return: list of Decimal
        """
        self.ensure_one()
        return [reading._convert(self.uom_id) for reading in self.reading_ids]

    def _has_tolerance(self):
        """Tell whether the drawing gives this one line a tolerance."""
        self.ensure_one()
        return bool(self.tol_lower or self.tol_upper)

    def _makes_range(self):
        """Tell whether this one line sets the standard: measured first, with no tolerance on the drawing."""
        self.ensure_one()
        return self.inspection_type == "baseline" and not self._has_tolerance()

    def _get_tolerance(self):
        """Return the limits of the drawing: nominal value with tolerances."""
        self.ensure_one()
        nominal = measure.exact(self.nominal)
        return (
            nominal + measure.exact(self.tol_lower),
            nominal + measure.exact(self.tol_upper),
        )

    def _get_range(self):
        """Return the limits that decide: the original range, else the tolerance (D-16).

        An original inspection is judged by the drawing, because it makes the range.
        """
        self.ensure_one()
        if self.has_baseline and self.inspection_type != "baseline":
            return self.baseline_min, self.baseline_max
        return self._get_tolerance()

    def _get_range_text(self):
        """Return the original range for the print, empty when there is none."""
        self.ensure_one()
        if not self.has_baseline:
            return ""
        return f"{self.baseline_min:g} – {self.baseline_max:g}"

    def _get_deviation_text(self):
        """Return the largest deviation for the print, with its sign."""
        self.ensure_one()
        return f"{self.deviation:+g}" if self.reading_count else ""

    def _get_new_range(self):
        """Return the original range that this one line of a baseline inspection makes (D-16).

        :return: pair of floats: smallest and largest reading; of one reading alone, the tolerance
        """
        self.ensure_one()
        values = self._get_exact_readings()
        low, high = (
            self._get_tolerance()
            if len(values) == 1
            else (
                min(values),
                max(values),
            )
        )
        return float(low), float(high)

    def _refresh_limits(self):
        """Copy the limits anew from the cards of the samples (on submission)."""
        for name in LIMIT_FIELDS:
            self.env.add_to_compute(self._fields[name], self)

    # --- Readings ---

    def _write_readings(self, text):
        """Replace the readings of this one line by what was typed.

        :param str text: see ``tools.measure.parse_readings``
        :raises ValidationError: when something is no number or no known unit
        """
        self.ensure_one()
        try:
            pairs = measure.parse_readings(text)
        except ValueError as error:
            raise ValidationError(
                self.env._(
                    "%(name)s: “%(text)s” is no reading; enter numbers separated by semicolons.",
                    name=self.display_name,
                    text=error.args[0],
                )
            ) from error
        self.reading_ids.unlink()
        self.env["sample.inspection.reading"].create(
            [
                {
                    "line_id": self.id,
                    "sequence": number,
                    "value": value,
                    "uom_id": self._find_unit(unit).id,
                }
                for number, (value, unit) in enumerate(pairs, start=1)
            ]
        )

    def _find_unit(self, name):
        """Return the unit with this name that can be converted to the unit of the line.

        :param str name: as typed, empty for the line's own unit
        :raises ValidationError: when there is none
        """
        self.ensure_one()
        if not name or name == self.uom_id.name:
            return self.uom_id
        units = self.env["uom.uom"].with_context(active_test=False)
        found = units.search([("name", "=", name)]).filtered(
            lambda unit: unit._has_common_reference(self.uom_id)
        )
        if not found:
            raise ValidationError(
                self.env._(
                    "%(name)s: “%(unit)s” cannot be converted to %(own)s.",
                    name=self.display_name,
                    unit=name,
                    own=self.uom_id.name or "–",
                )
            )
        return found[0]
