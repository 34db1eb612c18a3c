from contextlib import contextmanager

from odoo import SUPERUSER_ID, api, models
from odoo.exceptions import AccessError

PRINTING_KEY = "record_control.printing"


class IrActionsReport(models.Model):
    """Every report whose model is restricted is checked, and every print logged.

    All ways to render are wrapped, because core and addons call each of them
    directly (report URL, mail template, send wizard, stored PDF). What one way
    calls on the way is not checked and logged twice.
    """

    _inherit = "ir.actions.report"

    @contextmanager
    def _guard_printing(self, report_ref, res_ids, right="print"):
        """Check and log the printing of restricted records.

        :param report_ref: report, its id, name or xml id
        :param res_ids: id, ids or None
        :param str right: print, or export for spreadsheets
        :raises AccessError: when a record may not be printed
        """
        report_sudo = self._get_report(report_ref)
        model = self.env.get(report_sudo.model)
        ids = [res_ids] if isinstance(res_ids, int) else list(res_ids or ())
        running = self.env.cr.cache.setdefault(PRINTING_KEY, set())
        keys = {
            (self.env.uid, report_sudo.model, right, res_id) for res_id in ids
        } - running
        if model is not None and getattr(model, "_restricted_record", False) and keys:
            self._check_not_by_post(report_sudo)
            records = model.browse(key[-1] for key in keys).exists()
            records._check_access_right_granted(right)
            records._log_record_access(right, detail=report_sudo.name)
        running |= keys
        try:
            yield
        finally:
            running -= keys

    @api.model
    def _check_not_by_post(self, report):
        """Refuse to print restricted records for letters that a job sends by post: any user orders one, of any record.

        :param report: the report, in sudo
        :raises AccessError: naming the report
        """
        if self.env.uid == SUPERUSER_ID and "snailmail_layout" in self.env.context:
            raise AccessError(
                self.env._(
                    "%(report)s: prints of restricted records are not sent by post.",
                    report=report.name,
                )
            )

    def _render_qweb_pdf_prepare_streams(self, report_ref, data, res_ids=None):
        with self._guard_printing(report_ref, res_ids):
            return super()._render_qweb_pdf_prepare_streams(
                report_ref, data, res_ids=res_ids
            )

    def _pre_render_qweb_pdf(self, report_ref, res_ids=None, data=None):
        with self._guard_printing(report_ref, res_ids):
            return super()._pre_render_qweb_pdf(report_ref, res_ids=res_ids, data=data)

    def _render_qweb_pdf(self, report_ref, res_ids=None, data=None):
        with self._guard_printing(report_ref, res_ids):
            return super()._render_qweb_pdf(report_ref, res_ids=res_ids, data=data)

    @api.model
    def _render_qweb_html(self, report_ref, docids, data=None):
        with self._guard_printing(report_ref, docids):
            return super()._render_qweb_html(report_ref, docids, data=data)

    @api.model
    def _render_qweb_text(self, report_ref, docids, data=None):
        with self._guard_printing(report_ref, docids):
            return super()._render_qweb_text(report_ref, docids, data=data)

    @api.model
    def _render_xlsx(self, report_ref, docids, data):
        with self._guard_printing(report_ref, docids, right="export"):
            return super()._render_xlsx(report_ref, docids, data)
