from odoo import http
from odoo.http import request

from odoo.addons.record_control.controllers.ledger import send_workbook


class StocktakeSheet(http.Controller):
    @http.route(
        "/sample_control/stocktake/<int:stocktake_id>/sheet",
        type="http",
        auth="user",
        methods=["GET"],
    )
    def counting_sheet(self, stocktake_id):
        """Return the sheet X13 of one round, with what the books expect.

        :param int stocktake_id: the round; its rows are read as the user
        """
        stocktake = request.env["sample.stocktake"].browse(stocktake_id).exists()
        if not stocktake:
            raise request.not_found()
        stocktake.check_access("read")
        ledger = request.env["ledger.mixin"]._get_ledger(
            "report.sample_control.ledger_stocktake"
        )
        file = ledger._open_ledger_file([("stocktake_id", "=", stocktake.id)])
        return send_workbook(
            file, f"{ledger._get_ledger_title()} {stocktake.name}.xlsx"
        )
