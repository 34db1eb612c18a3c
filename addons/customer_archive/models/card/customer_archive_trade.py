from collections import defaultdict

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

PROFILE_MONTHS = 12  # K-26: mean over the last twelve full months since the first trade
TOP_PRODUCTS = 5
CONTRACTS_SHOWN = 10


class CustomerArchive(models.Model):
    """Figures of the trade with a customer, computed from orders, invoices and payments and never typed (K-26).

    Trade is confirmed orders, untaxed, in company currency; a company may count posted invoices less credit notes
    instead. Months are those of the company's time zone. Each figure is read for all archives at once.
    """

    _inherit = "customer.archive"

    amount_month_highest = fields.Monetary(
        string="Highest Purchases per Month",
        compute="_compute_trade_figures",
        help="The month with the most trade, the current month included.",
    )
    month_highest = fields.Char(
        string="Best Month",
        compute="_compute_trade_figures",
    )
    amount_month_average = fields.Monetary(
        string="Average Purchases per Month",
        compute="_compute_trade_figures",
        help="Mean of the last twelve full months, or of all full months since the first trade. "
        "Months without trade count; the current month does not.",
    )
    months_counted = fields.Integer(
        string="Full Months Counted",
        compute="_compute_trade_figures",
    )
    amount_month_to_date = fields.Monetary(
        string="Trade This Month",
        compute="_compute_trade_figures",
        help="Compared with the trading limit per month.",
    )
    amount_trade_12_months = fields.Monetary(
        string="Trade of the Last 12 Full Months",
        compute="_compute_trade_figures",
    )
    trade_months = fields.Json(
        string="Trade per Month",
        compute="_compute_trade_figures",
        help="The last twelve full months: month, amount and share.",
    )
    trade_years = fields.Json(
        string="Trade per Year",
        compute="_compute_trade_figures",
        help="All years with trade, the latest first.",
    )
    main_products = fields.Char(
        compute="_compute_products",
        help="The products with the most sales to the customer.",
    )
    recent_products = fields.Json(
        string="Products of the Last 12 Months",
        compute="_compute_products",
        help="The products with the most sales of the last twelve months, with quantities.",
    )
    contract_numbers = fields.Char(
        compute="_compute_contract_numbers",
        help="The latest confirmed orders, with the customer's own number where it gave one.",
    )
    has_paid_late = fields.Boolean(
        string="Late Payment in the Past",
        compute="_compute_has_paid_late",
        help="An invoice was paid after its due date, or is overdue now.",
    )
    open_needs = fields.Char(
        string="Open Opportunities",
        compute="_compute_needs_and_losses",
        help="What the customer wants to buy from us: its open opportunities.",
    )
    loss_reason = fields.Char(
        string="Why the Customer Was Lost",
        compute="_compute_needs_and_losses",
        help="As noted on the archive, else the reason of the last lost opportunity.",
    )

    # --- Computes ---

    @api.depends("partner_id", "company_id", "company_id.ca_trade_basis")
    def _compute_trade_figures(self):
        for company, archives, known in self._group_for_figures():
            this_month = company._record_control_today().replace(day=1)
            trade = known._get_trade_by_month(company)
            for archive in archives:
                archive.update(
                    archive._prepare_trade_figures(
                        trade.get(archive.partner_id.id, {}), this_month
                    )
                )

    @api.depends("partner_id", "company_id")
    def _compute_products(self):
        for company, archives, known in self._group_for_figures():
            year_ago = company._record_control_today() - relativedelta(
                months=PROFILE_MONTHS
            )
            all_time = known._get_product_trade(company)
            recent = known._get_product_trade(company, since=year_ago)
            for archive in archives:
                top = all_time.get(archive.partner_id.id, [])[:TOP_PRODUCTS]
                archive.main_products = ", ".join(row["product"] for row in top)
                archive.recent_products = recent.get(archive.partner_id.id, [])[
                    :TOP_PRODUCTS
                ]

    @api.depends("partner_id", "company_id")
    def _compute_contract_numbers(self):
        for company, archives, known in self._group_for_figures():
            numbers = known._get_contract_numbers(company)
            for archive in archives:
                archive.contract_numbers = ", ".join(
                    numbers.get(archive.partner_id.id, [])
                )

    @api.depends("partner_id", "company_id")
    def _compute_has_paid_late(self):
        for company, archives, known in self._group_for_figures():
            late = known._get_late_payers(company)
            for archive in archives:
                archive.has_paid_late = archive.partner_id.id in late

    @api.depends("partner_id", "company_id", "churn_reason_id", "deregistration_reason")
    def _compute_needs_and_losses(self):
        for company, archives, known in self._group_for_figures():
            needs, losses = known._get_needs_and_losses(company)
            for archive in archives:
                archive.open_needs = ", ".join(needs.get(archive.partner_id.id, []))
                archive.loss_reason = losses.get(archive.partner_id.id)
                if archive.churn_reason_id:
                    reasons = (
                        archive.churn_reason_id.name,
                        archive.deregistration_reason,
                    )
                    archive.loss_reason = ": ".join(filter(None, reasons))

    # --- Trade ---

    @api.model
    def _prepare_trade_figures(self, trade, this_month):
        """Compute the figures of one customer from its trade per month.

        :param dict trade: first day of a month -> amount
        :param date this_month: first day of the current month
        :return: values of the computed fields
        :rtype: dict
        """
        first = min(trade, default=None)
        start = (
            max(first, this_month - relativedelta(months=PROFILE_MONTHS))
            if first
            else this_month
        )
        months = []
        while start < this_month:
            months.append(start)
            start += relativedelta(months=1)
        total = sum(trade.get(month, 0.0) for month in months)
        best = max(trade, key=trade.get, default=None)
        years = defaultdict(float)
        for month, amount in trade.items():
            years[month.year] += amount
        return {
            "amount_month_highest": trade[best] if best else 0.0,
            "month_highest": best.strftime("%Y-%m") if best else False,
            "amount_month_average": total / len(months) if months else 0.0,
            "months_counted": len(months),
            "amount_month_to_date": trade.get(this_month, 0.0),
            "amount_trade_12_months": total,
            "trade_months": [
                {
                    "month": month.strftime("%Y-%m"),
                    "amount": trade.get(month, 0.0),
                    "share": trade.get(month, 0.0) / total if total else 0.0,
                }
                for month in months
            ],
            "trade_years": [
                {"year": year, "amount": years[year]}
                for year in sorted(years, reverse=True)
            ],
        }

    def _get_trade_by_month(self, company):
        """Return the trade of these customers per month, untaxed, in company currency.

        :param res.company company: the selling company
        :return: id of the customer -> {first day of the month: amount}
        :rtype: dict
        """
        trade = defaultdict(lambda: defaultdict(float))
        rows = (
            self._read_invoiced_months(company)
            if company.sudo().ca_trade_basis == "invoice"
            else (self._read_ordered_months(company))
        )
        for customer_id, day, amount in rows:
            trade[customer_id][day.replace(day=1)] += amount
        return trade

    def _read_ordered_months(self, company):
        """Yield (id of the customer, a day of the month, amount) for the confirmed orders."""
        if not self.partner_id.ids:
            return
        # The figures are part of the archive: who may read the archive may read them, whichever orders he may read.
        orders_sudo = (
            self.sudo().env["sale.order"].with_context(tz=company._record_control_tz())
        )
        domain = self._get_order_domain(company)
        own = Domain("currency_id", "=", company.currency_id.id)
        for partner, month, amount in orders_sudo._read_group(
            domain & own, ["partner_id", "date_order:month"], ["amount_untaxed:sum"]
        ):
            yield partner.commercial_partner_id.id, month.date(), amount
        # Foreign amounts are converted at the rate of their day.
        for partner, currency, day, amount in orders_sudo._read_group(
            domain & ~own,
            ["partner_id", "currency_id", "date_order:day"],
            ["amount_untaxed:sum"],
        ):
            converted = currency._convert(
                amount, company.currency_id, company, day.date()
            )
            yield partner.commercial_partner_id.id, day.date(), converted

    def _read_invoiced_months(self, company):
        """Yield (id of the customer, a day of the month, amount) for posted invoices less credit notes."""
        if not self.partner_id.ids:
            return
        # Salespeople read the figures of their archives without access to accounting.
        for partner, month, amount in (
            self.sudo()
            .env["account.move"]
            ._read_group(
                Domain("commercial_partner_id", "in", self.partner_id.ids)
                & Domain("company_id", "=", company.id)
                & Domain("move_type", "in", ("out_invoice", "out_refund"))
                & Domain("state", "=", "posted"),
                ["commercial_partner_id", "invoice_date:month"],
                ["amount_untaxed_signed:sum"],
            )
        ):
            yield partner.id, month, amount

    def _get_product_trade(self, company, since=None):
        """Return what these customers ordered, by product, the most sales first.

        :param res.company company: the selling company
        :param date since: only orders from this day on
        :return: id of the customer -> list of dicts with product, quantity, unit and amount
        :rtype: dict
        """
        if not self.partner_id.ids:
            return {}
        domain = Domain("order_id", "any", self._get_order_domain(company)) & Domain(
            "display_type", "=", False
        )
        domain &= Domain("product_id", "!=", False) & Domain(
            "is_downpayment", "=", False
        )
        if since:
            domain &= Domain("order_id.date_order", ">=", since)
        rows = {}
        # See _read_ordered_months.
        for partner, product, unit, currency, quantity, amount in (
            self.sudo()
            .env["sale.order.line"]
            ._read_group(
                domain,
                ["order_partner_id", "product_id", "product_uom_id", "currency_id"],
                ["product_uom_qty:sum", "price_subtotal:sum"],
            )
        ):
            row = rows.setdefault(
                (partner.commercial_partner_id.id, product), [0.0, 0.0]
            )
            row[0] += (
                unit._compute_quantity(quantity, product.uom_id, round=False)
                if unit
                else quantity
            )
            # today's rate: the amounts only rank the products
            row[1] += currency._convert(
                amount, company.currency_id, company, fields.Date.today()
            )
        products = defaultdict(list)
        for (customer_id, product), (quantity, amount) in sorted(
            rows.items(), key=lambda item: (-item[1][1], item[0][1].id)
        ):
            products[customer_id].append(
                {
                    "product": product.with_context(
                        display_default_code=False
                    ).display_name,
                    "quantity": round(quantity, 4),
                    "unit": product.uom_id.name,
                    "amount": amount,
                }
            )
        return products

    def _get_contract_numbers(self, company):
        """Return the numbers of the latest confirmed orders of these customers.

        :rtype: dict
        """
        if not self.partner_id.ids:
            return {}
        numbers = {}
        # See _read_ordered_months.
        for partner, orders in (
            self.sudo()
            .env["sale.order"]
            ._read_group(
                self._get_order_domain(company), ["partner_id"], ["id:recordset"]
            )
        ):
            numbers.setdefault(partner.commercial_partner_id.id, []).extend(orders)
        return {
            customer_id: [
                f"{order.name} ({order.client_order_ref})"
                if order.client_order_ref
                else order.name
                for order in sorted(
                    orders, key=lambda order: order.date_order, reverse=True
                )[:CONTRACTS_SHOWN]
            ]
            for customer_id, orders in numbers.items()
        }

    def _get_needs_and_losses(self, company):
        """Return the open opportunities and the reason of the last lost one of these customers.

        :return: id of the customer -> names of opportunities, id of the customer -> reason
        :rtype: tuple
        """
        needs, losses = defaultdict(list), {}
        if not self.partner_id.ids:
            return needs, losses
        # See _read_ordered_months.
        leads_sudo = (
            self.sudo()
            .env["crm.lead"]
            .with_context(active_test=False)
            .search(
                self.partner_id._get_ca_reach()
                & Domain("company_id", "in", (company.id, False))
                & Domain("type", "=", "opportunity")
                & Domain("won_status", "in", ("pending", "lost")),
                order="date_closed, id",
            )
        )
        for lead_sudo in leads_sudo:
            customer_id = lead_sudo.partner_id.commercial_partner_id.id
            if lead_sudo.won_status == "pending" and lead_sudo.active:
                needs[customer_id].append(lead_sudo.name)
            elif lead_sudo.lost_reason_id:
                losses[customer_id] = lead_sudo.lost_reason_id.name
        return needs, losses

    def _get_late_payers(self, company):
        """Return the ids of the customers that paid an invoice after its due date, or have an overdue one.

        SQL, because no domain compares the date of a payment with the due date of its invoice.

        :param res.company company: the company that has the claims
        :rtype: set
        """
        customer_ids = self.partner_id.ids
        if not customer_ids:
            return set()
        self.env["account.move.line"].flush_model()
        self.env["account.partial.reconcile"].flush_model()
        paid_late = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT invoice.partner_id
                  FROM account_partial_reconcile reconciled
                  JOIN account_move_line invoice ON invoice.id = reconciled.debit_move_id
                  JOIN account_account account ON account.id = invoice.account_id
                  JOIN account_move_line payment ON payment.id = reconciled.credit_move_id
                  JOIN account_move payment_move ON payment_move.id = payment.move_id
                 WHERE invoice.partner_id IN %(customers)s
                   AND invoice.company_id = %(company)s
                   AND invoice.parent_state = 'posted'
                   AND account.account_type = 'asset_receivable'
                   AND payment_move.move_type != 'out_refund'
                   AND payment.date > invoice.date_maturity
                """,
                customers=tuple(customer_ids),
                company=company.id,
            )
        )
        overdue = self.partner_id._get_ca_overdue_amounts(company)
        return {row[0] for row in paid_late} | {
            customer_id for customer_id, amount in overdue.items() if amount > 0
        }
