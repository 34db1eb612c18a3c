import io

from openpyxl import load_workbook

from odoo.tests import tagged

from .common import SealingCase


@tagged("post_install", "-at_install")
class TestSealingLedger(SealingCase):
    def test_x06_reviews(self):
        """X06: one row per request, with who signed and the samples that came out of it."""
        request = self._new_request()
        self._approve(request)
        ledger = self.env["report.sample_control.ledger_sealing"]
        ledger = ledger.with_user(self.administrator)
        with ledger._open_ledger_file([("id", "=", request.id)]) as file:
            sheet = load_workbook(io.BytesIO(file.read())).active
        self.assertEqual(sheet["A1"].value, "Ledger of sealing reviews")
        *__, heads, row = sheet.iter_rows(values_only=True)
        found = dict(zip(heads, row, strict=True))
        self.assertEqual(found["Request No."], request.name)
        self.assertIn(self.quality.name, found["Signed By"])
        self.assertIn(request.sample_ids.name, found["Sample No."])
        self.assertTrue(found["Approved On"])
