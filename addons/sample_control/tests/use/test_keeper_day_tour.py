import io

import pypdfium2
import zxingcpp

from odoo.tests import HttpCase, new_test_user, tagged

from odoo.addons.record_control.tests.browser_downloads import BrowserDownloads

from ..common import PREFIX
from .common import UseCase

PRODUCT = "仪表板装饰盖（巡检）"


@tagged("post_install", "-at_install")
class TestKeeperDayTour(BrowserDownloads, UseCase, HttpCase):
    """SC-37.6, SC-38, SC-29: a day of the keeper in the browser, in Chinese."""

    test_cursor_lock_timeout = 120  # prints take long on a busy machine

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_and_install_lang("zh_CN")
        cls.day_keeper = cls._new_person("day_keeper", "keeper", "孙慧")
        cls.borrower = cls._new_person("day_borrower", "user", "赵立新")
        cls.env["hr.employee"].create(
            {
                "name": cls.borrower.name,
                "user_id": cls.borrower.id,
                "company_id": cls.company.id,
                "barcode": "BADGEOFTHEDAY",
            }
        )
        cls.sample = cls._new_active_sample(product_id=cls._new_product(PRODUCT).id)
        # the first print would make the style sheet within its own request
        cls.env["ir.qweb"]._get_asset_bundle("web.report_assets_common").css()

    @classmethod
    def _new_person(cls, login, role, name):
        return new_test_user(
            cls.env,
            login,
            f"{PREFIX}{role}",
            name=name,
            lang="zh_CN",
            tz="Asia/Shanghai",
            company_id=cls.company.id,
        )

    def _take_step(self, tour):
        self.start_tour(
            "/odoo/sample-scan",
            f"sample_control_keeper_{tour}",
            login=self.day_keeper.login,
            timeout=300,
        )
        self.env.invalidate_all()

    def test_keeper_day(self):
        self._lend()
        self._take_back()
        self._print_label()

    def _lend(self):
        self._take_step("lends")
        loan = self.sample.current_loan_line_id.loan_id
        self.assertRecordValues(
            loan,
            [{"state": "out", "borrower_user_id": self.borrower.id}],
        )
        self.assertTrue(loan.date_due)
        self.assertEqual(self.sample.custody_state, "loaned")

    def _take_back(self):
        loan = self.sample.current_loan_line_id.loan_id
        self._take_step("takes_back")
        self.assertEqual(loan.state, "returned")
        self.assertEqual(loan.line_ids.received_by_id, self.day_keeper)
        self.assertEqual(self.sample.location_id, self.room)
        self.assertEqual(self.sample.custody_state, "stored")

    def _print_label(self):
        self.assertTrue(self.sample.is_card_missing)
        if self.env["ir.actions.report"].get_wkhtmltopdf_state() != "ok":
            return
        __, content = self._download(".pdf", lambda: self._take_step("prints"))
        [page] = pypdfium2.PdfDocument(io.BytesIO(content))
        [code] = zxingcpp.read_barcodes(page.render(scale=4).to_pil())
        self.assertEqual(code.text, self.sample._get_qr_url())
        self.assertFalse(self.sample.is_card_missing)
        [entry] = self.env["sample.label.print"].search(
            [("sample_ids", "in", self.sample.ids)]
        )
        self.assertRecordValues(
            entry, [{"layout": "card_60", "user_id": self.day_keeper.id}]
        )
