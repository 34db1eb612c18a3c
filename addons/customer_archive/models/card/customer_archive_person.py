from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

PRIVATE_GROUP = "customer_archive.group_customer_archive_private"
PRIVATE_FIELDS = ("birth_date", "family", "education")


class CustomerArchivePerson(models.Model):
    """What we know about one of the customer's people (CA-31, CA-37).

    Name, position and phone stay on the contact, which everybody may read; character and hobbies are as restricted as
    the archive; birthday, family and education are sensitive personal information: kept only by companies that say
    so, seen only by the people who are given the right, each with a purpose (A-22).
    """

    _name = "customer.archive.person"
    _description = "Person in a customer archive"
    _inherit = ["restricted.line.mixin"]
    _restricted_parent_field = "archive_id"
    _order = "sequence, id"
    _rec_name = "partner_id"
    _check_company_auto = True

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
    customer_id = fields.Many2one(
        related="archive_id.partner_id",
        string="Customer",
    )
    sequence = fields.Integer(
        default=10,
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Contact",
        required=True,
        index=True,
        ondelete="restrict",
        domain="['|', ('id', '=', customer_id), ('parent_id', '=', customer_id)]",
    )
    role_ids = fields.Many2many(
        related="partner_id.ca_role_ids",
        readonly=False,
    )
    function = fields.Char(
        related="partner_id.function",
        string="Job Position",
        readonly=False,
    )
    phone = fields.Char(
        related="partner_id.phone",
    )
    character = fields.Char(
        help="Traits of character, as far as they matter for dealing with the person.",
    )
    hobby = fields.Char(
        string="Hobbies",
    )
    sport = fields.Char(
        string="Favourite Sports",
    )
    occupation = fields.Char(
        help="Profession of a private customer.",
    )
    ability = fields.Char()
    years_in_trade = fields.Integer(
        help="How many years the person has been in this trade.",
    )

    # Sensitive personal information
    private_data = fields.Boolean(
        related="company_id.ca_personal_data",
    )
    birth_date = fields.Date(
        string="Date of Birth",
        groups=PRIVATE_GROUP,
    )
    age = fields.Integer(
        compute="_compute_age",
        compute_sudo=False,
        groups=PRIVATE_GROUP,
    )
    family = fields.Char(
        groups=PRIVATE_GROUP,
    )
    education = fields.Char(
        groups=PRIVATE_GROUP,
    )
    private_purpose = fields.Char(
        string="Purpose",
        groups=PRIVATE_GROUP,
        help="Why the private data of this person is needed.",
    )

    _partner_unique = models.UniqueIndex(
        "(archive_id, partner_id)", "This person is already in the archive."
    )
    _years_in_trade_positive = models.Constraint(
        "CHECK(years_in_trade >= 0)",
        "Years in the trade cannot be negative.",
    )

    # --- Computes ---

    @api.depends("birth_date")
    def _compute_age(self):
        today = self.env.company._record_control_today()
        for person in self:
            born = person.birth_date
            person.age = born and today.year - born.year - (
                (today.month, today.day) < (born.month, born.day)
            )

    # --- Constraints ---

    @api.constrains("partner_id", "archive_id")
    def _check_partner_of_customer(self):
        wrong = self.filtered(
            lambda person: person.partner_id.commercial_partner_id
            != person.archive_id.partner_id.commercial_partner_id
        )
        if wrong:
            raise ValidationError(
                "\n".join(
                    self.env._(
                        "%(person)s is no contact of %(customer)s.",
                        person=person.partner_id.display_name,
                        customer=person.archive_id.partner_id.display_name,
                    )
                    for person in wrong
                )
            )

    # --- CRUD ---

    @api.model_create_multi
    def create(self, vals_list):
        persons = super().create(vals_list)
        persons.archive_id._check_not_destroyed()
        persons.filtered(
            lambda person: any(person.sudo()[fname] for fname in PRIVATE_FIELDS)
        )._check_private_data()
        return persons

    def write(self, vals):
        self.archive_id._check_not_destroyed()
        result = super().write(vals)
        if (
            any(vals.get(fname) for fname in PRIVATE_FIELDS)
            or "private_purpose" in vals
        ):
            self._check_private_data()
        return result

    def _check_private_data(self):
        """Refuse private data that the company does not keep, or that has no purpose. Whoever writes it.

        :raises UserError: with the names of all persons concerned
        """
        # sudo: the rule holds for what is stored, whoever looks at it
        holding = self.sudo().filtered(
            lambda person: any(person[fname] for fname in PRIVATE_FIELDS)
        )
        refused = holding.filtered(
            lambda person: not person.company_id.ca_personal_data
        )
        if refused:
            raise UserError(
                self.env._(
                    "%(company)s keeps no private data of contacts: leave birthday, family and education of %(names)s "
                    "empty. A manager may switch it on in the settings.",
                    company=", ".join(refused.company_id.mapped("name")),
                    names=", ".join(refused.partner_id.mapped("name")),
                )
            )
        without = holding.filtered(
            lambda person: not (person.private_purpose or "").strip()
        )
        if without:
            raise UserError(
                self.env._(
                    "Say for which purpose the private data of %(names)s is needed.",
                    names=", ".join(without.partner_id.mapped("name")),
                )
            )

    def _may_print_private_data(self):
        """Return whether a card printed now by this user shows private data."""
        self.ensure_one()
        company_sudo = self.company_id.sudo()
        return (
            company_sudo.ca_personal_data
            and company_sudo.ca_print_personal_data
            and self.env.user.has_group(PRIVATE_GROUP)
        )
