from odoo import api, fields, models


class CustomerArchiveLineMixin(models.AbstractModel):
    """What the lists inside an archive have in common: they are as restricted as the archive."""

    _name = "customer.archive.line.mixin"
    _description = "Line of a customer archive"
    _inherit = ["protected.fields.mixin", "restricted.line.mixin"]
    _restricted_parent_field = "archive_id"
    _order = "sequence, id"

    archive_id = fields.Many2one(
        comodel_name="customer.archive",
        required=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        related="archive_id.company_id",
        store=True,
        index=True,
    )
    currency_id = fields.Many2one(
        related="company_id.currency_id",
    )
    sequence = fields.Integer(
        default=10,
    )

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines.archive_id._check_not_destroyed()
        return lines

    def write(self, vals):
        self.archive_id._check_not_destroyed()
        return super().write(vals)


class CustomerArchiveTurnover(models.Model):
    """The customer's own turnover of a year (CA-33)."""

    _name = "customer.archive.turnover"
    _description = "Turnover of a customer"
    _inherit = ["customer.archive.line.mixin"]
    _order = "year desc, id desc"

    year = fields.Integer(
        required=True,
        default=lambda self: fields.Date.context_today(self).year - 1,
        aggregator=None,
    )
    amount = fields.Monetary(
        string="Turnover",
        help="The customer's own turnover of the year, as the customer states it.",
    )
    source = fields.Char(
        help="Where the figure comes from: annual report, the customer's statement, a credit agency.",
    )

    _year_unique = models.UniqueIndex(
        "(archive_id, year)", "This year is already in the list."
    )
    _year_plausible = models.Constraint(
        "CHECK(year BETWEEN 1900 AND 2200)", "Enter the year with four digits."
    )


class CustomerArchiveEstate(models.Model):
    """Real estate of the customer (CA-34): land or buildings of the head office or of the branches."""

    _name = "customer.archive.estate"
    _description = "Real estate of a customer"
    _inherit = ["customer.archive.line.mixin"]

    place = fields.Selection(
        selection=[
            ("headquarters", "Head office"),
            ("branch", "Branches"),
        ],
        required=True,
        default="headquarters",
    )
    kind = fields.Selection(
        selection=[
            ("land", "Land"),
            ("building", "Buildings"),
        ],
        required=True,
        default="land",
    )
    area = fields.Float(
        string="Area (m²)",
        digits=(16, 2),
    )
    tenure = fields.Selection(
        selection=[
            ("owned", "Owned"),
            ("rented", "Rented"),
        ],
        required=True,
        default="owned",
    )
    note = fields.Char()

    _area_positive = models.Constraint(
        "CHECK(area >= 0)", "An area cannot be negative."
    )


class CustomerArchiveChannel(models.Model):
    """Where the customer buys, and where it sells (CA-34)."""

    _name = "customer.archive.channel"
    _description = "Purchase source or sales outlet of a customer"
    _inherit = ["customer.archive.line.mixin"]
    _order = "kind, share desc, sequence, id"

    kind = fields.Selection(
        selection=[
            ("purchase", "Purchase source"),
            ("sale", "Sales outlet"),
        ],
        required=True,
        default="purchase",
    )
    name = fields.Char(
        string="Company Name",
        required=True,
    )
    goods = fields.Char()
    share = fields.Float(
        string="Share (%)",
        digits=(5, 2),
        aggregator=None,
        help="Share of the customer's purchases or sales, in percent.",
    )

    _share_range = models.Constraint(
        "CHECK(share BETWEEN 0 AND 100)", "A share lies between 0 and 100 %."
    )


class CustomerArchiveCompetitor(models.Model):
    """Cooperation of the customer with a competitor of ours (CA-38)."""

    _name = "customer.archive.competitor"
    _description = "Competitor at a customer"
    _inherit = ["customer.archive.line.mixin"]

    name = fields.Char(
        string="Competitor",
        required=True,
    )
    cooperation = fields.Char(
        string="Way of Cooperation",
    )
    amount = fields.Monetary(
        string="Trade per Year",
    )
    payment = fields.Char(
        string="Way of Payment",
    )
    note = fields.Char()

    _amount_positive = models.Constraint(
        "CHECK(amount >= 0)", "An amount of trade cannot be negative."
    )
