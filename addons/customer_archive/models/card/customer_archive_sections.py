from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CustomerArchive(models.Model):
    """The typed sections of an archive (CA-30 to CA-38): what no other record of the system knows."""

    _inherit = "customer.archive"

    # Basic data
    enterprise_type_id = fields.Many2one(
        comodel_name="customer.enterprise.type",
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
    )
    organisation_form = fields.Char(
        string="Form of Organisation",
        tracking=True,
    )
    registered_capital = fields.Monetary(
        tracking=True,
    )
    assets = fields.Monetary(
        tracking=True,
    )
    date_founded = fields.Date(
        string="Founded on",
        tracking=True,
    )
    years_founded = fields.Integer(
        string="Years since Founding",
        compute="_compute_years_founded",
    )
    business_content = fields.Text(
        string="Main Business",
        tracking=True,
        help="What the customer does: its main business, products and services.",
    )
    business_scope = fields.Text(
        string="Registered Scope of Business",
        tracking=True,
    )
    brands = fields.Char(
        string="Brands Traded",
        tracking=True,
    )
    staff_male = fields.Integer(
        string="Male Employees",
        tracking=True,
    )
    staff_female = fields.Integer(
        string="Female Employees",
        tracking=True,
    )
    staff_total = fields.Integer(
        string="Employees",
        compute="_compute_staff_total",
        store=True,
        readonly=False,
        tracking=True,
        help="The sum of male and female employees where both are known, else as entered.",
    )
    summary = fields.Text(
        tracking=True,
    )
    remark = fields.Text(
        tracking=True,
    )

    # Characteristics
    service_area = fields.Text(
        string="Area Served",
        tracking=True,
    )
    sales_ability = fields.Text(
        tracking=True,
    )
    growth_potential = fields.Text(
        tracking=True,
    )
    management_concept = fields.Text(
        string="Business Concept",
        tracking=True,
    )
    management_policy = fields.Text(
        string="Business Policy",
        tracking=True,
    )
    management_features = fields.Text(
        string="Features of Management",
        tracking=True,
    )
    purchase_decision = fields.Text(
        string="How Purchases Are Decided",
        tracking=True,
    )
    specific_needs = fields.Text(
        tracking=True,
    )
    development_trend = fields.Text(
        string="Trend of Business",
        tracking=True,
    )
    peer_rank = fields.Selection(
        selection=[
            ("leading", "Outstanding"),
            ("first", "First class"),
            ("middle", "Middle"),
            ("last", "Last class"),
        ],
        string="Rank among Peers",
        tracking=True,
    )
    market_position = fields.Char(
        string="Market Position (Share)",
        tracking=True,
    )
    trade_reputation = fields.Char(
        string="Reputation in the Trade",
        tracking=True,
    )

    # Business
    business_nature = fields.Char(
        string="Nature of Business",
        tracking=True,
    )
    operating_status = fields.Char(
        tracking=True,
    )
    domestic_share = fields.Float(
        string="Domestic Sales (%)",
        digits=(5, 2),
        aggregator=None,
        tracking=True,
    )
    export_share = fields.Float(
        string="Export Sales (%)",
        digits=(5, 2),
        aggregator=None,
        tracking=True,
    )
    season_comment = fields.Text(
        string="Peak and Low Season",
        tracking=True,
    )
    sales_volume_month = fields.Monetary(
        string="Sales per Month",
        tracking=True,
        help="The customer's own sales in a month.",
    )
    output_year = fields.Monetary(
        string="Output per Year",
        tracking=True,
        help="The customer's own output in a year.",
    )
    staff_quality = fields.Text(
        string="Quality of Managers and Sales Staff",
        tracking=True,
    )
    staff_status = fields.Text(
        string="Staff Situation",
        tracking=True,
    )
    competitor_relation = fields.Text(
        string="Relations with Competitors",
        tracking=True,
    )
    cooperation_attitude = fields.Text(
        string="Cooperation with Us",
        tracking=True,
    )
    service_quality = fields.Text(
        string="Quality of Service",
        tracking=True,
        help="How the customer judges the quality of our deliveries and service.",
    )
    after_sales_quality = fields.Text(
        string="Quality of After-Sales Service",
        tracking=True,
    )
    pl_sales = fields.Monetary(
        string="Sales (Half-Year Average)",
        tracking=True,
        help="The customer's average month of the last half-year.",
    )
    pl_cost = fields.Monetary(
        string="Cost",
        tracking=True,
    )
    pl_expenses = fields.Monetary(
        string="Administrative and Selling Expenses",
        tracking=True,
    )
    pl_operating = fields.Monetary(
        string="Operating Profit",
        compute="_compute_profit",
        help="Sales less cost and expenses.",
    )
    pl_interest = fields.Monetary(
        string="Interest and Depreciation",
        tracking=True,
    )
    pl_net = fields.Monetary(
        string="Profit or Loss",
        compute="_compute_profit",
        help="Operating profit less interest and depreciation.",
    )
    pl_margin = fields.Float(
        string="Profitability",
        compute="_compute_profit",
        help="Profit or loss as a share of sales.",
    )
    turnover_ids = fields.One2many(
        comodel_name="customer.archive.turnover",
        inverse_name="archive_id",
        string="Turnover per Year",
    )
    estate_ids = fields.One2many(
        comodel_name="customer.archive.estate",
        inverse_name="archive_id",
        string="Real Estate",
    )
    purchase_channel_ids = fields.One2many(
        comodel_name="customer.archive.channel",
        inverse_name="archive_id",
        string="Purchase Sources",
        domain=[("kind", "=", "purchase")],
        context={"default_kind": "purchase"},
    )
    sale_channel_ids = fields.One2many(
        comodel_name="customer.archive.channel",
        inverse_name="archive_id",
        string="Sales Outlets",
        domain=[("kind", "=", "sale")],
        context={"default_kind": "sale"},
    )
    purchase_channel_others = fields.Integer(
        string="Further Purchase Sources",
        tracking=True,
    )
    sale_channel_others = fields.Integer(
        string="Further Sales Outlets",
        tracking=True,
    )
    competitor_ids = fields.One2many(
        comodel_name="customer.archive.competitor",
        inverse_name="archive_id",
        string="Competitors",
    )

    # Trading
    service_contract = fields.Selection(
        selection=[
            ("signed", "Signed"),
            ("signing", "Being concluded"),
            ("none", "Not signed yet"),
        ],
        tracking=True,
    )
    fund_status = fields.Selection(
        selection=[
            ("ample", "Ample"),
            ("normal", "Normal"),
            ("short", "Insufficient"),
            ("tight", "Tight"),
        ],
        string="Funds",
        tracking=True,
    )
    financial_status = fields.Text(
        string="Financial Situation",
        tracking=True,
    )
    reputation_image = fields.Text(
        string="Reputation and Image",
        tracking=True,
    )
    cooperation_way = fields.Char(
        string="Way of Cooperation with Us",
        tracking=True,
    )
    payment_day = fields.Char(
        tracking=True,
        help="Day or days of the month on which the customer pays.",
    )
    payment_method = fields.Char(
        string="Way of Payment",
        tracking=True,
    )
    trading_limit_month = fields.Monetary(
        string="Trading Limit per Month",
        tracking=True,
        help="Agreed limit of trade in a month. It is not the credit limit.",
    )
    sales_activity = fields.Text(
        string="Sales Activity of the Customer",
        tracking=True,
    )
    trading_problems = fields.Text(
        string="Problems",
        tracking=True,
    )
    trading_strengths = fields.Text(
        string="Strengths",
        tracking=True,
    )
    trading_strategy = fields.Text(
        string="Future Measures",
        tracking=True,
    )

    # Present, past and future (CA-36)
    unneeded = fields.Text(
        string="Cannot Need",
        tracking=True,
        help="What the customer cannot possibly need from us.",
    )
    referral_companies = fields.Text(
        string="Can Recommend: Affiliates",
        tracking=True,
    )
    referral_people = fields.Text(
        string="Can Recommend: Friends and Relatives",
        tracking=True,
    )
    win_back = fields.Text(
        string="How to Win Back",
        tracking=True,
    )
    could_buy = fields.Text(
        string="What It Could Buy",
        tracking=True,
    )
    how_to_order = fields.Text(
        string="How to Get an Order",
        tracking=True,
    )
    future_needs = fields.Text(
        string="What It Needs",
        tracking=True,
    )
    can_satisfy = fields.Text(
        string="Can We Satisfy It",
        tracking=True,
    )

    _shares_positive = models.Constraint(
        "CHECK(domestic_share >= 0 AND export_share >= 0)",
        "A share of sales cannot be negative.",
    )
    _staff_positive = models.Constraint(
        "CHECK(staff_male >= 0 AND staff_female >= 0 AND staff_total >= 0)",
        "A number of employees cannot be negative.",
    )

    # --- Computes ---

    @api.depends("date_founded")
    def _compute_years_founded(self):
        today = self.env.company._record_control_today()
        for archive in self:
            founded = archive.date_founded
            archive.years_founded = founded and (
                today.year
                - founded.year
                - ((today.month, today.day) < (founded.month, founded.day))
            )

    @api.depends("staff_male", "staff_female")
    def _compute_staff_total(self):
        for archive in self:
            archive.staff_total = (archive.staff_male or 0) + (
                archive.staff_female or 0
            ) or archive.staff_total

    @api.depends("pl_sales", "pl_cost", "pl_expenses", "pl_interest")
    def _compute_profit(self):
        for archive in self:
            archive.pl_operating = (
                archive.pl_sales - archive.pl_cost - archive.pl_expenses
            )
            archive.pl_net = archive.pl_operating - archive.pl_interest
            archive.pl_margin = (
                archive.pl_net / archive.pl_sales if archive.pl_sales else 0.0
            )

    # --- Constraints ---

    @api.constrains("domestic_share", "export_share")
    def _check_sales_shares(self):
        wrong = self.filtered(
            lambda archive: archive.domestic_share + archive.export_share > 100.005
        )
        if wrong:
            raise ValidationError(
                "\n".join(
                    self.env._(
                        "%(archive)s: domestic and export sales make %(sum)s %% together, more than 100 %%.",
                        archive=archive.display_name,
                        sum=round(archive.domestic_share + archive.export_share, 2),
                    )
                    for archive in wrong
                )
            )
