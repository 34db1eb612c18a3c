from io import BytesIO

from openpyxl import load_workbook

from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..common import CustomerArchiveCommon


@tagged("post_install", "-at_install")
class TestAccessLedger(CustomerArchiveCommon):
    """L-07: who saw, printed or took out which archive, and on what ground (CA-11, CA-12)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.archive = cls._new_archive("宁波日志汽车部件有限公司")
        cls.archive.confidentiality = "secret"
        auditor = "record_control.group_access_auditor"
        cls.auditor = cls._new_user("ca_auditor", auditor)
        cls.auditing_keeper = cls._new_user(
            "ca_auditing_keeper",
            f"{auditor},customer_archive.group_customer_archive_keeper",
        )
        cls.archive.with_user(cls.sales1).read(["churn_reason_id"])
        cls.env["access.log"].with_user(cls.sales1)._record(
            cls.archive.with_user(cls.sales1), "print", detail="E03"
        )
        cls.env["access.log"]._write_lines(
            [
                {
                    "at": "2025-01-01 08:00:00",
                    "user_id": cls.sales1.id,
                    "company_id": cls.company.id,
                    "res_model": "res.partner",
                    "res_id": cls.archive.partner_id.id,
                    "action": "print",
                    "detail": "Label",
                }
            ]
        )

    def _export(self, user):
        ledger = self.env["report.customer_archive.ledger_access"].with_user(user)
        with ledger._open_ledger_file() as file:
            sheet = load_workbook(BytesIO(file.read()), data_only=True).active
            return [list(row) for row in sheet.iter_rows(values_only=True)]

    def test_l_07_lists_user_archive_action_and_ground(self):
        rows = self._export(self.auditing_keeper)
        self.assertEqual(rows[0][0], "Archive access log")
        head = next(number for number, row in enumerate(rows) if "Action" in row)
        lines = [
            dict(zip(rows[head], row, strict=True))
            for row in rows[head + 1 :]
            if row[1] == self.sales1.name
        ]
        printed = next(line for line in lines if line["Action"] == "Printed")
        self.assertIn(self.archive.name, printed["Record"])
        self.assertEqual((printed["Basis"], printed["Detail"]), ("Owner", "E03"))
        self.assertIn("Read", [line["Action"] for line in lines])
        self.assertNotIn("Label", str(rows), "only what concerns archives")

    def test_l_07_auditors_without_access_see_no_customer(self):
        text = str(self._export(self.auditor))
        self.assertNotIn(self.archive.name, text)
        self.assertNotIn("宁波日志", text)

    def test_l_07_only_for_those_who_supervise(self):
        for user in (self.sales1, self.keeper, self.manager, self.director):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self._export(user)
