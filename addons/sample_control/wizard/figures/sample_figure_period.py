from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools.misc import format_date

from ...models.figures.sample_figure import GROUPS, UNITS
from ...tools.month import YEARS, month_start


class SampleFigurePeriod(models.TransientModel):
    """The figures of any days, as they are now; the running month by default."""

    _name = "sample.figure.period"
    _description = "Sample Figures of a Period"
    _inherit = ["own.wizard.mixin"]

    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        default=lambda self: self.env.company,
    )
    date_from = fields.Date(
        string="From",
        required=True,
        default=lambda self: month_start(self.env.company._record_control_today()),
    )
    date_to = fields.Date(
        string="To",
        required=True,
        default=lambda self: self.env.company._record_control_today(),
    )
    line_ids = fields.One2many(
        comodel_name="sample.figure.period.line",
        inverse_name="period_id",
        string="Figures",
        readonly=True,
    )

    @api.depends("date_from", "date_to")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for period in self:
            period.display_name = self.env._(
                "Figures %(start)s – %(end)s",
                start=format_date(self.env, period.date_from),
                end=format_date(self.env, period.date_to),
            )

    @api.model
    def action_open(self):
        """Compute the running month and show it.

        :return: action
        """
        period = self.create({})
        return period.action_compute()

    def action_compute(self):
        """Compute the figures of the days that were entered.

        :return: action that shows them
        :raises UserError: for a period that ends before it begins or lies in no
            possible year, or of a company not worked in
        """
        self.ensure_one()
        figures = self.env["sample.figure"]
        figures.check_access("read")
        if self.date_to < self.date_from:
            raise UserError(self.env._("The period ends before it begins."))
        if not {self.date_from.year, self.date_to.year} <= set(YEARS):
            raise UserError(
                self.env._(
                    "Enter a period between the years %(first)s and %(last)s.",
                    first=YEARS[0],
                    last=YEARS[-1],
                )
            )
        if self.company_id not in self.env.companies:
            raise UserError(self.env._("You do not work in this company."))
        found = figures._compute_figures(self.company_id, self.date_from, self.date_to)
        self.line_ids = [Command.clear(), *(Command.create(vals) for vals in found)]
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Figures Now"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "current",
        }

    def action_workbook(self):
        """Download the kept figures of the year in which the period ends.

        :return: action
        """
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/sample_control/figures/{self.date_to.year}?company={self.company_id.id}",
            "target": "download",
        }


class SampleFigurePeriodLine(models.TransientModel):
    """One figure of a period."""

    _name = "sample.figure.period.line"
    _description = "Sample Figure of a Period"
    _inherit = ["own.wizard.mixin"]
    _order = "code"

    period_id = fields.Many2one(
        comodel_name="sample.figure.period", required=True, ondelete="cascade"
    )
    code = fields.Selection(
        selection=lambda self: self.env["sample.figure"]._selection_code(),
        string="Figure",
    )
    group = fields.Selection(selection=GROUPS, string="Area")
    unit = fields.Selection(selection=UNITS)
    numerator = fields.Float(string="Met")
    denominator = fields.Float(string="Of")
    value = fields.Float()
    note = fields.Char(string="Besides")
