import io

from openpyxl import load_workbook

from odoo.tests import tagged

from ..common import SampleCase


@tagged("post_install", "-at_install")
class TestPolicyLedger(SampleCase):
    def test_x11_table_of_rules(self):
        """X11: one row per rule; a group that a rule leaves alone stays empty."""
        rule = self._new_policy("Rubber test", ["validity"], validity_value=3)
        ledger = self.env["report.sample_control.ledger_policy"]
        ledger = ledger.with_user(self.administrator)
        with ledger._open_ledger_file([("id", "=", rule.id)]) as file:
            sheet = load_workbook(io.BytesIO(file.read())).active
        self.assertEqual(sheet["A1"].value, "Table of sample rules")
        *__, heads, row = sheet.iter_rows(values_only=True)
        found = dict(zip(heads, row, strict=True))
        self.assertIn("Validity: 3", found["Validity"])
        self.assertFalse(found["Checks"])
