from odoo import SUPERUSER_ID, api, models
from odoo.fields import Domain


class SaleOrder(models.Model):
    """The first confirmed order of a customer drafts the report of the newly developed customer (CA-30)."""

    _inherit = "sale.order"

    @api.model_create_multi
    def create(self, vals_list):
        orders = super().create(vals_list)
        orders.filtered(
            lambda order: order.state == "sale"
        )._draft_ca_new_customer_reports()
        return orders

    def write(self, vals):
        confirming = (
            self.filtered(lambda order: order.state != "sale")
            if vals.get("state") == "sale"
            else self.browse()
        )
        result = super().write(vals)
        confirming.filtered(
            lambda order: order.state == "sale"
        )._draft_ca_new_customer_reports()
        return result

    def _draft_ca_new_customer_reports(self):
        """Draft a report for each customer whose first confirmed order is among these."""
        # sudo: the report belongs to the person in charge, whoever confirms the order
        orders_sudo = self.sudo().filtered(
            lambda order: order.company_id.ca_new_customer_report
        )
        vals_list = []
        for company, company_orders in orders_sudo.grouped("company_id").items():
            customers = company_orders.partner_id.commercial_partner_id
            known = (
                self.env["customer.new.report"]
                .sudo()
                ._get_reported_customers(customers, company)
            )
            known |= company_orders._get_ca_earlier_customers(company)
            by_customer = company_orders.sorted("date_order").grouped(
                lambda order: order.partner_id.commercial_partner_id
            )
            vals_list += [
                orders[0]._prepare_ca_new_customer_report_vals()
                for customer, orders in by_customer.items()
                if customer not in known
            ]
        # drafted by the system: whoever confirms the order has not drawn the report up
        reports = self.env["customer.new.report"].with_user(SUPERUSER_ID)
        return reports.create(vals_list).with_env(self.sudo().env)

    def _get_ca_earlier_customers(self, company):
        """Return the customers of these orders that have other confirmed orders in this company."""
        customers = self.partner_id.commercial_partner_id
        groups = self._read_group(
            customers._get_ca_reach()
            & Domain("company_id", "=", company.id)
            & Domain("state", "=", "sale")
            & Domain("id", "not in", self.ids),
            ["partner_id"],
        )
        return self.env["res.partner"].union(
            *(partner.commercial_partner_id for (partner,) in groups)
        )

    def _prepare_ca_new_customer_report_vals(self):
        self.ensure_one()
        customer = self.partner_id.commercial_partner_id
        return {
            "company_id": self.company_id.id,
            "partner_id": customer.id,
            "order_id": self.id,
            "user_id": (self.user_id or customer.user_id or self.env.user).id,
            "team_id": self.team_id.id,
        }
