from odoo import api, fields, models
from odoo.exceptions import UserError


class ClockLoadDays(models.TransientModel):
    """Enter the official holidays and make-up working days of a year."""

    _name = "clock.load.days"
    _description = "Load Official Holidays and Make-up Days"
    _inherit = ["own.wizard.mixin"]

    year = fields.Integer(
        required=True, default=lambda self: fields.Date.context_today(self).year
    )
    company_ids = fields.Many2many(
        comodel_name="res.company",
        string="Companies",
        required=True,
        default=lambda self: self.env.companies,
        domain=lambda self: [("id", "in", self.env.companies.ids)],
    )
    known_years = fields.Char(
        compute="_compute_known_years",
        help="The library on the server ends with the last year that has been announced.",
    )

    @api.depends("year")
    def _compute_known_years(self):
        years = self.env["clock.calendar.day"]._get_official_days()
        self.known_years = f"{min(years)}–{max(years)}"

    def action_load(self):
        """Enter the days that are not listed yet and show the list of the year."""
        self.ensure_one()
        Day = self.env["clock.calendar.day"]
        if self.year not in Day._get_official_days():
            raise UserError(
                self.env._(
                    "The official holidays and make-up days of %(year)s are not known to the server "
                    "(it knows %(known)s). They are announced in autumn of the year before; update "
                    "the Python library chinesecalendar then, or enter the days by hand.",
                    year=self.year,
                    known=self.known_years,
                )
            )
        Day._load_official_days(self.company_ids, [self.year])
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "record_control.clock_calendar_day_action"
        )
        action["domain"] = [
            ("date", ">=", f"{self.year}-01-01"),
            ("date", "<=", f"{self.year}-12-31"),
        ]
        action["context"] = {}
        return action
