from datetime import datetime, time, timedelta

from markupsafe import Markup

from odoo import api, fields, models
from odoo.fields import Domain

from ...tools.period import (
    quarter_end,
    quarter_name,
    quarter_start,
)

STATES = [
    ("open", "To Refresh"),
    ("done", "Reported"),
    ("received", "Received by Keeper"),
]
TRANSITIONS = {
    "open": ("done",),
    "done": ("received", "open"),
    "received": (),
}
REFRESH_ACTIVITY = "customer_archive.mail_activity_type_refresh"


class CustomerArchiveRefresh(models.Model):
    """The quarterly refresh of the archive of a long-term customer (CA-07)."""

    _name = "customer.archive.refresh"
    _description = "Quarterly archive refresh"
    _inherit = ["restricted.line.mixin", "customer.archive.custody.mixin"]
    _order = "date_quarter desc, date_due, id desc"
    _check_company_auto = True
    _restricted_parent_field = "archive_id"
    _restricted_open_fields = (
        "id",
        "display_name",
        "company_id",
        "user_id",
        "keeper_id",
        "date_quarter",
        "quarter",
        "date_due",
        "state",
        "is_overdue",
        "on_time_rate",
        "readiness",
        "activity_ids",
    )
    _guarded_transitions = TRANSITIONS
    _guarded_initial_states = ("open",)
    _guarded_side_states = ("open",)
    _guarded_protected_fields = (
        "date_done",
        "done_by_id",
        "date_received",
        "received_by_id",
    )
    _guarded_readiness_depends = (
        "result",
        "no_change_confirmed",
        "supplemented",
        "corrected",
        "completed",
    )

    archive_id = fields.Many2one(
        comodel_name="customer.archive",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
        check_company=True,
    )
    partner_id = fields.Many2one(
        related="archive_id.partner_id",
        store=True,
        index=True,
    )
    company_id = fields.Many2one(
        related="archive_id.company_id",
        store=True,
        index=True,
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Person Responsible",
        compute="_compute_user_id",
        store=True,
        index="btree_not_null",
        help="Follows the person in charge of the archive until the refresh is reported.",
    )
    keeper_id = fields.Many2one(
        related="archive_id.keeper_id",
        store=True,
        index="btree_not_null",
    )
    date_quarter = fields.Date(
        string="First Day of the Quarter",
        required=True,
        readonly=True,
        index=True,
        default=lambda self: quarter_start(self.env.company._record_control_today()),
    )
    quarter = fields.Char(
        compute="_compute_quarter",
        store=True,
    )
    date_due = fields.Date(
        string="Due",
        compute="_compute_quarter",
        store=True,
        index=True,
    )
    state = fields.Selection(
        selection=STATES,
        default="open",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
        group_expand=True,
    )
    is_overdue = fields.Boolean(
        string="Overdue",
        compute="_compute_is_overdue",
        search="_search_is_overdue",
        help="Not reported by the last day of the quarter.",
    )
    on_time_rate = fields.Float(
        string="Refreshed on Time (%)",
        compute="_compute_on_time_rate",
        store=True,
        aggregator="avg",
        digits=(5, 1),
        help="100 when reported by the last day of the quarter, else 0; the average over the refreshes due is the "
        "rate of timely refreshes.",
    )

    # Report
    result = fields.Selection(
        selection=[
            ("updated", "Updated"),
            ("no_change", "No Change"),
        ],
        copy=False,
        tracking=True,
    )
    no_change_confirmed = fields.Boolean(
        copy=False,
        tracking=True,
        help="The person responsible asked the customer or looked through the archive and found nothing to change.",
    )
    supplemented = fields.Text(
        copy=False,
    )
    corrected = fields.Text(
        copy=False,
    )
    completed = fields.Text(
        string="Made Complete",
        copy=False,
    )
    changes = fields.Html(
        string="Recorded Changes",
        compute="_compute_changes",
        sanitize=False,
        help="Changes of archive and customer that the system recorded from the start of the quarter until the report.",
    )
    date_done = fields.Date(
        string="Reported On",
        readonly=True,
        copy=False,
        index="btree_not_null",
    )
    done_by_id = fields.Many2one(
        comodel_name="res.users",
        string="Reported By",
        readonly=True,
        copy=False,
    )
    date_received = fields.Date(
        string="Received On",
        readonly=True,
        copy=False,
    )
    received_by_id = fields.Many2one(
        comodel_name="res.users",
        readonly=True,
        copy=False,
    )

    _archive_quarter_unique = models.UniqueIndex(
        "(archive_id, date_quarter)",
        "The archive already has a refresh for this quarter.",
    )
    _quarter_first_day = models.Constraint(
        "CHECK(EXTRACT(day FROM date_quarter) = 1 AND EXTRACT(month FROM date_quarter) IN (1, 4, 7, 10))",
        "A quarter begins on the first day of January, April, July or October.",
    )
    _company_quarter_idx = models.Index("(company_id, date_quarter)")

    # --- Computes ---

    @api.depends("archive_id", "quarter")
    def _compute_display_name(self):
        for refresh in self:
            refresh.display_name = f"{refresh.quarter or ''} {refresh.archive_id.display_name or ''}".strip()

    @api.depends("archive_id.user_id", "state")
    def _compute_user_id(self):
        for refresh in self:
            if refresh.state == "open" or not refresh.user_id:
                refresh.user_id = refresh.archive_id.user_id

    @api.depends("date_quarter")
    def _compute_quarter(self):
        for refresh in self:
            day = refresh.date_quarter
            refresh.quarter = day and quarter_name(day)
            refresh.date_due = day and quarter_end(day)

    @api.depends("state", "date_due")
    def _compute_is_overdue(self):
        days = self.company_id._get_record_control_days()
        for refresh in self:
            refresh.is_overdue = (
                refresh.state == "open"
                and bool(refresh.date_due)
                and refresh.date_due < days[refresh.company_id]
            )

    def _search_is_overdue(self, operator, value):
        if operator != "in":
            return NotImplemented
        overdue = Domain(
            "state", "=", "open"
        ) & self.env.companies._record_control_today_domain(
            lambda day: Domain("date_due", "<", day)
        )
        return Domain.OR(overdue if flag else ~overdue for flag in value)

    @api.depends("date_done", "date_due")
    def _compute_on_time_rate(self):
        for refresh in self:
            on_time = (
                refresh.date_done
                and refresh.date_due
                and refresh.date_done <= refresh.date_due
            )
            refresh.on_time_rate = 100.0 if on_time else 0.0

    @api.depends("archive_id", "date_quarter", "date_done")
    @api.depends_context("lang", "uid")
    def _compute_changes(self):
        changes = self._get_recorded_changes()
        for refresh in self:
            rows = changes.get(refresh, [])
            refresh.changes = (
                Markup("<ul class='mb-0'>%s</ul>")
                % Markup("").join(Markup("<li>%s</li>") % row for row in rows)
                if rows
                else False
            )

    # --- Recorded changes ---

    def _get_recorded_changes(self):
        """Return what the system recorded about archive and customer during each quarter, in two queries.

        :return: refresh -> list of sentences, oldest first
        :rtype: dict
        """
        refreshes = self.filtered(
            lambda refresh: refresh.archive_id and refresh.date_quarter
        )
        if not refreshes:
            return {}
        changes_sudo = self._search_tracking_values(refreshes)
        changes_sudo = changes_sudo._filter_has_field_access(self.env)
        by_record = changes_sudo.grouped(
            lambda change: (change.mail_message_id.model, change.mail_message_id.res_id)
        )
        result = {}
        for refresh in refreshes:
            first, last = refresh._get_period()
            values = by_record.get(
                ("customer.archive", refresh.archive_id.id), changes_sudo.browse()
            )
            values |= by_record.get(
                ("res.partner", refresh.partner_id.id), changes_sudo.browse()
            )
            values = values.filtered(
                lambda change, first=first, last=last: first
                <= change.mail_message_id.date
                <= last
            )
            result[refresh] = refresh._describe_changes(values.sorted("id"))
        return result

    @api.model
    def _search_tracking_values(self, refreshes):
        # Tracking values are for administrators; access to the fields is filtered by the caller.
        return (
            self.env["mail.tracking.value"]
            .sudo()
            .search(
                Domain(
                    "mail_message_id.date",
                    ">=",
                    # the day begins elsewhere earlier than in UTC
                    datetime.combine(min(refreshes.mapped("date_quarter")), time.min)
                    - timedelta(days=1),
                )
                & (
                    (
                        Domain("mail_message_id.model", "=", "customer.archive")
                        & Domain(
                            "mail_message_id.res_id", "in", refreshes.archive_id.ids
                        )
                    )
                    | (
                        Domain("mail_message_id.model", "=", "res.partner")
                        & Domain(
                            "mail_message_id.res_id", "in", refreshes.partner_id.ids
                        )
                    )
                )
            )
        )

    def _get_period(self):
        self.ensure_one()
        last = self.date_done or max(
            self.company_id._record_control_today(), self.date_due
        )
        get_instant = self.company_id._record_control_instant
        return get_instant(self.date_quarter), get_instant(last, time.max)

    def _describe_changes(self, values_sudo):
        sentences = []
        formatted = {row["id"]: row for row in values_sudo._tracking_value_format()}
        for value in values_sudo:
            shown = formatted[value.id]
            sentences.append(
                self.env._(
                    "%(date)s %(field)s: %(old)s → %(new)s (%(author)s)",
                    date=fields.Date.to_string(
                        self.company_id._record_control_today(
                            at=value.mail_message_id.date
                        )
                    ),
                    field=shown["fieldInfo"]["changedField"],
                    old=shown["oldValue"] or "–",
                    new=shown["newValue"] or "–",
                    author=value.mail_message_id.author_id.name or "",
                )
            )
        return sentences

    # --- State ---

    def _get_transition_label(self, target):
        return {
            "done": self.env._("Hand in"),
            "received": self.env._("Receive"),
            "open": self.env._("Hand back"),
        }.get(target) or super()._get_transition_label(target)

    def _get_transition_reasons(self, target):
        reasons = super()._get_transition_reasons(target)
        if target == "done":
            reasons += self._get_report_reasons()
        if (
            target in ("received", "open")
            and self.state == "done"
            and not self._is_keeper()
        ):
            reasons.append(
                self.env._(
                    "Only an archive keeper receives a refresh or hands it back."
                )
            )
        if (
            target == "received"
            and self.done_by_id
            and self.done_by_id == self.env.user
        ):
            reasons.append(
                self.env._(
                    "Somebody else than %(user)s, who reported, receives the refresh.",
                    user=self.env.user.name,
                )
            )
        return reasons

    def _get_report_reasons(self):
        if not self.result:
            return [
                self.env._("Say whether the archive was updated or nothing changed.")
            ]
        if self.result == "no_change":
            if not self.no_change_confirmed:
                return [self.env._("Confirm that nothing changed.")]
            return []
        texts = (self.supplemented, self.corrected, self.completed)
        if not any(
            (text or "").strip() for text in texts
        ) and not self._get_recorded_changes().get(self):
            return [self.env._("Say what was supplemented, corrected or completed.")]
        return []

    def _is_keeper(self):
        return self.env.user == self.keeper_id or self.env.user.has_group(
            "customer_archive.group_customer_archive_keeper"
        )

    def _prepare_transition_vals(self, target):
        vals = super()._prepare_transition_vals(target)
        today = self.company_id._record_control_today()
        if target == "done":
            vals.update(date_done=today, done_by_id=self.env.uid)
        elif target == "received":
            vals.update(date_received=today, received_by_id=self.env.uid)
        elif target == "open":
            vals.update(
                date_done=False,
                done_by_id=False,
                date_received=False,
                received_by_id=False,
            )
        return vals

    def _after_transition(self, source, target):
        super()._after_transition(source, target)
        if target == "done":
            self.sudo().activity_feedback([REFRESH_ACTIVITY])
            self._notify_keepers()
        elif target == "open":
            self._schedule_refresh_activities()
        elif target == "received":
            self.sudo().activity_unlink([REFRESH_ACTIVITY])

    def _notify_keepers(self):
        """Ask the keepers to receive what was reported."""
        summary = self.env._("Receive the refreshed archive")
        self._create_activities(
            {r: r._prepare_activity_vals(r.keeper_id, summary) for r in self},
            REFRESH_ACTIVITY,
        )

    def _schedule_refresh_activities(self):
        """Ask the persons responsible to refresh their archives."""
        summary = self._get_refresh_summary()
        self._create_activities(
            {r: r._prepare_activity_vals(r._get_asked_user(), summary) for r in self},
            REFRESH_ACTIVITY,
        )

    def _get_asked_user(self):
        """Return who refreshes the archive; if the person responsible has left the keeper, then the supervisor."""
        people = self.user_id | self.keeper_id | self.archive_id.supervisor_id
        return people.filtered("active")[:1]

    @api.model
    def _get_refresh_summary(self):
        return self.env._("Refresh the archive or confirm that nothing changed")

    def _prepare_activity_vals(self, user, summary):
        return {"user_id": user.id, "summary": summary, "date_deadline": self.date_due}

    # --- CRUD ---

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if vals.get("date_quarter"):
                vals["date_quarter"] = quarter_start(
                    fields.Date.to_date(vals["date_quarter"])
                )
        return super().create(vals_list)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_reported(self):
        reported = self.filtered(lambda refresh: refresh.state != "open")
        reported._refuse(
            self.env._("A reported refresh is part of the archive and is not deleted")
        )
        if not self.env.su:
            self.filtered("is_overdue")._refuse(
                self.env._("A refresh that was not made in its quarter is not deleted")
            )

    def write(self, vals):
        if not {
            "result",
            "no_change_confirmed",
            "supplemented",
            "corrected",
            "completed",
        }.isdisjoint(vals):
            closed = self.filtered(lambda refresh: refresh.state != "open")
            closed._refuse(
                self.env._(
                    "A reported refresh is changed only after the keeper handed it back"
                )
            )
        self.filtered(lambda refresh: refresh._is_moved(vals))._refuse(
            self.env._("A refresh keeps its archive and its quarter")
        )
        return super().write(vals)

    def _is_moved(self, vals):
        day = fields.Date.to_date(vals.get("date_quarter", self.date_quarter))
        if self.env.su:  # the system moves refreshes of archives that are merged
            return day != self.date_quarter
        return (
            vals.get("archive_id", self.archive_id.id) != self.archive_id.id
            or day != self.date_quarter
        )

    # --- Actions ---

    def action_report(self):
        return self._transition("done")

    def action_confirm_no_change(self):
        """Report that nothing changed, confirmed by the current user."""
        return self.write(
            {"result": "no_change", "no_change_confirmed": True, "state": "done"}
        )

    def action_receive(self):
        return self._transition("received")

    def action_hand_back(self):
        return self._transition("open")
