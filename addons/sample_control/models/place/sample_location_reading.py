from odoo import api, fields, models


class SampleLocationReading(models.Model):
    """Temperature and humidity of a place at one time (SC-33)."""

    _name = "sample.location.reading"
    _description = "Environment of a Sample Location"
    _inherit = ["fixed.parent.mixin", "protected.fields.mixin"]
    _order = "read_at desc, id desc"

    location_id = fields.Many2one(
        comodel_name="sample.location",
        required=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        related="location_id.company_id", store=True, index=True
    )
    read_at = fields.Datetime(required=True, default=fields.Datetime.now, index=True)
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Read By",
        required=True,
        default=lambda self: self.env.user,
    )
    temperature = fields.Float(string="Temperature (°C)", aggregator="avg")
    humidity = fields.Float(string="Humidity (%)", aggregator="avg")
    is_out_of_limits = fields.Boolean(
        string="Out of Limits",
        compute="_compute_is_out_of_limits",
        store=True,
        index=True,
    )
    treatment = fields.Char(help="What was done about it.")

    @api.model
    def _get_fixed_parent_fields(self):
        return super()._get_fixed_parent_fields() | {"location_id"}

    @api.depends("temperature", "humidity", "location_id")
    def _compute_is_out_of_limits(self):
        for reading in self:
            place = reading.location_id
            reading.is_out_of_limits = any(
                upper and not lower <= value <= upper
                for value, lower, upper in (
                    (reading.temperature, place.temperature_min, place.temperature_max),
                    (reading.humidity, place.humidity_min, place.humidity_max),
                )
            )
