from odoo.tests import BaseCase, tagged

from ...tools.qr import qr_data_uri, qr_matrix, qr_svg


@tagged("post_install", "-at_install")
class TestQr(BaseCase):
    """QR codes of labels (SC-29.3)."""

    def test_three_finder_patterns(self):
        """A dark ring with a dark heart in three corners, not in the fourth."""
        rows = qr_matrix("https://example.com/sample/YJ-SEAL-2026-00001")
        finder = [
            [
                row in (0, 6) or column in (0, 6) or (1 < row < 5 and 1 < column < 5)
                for column in range(7)
            ]
            for row in range(7)
        ]
        corner = len(rows) - 7

        def part(top, left):
            return [row[left : left + 7] for row in rows[top : top + 7]]

        for top, left in ((0, 0), (0, corner), (corner, 0)):
            self.assertEqual(part(top, left), finder)
        self.assertNotEqual(part(corner, corner), finder)

    def test_codes_differ(self):
        self.assertNotEqual(qr_matrix("YJ-1"), qr_matrix("YJ-2"))

    def test_svg_draws_the_dark_modules(self):
        rows = qr_matrix("YJ-1")
        self.assertEqual(qr_svg("YJ-1").count("M"), sum(map(sum, rows)))
        self.assertTrue(qr_data_uri("YJ-1").startswith("data:image/svg+xml;base64,"))
