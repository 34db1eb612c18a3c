from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common import ArchiveCommon


@tagged("post_install", "-at_install")
class TestEndedTrade(ArchiveCommon):
    """CA-16, CA-18, CA-81: with customers whose trade has ended nobody contracts, on no detour."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stopped = cls._new_archive("Stopped")
        cls.deregistered = cls._new_archive("Deregistered")
        cls._put_on_file(cls.stopped | cls.deregistered)
        cls.child = cls.env["res.partner"].create(
            {"name": "Buyer", "parent_id": cls.stopped.partner_id.id}
        )
        cls._decide(cls.stopped, "stop")
        cls._decide(cls.deregistered, "deregister")
        cls.live = cls._new_archive("Live")
        cls._put_on_file(cls.live)
        cls.ended = {
            "stopped": cls.stopped.partner_id,
            "is deregistered": cls.deregistered.partner_id,
        }

    def _new_live_order(self, **values):
        return self._new_order(self.live.partner_id, user=self.sales1, **values)

    def _add_child(self, parent, **values):
        return (
            self.env["res.partner"]
            .with_user(self.sales1)
            .create(
                {"name": f"Child of {parent.name}", "parent_id": parent.id, **values}
            )
        )

    def test_invoice_and_delivery_addresses(self):
        """Nobody else orders for them: neither invoice nor goods go there."""
        for words, partner in self.ended.items():
            for fname in ("partner_invoice_id", "partner_shipping_id"):
                with self.subTest(words=words, field=fname):
                    order = self._new_live_order(**{fname: partner.id})
                    with self.assertRaisesRegex(UserError, words):
                        order.action_confirm()
                    with self.assertRaisesRegex(UserError, words):
                        order.write({"state": "sale"})

    def test_addresses_of_confirmed_orders(self):
        """After the confirmation neither customer nor address becomes one whose trade has ended."""
        order = self._new_live_order()
        order.action_confirm()
        for words, partner in self.ended.items():
            for fname in ("partner_id", "partner_invoice_id", "partner_shipping_id"):
                with (
                    self.subTest(words=words, field=fname),
                    self.assertRaisesRegex(UserError, words),
                    self.env.cr.savepoint(),
                ):
                    order.write({fname: partner.id})
        order.partner_shipping_id = self._add_child(
            self.live.partner_id, type="delivery"
        )

    def test_running_orders_change_their_address(self):
        """What was contracted before goes on, also to another address of the same customer."""
        order = self._new_live_order()
        order.action_confirm()
        self._decide(self.live, "stop")
        order.partner_shipping_id = self._add_child(
            self.live.partner_id, type="delivery"
        )
        self.assertEqual(order.state, "sale")

    def test_running_orders_do_not_grow(self):
        """CA-81: neither by new products nor by quantities or prices, on no road; they may become smaller."""
        order = self._new_live_order()
        line = order.order_line
        line.write({"product_uom_qty": 2, "discount": 10})
        order.action_confirm()
        draft = self._new_live_order()
        self._decide(self.live, "stop")
        self.env.flush_all()
        dozen = self.env.ref("uom.product_uom_dozen")
        other = self.env["product.product"].create({"name": "Bearing cover"})
        self.product.list_price = 500
        new = {"product_id": self.product.id, "product_uom_qty": 1}
        roads = {
            "quantity": lambda: line.write({"product_uom_qty": 3}),
            "unit": lambda: line.write({"product_uom_id": dozen.id}),
            "price": lambda: line.write({"price_unit": 101}),
            "discount": lambda: line.write({"discount": 5}),
            "product": lambda: line.write({"product_id": other.id}),
            "gift": lambda: line.create({**new, "price_unit": 0, "order_id": order.id}),
            "create": lambda: line.create({**new, "order_id": order.id}),
            "copy": lambda: line.copy({"order_id": order.id}),
            "move": lambda: draft.order_line.write({"order_id": order.id}),
            "command": lambda: order.write({"order_line": [Command.create(new)]}),
            "update": lambda: order.write(
                {"order_line": [Command.update(line.id, {"product_uom_qty": 3})]}
            ),
            "price list": order.action_update_prices,
            "system": lambda: line.sudo().write({"product_uom_qty": 3}),
        }
        for name, road in roads.items():
            with (
                self.subTest(road=name),
                self.assertRaisesRegex(
                    UserError,
                    f"{order.name}: trading with Live is stopped(.|\n)* no new products",
                ),
                self.env.cr.savepoint(),
            ):
                road()
        line.write({"product_uom_qty": 1, "price_unit": 110})
        service = self.env["product.product"].create(
            {"name": "Rebate", "type": "service", "taxes_id": False}
        )
        order.order_line = [
            Command.create(
                {"product_id": service.id, "product_uom_qty": 1, "price_unit": -9}
            )
        ]
        rebate = order.order_line.filtered(lambda line: line.product_id == service)
        with self.assertRaisesRegex(UserError, "no new products"):
            rebate.order_id = draft
        order.order_line = [
            Command.create({"display_type": "line_note", "name": "No more"})
        ]
        self._decide(self.live, "resume")
        line.product_uom_qty = 5

    def test_a_blank_is_no_reason(self):
        """CA-16: stopping, resuming, deregistering and restoring each take words."""
        for archives, kinds in (
            (self.live, ("stop", "deregister")),
            (self.stopped, ("resume",)),
            (self.deregistered, ("restore",)),
        ):
            for kind in kinds:
                with (
                    self.subTest(kind=kind),
                    self.assertRaisesRegex(UserError, "Give the reason"),
                ):
                    self._decide(archives, kind, reason=" \n ")

    def test_what_comes_with_the_delivery_is_no_growth(self):
        """CA-81: freight and a rebate are taken by a running order; goods under the name of freight are not."""
        order = self._new_live_order()
        order.action_confirm()
        self._decide(self.live, "stop")
        service = self.env["product.product"].create(
            {"name": "Freight", "type": "service"}
        )
        vals = {"order_id": order.id, "product_id": service.id, "product_uom_qty": 1}
        Line = self.env["sale.order.line"]
        with self.assertRaisesRegex(UserError, "no new products"):
            Line.create({**vals, "price_unit": 30})
        Line.create({**vals, "price_unit": -30})
        with patch.object(type(Line), "_is_delivery", lambda line: True):
            Line.create({**vals, "price_unit": 30})
            with self.assertRaisesRegex(UserError, "no new products"):
                Line.create({**vals, "product_id": self.product.id, "price_unit": 30})

    def test_no_detour_lets_a_running_order_grow(self):
        """CA-81: nor negative quantities, deliveries beyond the order, charged costs, subtotals or currencies."""
        service = self.env["product.product"].create(
            {
                "name": "Consulting",
                "type": "service",
                "invoice_policy": "delivery",
                "expense_policy": "sales_price",
                "taxes_id": False,
            }
        )
        order = self._new_live_order()
        order.order_line = [
            Command.create(
                {"product_id": service.id, "product_uom_qty": 2, "price_unit": 100}
            )
        ]
        order.action_confirm()
        self._decide(self.live, "stop")
        line = order.order_line.filtered(lambda line: line.product_id == service)
        foreign = self.env.ref("base.EUR") | self.env.ref("base.USD")
        foreign.active = True

        def create(**vals):
            return order.write(
                {"order_line": [Command.create({"product_id": service.id, **vals})]}
            )

        def overwrite_subtotal():
            line.price_subtotal = 9999
            line.price_unit = 500

        def deliver_dearer():
            line.qty_delivered = 2
            line.write({"product_uom_qty": 0.2, "price_unit": 1000})

        roads = {
            "minus by minus": lambda: create(product_uom_qty=-10, price_unit=-100),
            "delivered": lambda: setattr(line, "qty_delivered", 3),
            "nothing ordered": lambda: create(
                product_uom_qty=0, qty_delivered=5, price_unit=100
            ),
            "rebate taken back": lambda: create(
                product_uom_qty=1, qty_delivered=-5, price_unit=-100
            ),
            "down payment": lambda: create(
                product_uom_qty=0, qty_delivered=5, price_unit=9, is_downpayment=True
            ),
            "costs": lambda: create(product_uom_qty=5, is_expense=True),
            "subtotal": overwrite_subtotal,
            "dearer after the delivery": deliver_dearer,
            "currency": lambda: order.write(
                {"currency_id": (foreign - order.currency_id)[:1].id}
            ),
        }
        for name, road in roads.items():
            with (
                self.subTest(road=name),
                self.assertRaisesRegex(UserError, "no new products"),
                self.env.cr.savepoint(),
            ):
                road()
        line.qty_delivered = 2
        # what a bill charges is taken, whoever posts it
        order.order_line.sudo().create(
            {
                "order_id": order.id,
                "product_id": service.id,
                "product_uom_qty": 1,
                "is_expense": True,
            }
        )

    def test_contacts_and_companies_below(self):
        """Old and new contacts, and companies below a stopped customer, order nothing either."""
        partners = (
            self.child,
            self._add_child(self.stopped.partner_id),
            self._add_child(self.stopped.partner_id, is_company=True),
            self._add_child(self.child, type="delivery"),
            self._add_child(self.deregistered.partner_id, is_company=True),
        )
        for partner in partners:
            order = self._new_order(partner, user=self.sales1)
            with (
                self.subTest(partner=partner.name, company=partner.is_company),
                self.assertRaisesRegex(UserError, "stopped|deregistered"),
            ):
                order.action_confirm()

    def test_they_are_not_moved_out(self):
        """Salespeople and keepers take neither customer nor contact to another company; managers do."""
        for user in (self.sales1, self.keeper):
            for partner, vals in (
                (self.child, {"parent_id": False}),
                (self.child, {"parent_id": self.live.partner_id.id}),
                (self.child, {"is_company": True}),
                (self.stopped.partner_id, {"parent_id": self.live.partner_id.id}),
                (self.stopped.partner_id, {"is_company": False}),
                (self.deregistered.partner_id, {"parent_id": self.live.partner_id.id}),
            ):
                with (
                    self.subTest(user=user.login, partner=partner.name, vals=vals),
                    self.assertRaisesRegex(UserError, "only a manager"),
                ):
                    partner.with_user(user).write(vals)
        self.child.with_user(self.manager).parent_id = self.live.partner_id
        self._new_order(self.child, user=self.sales1).action_confirm()

    def test_contacts_are_shared_with_other_companies(self):
        """Elsewhere they are edited and kept in order, but not taken out of the hold of who has stopped them."""
        other = self.env["res.company"].create({"name": "Second works"})
        department = self._add_child(self.stopped.partner_id, type="other")
        for role in ("user", "manager"):
            user = self._new_user(
                f"ca_other_{role}",
                f"customer_archive.group_customer_archive_{role},base.group_partner_manager",
            )
            user.write(
                {"company_ids": [Command.set(other.ids)], "company_id": other.id}
            )
            child = self.child.with_user(user).with_company(other)
            with self.subTest(role=role):
                child.write(
                    {"name": role, "phone": "1", "parent_id": self.child.parent_id.id}
                )
                child.parent_id = department
                child.parent_id = self.stopped.partner_id
                with self.assertRaisesRegex(
                    UserError, f"ended in {self.company.name}.* only a manager"
                ):
                    child.parent_id = self.live.partner_id
                with self.assertRaisesRegex(UserError, f"ended in {self.company.name}"):
                    child.create(
                        {
                            "name": self.stopped.partner_id.name,
                            "is_company": True,
                            "ca_duplicate_reason": "Because",
                        }
                    )

    def test_no_second_start_by_way_of_another_company(self):
        """Neither where duplicates are not looked for, nor in a branch: the company that stopped the trade decides."""
        customer = self.stopped.partner_id
        vals = {
            "name": customer.name,
            "is_company": True,
            "ca_duplicate_reason": "Because",
        }
        companies = self.env["res.company"].create(
            [
                {"name": "Carefree works", "ca_duplicate_policy": "off"},
                {
                    "name": "Branch",
                    "parent_id": self.company.id,
                    "ca_duplicate_policy": "reason",
                },
            ]
        )
        self.sales1.company_ids |= companies
        partners = self.env["res.partner"].with_user(self.sales1)
        carefree, branch = companies
        refused = f"ended in {self.company.name}"
        with self.assertRaisesRegex(UserError, refused), self.env.cr.savepoint():
            partners.with_company(carefree).create(vals)
        partners.with_company(carefree).create({**vals, "company_id": carefree.id})
        customer.company_id = self.company
        with self.assertRaisesRegex(UserError, refused), self.env.cr.savepoint():
            partners.with_company(branch).create({**vals, "company_id": branch.id})

    def test_no_second_start_after_the_first_was_hidden(self):
        """CA-16: nor renamed, nor numbered otherwise, nor given to another company, and then entered anew."""
        customer = self.stopped.partner_id
        customer.write({"vat": "CN4711"})
        elsewhere = self.env["res.company"].create({"name": "Second works"})
        self.sales1.company_ids |= elsewhere
        for user in (self.sales1, self.keeper):
            for vals in ({"name": "Old"}, {"vat": "CN-1"}, {"vat": False}):
                with (
                    self.subTest(user=user.login, vals=vals),
                    self.assertRaisesRegex(UserError, "only a manager"),
                ):
                    customer.with_user(user).write(vals)
        # the same in other words, and what was missing
        customer.with_user(self.sales1).write(
            {
                "name": "STOPPED",
                "vat": "cn 4711",
                "company_registry": "91110000600037341L",
            }
        )
        with self.assertRaisesRegex(UserError, "has archives of STOPPED"):
            customer.with_user(self.sales1).company_id = elsewhere
        customer.with_user(self.manager).name = "Renamed by a manager"
        self.live.partner_id.with_user(self.sales1).name = "Live and renamed"

    def test_no_second_start_as_somebody_else(self):
        """CA-16: nor as a person, nor beside the old one below the same company, nor that of a company below it."""
        group = self._new_partner("Group")
        self.stopped.partner_id.with_user(self.manager).write(
            {"parent_id": group.id, "vat": "CN4711"}
        )
        below = self._add_child(
            self.deregistered.partner_id, name="Lower works", is_company=True
        )
        customers = self.env["res.partner"].with_user(self.sales1)
        for words, vals in (
            ("person", {"name": "Stopped"}),
            ("number of a person", {"name": "Anybody", "vat": "CN 4711"}),
            ("other field", {"name": "Anybody", "company_registry": "CN4711"}),
            ("sister", {"name": "Stopped", "is_company": True, "parent_id": group.id}),
            ("below", {"name": below.name, "is_company": True}),
        ):
            with (
                self.subTest(words=words),
                self.assertRaisesRegex(UserError, "only a manager"),
                self.env.cr.savepoint(),
            ):
                customers.create({"ca_duplicate_reason": "Because", **vals})
        with self.assertRaisesRegex(UserError, "only a manager"):
            customers.name_create("Stopped")
        customers.with_user(self.manager).name_create("Stopped")

    def test_moved_below_a_live_customer_they_stay_stopped(self):
        """Even where a manager puts them below another company, no order is contracted with them."""
        partner = self.stopped.partner_id
        partner.with_user(self.manager).parent_id = self.live.partner_id
        with self.assertRaisesRegex(UserError, "stopped"):
            self._new_order(partner, user=self.sales1).action_confirm()

    def test_branches_of_the_company(self):
        """What a company decided holds in its branches."""
        branch = self.env["res.company"].create(
            {"name": "Branch", "parent_id": self.company.id}
        )
        for words, partner in self.ended.items():
            order = (
                self.env["sale.order"]
                .with_company(branch)
                .create({"partner_id": partner.id, "company_id": branch.id})
            )
            with self.subTest(words=words), self.assertRaisesRegex(UserError, words):
                order.action_confirm()

    def test_a_lost_mark_does_not_resume_the_trade(self):
        """The archive decides, whatever became of the mark on the contact."""
        self.stopped.partner_id.ca_trading_stopped = False
        order = self._new_order(self.stopped.partner_id, user=self.sales1)
        with self.assertRaisesRegex(UserError, "stopped"):
            order.action_confirm()

    def test_many_orders_cost_a_fixed_number_of_queries(self):
        """The standing of all parties is looked up at once."""

        def count(orders):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            orders.mapped("ca_ended_partner_ids")
            return self.env.cr.sql_log_count - before

        orders = self.env["sale.order"].union(
            *(self._new_order(self._new_partner(f"P {n}")) for n in range(12))
        )
        count(orders)
        self.assertEqual(count(orders[:2]), count(orders))

    # --- Merging contacts (CA-100) ---

    def _merge(self, source, destination):
        self.keeper.group_ids |= self.env.ref("base.group_partner_manager")
        wizard = self.env["base.partner.merge.automatic.wizard"].with_user(self.keeper)
        wizard.create({})._merge(
            (source | destination).ids, destination, extra_checks=False
        )

    def test_merge_does_not_mix_trade(self):
        """Neither into nor out of a customer whose trade has ended, nor into a contact that has no archive."""
        self.company.ca_auto_open = False
        bare = self._new_partner("Without archive")
        for __, ended in self.ended.items():
            for source, destination in (
                (ended, self.live.partner_id),
                (self.live.partner_id, ended),
                (ended, bare),
            ):
                with (
                    self.subTest(source=source.name, destination=destination.name),
                    self.assertRaisesRegex(UserError, "trade has ended"),
                ):
                    self._merge(source, destination)
        self._merge(bare, self.stopped.partner_id)
        order = self._new_order(self.stopped.partner_id, user=self.sales1)
        with self.assertRaisesRegex(UserError, "stopped"):
            order.action_confirm()

    def test_merge_into_a_returning_customer_hides_no_end(self):
        """The new archive beside a destroyed one does not take in a customer who is stopped or deregistered."""
        gone = self._new_archive("Gone")
        gone.flush_recordset()
        self.env.cr.execute(
            "UPDATE customer_archive SET state = 'destroyed' WHERE id = %s", [gone.id]
        )
        gone.invalidate_recordset(["state"])
        self._merge(self._new_partner("Gone too"), gone.partner_id)
        self._new_archive("Gone", partner=gone.partner_id)
        for ended in self.ended.values():
            with (
                self.subTest(source=ended.name),
                self.assertRaisesRegex(UserError, "trade has ended"),
                self.env.cr.savepoint(),
            ):
                self._merge(ended, gone.partner_id)

    def test_a_merged_archive_does_not_count(self):
        """CA-100: what stays is the archive of the customer; the one merged into it says nothing any more."""
        other = self._new_archive("Live too")
        self._merge(other.partner_id, self.live.partner_id)
        self.assertEqual(other.merged_into_id, self.live)
        self.assertEqual(
            self.live.partner_id._get_ca_archives_sudo(self.company), self.live.sudo()
        )
