from odoo import models


class PaymentTransaction(models.Model):
    _inherit = "payment.transaction"

    def _check_amount_and_confirm_order(self):
        """Book the payment of a quotation that may not be contracted, and leave the quotation as it is (CA-18).

        An error here would come back with every attempt to process the payment, which then would never be booked.
        """
        kept = self.sale_order_ids.filtered(
            lambda order: order.state in ("draft", "sent")
            and order._is_confirmation_amount_reached()
            and order._get_ca_contracting_reasons()
        )
        paying = self.filtered(lambda transaction: transaction.sale_order_ids & kept)
        kept._report_ca_unconfirmed()
        return super(
            PaymentTransaction, self - paying
        )._check_amount_and_confirm_order()
