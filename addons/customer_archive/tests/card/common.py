from contextlib import contextmanager

from odoo.fields import Command

from ..common import CustomerArchiveCommon


class CardCommon(CustomerArchiveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.ref("base.CNY").active = True
        cls.archive = cls._new_archive("North Bearings", phone_of_partner="13212343550")
        cls.partner = cls.archive.partner_id

    @classmethod
    def _new_archive(cls, name, user=None, phone_of_partner=None, **values):
        archive = super()._new_archive(name, user=user, **values)
        archive.partner_id.phone = phone_of_partner
        return archive

    @classmethod
    def _confirm_order(
        cls, partner, at, price, product=None, quantity=1, uom=None, **values
    ):
        """A confirmed order of one line, confirmed at an instant in UTC."""
        product = product or cls.product
        line = {
            "product_id": product.id,
            "product_uom_qty": quantity,
            "price_unit": price,
            "tax_ids": False,
        }
        if uom:
            line["product_uom_id"] = uom.id
        order = cls.env["sale.order"].create(
            {"partner_id": partner.id, "order_line": [Command.create(line)], **values}
        )
        order.action_confirm()
        order.date_order = at
        return order

    @contextmanager
    def assertRefused(self, error, pattern):
        """The block raises ``error`` with this text, and leaves nothing behind in the database."""
        with self.assertRaises(error) as refusal:
            yield
        self.assertRegex(str(refusal.exception), pattern)

    @classmethod
    def _read_again(cls, records):
        cls.env.flush_all()
        cls.env.invalidate_all()
        return records
