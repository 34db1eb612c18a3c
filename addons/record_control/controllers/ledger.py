import json
import logging

from werkzeug.exceptions import InternalServerError
from werkzeug.wsgi import wrap_file

from odoo import http
from odoo.exceptions import UserError
from odoo.http import content_disposition, request

_logger = logging.getLogger(__name__)

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def send_workbook(file, name):
    """Return the response that downloads a workbook; the file is closed when it was sent.

    :param file: open binary file, at its beginning
    :param str name: name of the download
    :rtype: http.Response
    """
    response = http.Response(
        wrap_file(request.httprequest.environ, file),
        direct_passthrough=True,
        headers=[
            ("Content-Type", XLSX),
            ("Content-Disposition", content_disposition(name)),
        ],
    )
    response.call_on_close(file.close)
    return response


class LedgerController(http.Controller):
    @http.route("/record_control/ledgers", type="jsonrpc", auth="user", readonly=True)
    def list_ledgers(self, model):
        """Ledgers of a model that the user may export, for the menu of its lists."""
        ledgers = request.env["ledger.mixin"]._get_ledgers(model)
        return [
            {
                "name": ledger._name,
                "title": ledger._get_ledger_title(),
                "code": ledger._ledger_form_code or "",
            }
            for ledger in ledgers
            if ledger._has_ledger_access()
        ]

    @http.route(
        "/record_control/ledger/<string:name>",
        type="http",
        auth="user",
        methods=["POST"],
    )
    def export_ledger(self, name, data, **_kwargs):
        """Export a ledger: the whole search, or the records picked by hand.

        :param name: name of the ledger model
        :param data: JSON with ``domain``, ``order``, ``context`` and, for a selection, ``ids``
        """
        try:
            wanted = json.loads(data)
            context = self._get_list_context(wanted.get("context") or {})
            ledger = request.env["ledger.mixin"].with_context(**context)
            ledger = ledger._get_ledger(name)
            file = ledger._open_ledger_file(
                wanted.get("domain") or [], wanted.get("order"), wanted.get("ids")
            )
            file_name = ledger._get_ledger_file_name()
        except Exception as error:
            if not isinstance(error, UserError):
                _logger.exception("Ledger %s cannot be exported", name)
            payload = {
                "code": 0,
                "message": "Odoo Server Error",
                "data": http.serialize_exception(error),
            }
            raise InternalServerError(json.dumps(payload)) from error
        return send_workbook(file, file_name)

    def _get_list_context(self, context):
        """Return what counts of the context of a list: archived records, and the companies that are ticked.

        Without them a download is about all companies of the user, whatever his list shows.
        """
        own = request.env.user._get_company_ids()
        ticked = [c for c in context.get("allowed_company_ids") or [] if c in own]
        companies = {"allowed_company_ids": ticked} if ticked else {}
        return {"active_test": context.get("active_test", True), **companies}
