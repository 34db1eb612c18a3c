import io

import xlsxwriter

from odoo import http

from odoo.addons.record_control.controllers.ledger import send_workbook

from ..tools.customer_workbook import TARGETS

REQUIRED = ("name",)


class ImportTemplate(http.Controller):
    @http.route(
        "/customer_archive/import_template",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=True,
    )
    def import_template(self):
        """Return an empty customer list with the headings that the import knows."""
        return send_workbook(io.BytesIO(build_template()), "客户信息导入模板.xlsx")


def build_template():
    """Build the template: one heading per target, text columns, required ones marked.

    :return: content of the workbook
    :rtype: bytes
    """
    stream = io.BytesIO()
    workbook = xlsxwriter.Workbook(stream, {"in_memory": True})
    sheet = workbook.add_worksheet("客户")
    heading = workbook.add_format({"bold": True, "bg_color": "#D9E1F2", "border": 1})
    text = workbook.add_format(
        {"num_format": "@"}
    )  # keeps long codes and leading zeros
    for index, (target, headings) in enumerate(TARGETS.items()):
        mark = "*" if target in REQUIRED else ""
        sheet.write_string(0, index, headings[0] + mark, heading)
        sheet.set_column(index, index, 20, text)
    sheet.freeze_panes(1, 0)
    workbook.close()
    return stream.getvalue()
