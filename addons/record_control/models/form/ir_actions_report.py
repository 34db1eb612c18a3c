import io

import lxml.html
from reportlab.pdfgen import canvas

from odoo import api, models
from odoo.tools.pdf import (
    DecodedStreamObject,
    DictionaryObject,
    NameObject,
    PdfFileReader,
    PdfFileWriter,
)

from odoo.addons.base.models.ir_actions_report import _wkhtml

from ...tools.sheet_rows import split_rows

REGISTERED_KEY = "record_control_registered_print"

#: how the names begin by which a template tells the print sheet what it is called and who signed it
SHEET_NAMES = ("sheet_", "sign_off_")


class RegisteredPrint:
    """Token that says: the print of this report is in the register already.

    One road of printing calls another. A caller over RPC or by URL cannot forge the token, because
    what he sends in the context is JSON.
    """

    __slots__ = ("report_id",)

    def __init__(self, report_id):
        self.report_id = report_id


class IrActionsReport(models.Model):
    """Every road of printing a controlled form leads through these methods: the report URL, the
    download of the web client, attachments of mails, scheduled documents and portal downloads."""

    _inherit = "ir.actions.report"

    # --- Print register ---

    def _pre_render_qweb_pdf(self, report_ref, res_ids=None, data=None):
        report = self._register_prints(report_ref, res_ids, "pdf")
        return super(IrActionsReport, report)._pre_render_qweb_pdf(
            report_ref, res_ids=res_ids, data=data
        )

    @api.model
    def _render_qweb_html(self, report_ref, docids, data=None):
        report = self._register_prints(report_ref, docids, "html")
        return super(IrActionsReport, report)._render_qweb_html(
            report_ref, docids, data=data
        )

    @api.model
    def _render_qweb_text(self, report_ref, docids, data=None):
        report = self._register_prints(report_ref, docids, "text")
        return super(IrActionsReport, report)._render_qweb_text(
            report_ref, docids, data=data
        )

    @api.model
    def _render_xlsx(self, report_ref, docids, data=None):
        report = self
        report_model = self.env.get(
            f"report.{self._get_report(report_ref).report_name}"
        )
        # a ledger enters its exports itself: it knows its form without a binding
        if not hasattr(report_model, "_register_ledger_print"):
            report = self._register_prints(report_ref, docids, "xlsx")
        return super(IrActionsReport, report)._render_xlsx(report_ref, docids, data)

    def _register_prints(self, report_ref, res_ids, output):
        """Enter the print of a controlled form into the register, once whatever road calls another.

        :param report_ref: as in :meth:`_get_report`
        :param res_ids: ids of the printed records; an id given twice counts as two copies
        :param str output: a key of ``controlled.form.print.output``
        :return: ``self`` in an environment that knows that this report is registered
        """
        report_sudo = self._get_report(report_ref)
        token = self.env.context.get(REGISTERED_KEY)
        if isinstance(token, RegisteredPrint) and token.report_id == report_sudo.id:
            return self
        ids = [res_ids] if isinstance(res_ids, int) else list(res_ids or [])
        self.env["controlled.form.print"]._register_prints(report_sudo, ids, output)
        return self.with_context(**{REGISTERED_KEY: RegisteredPrint(report_sudo.id)})

    # --- Content of the print sheet ---

    def _get_rendering_context(self, report, docids, data):
        """Leave title, number, stamp and signatures to the form: a report URL brings values of its own."""
        kept = {
            name: value
            for name, value in (data or {}).items()
            if not name.startswith(SHEET_NAMES)
        }
        return super()._get_rendering_context(report, docids, kept)

    # --- PDF of the print sheet ---

    @api.model
    def _run_wkhtmltopdf(
        self,
        bodies,
        report_ref=False,
        header=None,
        footer=None,
        landscape=False,
        specific_paperformat_args=None,
        set_viewport_size=False,
    ):
        """Finish the pages of controlled forms, and join documents where the engine cannot.

        An engine without patched Qt prints no page foot and cannot join documents. So that a
        controlled form looks the same with every engine, each of its documents is converted alone, and
        code, revision, page n/m and watermark are put on its pages afterwards. Nor does it keep the
        rows of a table whole; see :mod:`~odoo.addons.record_control.tools.sheet_rows`.
        """
        bodies = list(bodies)
        sheets = [self._get_sheet_marks(body) for body in bodies]
        options = {
            "report_ref": report_ref,
            "landscape": landscape,
            "specific_paperformat_args": specific_paperformat_args,
            "set_viewport_size": set_viewport_size,
        }
        if not any(sheets) and (_wkhtml().is_patched_qt or len(bodies) == 1):
            return super()._run_wkhtmltopdf(
                bodies, header=header, footer=footer, **options
            )
        writer = PdfFileWriter()
        watermarks = {}
        for body, sheet in zip(bodies, sheets, strict=True):
            if sheet and not _wkhtml().is_patched_qt:
                # this engine cuts rows in two
                body = split_rows(body)
            reader = PdfFileReader(
                io.BytesIO(super()._run_wkhtmltopdf([body], **options))
            )
            watermark = sheet.get("watermark")
            if watermark and watermark not in watermarks:
                watermarks[watermark] = super()._run_wkhtmltopdf(
                    [self._get_watermark_html(watermark)], **options
                )
            for number, page in enumerate(reader.pages, start=1):
                writer.addPage(page)
                # the page of the writer: newer libraries refuse to change one of the reader
                added = writer.getPage(writer.getNumPages() - 1)
                if watermark:
                    added.mergePage(self._get_watermark_page(watermarks[watermark]))
                if sheet:
                    self._stamp_page(added, sheet["footer"], number, len(reader.pages))
        result = io.BytesIO()
        writer.write(result)
        return result.getvalue()

    def _render_qweb_pdf_prepare_streams(self, report_ref, data, res_ids=None):
        """Print record by record where one file for each record is to be kept.

        The outline by which Odoo would take a joined file apart is not there for a print sheet, nor
        with an engine without patched Qt.
        """
        report_sudo = self._get_report(report_ref)
        ids = [res_ids] if isinstance(res_ids, int) else list(res_ids or [])
        joined = not report_sudo.attachment or len(ids) < 2 or len(ids) != len(set(ids))
        if joined or (
            _wkhtml().is_patched_qt and not self._is_controlled_form(report_sudo)
        ):
            return super()._render_qweb_pdf_prepare_streams(
                report_ref, data, res_ids=res_ids
            )
        streams = {}
        for res_id in ids:
            streams.update(
                super()._render_qweb_pdf_prepare_streams(
                    report_ref, data, res_ids=[res_id]
                )
            )
        return streams

    @api.model
    def _is_controlled_form(self, report):
        """Tell whether a controlled form is bound to the report."""
        return bool(
            self.env["controlled.form"]
            .sudo()
            .search_count([("report_id", "=", report.id)], limit=1)
        )

    @api.model
    def _get_sheet_marks(self, body):
        """Return what is to be put on the pages of a controlled form.

        :param str body: one document in HTML
        :return: dict with footer and watermark, empty when the document is not a print sheet
        """
        if "data-sheet-footer" not in body:
            return {}
        [node, *_others] = lxml.html.fromstring(body).xpath("//*[@data-sheet-footer]")
        return {
            "footer": node.get("data-sheet-footer"),
            "watermark": node.get("data-sheet-watermark"),
        }

    @api.model
    def _get_watermark_page(self, content):
        """Return the watermark as a page to lay over another one.

        The engine paints on white paper. Multiplied with what lies below, white leaves no trace.

        :param bytes content: the watermark in PDF
        """
        page = PdfFileReader(io.BytesIO(content)).pages[0]
        resources = page["/Resources"].getObject()
        states = DictionaryObject(
            resources["/ExtGState"].getObject() if "/ExtGState" in resources else {}
        )
        states[NameObject("/Multiply")] = DictionaryObject(
            {NameObject("/BM"): NameObject("/Multiply")}
        )
        resources[NameObject("/ExtGState")] = states
        stream = DecodedStreamObject()
        stream.setData(b"/Multiply gs\n" + page["/Contents"].getObject().getData())
        page[NameObject("/Contents")] = stream
        return page

    @api.model
    def _get_watermark_html(self, url):
        """Return a document that is one page full of the watermark.

        :param str url: the picture to repeat, see ``record_control.print.sheet``
        """
        return (
            '<!DOCTYPE html><html><head><meta charset="utf-8"/></head><body style="margin: 0">'
            f'<div style="height: 3000px; background: url({url}) repeat"></div></body></html>'
        )

    @api.model
    def _stamp_page(self, page, text, number, total):
        """Write ``text`` and the page number into the bottom margin of a page."""
        width, height = (
            float(page.mediaBox.getWidth()),
            float(page.mediaBox.getHeight()),
        )
        buffer = io.BytesIO()
        overlay = canvas.Canvas(buffer, pagesize=(width, height))
        overlay.setFont("Helvetica", 8)
        # the fonts every PDF reader has know Latin letters only; the body shows the code
        if text.isascii():
            overlay.drawString(34, 24, text)
        overlay.drawRightString(width - 34, 24, f"{number} / {total}")
        overlay.save()
        page.mergePage(PdfFileReader(buffer).pages[0])
