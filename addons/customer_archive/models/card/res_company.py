from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ResCompany(models.Model):
    _inherit = "res.company"

    ca_trade_basis = fields.Selection(
        selection=[
            ("order", "Confirmed orders"),
            ("invoice", "Posted invoices less credit notes"),
        ],
        string="Trade Amounts From",
        required=True,
        default="order",
        help="What counts as trade on cards and lists, always untaxed and in company currency. "
        "The regulation's trade amount is that of confirmed orders.",
    )
    ca_new_customer_report = fields.Boolean(
        string="Report New Customers",
        default=True,
        help="The first confirmed order of a customer drafts the report of the newly developed customer (E01).",
    )
    ca_personal_data = fields.Boolean(
        string="Keep Private Data of Contacts",
        help="Birthday, family and education of the customer's people. Sensitive personal information: off by default, "
        "shown only to the people who are given the right, and only with a purpose.",
    )
    ca_personal_data_purpose = fields.Char(
        string="Purpose of Private Data",
        help="Why the company keeps private data of contacts. The law asks a definite purpose.",
    )
    ca_print_personal_data = fields.Boolean(
        string="Print Private Data",
        help="The cards print private data when somebody prints them who may see it. Off by default.",
    )

    ca_birthday_days = fields.Integer(
        string="Reminder before Birthdays",
        default=7,
        help="So many days before the birthday of a key person, the people in charge who may see private data are "
        "reminded. The regulation names no time; seven days is our default. Zero switches the reminders off.",
    )

    _ca_birthday_days_range = models.Constraint(
        "CHECK(ca_birthday_days BETWEEN 0 AND 60)",
        "Birthdays are reminded of at most 60 days before.",
    )

    @api.constrains("ca_personal_data", "ca_personal_data_purpose")
    def _check_ca_personal_data_purpose(self):
        for company in self:
            if (
                company.ca_personal_data
                and not (company.ca_personal_data_purpose or "").strip()
            ):
                raise ValidationError(
                    self.env._(
                        "%(company)s: say for which purpose private data of contacts is kept, or do not keep it.",
                        company=company.name,
                    )
                )
