from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.base.models.ir_qweb import QWebError

from .common import UseCase

LONG = "一段很长的文字，用来检查版面。" * 60


@tagged("post_install", "-at_install")
class TestUsePrints(UseCase):
    """Forms F04, F14 to F16 and F21 on the print sheet."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        colour = cls._new_line("colour", text_value="RAL 9005")
        cls.sample = cls._new_active_sample(line_ids=[colour])

    def _render(self, name, record):
        report = self.env["ir.actions.report"]
        xmlid = f"sample_control.action_report_sample_{name}"
        return report._render_qweb_html(xmlid, record.ids)[0].decode()

    def _released(self):
        record = self._compare(self._new_first_article())
        record.with_user(self.inspector).action_release()
        return record

    def test_mark(self):
        """F04, SC-11.2: product, batch, inspector, time and code; released ones alone get it."""
        record = self._released()
        page = self._render("mark", record)
        for text in (
            "First article mark",
            "MO001",
            self.inspector.name,
            "SC-F04",
            "svg+xml",
        ):
            self.assertIn(text, page)
        draft = self._new_first_article(production_ref="MO002")
        with self.assertRaisesRegex(UserError, "no mark"):
            draft._get_mark_values()
        with self.assertRaisesRegex((UserError, QWebError), "no mark"):
            self._render("mark", draft)

    def test_first_article(self):
        record = self._released()
        page = self._render("first_article", record)
        for text in (
            "First article record",
            self.sample.name,
            "RAL 9005",
            record.loan_id.name,
        ):
            self.assertIn(text, page)
        empty = self._new_first_article(production_ref=LONG)
        self.assertIn(LONG, self._render("first_article", empty))

    def test_comparison(self):
        values = {"product_id": self.product.id, "quality_id": self.quality.id}
        record = self.env["sample.comparison"].create(values)
        self.assertIn("Comparison report", self._render("comparison", record))
        record.action_start()
        record.line_ids.result = "fail"
        record.write({"conclusion": "deviates", "treatment": LONG})
        record.action_conclude()
        record.action_request_sign_off()
        record.with_user(self.technical)._sign_off(opinion="I agree")
        page = self._render("comparison", record)
        for text in (LONG, self.sample.name, "I agree", self.technical.name):
            self.assertIn(text, page)

    def test_loan_slip(self):
        """F14: two parts, with the code of each sample and real signatures."""
        loan = self._lend(self.sample)
        page = self._render("loan_slip", loan)
        self.assertEqual(page.count(loan.purpose), 2)
        for text in (
            "Sample borrow slip",
            self.sample.name,
            self.keeper.name,
            "svg+xml",
        ):
            self.assertIn(text, page)
        self.assertIn(
            "Sample borrow slip", self._render("loan_slip", self._new_loan(self.sample))
        )

    def test_slip_of_a_first_article(self):
        """F14: what the system handed out and took back is signed by no robot."""
        page = self._render("loan_slip", self._released().loan_id)
        self.assertEqual(page.count("by the system"), 4)
        self.assertNotIn(self.env.ref("base.user_root").name, page)

    def test_dossier(self):
        """F21: everything about one sample."""
        record = self._released()
        page = self._render("dossier", self.sample)
        for text in (
            "Sample dossier",
            record.name,
            record.loan_id.name,
            "RAL 9005",
            self.room.name,
        ):
            self.assertIn(text, page)
        self.assertIn("Sample dossier", self._render("dossier", self._new_sample()))
