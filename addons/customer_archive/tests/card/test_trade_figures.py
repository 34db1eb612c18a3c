from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common import CardCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-04-15 04:00:00")
class TestTradeFigures(CardCommon):
    """Figures of the trade: K-26, CA-31, CA-33, CA-34, CA-35."""

    def test_highest_and_average_month_ac_06(self):
        """AC-06: January 100 + 50, March 300, read in April: highest 300, average 150 over three full months."""
        self._confirm_order(self.partner, "2026-01-10 03:00:00", 100)
        self._confirm_order(self.partner, "2026-01-20 03:00:00", 50)
        self._confirm_order(self.partner, "2026-03-05 03:00:00", 300)
        self.archive._refresh_classes()
        archive = self._read_again(self.archive)
        self.assertRecordValues(
            archive,
            [
                {
                    "amount_month_highest": 300,
                    "month_highest": "2026-03",
                    "amount_month_average": 150,
                    "months_counted": 3,
                    "amount_month_to_date": 0,
                    "amount_trade_12_months": 450,
                }
            ],
        )
        self.assertEqual(archive.date_first_order.isoformat(), "2026-01-10")
        self.assertEqual(
            [row["month"] for row in archive.trade_months],
            ["2026-01", "2026-02", "2026-03"],
        )
        self.assertEqual(archive.trade_years, [{"year": 2026, "amount": 450}])
        shares = dict(archive._card_season())
        self.assertAlmostEqual(shares[1], 1 / 3)
        self.assertAlmostEqual(shares[3], 2 / 3)
        self.assertEqual(shares[2], 0)

    def test_month_is_that_of_the_company(self):
        """16:30 UTC on 31 January is February in Shanghai, and 15:59 on 31 March still March."""
        self._confirm_order(self.partner, "2026-01-31 16:30:00", 100)
        self._confirm_order(self.partner, "2026-03-31 15:59:59", 20)
        self._confirm_order(self.partner, "2026-03-31 16:00:00", 3)
        archive = self._read_again(self.archive)
        self.assertEqual(
            {row["month"]: row["amount"] for row in archive.trade_months},
            {"2026-02": 100, "2026-03": 20},
        )
        self.assertEqual(archive.amount_month_to_date, 3)

    def test_average_counts_the_last_twelve_full_months_only(self):
        self._confirm_order(self.partner, "2024-05-10 03:00:00", 9000)
        self._confirm_order(self.partner, "2025-04-01 03:00:00", 1200)
        self._confirm_order(self.partner, "2026-04-02 03:00:00", 77)
        archive = self._read_again(self.archive)
        self.assertEqual(archive.months_counted, 12)
        self.assertEqual(archive.amount_month_average, 100)
        self.assertEqual(archive.amount_month_highest, 9000)
        self.assertEqual(
            archive.trade_years,
            [
                {"year": 2026, "amount": 77},
                {"year": 2025, "amount": 1200},
                {"year": 2024, "amount": 9000},
            ],
        )

    def test_first_trade_this_month_has_no_average_yet(self):
        self._confirm_order(self.partner, "2026-04-02 03:00:00", 80)
        archive = self._read_again(self.archive)
        self.assertRecordValues(
            archive,
            [
                {
                    "amount_month_highest": 80,
                    "amount_month_average": 0,
                    "months_counted": 0,
                    "amount_month_to_date": 80,
                }
            ],
        )

    def test_no_trade_prints_empty(self):
        self.assertRecordValues(
            self.archive,
            [
                {
                    "amount_month_highest": 0,
                    "amount_month_average": 0,
                    "main_products": "",
                    "has_paid_late": False,
                }
            ],
        )
        self.assertEqual(
            self.archive._card_money(self.archive.amount_month_highest), ""
        )

    def test_only_confirmed_orders_of_the_company_and_of_all_contacts_count(self):
        contact = self.env["res.partner"].create(
            {"name": "Buyer", "parent_id": self.partner.id}
        )
        self._confirm_order(contact, "2026-03-05 03:00:00", 100)
        self._new_order(self.partner)
        cancelled = self._confirm_order(self.partner, "2026-03-06 03:00:00", 1000)
        cancelled._action_cancel()
        other = self.env["res.company"].create({"name": "Other company"})
        self.env.user.company_ids |= other
        self._confirm_order(
            self.partner, "2026-03-07 03:00:00", 5000, company_id=other.id
        )
        self.assertEqual(self._read_again(self.archive).amount_month_highest, 100)

    def test_two_archives_and_two_companies_at_once(self):
        other_company = self.env["res.company"].create({"name": "Other company"})
        self.env.user.company_ids |= other_company
        second = self._new_archive("South Bearings")
        foreign = self.env["customer.archive"].create(
            {
                "partner_id": self.partner.id,
                "company_id": other_company.id,
                "user_id": self.env.user.id,
            }
        )
        self._confirm_order(self.partner, "2026-03-05 03:00:00", 100)
        self._confirm_order(second.partner_id, "2026-03-05 03:00:00", 200)
        self._confirm_order(
            self.partner, "2026-03-05 03:00:00", 400, company_id=other_company.id
        )
        archives = self._read_again(self.archive | second | foreign)
        self.assertEqual(archives.mapped("amount_month_highest"), [100, 200, 400])

    def test_foreign_currency_is_converted_at_the_day_of_the_order(self):
        foreign = (
            self.env.ref("base.EUR")
            if self.company.currency_id != self.env.ref("base.EUR")
            else self.env.ref("base.USD")
        )
        foreign.active = True
        self.env["res.currency.rate"].search(
            [("currency_id", "=", foreign.id)]
        ).unlink()
        self.env["res.currency.rate"].create(
            [
                {
                    "currency_id": foreign.id,
                    "name": "2026-01-01",
                    "rate": 0.5,
                    "company_id": self.company.id,
                },
                {
                    "currency_id": foreign.id,
                    "name": "2026-03-10",
                    "rate": 0.25,
                    "company_id": self.company.id,
                },
            ]
        )
        pricelist = self.env["product.pricelist"].create(
            {"name": "Foreign", "currency_id": foreign.id}
        )
        for day in ("2026-03-05", "2026-03-12"):
            self._confirm_order(
                self.partner, f"{day} 03:00:00", 100, pricelist_id=pricelist.id
            )
        self.assertEqual(self._read_again(self.archive).amount_month_highest, 200 + 400)

    def test_basis_may_be_invoices_less_credit_notes(self):
        self._confirm_order(self.partner, "2026-03-05 03:00:00", 999)
        self._invoice("out_invoice", 300, "2026-02-03")
        self._invoice("out_refund", 100, "2026-02-20")
        self._invoice("out_invoice", 50, "2026-03-03", post=False)
        self.company.ca_trade_basis = "invoice"
        archive = self._read_again(self.archive)
        self.assertEqual(archive.amount_month_highest, 200)
        self.assertEqual(archive.month_highest, "2026-02")

    def _invoice(self, move_type, amount, date, due=None, post=True):
        invoice = self.env["account.move"].create(
            {
                "move_type": move_type,
                "partner_id": self.partner.id,
                "invoice_date": date,
                "invoice_date_due": due or date,
                "invoice_payment_term_id": False,
                "journal_id": self.sale_journal.id,
                "invoice_line_ids": [
                    Command.create(
                        {
                            "name": "x",
                            "quantity": 1,
                            "price_unit": amount,
                            "tax_ids": False,
                            "account_id": self.income.id,
                        }
                    )
                ],
            }
        )
        if post:
            invoice.action_post()
        return invoice

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        Account = cls.env["account.account"]
        cls.income = Account.create(
            {"name": "Income", "code": "CA4000", "account_type": "income"}
        )
        cls.receivable = Account.create(
            {
                "name": "Receivable",
                "code": "CA1100",
                "account_type": "asset_receivable",
                "reconcile": True,
            }
        )
        cls.bank = Account.create(
            {"name": "Bank", "code": "CA1000", "account_type": "asset_cash"}
        )
        cls.partner.property_account_receivable_id = cls.receivable
        Journal = cls.env["account.journal"]
        cls.sale_journal = Journal.create(
            {
                "name": "Sales",
                "code": "CASJ",
                "type": "sale",
                "default_account_id": cls.income.id,
            }
        )
        cls.misc_journal = Journal.create(
            {"name": "Misc", "code": "CAMJ", "type": "general"}
        )

    def _pay(self, invoice, date):
        """Money received and matched with the invoice."""
        move = self.env["account.move"].create(
            {
                "journal_id": self.misc_journal.id,
                "date": date,
                "line_ids": [
                    Command.create(
                        {
                            "account_id": self.bank.id,
                            "debit": invoice.amount_total,
                            "name": "in",
                        }
                    ),
                    Command.create(
                        {
                            "account_id": self.receivable.id,
                            "credit": invoice.amount_total,
                            "partner_id": self.partner.id,
                            "name": "in",
                        }
                    ),
                ],
            }
        )
        move.action_post()
        (invoice.line_ids | move.line_ids).filtered(
            lambda line: line.account_id == self.receivable
        ).reconcile()

    def test_payment_on_the_due_date_is_not_late_and_a_day_later_is(self):
        """CA-34: late payment in the past, from the payments themselves."""
        self._pay(
            self._invoice("out_invoice", 100, "2026-01-05", due="2026-02-04"),
            "2026-02-04",
        )
        self.assertFalse(self._read_again(self.archive).has_paid_late)
        self._pay(
            self._invoice("out_invoice", 100, "2026-01-06", due="2026-02-05"),
            "2026-02-06",
        )
        self.assertTrue(self._read_again(self.archive).has_paid_late)

    def test_open_invoice_past_due_is_late(self):
        self._invoice("out_invoice", 100, "2026-04-01", due="2026-04-15")
        self.assertFalse(self._read_again(self.archive).has_paid_late)
        self._invoice("out_invoice", 100, "2026-04-01", due="2026-04-14")
        self.assertTrue(self._read_again(self.archive).has_paid_late)

    def test_products_are_ranked_by_sales_and_counted_in_their_own_unit(self):
        """CA-35: twelve pieces and one dozen are 24 pieces."""
        dozen = self.env.ref("uom.product_uom_dozen")
        seal = self.env["product.product"].create({"name": "Seal", "taxes_id": False})
        self._confirm_order(
            self.partner, "2026-03-05 03:00:00", 10, product=seal, quantity=12
        )
        self._confirm_order(
            self.partner,
            "2026-03-06 03:00:00",
            120,
            product=seal,
            quantity=1,
            uom=dozen,
        )
        self._confirm_order(self.partner, "2025-01-06 03:00:00", 5000)
        archive = self._read_again(self.archive)
        self.assertEqual(archive.main_products, "Bearing housing, Seal")
        self.assertEqual(len(archive.recent_products), 1)
        self.assertEqual(archive.recent_products[0]["product"], "Seal")
        self.assertEqual(archive.recent_products[0]["quantity"], 24)

    def test_salesperson_reads_the_figures_without_accounting(self):
        self._confirm_order(
            self.partner, "2026-03-05 03:00:00", 300, user_id=self.sales2.id
        )
        self._invoice("out_invoice", 100, "2026-04-01", due="2026-04-10")
        archive = self._read_again(self.archive).with_user(self.sales1)
        self.assertEqual(archive.amount_month_highest, 300)
        self.assertTrue(archive.has_paid_late)
        self.company.ca_trade_basis = "invoice"
        self.assertEqual(self._read_again(archive).amount_month_highest, 100)

    def test_queries_do_not_grow_with_archives(self):
        """All figures of 2 archives cost as many queries as those of 12."""
        archives = self.archive
        for number in range(11):
            archives |= self._new_archive(f"Customer {number}")
        for archive in archives:
            self._confirm_order(archive.partner_id, "2026-03-05 03:00:00", 10)
        names = (
            "amount_month_highest",
            "recent_products",
            "contract_numbers",
            "has_paid_late",
            "open_needs",
            "amount_overdue",
        )

        def count(records):
            self._read_again(records)
            records.mapped("name")
            before = self.cr.sql_log_count
            for name in names:
                records.mapped(name)
            return self.cr.sql_log_count - before

        count(archives)
        self.assertEqual(count(archives[:2]), count(archives))

    def test_ca_36_groups_follow_trade_to_the_day(self):
        """CA-36: traded within twelve months present, before that past, only asked or offered future."""
        names = ("Yesterday", "Year less a day", "Year to the day", "Asked", "Silent")
        present, edge, past, asked, silent = archives = self.env[
            "customer.archive"
        ].concat(*map(self._new_archive, names))
        self._confirm_order(present.partner_id, "2026-04-14 03:00:00", 10)
        self._confirm_order(edge.partner_id, "2025-04-16 03:00:00", 10)
        self._confirm_order(past.partner_id, "2025-04-15 03:00:00", 10)
        self.env["crm.lead"].create(
            {
                "name": "Housings",
                "type": "opportunity",
                "partner_id": asked.partner_id.id,
            }
        )
        archives._refresh_classes()
        groups = archives._card_groups()
        self.assertEqual(groups["present"], present | edge)
        self.assertEqual(groups["past"], past)
        self.assertEqual(groups["future"], asked | silent)
        self.assertEqual(
            archives.mapped("trade_class"),
            ["trading", "trading", "past", "soon", "none"],
        )

    def test_ca_36_day_is_that_of_the_company(self):
        """CA-36: the year turns at midnight in Shanghai, 16:00 UTC."""
        archive = self._new_archive("On the turn")
        self._confirm_order(archive.partner_id, "2025-04-15 15:59:59", 10)
        archive._refresh_classes()
        self.assertEqual(archive.trade_class, "past")
        self._confirm_order(archive.partner_id, "2025-04-15 16:00:00", 10)
        archive._refresh_classes()
        self.assertEqual(archive.trade_class, "trading")

    def test_ca_36_print_shows_each_customer_in_its_group(self):
        """CA-36: F15 prints what was bought, what may be bought, and how to win back."""
        present, past, future = archives = self.env["customer.archive"].concat(
            *map(self._new_archive, ("Now there", "Gone away", "Yet to come"))
        )
        self._confirm_order(present.partner_id, "2026-04-01 03:00:00", 10, quantity=7)
        self._confirm_order(past.partner_id, "2024-04-01 03:00:00", 10)
        present.referral_companies = "Sister works"
        past.write({"win_back": "Shorter delivery", "could_buy": "Seals"})
        archives._refresh_classes()
        self._read_again(archives)
        html, _type = self.env["ir.actions.report"]._render_qweb_html(
            "customer_archive.report_present_past_future", archives.ids
        )
        text = html.decode()
        for words in (
            "Now there",
            "Bearing housing",
            "Sister works",
            "Gone away",
            "Shorter delivery",
            "Seals",
            "Yet to come",
        ):
            with self.subTest(words=words):
                self.assertIn(words, text)
        self.assertLess(text.index("Now there"), text.index("Gone away"))
        self.assertLess(text.index("Gone away"), text.index("Yet to come"))

    def _fill_in(self, user, partner, archive=None, **values):
        """What a form shows of the trade when a user names a customer in it."""
        archives = (archive or self.env["customer.archive"]).with_user(user)
        names = (
            "amount_ordered_year",
            "amount_overdue",
            "amount_trade_12_months",
            "trade_months",
            "main_products",
            "contract_numbers",
            "has_paid_late",
            "open_needs",
        )
        spec = {name: {} for name in names}
        values = {"company_id": self.company.id, **values, "partner_id": partner.id}
        shown = archives.onchange(
            values, ["partner_id"], {**spec, "company_id": {}, "partner_id": {}}
        )["value"]
        return {name: shown[name] for name in names if shown.get(name)}

    def test_a_form_tells_no_trade_of_the_customers_of_others(self):
        """CA-11: who names a customer of somebody else in a new archive, or in a draft of his own, is told no figures."""
        self._confirm_order(self.partner, "2026-03-05 03:00:00", 300)
        free, taken = map(self._new_partner, ("Of nobody", "Of sales1, no archive"))
        for partner in free, taken:
            partner.sudo().ca_archive_ids.unlink()
            self._confirm_order(partner, "2026-03-05 03:00:00", 300)
            partner.ca_archive_ids.sudo().unlink()
        taken.user_id = self.sales1
        draft = self._new_archive("Own draft", user=self.sales2)
        for partner in self.partner, taken:
            self.assertFalse(self._fill_in(self.sales2, partner))
            self.assertFalse(self._fill_in(self.sales2, partner, draft))
        for user, partner in (
            (self.sales1, self.partner),
            (self.keeper, self.partner),
            (self.sales2, free),
            (self.supervisor, taken),
        ):
            shown = self._fill_in(user, partner)
            self.assertEqual(shown["amount_trade_12_months"], 300)
        own = self._fill_in(self.sales1, self.partner, self.archive)
        self.assertEqual(self.archive.amount_trade_12_months, 300)
        self.assertFalse(own.get("open_needs"))
        with self.assertRaisesRegex(UserError, "somebody else"):
            draft.with_user(self.sales2).partner_id = taken

    def test_a_form_tells_no_trade_of_another_company(self):
        """CA-11: in the company where somebody does not work he figures nothing, and without a company nothing fails."""
        self._confirm_order(self.partner, "2026-03-05 03:00:00", 300)
        other = self.env["res.company"].create({"name": "Elsewhere"})
        keeper = self._new_user(
            "ca_elsewhere", "customer_archive.group_customer_archive_director"
        )
        keeper.sudo().write(
            {"company_id": other.id, "company_ids": [Command.set(other.ids)]}
        )
        with self.assertRaises(AccessError):
            self._fill_in(keeper, self.partner)
        hidden = self._new_partner("Ours alone", company_id=self.company.id)
        with self.assertRaises(AccessError):
            self._fill_in(keeper, hidden, company_id=other.id)
        self.assertFalse(self._fill_in(self.keeper, self.partner, company_id=False))

    def test_a_form_looks_through_nothing_hidden(self):
        """CA-11: contacts, clocks and companies that the user may not see are not looked into by a form that names them."""
        other = self.env["res.company"].create({"name": "Elsewhere"})
        keeper = self._new_user(
            "ca_elsewhere", "customer_archive.group_customer_archive_keeper"
        )
        keeper.sudo().write(
            {"company_id": other.id, "company_ids": [Command.set(other.ids)]}
        )
        contact = self._new_partner(
            "Ours alone", company_id=self.company.id, phone="13800001111"
        )
        clock = self._new_archive("Own draft", user=self.sales1).sudo().clock_ids
        self.assertTrue(clock)
        order = {"company_id": self.company.id, "partner_id": self.partner.id}
        for model, values, names in (
            ("customer.archive.person", {"partner_id": contact.id}, ("phone",)),
            (
                "customer.archive",
                {"clock_ids": [Command.link(clock[:1].id)]},
                ("next_deadline",),
            ),
            ("sale.order", order, ("ca_archive_state", "ca_credit_status")),
        ):
            spec = {name: {} for name in (*names, *values)}
            forms = self.env[model].with_user(keeper)
            with self.subTest(model), self.assertRaises(AccessError):
                forms.onchange(values, [], spec)
        shown = (
            self.env["sale.order"]
            .with_user(self.sales1)
            .onchange(order, [], {"ca_archive_state": {}, "partner_id": {}})
        )
        self.assertEqual(shown["value"]["ca_archive_state"], "draft")
