from typing import NamedTuple

from odoo import api, models
from odoo.tools import float_compare

# What makes an order larger, or another one
EXTENT_FIELDS = frozenset(
    {
        "order_id",
        "product_id",
        "product_uom_id",
        "product_uom_qty",
        "qty_delivered",
        "price_unit",
        "technical_price_unit",
        "discount",
    }
)


class Volume(NamedTuple):
    """Quantity in the unit of the product, and amount at the price of the line after discount."""

    quantity: float
    amount: float


NOTHING = Volume(0.0, 0.0)


class Extent(NamedTuple):
    """How much is taken by one line: what was ordered, and what was delivered, which may be invoiced as well."""

    order: object
    product: object
    ordered: Volume
    delivered: Volume


class SaleOrderLine(models.Model):
    """What was contracted before the trade ended is delivered, but it does not grow (CA-16, CA-81).

    New orders are refused; without this, a running one would take what they may not. Whatever makes a line larger
    passes through ``create`` or ``write``: the form, the order, the catalogue, an import.
    """

    _inherit = "sale.order.line"

    # --- CRUD ---

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._check_ca_not_grown({})
        return lines

    def write(self, vals):
        if EXTENT_FIELDS.isdisjoint(vals):
            return super().write(vals)
        ended = self._filter_ca_ended()
        if "order_id" in vals:
            # without its rebate an order is larger
            ended.filtered(
                lambda line: line.order_id.id != vals["order_id"]
                and line._get_ca_extent().ordered.amount < 0
            ).order_id._refuse_ca_growth()
        former = {line: line._get_ca_extent() for line in ended}
        result = super().write(vals)
        self._check_ca_not_grown(former)
        return result

    # --- Business ---

    def _filter_ca_ended(self):
        """Return the lines of running orders that have a party whose trade has ended."""
        ended = self.order_id._filter_ca_ended()
        return self.filtered(lambda line: line.order_id in ended)

    def _get_ca_extent(self):
        self.ensure_one()
        return Extent(
            self.order_id,
            self.product_id,
            self._get_ca_volume(self.product_uom_qty),
            self._get_ca_volume(self.qty_delivered),
        )

    def _get_ca_volume(self, quantity):
        # from the price itself: anybody may write over the stored subtotal
        return Volume(
            self.product_uom_id._compute_quantity(
                quantity, self.product_id.uom_id, round=False
            ),
            quantity * self.price_unit * (1 - (self.discount or 0.0) / 100),
        )

    def _check_ca_not_grown(self, former):
        """Refuse lines that make a running order larger.

        :param dict former: line -> extent before it was written; lines that are new to their order are not in it
        """
        grown = self._filter_ca_ended().filtered(
            lambda line: line._has_ca_grown(former.get(line))
        )
        grown.order_id._refuse_ca_growth()

    def _has_ca_grown(self, former):
        """Return whether more is contracted by this line than before. Hook: lines that follow from the delivery.

        Notes, down payments, freight and costs that are charged on contract nothing; a rebate lowers the order.

        :param Extent former: what was contracted before; None for a new line
        """
        self.ensure_one()
        extent = self._get_ca_extent()
        if self._is_ca_cost_charged():
            return False
        if self._is_delivery() and extent.product.type == "service":
            return False
        volumes = (extent.ordered, extent.delivered)
        if not former or (former.order, former.product) != (
            self.order_id,
            extent.product,
        ):
            if extent.product.type == "service" and extent.ordered.amount < 0:
                # a rebate, as long as nothing of it is charged
                return extent.delivered.amount > 0
            return any(self._is_ca_larger(volume, NOTHING) for volume in volumes)
        return self._is_ca_larger(extent.ordered, former.ordered) or self._is_ca_larger(
            extent.delivered,
            Volume(*map(max, former.ordered, former.delivered)),
        )

    def _is_ca_larger(self, volume, former):
        precision = self.env["decimal.precision"].precision_get("Product Unit")
        return (
            float_compare(volume.quantity, former.quantity, precision_digits=precision)
            > 0
            or self.currency_id.compare_amounts(volume.amount, former.amount) > 0
        )

    def _is_ca_cost_charged(self):
        """Return whether this line charges a cost: it comes from a bill, so from somebody who enters bills."""
        return (
            self.is_expense
            and self.product_id.expense_policy != "no"
            and (
                self.env.su or self.env.user.has_group("account.group_account_invoice")
            )
        )
