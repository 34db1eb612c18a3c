from odoo import http
from odoo.http import request

from odoo.addons.record_control.tools import received_text


class SampleScan(http.Controller):
    """Addresses in the QR codes of samples and places."""

    @http.route("/sample/<string:number>", type="http", auth="user", readonly=True)
    def open_sample(self, number, **kwargs):
        """Open the sample with this number.

        :param str number: the sample number
        :return: redirection to the sample, or to the list when there is none
        """
        sample = request.env["sample.sample"].search(
            [("name", "=", received_text.clean(number))], limit=1
        )
        return self._open("samples", sample)

    @http.route("/sample/place/<string:code>", type="http", auth="user", readonly=True)
    def open_place(self, code, **kwargs):
        """Open the place with this code.

        :param str code: the code of the place
        :return: redirection to the place, or to the list when there is none
        """
        place = request.env["sample.location"].search(
            [("code", "=", received_text.clean(code))], limit=1
        )
        return self._open("sample-locations", place)

    def _open(self, path, record):
        """Redirect to a record by the path of its action."""
        return request.redirect(
            f"/odoo/{path}/{record.id}" if record else f"/odoo/{path}"
        )
