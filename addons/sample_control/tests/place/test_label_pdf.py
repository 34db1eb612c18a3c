import io

import pypdfium2
import zxingcpp

from odoo.tests import HttpCase, tagged

from ...models.place.sample_label_print import REPORTS
from ..common import SampleCase

#: pixels a millimetre, as a label printer of 300 dots an inch
DOTS = 300 / 25.4
#: nominal size in millimetres, and side of the printed code without its quiet zone
SIZES = {"card_80": (80, 50, 18), "card_60": (60, 40, 15)}
#: what the width of a line and the rounding of the PDF engine may take away
TOLERANCE = 0.8


@tagged("post_install", "-at_install")
class TestLabelPdf(SampleCase, HttpCase):
    """SC-29: a label as it leaves the printer: its size, and what its QR code opens."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # the first print would make the style sheet within its own request
        cls.env["ir.qweb"]._get_asset_bundle("web.report_assets_common").css()

    def setUp(self):
        super().setUp()
        if self.env["ir.actions.report"].get_wkhtmltopdf_state() != "ok":
            self.skipTest("no PDF engine")
        self.env["ir.config_parameter"].sudo().set_param("report.url", self.base_url())

    def _print(self, layout, **things):
        """Print labels and return the pages as pictures in shades of grey."""
        jobs = self.env["sample.label.print"].with_user(self.keeper)
        job = jobs._start(layout, reason="Another size", **things)
        report = self.env["ir.actions.report"].with_context(force_report_rendering=True)
        content, kind = report._render_qweb_pdf(REPORTS[layout], job.ids)
        self.assertEqual(kind, "pdf")
        pages = pypdfium2.PdfDocument(io.BytesIO(content))
        return [
            page.render(scale=DOTS * 25.4 / 72).to_pil().convert("L") for page in pages
        ]

    def _decode(self, picture):
        [code] = zxingcpp.read_barcodes(picture)
        return code

    def _measure(self, picture):
        """Return width and height in millimetres of what is printed on a page."""
        left, top, right, bottom = picture.point(
            lambda shade: 255 if shade < 160 else 0
        ).getbbox()
        return (right - left) / DOTS, (bottom - top) / DOTS

    def test_size(self):
        """SC-29.1: a label of 60 × 40 mm is 60 × 40 mm on paper, one on each page."""
        samples = self._new_active_sample() | self._new_active_sample()
        for layout, (width, height, side) in SIZES.items():
            pages = self._print(layout, samples=samples)
            self.assertEqual(len(pages), 2, "an empty page between the labels")
            for page in pages:
                printed = self._measure(page)
                self.assertAlmostEqual(printed[0], width, delta=TOLERANCE)
                self.assertAlmostEqual(printed[1], height, delta=TOLERANCE)
                corners = self._decode(page).position
                printed_side = (corners.top_right.x - corners.top_left.x) / DOTS
                # the code without the light border around it
                self.assertGreater(printed_side, side * 0.7)
                self.assertLessEqual(printed_side, side)

    def test_code_opens_the_sample(self):
        """SC-29.3: the code is read from the paper, and its address opens the sample."""
        sample = self._new_active_sample()
        for layout in ("card_80", "card_60", "card_sheet"):
            [page] = self._print(layout, samples=sample)
            self._assert_opens(self._decode(page).text, sample, "/samples")
        sample._suspend("Scratched")
        [page] = self._print("disabled", samples=sample)
        self._assert_opens(self._decode(page).text, sample, "/samples")
        [page] = self._print("location", locations=self.room)
        self._assert_opens(self._decode(page).text, self.room, "/sample-locations")

    def test_code_is_known_to_the_scan_page(self):
        """SC-37.6: what a scanner reads from the paper is what the scan page looks for."""
        sample = self._new_active_sample()
        [page] = self._print("card_60", samples=sample)
        answer = sample.with_user(self.user).scan_sample(self._decode(page).text)
        self.assertEqual(answer["id"], sample.id)

    def _assert_opens(self, url, record, path):
        self.assertEqual(url, record._get_qr_url())
        base = record.get_base_url()
        self.authenticate(self.user.login, self.user.login.ljust(8, "x"))
        response = self.url_open(url.removeprefix(base), allow_redirects=False)
        self.assertEqual(
            response.headers["Location"].partition("/odoo")[2], f"{path}/{record.id}"
        )
