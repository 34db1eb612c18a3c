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
    def workbook(self, year, company=None):
        """Return the figures of a year as a workbook (X12).

        :param int year: the year
        :param str company: id of the company, the user's own one by default
        :return: the workbook; not found for a year of which there can be no figures, or a company not worked in
        """
        own = {str(own): own for own in request.env.user._get_company_ids()}
        if year not in YEARS or (company and company not in own):
            raise request.not_found()
        company = request.env["res.company"].browse(own.get(company))
        figures = request.env["sample.figure"]
        content = figures._export_workbook(company or request.env.company, year)
        name = f"{figures._get_workbook_title(year)}.xlsx"
        return send_workbook(io.BytesIO(content), name)
