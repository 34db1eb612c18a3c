from odoo import fields, models


class ClockCalendarDay(models.Model):
    """A public holiday or a make-up working day of a company."""

    _name = "clock.calendar.day"
    _description = "Holiday or Make-up Working Day"
    _order = "date desc, company_id"

    name = fields.Char(required=True, translate=True)
    date = fields.Date(required=True)
    kind = fields.Selection(
        selection=[("holiday", "Holiday"), ("working", "Make-up working day")],
        required=True,
        default="holiday",
    )
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, default=lambda self: self.env.company
    )

    _date_uniq = models.UniqueIndex(
        "(company_id, date)", "This date is listed already for the company."
    )
