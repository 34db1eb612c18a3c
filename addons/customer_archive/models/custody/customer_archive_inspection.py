from datetime import date

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from ...tools.period import half_year, half_year_end

STATES = [
    ("draft", "Draft"),
    ("checking", "Checking"),
    ("correcting", "Correcting"),
    ("done", "Done"),
]
TRANSITIONS = {
    "draft": ("checking",),
    "checking": ("draft", "correcting", "done"),
    "correcting": ("checking", "done"),
    "done": (),
}


class CustomerArchiveInspection(models.Model):
    """The half-yearly inspection of the archives of a keeper (CA-09)."""

    _name = "customer.archive.inspection"
    _description = "Archive inspection"
    _inherit = ["sign.off.mixin", "customer.archive.custody.form.mixin"]
    _order = "year desc, half desc, id desc"
    _controlled_form_code = "customer_archive_inspection"
    _numbering_code = "customer.archive.inspection"
    _guarded_transitions = TRANSITIONS
    _guarded_side_states = ("draft", "checking")
    _guarded_protected_fields = ("date_done", "done_by_id")
    # Results need no seal: they are fixed once the archives are checked
    _sealed_fields = (
        "keeper_id",
        "year",
        "half",
        "inspector_ids",
        "date_inspected",
        "note",
    )
    _guarded_readiness_depends = (
        "inspector_ids",
        "date_inspected",
        "line_ids.result",
        "line_ids.is_corrected",
    )

    name = fields.Char(string="Inspection No.")
    keeper_id = fields.Many2one(
        comodel_name="res.users",
        index=True,
        default=lambda self: self.env.user,
        tracking=True,
        help="Keeper of the archives inspected. Empty: the archives that nobody keeps.",
    )
    year = fields.Integer(
        required=True,
        index=True,
        default=lambda self: self.env.company._record_control_today().year,
        aggregator=None,
    )
    half = fields.Selection(
        selection=[
            ("1", "First Half-year"),
            ("2", "Second Half-year"),
        ],
        required=True,
        default=lambda self: half_year(self.env.company._record_control_today()),
    )
    inspector_ids = fields.Many2many(
        comodel_name="res.users",
        relation="customer_archive_inspection_inspector_rel",
        string="Inspectors",
        tracking=True,
    )
    date_inspected = fields.Date(
        string="Inspected On",
        copy=False,
        tracking=True,
    )
    item_ids = fields.Many2many(
        comodel_name="customer.archive.inspection.item",
        relation="customer_archive_inspection_item_rel",
        ondelete="restrict",
        context={"active_test": False},
        string="Inspection Items",
        default=lambda self: self._default_item_ids(),
    )
    state = fields.Selection(
        selection=STATES,
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
        group_expand=True,
    )
    line_ids = fields.One2many(
        comodel_name="customer.archive.inspection.line",
        inverse_name="inspection_id",
        string="Archives",
    )
    date_done = fields.Date(
        readonly=True,
        copy=False,
    )
    done_by_id = fields.Many2one(
        comodel_name="res.users",
        readonly=True,
        copy=False,
    )
    note = fields.Text(
        string="Conclusion",
    )

    # Figures
    line_count = fields.Integer(
        string="Archives (number)",
        compute="_compute_figures",
    )
    progress = fields.Float(
        string="Progress (%)",
        compute="_compute_figures",
        aggregator=None,
        help="Archives whose items have all been answered.",
    )
    passed_count = fields.Integer(
        string="Passed",
        compute="_compute_figures",
    )
    failed_count = fields.Integer(
        string="Failed",
        compute="_compute_figures",
    )
    open_count = fields.Integer(
        string="Still to Correct",
        compute="_compute_figures",
    )
    pass_rate = fields.Float(
        string="Pass Rate (%)",
        compute="_compute_figures",
        digits=(5, 1),
        aggregator=None,
        help="Archives that passed as a share of the archives inspected. Nothing inspected, no rate.",
    )

    _period_unique = models.UniqueIndex(
        "(company_id, COALESCE(keeper_id, 0), year, half)",
        "The archives of this keeper already have an inspection for this half-year.",
    )
    _year_range = models.Constraint(
        "CHECK(year BETWEEN 1990 AND 2200)",
        "Enter the year with four digits.",
    )

    # --- Defaults ---

    @api.model
    def _default_item_ids(self):
        return self.env["customer.archive.inspection.item"].search(
            self.env.company._get_setup_domain()
        )

    # --- Computes ---

    @api.depends("line_ids.result", "line_ids.is_corrected")
    def _compute_figures(self):
        counts = {}
        for inspection, result, is_corrected, count in self.env[
            "customer.archive.inspection.line"
        ]._read_group(
            [("inspection_id", "in", self.ids)],
            ["inspection_id", "result", "is_corrected"],
            ["__count"],
        ):
            figures = counts.setdefault(inspection.id, {})
            figures[result] = figures.get(result, 0) + count
            if result == "fail" and not is_corrected:
                figures["open"] = count
        for inspection in self:
            figures = counts.get(inspection._origin.id, {})
            total = sum(count for key, count in figures.items() if key != "open")
            passed, failed = figures.get("pass", 0), figures.get("fail", 0)
            inspection.line_count = total
            inspection.progress = (
                100.0 * (total - figures.get(False, 0)) / total if total else 0.0
            )
            inspection.passed_count = passed
            inspection.failed_count = failed
            inspection.open_count = figures.get("open", 0)
            inspection.pass_rate = (
                100.0 * passed / (passed + failed) if passed + failed else 0.0
            )

    # --- Constraints ---

    @api.constrains("date_inspected")
    def _check_date_inspected(self):
        if any(
            inspection.date_inspected
            and inspection.date_inspected
            > inspection.company_id._record_control_today()
            for inspection in self
        ):
            raise ValidationError(
                self.env._("An inspection cannot take place in the future.")
            )

    # --- CRUD ---

    def write(self, vals):
        if not {"keeper_id", "company_id", "item_ids", "year", "half"}.isdisjoint(vals):
            self.filtered("line_count")._refuse(
                self.env._(
                    "Keeper, period and items are fixed once the archives are loaded"
                )
            )
        if not {"inspector_ids", "date_inspected"}.isdisjoint(vals):
            self.filtered(
                lambda inspection: inspection.state in ("correcting", "done")
            )._refuse(
                self.env._(
                    "Inspectors and date are fixed once the archives are checked"
                )
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_begun(self):
        # taken back to draft, too: what was found stays
        begun = self.filtered(lambda inspection: inspection.state != "draft")
        begun |= self._filter_answered()
        begun._refuse(self.env._("An inspection that was begun is kept"))
        if not self.env.su:
            self.filtered(lambda inspection: inspection._is_period_over())._refuse(
                self.env._("An inspection that was not made in its half-year is kept")
            )

    def _filter_answered(self):
        """Return the inspections in which something was found, whatever their state is now."""
        groups = self.env["customer.archive.inspection.check"]._read_group(
            [("inspection_id", "in", self.ids), ("result", "!=", False)],
            ["inspection_id"],
        )
        return self.browse([inspection.id for (inspection,) in groups])

    def _is_period_over(self):
        self.ensure_one()
        start = date(self.year, 7 if self.half == "2" else 1, 1)
        return half_year_end(start) < self.company_id._record_control_today()

    # --- State ---

    def _get_transition_label(self, target):
        return {
            "checking": self.env._("Begin"),
            "correcting": self.env._("Have corrected"),
            "done": self.env._("Complete"),
        }.get(target) or super()._get_transition_label(target)

    def _get_transition_reasons(self, target):
        reasons = super()._get_transition_reasons(target)
        if target in ("checking", "correcting", "done"):
            reasons += self._get_loading_reasons()
        if target == "checking" and self.state == "draft":
            reasons += self._get_completeness_reasons()
        if target in ("correcting", "done"):
            reasons += self._get_checking_reasons()
        if target == "correcting" and not self.failed_count:
            reasons.append(
                self.env._("Nothing has to be corrected; complete the inspection.")
            )
        if target == "done":
            reasons += self._get_correction_reasons()
        return reasons

    def _get_loading_reasons(self):
        if not self.line_count:
            return [self.env._("Load the archives first.")]
        return []

    def _get_completeness_reasons(self):
        """The inspection is one of all archives and all items, whatever was taken off the list since it was loaded."""
        if not self.line_count:
            return []
        # sudo: all that the keeper keeps counts, whoever begins
        lines_sudo = self.env["customer.archive.inspection.line"].sudo()
        listed = lines_sudo._search([("inspection_id", "=", self.id)])
        missing = (
            self.env["customer.archive"]
            .sudo()
            .search_count(
                self._get_archive_domain(self.company_id, self.keeper_id)
                & ~Domain("id", "in", listed.subselect("archive_id"))
            )
        )
        checks = (
            self.env["customer.archive.inspection.check"]
            .sudo()
            .search_count(
                Domain("inspection_id", "=", self.id)
                & Domain("item_id", "in", self.item_ids.ids)
            )
        )
        reasons = []
        if missing:
            reasons.append(
                self.env._(
                    "%(count)s archives of the keeper are not on the list; load again.",
                    count=missing,
                )
            )
        if checks < self.line_count * len(self.item_ids):
            reasons.append(self.env._("Some archives lack items to check; load again."))
        return reasons

    def _get_checking_reasons(self):
        reasons = []
        if not self.inspector_ids:
            reasons.append(self.env._("Name the inspectors."))
        if not self.date_inspected:
            reasons.append(self.env._("Enter the date of the inspection."))
        unanswered = self.env["customer.archive.inspection.line"].search_count(
            [("inspection_id", "=", self.id), ("result", "=", False)]
        )
        if unanswered:
            reasons.append(
                self.env._(
                    "Archives with items without a result: %(count)s.", count=unanswered
                )
            )
        # while results are missing nobody knows what will have been inspected
        elif self.line_count and not (self.passed_count + self.failed_count):
            reasons.append(
                self.env._(
                    "Not one archive was inspected: every item is marked as not applicable."
                )
            )
        vague = self.env["customer.archive.inspection.line"].search_count(
            Domain("inspection_id", "=", self.id)
            & Domain("result", "=", "fail")
            & self._get_vague_domain()
        )
        if vague:
            reasons.append(
                self.env._(
                    "Failed archives without problem, measure, person responsible or deadline: %(count)s.",
                    count=vague,
                )
            )
        return reasons

    @api.model
    def _get_vague_domain(self):
        names = ("problem", "measure", "user_id", "date_deadline")
        return Domain.OR(
            Domain(name, "in", (False, ""))
            if name in names[:2]
            else Domain(name, "=", False)
            for name in names
        )

    def _get_correction_reasons(self):
        if self.open_count:
            return [
                self.env._(
                    "Archives that still have to be corrected: %(count)s.",
                    count=self.open_count,
                )
            ]
        return []

    def _prepare_transition_vals(self, target):
        vals = super()._prepare_transition_vals(target)
        done = target == "done"
        vals.update(
            date_done=done and self.company_id._record_control_today(),
            done_by_id=done and self.env.uid,
        )
        return vals

    def _after_transition(self, source, target):
        super()._after_transition(source, target)
        if target == "correcting":
            for inspection in self:
                inspection._get_failed_lines()._schedule_corrections()
        elif target == "done":
            # Whoever completes it, nobody has to be reminded of it any more.
            self.sudo().activity_feedback(["mail.mail_activity_data_todo"])

    # --- Sign-off ---

    def _get_sign_off_reasons(self):
        reasons = super()._get_sign_off_reasons()
        if self.state not in ("correcting", "done"):
            reasons.append(
                self.env._("%(record)s is not checked yet.", record=self.display_name)
            )
        return reasons

    def _get_sign_off_authors(self):
        """Whoever entered results has inspected, whoever is named."""
        groups = self.env["customer.archive.inspection.check"]._read_group(
            [("inspection_id", "=", self.id), ("result", "!=", False)], ["write_uid"]
        )
        recorded = self.env["res.users"].union(*(user for (user,) in groups))
        return super()._get_sign_off_authors() | self.inspector_ids | recorded

    def _get_sign_off_users(self, role):
        return (
            self.keeper_id
            if role == "responsible"
            else super()._get_sign_off_users(role)
        )

    # --- Actions ---

    def action_load_archives(self):
        """Load all archives on file of the keeper, with one unanswered check for each item."""
        for inspection in self:
            if inspection.state != "draft":
                inspection._refuse(
                    self.env._("Archives are loaded before the inspection begins")
                )
            if not inspection.item_ids:
                inspection._refuse(self.env._("Choose the items to check"))
            inspection._load_archives()
        return True

    def action_begin(self):
        return self._transition("checking")

    def action_correct(self):
        return self._transition("correcting")

    def action_complete(self):
        return self._transition("done")

    def action_back(self):
        """One step back: from checking to draft, from correcting to checking."""
        for state, inspections in self.grouped("state").items():
            inspections._transition("draft" if state == "checking" else "checking")
        return True

    def action_pass_unanswered(self):
        """Mark what has no result yet as passed: the inspector has looked and noted the exceptions."""
        checks = self.env["customer.archive.inspection.check"].search(
            [("inspection_id", "in", self.ids), ("result", "=", False)]
        )
        checks._pass_in_set()
        return True

    def action_open_lines(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_archive.customer_archive_inspection_line_action"
        )
        action["domain"] = [("inspection_id", "=", self.id)]
        action["context"] = {"search_default_open": self.state == "checking"}
        return action

    def action_open_problems(self):
        action = self.action_open_lines()
        action["context"] = {"search_default_fail": True}
        return action

    # --- Print ---

    def _get_item_figures(self):
        """Count the results by item, for the print.

        :return: list of dicts with item, pass, fail, not_applicable, open
        """
        self.ensure_one()
        figures = {
            item: {"item": item, "pass": 0, "fail": 0, "not_applicable": 0, "open": 0}
            for item in self.item_ids
        }
        for item, result, count in self.env[
            "customer.archive.inspection.check"
        ]._read_group(
            [("inspection_id", "=", self.id)], ["item_id", "result"], ["__count"]
        ):
            if item in figures:
                figures[item][result or "open"] = count
        return list(figures.values())

    def _get_failed_lines(self):
        self.ensure_one()
        failed = Domain("inspection_id", "=", self.id) & Domain("result", "=", "fail")
        return self.env["customer.archive.inspection.line"].search(failed)

    # --- Loading ---

    @api.model
    def _get_archive_domain(self, company, keeper):
        return (
            Domain("company_id", "=", company.id)
            & Domain("keeper_id", "=", keeper.id)
            & Domain("state", "=", "active")
        )

    def _load_archives(self):
        """Insert lines and checks in three statements, whatever the number of archives."""
        self.ensure_one()
        self.check_access("write")
        # A keeper inspects all archives he keeps.
        Archives = self.env["customer.archive"].sudo()
        self.env.flush_all()
        query = Archives._search(
            self._get_archive_domain(self.company_id, self.keeper_id)
        )
        self.env.cr.execute(
            SQL(
                "INSERT INTO customer_archive_inspection_line (inspection_id, company_id, archive_id, partner_id,"
                " is_corrected, create_uid, create_date, write_uid, write_date)"
                " SELECT %s, archive.company_id, archive.id, archive.partner_id, FALSE,"
                " %s, (now() AT TIME ZONE 'UTC'), %s, (now() AT TIME ZONE 'UTC')"
                " FROM customer_archive archive WHERE archive.id IN %s"
                " ORDER BY archive.cabinet, archive.shelf, archive.position, archive.id"
                " ON CONFLICT (inspection_id, archive_id) DO NOTHING",
                self.id,
                self.env.uid,
                self.env.uid,
                query.subselect(),
            )
        )
        self.env.cr.execute(
            SQL(
                "INSERT INTO customer_archive_inspection_check AS known (line_id, inspection_id, company_id, item_id,"
                " result, create_uid, create_date, write_uid, write_date)"
                " SELECT line.id, line.inspection_id, line.company_id, item.id, %s,"
                " %s, (now() AT TIME ZONE 'UTC'), %s, (now() AT TIME ZONE 'UTC')"
                " FROM customer_archive_inspection_line line"
                " CROSS JOIN customer_archive_inspection_item item"
                " WHERE line.inspection_id = %s AND item.id IN %s ORDER BY line.id, item.sequence, item.id"
                " ON CONFLICT (line_id, item_id) DO UPDATE SET result = EXCLUDED.result"
                " WHERE known.result IS NULL AND EXCLUDED.result IS NOT NULL",
                self._get_known_results_sql(Archives),
                self.env.uid,
                # what the system knows is recorded by the system: who loads the archives has not inspected them
                SUPERUSER_ID,
                self.id,
                self.item_ids._ids,
            )
        )
        self._summarise_lines()

    def _get_known_results_sql(self, archives_sudo):
        """Return the SQL of the result that the system knows of an item (``item``) of a line (``line``).

        Completeness, refreshes and loans are known to the keeper who inspects, whatever he may read.
        """
        kept = self._get_archive_domain(self.company_id, self.keeper_id)
        # Searched beforehand: as a part of the statement PostgreSQL would compile the conditions, for seconds.
        cases = [
            SQL(
                "WHEN %s THEN CASE WHEN line.archive_id = ANY(%s) THEN 'fail' ELSE 'pass' END",
                item.id,
                archives_sudo.search(
                    kept & self._get_known_problem_domain(item.known_from), order="id"
                ).ids,
            )
            for item in self.item_ids.filtered("known_from")
        ]
        if not cases:
            return SQL("NULL")
        return SQL("CASE item.id %s END", SQL(" ").join(cases))

    def _summarise_lines(self):
        """Sum up the results of all lines in one statement, as ``_compute_result`` does for some."""
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                UPDATE customer_archive_inspection_line line
                   SET result = summary.result
                  FROM (
                        SELECT line_id,
                               CASE WHEN bool_or(result IS NULL) THEN NULL
                                    WHEN bool_or(result = 'fail') THEN 'fail'
                                    WHEN bool_or(result = 'pass') THEN 'pass'
                                    ELSE 'not_applicable' END AS result
                          FROM customer_archive_inspection_check
                         WHERE inspection_id = ANY(%s)
                         GROUP BY line_id
                       ) summary
                 WHERE line.id = summary.line_id AND line.result IS DISTINCT FROM summary.result
                """,
                self.ids,
            )
        )
        self.env.invalidate_all()

    @api.model
    def _get_known_problem_domain(self, known_from):
        """Tell which archives fail an item by what the system knows.

        :param str known_from: a key of ``customer.archive.inspection.item.known_from``
        """
        if known_from == "completeness":
            return Domain("has_missing_documents", "=", True)
        if known_from == "refresh":
            return Domain("refresh_ids", "any", [("is_overdue", "=", True)])
        return self.env["customer.archive"]._get_overdue_loan_domain()
