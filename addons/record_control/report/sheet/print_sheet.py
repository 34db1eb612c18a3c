import base64
import math
from xml.sax.saxutils import escape

import pytz

from odoo import api, fields, models
from odoo.tools.image import image_data_uri
from odoo.tools.misc import format_date, format_datetime

from odoo.addons.base.models.ir_actions_report import _wkhtml

#: confidentiality from which on every page carries a watermark
WATERMARK_LEVELS = ("secret", "confidential", "top_secret")

#: sign-off cells beside each other before a new row begins
CELLS_PER_ROW = 4

#: slope of the watermark in degrees
WATERMARK_SLOPE = 24

WATERMARK_SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}">'
    '<g transform="translate({left} {top}) rotate(-{slope})" fill="#000000" fill-opacity="0.12" '
    "font-family=\"'Noto Sans CJK SC', 'Noto Sans SC', sans-serif\">"
    '<text x="0" y="0" font-size="15">{line_1}</text>'
    '<text x="0" y="18" font-size="11">{line_2}</text>'
    "</g></svg>"
)


class PrintSheet(models.AbstractModel):
    """What the layout ``record_control.print_sheet`` shows around the content of a form."""

    _name = "record_control.print.sheet"
    _description = "Print Sheet"

    @api.model
    def _prepare_values(
        self,
        doc,
        form=None,
        title=None,
        number=None,
        company=None,
        watermark=None,
        stamp=None,
    ):
        """Return the values of the layout for one record.

        :param doc: the record that is printed
        :param form: the controlled form; the record's own by default
        :param str title: title when the record has no form, or a title that replaces the form's
        :param str number: number of the record, its ``name`` by default
        :param company: company in the head, the record's by default
        :param watermark: True or False to decide otherwise than the form's confidentiality does
        :param dict stamp: what is stamped on a copy that is given out; it has the watermark too, with its number
        :return: dict with title, code, revision, number, company, watermark, footer, fitted
        """
        controlled = hasattr(doc, "_get_controlled_form")
        if form is None and controlled:
            form = doc._get_controlled_form()
        # sudo: title, code and revision of a form are no secret to who may print the record
        form = (form or self.env["controlled.form"]).sudo()
        company = (
            company
            or ("company_id" in doc._fields and doc.company_id)
            or self.env.company
        )
        if controlled:
            revision = doc._get_form_revision(form)
        else:
            revision = form._get_revision_in_force(company)
        if watermark is None:
            watermark = form.confidentiality in WATERMARK_LEVELS
        watermark = watermark or bool(stamp)
        copy_number = stamp["number"] if stamp else ""
        code, revision_name = form.code or "", revision.sudo().name or ""
        return {
            "title": title or form.name or "",
            "code": code,
            "revision": revision_name,
            "number": number
            if number is not None
            else ("name" in doc._fields and doc.name) or "",
            "company": company.sudo(),
            "watermark": watermark and self._get_watermark_url(company, copy_number),
            "footer": "  ".join(filter(None, [code, revision_name])),
            # without patched Qt, the engine cuts lines in two at a page end unless something on the
            # page is a little too wide, which makes it lay out the pages a second time
            "fitted": self._needs_fitting(),
        }

    @api.model
    def _needs_fitting(self):
        """Tell whether the PDF engine prints everything at three quarters of its size."""
        return not _wkhtml().is_patched_qt

    @api.model
    def _get_watermark_url(self, company, number=""):
        """Return the watermark as the address of a picture that repeats over every page.

        :param company: the company in whose time zone the time is given
        :param str number: number of the copy that is given out
        """
        return (
            "data:image/svg+xml;base64,"
            + base64.b64encode(
                self._get_watermark_svg(company, number).encode()
            ).decode()
        )

    @api.model
    def _get_watermark_svg(self, company, number=""):
        """Return one picture of the watermark: controlled document, number of the copy, user and time.

        :param company: the company in whose time zone the time is given
        :param str number: number of the copy that is given out
        """
        now = format_datetime(
            self.env, fields.Datetime.now(), tz=company.sudo()._record_control_tz()
        )
        # terms inside an f-string are not found for translation
        title = self.env._("Controlled Document")
        line_1 = f"{title} {number}".strip()
        line_2 = f"{self.env.user.name} {now}"
        length = max(self._measure(line_1, 15), self._measure(line_2, 11))
        slope = math.radians(WATERMARK_SLOPE)
        rise, run = length * math.sin(slope), length * math.cos(slope)
        return WATERMARK_SVG.format(
            slope=WATERMARK_SLOPE,
            left=20,
            top=int(rise) + 24,
            width=int(run) + 60,
            height=int(rise) + 60,
            line_1=escape(line_1),
            line_2=escape(line_2),
        )

    @api.model
    def _measure(self, text, size):
        """Estimate the width of a text: wide characters take one em, others about six tenths."""
        return sum(size if ord(char) > 0x2E7F else size * 0.62 for char in text)

    @api.model
    def _prepare_sign_off_rows(self, doc, cells=None, columns=None):
        """Return the sign-off cells in rows, ready to print.

        :param doc: the record; its ``sign_off_cells`` are taken
        :param list cells: cells to print instead: dicts with title, user (name), signed_at (UTC), opinion,
            decision (approve or refuse), note (of a deputy), date_signed (on paper), signature_id (of a drawn
            signature); everything but the title may be missing
        :param int columns: cells that stand beside each other before a new row begins
        :return: list of rows, each a list of dicts of texts
        """
        if cells is None:
            cells = ("sign_off_cells" in doc._fields and doc.sign_off_cells) or []
        images = self._get_signature_images(cells)
        ready = [
            {
                "title": cell.get("title") or "",
                "name": cell.get("user") or "",
                "date": format_date(self.env, cell["date_signed"])
                if cell.get("date_signed")
                else self._format_day(doc, cell.get("signed_at")),
                "image": images.get(cell.get("signature_id"), ""),
                "opinion": cell.get("opinion") or "",
                "decision": cell.get("decision") or "",
                "note": cell.get("note") or "",
            }
            for cell in cells
        ]
        if not ready:
            return []
        # rows of equal length look like one form: 5 cells print as 3 and 2
        count = -(-len(ready) // (columns or CELLS_PER_ROW))
        size = -(-len(ready) // count)
        return [ready[index : index + size] for index in range(0, len(ready), size)]

    @api.model
    def _get_signature_images(self, cells):
        """Return the drawn signatures of cells, as addresses of pictures: {signature id: address}."""
        ids = [cell["signature_id"] for cell in cells if cell.get("signature_id")]
        # sudo: who prints the record prints its sign-off cells
        signatures = self.env["sign.off.signature"].sudo().browse(ids).exists()
        return {
            signature.id: image_data_uri(signature.signature)
            for signature in signatures.with_context(bin_size=False)
            if signature.signature
        }

    @api.model
    def _localize(self, doc, instant):
        """Return an instant in UTC as the clock of the record's company shows it."""
        company = ("company_id" in doc._fields and doc.company_id) or self.env.company
        moment = pytz.utc.localize(fields.Datetime.to_datetime(instant))
        return moment.astimezone(pytz.timezone(company.sudo()._record_control_tz()))

    @api.model
    def _format_day(self, doc, instant):
        """Return the day of an instant in UTC, in the language of the print.

        A form shows the time of the company that owns the record, whoever prints it from wherever.

        :param doc: the record that is printed
        """
        if not instant:
            return ""
        return format_date(self.env, self._localize(doc, instant).date())

    @api.model
    def _format_moment(self, doc, instant):
        """Return day, hour and minute of an instant in UTC, as :meth:`_format_day` does.

        :param doc: the record that is printed
        """
        if not instant:
            return ""
        return f"{self._format_day(doc, instant)} {self._localize(doc, instant):%H:%M}"
