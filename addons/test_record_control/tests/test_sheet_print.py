import io
import re
from unittest.mock import patch

import lxml.html

from odoo.fields import Command
from odoo.tests import HttpCase, TransactionCase, freeze_time, tagged
from odoo.tools.misc import format_date
from odoo.tools.pdf import PdfFileReader

from .test_form_register import REPORT, FormCommon

CELLS = [
    {
        "title": "制表",
        "user": "张三",
        "signed_at": "2025-11-23 17:30:00",
        "opinion": "",
        "decision": "approve",
    },
    {
        "title": "主管",
        "user": "李四",
        "signed_at": "2025-11-24 03:00:00",
        "opinion": "同意 <b>",
        "note": "代 王五",
    },
    {
        "title": "经理",
        "user": False,
        "signed_at": False,
        "opinion": False,
        "decision": False,
        "note": False,
    },
    {
        "title": "财务",
        "user": "赵六",
        "signed_at": "2025-11-24 04:00:00",
        "opinion": "退回",
        "decision": "refuse",
    },
    {"title": "总经理"},
]


class SheetCommon(FormCommon):
    def _html(self, records, lang="en_US", **data):
        html = self.report.with_context(lang=lang)._render_qweb_html(
            REPORT, records.ids, data=data
        )[0]
        return lxml.html.fromstring(html.decode())

    def _sheets(self, records, **kwargs):
        return self._html(records, **kwargs).xpath("//div[@data-sheet-footer]")


@tagged("post_install", "-at_install")
class TestPrintSheet(SheetCommon, TransactionCase):
    def test_head_stands_in_the_body(self):
        self.form.with_context(lang="zh_CN").name = "客户资料管理卡"
        [sheet] = self._sheets(self.one, lang="zh_CN")
        text = re.sub(r"\s+", " ", sheet.text_content())
        for part in ("A", "客户资料管理卡", "R1", "T01", "A/"):
            self.assertIn(part, text)
        self.assertEqual(
            sheet.get("lang"), "zh-CN", "the simplified shapes of the characters"
        )
        self.assertEqual(sheet.get("data-oe-id"), str(self.one.id))
        self.assertEqual(text.count("T01"), 1, "not printed twice")

    def test_empty_cells_stay(self):
        """A record with nothing but a name prints as many cells as a full one."""
        full = self.one.copy(
            {
                "partner_name": "P",
                "date": "2025-11-24",
                "amount": 5,
                "opinion": "O",
                "line_ids": [Command.create({"name": "L", "quantity": 1, "note": "N"})],
            }
        )
        empty, filled = self._sheets(self.one + full)
        self.assertEqual(
            len(empty.xpath(".//td|.//th")), len(filled.xpath(".//td|.//th"))
        )
        self.assertFalse(
            self._sheets(self.one)[0].xpath(
                ".//*[contains(@class, 'o_sheet_sign_off')]"
            )
        )

    def test_a_caller_does_not_fill_in_the_form(self):
        """Promise 4: whoever prints by URL brings values, too; neither signatures nor title or number are taken from them."""
        forged = {
            "sign_off_cells": [{"title": "Forged", "user": "Forged"}],
            "sign_off_columns": 1,
            "sheet_title": "Forged",
            "sheet_subtitle": "Forged",
            "sheet_number": "Forged",
            "sheet_stamp": {"title": "Forged", "number": "1", "lines": []},
            "sheet_form": "Forged",
            "sheet_company": "Forged",
        }
        self.form.confidentiality = "confidential"
        [sheet] = self._sheets(self.one, sheet_watermark=False, **forged)
        self.assertNotIn("Forged", sheet.text_content())
        self.assertTrue(sheet.get("data-sheet-watermark"))

    def _day(self, day):
        return format_date(self.report.with_context(lang="en_US").env, day)

    def test_sign_off_cells(self):
        """Own titles, days of the company's time zone, opinions escaped, blank lines for who is missing."""
        self.one.sign_off_cells = CELLS
        [sheet] = self._sheets(self.one)
        day = self._day("2025-11-24")
        tables = sheet.xpath(".//table[contains(@class, 'o_sheet_sign_off')]")
        rows = [
            [
                re.sub(r"\s+", " ", td.text_content()).strip()
                for td in row.xpath("./td|./th")
            ]
            for table in tables
            for row in table.xpath(".//tr")
        ]
        self.assertEqual(
            rows,
            [
                ["制表", "主管", "经理"],
                ["", "同意 <b> 代 王五", ""],
                [
                    f"Signed: 张三 Date: {day}",
                    f"Signed: 李四 Date: {day}",
                    "Signed: Date:",
                ],
                ["财务", "总经理"],
                ["Refused 退回", ""],
                [f"Signed: 赵六 Date: {day}", "Signed: Date:"],
            ],
        )

    def test_watermark_by_confidentiality(self):
        sheet = self.env["record_control.print.sheet"].with_user(self.user)
        for level, marked in (
            ("internal", False),
            ("secret", True),
            ("confidential", True),
            ("top_secret", True),
        ):
            self.form.confidentiality = level
            self.assertEqual(
                bool(self._sheets(self.one)[0].get("data-sheet-watermark")),
                marked,
            )
        self.assertFalse(sheet._prepare_values(self.one, watermark=False)["watermark"])
        self.form.confidentiality = "internal"
        self.assertTrue(sheet._prepare_values(self.one, watermark=True)["watermark"])

    @freeze_time("2025-11-30 17:00:00")
    def test_watermark_names_user_and_time(self):
        self.user.name = "张三 <&>"
        svg = (
            self.env["record_control.print.sheet"]
            .with_user(self.user)
            ._get_watermark_svg(self.company_a)
        )
        self.assertIn("张三 &lt;&amp;&gt;", svg)
        self.assertIn(self._day("2025-12-01"), svg, "the day in Shanghai")

    def test_without_form(self):
        """A record whose company has no such form still prints, with the given title."""
        self.form.active = False
        values = self.env["record_control.print.sheet"]._prepare_values(
            self.one, title="Title"
        )
        self.assertEqual(
            (values["title"], values["code"], values["revision"], values["footer"]),
            ("Title", "", "", ""),
        )
        self.assertEqual(len(self._sheets(self.both)), 2)
        partner = self.env["res.partner"].create({"name": "No form"})
        values = self.env["record_control.print.sheet"]._prepare_values(
            partner, form=self.form
        )
        self.assertEqual((values["number"], values["code"]), ("No form", "T01"))


