from freezegun import freeze_time
from openpyxl import load_workbook

from odoo.tests import tagged

from .common import NOW, PIXEL, EndOfLifeCase

LONG = "一段很长的文字，用来检查版面。" * 60


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestEndOfLifePrints(EndOfLifeCase):
    """Forms F17, F18, F19, F22, F23, X13 and the ledgers."""

    def _render(self, name, record):
        report = self.env["ir.actions.report"]
        xmlid = f"sample_control.action_report_sample_{name}"
        return report._render_qweb_html(xmlid, record.ids)[0].decode()

    def test_automatic_disposal(self):
        """F19: what the system asked for is signed by no robot."""
        sample = self._new_active_sample()
        sample.sudo()._end("expired", "The validity ended.")
        sheet = sample.sudo().disposal_line_ids.disposal_id
        page = self._render("disposal", sheet)
        self.assertIn("by the system", page)
        self.assertNotIn(self.env.ref("base.user_root").name, page)

    def test_exception_and_letter(self):
        sample = self._new_active_sample(**self.customer_origin)
        record = self._report(sample, phenomenon=LONG, photo=PIXEL)
        page = self._render("exception", record)
        for text in ("Exception sheet", "SC-F17", sample.name, LONG):
            self.assertIn(text, page)
        page = self._render("notice", record)
        for text in ("Replacement or exception notice", "SC-F23", self.customer.name):
            self.assertIn(text, page)
        empty = self._report(self._new_active_sample(), "unreliable")
        self.assertIn(empty.name, self._render("exception", empty))

    def test_change(self):
        sample = self._new_active_sample()
        page = self._render("change", self._new_change())
        for text in ("Samples affected by a change", sample.name):
            self.assertIn(text, page)

    def test_disposal(self):
        sample = self._end(self._new_active_sample())
        sheet = sample.disposal_line_ids.disposal_id
        page = self._render("disposal", sheet)
        for text in ("Sample disposal sheet", sample.name, "Executor", "Witness"):
            self.assertIn(text, page)

    def test_stocktake(self):
        sample = self._new_active_sample()
        record = self.env["sample.stocktake"].create({"location_id": self.room.id})
        self.assertIn("Stock-take sheet", self._render("stocktake", record))
        record.action_count()
        self.assertIn(sample.name, self._render("stocktake", record))

    def test_handover(self):
        samples = self._new_active_sample() | self._new_active_sample()
        page = self._render("handover", samples)
        for text in ("Hand-over list", *samples.mapped("name")):
            self.assertIn(text, page)

    def test_ledgers(self):
        """X08, X09, X13 have titles and columns, and every column gives a value."""
        sample = self._end(self._new_active_sample())
        self._report(self._new_active_sample())
        self.assertTrue(sample.disposal_line_ids)
        record = self.env["sample.stocktake"].create({"location_id": self.room.id})
        record.action_count()
        titles = {
            "exception": "Exceptions and problem points",
            "disposal": "Ledger of sample disposals",
            "stocktake": "Stock-take sheet",
        }
        for name, title in titles.items():
            ledger = self.env[f"report.sample_control.ledger_{name}"]
            with ledger.with_user(self.administrator)._open_ledger_file() as file:
                sheet = load_workbook(file).active
            texts = [str(cell.value) for row in sheet.iter_rows() for cell in row]
            self.assertTrue(any(title in text for text in texts), title)
            self.assertTrue(
                any(sample.name in text for text in texts) or name != "disposal"
            )
