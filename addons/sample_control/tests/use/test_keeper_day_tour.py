import io
from datetime import timedelta

import pypdfium2
import zxingcpp

from odoo.tests import HttpCase, new_test_user, tagged

from odoo.addons.record_control.tests.browser_downloads import BrowserDownloads

from ..common import PREFIX
from ..verification.common import VerificationCase
from .common import UseCase

PRODUCT = "仪表板装饰盖（巡检）"
LOST = "空调出风口（缺）"
PLACE = "DAY-ROOM"


@tagged("post_install", "-at_install")
class TestKeeperDayTour(BrowserDownloads, UseCase, VerificationCase, HttpCase):
    """SC-37.6, SC-38, SC-29, SC-45, SC-56.3: a day of the keeper in the browser, in Chinese.

    A small works: the keeper is also the inspector. Quality confirms what was measured.
    """

    test_cursor_lock_timeout = 120  # prints take long on a busy machine

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_and_install_lang("zh_CN")
        cls.day_keeper = cls._new_person("day_keeper", "keeper", "孙慧")
        cls.day_keeper.group_ids += cls.env.ref(f"{PREFIX}inspector")
        cls.day_quality = cls._new_person("day_quality", "quality", "钱进")
        cls.borrower = cls._new_person("day_borrower", "user", "赵立新")
        cls.env["hr.employee"].create(
            {
                "name": cls.borrower.name,
                "user_id": cls.borrower.id,
                "company_id": cls.company.id,
                "barcode": "BADGEOFTHEDAY",
            }
        )
        today = cls.company._record_control_today()
        cls.gauge.sample_calibrated_until = today + timedelta(days=365)
        cls.day_room = cls._new_location(PLACE, kind="room")
        cls.sample = cls._new_day_sample(PRODUCT, "DIM", line_ids=[cls._width()])
        cls.lost = cls._new_day_sample(LOST)
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

    @classmethod
    def _new_day_sample(cls, product, *args, **values):
        return cls._new_active_sample(
            *args,
            product_id=cls._new_product(product).id,
            home_location_id=cls.day_room.id,
            **values,
        )

    def _take_step(self, tour, user=None, url="/odoo/sample-scan"):
        self.start_tour(
            url,
            f"sample_control_{tour}",
            login=(user or self.day_keeper).login,
            timeout=300,
        )
        self.env.invalidate_all()

    def test_keeper_day(self):
        self._lend_it()
        self._take_back()
        self._print_label()
        self._calibrate()
        self._count()

    def _lend_it(self):
        self._take_step("keeper_lends")
        loan = self.sample.current_loan_line_id.loan_id
        self.assertRecordValues(
            loan,
            [{"state": "out", "borrower_user_id": self.borrower.id}],
        )
        self.assertTrue(loan.date_due)
        self.assertEqual(self.sample.custody_state, "loaned")

    def _take_back(self):
        loan = self.sample.current_loan_line_id.loan_id
        self._take_step("keeper_takes_back")
        self.assertEqual(loan.state, "returned")
        self.assertEqual(loan.line_ids.received_by_id, self.day_keeper)
        self.assertEqual(self.sample.location_id, self.day_room)
        self.assertEqual(self.sample.custody_state, "stored")

    def _print_label(self):
        self.assertTrue(self.sample.is_card_missing)
        if self.env["ir.actions.report"].get_wkhtmltopdf_state() != "ok":
            return
        __, content = self._download(".pdf", lambda: self._take_step("keeper_prints"))
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

    def _calibrate(self):
        self._take_step("keeper_calibrates")
        inspection = self.sample.inspection_ids.filtered(
            lambda inspection: inspection.inspection_type == "periodic"
        )
        self.assertRecordValues(
            inspection,
            [
                {
                    "state": "submitted",
                    "inspector_id": self.day_keeper.id,
                    "equipment_id": self.gauge.id,
                }
            ],
        )
        self._take_step(
            "quality_confirms", self.day_quality, "/odoo/sample-inspections-to-confirm"
        )
        self.assertRecordValues(
            inspection,
            [
                {
                    "state": "confirmed",
                    "result": "pass",
                    "checker_id": self.day_quality.id,
                }
            ],
        )
        self.assertEqual(inspection.line_ids.mapped("verdict"), ["pass"])
        self.assertEqual(self.sample.state, "active")

    def _count(self):
        self._take_step("keeper_counts", url="/odoo/sample-stocktakes")
        record = self.env["sample.stocktake"].search(
            [("location_id", "=", self.day_room.id)]
        )
        self.assertRecordValues(
            record, [{"state": "done", "done_by_id": self.day_keeper.id}]
        )
        self.assertEqual(
            {line.code: line.result for line in record.line_ids},
            {
                self.sample.name: "match",
                self.lost.name: "missing",
                "NOBODY-KNOWS": "surplus",
            },
        )
        self.assertRecordValues(
            self.lost.exception_ids,
            [
                {
                    "kind": "lost",
                    "phenomenon": "盘点时未找到",
                    "found_where": "stocktake",
                }
            ],
        )
        self.assertEqual(self.lost.state, "suspended")
