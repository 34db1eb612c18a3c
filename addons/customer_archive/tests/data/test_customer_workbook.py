import doctest
import io
from datetime import date

from openpyxl import load_workbook

from odoo.tests import BaseCase, tagged

from ...tools import customer_row, customer_workbook
from ...tools.customer_workbook import WorkbookError, parse_date, read_workbook
from .common import ImportCommon, workbook


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
