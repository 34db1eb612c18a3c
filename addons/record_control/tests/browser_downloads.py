import tempfile
import time
from pathlib import Path

from odoo.tests import common

SAVING_SECONDS = 60


class BrowserDownloads:
    """Mixin of ``HttpCase``: its browsers keep downloads in a folder, and PDFs are real ones."""

    def setUp(self):
        super().setUp()
        self._download_folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self._awaited_suffix = None
        self._allow_downloads()
        self._print_for_real()
        self._stay_until_saved()

    def _download(self, suffix, take_step):
        """Take a step in the browser that downloads one file.

        :param str suffix: how the name of the file ends, for example ``.pdf``
        :param take_step: callable that runs the browser
        :return: name and content of the file
        """
        self._awaited_suffix = suffix
        take_step()
        found = self._find_downloads()
        self._awaited_suffix = None
        self.assertEqual(len(found), 1, f"no {suffix} downloaded")
        return found[0].name, found[0].read_bytes()

    def _find_downloads(self):
        """Return the paths of the files of the awaited kind."""
        return list(self._download_folder.glob(f"*{self._awaited_suffix}"))

    def _allow_downloads(self):
        send, folder = common.ChromeBrowser._websocket_send, str(self._download_folder)

        def send_allowing_downloads(browser, method, *, params=None, **kwargs):
            if method == "Page.setDownloadBehavior":
                params = {"behavior": "allow", "downloadPath": folder}
            return send(browser, method, params=params, **kwargs)

        self.patch(common.ChromeBrowser, "_websocket_send", send_allowing_downloads)

    def _print_for_real(self):
        """Render PDFs: in tests Odoo would give HTML instead."""
        reports = type(self.env["ir.actions.report"])
        render = reports._render_qweb_pdf

        def render_for_real(report, *args, **kwargs):
            report = report.with_context(force_report_rendering=True)
            return render(report, *args, **kwargs)

        self.patch(reports, "_render_qweb_pdf", render_for_real)

    def _stay_until_saved(self):
        """Let the browser save what it downloads before it is closed.

        A tour ends when the content has arrived; the browser writes the file after that.
        """
        stop = common.ChromeBrowser.stop

        def stop_when_saved(browser):
            deadline = time.monotonic() + SAVING_SECONDS
            while (
                self._awaited_suffix
                and not self._find_downloads()
                and time.monotonic() < deadline
            ):
                time.sleep(0.1)
            return stop(browser)

        self.patch(common.ChromeBrowser, "stop", stop_when_saved)