@tagged("post_install", "-at_install")
class TestPrintSheetPdf(SheetCommon, HttpCase):
    def setUp(self):
        super().setUp()
        if self.env["ir.actions.report"].get_wkhtmltopdf_state() != "ok":
            self.skipTest("no PDF engine")
        self.env["ir.config_parameter"].sudo().set_param("report.url", self.base_url())

    def _pdf(self, records):
        report = self.report.with_context(force_report_rendering=True)
        return PdfFileReader(
            io.BytesIO(report._render_qweb_pdf(REPORT, records.ids)[0])
        )

    def test_several_records_with_page_numbers(self):
        """Two records in one call, one of many pages: each counts its own pages, on every page."""
        self.form.confidentiality = "secret"
        self.two.write(
            {
                "opinion": "很长的意见 long opinion. " * 400,
                "line_ids": [
                    Command.create({"name": f"L{i}", "note": "note 备注 " * (i % 9)})
                    for i in range(90)
                ],
                "sign_off_cells": CELLS,
            }
        )
        reader = self._pdf(self.both)
        texts = [page.extract_text() for page in reader.pages]
        total = len(texts) - 1
        self.assertGreater(total, 2)
        for text, number in zip(
            texts,
            ["1 / 1", *(f"{n} / {total}" for n in range(1, total + 1))],
            strict=True,
        ):
            self.assertIn(number, text)
            self.assertIn("T01", text)
        for title in ("制表", "总经理"):
            self.assertEqual(sum(title in text for text in texts), 1)
        self.assertEqual(sum("L89" in text for text in texts), 1)

    def test_attachment_for_each_record(self):
        """Where files are kept, each record gets its own, though the engine gives no outline."""
        self.form.report_id.attachment = "object.name + '.pdf'"
        self._pdf(self.both)
        files = self.env["ir.attachment"].search(
            [("res_model", "=", self.one._name), ("res_id", "in", self.both.ids)]
        )
        self.assertEqual(sorted(files.mapped("name")), ["R1.pdf", "R2.pdf"])
        self.assertEqual(len(self._prints()), 2)

    def test_reused_file_is_a_print(self):
        """A file that is taken from the store again is a print too."""
        self.form.report_id.write(
            {"attachment": "object.name + '.pdf'", "attachment_use": True}
        )
        self._pdf(self.one)
        with patch.object(
            type(self.report),
            "_run_wkhtmltopdf",
            side_effect=AssertionError("not rendered again"),
        ):
            self._pdf(self.one)
        self.assertEqual(len(self._prints()), 2)
