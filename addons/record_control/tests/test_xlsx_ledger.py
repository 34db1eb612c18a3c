import doctest
import io
from datetime import date, datetime

from openpyxl import load_workbook

from odoo.tests import BaseCase, tagged

from ..tools import xlsx_ledger
from ..tools.xlsx_ledger import Column, Head, LedgerWriter, write_ledger


@tagged("standard", "at_install", "-post_install")
class TestXlsxLedger(BaseCase):
    """The workbook itself, read back with openpyxl; no database needed."""

    def write(self, columns, rows, title="Ledger", lines=(), notes=(), data_only=True):
        target = io.BytesIO()
        write_ledger(target, Head(title, list(lines)), columns, rows, notes)
        return load_workbook(io.BytesIO(target.getvalue()), data_only=data_only).active

    def test_examples_of_the_module_hold(self):
        self.assertEqual(doctest.testmod(xlsx_ledger).failed, 0)

    def test_types_are_real(self):
        sheet = self.write(
            [
                Column("a", kind=kind)
                for kind in (
                    "text",
                    "integer",
                    "number",
                    "money",
                    "percent",
                    "date",
                    "datetime",
                    "boolean",
                )
            ],
            [
                (
                    "x",
                    3,
                    1.25,
                    99.5,
                    0.125,
                    date(2026, 2, 28),
                    datetime(2026, 2, 28, 13, 30),
                    True,
                )
            ],
        )
        values = [cell.value for cell in sheet[4]]
        self.assertEqual(
            values,
            [
                "x",
                3,
                1.25,
                99.5,
                0.125,
                datetime(2026, 2, 28),
                datetime(2026, 2, 28, 13, 30),
                "Yes",
            ],
        )
        formats = [cell.number_format for cell in sheet[4]]
        self.assertEqual(formats[4:7], ["0.00%", "yyyy-mm-dd", "yyyy-mm-dd hh:mm"])
        self.assertIn("#,##0.00", formats[3])

    def test_empty_values_are_empty_cells_and_zero_is_a_number(self):
        sheet = self.write(
            [
                Column("a"),
                Column("b", kind="number"),
                Column("c", kind="date"),
                Column("d", kind="boolean"),
            ],
            [(False, 0, None, False), (None, 0.0, False, None)],
        )
        self.assertEqual(
            [[cell.value for cell in row] for row in sheet["A4:D5"]],
            [[None, 0, None, None]] * 2,
        )

    def test_no_text_becomes_a_formula_link_or_markup(self):
        texts = [
            "=1+1",
            '=HYPERLINK("http://x.example","y")',
            "+1",
            "-1",
            "@SUM(A1)",
            "\t=1",
            "http://x.example",
            "mailto:a@b.c",
            "{=1}",
            "007",
            "<r><t>raw</t></r>",
            "<r>&broken</r>",
            "a\x00b",
            "_x0041_",
        ]
        sheet = self.write(
            [Column("a")],
            [(text,) for text in texts],
            title="=1+1",
            lines=[("", "<r>&x</r>")],
            data_only=False,
        )
        cells = [sheet.cell(row=row, column=1) for row in range(5, 5 + len(texts))]
        self.assertEqual({cell.data_type for cell in cells}, {"s"})
        # openpyxl leaves Excel's own escape of control characters as it is in the file
        escaped = {"a\x00b": "a_x0000_b", "_x0041_": "_x005F_x0041_"}
        self.assertEqual(
            [cell.value for cell in cells], [escaped.get(text, text) for text in texts]
        )
        self.assertEqual([cell.hyperlink for cell in cells], [None] * len(texts))
        self.assertTrue(all(cell.quotePrefix for cell in cells[:6]))
        self.assertEqual(sheet["A1"].data_type, "s")

    def test_header_is_frozen_and_filtered(self):
        sheet = self.write(
            [Column("a", label="A"), Column("b", label="B")],
            [("x", "y")] * 3,
            lines=[("Company", "Y")],
        )
        self.assertEqual(sheet["A1"].value, "Ledger")
        self.assertEqual(sheet["A2"].value, "Company: Y")
        self.assertEqual([cell.value for cell in sheet[4]], ["A", "B"])
        self.assertEqual(sheet.freeze_panes, "A5")
        self.assertEqual(sheet.auto_filter.ref, "A4:B7")
        self.assertEqual(sheet.print_title_rows, "$4:$4")

    def test_totals_follow_the_filter_and_carry_their_value(self):
        columns = [
            Column("a"),
            Column("b", kind="money", total=True),
            Column("c", kind="integer"),
        ]
        rows = [("x", 0.1, 1), ("y", 0.2, 2)]
        self.assertEqual(
            [cell.value for cell in self.write(columns, rows)[6]], ["Total", 0.3, None]
        )
        self.assertEqual(
            self.write(columns, rows, data_only=False)["B6"].value,
            "=SUBTOTAL(109,B4:B5)",
        )

    def test_currencies_are_not_added_up(self):
        columns = [
            Column("a", kind="money", total=True, currency="c"),
            Column("b"),
            Column("c", kind="integer", total=True),
        ]
        sheet = self.write(
            columns,
            [
                ((10, "CNY"), "x", 1),
                ((5, "USD"), "y", 1),
                ((2.5, "CNY"), "z", 1),
                (None, "", 1),
            ],
        )
        self.assertEqual([cell.value for cell in sheet[8]], [12.5, "Total CNY", 4])
        self.assertEqual([cell.value for cell in sheet[9]], [5, "Total USD", None])
        self.assertIn("CNY", sheet["A4"].number_format)

    def test_values_that_excel_cannot_hold(self):
        columns = [
            Column("a"),
            Column("b", kind="integer"),
            Column("c", kind="number"),
            Column("d", kind="date"),
        ]
        long_text = "很" * 40_000
        sheet = self.write(
            columns,
            [
                (long_text, 10**18, float("nan"), date(1899, 5, 1)),
                ("😀" * 20_000, 1, float("inf"), None),
            ],
        )
        self.assertEqual(
            [cell.value for cell in sheet[4]][1:], [str(10**18), None, "1899-05-01"]
        )
        self.assertEqual(len(sheet["A4"].value), 32_767)
        self.assertTrue(sheet["A4"].value.endswith("…"))
        self.assertLessEqual(len(sheet["A5"].value.encode("utf-16-le")) // 2, 32_767)

    def test_notes_and_empty_ledger(self):
        sheet = self.write(
            [Column("a", label="A")], [], notes=["Two records are left out."]
        )
        self.assertEqual(sheet["A3"].value, "A")
        self.assertEqual(sheet["A5"].value, "Two records are left out.")

    def test_titles_that_are_no_sheet_names(self):
        for title in ("a/b:c*d?e[f]g\\h", "'quoted'", "很长" * 30, "  ", "///"):
            self.assertTrue(self.write([Column("a")], [("x",)], title=title).title)

    def test_too_many_rows_are_refused(self):
        writer = LedgerWriter(io.BytesIO(), Head("x"), [Column("a")])
        writer._row = writer._first_row + xlsx_ledger.MAX_ROWS
        with self.assertRaisesRegex(ValueError, "no more rows"):
            writer.write_rows([("x",)])

    def test_wrong_declarations_are_refused(self):
        with self.assertRaisesRegex(ValueError, "Unknown kinds"):
            self.write([Column("a", kind="colour")], [])
        with self.assertRaisesRegex(ValueError, "at least one column"):
            self.write([], [])
