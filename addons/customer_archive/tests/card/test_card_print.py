from io import BytesIO

from lxml import html
from openpyxl import load_workbook

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import format_date, mute_logger

from .common import CardCommon

CARDS = {
    "report_data_management_card": ("E03", "Customer data management card"),
    "report_data_card": ("F16", "Customer data card"),
    "report_basic_data": ("F18", "Customer basic data"),
    "report_management_card": ("F19", "Customer management card"),
    "report_analysis": ("F20", "Customer analysis table"),
    "report_present_past_future": ("F15", "Present, past and future customers"),
    "report_customer_list": ("L-01", "List of customers"),
    "action_report_archive_registration": (
        "qms-pm-31301",
        "Customer archive registration form",
    ),
    "action_report_archive_emergency": ("qms-pm-31302", "Emergency contact form"),
}
LONG = "Very long text 很长的文字。" * 200


@tagged("post_install", "-at_install")
class TestCardPrint(CardCommon):
    """Printed cards: A-51, CA-12, CA-30 to CA-39, bar 4 of the design."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.full = cls._new_archive("Full & Sons <Ltd>", phone_of_partner="13212343550")
        cls.full.partner_id.child_ids = [
            Command.create(
                {
                    "name": "Chen",
                    "phone": "13900001111",
                    "ca_role_ids": cls.env.ref(
                        "customer_archive.customer_contact_role_legal_representative"
                    ).ids,
                }
            )
        ]
        texts = {
            name: LONG
            for name, field in cls.full._fields.items()
            if field.type == "text"
            and field.store
            and field._module == "customer_archive"
            and not field.readonly
        }
        cls.full.write(
            {
                **texts,
                "person_ids": [
                    Command.create(
                        {
                            "partner_id": cls.full.partner_id.child_ids.id,
                            "character": LONG,
                        }
                    )
                ],
                "turnover_ids": [
                    Command.create({"year": year, "amount": 12345678901})
                    for year in range(2010, 2026)
                ],
                "purchase_channel_ids": [
                    Command.create({"kind": "purchase", "name": LONG[:80], "share": 3})
                    for _number in range(12)
                ],
                "registered_capital": 123456789012.34,
            }
        )
        for user in (cls.manager, cls.sales1, cls.supervisor):
            user.lang = "en_US"

    def render(self, xmlid, records, user=None, lang="en_US"):
        report = self.env["ir.actions.report"].with_user(user or self.manager)
        content, kind = report.with_context(lang=lang)._render_qweb_html(
            f"customer_archive.{xmlid}", records.ids
        )
        self.assertEqual(kind, "html")
        return content.decode()

    def text(self, content):
        return " ".join(html.fromstring(content).text_content().split())

    def test_every_card_prints_empty_and_full_records(self):
        """Title, code and revision on each, no cell lost in a row."""
        for xmlid, (code, title) in CARDS.items():
            for records in (self.archive, self.full, self.archive | self.full):
                with self.subTest(card=code, records=records.ids):
                    content = self.render(xmlid, records)
                    text = self.text(content)
                    self.assertIn(title, text)
                    self.assertIn(code, text)
                    self.assertIn("A/0", text)
                    self.assertIn(
                        "North Bearings"
                        if records == self.archive
                        else "Full & Sons <Ltd>",
                        text,
                    )
                    self.check_grids(content)

    def test_cards_print_the_title_of_the_regulation_in_chinese(self):
        """A-51: the form, its title and its cells in the reader's language."""
        self.env["res.lang"]._activate_and_install_lang("zh_CN")
        for xmlid, words in (
            ("report_data_management_card", ("客户资料管理卡", "E03", "制卡")),
            ("report_management_card", ("客户管理卡", "F19", "董事长")),
            ("report_present_past_future", ("现在、过去、将来顾客情况分析表", "F15")),
        ):
            text = self.text(self.render(xmlid, self.archive, lang="zh_CN"))
            for word in words:
                self.assertIn(word, text)

    def test_prospects_without_archive_are_future_customers(self):
        """CA-36: the leads of the salesperson; one for each prospect, none that has an archive or is lost."""
        leads = self.env["crm.lead"]
        values = {"user_id": self.sales1.id, "type": "opportunity"}
        lost = leads.create({**values, "name": "Lost", "partner_name": "Lost Ltd"})
        lost.action_set_lost()
        leads.create(
            [
                {**values, "name": "Brackets", "partner_name": "Prospect Ltd"},
                {**values, "name": "Housings", "partner_name": "Prospect Ltd"},
                {**values, "name": "Filed", "partner_id": self.partner.id},
                {**values, "name": "Other", "user_id": self.sales2.id},
            ]
        )
        text = self.text(
            self.render("report_present_past_future", self.archive, self.sales1)
        )
        self.assertEqual(text.count("Prospect Ltd"), 1)
        for name in ("Lost Ltd", "Filed", "Other"):
            self.assertNotIn(name, text)

    def test_names_of_signers_are_printed(self):
        """The cells of the card are filled from the signatures of the review."""
        cells = [
            {"title": "Superior", "user": "Zhou", "signed_at": "2025-03-03 02:00:00"},
            {"title": "Card Prepared By"},
        ]
        self.patch(
            self.env.registry["customer.archive"],
            "_card_sign_off_cells",
            lambda _archive, _code: cells,
        )
        text = self.text(self.render("report_data_management_card", self.archive))
        day = format_date(self.env(context={"lang": "en_US"}), "2025-03-03")
        self.assertIn(f"Signed: Zhou Date: {day} Signed: Date:", text)

    def test_figures_in_the_format_of_the_language(self):
        """Grouping and decimal point are the reader's, not the program's."""
        lang = self.env["res.lang"]._activate_lang("en_US")
        lang.write({"thousands_sep": ".", "decimal_point": ","})
        archive = self.archive.with_context(lang="en_US")
        self.assertEqual(archive._card_wan(123456789.5), "12.345,68")
        self.assertEqual(archive._card_number(1250), "1.250")
        self.assertEqual(archive._card_percent(33.33), "33,33 %")
        self.assertEqual(archive._card_quantity(80.0), "80")

    def test_address_without_empty_parts(self):
        """A part of the address that is missing leaves no comma behind."""
        self.partner.write(
            {"country_id": self.env.ref("base.cn").id, "city": "Ningbo", "zip": False}
        )
        self.assertEqual(self.archive._card_address(), "China, Ningbo")

    def test_print_is_entered_in_the_register(self):
        self.render("report_data_management_card", self.archive)
        line = self.env["controlled.form.print"].search(
            [("res_id", "=", self.archive.id)], limit=1
        )
        self.assertEqual(
            [line.form_id.code, line.revision_id.name, line.user_id],
            ["E03", "A/0", self.manager],
        )

    def test_masked_phone_on_the_print_of_who_is_not_in_charge(self):
        """CA-13: what the screen masks, the card masks, of the customer and of its people."""
        text = self.text(
            self.render("report_data_management_card", self.full, self.supervisor)
        )
        self.assertIn("132****3550", text)
        self.assertIn("139****1111", text)
        self.assertNotIn("13212343550", text)
        self.assertNotIn("13900001111", text)
        self.assertIn(
            "13900001111",
            self.text(
                self.render("report_data_management_card", self.full, self.sales1)
            ),
        )

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_stranger_prints_nothing(self):
        with self.assertRaises(AccessError):
            self.render("report_data_management_card", self.archive, self.sales2)

    def test_confidential_card_needs_a_release(self):
        """CA-12: who may see it may not print it yet."""
        self.archive.sudo().confidentiality = "confidential"
        self.env.flush_all()
        with self.assertRaises(AccessError):
            self.render("report_data_management_card", self.archive, self.sales1)

    def test_secret_card_carries_the_watermark_and_is_logged(self):
        self.assertFalse(self.archive._card_is_secret())
        self.assertNotIn(
            "data-sheet-watermark",
            self.render("report_data_management_card", self.archive, self.sales1),
        )
        self.archive.sudo().confidentiality = "secret"
        self.env.flush_all()
        self.assertIn(
            "data-sheet-watermark",
            self.render("report_data_management_card", self.archive, self.sales1),
        )
        self.cr.precommit.run()
        self.assertTrue(
            self.env["access.log"].search(
                [
                    ("res_model", "=", "customer.archive"),
                    ("res_id", "=", self.archive.id),
                    ("action", "=", "print"),
                ]
            )
        )

    def test_cells_are_in_the_words_of_the_form_and_blank_until_signed(self):
        """Cells of E03 and F19, the highest first."""
        self.assertEqual(
            self.archive._card_sign_off_cells("E03"),
            [
                {"title": "General Manager"},
                {"title": "Manager"},
                {"title": "Superior"},
                {"title": "Card Prepared By"},
            ],
        )
        self.assertEqual(
            [cell["title"] for cell in self.archive._card_sign_off_cells("F19")],
            [
                "Chairman",
                "General Manager",
                "Head of Department",
                "Direct Superior",
                "Card Handled By",
            ],
        )

    def test_company_and_person_have_their_own_items(self):
        """CA-32: 19 items for a company, 14 for a person."""
        person = self._new_archive(
            "Zhang",
            partner=self.env["res.partner"].create(
                {"name": "Zhang", "is_company": False}
            ),
        )
        self.assertEqual(len(self.archive._card_data_items()), 19)
        items = person._card_data_items()
        self.assertEqual(len(items), 14)
        self.assertEqual(items[0], ("Full name", "Zhang"))

    def test_groups_of_present_past_and_future(self):
        groups = (self.archive | self.full)._card_groups()
        self.assertEqual(groups["future"], self.archive | self.full)
        self.full._write_protected({"trade_class": "past"})
        self.archive._write_protected({"trade_class": "trading"})
        groups = (self.archive | self.full)._card_groups()
        self.assertEqual(
            [groups["present"], groups["past"], len(groups["future"])],
            [self.archive, self.full, 0],
        )


