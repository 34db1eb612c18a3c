import json
import logging
from contextlib import contextmanager

from odoo.http import Request
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .access_common import AccessCommon

QUIET = (
    "odoo.http",
    "odoo.addons.base.models.ir_rule",
    "odoo.addons.base.models.ir_model",
    "odoo.addons.web.controllers.report",
)


@tagged("post_install", "-at_install")
class TestAccessHttp(AccessCommon, HttpCase):
    """The roads of the web server: files, pictures, reports, exports, RPC in read-only transactions."""

    def _login(self, user):
        self.authenticate(user.login, user.login + "x" * max(0, 8 - len(user.login)))

    def _status(self, url):
        return self.url_open(url, allow_redirects=False).status_code

    def _call(self, model, method, *args, **kwargs):
        response = self.url_open(
            f"/web/dataset/call_kw/{model}/{method}",
            data=json.dumps(
                {
                    "params": {
                        "model": model,
                        "method": method,
                        "args": args,
                        "kwargs": kwargs,
                    }
                }
            ),
            headers={"Content-Type": "application/json"},
        )
        return response.json()

    @contextmanager
    def _collect_warnings(self):
        found = []
        handler = logging.Handler(logging.WARNING)
        handler.emit = lambda record: found.append(record.getMessage())
        logger = logging.getLogger("odoo.http")
        logger.addHandler(handler)
        level, propagate = logger.level, logger.propagate
        logger.setLevel(logging.WARNING)
        logger.propagate = False
        try:
            yield found
        finally:
            logger.setLevel(level)
            logger.propagate = propagate
            logger.removeHandler(handler)

    @mute_logger(*QUIET)
    def test_urls_of_files_and_pictures(self):
        """/web/content and /web/image of attachment, record field and picture, with and without token."""
        token = self.file.sudo().generate_access_token()[0]
        urls = {
            "file": f"/web/content/{self.file.id}",
            "file as download": f"/web/content/{self.file.id}?download=true",
            "file with token": f"/web/content/{self.file.id}?access_token={token}",
            "file by field": f"/web/content/ir.attachment/{self.file.id}/datas",
            "file field": f"/web/content/test.secret/{self.alpha.id}/contract",
            "file field in the table": f"/web/content/test.secret/{self.alpha.id}/note",
            "picture of a file": f"/web/image/{self.file.id}?access_token={token}",
        }
        picture = f"/web/content/test.secret/{self.alpha.id}/portrait"
        reading = self._grant(self.stranger, self.alpha)
        for user, allowed in [
            (None, False),
            (self.portal, False),
            (self.stranger, False),  # may read, not download
            (self._new_user("t_nobody"), False),
            (self.owner, True),
            (self.director, True),
        ]:
            if user:
                self._login(user)
            else:
                self.authenticate(None, None)
            for road, url in urls.items():
                with self.subTest(user=user and user.login, road=road):
                    response = self.url_open(url, allow_redirects=False)
                    if allowed:
                        self.assertEqual(response.status_code, 200)
                    else:
                        self.assertNotIn(b"text", response.content[:20])
                        self.assertNotIn(b"file of alpha", response.content)
                        self.assertTrue(
                            response.status_code in (303, 403, 404)
                            or response.headers["Content-Type"].startswith("image/png")
                        )
        # a picture is part of reading the record
        self._login(self.stranger)
        self.assertEqual(self._status(picture), 200)
        reading.with_user(self.director).action_revoke()
        self.assertEqual(self._status(picture), 404)
        # with the right to download: in, and a line each
        self._grant(self.stranger, self.alpha, rights=["download"])
        self.assertEqual(self._status(urls["file"]), 200)
        self.assertEqual(self._status(urls["file field"]), 200)
        self.env.invalidate_all()
        lines = self._log_lines(self.alpha, user_id=self.stranger.id, action="download")
        self.assertEqual(lines.mapped("detail"), ["alpha.txt", "contract"])
        self.assertEqual(set(lines.mapped("basis")), {"grant"})
        self.assertTrue(all(lines.mapped("ip_address")))

    @mute_logger(*QUIET)
    def test_urls_of_reports_and_exports(self):
        """/report/html, /report/pdf, /report/text and /web/export of who may only read."""
        self._grant(self.stranger, self.alpha)
        name = "test_record_control.report_test_secret"
        export = {
            "model": "test.secret",
            "fields": [{"name": "content", "label": "Content", "type": "text"}],
            "ids": self.alpha.ids,
            "domain": [],
            "groupby": [],
            "import_compat": False,
        }
        for user, allowed in [(self.stranger, False), (self.owner, True)]:
            self._login(user)
            for kind in ("html", "pdf", "text"):
                with self.subTest(user=user.login, kind=kind):
                    response = self.url_open(f"/report/{kind}/{name}/{self.alpha.id}")
                    self.assertEqual(b"content of Alpha" in response.content, allowed)
            for kind in ("csv", "xlsx"):
                with self.subTest(user=user.login, kind=kind):
                    response = self.url_open(
                        f"/web/export/{kind}",
                        data={
                            "data": json.dumps(export),
                            "csrf_token": Request.csrf_token(self),
                        },
                    )
                    self.assertEqual(response.status_code == 200, allowed)
        self.env.invalidate_all()
        actions = self._log_lines(self.alpha, user_id=self.owner.id).mapped("action")
        self.assertEqual((actions.count("print"), actions.count("export")), (3, 2))
        self.assertFalse(
            self._log_lines(self.alpha, user_id=self.stranger.id, action="print")
        )

    def test_reading_in_a_read_only_transaction_is_logged(self):
        """web_read and web_search_read run read-only: the line is written, without a repeated request."""
        self.set_registry_readonly_mode(True)
        self._login(self.owner)
        spec = {"content": {}}
        with self._collect_warnings() as warnings:
            result = self._call(
                "test.secret", "web_read", self.alpha.ids, specification=spec
            )
            self.assertEqual(result["result"][0]["content"], "content of Alpha")
            result = self._call("test.secret", "web_search_read", [], spec)
            self.assertEqual(len(result["result"]["records"]), 2)
        self.assertFalse([text for text in warnings if "read/write cursor" in text])
        self.env.invalidate_all()
        for record in self.secrets:
            lines = self._log_lines(record, user_id=self.owner.id, action="read")
            self.assertEqual(len(lines), 1)
            self.assertTrue(lines.ip_address)

    @mute_logger(*QUIET)
    def test_rpc_of_the_stranger(self):
        """JSON-RPC with any context: no record, no log to write, no grant to give oneself."""
        self._login(self.stranger)
        context = {
            "active_test": False,
            "su": True,
            "uid": 1,
            "bin_size": False,
            "allowed_company_ids": [],
        }
        result = self._call(
            "test.secret", "search_read", [], ["content"], context=context
        )
        self.assertFalse(result.get("result"))
        self.assertIn(
            "error",
            self._call(
                "test.secret", "read", self.alpha.ids, ["content"], context=context
            ),
        )
        self.assertIn(
            "error",
            self._call("access.log", "create", [{"res_model": "x"}], context=context),
        )
        self.assertIn("error", self._call("access.log", "_flush_pending"))
        grant = self._grant(self.stranger, self.alpha, approve=False)
        self.assertIn("error", self._call("access.grant", "action_approve", grant.ids))
        self.assertIn(
            "error",
            self._call("access.grant", "write", grant.ids, {"state": "approved"}),
        )
        self.assertIn("error", self._call("access.grant", "unlink", grant.ids))
