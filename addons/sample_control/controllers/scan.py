from odoo import http
from odoo.http import request

from odoo.addons.record_control.tools import received_text


class SampleScan(http.Controller):
    """Addresses in the QR codes of samples and places."""

    @http.route("/sample/<string:number>", type="http", auth="user", readonly=True)
    def open_sample(self, number, company=None, **kwargs):
        """Open the sample with this number.

        :param str number: the sample number
        :param str company: id of the company that counted it
        :return: redirection to the sample, or to the list when there is none
        """
        sample = self._find(
            "sample.sample", [("name", "=", received_text.clean(number))], company
        )
        return self._open("samples", sample)

    @http.route("/sample/place/<string:code>", type="http", auth="user", readonly=True)
    def open_place(self, code, company=None, **kwargs):
        """Open the place with this code.

        :param str code: the code of the place
        :param str company: id of the company whose place it is
        :return: redirection to the place, or to the list when there is none
        """
        place = self._find(
            "sample.location", [("code", "=", received_text.clean(code))], company
        )
        return self._open("sample-locations", place)

    def _find(self, model, domain, company):
        """Find a record of a company, of the user's own one first when none is named."""
        if (company or "").isdecimal() and len(company) < 10:  # the database's integers
            domain = [*domain, ("company_id", "=", int(company))]
        found = request.env[model].search(domain)
        return found.sorted(lambda r: r.company_id != request.env.company)[:1]

    def _open(self, path, record):
        """Redirect to a record by the path of its action."""
        return request.redirect(
            f"/odoo/{path}/{record.id}" if record else f"/odoo/{path}"
        )