@tagged("post_install", "-at_install")
class TestCardLedgers(CardCommon):
    """L-01, L-02, L-06 and L-09."""

    def export(self, name, user, **kwargs):
        user.lang = "en_US"
        with (
            self.env[f"report.customer_archive.{name}"]
            .with_user(user)
            ._open_ledger_file(**kwargs) as file
        ):
            return [
                list(row)
                for row in load_workbook(
                    BytesIO(file.read()), data_only=True
                ).active.iter_rows(values_only=True)
            ]

    def test_customer_list_masks_phones_and_keeps_to_what_is_seen(self):
        """L-01: the supervisor sees his team, phones masked; with the title of its form."""
        other_team = self.env["crm.team"].create({"name": "Other team"})
        self._new_archive(
            "Hidden",
            user=self.sales2,
            team_id=other_team.id,
            supervisor_id=self.manager.id,
        )
        rows = self.export("ledger_customer_list", self.supervisor)
        self.assertEqual(rows[0][0], "List of customers")
        self.assertIn("Form: L-01", [row[0] for row in rows])
        text = str(rows)
        self.assertIn("North Bearings", text)
        self.assertIn("132****3550", text)
        self.assertNotIn("13212343550", text)
        self.assertNotIn("Hidden", text)
        self.assertIn(
            "13212343550", str(self.export("ledger_customer_list", self.keeper))
        )

    def test_salesperson_may_not_take_the_list_out(self):
        with self.assertRaises(AccessError):
            self.export("ledger_customer_list", self.sales1)

    def test_index_analysis_and_changes(self):
        self.archive.with_context(tracking_disable=False).write(
            {"business_nature": "=Trade", "service_quality": "good"}
        )
        self.env.flush_all()
        self.cr.precommit.run()
        self.assertIn(
            "North Bearings", str(self.export("ledger_archive_index", self.keeper))
        )
        self.assertIn("=Trade", str(self.export("ledger_analysis", self.keeper)))
        rows = self.export("ledger_changes", self.keeper)
        self.assertEqual(rows[0][0], "Record of customer data changes")
