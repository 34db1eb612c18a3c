from datetime import timedelta

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

MANAGER_GROUP = "customer_archive.group_customer_archive_manager"
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

    # --- CRUD ---

    def write(self, vals):
        fixed = ("company_id", "date_week", "sample_size")
        if drawn := self._filter_changed(fixed, vals).filtered("line_ids"):
            raise UserError(
                self.env._(
                    "%(checks)s: week, company and size stay once the sample is drawn.",
                    checks=", ".join(drawn.mapped("display_name")),
                )
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_judged(self):
        self.line_ids._check_not_judged()

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
        if target == "open" and not (
            self.env.su or self.env.user.has_group(MANAGER_GROUP)
        ):
            reasons.append(
                self.env._("Only a manager has results of a closed check judged again.")
            )
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
            "date_done": done and self.company_id._record_control_today(),
            "done_by_id": done and self.env.uid,
        }

    # --- Actions ---

    def action_draw_sample(self):
        """Draw archives by chance, first among those changed in the week."""
        for check in self:
            # sudo: the sample goes as a whole; refused when something was judged
            check.line_ids.sudo().unlink()
            archives = self.env["customer.archive"].browse(check._draw_archive_ids())
            lines = check.line_ids
            # what is judged is found by the system and never typed
            lines._with_trusted_fields(lines._protected_fields).create(
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
            record = value
            field = value._fields[name]
            value = value[name]
        return {
            "check_id": self.id,
            "archive_id": archive.id,
            "entered_by_id": self._get_entering_user(archive, record).id,
            "field_path": path,
            "entered_value": (value.display_name if field.relational else value) or "",
        }

    @api.model
    def _get_entering_user(self, archive, record):
        """Return who entered what stands on a record: who brought the list it came with, else who wrote it.

        :param archive: the archive in the sample
        :param record: the archive, or its customer, on which the value stands
        """
        # sudo: who entered something is no secret
        batch_sudo = archive.sudo().import_batch_id
        user_sudo = record.sudo().create_uid
        if record != archive:
            user_sudo = record.sudo().write_uid
        if batch_sudo and user_sudo == batch_sudo.imported_by_id:
            user_sudo = batch_sudo.uploaded_by_id
        return user_sudo.filtered(lambda user: user.id != SUPERUSER_ID)

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
    _inherit = ["protected.fields.mixin", "fixed.parent.mixin"]
    _order = "check_id, archive_id, id"
    _protected_fields = ("archive_id", "field_path", "entered_value", "entered_by_id")

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
    field_path = fields.Char(
        string="Field", readonly=True, help="Names of fields, from the archive on."
    )
    field_label = fields.Char(string="Item", compute="_compute_field_label")
    entered_value = fields.Char(string="Entered", readonly=True)
    entered_by_id = fields.Many2one(
        comodel_name="res.users",
        readonly=True,
        help="Who entered the value, found out when the sample was drawn; somebody else judges it.",
    )
    result = fields.Selection(
        selection=[("correct", "Correct"), ("wrong", "Wrong")],
    )
    correct_value = fields.Char(string="As on paper")
    remark = fields.Char()

    @api.depends("field_path")
    @api.depends_context("lang")
    def _compute_field_label(self):
        """Name the field in the language of the reader: samples are drawn by a job, which has none."""
        for line in self:
            model, label = self.env["customer.archive"], False
            for name in (line.field_path or "").split("."):
                field = model._fields.get(name)
                if field is None:
                    break
                label = field.get_description(self.env, ["string"])["string"]
                model = self.env.get(field.comodel_name, model)
            line.field_label = label

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._check_open()
        return lines

    def write(self, vals):
        self._check_open()
        if not {"result", "correct_value"}.isdisjoint(vals):
            self._check_judge()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_judged(self):
        self._check_open()
        self._check_not_judged()
        self._check_whole_sample()

    @api.model
    def _get_fixed_parent_fields(self):
        return super()._get_fixed_parent_fields() | {"check_id"}

    def _check_judge(self):
        """Nobody checks what he entered himself (CA-98)."""
        own = self.filtered(lambda line: line.entered_by_id == self.env.user)
        if own and not self.env.su:
            raise UserError(
                self.env._(
                    "%(user)s entered values of %(archives)s: somebody else compares them with the papers.",
                    user=self.env.user.name,
                    archives=", ".join(own.archive_id.mapped("name")),
                )
            )

    def _check_not_judged(self):
        """Keep a sample in which something was judged, the bad values with the good ones."""
        judged = self.check_id.filtered(
            lambda check: check.state == "done" or any(check.line_ids.mapped("result"))
        )
        if judged:
            raise UserError(
                self.env._(
                    "%(checks)s has judged values; its sample stays.",
                    checks=", ".join(judged.mapped("display_name")),
                )
            )

    def _check_whole_sample(self):
        """Keep values that look bad in the sample: what chance has drawn is drawn anew as a whole (CA-98)."""
        if not self.env.su:
            raise UserError(
                self.env._(
                    "Values of a sample are not taken out one by one; draw the sample anew: %(checks)s.",
                    checks=", ".join(self.check_id.mapped("display_name")),
                )
            )

    def _check_open(self):
        closed = self.check_id.filtered(lambda check: check.state == "done")
        if closed:
            raise UserError(
                self.env._(
                    "%(checks)s is done and cannot be changed; reopen it first.",
                    checks=", ".join(closed.mapped("display_name")),
                )
            )
