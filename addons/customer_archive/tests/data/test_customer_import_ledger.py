from io import BytesIO

from openpyxl import load_workbook

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import ImportCommon, workbook


def export(env, name, user):
    """Export a ledger of the archives as a user.

    :return: the rows of the workbook
    :rtype: list
    """
    ledger = env[f"report.customer_archive.{name}"].with_user(user)
    with ledger._open_ledger_file() as file:
        sheet = load_workbook(BytesIO(file.read()), data_only=True).active
        return [list(row) for row in sheet.iter_rows(values_only=True)]


@tagged("post_install", "-at_install")
class TestImportLedger(ImportCommon):
    """L-24: what became of each row of an imported list (CA-97)."""

    def test_l_24_each_row_with_its_result(self):
        batch = self.upload(
            workbook(
                [
                    ["宁波台账一汽车部件有限公司", "周明", "13212343550"],
                    [None, "王芳", "13912345678"],
                ],
                headings=["客户名称", "联系人", "手机"],
            )
        )
        batch.on_bad_rows = "good"
        self.check(batch)
        batch = self.import_list(batch)
        rows = export(self.env, "ledger_import", self.keeper)
        self.assertEqual(rows[0][0], "Customer import results")
        head = next(number for number, row in enumerate(rows) if "Import no." in row)
        table = {
            row[3]: dict(zip(rows[head], row, strict=False)) for row in rows[head + 1 :]
        }
        first, second = batch.line_ids
        self.assertEqual(table[first.row]["State"], "Imported")
        self.assertIn(first.archive_id.name, table[first.row]["Archive"])
        self.assertEqual(table[second.row]["State"], "Bad")
        self.assertEqual(table[second.row]["Problem"], second.problem)
        self.assertNotIn("13212343550", str(rows), "the list itself was destroyed")

    def test_l_24_not_for_salespeople(self):
        with self.assertRaises(AccessError):
            export(self.env, "ledger_import", self.clerk)

    def test_l_24_rows_open_from_the_list(self):
        batch = self.upload(
            workbook([["宁波台账二汽车部件有限公司"]], headings=["客户名称"])
        )
        self.check(batch)
        action = batch.action_open_lines()
        lines = self.env[action["res_model"]].with_user(self.clerk)
        self.assertEqual(lines.search(action["domain"]), batch.line_ids)
