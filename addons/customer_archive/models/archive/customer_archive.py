from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain

ARCHIVE_STATES = [
    ("draft", "Draft"),
    ("review", "To Review"),
    ("approval", "To Approve"),
    ("active", "On File"),
    ("stopped", "Trading Stopped"),
    ("cancelled", "Deregistered"),
    ("destroyed", "Destroyed"),
]
ARCHIVE_TRANSITIONS = {  # state -> states it may go to (CA-01)
    "draft": ("review",),
    "review": ("approval", "active", "draft"),
    "approval": ("active", "draft"),
    "active": ("stopped", "cancelled", "draft"),
    "stopped": ("active", "cancelled"),
    "cancelled": ("active", "destroyed"),
    "destroyed": (),
}
# Stamps and facts that come with a step, never by hand
SYSTEM_FIELDS = (
    "active",  # who hides an archive takes it out of every inspection and ledger
    "date_submitted",
    "submitted_by_id",
    "date_filed",
    "date_stopped",
    "stop_reason",
    "date_deregistered",
    "deregistered_by_id",
    "churn_reason_id",
    "deregistration_reason",
    "restoration_reason",
    "index_no",
    "approval_required",
    "opened_automatically",
    "date_opening_deadline",
    "date_first_order",
    "date_last_order",
    "time_class",
    "trade_class",
    "cooperation_status",
)
# Custody is the keeper's (CA-04), and so is the date of the first contact (CA-01)
KEEPER_FIELDS = (
    "keeper_id",
    "cabinet",
    "shelf",
    "position",
    "carrier",
    "date_first_contact",
)
KEEPER_GROUPS = (
    "customer_archive.group_customer_archive_keeper",
    "customer_archive.group_customer_archive_manager",
)
# Who opens archives in the name of somebody else
OTHERS_GROUPS = (
    *KEEPER_GROUPS,
    "customer_archive.group_customer_archive_supervisor",
)
MANAGER_GROUPS = ("customer_archive.group_customer_archive_manager",)
STOP_GROUPS = (
    "customer_archive.group_customer_archive_manager",
    "customer_archive.group_customer_archive_finance",
)


