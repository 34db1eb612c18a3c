import doctest
import io
from datetime import date
from zipfile import ZIP_DEFLATED, ZipFile

from openpyxl import load_workbook

from odoo.tests import BaseCase, tagged

from ...tools import customer_row, customer_workbook
from ...tools.customer_row import interpret_row
from ...tools.customer_workbook import WorkbookError, parse_date, read_workbook
from .common import ImportCommon, workbook


def with_sheet_xml(data, old, new):
    """Return a workbook whose first sheet has other XML, as programs other than Excel write it."""
    stream = io.BytesIO()
    with (
        ZipFile(io.BytesIO(data)) as source,
        ZipFile(stream, "w", ZIP_DEFLATED) as target,
    ):
        for name in source.namelist():
            content = source.read(name)
            if name.endswith("sheet1.xml"):
                content = content.replace(old, new)
            target.writestr(name, content)
    return stream.getvalue()


@tagged("post_install", "-at_install")
class TestCustomerWorkbook(BaseCase):
    """CA-97: a list is read as sales offices keep it."""

    def test_ca_97_examples_in_docstrings(self):
        for module in (customer_workbook, customer_row):
            result = doctest.testmod(module)
            self.assertEqual(result.failed, 0, module.__name__)
        self.assertGreater(doctest.testmod(customer_workbook).attempted, 5)

    def test_ca_97_sample_two_sheets_under_titles(self):
        first, second, third = read_workbook(ImportCommon.sample())
        self.assertEqual((first.header_row, second.header_row), (4, 4))
        self.assertEqual((len(first.rows), len(second.rows)), (200, 100))
        self.assertEqual(first.footers, [205])
        self.assertEqual(third.header_row, 0, "a sheet without header is not guessed")

    def test_ca_97_merged_cells_repeat_downwards(self):
        data = workbook(
            [["甲公司", None, "张", None, None], ["乙公司", None, None, None, None]]
        )
        book = load_workbook(io.BytesIO(data))
        book.active.merge_cells("C2:C3")
        stream = io.BytesIO()
        book.save(stream)
        (sheet,) = read_workbook(stream.getvalue())
        self.assertEqual([row.cell(2) for row in sheet.rows], ["张", "张"])

    def test_ca_97_stray_mark_far_outside_makes_no_millions_of_cells(self):
        book = load_workbook(io.BytesIO(workbook([["甲公司", None, "张", None, None]])))
        book.active.cell(5000, 2000, "x")
        book.active.merge_cells("A2:A4")
        stream = io.BytesIO()
        book.save(stream)
        tables = customer_workbook._read_xlsx(stream.getvalue())
        self.assertEqual(
            tables[0][1][1:], [("甲公司", None, "张"), ("甲公司",), ("甲公司",)]
        )

    def test_ca_97_dates_that_are_none_are_refused(self):
        for text in ("去年三月", "2024-13-01", "2024年2月30日", "2024", "3月5日"):
            with self.subTest(text), self.assertRaises(ValueError):
                parse_date(text)
        self.assertEqual(parse_date("2024/3/5 00:00:00"), date(2024, 3, 5))

    def test_ca_97_text_table_in_chinese_encoding(self):
        data = "客户名称,电话\n宁波远达汽车部件有限公司,0574-87654321\n".encode(
            "gb18030"
        )
        (sheet,) = read_workbook(data, "list.csv")
        self.assertEqual(sheet.rows[0].cell(0), "宁波远达汽车部件有限公司")

    def test_ca_97_broken_files_are_told_apart(self):
        with self.assertRaises(WorkbookError) as error:
            read_workbook(b"this is no workbook", "list.xlsx")
        self.assertEqual(error.exception.code, "unreadable")
        with self.assertRaises(WorkbookError) as error:
            read_workbook(b"", "list.csv")
        self.assertEqual(error.exception.code, "empty")

    def assert_refused(self, code, data, file_name="list.xlsx"):
        with self.assertRaises(WorkbookError) as error:
            read_workbook(data, file_name)
        self.assertEqual(error.exception.code, code)

    def test_ca_97_small_file_does_not_fill_the_memory(self):
        """CA-97: what unpacks to more than a list can be, or merges whole columns, is refused before it is read."""
        data = workbook([["甲公司", None, "张", None, None]])
        end = b"</sheetData>"
        merged = b'<mergeCells count="1"><mergeCell ref="A3:XFD1048576"/></mergeCells>'
        self.assert_refused("merged", with_sheet_xml(data, end, end + merged))
        huge = b" " * (customer_workbook.MAX_UNPACKED + 1)
        self.assert_refused("too_large", with_sheet_xml(data, end, huge + end))

    def test_ca_97_formula_without_result_is_not_taken_for_an_empty_cell(self):
        """CA-97: a program that never counted its formulas leaves no values; nothing is lost unseen."""
        self.assert_refused(
            "formulas", workbook([["甲公司", None, "张", "=1+1", None]])
        )
        data = workbook([["甲公司", None, "张", "=B1", None]])
        empty = with_sheet_xml(data, b'<c r="D2">', b'<c r="D2" t="str">')
        self.assertEqual(len(read_workbook(empty)[0].rows), 1, "Excel's empty text")

    def test_ca_97_error_of_a_formula_is_no_value(self):
        """CA-97: no company is called #REF!."""
        (sheet,) = read_workbook(workbook([["#REF!", None, "#N/A", None, None]]))
        values, findings = interpret_row(sheet.rows[0], sheet.columns, date(2026, 1, 1))
        self.assertFalse(values)
        self.assertEqual(
            [(finding.target, finding.code, finding.value) for finding in findings],
            [("name", "error_cell", "#REF!"), ("contact", "error_cell", "#N/A")],
        )

    def test_ca_97_hidden_sheet_is_told(self):
        book = load_workbook(io.BytesIO(workbook([["甲公司", None, "张", None, None]])))
        book.create_sheet("旧").sheet_state = "hidden"
        stream = io.BytesIO()
        book.save(stream)
        first, second = read_workbook(stream.getvalue())
        self.assertEqual((len(first.rows), first.hidden), (1, False))
        self.assertEqual((second.name, second.hidden), ("旧", True))

    def test_ca_97_other_files_are_told_apart(self):
        """CA-97: an encrypted or old workbook is no broken one; lines may end with CR alone."""
        old = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
        self.assert_refused("protected", old)
        text = "客户名称,电话\r甲公司,0574-87654321\r"
        self.assertEqual(len(read_workbook(text.encode(), "list.csv")[0].rows), 1)
