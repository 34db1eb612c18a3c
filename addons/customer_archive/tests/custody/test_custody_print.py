import io

from freezegun import freeze_time
from lxml import html
from openpyxl import load_workbook

from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import format_date

from .common import CustodyCommon


@tagged("post_install", "-at_install")
class TestCustodyPrint(CustodyCommon):
    """P-12 to P-16, E01: every form prints, and no cell is lost when nothing is filled in."""

    def _render(self, record, xmlid):
        report = self.env["ir.actions.report"].with_context(lang="en_US")
        content, _kind = report._render_qweb_html(
            f"customer_archive.{xmlid}", record.ids
        )
        return content.decode()

    def _employee(self):
        return self.env["hr.employee"].create(
            {"name": "Borrower", "user_id": self.sales1.id}
        )

    def _loan(self, archive):
        return (
            self.env["loan.loan"]
            .with_user(self.sales1)
            .create(
                {
                    "borrower_id": self._employee().id,
                    "purpose": "Visit",
                    "acknowledged": True,
                    "line_ids": [
                        Command.create(
                            {"res_model": archive._name, "res_id": archive.id}
                        )
                    ],
                }
            )
        )

    def test_forms_without_content(self):
        archive = self._new_filed_archive("Printed")
        loan = self._loan(archive)
        env = self.env
        forms = {
            "action_report_archive_inspection": env[
                "customer.archive.inspection"
            ].create({"year": 2025, "half": "1"}),
            "action_report_archive_handover": env["customer.archive.handover"].create(
                {
                    "leaver_id": self.sales1.id,
                    "receiver_id": self.sales2.id,
                    "reason": "leaving",
                }
            ),
            "action_report_archive_destruction": env[
                "customer.archive.destruction"
            ].create(
                {
                    "reason": "Retention over",
                    "executor_id": self.keeper.id,
                    "witness_id": self.keeper2.id,
                    "line_ids": [Command.create({"archive_id": archive.id})],
                }
            ),
            "action_report_archive_filing": env["customer.archive.filing"].create(
                {
                    "user_id": self.sales1.id,
                    "keeper_id": self.keeper.id,
                    "date_month": "2020-01-01",
                }
            ),
            "action_report_archive_loan_slip": loan,
            "action_report_archive_loan_register": loan.line_ids,
            "report_customer_archive_release_action": env[
                "customer.archive.release"
            ].create(
                {
                    "archive_ids": [Command.set(archive.ids)],
                    "content": "Card",
                    "purpose": "Talks",
                    "recipient_name": "Wang",
                    "date_until": "2999-01-01",
                }
            ),
            "report_new_customer": env["customer.new.report"].create(
                {"partner_id": archive.partner_id.id}
            ),
        }
        for xmlid, record in forms.items():
            with self.subTest(report=xmlid):
                page = self._render(record, xmlid)
                report = env.ref(f"customer_archive.{xmlid}")
                form = env["controlled.form"].search([("report_id", "=", report.id)])
                text = html.fromstring(page).text_content()
                for part in (form.name, form.code, form.revision_id.name):
                    self.assertIn(part, text)
                self.check_grids(page)

    def test_unfinished_inspection_claims_nothing(self):
        """P-13: nothing is said about archives that nobody has inspected yet."""
        archive = self._new_filed_archive("Not inspected")
        inspection = self.env["customer.archive.inspection"].create(
            {"year": 2025, "half": "1", "keeper_id": archive.keeper_id.id}
        )
        inspection.action_load_archives()
        self.assertTrue(inspection.line_count)
        xmlid = "action_report_archive_inspection"
        page = self._render(inspection, xmlid)
        self.assertIn("Not all archives have been inspected yet.", page)
        self.assertNotIn("No archive failed.", page)
        inspection.line_ids.check_ids.result = "pass"
        page = self._render(inspection, xmlid)
        self.assertIn("No archive failed.", page)
        self.assertNotIn("Not all archives have been inspected yet.", page)

    @freeze_time("2025-03-03 17:30:00")
    def test_slip_shows_names_and_the_time_of_the_company(self):
        """Whoever signed stands in the cell; 17:30 in UTC is the next morning in Shanghai."""
        archive = self._new_filed_archive("Lent")
        loan = self._loan(archive)
        loan.action_submit()
        loan.with_user(self.supervisor).action_approve()
        loan.with_user(self.keeper).action_hand_out()
        page = html.fromstring(self._render(loan, "action_report_archive_loan_slip"))
        day = format_date(self.env(context={"lang": "en_US"}), "2025-03-04")
        signed = [
            " ".join(cell.text_content().split())
            for cell in page.xpath("//tr[contains(@class, 'o_sheet_signature')]/td")
        ]
        self.assertEqual(
            signed,
            [
                f"Signed: Borrower Date: {day}",
                f"Signed: {self.supervisor.name} Date: {day}",
                f"Signed: {self.keeper.name} Date: {day}",
                "Signed: Date:",
            ],
        )
        self.assertIn(f"{day} 01:30", page.text_content())

    def test_keepers_export_the_ledgers_of_the_archive(self):
        """L-03, L-04, L-05, L-25: with form code, for the keeper who has no right to export anything else."""
        for name, code in (
            ("refresh", "L-03"),
            ("document", "L-04"),
            ("loan", "L-05"),
            ("inspection", "L-25"),
            ("inspection_line", "L-25"),
        ):
            with self.subTest(ledger=code):
                ledger = self.env[f"report.customer_archive.ledger_{name}"]
                ledger = ledger.with_user(self.keeper).with_context(lang="zh_CN")
                with io.BytesIO() as target:
                    ledger._export_ledger(target)
                    sheet = load_workbook(target).active
                    cells = [
                        str(cell.value)
                        for row in sheet.iter_rows(max_row=12)
                        for cell in row
                    ]
                self.assertTrue(any(code in text for text in cells), cells)
                self.assertFalse(
                    {"省/州", "year", "volume_year"} & set(cells),
                    "headings in Chinese, and a status is no province",
                )
