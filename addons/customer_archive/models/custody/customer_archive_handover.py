from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

STATES = [
    ("draft", "Draft"),
    ("open", "Handing Over"),
    ("done", "Done"),
    ("cancelled", "Cancelled"),
]
TRANSITIONS = {
    "draft": ("open", "cancelled"),
    "open": ("draft", "done", "cancelled"),
    "done": (),
    "cancelled": ("draft",),
}


class CustomerArchiveHandover(models.Model):
    """Customers, papers and open business pass from one salesperson to another (CA-14)."""

    _name = "customer.archive.handover"
    _description = "Archive handover"
    _inherit = ["sign.off.mixin", "customer.archive.custody.form.mixin"]
    _order = "date desc, id desc"
    _controlled_form_code = "customer_archive_handover"
    _numbering_code = "customer.archive.handover"
    _guarded_transitions = TRANSITIONS
    _guarded_side_states = ("draft", "cancelled")
    _guarded_protected_fields = ("date_done", "done_by_id")
    _guarded_readiness_depends = (
        "line_ids.is_received",
        "sign_off_state",
        "leaver_id",
        "receiver_id",
    )
    _sealed_fields = (
        "leaver_id",
        "receiver_id",
        "date",
        "reason",
        "line_ids.kind",
        "line_ids.res_id",
        "line_ids.is_transferred",
    )

    name = fields.Char(string="Handover No.")
    leaver_id = fields.Many2one(
        comodel_name="res.users",
        string="Hands Over",
        required=True,
        index=True,
        tracking=True,
        context={"active_test": False},
        help="The employee who leaves or is transferred.",
    )
    department_id = fields.Many2one(
        comodel_name="hr.department",
        compute="_compute_department_id",
        store=True,
        readonly=False,
    )
    receiver_id = fields.Many2one(
        comodel_name="res.users",
        string="Takes Over",
        required=True,
        index=True,
        tracking=True,
    )
    date = fields.Date(
        required=True,
        default=lambda self: self.env.company._record_control_today(),
        index=True,
        tracking=True,
        help="Day on which the employee leaves the customers.",
    )
    reason = fields.Selection(
        selection=[
            ("leaving", "Leaves the Company"),
            ("transfer", "Transferred to Another Unit"),
            ("position", "Changes Position"),
        ],
        required=True,
        default="leaving",
        tracking=True,
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
        comodel_name="customer.archive.handover.line",
        inverse_name="handover_id",
        string="Items",
        copy=False,
    )
    line_count = fields.Integer(
        compute="_compute_line_count",
    )
    received_count = fields.Integer(
        compute="_compute_line_count",
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
    note = fields.Text()

    _other_person = models.Constraint(
        "CHECK(leaver_id <> receiver_id)",
        "Customers are handed over to somebody else.",
    )
    _open_unique = models.UniqueIndex(
        "(company_id, leaver_id) WHERE state IN ('draft', 'open')",
        "There is already an open handover of this employee.",
    )

    # --- Computes ---

    @api.depends("leaver_id", "company_id")
    def _compute_department_id(self):
        for handover in self:
            # Who works where is no secret, but not every user may read employees.
            leaver_sudo = handover.leaver_id.sudo().with_company(handover.company_id)
            handover.department_id = leaver_sudo.employee_id.department_id.sudo(False)

    @api.depends("line_ids.is_received")
    def _compute_line_count(self):
        counts = {}
        for handover, is_received, count in self.env[
            "customer.archive.handover.line"
        ]._read_group(
            [("handover_id", "in", self.ids)],
            ["handover_id", "is_received"],
            ["__count"],
        ):
            counts.setdefault(handover.id, {})[is_received] = count
        for handover in self:
            figures = counts.get(handover._origin.id, {})
            handover.line_count = sum(figures.values())
            handover.received_count = figures.get(True, 0)

    # --- Constraints ---

    @api.constrains("receiver_id", "company_id")
    def _check_receiver(self):
        for handover in self:
            if reasons := handover._get_receiver_reasons():
                raise ValidationError("\n".join(reasons))

    def _get_receiver_reasons(self):
        """Say why the receiver cannot take anything over; he may have left since he was named."""
        # sudo: who works where is no secret
        receiver_sudo = self.receiver_id.sudo()
        if (
            receiver_sudo.active
            and self.company_id in receiver_sudo.company_ids
            and receiver_sudo.has_group("customer_archive.group_customer_archive_user")
        ):
            return []
        return [
            self.env._(
                "%(user)s does not work with the customer archives of %(company)s.",
                user=receiver_sudo.name,
                company=self.company_id.name,
            )
        ]

    # --- CRUD ---

    def write(self, vals):
        fixed = {
            "leaver_id",
            "receiver_id",
            "company_id",
            "line_ids",
            "date",
            "reason",
        } & set(vals)
        if fixed:
            closed = self.filtered(
                lambda handover: handover.state in ("done", "cancelled")
            )
            closed._refuse(self.env._("A closed handover is not changed"))
        if "receiver_id" in vals:
            self.filtered(
                lambda handover: handover.receiver_id.id != vals["receiver_id"]
                and any(handover.sudo().line_ids.mapped("is_received"))
            )._refuse(self.env._("Who has received items stays the receiver"))
        if {"leaver_id", "company_id"} & set(vals):
            self.filtered("line_ids")._refuse(
                self.env._("Take out the items before the person is changed")
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_begun(self):
        begun = self.filtered(
            lambda handover: handover.state not in ("draft", "cancelled")
        )
        begun._refuse(self.env._("A handover that was begun is kept"))

    # --- State ---

    def _get_transition_label(self, target):
        return {
            "open": self.env._("Begin"),
            "done": self.env._("Close handover"),
        }.get(target) or super()._get_transition_label(target)

    def _get_transition_reasons(self, target):
        reasons = super()._get_transition_reasons(target)
        if target == "open":
            reasons += self._get_loading_reasons()
        elif target == "done":
            reasons += self._get_receiver_reasons()
            reasons += self._get_loading_reasons()
            reasons += self._get_receipt_reasons()
            reasons += self._get_loan_reasons()
            reasons += self._get_notification_reasons()
            reasons += self._get_second_contact_reasons()
            reasons += self._get_seal_reasons()
        return reasons

    def _get_loading_reasons(self):
        """The list must hold what the leaver has today, not what he had when it was loaded."""
        lines = self.sudo().line_ids  # the whole list counts, whoever asks
        if not lines:
            return [self.env._("Load the items first.")]
        missing = {
            kind: len(
                records
                - records.browse(
                    lines.filtered(lambda line, k=kind: line.kind == k).mapped("res_id")
                )
            )
            for kind, records in self._get_open_items().items()
        }
        labels = dict(
            self.env["customer.archive.handover.line"]
            ._fields["kind"]
            ._description_selection(self.env)
        )
        return [
            self.env._(
                "Not on the list: %(kind)s (%(count)s); load again.",
                count=count,
                kind=labels[kind],
            )
            for kind, count in missing.items()
            if count
        ]

    def _get_receipt_reasons(self):
        missing = self.sudo().line_ids.filtered(lambda line: not line.is_received)
        if missing:
            return [
                self.env._(
                    "%(count)s of %(total)s items have not been received.",
                    count=len(missing),
                    total=len(self.sudo().line_ids),
                )
            ]
        return []

    def _get_loan_reasons(self):
        """Borrowed files must be back (AC-22)."""
        loans = self._get_open_loans()
        return [
            self.env._(
                "%(loan)s is still with %(user)s.",
                loan=loan.display_name,
                user=self.leaver_id.name,
            )
            for loan in loans
        ]

    def _get_notification_reasons(self):
        silent = self.sudo().line_ids.filtered(
            lambda line: line.kind == "archive" and not line.date_notified
        )
        if silent:
            return [
                self.env._(
                    "Not notified: %(customers)s.",
                    customers=", ".join(silent.partner_id.mapped("display_name")),
                )
            ]
        return []

    def _get_second_contact_reasons(self):
        """Say which important customers would be left without a second contact (CA-17)."""
        # sudo: who closes need not see every archive on the list
        archives_sudo = self._get_transferred_archives_sudo()
        alone_sudo = archives_sudo.filtered(
            lambda archive: archive._needs_second_contact()
            and archive.second_user_id in self.leaver_id | self.receiver_id
        )
        return [
            self.env._(
                "%(customer)s is an important customer: name a second contact besides %(receiver)s.",
                customer=archive.partner_id.display_name,
                receiver=self.receiver_id.name,
            )
            for archive in alone_sudo
        ]

    def _get_transferred_archives_sudo(self):
        lines_sudo = self.sudo().line_ids.filtered(lambda line: line.kind == "archive")
        return (
            self.env["customer.archive"]
            .sudo()
            .browse(lines_sudo.mapped("res_id"))
            .exists()
        )

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
        if target == "done":
            for handover in self:
                handover._transfer()

    # --- Sign-off ---

    def _get_sign_off_reasons(self):
        reasons = super()._get_sign_off_reasons()
        if self.state != "open":
            reasons.append(
                self.env._("%(handover)s has not begun.", handover=self.display_name)
            )
        return reasons + self._get_receipt_reasons()

    def _get_sign_off_users(self, role):
        if role == "leaver":
            return self.leaver_id
        if role == "receiver":
            return self.receiver_id
        if role == "responsible":
            return self.leaver_id
        if role == "department_manager":
            # That of the employee who leaves, whichever is entered.
            # Who manages a department is no secret, but not every user may read employees.
            employee_sudo = self._get_sign_off_employee(
                self.leaver_id, self.company_id
            ).sudo()
            return employee_sudo.department_id.manager_id.user_id.sudo(False)
        return super()._get_sign_off_users(role)

    # --- Actions ---

    def action_load(self):
        """Add what the leaver holds and is not on the list yet."""
        for handover in self:
            if handover.state not in ("draft", "open"):
                handover._refuse(
                    self.env._("Items are loaded before the handover is closed")
                )
            handover._load_lines()
        return True

    def action_begin(self):
        return self._transition("open")

    def action_close(self):
        return self._transition("done")

    def action_cancel(self):
        return self._transition("cancelled")

    def action_draft(self):
        return self._transition("draft")

    def action_receive_all(self):
        return self.line_ids.filtered(
            lambda line: not line.is_received
        ).action_receive()

    def action_notify(self):
        """Mail the customers that have not been told who takes over."""
        lines = self.line_ids.filtered(
            lambda line: line.kind == "archive" and not line.date_notified
        )
        return lines.action_notify()

    # --- Items ---

    @api.model
    def _get_item_kinds(self):
        """Return the kinds of items of a handover; further applications add theirs with super().

        :return: kind -> (model, domain of the open items of ``self.leaver_id``, partner field)
        :rtype: dict
        """
        self.ensure_one()
        mine = Domain("user_id", "=", self.leaver_id.id)
        company = Domain("company_id", "=", self.company_id.id)
        any_company = company | Domain("company_id", "=", False)
        return {
            "archive": (
                "customer.archive",
                company
                & (mine | Domain("second_user_id", "=", self.leaver_id.id))
                & Domain("state", "!=", "destroyed"),
                "partner_id",
            ),
            "lead": (
                "crm.lead",
                any_company & mine & Domain("won_status", "=", "pending"),
                "partner_id",
            ),
            "quotation": (
                "sale.order",
                company & mine & Domain("state", "in", ("draft", "sent")),
                "partner_id",
            ),
            "meeting": (
                "calendar.event",
                # what is marked as private is no business of who takes over
                mine
                & Domain("stop", ">=", fields.Datetime.now())
                & Domain("privacy", "!=", "private"),
                None,
            ),
        }

    def _get_open_items(self):
        """Return the open items of the leaver by kind, loans included."""
        self.ensure_one()
        items = {}
        for kind, (model, domain, __) in self._get_item_kinds().items():
            # The list is complete whoever makes it: the maker may not see all customers of the leaver.
            items[kind] = self.env[model].sudo().search(domain)
        items["loan"] = self._get_open_loans()
        return items

    def _get_open_loans(self):
        """Return the loans of the leaver whose things are still out."""
        self.ensure_one()
        # Employees are private records.
        employees = self.leaver_id.sudo().with_context(active_test=False).employee_ids
        return (
            self.env["loan.loan"]
            .sudo()
            .search(
                Domain("borrower_id", "in", employees.ids)
                & Domain("company_id", "=", self.company_id.id)
                & Domain("state", "=", "out")
            )
        )

    def _load_lines(self):
        self.ensure_one()
        self.check_access("write")
        known = {(line.kind, line.res_id) for line in self.sudo().line_ids}
        kinds = self._get_item_kinds()
        vals_list = []
        for kind, records in self._get_open_items().items():
            model, __, partner_field = kinds.get(kind, ("loan.loan", None, None))
            vals_list += [
                self._prepare_line_vals(kind, model, record, partner_field)
                for record in records
                if (kind, record.id) not in known
            ]
        # What a line points at is found by the system and never typed.
        lines = self.env["customer.archive.handover.line"]
        lines._with_trusted_fields(
            ("kind", "res_model", "res_id", "item_name", "partner_id")
        ).create(vals_list)

    def _prepare_line_vals(self, kind, model, record_sudo, partner_field):
        partner = (
            record_sudo[partner_field].commercial_partner_id
            if partner_field
            else self.env["res.partner"]
        )
        return {
            "handover_id": self.id,
            "kind": kind,
            "res_model": model,
            "res_id": record_sudo.id,
            "item_name": record_sudo.display_name,
            "partner_id": partner.id,
        }

    # --- Transfer ---

    def _transfer(self):
        """Make the receiver responsible for what is on the list and is still the leaver's."""
        self.ensure_one()
        # what was confirmed, lost or given to somebody else since it was loaded stays as it is
        open_items = self._get_open_items()
        # Gated: everything was received and signed; the person who closes need not be allowed to edit each item.
        lines_sudo = self.sudo().line_ids.filtered(
            lambda line: line.res_id in open_items[line.kind]._ids
        )
        for kind, lines in (
            lines_sudo.filtered("is_transferred").grouped("kind").items()
        ):
            if kind == "loan":
                continue
            records_sudo = open_items[kind].browse(lines.mapped("res_id"))
            self._transfer_items(kind, records_sudo)
        self._schedule_first_contacts(
            lines_sudo.filtered(lambda line: line.kind == "archive")
        )

    def _transfer_items(self, kind, records_sudo):
        """Rewrite the person responsible of the items of one kind.

        :param str kind: a key of :meth:`_get_item_kinds`
        :param records_sudo: the items
        """
        leaver, receiver = self.leaver_id, self.receiver_id
        if kind == "archive":
            # the receiver was the second contact, or is the only one now
            records_sudo.filtered(
                lambda archive: archive.second_user_id in leaver | receiver
            ).write({"second_user_id": False})
            mine = records_sudo.filtered(lambda archive: archive.user_id == leaver)
            mine.write({"user_id": receiver.id})
            partners = mine.partner_id | mine.partner_id.child_ids
            partners.filtered(lambda partner: partner.user_id == leaver).write(
                {"user_id": receiver.id}
            )
            return
        if kind == "meeting":
            records_sudo.write(
                {
                    "user_id": receiver.id,
                    "partner_ids": [
                        fields.Command.unlink(leaver.partner_id.id),
                        fields.Command.link(receiver.partner_id.id),
                    ],
                }
            )
            return
        records_sudo.write({"user_id": receiver.id})

    def _schedule_first_contacts(self, lines_sudo):
        """Ask the receiver to contact each customer; within three days is our proposal for "quickly"."""
        deadline = fields.Date.add(self.company_id._record_control_today(), days=3)
        archives_sudo = (
            self.env["customer.archive"]
            .sudo()
            .browse(
                lines_sudo.filtered(lambda line: not line.date_first_contact).mapped(
                    "res_id"
                )
            )
        )
        archives_sudo._create_activities(
            {
                archive: {
                    "user_id": self.receiver_id.id,
                    "summary": self.env._("Contact the customer you took over"),
                    "date_deadline": deadline,
                }
                for archive in archives_sudo
            },
            "mail.mail_activity_data_call",
        )
