from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


class CustomerNewReport(models.Model):
    """Report of a newly developed customer (E01 新开发客户报告表, CA-30); one for each customer and company."""

    _name = "customer.new.report"
    _description = "Report of a new customer"
    _inherit = [
        "numbering.mixin",
        "customer.archive.in.charge.mixin",
        "controlled.form.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "id desc"
    _check_company_auto = True
    _numbering_code = "customer.new.report"
    _controlled_form_code = "E01"
    _sign_off_form_code = "E01"
    _sealed_fields = (
        "partner_id",
        "order_id",
        "amount_first_order",
        "first_products",
        "products_used",
        "development_history",
        "remark",
    )

    name = fields.Char(
        string="Report No.",
        required=True,
        readonly=True,
        copy=False,
        default="/",
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(
        related="company_id.currency_id",
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
    is_merged = fields.Boolean(
        string="Of a Merged Customer",
        readonly=True,
        copy=False,
        help="Kept beside the report of the customer into whom this one was merged.",
    )
    partner_ref = fields.Char(
        related="partner_id.ref",
        string="Customer No.",
    )
    factory_id = fields.Many2one(
        comodel_name="res.partner",
        compute="_compute_factory_id",
        help="The address with the role of a factory, else the first delivery address.",
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Person in Charge",
        required=True,
        index=True,
        tracking=True,
        default=lambda self: self.env.user,
        domain="[('share', '=', False)]",
    )
    team_id = fields.Many2one(
        comodel_name="crm.team",
        string="Sales Team",
        index="btree_not_null",
        check_company=True,
    )
    order_id = fields.Many2one(
        comodel_name="sale.order",
        string="First Order",
        index="btree_not_null",
        copy=False,
        ondelete="restrict",
        check_company=True,
        domain="[('partner_id', 'child_of', partner_id), ('state', '=', 'sale')]",
    )
    date_first_order = fields.Datetime(
        related="order_id.date_order",
        string="Date of the First Order",
    )
    amount_first_order = fields.Monetary(
        string="First Transaction Amount",
        compute="_compute_first_order",
        compute_sudo=True,
        help="Untaxed, in company currency, at the rate of the day of the order.",
    )
    first_products = fields.Char(
        string="Products of the First Order",
        compute="_compute_first_order",
        compute_sudo=True,
    )
    products_used = fields.Char(
        tracking=True,
        help="What the customer uses of our products. Empty: the products of the first order.",
    )
    development_history = fields.Text(
        string="How the Customer Was Won",
        tracking=True,
    )
    remark = fields.Text(
        tracking=True,
    )

    _name_company_unique = models.UniqueIndex(
        "(name, company_id)", "The number of the report is already taken."
    )
    _partner_company_unique = models.UniqueIndex(
        "(partner_id, company_id) WHERE is_merged IS NOT TRUE",
        "There is already a report of this new customer.",
    )

    # --- Computes ---

    @api.depends("name", "partner_id.display_name")
    def _compute_display_name(self):
        for report in self:
            number = report.name if report._origin else False
            names = [number, report.partner_id.display_name]
            report.display_name = " ".join(filter(None, names))

    @api.depends("partner_id.child_ids.type", "partner_id.child_ids.ca_role_ids")
    def _compute_factory_id(self):
        for report in self:
            customer = report.partner_id
            deliveries = customer.child_ids.filtered(
                lambda contact: contact.type == "delivery"
            )
            report.factory_id = (
                customer._get_ca_contacts_by_role("factory") | deliveries
            )[:1]

    @api.depends(
        "order_id.amount_untaxed", "order_id.order_line.product_id", "company_id"
    )
    def _compute_first_order(self):
        for report in self:
            order = report.order_id
            amount = order.amount_untaxed
            if order and order.currency_id != report.currency_id:
                amount = order.currency_id._convert(
                    amount,
                    report.currency_id,
                    report.company_id,
                    order.date_order.date(),
                )
            report.amount_first_order = amount
            products = order.order_line.filtered(
                lambda line: not line.display_type
            ).product_id
            report.first_products = ", ".join(products.mapped("name"))

    # --- Constraints ---

    @api.constrains("partner_id", "order_id")
    def _check_order_of_customer(self):
        for report in self:
            customer = report.order_id.partner_id.commercial_partner_id
            if customer and customer != report.partner_id.commercial_partner_id:
                raise ValidationError(
                    self.env._(
                        "%(order)s is no order of %(customer)s.",
                        order=report.order_id.display_name,
                        customer=report.partner_id.display_name,
                    )
                )

    # --- CRUD ---

    @api.model
    def _get_protected_fields(self):
        return super()._get_protected_fields() | {"is_merged"}

    @api.model_create_multi
    def create(self, vals_list):
        self._check_orders_readable([vals.get("order_id") for vals in vals_list])
        return super().create(vals_list)

    def write(self, vals):
        order_id = vals.get("order_id")
        if self.filtered(lambda report: report.order_id.id != order_id):
            self._check_orders_readable([order_id])
        return super().write(vals)

    def _check_named_visible(self, values):
        """A form shows amount and products of the order that is named before anything is saved."""
        super()._check_named_visible(values)
        order_id = dict(self._get_named_records("many2one", values.get("order_id")))
        self._check_orders_readable(set(order_id) - set(self.sudo().order_id.ids))

    def _check_orders_readable(self, order_ids):
        """Amount and products are shown with the report: who names an order may read it."""
        if orders := self.env["sale.order"].browse(filter(None, order_ids)):
            orders.check_access("read")

    @api.model
    def _set_merged_aside(self, partners, destination):
        """Keep the reports of customers that become one: one for each company stands for the customer (CA-100).

        :param res.partner partners: the customers that are merged
        :param res.partner destination: the one that stays, whose report stands where there is one
        """
        reports = self.search(
            [("partner_id", "in", partners.ids), ("is_merged", "=", False)], order="id"
        )
        for same in reports.grouped("company_id").values():
            kept = same.filtered(lambda report: report.partner_id == destination)
            (same - (kept or same)[:1])._write_protected({"is_merged": True})

    @api.ondelete(at_uninstall=False)
    def _unlink_except_signed(self):
        signed = self.filtered(lambda report: report.sign_off_state != "none")
        if signed:
            raise UserError(
                self.env._(
                    "Reports that were handed in for signature are kept: %(reports)s.",
                    reports=", ".join(signed.mapped("name")),
                )
            )

    def copy(self, default=None):
        raise UserError(
            self.env._(
                "A customer is newly developed only once; its report is not duplicated."
            )
        )

    # --- Business ---

    @api.model
    def _get_reported_customers(self, customers, company):
        """Return those of the customers that have a report in the company."""
        return self.search(
            [("partner_id", "in", customers.ids), ("company_id", "=", company.id)]
        ).partner_id

    def _get_sign_off_reasons(self):
        reasons = super()._get_sign_off_reasons()
        if not (self.development_history or "").strip():
            reasons.append(
                self.env._(
                    "%(report)s: tell how the customer was won.", report=self.name
                )
            )
        return reasons

    def _get_sign_off_users(self, role):
        if role == "supervisor":
            # sudo: who leads a team is no secret
            leader = self.sudo().team_id.user_id.sudo(self.env.su)
            if leader and leader._is_ca_supervisor_of(self.user_id, self.company_id):
                return leader
            return self.user_id._get_ca_superiors(self.company_id)
        if role == "responsible":
            return self.user_id
        return super()._get_sign_off_users(role)

    def _card_money(self, amount):
        """Print an amount in company currency, an empty cell when there is none."""
        return self.env["customer.archive"]._card_money_in(amount, self.currency_id)
