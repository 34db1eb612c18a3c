from dateutil.relativedelta import relativedelta

from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    # Opening (CA-02)
    ca_auto_open = fields.Boolean(
        string="Open Archives at the First Contact",
        default=True,
        help="The first opportunity, quotation, meeting or customer mark of a partner opens a draft archive for the "
        "salesperson. On by default: the regulation asks an archive for every new customer.",
    )
    ca_open_on_meeting = fields.Boolean(
        string="Meetings Count as a Contact",
        default=True,
        help="A meeting with somebody of an outside company is a first contact. Our default; the regulation speaks of "
        "contact without naming meetings.",
    )
    ca_opening_since = fields.Date(
        string="Opening Rule in Force Since",
        default=fields.Date.context_today,
        help="Customers contacted before this day are given their opening time from this day on. Proposed: the day the "
        "application was installed, so that old customers are not overdue at once.",
    )
    ca_fill_customer_no = fields.Boolean(
        string="Number Customers",
        default=True,
        help="Opening an archive gives a customer without a reference the next customer number. Our default.",
    )

    # Review (CA-03)
    ca_approval_rule = fields.Selection(
        selection=[
            ("never", "Never"),
            ("important", "Key customers and the best grade"),
            ("always", "Always"),
        ],
        string="Approval by a Director",
        default="important",
        required=True,
        help="Which archives a director approves after the review by the direct supervisor. Our default: key customers "
        "and grades marked for approval (grade A).",
    )

    # Contact discipline (CA-17)
    ca_second_contact_months = fields.Integer(
        string="Second Contact in the First Months",
        default=12,
        help="An important customer needs a second contact person during this many months after the first contact. "
        "The regulation says 'new customers'; twelve months is our default. Zero switches the rule off.",
    )

    # Before contracting (CA-18)
    ca_require_consultation = fields.Boolean(
        string="Archive Consulted before Confirmation",
        help="A sales order is confirmed only after somebody has ticked that the customer's archive was consulted. "
        "It holds for every confirmation, also on-line signature and payment. Off by default, so that installing the "
        "application changes no running business.",
    )

    ca_credit_analysis_months = fields.Integer(
        string="Credit Analysis Counts for",
        default=12,
        help="A quotation warns when the credit of the customer was not investigated within so many months. The "
        "regulation asks for the investigation and names no time; twelve months is our default. Zero switches the "
        "warning off.",
    )

    # Identity
    ca_duplicate_policy = fields.Selection(
        selection=[
            ("reason", "Allowed with a reason"),
            ("stop", "Stopped"),
            ("off", "No check"),
        ],
        string="Second Contact of One Company",
        default="reason",
        required=True,
        help="What happens when a company with the same name, credit code or tax number exists already. "
        "Our default: it is stopped until a reason is given.",
    )
    ca_check_credit_code = fields.Boolean(
        string="Check Unified Social Credit Codes",
        default=True,
        help="The company ID of companies in China is checked by the check digit of GB 32100. Our default.",
    )

    _ca_second_contact_months_not_negative = models.Constraint(
        "CHECK(ca_second_contact_months >= 0)",
        "The number of months with a second contact cannot be negative.",
    )

    _ca_credit_analysis_months_not_negative = models.Constraint(
        "CHECK(ca_credit_analysis_months >= 0)",
        "The number of months for which a credit analysis counts cannot be negative.",
    )

    def _get_ca_second_contact_limit(self):
        """Return the day after which a first contact makes a customer new (CA-17).

        :rtype: date
        """
        self.ensure_one()
        return self._record_control_today() - relativedelta(
            months=self.ca_second_contact_months
        )

    def _take_ca_customer_numbers(self, count):
        """Take the next customer numbers (CA-01).

        :param int count: how many
        :return: that many numbers; none where the company does not number customers
        :rtype: list[str]
        """
        self.ensure_one()
        if not count or not self.sudo().ca_fill_customer_no:
            return []
        sequence_sudo = self.env["ir.sequence"]._get_for_company(
            "customer.archive.customer", self
        )
        return sequence_sudo._next_numbers(count, self._record_control_today())
