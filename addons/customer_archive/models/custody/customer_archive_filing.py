from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.record_control.models.access.restricted_fields import (
    RestrictedOne2many,
)

from ...tools.period import filing_due

STATES = [
    ("open", "To Hand Over"),
    ("handed", "Handed Over"),
    ("filed", "Filed"),
]
TRANSITIONS = {
    "open": ("handed",),
    "handed": ("filed", "open"),
    "filed": (),
}


class CustomerArchiveFiling(models.Model):
    """The documents a department received in a month, handed to the keeper by the 10th of the next (CA-15)."""

    _name = "customer.archive.filing"
    _description = "Monthly filing list"
    _inherit = ["customer.archive.custody.form.mixin"]
    _order = "date_month desc, id desc"
    _controlled_form_code = "customer_archive_filing"
    _numbering_code = "customer.archive.filing"
    _guarded_transitions = TRANSITIONS
    _guarded_initial_states = ("open",)
    _guarded_side_states = ("open",)
    _guarded_protected_fields = (
        "date_handed",
        "handed_by_id",
        "date_filed",
        "filed_by_id",
    )
    _guarded_readiness_depends = ("document_ids",)

    name = fields.Char(string="Filing List No.")
    date_month = fields.Date(
        string="First Day of the Month",
        required=True,
        index=True,
        default=lambda self: self.env.company._record_control_today().replace(day=1),
    )
    date_due = fields.Date(
        string="Due",
        compute="_compute_date_due",
        store=True,
        index=True,
    )
    department_id = fields.Many2one(
        comodel_name="hr.department",
        index="btree_not_null",
        check_company=True,
        help="Department of the people who received the documents.",
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Hands Over",
        index="btree_not_null",
        tracking=True,
        help="Files the documents of the department.",
    )
    keeper_id = fields.Many2one(
        comodel_name="res.users",
        index="btree_not_null",
        tracking=True,
        help="Keeper who receives the documents; any keeper when empty.",
    )
    document_ids = RestrictedOne2many(
        comodel_name="customer.archive.document",
        inverse_name="filing_id",
        string="Documents",
        copy=False,
    )
    document_count = fields.Integer(
        string="Documents (number)",
        compute="_compute_document_count",
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
    )
    date_handed = fields.Date(
        string="Handed Over On",
        readonly=True,
        copy=False,
    )
    handed_by_id = fields.Many2one(
        comodel_name="res.users",
        string="Handed Over By",
        readonly=True,
        copy=False,
    )
    date_filed = fields.Date(
        string="Filed On",
        readonly=True,
        copy=False,
    )
    filed_by_id = fields.Many2one(
        comodel_name="res.users",
        string="Received By",
        readonly=True,
        copy=False,
    )

    _month_unique = models.UniqueIndex(
        "(company_id, date_month, COALESCE(department_id, 0))",
        "The department already has a filing list for this month.",
    )
    _first_day = models.Constraint(
        "CHECK(EXTRACT(day FROM date_month) = 1)",
        "Enter the first day of the month.",
    )

    # --- Computes ---

    @api.depends("date_month")
    def _compute_date_due(self):
        for filing in self:
            filing.date_due = filing.date_month and filing_due(filing.date_month)

    @api.depends("document_ids")
    def _compute_document_count(self):
        counts = dict(
            self.env["customer.archive.document"]._read_group(
                [("filing_id", "in", self.ids)], ["filing_id"], ["__count"]
            )
        )
        for filing in self:
            filing.document_count = counts.get(filing._origin, 0)

    @api.depends("state", "date_due")
    def _compute_is_overdue(self):
        days = self.company_id._get_record_control_days()
        for filing in self:
            filing.is_overdue = (
                filing.state != "filed"
                and bool(filing.date_due)
                and filing.date_due < days[filing.company_id]
            )

    def _search_is_overdue(self, operator, value):
        if operator != "in":
            return NotImplemented
        overdue = Domain(
            "state", "!=", "filed"
        ) & self.env.companies._record_control_today_domain(
            lambda day: Domain("date_due", "<", day)
        )
        return Domain.OR(overdue if flag else ~overdue for flag in value)

    # --- CRUD ---

    def write(self, vals):
        if not {
            "company_id",
            "date_month",
            "department_id",
            "user_id",
            "keeper_id",
        }.isdisjoint(vals):
            self.filtered(lambda filing: filing.state == "filed")._refuse(
                self.env._("A filing list that was received is not changed")
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_handed(self):
        self.filtered(lambda filing: filing.state != "open")._refuse(
            self.env._("A filing list that was handed over is kept")
        )
        if not self.env.su:
            self.filtered(
                lambda filing: filing.is_overdue and filing.sudo().document_ids
            )._refuse(
                self.env._("A filing list that was not handed over in time is kept")
            )

    # --- State ---

    def _get_transition_label(self, target):
        return {
            "handed": self.env._("Hand over"),
            "filed": self.env._("Receive"),
        }.get(target) or super()._get_transition_label(target)

    def _get_transition_reasons(self, target):
        reasons = super()._get_transition_reasons(target)
        if target in ("handed", "filed") and not self.sudo().document_ids:
            reasons.append(self.env._("The list has no documents."))
        if target == "filed":
            reasons += self._get_filing_reasons()
        return reasons

    def _get_filing_reasons(self):
        reasons = []
        keeper = self.keeper_id
        if keeper and self.env.user != keeper:
            reasons.append(
                self.env._(
                    "%(keeper)s receives the documents of this list.",
                    keeper=keeper.name,
                )
            )
        elif not self.env.user.has_group(
            "customer_archive.group_customer_archive_keeper"
        ):
            reasons.append(self.env._("Only an archive keeper receives documents."))
        if self.handed_by_id and self.handed_by_id == self.env.user:
            reasons.append(
                self.env._(
                    "Somebody else than %(user)s, who handed over, receives.",
                    user=self.env.user.name,
                )
            )
        placeless = self.sudo().document_ids.filtered(
            lambda document: document.copies and not document.paper_place
        )
        if placeless:
            reasons.append(
                self.env._(
                    "Enter the place of the original of: %(documents)s.",
                    documents=", ".join(placeless.mapped("display_name")),
                )
            )
        return reasons

    def _prepare_transition_vals(self, target):
        vals = super()._prepare_transition_vals(target)
        today = self.company_id._record_control_today()
        if target == "handed":
            vals.update(date_handed=today, handed_by_id=self.env.uid)
        elif target == "filed":
            vals.update(date_filed=today, filed_by_id=self.env.uid)
        else:
            vals.update(
                date_handed=False,
                handed_by_id=False,
                date_filed=False,
                filed_by_id=False,
            )
        return vals

    def _after_transition(self, source, target):
        super()._after_transition(source, target)
        if target == "handed":
            self.sudo().activity_feedback(["mail.mail_activity_data_todo"])
        elif target == "filed":
            # What was filed, when and by whom, is known to the system alone.
            for company, filings_sudo in self.sudo().grouped("company_id").items():
                filings_sudo.document_ids.write(
                    {
                        "date_filed": company._record_control_today(),
                        "filed_by_id": self.env.uid,
                    }
                )

    # --- Actions ---

    def action_hand_over(self):
        return self._transition("handed")

    def action_file(self):
        return self._transition("filed")

    def action_hand_back(self):
        return self._transition("open")

    # --- Cron ---

    @api.model
    def _cron_open_month(self, batch_size=2000):
        """List the documents that came in until the end of the last month and are on no list yet (CA-15).

        Runs every day and takes what is missing, so that late documents and days without the job lose nothing.
        """
        # every company, and they are few
        # pylint: disable-next=no-search-all
        companies = self.env["res.company"].sudo().search([])
        remaining = sum(
            self.env["customer.archive.document"]
            .sudo()
            .search_count(self._get_document_domain(company))
            for company in companies
        )
        self.env["ir.cron"]._commit_progress(remaining=remaining)
        for company in companies:
            while documents_sudo := (
                self.env["customer.archive.document"]
                .sudo()
                .search(
                    self._get_document_domain(company), limit=batch_size, order="id"
                )
            ):
                self.with_company(company)._list_documents(documents_sudo, company)
                if not self.env["ir.cron"]._commit_progress(len(documents_sudo)):
                    return

    @api.model
    def _get_document_domain(self, company):
        """Tell which documents wait for a filing list."""
        first_of_month = company._record_control_today().replace(day=1)
        return (
            Domain("company_id", "=", company.id)
            & Domain("date_received", "<", first_of_month)
            & Domain("filing_id", "=", False)
            & Domain("date_destroyed", "=", False)
            & Domain("is_not_applicable", "=", False)
        )

    @api.model
    def _list_documents(self, documents_sudo, company, month=None):
        """Put documents on the open lists of their departments, making the lists that do not exist.

        What comes in when the list of its month was handed over already goes on the list of the next one.

        :param date month: first day of the month of the lists; the last month when empty
        """
        month = month or (
            company._record_control_today().replace(day=1) - relativedelta(months=1)
        )
        # Departments of colleagues are no secret, but not every user may read employees. Who works in several
        # companies is an employee of each.
        groups = documents_sudo.with_company(company).grouped(
            lambda document: document.received_by_id.employee_id.department_id
        )
        filings = self.sudo().search(
            [("company_id", "=", company.id), ("date_month", "=", month)]
        )
        by_department = {filing.department_id: filing for filing in filings}
        late_sudo = documents_sudo.browse().union(
            *(
                groups.pop(department)
                for department, filing in by_department.items()
                if filing.state != "open" and department in groups
            )
        )
        if late_sudo:
            self._list_documents(late_sudo, company, month + relativedelta(months=1))
        missing = [
            department for department in groups if department not in by_department
        ]
        created = self.sudo().create(
            [
                self._prepare_filing_vals(
                    company, month, department, groups[department]
                )
                for department in missing
            ]
        )
        created._schedule_filing()
        by_department.update({filing.department_id: filing for filing in created})
        for department, documents in groups.items():
            documents.write({"filing_id": by_department[department].id})

    @api.model
    def _prepare_filing_vals(self, company, month, department_sudo, documents_sudo):
        keepers = documents_sudo.archive_id.keeper_id
        return {
            "company_id": company.id,
            "date_month": month,
            "department_id": department_sudo.id,
            "user_id": (
                department_sudo.manager_id.user_id or documents_sudo.received_by_id
            )[:1].id,
            "keeper_id": keepers.id if len(keepers) == 1 else False,
        }

    def _schedule_filing(self):
        self._create_activities(
            {
                filing: {
                    "user_id": filing.user_id.id,
                    "summary": self.env._(
                        "Hand the documents of the month to the keeper"
                    ),
                    "date_deadline": filing.date_due,
                }
                for filing in self
            }
        )
