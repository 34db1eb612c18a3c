import base64
import json

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from ..archive.common import ArchiveCommon

MARK = "OKAPI6203"
QUIET = (
    "odoo.http",
    "odoo.addons.base.models.ir_rule",
    "odoo.addons.base.models.ir_model",
    "odoo.addons.web.controllers.report",
)


@tagged("post_install", "-at_install")
class TestHttpRoads(ArchiveCommon, HttpCase):
    """CA-11, CA-12: the web server gives nothing of an archive to those who may not see it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.archive = cls._new_archive("宁波海天塑机有限公司")
        cls._put_on_file(cls.archive)
        cls.archive.write({"keeper_id": cls.keeper.id, "cabinet": MARK})
        cls.file = cls._new_file(cls.archive)
        cls.scan = cls._new_file(cls.archive.document_ids[:1])
        cls.message = cls.archive.message_post(
            body=MARK, attachment_ids=cls._new_file(cls.archive).ids
        )
        cls.portal = new_test_user(
            cls.env, login="ca_portal_http", groups="base.group_portal"
        )
        cls.env.flush_all()

    @classmethod
    def _new_file(cls, record):
        return cls.env["ir.attachment"].create(
            {
                "name": f"{MARK}.txt",
                "raw": MARK.encode(),
                "mimetype": "text/plain",
                "res_model": record._name,
                "res_id": record.id,
            }
        )

    def _login(self, user):
        login = user and user.login
        self.authenticate(login, login and login + "x" * max(0, 8 - len(login)))

    @mute_logger(*QUIET)
    def test_scan_of_a_signed_paper(self):
        """CA-11: what a contact signed on paper is a file of the archive: not for who may read it alone."""
        signature = self.archive.sudo().sign_off_request_id.signature_ids[:1]
        self.assertTrue(signature)
        self.env.cr.execute(
            "UPDATE sign_off_signature SET attachment = %s, attachment_name = 'a.pdf' WHERE id = %s",
            (base64.b64encode(MARK.encode()), signature.id),
        )
        grant = self.env["access.grant"].with_user(self.sales2)
        grant = grant.create(
            {
                "res_model": self.archive._name,
                "line_ids": [Command.create({"res_id": self.archive.id})],
                "purpose": "Audit",
                "reason": "Because",
                "date_to": "2099-12-31",
            }
        )
        grant.with_user(grant.sudo().approver_ids[:1]).action_approve()
        self.sales2.sudo().group_ids += self.env.ref("base.group_allow_export")
        self.env.invalidate_all()
        url = f"/web/content/sign.off.signature/{signature.id}/attachment"
        seen = signature.with_user(self.sales2).sudo(False)
        self.assertTrue(seen.read(["title"]))
        for read in (
            lambda: seen.read(["attachment"]),
            lambda: seen.web_read({"attachment": {}}),
            lambda: seen.export_data(["attachment"]),
        ):
            with self.assertRaises(AccessError):
                read()
        self._login(self.sales2)
        self.assertNotIn(MARK, self.url_open(url).text)
        self._login(self.sales1)
        self.assertIn(MARK, self.url_open(url).text)

    def _strangers(self):
        """Yield a name for each kind of stranger, logged in."""
        for name, user in {
            "another salesperson": self.sales2,
            "employee": self.clerk,
            "portal user": self.portal,
            "visitor": None,
        }.items():
            self._login(user)
            yield name

    def _call(self, route, **params):
        return self.url_open(
            route,
            data=json.dumps({"params": params}),
            headers={"Content-Type": "application/json"},
        ).text

    def _file_urls(self):
        files = self.file | self.scan | self.message.attachment_ids
        for attachment in files:
            token = attachment.sudo().generate_access_token()[0]
            yield f"/web/content/{attachment.id}"
            yield f"/web/content/{attachment.id}?download=true&access_token={token}"
            yield f"/web/content/ir.attachment/{attachment.id}/raw"
            yield f"/web/image/{attachment.id}?access_token={token}"
        yield f"/web/content/customer.archive/{self.archive.id}/cabinet"
        yield f"/web/content/customer.archive/{self.archive.id}/display_name"

    def _report_urls(self):
        reports = self.env["ir.actions.report"].search(
            [("model", "in", ("customer.archive", "customer.archive.document"))]
        )
        self.assertGreaterEqual(len(reports), 5)
        for report in reports:
            record = self.archive
            if report.model == "customer.archive.document":
                record = self.archive.document_ids[:1]
            yield f"/report/html/{report.report_name}/{record.id}"
            yield f"/report/pdf/{report.report_name}/{record.id}"

    @mute_logger(*QUIET)
    def test_files(self):
        """CA-12: no file of an archive by its address, not even with the token of the file."""
        urls = list(self._file_urls())
        for name in self._strangers():
            for url in urls:
                response = self.url_open(url, allow_redirects=False)
                self.assertNotIn(MARK, response.text, f"{name}: {url}")
                if not url.startswith("/web/image"):  # answers with a placeholder
                    self.assertNotEqual(response.status_code, 200, f"{name}: {url}")
        self._login(self.sales1)
        response = self.url_open(f"/web/content/{self.file.id}")
        self.assertEqual(response.text, MARK, "the salesperson himself reads it")

    @mute_logger(*QUIET)
    def test_reports(self):
        """CA-12: no form of an archive is printed for a stranger."""
        urls = list(self._report_urls())
        partner = self.archive.partner_id.name
        for name in self._strangers():
            for url in urls:
                response = self.url_open(url, allow_redirects=False)
                self.assertNotIn(partner, response.text, f"{name}: {url}")
                self.assertNotEqual(response.status_code, 200, f"{name}: {url}")
        self._login(self.sales1)
        page = self.url_open(urls[0]).text
        self.assertIn(partner, page, "the salesperson himself prints it")

    @mute_logger(*QUIET)
    def test_calls(self):
        """CA-12: reading, searching, exporting and the chatter answer strangers with nothing."""
        model = "customer.archive"
        ids = self.archive.ids
        for name in self._strangers():
            for method, args in {
                "read": [ids, ["cabinet"]],
                "web_read": [ids, {"cabinet": {}}],
                "search_read": [[("id", "in", ids)], ["cabinet"]],
                "export_data": [ids, ["cabinet"]],
                "copy": [ids],
            }.items():
                answer = self._call(
                    f"/web/dataset/call_kw/{model}/{method}",
                    model=model,
                    method=method,
                    args=args,
                    kwargs={},
                )
                self.assertNotIn(MARK, answer, f"{name}: {method}")
            answer = self._call(
                "/mail/thread/messages", thread_model=model, thread_id=ids[0]
            )
            self.assertNotIn(MARK, answer, f"{name}: chatter")
        self._login(self.sales1)
        answer = self._call(
            "/mail/thread/messages", thread_model=model, thread_id=ids[0]
        )
        self.assertIn(MARK, answer, "the salesperson himself reads the chatter")

    @mute_logger(*QUIET)
    def test_standing_is_not_told_to_the_customer(self):
        """CA-05, CA-18: a contact with a portal account does not read what we think of the company."""
        partner = self.archive.partner_id
        partner.write({"ca_grade_id": self.grade_b.id, "ca_credit_status": "very_low"})
        self.portal.partner_id.parent_id = partner
        order = self._new_order(self.portal.partner_id, user=self.sales1)
        self.env.flush_all()
        self._login(self.portal)
        for record, open_field, names in (
            (partner, "name", ["ca_grade_id", "ca_credit_status", "ca_is_key"]),
            (order, "name", ["ca_contracting_text", "ca_overdue_amount"]),
        ):
            answer = self._read(record, [open_field])
            self.assertEqual(answer["result"][0][open_field], record[open_field])
            for name in names:
                with self.subTest(field=f"{record._name}.{name}"):
                    answer = self._read(record, [open_field, name])
                    self.assertIn("AccessError", answer["error"]["data"]["name"])

    def _read(self, record, names):
        answer = self._call(
            f"/web/dataset/call_kw/{record._name}/read",
            model=record._name,
            method="read",
            args=[record.ids, names],
            kwargs={},
        )
        return json.loads(answer)
