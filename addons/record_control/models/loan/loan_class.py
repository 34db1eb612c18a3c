from odoo import api, fields, models

from ...tools import working_time
from ..clock import clock_explanation
from ..clock.clock_clock import to_aware, to_naive


class LoanClass(models.Model):
    """How things of a kind are lent: whether, by whose approval, for how long."""

    _name = "loan.class"
    _description = "Loan Class"
    _inherit = ["company.boundary.mixin"]
    _order = "sequence, code"
    _rec_names_search = ["name", "code"]
    _check_company_auto = True

    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    code = fields.Char(required=True)
    name = fields.Char(
        required=True,
        translate=True,
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        # with its company: without, it would hold in all others
        ondelete="cascade",
        index=True,
        help="Empty: for every company that has no class of its own for the thing.",
    )
    model_id = fields.Many2one(
        comodel_name="ir.model",
        string="Applies to",
        ondelete="cascade",
        domain="[('field_id.name', '=', 'current_loan_line_id'), ('transient', '=', False)]",
        help="Kind of thing. Empty: any kind.",
    )
    lending = fields.Selection(
        selection=[
            ("allowed", "May leave its place"),
            ("in_room", "Only for use in the room"),
            ("forbidden", "Not lent"),
        ],
        default="allowed",
        required=True,
    )
    delivery = fields.Selection(
        selection=[
            ("physical", "Handed over"),
            ("electronic", "Electronic: access until the due date"),
        ],
        default="physical",
        required=True,
        help="Electronic: instead of handing something over, the borrower may read the record "
        "and its files until the end of the due date.",
    )
    approval_group_ids = fields.Many2many(
        comodel_name="res.groups",
        string="Approval by",
        help="Roles of which one has to approve. Empty: no approval needed.",
    )
    duration = fields.Integer(
        string="Period",
        default=3,
        required=True,
        help="How long a thing is lent at most. Three days is our default: the regulations leave it open.",
    )
    duration_unit = fields.Selection(
        selection=[
            ("minute", "Working minutes"),
            ("hour", "Working hours"),
            ("working_day", "Working days"),
            ("calendar_day", "Calendar days"),
        ],
        default="working_day",
        required=True,
        help="Working days end with the working hours of the last day; the day of the loan is not counted.",
    )
    same_day = fields.Boolean(
        string="Back on the Same Day",
        help="Due at the end of the working hours of the day of the loan, whatever the period.",
    )
    max_extensions = fields.Integer(
        string="Extensions",
        default=1,
        help="How often a loan may be extended, each time by the period at most.",
    )

    terms = fields.Text(
        translate=True,
        help="What the borrower undertakes, in the words of the regulation: read before the thing is handed out, "
        "and printed on the slip. Empty: that it is not passed on to others and comes back complete.",
    )

    _code_unique = models.UniqueIndex(
        "(code, company_id) NULLS NOT DISTINCT", "The code is already taken."
    )
    _duration_positive = models.Constraint(
        "CHECK (duration > 0)", "The period must be more than zero."
    )
    _extensions_not_negative = models.Constraint(
        "CHECK (max_extensions >= 0)", "The number of extensions cannot be negative."
    )

    @api.model
    def _find(self, model_name, company):
        """Return the class of things of a model: the nearest company's before the common, the model's before any.

        :param str model_name: model of the thing
        :param company: res.company
        :return: loan.class, empty when none is set up
        """
        # sudo: a borrower need not be allowed to read the technical models
        classes_sudo = company._find_setup(
            self.sudo(), [("model_id.model", "in", (model_name, False))]
        )
        by_model_sudo = classes_sudo.sorted(lambda loan_class: not loan_class.model_id)
        return by_model_sudo[:1].sudo(self.env.su)

    def _get_terms(self):
        """Return what the borrower undertakes by these classes, each sentence once.

        :return: text in the reader's language
        """
        # sudo: borrowers need not be allowed to read the classes
        terms = [text.strip() for text in self.sudo().mapped("terms") if text]
        return "\n".join(dict.fromkeys(filter(None, terms))) or self.env._(
            "Not to be passed on to others; to be returned complete by the due date."
        )

    def _get_due(self, start, company):
        """Return when a loan of this class that starts at ``start`` is due, and why.

        :param datetime start: naive UTC
        :param company: res.company whose working hours count
        :return: naive UTC datetime and explanation lines for ``clock_explanation``
        """
        self.ensure_one()
        hours = company.sudo().resource_calendar_id
        calendars = self.env["clock.calendar.day"]._get_work_calendars(
            [(company, hours)]
        )
        calendar = next(iter(calendars.values()))
        if self.same_day:
            end = self._get_end_of_day(to_aware(start), calendar)
            if end:
                return to_naive(end), []
        instant, lines = working_time.deadline(
            to_aware(start), self.duration, self.duration_unit, calendar
        )
        head = {
            "class_id": self.id,
            "policy": self.name,
            "amount": self.duration,
            "unit": self.duration_unit,
            "calendar": hours.name or "",
            "tz": calendar.tz.zone,
        }
        return to_naive(instant), [
            ["policy", head],
            *([line.kind, line.values] for line in lines),
        ]

    @api.model
    def _get_end_of_day(self, start, calendar):
        """Return the end of the working hours of the day of ``start``; None when they are over."""
        day = calendar.day(calendar.local(start).date())
        ends = [end for begin, end in day.intervals if end > start]
        return max(ends, default=None)

    @api.model
    def _explain_due(self, lines):
        """Return the explanation of a due date in words, the class by its name in the reader's language."""
        return clock_explanation.to_html(
            self.env,
            [[kind, values | self._get_reader_name(values)] for kind, values in lines],
        )

    @api.model
    def _get_reader_name(self, values):
        """Return the name of the class of an explanation line, if it has one that still exists."""
        # sudo: borrowers need not be allowed to read the classes
        loan_class = self.sudo().browse(values.get("class_id") or []).exists()
        return {"policy": loan_class.name} if loan_class else {}
