from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import plaintext2html

CONSULTATION_STAMPS = ("ca_archive_checked_by_id", "ca_archive_checked_at")
# Everybody with whom an order is contracted
PARTY_FIELDS = ("partner_id", "partner_invoice_id", "partner_shipping_id")


class SaleOrder(models.Model):
    """Consult the archive before contracting (CA-18).

    The gate stands in ``create`` and ``write``: a state ``sale`` that comes by file, RPC or another application meets
    the same reasons as the button.
    """

    _name = "sale.order"
    _inherit = ["sale.order", "fixed.defaults.mixin", "discreet.form.mixin"]

    ca_archive_state = fields.Selection(
        selection=lambda self: self.env["customer.archive"]
        ._fields["state"]
        ._description_selection(self.env),
        string="Archive Status",
        compute="_compute_ca_archive",
        compute_sudo=True,
        groups="base.group_user",
    )
    ca_archive_access = fields.Selection(
        related="partner_id.ca_archive_access",
        related_sudo=False,
        groups="base.group_user",
    )
    ca_grade_id = fields.Many2one(
        comodel_name="customer.grade",
        string="Customer Grade",
        compute="_compute_ca_archive",
        compute_sudo=True,
        groups="base.group_user",
    )
    ca_credit_status = fields.Selection(
        selection=lambda self: self.env["res.partner"]
        ._fields["ca_credit_status"]
        ._description_selection(self.env),
        string="Credit Status",
        compute="_compute_ca_archive",
        compute_sudo=True,
        groups="base.group_user",
    )
    ca_trading_stopped = fields.Boolean(
        string="Trading Stopped",
        compute="_compute_ca_ended_partner_ids",
        compute_sudo=True,
        groups="base.group_user",
    )
    ca_ended_partner_ids = fields.Many2many(
        comodel_name="res.partner",
        string="Customers without Trade",
        compute="_compute_ca_ended_partner_ids",
        compute_sudo=True,
        help="Customers with whom the trade is stopped, or who are deregistered: the customer of the order, who "
        "receives the invoice or the goods, or a company above one of them.",
        groups="base.group_user",
    )
    ca_overdue_amount = fields.Monetary(
        string="Overdue",
        currency_field="ca_company_currency_id",
        compute="_compute_ca_overdue_amount",
        compute_sudo=True,
        help="Invoices of the customer that are past due, in the currency of the company.",
        groups="base.group_user",
    )
    ca_company_currency_id = fields.Many2one(
        related="company_id.currency_id",
        string="Company Currency",
        groups="base.group_user",
    )
    ca_archive_checked = fields.Boolean(
        string="Archive Consulted",
        copy=False,
        tracking=True,
        help="Ticked by the person who has consulted the customer's archive before contracting.",
        groups="base.group_user",
    )
    ca_archive_checked_by_id = fields.Many2one(
        comodel_name="res.users",
        string="Consulted by",
        copy=False,
        readonly=True,
        groups="base.group_user",
    )
    ca_archive_checked_at = fields.Datetime(
        string="Consulted on",
        copy=False,
        readonly=True,
        groups="base.group_user",
    )
    ca_require_consultation = fields.Boolean(
        related="company_id.ca_require_consultation",
        groups="base.group_user",
    )
    ca_contracting_text = fields.Text(
        string="Before Contracting",
        compute="_compute_ca_contracting_text",
        help="Everything that stands against contracting with this customer now, and what to think of before.",
        groups="base.group_user",
    )

    # --- Computes ---

    @api.depends(
        "company_id",
        "partner_id.commercial_partner_id.ca_archive_ids.state",
        "partner_id.commercial_partner_id.ca_grade_id",
        "partner_id.commercial_partner_id.ca_credit_status",
    )
    def _compute_ca_archive(self):
        for company, orders in self.grouped("company_id").items():
            customers = orders.partner_id.commercial_partner_id.with_company(company)
            states = {
                archive.partner_id.id: archive.state
                for archive in customers._get_ca_archives_sudo(
                    company or self.env.company
                )
            }
            for order in orders:
                customer = order.partner_id.commercial_partner_id.with_company(company)
                order.ca_archive_state = states.get(customer.id, False)
                order.ca_grade_id = customer.ca_grade_id
                order.ca_credit_status = customer.ca_credit_status

    @api.depends(
        "company_id",
        *(
            f"{party}.{path}"
            for party in PARTY_FIELDS
            for path in (
                "parent_id",
                "ca_archive_ids.state",
                "ca_trading_stopped",
                "commercial_partner_id.ca_archive_ids.state",
                "commercial_partner_id.ca_trading_stopped",
            )
        ),
    )
    def _compute_ca_ended_partner_ids(self):
        for company, orders in self.grouped("company_id").items():
            company = company or self.env.company
            parties = {
                order: orders.browse().partner_id.union(
                    *(order[party]._get_ca_ancestors() for party in PARTY_FIELDS)
                )
                for order in orders
            }
            ended = orders.partner_id.union(*parties.values())._get_ca_ended(company)
            for order in orders:
                own = parties[order].filtered(lambda partner, e=ended: partner in e)
                order.ca_ended_partner_ids = own
                order.ca_trading_stopped = any(ended[p] == "stopped" for p in own)

    @api.depends(
        "ca_archive_state",
        "ca_trading_stopped",
        "ca_credit_status",
        "ca_archive_checked",
        "state",
    )
    def _compute_ca_contracting_text(self):
        for order in self:
            texts = []
            if order.partner_id and order.state in ("draft", "sent"):
                texts = [
                    *order._get_ca_contracting_reasons(),
                    *order._get_ca_contracting_warnings(),
                ]
            order.ca_contracting_text = "\n".join(texts) or False

    @api.depends("partner_id", "company_id")
    def _compute_ca_overdue_amount(self):
        for company, orders in self.grouped("company_id").items():
            overdue = orders.partner_id.commercial_partner_id._get_ca_overdue_amounts(
                company or self.env.company
            )
            for order in orders:
                order.ca_overdue_amount = overdue.get(
                    order.partner_id.commercial_partner_id.id, 0.0
                )

    # --- CRUD ---

    @api.model
    def _get_fixed_default_fields(self):
        """Nobody has consulted an archive beforehand."""
        return super()._get_fixed_default_fields() | {
            "ca_archive_checked",
            *CONSULTATION_STAMPS,
        }

    @api.model
    def _get_looked_through_fields(self):
        """A form tells of customer and company what the user may know; of what Odoo figures Odoo takes care."""
        return {"company_id", *PARTY_FIELDS}

    def _check_named_visible(self, values):
        """Odoo chooses the addresses of a customer, of whatever company: who fills in the form changes them next."""
        chosen = self._get_ca_chosen_addresses(values)
        super()._check_named_visible(
            {
                name: value
                for name, value in values.items()
                if name not in chosen
                or not value
                or self._get_ca_named_id(value) != chosen[name]
            }
        )

    @api.model
    def _get_ca_chosen_addresses(self, values):
        """Return the ids of the addresses that Odoo chooses for the customer in the values of a form."""
        if not values.get("partner_id"):
            return {}
        # sudo: as Odoo chooses them; the customer himself is asked for with the other values
        order_sudo = self.sudo().new(
            {"partner_id": self._get_ca_named_id(values["partner_id"])}
        )
        return {name: order_sudo[name].id for name in PARTY_FIELDS[1:]}

    @api.model
    def _get_ca_named_id(self, value):
        """Return the id of a many2one as a form sends it, 0 when it is none."""
        named = self._get_named_records("many2one", value)
        return named[0][0] if named else 0

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._prepare_ca_consultation_vals(vals)
        orders = super().create(vals_list)
        orders._open_ca_archives()
        orders.filtered("ca_archive_checked")._check_ca_consultation_access()
        confirmed = orders.filtered(lambda order: order.state == "sale")
        confirmed._check_ca_contracting()
        confirmed._refresh_ca_classes()
        return orders

    def write(self, vals):
        vals = dict(vals)
        if vals.get("ca_archive_checked") and "partner_id" not in vals:
            # who consulted the archive first, and when, stays
            ticked = self.filtered("ca_archive_checked")
            if others := self - ticked:
                if ticked:
                    return ticked.write(vals) and others.write(vals)
            else:
                del vals["ca_archive_checked"]
        moved = self._get_ca_moved(vals)
        self._check_ca_consultation_kept(vals)
        self._check_ca_currency_kept(vals)
        self._prepare_ca_consultation_vals(vals)
        confirming = self._get_ca_confirming(vals)
        former = self._get_ca_former_ended(vals)
        result = super().write(vals)
        confirming |= self._get_ca_newly_ended(former)
        if moved:
            # Another customer has another archive.
            super(SaleOrder, moved).write(
                dict.fromkeys(("ca_archive_checked", *CONSULTATION_STAMPS), False)
            )
        if vals.get("partner_id"):
            self._open_ca_archives()
        if vals.get("ca_archive_checked"):
            self._check_ca_consultation_access()
        confirming.filtered(lambda order: order.state == "sale")._check_ca_contracting()
        if "state" in vals:
            self._refresh_ca_classes()
        return result

    def _get_ca_moved(self, vals):
        """Return the orders that go to another customer, whose archive nobody has consulted yet."""
        if "partner_id" not in vals or "ca_archive_checked" in vals:
            return self.browse()
        customer = self.env["res.partner"].browse(vals["partner_id"])
        return self.filtered(
            lambda order: order.ca_archive_checked
            and order.partner_id.commercial_partner_id != customer.commercial_partner_id
        )

    def _get_ca_confirming(self, vals):
        """Return the orders that will be contracted by these values, or for somebody else than before."""
        confirmed = self.filtered(lambda order: order.state == "sale")
        confirming = self.browse()
        if vals.get("state") == "sale":
            confirming |= self - confirmed
        if "partner_id" in vals or "company_id" in vals:
            confirming |= confirmed
        return confirming

    def _get_ca_former_ended(self, vals):
        """Return whose trade has ended among the parties of confirmed orders, before a party changes.

        An order that runs on is not asked again about those with whom it was contracted.
        """
        if set(PARTY_FIELDS).isdisjoint(vals):
            return {}
        return {
            order: order.ca_ended_partner_ids for order in self if order.state == "sale"
        }

    def _get_ca_newly_ended(self, former):
        """Return the orders that have a party whose trade has ended and that was none of them before."""
        orders = self.browse().union(*former)
        orders.invalidate_recordset(["ca_ended_partner_ids"])
        return orders.filtered(lambda order: order.ca_ended_partner_ids - former[order])

    # --- Actions ---

    def action_ca_consult_archive(self):
        """Open the customer's archive, or ask for access to it."""
        self.ensure_one()
        return self.partner_id.with_company(self.company_id).action_open_ca_archive()

    def _confirmation_error_message(self):
        message = super()._confirmation_error_message()
        reasons = self._get_ca_contracting_reasons()
        return "\n".join([message, *reasons] if message else reasons) or False

    # --- Business ---

    def _get_ca_contracting_reasons(self):
        """Say why this order may not be contracted. Hook: other chapters add their sentences.

        :return: sentences; empty when nothing stands against it
        :rtype: list[str]
        """
        self.ensure_one()
        reasons = self._get_ca_ended_reasons()
        customer = self.partner_id.commercial_partner_id
        if self.sudo().ca_require_consultation and not self.ca_archive_checked:
            reasons.append(
                self.env._(
                    "%(order)s: consult the archive of %(customer)s and tick 'Archive Consulted'.",
                    order=self.display_name,
                    customer=customer.complete_name,
                )
            )
        return reasons

    def _report_ca_unconfirmed(self):
        """Tell the salespeople of these paid quotations why the payment has not confirmed them."""
        for order in self:
            user = order._get_ca_informed()
            here = order.with_context(lang=user.lang)
            order.activity_schedule(
                "mail.mail_activity_data_todo",
                user_id=user.id,
                summary=here.env._("Paid online, but not confirmed"),
                note=plaintext2html("\n".join(here._get_ca_contracting_reasons())),
            )

    def _get_ca_informed(self):
        """Return who is told what happened on the portal: the salesperson, else who answers for the customer."""
        archive_sudo = self.partner_id.commercial_partner_id._get_ca_archives_sudo(
            self.company_id
        )
        people = self.user_id | archive_sudo.user_id | archive_sudo.supervisor_id
        people |= self.team_id.user_id | archive_sudo.keeper_id
        return people.filtered("active")[:1] or self.env.ref("base.user_admin")

    def _get_ca_ended_reasons(self):
        """Say with which parties of this order the trade has ended, and what would resume it.

        :rtype: list[str]
        """
        self.ensure_one()
        # sudo: the reason names the customer, in whatever company the contact is kept
        ended_sudo = self.sudo().ca_ended_partner_ids
        return [
            self._explain_ca_end(end, self.display_name, partner.complete_name)
            for partner, end in ended_sudo._get_ca_ended(self.company_id).items()
        ]

    @api.model
    def _explain_ca_end(self, end, order, customer):
        if end == "deregistered":
            return self.env._(
                "%(order)s: %(customer)s is deregistered. Restore the customer's archive first.",
                order=order,
                customer=customer,
            )
        if end == "destroyed":
            return self.env._(
                "%(order)s: the archive of %(customer)s is destroyed. Put a new archive on file first.",
                order=order,
                customer=customer,
            )
        return self.env._(
            "%(order)s: trading with %(customer)s is stopped. Resume it on the customer's archive first.",
            order=order,
            customer=customer,
        )

    def _get_ca_growth_reasons(self):
        """Say why this running order does not become larger.

        :rtype: list[str]
        """
        return [
            *self._get_ca_ended_reasons(),
            self.env._(
                "%(order)s: what was ordered before may be delivered, but the order takes no new products, larger "
                "quantities or higher prices.",
                order=self.display_name,
            ),
        ]

    def _check_ca_currency_kept(self, vals):
        """The same numbers in another currency are another price (CA-81)."""
        if "currency_id" not in vals:
            return
        self._filter_ca_ended().filtered(
            lambda order: order.currency_id.id != vals["currency_id"]
        )._refuse_ca_growth()

    def _filter_ca_ended(self):
        """Return the running orders that have a party whose trade has ended."""
        # sudo: the decision holds, whoever may read the parties of the order
        return self.filtered(
            lambda order: order.state == "sale" and order.sudo().ca_ended_partner_ids
        )

    def _refuse_ca_growth(self):
        """Say of each of these orders why it does not become larger; nothing to say of none.

        :raises UserError: with the reasons of all orders
        """
        if self:
            raise UserError(
                "\n".join(
                    reason
                    for order in self
                    for reason in order._get_ca_growth_reasons()
                )
            )

    def _get_ca_contracting_warnings(self):
        """Say what the salesperson should think of before contracting. Hook.

        :rtype: list[str]
        """
        self.ensure_one()
        warnings = []
        if not self.ca_archive_state:
            warnings.append(self.env._("The customer has no archive yet."))
        if self.ca_archive_state and self.ca_archive_state in (
            "draft",
            "review",
            "approval",
        ):
            labels = dict(
                self._fields["ca_archive_state"]._description_selection(self.env)
            )
            warnings.append(
                self.env._(
                    "The customer's archive is not on file yet: %(state)s.",
                    state=labels[self.ca_archive_state],
                )
            )
        if self.ca_credit_status in ("low", "very_low"):
            labels = dict(
                self._fields["ca_credit_status"]._description_selection(self.env)
            )
            warnings.append(
                self.env._(
                    "Credit status of the customer: %(status)s.",
                    status=labels[self.ca_credit_status],
                )
            )
        return warnings

    def _check_ca_contracting(self):
        """Refuse orders in state ``sale`` that may not be contracted."""
        # who stands above whom may have changed since it was looked up
        self.invalidate_recordset(["ca_ended_partner_ids", "ca_trading_stopped"])
        reasons = [
            reason for order in self for reason in order._get_ca_contracting_reasons()
        ]
        if reasons:
            raise UserError("\n".join(reasons))

    def _prepare_ca_consultation_vals(self, vals):
        """Stamp the tick with person and time; nobody else sets the stamps."""
        if not self.env.su:
            for fname in CONSULTATION_STAMPS:
                vals.pop(fname, None)
        if "ca_archive_checked" in vals and not (
            self.env.su and "ca_archive_checked_by_id" in vals
        ):
            ticked = bool(vals["ca_archive_checked"])
            vals["ca_archive_checked_by_id"] = ticked and self.env.uid
            vals["ca_archive_checked_at"] = ticked and fields.Datetime.now()

    def _check_ca_consultation_kept(self, vals):
        """Keep the tick of a confirmed order: it says on what knowledge the order was contracted."""
        if vals.get("ca_archive_checked", True):
            return
        kept = self.filtered(
            lambda order: order.state == "sale" and order.ca_archive_checked
        )
        if kept:
            raise UserError(
                self.env._(
                    "The consultation of the archive stays on confirmed orders: %(orders)s.",
                    orders=", ".join(kept.mapped("name")),
                )
            )

    def _check_ca_consultation_access(self):
        """Refuse the tick of somebody who cannot open the archive."""
        unreadable = self.filtered(
            lambda order: order.with_company(order.company_id).ca_archive_access
            == "request"
        )
        if unreadable:
            raise UserError(
                self.env._(
                    "You cannot have consulted the archive of %(customers)s: you have no access to it. "
                    "Request access, or ask the person in charge to tick 'Archive Consulted'.",
                    customers=", ".join(
                        unreadable.partner_id.commercial_partner_id.mapped(
                            "display_name"
                        )
                    ),
                )
            )

    def _refresh_ca_classes(self):
        """Bring the classes of the customers up to date with these orders (CA-20)."""
        for company, orders in self.grouped("company_id").items():
            orders.partner_id.commercial_partner_id._get_ca_archives_sudo(
                company
            )._refresh_classes()

    def _open_ca_archives(self):
        """Open the archives of the customers of these quotations (CA-02)."""
        self.env["customer.archive"]._open_for_contacts(
            [
                (order.company_id, order.partner_id, order.user_id, order.team_id)
                for order in self
                if order.partner_id
            ]
        )