class CustomerArchive(models.Model):
    """The dossier of one customer in one company (CA-01).

    Business data stays on ``res.partner``, which everybody may read; what is typed about a customer and is
    restricted lives here. This file holds identity, responsibility and states; opening, custody, timeline and
    classification have files of their own.
    """

    _name = "customer.archive"
    _description = "Customer archive"
    _inherit = [
        "restricted.record.mixin",
        "guarded.state.mixin",
        "numbering.mixin",
        "customer.archive.in.charge.mixin",
        "clock.mixin",
        "loan.thing.mixin",
        "controlled.form.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "name desc, id desc"
    _check_company_auto = True

    _numbering_code = "customer.archive"
    _loan_keeper_fields = ("keeper_id",)
    _guarded_transitions = ARCHIVE_TRANSITIONS
    _guarded_side_states = ("draft", "stopped", "cancelled", "destroyed")
    _guarded_protected_fields = SYSTEM_FIELDS
    _guarded_readiness_depends = (
        "partner_id",
        "category_id",
        "user_id",
        "second_user_id",
        "supervisor_id",
    )
    _restricted_open_fields = ("id", "display_name", "name", "state", "company_id")
    # The customer stays readable, and with him what happened to him and which archive was inspected
    _restricted_shown_fields = ("partner_id",)

    # Identity
    name = fields.Char(
        string="Archive No.",
        required=True,
        readonly=True,
        copy=False,
        default="/",
        index="trigram",
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer",
        required=True,
        index=True,
        copy=False,
        ondelete="restrict",
        check_company=True,
        tracking=True,
        domain="['|', ('parent_id', '=', False), ('is_company', '=', True)]",
    )
    partner_ref = fields.Char(
        related="partner_id.ref",
        string="Customer No.",
    )
    category_id = fields.Many2one(
        comodel_name="customer.archive.category",
        string="Archive Category",
        index=True,
        ondelete="restrict",
        tracking=True,
    )
    state = fields.Selection(
        selection=ARCHIVE_STATES,
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
        group_expand=True,
    )
    active = fields.Boolean(
        default=True,
    )

    # Responsibility
    user_id = fields.Many2one(
        comodel_name="res.users",
        ondelete="restrict",
        string="Person in Charge",
        index=True,
        tracking=True,
        default=lambda self: self.env.user,
        domain="[('share', '=', False)]",
        help="The person in direct contact with the customer: opens and refreshes the archive.",
    )
    second_user_id = fields.Many2one(
        comodel_name="res.users",
        ondelete="restrict",
        string="Second Contact",
        index="btree_not_null",
        tracking=True,
        domain="[('share', '=', False), ('id', '!=', user_id)]",
        help="At least two employees keep contact with an important new customer.",
    )
    second_contact_missing = fields.Boolean(
        compute="_compute_second_contact_missing",
        search="_search_second_contact_missing",
        help="An important customer in its first months with one contact person only.",
    )
    team_id = fields.Many2one(
        comodel_name="crm.team",
        string="Sales Team",
        index="btree_not_null",
        check_company=True,
        tracking=True,
    )
    further_team_ids = fields.Many2many(
        comodel_name="crm.team",
        string="Further Teams",
        check_company=True,
        help="Other teams that trade with the same customer.",
    )
    supervisor_id = fields.Many2one(
        comodel_name="res.users",
        ondelete="restrict",
        string="Direct Supervisor",
        compute="_compute_supervisor_id",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        tracking=True,
        domain="[('share', '=', False)]",
        help="Reviews the archive. Proposed: the leader of the sales team, else the manager of the person in charge. "
        "Somebody else needs the right 'Supervisor'.",
    )

    # Steps
    date_submitted = fields.Datetime(
        string="Submitted on",
        readonly=True,
        copy=False,
    )
    submitted_by_id = fields.Many2one(
        comodel_name="res.users",
        string="Submitted by",
        readonly=True,
        copy=False,
    )
    date_filed = fields.Date(
        string="On File Since",
        readonly=True,
        copy=False,
    )
    date_stopped = fields.Date(
        string="Trading Stopped on",
        readonly=True,
        copy=False,
    )
    stop_reason = fields.Text(
        string="Reason for Stopping",
        readonly=True,
        copy=False,
        tracking=True,
    )
    date_deregistered = fields.Date(
        string="Deregistered on",
        readonly=True,
        copy=False,
        index="btree_not_null",
    )
    deregistered_by_id = fields.Many2one(
        comodel_name="res.users",
        string="Deregistered by",
        readonly=True,
        copy=False,
    )
    churn_reason_id = fields.Many2one(
        comodel_name="customer.archive.churn.reason",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
        help="Why the customer was lost.",
    )
    deregistration_reason = fields.Text(
        readonly=True,
        copy=False,
        tracking=True,
    )
    restoration_reason = fields.Text(
        readonly=True,
        copy=False,
        tracking=True,
    )

    # What the viewer may do; the server asks the same questions again
    can_submit = fields.Boolean(compute="_compute_can")
    can_keep = fields.Boolean(compute="_compute_can")
    can_stop = fields.Boolean(compute="_compute_can")
    can_deregister = fields.Boolean(compute="_compute_can")

    _name_company_unique = models.UniqueIndex(
        "(name, company_id)", "This archive number is already taken."
    )
    _partner_company_unique = models.UniqueIndex(
        "(partner_id, company_id) WHERE state != 'destroyed'",
        "This customer already has an archive in this company.",
    )

    # --- Computes ---

    @api.depends("partner_id.display_name", "name")
    def _compute_display_name(self):
        for archive in self:
            # a new archive has no number yet
            name = archive.name if archive.name != "/" else ""
            archive.display_name = (
                f"{name or ''} {archive.partner_id.display_name or ''}".strip()
            )

    @api.depends("team_id", "user_id", "company_id")
    def _compute_supervisor_id(self):
        for archive in self:
            # companies share teams, whose leader works in one of them
            leader = archive._find_person_in_charge(
                archive.company_id, archive.team_id.user_id
            )
            if not leader or leader == archive.user_id:
                leader = archive._get_manager_of_person_in_charge() or leader
            archive.supervisor_id = leader or archive.supervisor_id

    def _get_manager_of_person_in_charge(self):
        """Return the user to whom the person in charge reports in this company."""
        self.ensure_one()
        if not self.user_id:
            return self.user_id
        # Who reports to whom is no secret, but salespeople may not read employee records.
        employee_sudo = self.user_id._get_own_employee(self.company_id)
        return employee_sudo.parent_id.user_id.sudo(self.env.su)

    @api.depends("second_user_id", "date_first_contact", "state", "is_key", "is_vip")
    def _compute_second_contact_missing(self):
        for archive in self:
            archive.second_contact_missing = (
                archive._needs_second_contact() and not archive.second_user_id
            )

    def _search_second_contact_missing(self, operator, value):
        if operator != "in" or True not in value:
            return NotImplemented
        domains = [
            Domain("company_id", "=", company.id)
            & Domain("date_first_contact", ">", company._get_ca_second_contact_limit())
            for company in self.env.companies
        ]
        return (
            Domain("second_user_id", "=", False)
            & Domain("state", "in", ("draft", "review", "approval", "active"))
            & (Domain("is_key", "=", True) | Domain("is_vip", "=", True))
            & Domain.OR(domains)
        )

    @api.depends("state")
    @api.depends_context("uid")
    def _compute_can(self):
        keeper = self._has_one_of(KEEPER_GROUPS)
        manager = self._has_one_of(MANAGER_GROUPS)
        stopper = self._has_one_of(STOP_GROUPS)
        for archive in self:
            archive.can_submit = archive.state == "draft"
            archive.can_keep = keeper
            archive.can_stop = stopper and archive.state in ("active", "stopped")
            archive.can_deregister = manager and archive.state in (
                "active",
                "stopped",
                "cancelled",
            )

    # --- Constraints ---

    @api.constrains("partner_id")
    def _check_partner_is_commercial(self):
        contacts = self.filtered(
            lambda archive: archive.partner_id
            != archive.partner_id.commercial_partner_id
        )
        if contacts:
            raise ValidationError(
                "\n".join(
                    self.env._(
                        "%(contact)s is a contact of %(customer)s. Open the archive for %(customer)s.",
                        contact=archive.partner_id.name
                        or archive.partner_id.display_name,
                        customer=archive.partner_id.commercial_partner_id.display_name,
                    )
                    for archive in contacts
                )
            )

    @api.constrains("user_id", "second_user_id", "company_id")
    def _check_people(self):
        """Responsible are employees who work in the company; an archive in use has somebody in charge."""
        sentences = []
        for archive in self:
            people = archive.user_id | archive.second_user_id
            sentences += [
                self.env._(
                    "%(user)s does not work in %(company)s and cannot be responsible for its archives.",
                    user=user.name,
                    company=archive.company_id.name,
                )
                for user in people.sudo()
                if user.share or archive.company_id not in user.company_ids
            ]
            if not archive.user_id and archive.state in (
                "review",
                "approval",
                "active",
            ):
                sentences.append(
                    self.env._(
                        "%(archive)s: name the person in charge.",
                        archive=archive.display_name,
                    )
                )
        if sentences:
            raise ValidationError("\n".join(dict.fromkeys(sentences)))

    @api.constrains("user_id", "second_user_id")
    def _check_second_contact(self):
        same = self.filtered(
            lambda archive: archive.second_user_id
            and archive.second_user_id == archive.user_id
        )
        if same:
            raise ValidationError(
                self.env._(
                    "The second contact must be another person than the person in charge: %(archives)s.",
                    archives=", ".join(same.mapped("name")),
                )
            )
        missing = self.filtered(
            lambda archive: archive.state in ("review", "approval", "active")
            and archive.second_contact_missing
        )
        if missing:
            raise ValidationError(
                "\n".join(
                    missing.mapped(lambda archive: archive._get_second_contact_reason())
                )
            )

    # --- CRUD ---

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [dict(vals) for vals in vals_list]
        for vals in vals_list:
            self._check_keeper_vals(vals, creating=True)
        self._fill_opening_vals(vals_list)
        self._check_customers_of_creator(vals_list)
        archives = super().create(vals_list)
        archives._start_opening()
        return archives

    def write(self, vals):
        self._check_not_destroyed()
        self._check_keeper_vals(vals)
        if {"partner_id", "company_id"} & vals.keys():
            self._check_identity_kept(vals)
        self._check_charge_kept(vals)
        if vals.get("partner_id"):
            self._check_customers_of_creator(
                [
                    {
                        "user_id": archive.user_id.id,
                        "second_user_id": archive.second_user_id.id,
                        **vals,
                    }
                    for archive in self
                    if archive.partner_id.id != vals["partner_id"]
                ]
            )
        former_keepers = (
            {archive: archive.keeper_id for archive in self}
            if "keeper_id" in vals
            else {}
        )
        result = super().write(vals)
        self._log_keeper_change(former_keepers)
        return result

    def copy(self, default=None):
        raise UserError(
            self.env._(
                "An archive is not duplicated: a customer has one archive in each company."
            )
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_administrator_drafts(self):
        kept = (
            self.filtered(lambda archive: archive.state != "draft")
            if self.env.is_system()
            else self
        )
        if kept:
            raise UserError(
                self.env._(
                    "Archives are company property and are never deleted: %(archives)s. "
                    "Deregister the customer instead.",
                    archives=", ".join(kept.mapped("name")),
                )
            )

    @api.model
    def _get_fixed_default_fields(self):
        """Whoever may not set a field does not bring its default either."""
        return super()._get_fixed_default_fields() | set(KEEPER_FIELDS)

    def _check_not_destroyed(self):
        """Enter nothing into an archive that was destroyed; the system notes what it still has to (CA-15).

        :raises UserError: naming the archives
        """
        dead = (
            self.browse()
            if self.env.su
            else self.filtered(lambda archive: archive.state == "destroyed")
        )
        if dead:
            raise UserError(
                self.env._(
                    "Destroyed archives take nothing in: %(archives)s.",
                    archives=", ".join(dead.mapped("display_name")),
                )
            )

    def _check_keeper_vals(self, vals, creating=False):
        """Refuse changes to custody by people who are not keepers."""
        if self.env.su or self._has_one_of(KEEPER_GROUPS):
            return
        changed = []
        for fname in KEEPER_FIELDS:
            if fname not in vals:
                continue
            field = self._fields[fname]
            if creating:
                default = field.default(self) if field.default else False
                same = not vals[fname] or vals[fname] == default
            else:
                same = not self._filter_changed([fname], vals)
            if not same:
                changed.append(field._description_string(self.env))
        if changed:
            raise AccessError(
                self.env._(
                    "Only keepers and managers of archives may set %(fields)s.",
                    fields=", ".join(changed),
                )
            )

    @api.model
    def _check_customers_of_creator(self, vals_list):
        """Leave the customers of others to them: who is in charge of an archive sees it without a grant (CA-11).

        So does the second contact, whom the salesperson names himself.
        """
        if self.env.su or self._has_one_of(OTHERS_GROUPS):
            return
        defaults = self.default_get(["second_user_id"])
        named = {
            vals["partner_id"]: (vals.get("user_id"), {**defaults, **vals})
            for vals in vals_list
            if vals.get("partner_id")
        }
        # sudo: whose customer it is is no secret
        foreign_sudo = (
            self.env["res.partner"]
            .sudo()
            .browse(named)
            .filtered(
                lambda partner: partner.user_id
                and (
                    partner.user_id.id != named[partner.id][0]
                    or named[partner.id][1].get("second_user_id")
                    and partner.user_id != self.env.user
                )
            )
        )
        if foreign_sudo:
            raise UserError(
                self.env._(
                    "%(customers)s are customers of somebody else: the salesperson, a supervisor or an archive keeper "
                    "opens the archive.",
                    customers=", ".join(foreign_sudo.mapped("display_name")),
                )
            )

    def _check_charge_kept(self, vals):
        """Leave it to the person in charge who sees the archive beside him, and who follows him (CA-11, CA-14).

        :raises UserError: naming the customers
        """
        if self.env.su or self._has_one_of(OTHERS_GROUPS):
            return
        user = self.env.user
        foreign = self._filter_changed(("user_id", "second_user_id"), vals).filtered(
            lambda archive: archive.user_id - user
            and not user._is_ca_supervisor_of(archive.user_id, archive.company_id)
        )
        foreign.sudo().partner_id._refuse_ca_salesperson()

    def _check_identity_kept(self, vals):
        """Keep customer and company of an archive that has left the draft state, or was on file before."""
        changed = self.filtered(
            lambda archive: (archive.state != "draft" or archive.date_filed)
            and (
                vals.get("partner_id", archive.partner_id.id) != archive.partner_id.id
                or vals.get("company_id", archive.company_id.id)
                != archive.company_id.id
            )
        )
        if changed and not self.env.su:
            raise UserError(
                self.env._(
                    "Customer and company of an archive are set before it is first put on file: %(archives)s.",
                    archives=", ".join(changed.mapped("name")),
                )
            )

    # --- Access ---

    @api.model
    def _get_need_to_know_bases(self):
        """Own customers; the team for its leader; all for keepers, finance, managers and directors (0.5)."""
        user = self.env.user
        own = Domain("user_id", "=", user.id) | Domain("second_user_id", "=", user.id)
        team = Domain.FALSE
        if user.has_group("customer_archive.group_customer_archive_supervisor"):
            team = Domain("supervisor_id", "=", user.id) | Domain(
                "team_id.user_id", "=", user.id
            )

        def everybody(*groups):
            return Domain.TRUE if self._has_one_of(groups) else Domain.FALSE

        return {
            "owner": own,
            "team": team,
            "keeper": everybody("customer_archive.group_customer_archive_keeper"),
            "director": everybody("customer_archive.group_customer_archive_director"),
            "role": everybody(
                "customer_archive.group_customer_archive_manager",
                "customer_archive.group_customer_archive_finance",
            ),
        }

    @api.model
    def _get_need_to_know_domain(self):
        return Domain.OR(self._get_need_to_know_bases().values())

    def _get_masked_display_name(self):
        return self.env._("Customer archive (restricted)")

    def _get_access_keepers(self):
        """Return who keeps these archives: all keepers of their companies where nobody is named, or who was has left.

        :rtype: res.users
        """
        # sudo: who keeps an archive is no secret to who asks for it
        self_sudo = self.sudo()
        kept_sudo = self_sudo.filtered("keeper_id.active")
        companies_sudo = (self_sudo - kept_sudo).company_id
        if not self:
            companies_sudo = self.env.company
        keepers_sudo = kept_sudo.keeper_id
        if companies_sudo:
            group_sudo = self_sudo.env.ref(
                "customer_archive.group_customer_archive_keeper"
            )
            keepers_sudo = keepers_sudo.union(
                *map(group_sudo._get_users_of_company, companies_sudo)
            )
        return keepers_sudo.sudo(self.env.su)

    def _get_access_request_action(self):
        """Return the form that asks for access to this archive, for somebody who may not read it."""
        self.ensure_one()
        # sudo: the contact is seen by everybody, its archive is not
        subject = self.sudo().partner_id.display_name
        return self.env["access.grant"]._get_request_action(self, subject=subject)

    @api.model
    def _has_one_of(self, groups):
        """Return whether the user is in one of the groups (the system always is)."""
        return self.env.uid == SUPERUSER_ID or any(
            self.env.user.has_group(group) for group in groups
        )

    # --- States ---

    def _get_transition_reasons(self, target):
        reasons = super()._get_transition_reasons(target)
        if reasons:
            return reasons
        source = self.state
        if target == "review" or (
            target == "active" and source in ("review", "approval")
        ):
            reasons += self._get_submission_reasons()
        if source in ("review", "approval") and target != "draft":
            reasons += self._get_review_reasons(target)
        if target == "draft":
            reasons += self._get_return_reasons()
        if target in ("stopped", "cancelled") or source in ("stopped", "cancelled"):
            reasons += self._get_end_of_trade_reasons(source, target)
        return reasons

    def _get_submission_reasons(self):
        """Say what is missing before this archive may be submitted for review. Hook of the other chapters.

        :return: sentences, empty when complete
        :rtype: list[str]
        """
        self.ensure_one()
        reasons = []
        if not self.category_id:
            reasons.append(self.env._("Choose the archive category."))
        if not self.user_id:
            reasons.append(self.env._("Name the person in charge."))
        if not self.supervisor_id:
            reasons.append(
                self.env._(
                    "Name the direct supervisor who reviews the archive (or give the sales team a leader).",
                )
            )
        elif self.supervisor_id == self.user_id:
            reasons.append(
                self.env._(
                    "The direct supervisor must be another person than the person in charge."
                )
            )
        if self.second_contact_missing:
            reasons.append(self._get_second_contact_reason())
        return reasons

    def _get_end_of_trade_reasons(self, source, target):
        """Say who or what stops this archive from being stopped, deregistered, restored or destroyed."""
        reasons = []
        stopping = (source, target) in (("active", "stopped"), ("stopped", "active"))
        groups = STOP_GROUPS if stopping else MANAGER_GROUPS
        if not self.env.su and not self._has_one_of(groups):
            reasons.append(self.env._("Only managers may take this step."))
        if target == "stopped" and not (self.stop_reason or "").strip():
            reasons.append(self.env._("Give the reason for stopping the trade."))
        if target == "cancelled" and not (
            self.churn_reason_id and (self.deregistration_reason or "").strip()
        ):
            reasons.append(
                self.env._("Give the reason for which the customer is deregistered.")
            )
        if (
            source in ("stopped", "cancelled")
            and target == "active"
            and not (self.restoration_reason or "").strip()
        ):
            reasons.append(self.env._("Give the reason for taking the customer back."))
        return reasons

    def _prepare_transition_vals(self, target):
        vals = super()._prepare_transition_vals(target)
        today = self.company_id._record_control_today()
        source = self.state
        if target == "review":
            vals.update(
                date_submitted=fields.Datetime.now(), submitted_by_id=self.env.uid
            )
        elif target == "draft":
            vals.update(date_submitted=False, submitted_by_id=False)
        elif target == "active":
            vals.update(date_stopped=False, stop_reason=False)
            if source == "cancelled":
                vals.update(
                    date_deregistered=False,
                    deregistered_by_id=False,
                    churn_reason_id=False,
                    deregistration_reason=False,
                )
            if not self.date_filed:
                vals["date_filed"] = today
        elif target == "stopped":
            vals.update(date_stopped=today, restoration_reason=False)
        elif target == "cancelled":
            vals.update(
                date_deregistered=today,
                deregistered_by_id=self.env.uid,
                restoration_reason=False,
            )
        return vals

    def _after_transition(self, source, target):
        super()._after_transition(source, target)
        if target == "review":
            self._finish_opening()
        if "stopped" in (source, target) or source == "cancelled":
            # of a destroyed archive its state tells, until the customer comes back
            stopped = target in ("stopped", "cancelled")
            for company, archives in self.grouped("company_id").items():
                # The mark belongs to this step: no user sets it on the customer.
                archives.partner_id.with_company(company).sudo().write(
                    {"ca_trading_stopped": stopped}
                )
        self._add_transition_events(source, target)

    # --- Actions ---

    def action_submit(self):
        """Submit the archives for review by the direct supervisor."""
        return self._transition("review")

    def action_stop_trading(self):
        return self._get_decision_action("stop", self.env._("Stop Trading"))

    def action_resume_trading(self):
        return self._get_decision_action("resume", self.env._("Resume Trading"))

    def action_deregister(self):
        return self._get_decision_action(
            "deregister", self.env._("Deregister Customer")
        )

    def action_restore(self):
        return self._get_decision_action("restore", self.env._("Restore Customer"))

    def action_open_partner(self):
        self.ensure_one()
        return self.partner_id._get_records_action()

    def _get_decision_action(self, kind, title):
        """Return the dialog that asks the reason of a step."""
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": "customer.archive.decision",
            "view_mode": "form",
            "target": "new",
            "context": {"default_kind": kind, "default_archive_ids": self.ids},
        }

    # --- Contact discipline (CA-17) ---

    def _needs_second_contact(self):
        """Return whether the customer of this archive is an important one in its first months."""
        self.ensure_one()
        if not (self.is_key or self.is_vip) or self.state in (
            "stopped",
            "cancelled",
            "destroyed",
        ):
            return False
        limit = self.company_id.sudo()._get_ca_second_contact_limit()
        return bool(self.date_first_contact) and self.date_first_contact > limit

    def _get_second_contact_reason(self):
        return self.env._(
            "%(customer)s is an important customer in its first %(months)s months: name a second contact.",
            customer=self.partner_id.display_name,
            months=self.company_id.sudo().ca_second_contact_months,
        )

    def _remind_second_contact(self):
        """Ask the persons in charge for a second contact where the mark of a customer now asks one."""
        missing = self.filtered(
            lambda archive: archive.state == "active" and archive.second_contact_missing
        )
        for user, archives in missing.grouped("user_id").items():
            archives.activity_schedule(
                "customer_archive.mail_activity_type_second_contact",
                user_id=user.id or self.env.uid,
                summary=self.env._("Name a second contact"),
            )
