from odoo import http
from odoo.exceptions import AccessError, MissingError
from odoo.http import request

from odoo.addons.sale.controllers.portal import CustomerPortal


class QuotationPortal(CustomerPortal):
    @http.route()
    def portal_quote_accept(self, order_id, access_token=None, **kwargs):
        """Refuse to sign what may not be contracted, without telling the customer what we have decided (CA-18).

        :return: what the page of the quotation expects: ``{"error": …}`` or where to go
        """
        access_token = access_token or request.httprequest.args.get("access_token")
        try:
            order_sudo = self._document_check_access(
                "sale.order", order_id, access_token=access_token
            )
        except (AccessError, MissingError):
            order_sudo = request.env["sale.order"]
        if order_sudo and order_sudo._get_ca_contracting_reasons():
            return {
                "error": request.env._(
                    "%(order)s cannot be confirmed online. Please contact us.",
                    order=order_sudo.name,
                )
            }
        return super().portal_quote_accept(
            order_id, access_token=access_token, **kwargs
        )
