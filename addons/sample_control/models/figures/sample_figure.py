from odoo import api, fields, models
from odoo.fields import Domain

from ...tools.month import Period, former_month, month_end, month_start

GROUPS = [
    ("validity", "Validity and Replacement"),
    ("checks", "Checks and Calibration"),
    ("sealing", "Sealing"),
    ("use", "Use"),
    ("end", "Failure and End of Life"),
]
#: code -> (group, unit, whether it is the state on a day rather than what happened in the month)
FIGURES = {
    "K01": ("validity", "percent", True),
    "K02": ("validity", "percent", True),
    "K03": ("validity", "percent", False),
    "K04": ("validity", "percent", False),
    "K05": ("checks", "percent", False),
    "K06": ("checks", "count", True),
    "K07": ("checks", "percent", False),
    "K08": ("checks", "percent", False),
    "K09": ("sealing", "percent", False),
    "K10": ("sealing", "hours", False),
    "K11": ("sealing", "percent", False),
    "K12": ("sealing", "percent", False),
    "K13": ("sealing", "percent", False),
    "K14": ("sealing", "percent", False),
    "K15": ("use", "percent", False),
    "K16": ("use", "percent", False),
    "K17": ("use", "percent", False),
    "K18": ("use", "count", True),
    "K19": ("end", "percent", False),
    "K20": ("end", "count", False),
    "K21": ("end", "hours", False),
    "K22": ("use", "percent", False),
    "K23": ("end", "percent", False),
    "K24": ("end", "percent", False),
    "K25": ("sealing", "percent", False),
    "K26": ("validity", "count", True),
    "K27": ("end", "percent", False),
    "K28": ("use", "percent", False),
}
UNITS = [("percent", "%"), ("count", "Cases"), ("hours", "Working hours")]


