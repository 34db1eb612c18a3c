from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

# What is compared with the first-hand papers: dotted paths from the archive
CHECKED_FIELDS = (
    "partner_id.name",
    "partner_id.company_registry",
    "partner_id.phone",
    "partner_id.street",
    "user_id",
)


class CustomerDataCheck(models.Model):
    """The weekly sample of entered customer data, compared with the papers (CA-98)."""

    _name = "customer.data.check"
    _description = "Customer data accuracy check"
    _inherit = ["mail.thread", "mail.activity.mixin", "guarded.state.mixin"]
    _order = "date_week desc, id desc"
    _rec_name = "date_week"
    _check_company_auto = True

    _guarded_transitions = {"open": ("done",), "done": ("open",)}
    _guarded_initial_states = ("open",)
    _guarded_side_states = ("open",)
    _guarded_protected_fields = ("date_done", "done_by_id")
    _guarded_readiness_depends = ("line_ids.result",)

    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    date_week = fields.Date(
        string="Week of",
        required=True,
        index=True,
        default=lambda self: self._this_monday(),
        help="The Monday of the checked week.",
    )
    sample_size = fields.Integer(
        default=10,
        required=True,
        help="Archives in the sample. Ten is our default; the regulation names no number.",
    )
    state = fields.Selection(
        selection=[("open", "To check"), ("done", "Done")],
        default="open",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    line_ids = fields.One2many(
        comodel_name="customer.data.check.line",
        inverse_name="check_id",
    )
    checked_count = fields.Integer(compute="_compute_accuracy", store=True)
    correct_count = fields.Integer(compute="_compute_accuracy", store=True)
    accuracy = fields.Float(
        compute="_compute_accuracy",
        store=True,
        aggregator="avg",
        help="Correct samples ÷ checked samples (K-22).",
    )
    date_done = fields.Date(readonly=True, copy=False)
    done_by_id = fields.Many2one(comodel_name="res.users", readonly=True, copy=False)

    _company_week_unique = models.UniqueIndex(
        "(company_id, date_week)",
        "This week already has its accuracy check.",
    )
    _sample_size_positive = models.Constraint(
        "CHECK (sample_size BETWEEN 1 AND 500)",
        "A sample has between 1 and 500 archives.",
    )

    # --- Computes ---

    @api.depends("line_ids.result")
    def _compute_accuracy(self):
        for check in self:
            judged = check.line_ids.filtered("result")
            correct = judged.filtered(lambda line: line.result == "correct")
            check.checked_count = len(judged)
            check.correct_count = len(correct)
            check.accuracy = len(correct) / len(judged) if judged else 0.0

    @api.depends("date_week")
    def _compute_display_name(self):
        for check in self:
            year, week, _day = check.date_week.isocalendar()
            check.display_name = self.env._(
                "Accuracy check %(year)s week %(week)s", year=year, week=week
            )

    # --- States ---

    def _get_transition_reasons(self, target):
        reasons = super()._get_transition_reasons(target)
        if target == "done":
            open_lines = self.line_ids.filtered(lambda line: not line.result)
            wrong = self.line_ids.filtered(
                lambda line: line.result == "wrong" and not line.correct_value
            )
            if not self.line_ids:
                reasons.append(self.env._("Draw the sample first."))
            if open_lines:
                reasons.append(
                    self.env._(
                        "%(count)s values are not judged.", count=len(open_lines)
                    )
                )
            if wrong:
                reasons.append(
                    self.env._(
                        "Enter the right value of %(count)s wrong values.",
                        count=len(wrong),
                    )
                )
        return reasons

    def _prepare_transition_vals(self, target):
        done = target == "done"
        return super()._prepare_transition_vals(target) | {
            "date_done": done and self.env.company._record_control_today(),
            "done_by_id": done and self.env.uid,
        }

    # --- Actions ---

    def action_draw_sample(self):
        """Draw archives by chance, first among those changed in the week."""
        for check in self:
            if check.line_ids.filtered("result"):
                raise UserError(
                    self.env._(
                        "%(check)s has judged values; its sample stays.",
                        check=check.display_name,
                    )
                )
            check.line_ids.unlink()
            archives = self.env["customer.archive"].browse(check._draw_archive_ids())
            check.line_ids.create(
                [
                    check._prepare_line_vals(archive, path)
                    for archive in archives
                    for path in CHECKED_FIELDS
                ]
            )

    def action_done(self):
        """Close the check; every value must be judged."""
        self._transition("done")

    def action_reopen(self):
        """Judge again; the facts of closing are cleared."""
        self._transition("open")

    def _draw_archive_ids(self):
        """Return the drawn archives, those with data changed in the week first.

        SQL, because only the database can draw by chance without reading all archives.
        """
        self.env["customer.archive"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """SELECT archive.id
                     FROM customer_archive archive
                     JOIN res_partner partner ON partner.id = archive.partner_id
                    WHERE archive.company_id = %(company)s
                      AND archive.active
                      AND archive.state IN ('review', 'approval', 'active')
                 ORDER BY partner.write_date < %(monday)s, random()
                    LIMIT %(size)s""",
                company=self.company_id.id,
                monday=self.date_week,
                size=self.sample_size,
            )
        )
        return [row[0] for row in rows]

    def _prepare_line_vals(self, archive, path):
        value = archive
        for name in path.split("."):
            field = value._fields[name]
            value = value[name]
        return {
            "check_id": self.id,
            "archive_id": archive.id,
            "field_label": field.get_description(self.env, ["string"])["string"],
            "entered_value": (value.display_name if field.relational else value) or "",
        }

    # --- Crons ---

    @api.model
    def _this_monday(self):
        today = self.env.company._record_control_today()
        return today - timedelta(days=today.weekday())

    @api.model
    def _cron_draw_weekly(self):
        """Open this week's check in every company that has archives; repeatable."""
        monday = self._this_monday()
        done = self.search([("date_week", "=", monday)]).company_id
        companies = self.env["customer.archive"]._read_group(
            [("company_id", "not in", done.ids), ("state", "=", "active")],
            ["company_id"],
        )
        checks = self.create(
            [
                {"company_id": company.id, "date_week": monday}
                for (company,) in companies
            ]
        )
        checks.action_draw_sample()


class CustomerDataCheckLine(models.Model):
    """One entered value of the sample, judged against the paper."""

    _name = "customer.data.check.line"
    _description = "Value of a customer data check"
    _order = "check_id, archive_id, id"

    check_id = fields.Many2one(
        comodel_name="customer.data.check",
        required=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="check_id.company_id", store=True, index=True)
    archive_id = fields.Many2one(
        comodel_name="customer.archive",
        required=True,
        index=True,
        ondelete="restrict",
        readonly=True,
    )
    field_label = fields.Char(string="Item", readonly=True)
    entered_value = fields.Char(string="Entered", readonly=True)
    result = fields.Selection(
        selection=[("correct", "Correct"), ("wrong", "Wrong")],
    )
    correct_value = fields.Char(string="As on paper")
    remark = fields.Char()

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._check_open()
        return lines

    def write(self, vals):
        self._check_open()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_done(self):
        self._check_open()

    def _check_open(self):
        closed = self.check_id.filtered(lambda check: check.state == "done")
        if closed:
            raise UserError(
                self.env._(
                    "%(checks)s is done and cannot be changed; reopen it first.",
                    checks=", ".join(closed.mapped("display_name")),
                )
            )
