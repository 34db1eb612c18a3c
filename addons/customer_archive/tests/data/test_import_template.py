import io

from openpyxl import load_workbook

from odoo.tests import HttpCase, new_test_user, tagged

from ...tools.customer_workbook import TARGETS


@tagged("post_install", "-at_install")
class TestImportTemplate(HttpCase):
    """CA-97: the empty list that a sales office fills in."""

    def test_download(self):
        new_test_user(self.env, "template_reader", groups="base.group_user")
        self.authenticate("template_reader", "template_reader")
        answer = self.url_open("/customer_archive/import_template")
        self.assertEqual(answer.status_code, 200)
        self.assertIn("attachment", answer.headers["Content-Disposition"])
        sheet = load_workbook(io.BytesIO(answer.content)).active
        self.assertEqual(
            [cell.value.rstrip("*") for cell in sheet[1]],
            [headings[0] for headings in TARGETS.values()],
        )
