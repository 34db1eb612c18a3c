from dateutil.relativedelta import relativedelta

from odoo import api, fields, models


class SaleOrder(models.Model):
    """The credit of a customer is investigated before contracting (CA-18)."""

    _inherit = "sale.order"

    ca_date_credit_analysis = fields.Date(
        string="Last Credit Analysis",
        compute="_compute_ca_date_credit_analysis",
        compute_sudo=True,
        help="Day on which the newest valid description of the customer's credit standing came into the archive.",
        groups="base.group_user",
    )

    # --- Computes ---

    @api.depends("partner_id", "company_id")
    def _compute_ca_date_credit_analysis(self):
        for company, orders in self.grouped("company_id").items():
            customers = orders.partner_id.commercial_partner_id
            days = customers._get_ca_credit_analysis_days(company or self.env.company)
            for order in orders:
                order.ca_date_credit_analysis = days.get(
                    order.partner_id.commercial_partner_id.id, False
                )

    @api.depends("ca_date_credit_analysis")
    def _compute_ca_contracting_text(self):
        return super()._compute_ca_contracting_text()

    # --- Business ---

    def _get_ca_contracting_warnings(self):
        warnings = super()._get_ca_contracting_warnings()
        company = self.company_id or self.env.company
        # sudo: how long an analysis counts is a rule of the company, whoever sells
        months = company.sudo().ca_credit_analysis_months
        last = self.ca_date_credit_analysis
        # the form asks for names with the address below
        customer = self.partner_id.commercial_partner_id.complete_name
        if months and not last:
            warnings.append(
                self.env._(
                    "The credit of %(customer)s has not been investigated, or what was found is no longer valid.",
                    customer=customer,
                )
            )
        elif months and last < company._record_control_today() - relativedelta(
            months=months
        ):
            warnings.append(
                self.env._(
                    "The credit of %(customer)s was last investigated on %(date)s, more than %(months)s months ago.",
                    customer=customer,
                    date=fields.Date.to_string(last),
                    months=months,
                )
            )
        return warnings
