import io

from odoo import http
from odoo.http import request

from odoo.addons.record_control.controllers.ledger import send_workbook

from ..tools.month import YEARS


class FigureWorkbook(http.Controller):
    @http.route(
        "/sample_control/figures/<int:year>",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=True,
    )
    def workbook(self, year):
        """Return the figures of a year as a workbook (X12).

        :param int year: the year
        :return: the workbook; not found for a year of which there can be no figures
        """
        if year not in YEARS:
            raise request.not_found()
        figures = request.env["sample.figure"]
        content = figures._export_workbook(request.env.company, year)
        name = f"{figures._get_workbook_title(year)}.xlsx"
        return send_workbook(io.BytesIO(content), name)
