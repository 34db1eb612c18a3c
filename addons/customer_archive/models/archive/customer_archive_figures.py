from collections import defaultdict

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import split_every

NEW_CUSTOMER_MONTHS = (
    12  # CA-20 leaves "new customer" open; twelve months is our default
)
REFRESH_BATCH = (
    10_000  # archives whose trade is read in one go; of most nothing changes
)
CLASS_FIELDS = (
    "cooperation_status",
    "date_first_order",
    "date_last_order",
    "time_class",
    "trade_class",
)


class CustomerArchive(models.Model):
    """Standing and classes of the customer, as far as lists need them (CA-20, CA-39)."""

    _inherit = "customer.archive"

    # Standing, kept on the customer and repeated here in the company of the archive
    grade_id = fields.Many2one(
        comodel_name="customer.grade",
        compute="_compute_standing",
        store=True,
        tracking=True,
        index="btree_not_null",
        group_expand="_group_expand_grades",
    )
    is_key = fields.Boolean(
        string="Key Customer",
        compute="_compute_standing",
        store=True,
        tracking=True,
    )
    is_vip = fields.Boolean(
        string="VIP Customer",
        compute="_compute_standing",
        store=True,
        tracking=True,
    )
    credit_status = fields.Selection(
        selection=lambda self: self.env["res.partner"]
        ._fields["ca_credit_status"]
        ._description_selection(self.env),
        compute="_compute_standing",
        store=True,
        tracking=True,
    )
    vip_reception = fields.Boolean(
        string="VIP Reception",
        compute="_compute_vip_reception",
        help="Important customers are received at VIP level.",
    )

    # Read from the customer
    state_id = fields.Many2one(
        related="partner_id.state_id",
        string="Region",
        store=True,
        index="btree_not_null",
    )
    industry_id = fields.Many2one(
        related="partner_id.industry_id",
        store=True,
        index="btree_not_null",
    )
    contact_id = fields.Many2one(
        comodel_name="res.partner",
        compute="_compute_contact_id",
    )

    # Computed from orders, refreshed every night and when an order is confirmed
    date_first_order = fields.Date(
        string="First Trade",
        readonly=True,
        copy=False,
        index="btree_not_null",
    )
    date_last_order = fields.Date(
        string="Last Trade",
        readonly=True,
        copy=False,
        index="btree_not_null",
    )
    time_class = fields.Selection(
        selection=[
            ("old", "Old customer"),
            ("new", "New customer"),
            ("future", "Future customer"),
        ],
        string="By Time",
        readonly=True,
        copy=False,
        index=True,
        default="future",
        help="New: first trade within the last twelve months (our default). Future: no trade yet.",
    )
    trade_class = fields.Selection(
        selection=[
            ("past", "Traded before"),
            ("trading", "Trading"),
            ("soon", "About to trade"),
            ("none", "No trade"),
        ],
        string="By Trade",
        readonly=True,
        copy=False,
        index=True,
        default="none",
        help="Trading: an order within the last twelve months. About to trade: an open opportunity or quotation only.",
    )
    cooperation_status = fields.Selection(
        selection=[
            ("cooperating", "Cooperating"),
            ("prospect", "Potential"),
            ("none", "Not cooperating"),
            ("lost", "Lost"),
        ],
        string="Cooperation",
        readonly=True,
        copy=False,
        index=True,
        default="none",
    )
    cooperation_years = fields.Float(
        compute="_compute_cooperation_years",
        digits=(16, 1),
        help="Years since the first trade.",
    )
    currency_id = fields.Many2one(
        related="company_id.currency_id",
    )
    amount_ordered_year = fields.Monetary(
        string="Ordered This Year",
        compute="_compute_amounts",
        help="Confirmed orders of the current calendar year, untaxed, in company currency.",
    )
    amount_overdue = fields.Monetary(
        string="Overdue Amount",
        compute="_compute_amounts",
        help="Invoices that are past due, in company currency.",
    )

    # --- Computes ---

    @api.depends(
        "company_id",
        "partner_id.ca_grade_id",
        "partner_id.ca_is_key",
        "partner_id.ca_is_vip",
        "partner_id.ca_credit_status",
    )
    def _compute_standing(self):
        for company, archives in self.grouped("company_id").items():
            for archive in archives:
                partner = archive.partner_id.with_company(company)
                archive.grade_id = partner.ca_grade_id
                archive.is_key = partner.ca_is_key
                archive.is_vip = partner.ca_is_vip
                archive.credit_status = partner.ca_credit_status

    @api.model
    def _group_expand_grades(self, grades, domain):
        """Show a column for each grade, also for grades without customers."""
        return grades.search([("active", "=", True)])

    @api.depends("is_key", "is_vip")
    def _compute_vip_reception(self):
        for archive in self:
            archive.vip_reception = archive.is_key or archive.is_vip

    @api.depends(
        "partner_id.child_ids.type",
        "partner_id.child_ids.active",
        "partner_id.child_ids.is_company",
    )
    def _compute_contact_id(self):
        by_customer = {
            contact.parent_id.id: contact for contact in self._get_contacts()
        }
        for archive in self:
            archive.contact_id = by_customer.get(archive.partner_id._origin.id)

    def _get_contacts(self):
        """Return the contact person of each of these customers: the first of their people.

        :rtype: res.partner
        """
        customers = self.partner_id._origin
        if not customers:
            return customers
        people = self.env["res.partner"].search_fetch(
            Domain("parent_id", "in", customers.ids)
            & Domain("type", "=", "contact")
            & Domain("is_company", "=", False)
            & Domain("active", "=", True),
            ["parent_id"],
        )
        first = {person.parent_id.id: person.id for person in reversed(people)}
        return people.browse(first.values())

    @api.depends("date_first_order")
    def _compute_cooperation_years(self):
        today = self.env.company._record_control_today()
        for archive in self:
            days = (
                (today - archive.date_first_order).days
                if archive.date_first_order
                else 0
            )
            archive.cooperation_years = days / 365.25

    @api.depends("partner_id", "company_id")
    def _compute_amounts(self):
        ordered = self._get_figures_by_company("_get_ordered_amounts")
        overdue = self._get_figures_by_company("_get_overdue_amounts")
        for archive in self:
            archive.amount_ordered_year = ordered[archive.id]
            archive.amount_overdue = overdue[archive.id]

    def _get_by_customer(self, values, default=None):
        """Return what is known by customer by archive.

        :param dict values: id of the customer -> value
        :param default: value of the customers that are not in it
        :return: id of the archive -> value
        :rtype: dict
        """
        return {
            archive.id: values.get(archive.partner_id._origin.id, default)
            for archive in self
        }

    def _get_figures_by_company(self, method):
        """Return amounts of these archives, each in its own company.

        :param str method: a method with the company as its parameter that returns amounts by customer
        :return: id of the archive -> amount
        :rtype: dict
        """
        amounts = {}
        for company, archives, known in self._group_for_figures():
            by_customer = getattr(known, method)(company)
            amounts |= archives._get_by_customer(by_customer, 0.0)
        return amounts

    def _group_for_figures(self):
        """Group these archives by company, and say of which of them the trade may be figured.

        :return: tuples of company, its archives, and those of them whose trade the user may know
        """
        known = self._filter_trade_known()
        for company, archives in self.grouped("company_id").items():
            # in a form the company may be empty, and then nothing is known
            yield company or self.env.company, archives, archives & known

    def _filter_trade_known(self):
        """Return the archives whose trade their user may know (CA-11).

        Of a saved archive the rules have told. In a form that is filled in anybody names any customer and any company,
        and what is figured from orders is figured as the system.
        """
        if self.env.su:
            return self
        return self.filtered(
            lambda archive: archive.id
            or archive._is_named_as_saved()
            or archive._is_trade_known()
        )

    def _is_named_as_saved(self):
        """Tell whether the form shows a saved archive with the customer and company that it has."""
        saved = self._origin
        return bool(saved) and (saved.partner_id, saved.company_id) == (
            self.partner_id._origin,
            self.company_id._origin,
        )

    def _is_trade_known(self):
        """Tell whether the user may know the trade of the customer and company named in this form."""
        company = self.company_id._origin
        return (
            company in self.env.companies
            and self.partner_id._origin._is_ca_trade_known(company)
        )

    def _get_overdue_amounts(self, company):
        return self.partner_id._get_ca_overdue_amounts(company)

    def _get_ordered_amounts(self, company):
        """Return the orders of the current year of these customers, untaxed, in company currency.

        :param res.company company: the selling company
        :return: id of the customer -> amount
        :rtype: dict
        """
        if not self.partner_id.ids:
            return {}
        own = company.currency_id
        start = company._record_control_today().replace(month=1, day=1)
        domain = self._get_order_domain(company) & Domain("date_order", ">=", start)
        # The amount is part of the archive: who may read the archive may read it.
        orders_sudo = self.sudo().env["sale.order"]
        amounts = defaultdict(float)
        foreign = False
        for customer, currency, amount in orders_sudo._read_group(
            domain,
            ["partner_id.commercial_partner_id", "currency_id"],
            ["amount_untaxed:sum"],
        ):
            if currency in (own, currency.browse()):
                amounts[customer.id] += amount
            else:
                foreign = True
        if foreign:
            # each day has its own rate
            for customer, currency, day, amount in orders_sudo._read_group(
                domain & Domain("currency_id", "not in", (own.id, False)),
                ["partner_id.commercial_partner_id", "currency_id", "date_order:day"],
                ["amount_untaxed:sum"],
            ):
                amounts[customer.id] += currency._convert(amount, own, company, day)
        return amounts

    def _get_order_domain(self, company):
        """Return the confirmed orders of these customers."""
        return (
            self.partner_id._get_ca_reach()
            & Domain("company_id", "=", company.id)
            & Domain("state", "=", "sale")
        )

    # --- Refresh ---

    def _refresh_classes(self):
        """Compute first and last trade and the classes of these archives from orders, quotations and opportunities.

        Only what changes is written, archives with the same changes together.
        """
        self.fetch(["company_id", "partner_id", "state", *CLASS_FIELDS])
        for company, archives in self.grouped("company_id").items():
            today = company._record_control_today()
            trades = archives._get_trade_dates(company)
            about = archives._get_customers_about_to_trade(company)
            prepared = {}
            ids_by_changes = defaultdict(list)
            for archive in archives:
                customer_id = archive.partner_id.id
                facts = (
                    *trades.get(customer_id, (False, False)),
                    customer_id in about,
                    archive.state == "cancelled",
                )
                if facts not in prepared:
                    prepared[facts] = self._prepare_classes(*facts, today)
                changes = tuple(
                    (fname, value)
                    for fname, value in prepared[facts]
                    if archive[fname] != value
                )
                if changes:
                    ids_by_changes[changes].append(archive.id)
            for changes, ids in ids_by_changes.items():
                # Refreshing is no change made by a person.
                changing = self.browse(ids).sudo().with_context(tracking_disable=True)
                changing.write(dict(changes))

    @api.model
    def _prepare_classes(self, first, last, about_to_trade, cancelled, today):
        """Return the classes that follow from the dates of trade.

        :param date first: day of the first order, or False
        :param date last: day of the last order, or False
        :param bool about_to_trade: whether an opportunity or a quotation is open
        :param bool cancelled: whether the customer is deregistered
        :param date today: the day it is for the company
        :return: values of :data:`CLASS_FIELDS`, as pairs
        :rtype: tuple
        """
        year_ago = today - relativedelta(months=NEW_CUSTOMER_MONTHS)
        trading = bool(last) and last > year_ago
        if not first:
            cooperation = "prospect" if about_to_trade else "none"
            by_time, by_trade = "future", "soon" if about_to_trade else "none"
        else:
            cooperation = "cooperating" if trading and not cancelled else "lost"
            by_time = "new" if first > year_ago else "old"
            by_trade = "trading" if trading else "past"
        values = (cooperation, first, last, by_time, by_trade)
        return tuple(zip(CLASS_FIELDS, values, strict=True))

    def _get_trade_dates(self, company):
        """Return the days of the first and the last order of each customer.

        :rtype: dict
        """
        # The classes are those of the company, whichever orders the viewer may read.
        orders_sudo = self.sudo().env["sale.order"]
        return {
            customer.id: tuple(
                company._record_control_today(at=instant) for instant in (first, last)
            )
            for customer, first, last in orders_sudo._read_group(
                self._get_order_domain(company),
                ["partner_id.commercial_partner_id"],
                ["date_order:min", "date_order:max"],
            )
        }

    def _get_customers_about_to_trade(self, company):
        """Return the ids of the customers with an open opportunity or quotation."""
        env_sudo = self.sudo().env
        reach = self.partner_id._get_ca_reach()
        by_customer = ["partner_id.commercial_partner_id"]
        orders = env_sudo["sale.order"]._read_group(
            reach
            & Domain("company_id", "=", company.id)
            & Domain("state", "in", ("draft", "sent")),
            by_customer,
        )
        leads = env_sudo["crm.lead"]._read_group(
            reach
            & Domain("company_id", "in", (company.id, False))
            & Domain("won_status", "=", "pending"),
            by_customer,
        )
        return {customer.id for (customer,) in (*orders, *leads)}

    @api.model
    def _cron_refresh_classes(self):
        """Refresh the classes of all archives, in batches; a restart goes on with the next archive."""
        domain = [("state", "!=", "destroyed")]
        cron = self.env["ir.cron"]
        parameters_sudo = self.env["ir.config_parameter"].sudo()
        key = "customer_archive.classes_refreshed_to"
        last_id = int(parameters_sudo.get_param(key, 0))
        ids = self.search([*domain, ("id", ">", last_id)], order="id").ids
        cron._commit_progress(remaining=len(ids))
        for batch in split_every(REFRESH_BATCH, ids):
            self.browse(batch)._refresh_classes()
            parameters_sudo.set_param(key, batch[-1])
            self.env.invalidate_all()
            if not cron._commit_progress(len(batch)):
                return
        parameters_sudo.set_param(key, 0)