class SampleFigure(models.Model):
    """One figure of one month, as it was when the month was over (closing 3, C12).

    Rows are never changed: what is corrected later does not rewrite past months. A figure of a
    running month is computed by the wizard ``sample.figure.period`` and not kept.
    """

    _name = "sample.figure"
    _description = "Sample Figure"
    _inherit = ["append.only.mixin"]
    _order = "month desc, code, id"
    _rec_name = "code"

    company_id = fields.Many2one(
        comodel_name="res.company", required=True, readonly=True, index=True
    )
    month = fields.Date(
        required=True, readonly=True, index=True, help="The first day of the month."
    )
    code = fields.Selection(
        selection="_selection_code",
        string="Figure",
        required=True,
        readonly=True,
        index=True,
    )
    group = fields.Selection(
        selection=GROUPS, string="Area", required=True, readonly=True
    )
    unit = fields.Selection(selection=UNITS, required=True, readonly=True)
    numerator = fields.Float(
        string="Met",
        readonly=True,
        help="What the figure counts, for example done.",
    )
    denominator = fields.Float(
        string="Of", readonly=True, help="What it is counted of, for example due."
    )
    value = fields.Float(readonly=True, aggregator="avg")
    note = fields.Char(
        string="Besides",
        readonly=True,
        help="For example the median and the 90th percentile.",
    )

    _once = models.UniqueIndex(
        "(company_id, month, code)", "Each figure stands once for a month."
    )

    @api.model
    def _selection_code(self):
        labels = self._get_figure_labels()
        return [(code, f"{code} {labels[code]}") for code in FIGURES]

    @api.model
    def _get_figure_labels(self):
        """Return the translated names of the figures: code -> name."""
        return {
            "K01": self.env._("Coverage by valid samples"),
            "K02": self.env._("Expired and not disposed of"),
            "K03": self.env._("Replaced in time"),
            "K04": self.env._("Replacement plan carried out"),
            "K05": self.env._("Inspected in time"),
            "K06": self.env._("Calibrations overdue"),
            "K07": self.env._("Inspections passed"),
            "K08": self.env._("Customer checks in time"),
            "K09": self.env._("Sealed at the first attempt"),
            "K10": self.env._("Sealing lead time"),
            "K11": self.env._("Notice kept"),
            "K12": self.env._("Trial fits in time"),
            "K13": self.env._("Problem points closed in time"),
            "K14": self.env._("Documents complete at once"),
            "K15": self.env._("First articles carried out"),
            "K16": self.env._("First articles good at once"),
            "K17": self.env._("Loans late"),
            "K18": self.env._("On loan and overdue now"),
            "K19": self.env._("Failures per 100 samples and month"),
            "K20": self.env._("Lost or damaged"),
            "K21": self.env._("Reaction to failures"),
            "K22": self.env._("Complaints compared with the sample"),
            "K23": self.env._("Disposed of in time"),
            "K24": self.env._("Samples changed in time"),
            "K25": self.env._("Supplier samples good at once"),
            "K26": self.env._("Temporary samples over their limit"),
            "K27": self.env._("Books and shelf agree"),
            "K28": self.env._("Feedback to dispatches"),
        }

    # --- Computing ---

    @api.model
    def _get_period(self, company, start, end):
        """Return some days as the clock of the company shows them.

        :param company: res.company
        :param date start: first day
        :param date end: last day
        :rtype: odoo.addons.sample_control.tools.month.Period
        """
        return Period(
            start, end, company._record_control_today(), company._record_control_tz()
        )

    @api.model
    def _compute_figures(self, company, start, end):
        """Compute all figures of one company for some days, in a fixed number of queries.

        :param company: res.company
        :param date start: first day
        :param date end: last day
        :return: list of values of figures, without company and month; a figure that nothing
            is known about (:meth:`_figure_k22` without complaints) is left out
        """
        period = self._get_period(company, start, end)
        # sudo: the figures count everything of the company, also what single people may not see
        model_sudo = self.sudo().with_company(company)
        vals_list = []
        for code, (group, unit, __) in FIGURES.items():
            found = getattr(model_sudo, f"_figure_{code.lower()}")(company, period)
            if found is not None:
                vals_list.append({"code": code, "group": group, "unit": unit, **found})
        return vals_list

    @api.model
    def _share(self, numerator, denominator, **extra):
        """Return a percentage: 0 of nothing."""
        value = 100.0 * numerator / denominator if denominator else 0.0
        return {
            "numerator": numerator,
            "denominator": denominator,
            "value": value,
            **extra,
        }

    @api.model
    def _number(self, count, of=0):
        """Return a number that is no share."""
        return {"numerator": count, "denominator": of, "value": count}

    @api.model
    def _share_of(self, model, domain, part):
        """Return how many records of a domain also fulfil another one.

        :param str model: name of the model
        :param domain: what is counted of
        :param part: what is counted among them
        """
        records = self.env[model]
        domain = Domain(domain)
        return self._share(
            records.search_count(domain & Domain(part)), records.search_count(domain)
        )

    # --- C12 ---

    @api.model
    def _cron_snapshot(self):
        """Keep the figures of the last month, of every company with samples (C12).

        Run again it adds nothing. After a downtime of months the figures of what happened are made
        up for; those of the state on a day are known for the last month alone.
        """
        # sudo: the register is written by the system alone
        figures_sudo = self.sudo()
        for company in self._get_companies():
            last = former_month(company._record_control_today())
            for month in figures_sudo._get_missing_months(company, last):
                figures_sudo._keep_month(company, month, with_state=month == last)

    @api.model
    def _get_companies(self):
        """Return the companies that have samples."""
        groups = self.env["sample.sample"].sudo()._read_group([], ["company_id"])
        return self.env["res.company"].union(*(company for [company] in groups))

    @api.model
    def _get_missing_months(self, company, last):
        """Return the months since the last kept one, through ``last``; at most a year."""
        kept = self.search(
            [("company_id", "=", company.id)], order="month desc", limit=1
        )
        months = []
        month = last
        while len(months) < 12 and (not kept or month > kept.month):
            months.insert(0, month)
            if not kept:
                break
            month = former_month(month)
        return months

    @api.model
    def _keep_month(self, company, month, with_state=True):
        """Keep the figures of one month.

        :param company: res.company
        :param date month: a day of the month
        :param bool with_state: whether the state on its last day is known
        """
        start = month_start(month)
        self.create(
            [
                {**vals, "company_id": company.id, "month": start}
                for vals in self._compute_figures(company, start, month_end(month))
                if with_state or not FIGURES[vals["code"]][2]
            ]
        )
