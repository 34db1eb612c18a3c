import lxml.html

from odoo.tests import BaseCase, tagged

from ..tools.sheet_rows import split_rows


@tagged("post_install", "-at_install")
class TestSheetRows(BaseCase):
    """Rows of a print sheet stay whole with an engine that cuts them."""

    def _split(self, table):
        body = f"<html><body><div>{table}<p>after</p></div></body></html>"
        return lxml.html.fromstring(split_rows(body)).xpath("//table")

    def test_each_row_becomes_a_table(self):
        tables = self._split(
            "<table class='o_sheet_grid o_sheet_dense'>"
            "<thead><tr><th style='width: 30%'>A</th><th>B</th></tr></thead>"
            "<tr><td>1</td><td>2</td></tr><tr><td>3</td><td>4</td></tr></table>"
        )
        self.assertEqual(len(tables), 2)
        for table in tables:
            self.assertEqual(
                table.get("class"), "o_sheet_grid o_sheet_dense o_sheet_keep"
            )
            styles = [column.get("style") for column in table.xpath("./colgroup/col")]
            self.assertEqual(styles, ["width: 30%", None])
        self.assertEqual(len(tables[0].xpath("./thead/tr")), 1)
        self.assertFalse(tables[1].xpath("./thead"))
        self.assertEqual(tables[1].getnext().text, "after")

    def test_sections_go_with_the_row_below(self):
        tables = self._split(
            "<table class='o_sheet_grid'><tr><td>0</td></tr>"
            "<tr><th class='o_sheet_section'>Part</th></tr><tr><td>1</td></tr></table>"
        )
        self.assertEqual([len(table.xpath(".//tr")) for table in tables], [1, 2])

    def test_rows_that_share_a_cell_stay_together(self):
        """F15, F20: headings of two lines keep nothing else together; a cell of two rows keeps both."""
        tables = self._split(
            "<table class='o_sheet_grid'><colgroup><col/><col/></colgroup>"
            "<thead><tr><th rowspan='2'>A</th><th>B</th></tr><tr><th>b</th></tr></thead>"
            "<tr><td>1</td><td>1</td></tr>"
            "<tr><td rowspan='2'>2</td><td>2</td></tr><tr><td>3</td></tr>"
            "<tr><td>4</td><td>4</td></tr></table>"
        )
        self.assertEqual(
            [len(table.xpath("./tbody/tr")) for table in tables], [1, 2, 1]
        )
        self.assertEqual(len(tables[0].xpath("./thead/tr")), 2)
        for table in tables:
            self.assertIn("o_sheet_keep", table.get("class"))

    def test_long_rows_may_break(self):
        tables = self._split(
            "<table class='o_sheet_grid'><tr class='o_sheet_long'><td>0</td></tr>"
            "<tr><td>1</td></tr></table>"
        )
        self.assertNotIn("o_sheet_keep", tables[0].get("class"))
        self.assertIn("o_sheet_keep", tables[1].get("class"))

    def test_tables_that_cannot_be_split_stay(self):
        for inside in (
            "<tr><td rowspan='2'>0</td><td>1</td></tr><tr><td>2</td></tr>",
            "<tr><td><table class='o_sheet_grid'><tr><td>0</td></tr><tr><td>1</td></tr>"
            "</table></td></tr><tr><td>2</td></tr>",
        ):
            tables = self._split(f"<table class='o_sheet_grid'>{inside}</table>")
            self.assertNotIn("o_sheet_keep", tables[0].get("class"))
        tables = self._split(
            "<table class='o_sheet_grid o_sheet_sign_off'><tr><td>0</td></tr><tr><td>1</td></tr></table>"
        )
        self.assertEqual(len(tables), 1)
