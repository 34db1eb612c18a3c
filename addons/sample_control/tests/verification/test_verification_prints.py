from freezegun import freeze_time
from openpyxl import load_workbook

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import NOW, VerificationCase

LONG = "一段很长的文字，用来检查版面。" * 60


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestVerificationPrints(VerificationCase):
    """Forms F10 to F13 on the print sheet; ledgers X02 to X04."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        colour = cls._new_line("colour", text_value="RAL 9005")
        cls.sample = cls._new_measured_sample(
            line_ids=[cls._width(), colour], partner_id=cls.customer.id
        )
        cls.record = cls._inspect(cls.sample, "10.03; 1.005 cm")

    def _render(self, name, records):
        report = self.env["ir.actions.report"]
        xmlid = f"sample_control.action_report_sample_{name}"
        return report._render_qweb_html(xmlid, records.ids)[0].decode()

    def _rows(self, name, user, **kwargs):
        ledger = self.env[f"report.sample_control.ledger_{name}"].with_user(user)
        with ledger._open_ledger_file(**kwargs) as file:
            book = load_workbook(file, read_only=True)
            return [list(row) for row in book.active.iter_rows(values_only=True)]

    def _plan(self, plan_type):
        year = self.sample.valid_until.year
        plan = self.env["sample.plan"].create({"plan_type": plan_type, "year": year})
        plan.action_generate()
        return plan

    def test_record(self):
        """F12: baseline beside the readings, gauge, both signatures."""
        page = self._render("inspection", self.record)
        for text in (
            "Precision inspection record",
            "SC-F12",
            self.sample.name,
            "10.02 – 10.06",
            "10.03; 1.005 cm",
            "F-1",
            self.inspector.name,
            self.quality.name,
            "RAL 9005",
        ):
            self.assertIn(text, page)
        empty = self.env["sample.inspection"].create({"sample_id": self.sample.id})
        empty.action_note = LONG
        self.assertIn(LONG, self._render("inspection", empty))
        patrol = self._new_inspection(self.sample, inspection_type="patrol")
        self.assertIn("In its place", self._render("inspection", patrol))

    def test_ledger(self):
        """SC-44.1, F11, X02: one list over the inspections, no second table."""
        self.assertIn(
            "Precision inspection ledger",
            self._render("inspection_ledger", self.record),
        )
        rows = self._rows("inspection", self.quality, ids=self.record.ids)
        self.assertIn("SC-F11", str(rows[:6]))
        row = next(row for row in rows if self.record.name in row)
        self.assertIn(self.sample.name, row)
        with self.assertRaises(AccessError):
            self._rows("inspection", self.user, ids=self.record.ids)

    def test_plans(self):
        """F10, F13, X03, X04: the plan with its lines and the cells 编制, 审核, 批准 in the user's language."""
        for plan_type, title, code in (
            ("replacement", "Replacement plan", "SC-F13"),
            ("precision", "Precision inspection plan", "SC-F10"),
        ):
            plan = self._plan(plan_type)
            page = self._render("plan", plan)
            cells = ("Prepared By", "Reviewed By", "Approval")
            for text in (title, code, self.sample.name, *cells):
                self.assertIn(text, page)
            rows = self._rows(
                f"plan_{plan_type}", self.administrator, ids=plan.line_ids.ids
            )
            self.assertIn(title, str(rows[:4]))
            self.assertIn(self.sample.name, str(rows))
        empty = self.env["sample.plan"].create({"year": 2099})
        self.assertIn("Nothing planned", self._render("plan", empty))

    def test_dossier_and_scan(self):
        """F21 lists the inspections; the scan page offers patrol and inspection."""
        self.assertIn(self.record.name, self._render("dossier", self.sample))
        inspector = self.sample.with_user(self.inspector)
        offers = inspector._get_scan_actions()
        self.assertIn("patrol", offers)
        self.assertIn("inspect", offers)
        self.assertNotIn("patrol", self.sample.with_user(self.user)._get_scan_actions())
        action = inspector.action_new_patrol()
        again = inspector.action_new_patrol()
        self.assertEqual(action["res_id"], again["res_id"])
        action = inspector.action_new_inspection()
        record = self.env["sample.inspection"].browse(action["res_id"])
        self.assertEqual(record.inspection_type, "periodic")

    def test_ageing(self):
        """3c: the trend is read from confirmed readings, in the unit of the characteristic."""
        draft = self._new_inspection(self.sample, "10.05")
        readings = self.env["sample.inspection.reading"].with_user(self.user)
        domain = [
            ("sample_id", "=", self.sample.id),
            ("inspection_state", "=", "confirmed"),
        ]
        groups = readings._read_group(
            domain, ["date_inspected:day", "characteristic_id"], ["value_in_unit:avg"]
        )
        self.assertEqual(len(groups), 1)
        self.assertAlmostEqual(groups[0][2], 10.04)
        self.assertTrue(draft.line_ids.reading_ids)
