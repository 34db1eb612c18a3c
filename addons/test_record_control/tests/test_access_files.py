import base64
import io

from odoo import SUPERUSER_ID
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import HttpCase, JsonRpcException, tagged
from odoo.tools import mute_logger
from odoo.tools.pdf import PdfFileWriter

from .access_common import PIXEL, AccessCommon

QUIET = (
    "odoo.http",
    "odoo.addons.base.models.ir_rule",
    "odoo.addons.base.models.ir_model",
)


@tagged("post_install", "-at_install")
class TestAccessFiles(AccessCommon, HttpCase):
    """Whoever may see a restricted record, but not download, gets at the bytes of its files by no road."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        writer, page = PdfFileWriter(), io.BytesIO()
        writer.addBlankPage(width=100, height=100)
        writer.write(page)
        cls.pdf = cls.file.with_user(cls.owner).create(
            {
                "name": "alpha.pdf",
                "raw": page.getvalue(),
                "mimetype": "application/pdf",
                "res_model": "test.secret",
                "res_id": cls.alpha.id,
            }
        )
        cls.pdf.sudo().thumbnail = PIXEL
        # who may write to customers
        cls.stranger.sudo().group_ids += cls.env.ref("base.group_partner_manager")
        cls._grant(cls.stranger, cls.alpha)

    def _login(self, user):
        self.authenticate(user.login, user.login + "x" * max(0, 8 - len(user.login)))

    def _get(self, url):
        return self.url_open(url, allow_redirects=False)

    @mute_logger(*QUIET)
    def test_first_page_and_thumbnail(self):
        """AC-02: the first page of a file, and its picture, are its content."""
        page = f"/mail/attachment/pdf_first_page/{self.pdf.id}"
        thumbnail = f"/web/image/ir.attachment/{self.pdf.id}/thumbnail?download=1"
        self._login(self.stranger)
        self.assertTrue(self.pdf.with_user(self.stranger).has_access("read"))
        self.assertEqual(self._get(page).status_code, 403)
        self.assertIn(self._get(thumbnail).status_code, (403, 404))
        with self.assertRaises(AccessError):
            self.pdf.with_user(self.stranger).read(["thumbnail"])
        before = len(self._log_lines(self.alpha, action="download"))
        self._login(self.owner)
        self.assertTrue(self._get(page).content.startswith(b"%PDF"))
        self.assertEqual(self._get(thumbnail).status_code, 200)
        self.env.invalidate_all()
        self.assertGreater(len(self._log_lines(self.alpha, action="download")), before)

    @mute_logger(*QUIET)
    def test_picture_of_a_picture(self):
        """AC-02: nor is a smaller copy of a picture of the file free, which the editor of texts hangs on that picture."""
        picture = self.pdf
        for name in ("first", "second"):
            picture = picture.create(
                {
                    "name": name,
                    "raw": base64.b64decode(PIXEL),
                    "res_model": "ir.attachment",
                    "res_id": picture.id,
                }
            )
        self.assertTrue(picture.with_user(self.owner).raw)
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            picture.with_user(self.stranger).read(["raw"])
        looped = picture.sudo().res_id
        picture.browse(looped).sudo().res_id = picture.id
        picture.sudo(False).with_user(self.owner)._check_download()

    @mute_logger(*QUIET)
    def test_mailed(self):
        """AC-02: what somebody may not download he does not mail to himself either."""
        partner = self.partner.with_user(self.stranger)
        template = (
            self.env["mail.template"]
            .with_user(self.stranger)
            .sudo()
            .create(
                {"name": "T", "model_id": self.env["ir.model"]._get_id("res.partner")}
            )
        )
        attach = {"attachment_ids": [Command.link(self.file.id)]}
        compose = {
            "model": "res.partner",
            "res_ids": str(partner.ids),
            "body": "x",
            "subject": "x",
        }
        composers = self.env["mail.compose.message"].with_user(self.stranger)
        send = template.with_user(self.stranger).sudo(False).send_mail
        for road, mail in {
            "message": lambda: partner.message_post(
                body="x", attachment_ids=self.file.ids
            ),
            "window": lambda: composers.create(
                {**compose, **attach, "composition_mode": "comment"}
            )._action_send_mail(),
            "letters": lambda: composers.create(
                {**compose, **attach, "composition_mode": "mass_mail"}
            )._action_send_mail(),
            "template": lambda: send(
                partner.id,
                email_values={"email_to": "x@example.com", **attach},
            ),
        }.items():
            self.env.invalidate_all()
            with (
                self.subTest(road=road),
                self.cr.savepoint(),
                self.assertRaises(AccessError),
            ):
                mail()
        own = self.file.with_user(self.stranger).create({"name": "own", "raw": b"x"})
        partner.message_post(body="x", attachment_ids=own.ids)
        self.alpha.with_user(self.owner).message_post(
            body="x", attachment_ids=self.file.ids
        )

    @mute_logger(*QUIET)
    def test_copied_by_the_editor(self):
        """AC-02: nor does the editor of texts, which copies files as superuser, take along their first page."""
        values = {
            "res_model": "res.partner",
            "res_id": self.partner.id,
            "data": PIXEL.decode(),
            "name": "copy.png",
            "mimetype": "image/png",
        }
        url = f"/html_editor/modify_image/{self.pdf.id}"
        for user, copied in ((self.stranger, False), (self.owner, True)):
            user.sudo().group_ids += self.env.ref("base.group_partner_manager")
            self._login(user)
            with self.subTest(user=user.login):
                try:
                    self.make_jsonrpc_request(url, values)
                except JsonRpcException:
                    self.assertFalse(copied)
                self.env.invalidate_all()
                found = self.file.sudo().search_count([("name", "=", "copy.png")])
                self.assertEqual(bool(found), copied)

    @mute_logger(*QUIET)
    def test_printed_by_a_template(self):
        """AC-02: nobody has jobs of the system print restricted records by a template of his own."""
        report = self.env.ref("test_record_control.action_report_test_secret")
        templates = self.env["mail.template"].with_user(self.stranger)
        values = {
            "name": "T",
            "model_id": self.env["ir.model"]._get_id("res.partner"),
            "subject": "x",
        }
        prints = {"report_template_ids": [Command.link(report.id)]}
        own = templates.create(values)
        for road in (
            lambda: templates.create({**values, **prints}),
            lambda: own.write(prints),
        ):
            with self.cr.savepoint(), self.assertRaisesRegex(AccessError, report.name):
                road()
        editors = self.env.ref("mail.group_mail_template_editor")
        self.stranger.sudo().group_ids += editors
        own.write(prints)

    def test_template_of_another_model(self):
        """AC-02: a job posts no letter about a restricted record on the record of another kind with its number."""
        template = self.env["mail.template"].create(
            {
                "name": "Letter",
                "model_id": self.env["ir.model"]._get_id("test.secret"),
                "subject": "{{ object.content }}",
                "body_html": "x",
            }
        )
        partner = self.env["res.partner"].browse(self.alpha.id)
        if not partner.exists():
            self.env.cr.execute(
                "UPDATE res_partner SET id = %(id)s, commercial_partner_id = %(id)s WHERE id = %(old)s",
                {
                    "id": partner.id,
                    "old": partner.create({"name": "Same number"}).id,
                },
            )
            self.env.invalidate_all()
        with self.assertRaisesRegex(UserError, "Letter"):
            partner.message_post_with_source(template)
        with self.assertRaisesRegex(UserError, "Letter"):
            partner.message_mail_with_source(template)
        self.alpha.with_user(self.owner).message_post_with_source(template)
        self.assertEqual(self.alpha.message_ids[0].subject, "content of Alpha")

    @mute_logger(*QUIET)
    def test_template_taken(self):
        """AC-02: nor does a reminder, which a job sends, take such a letter."""
        if "calendar.alarm" not in self.env:
            self.skipTest("no calendar")
        values = {"name": "Letter", "subject": "{{ object.content }}"}
        model = self.env["ir.model"]._get_id("test.secret")
        template = self.env["mail.template"].create({**values, "model_id": model})
        model = self.env["ir.model"]._get_id("calendar.attendee")
        other = template.create({**values, "model_id": model})
        alarm = self.env["calendar.alarm"].with_user(self.stranger)
        values = {"name": "Soon", "alarm_type": "email"}
        own = alarm.create({**values, "mail_template_id": other.id})
        for take in (
            lambda: alarm.create({**values, "mail_template_id": template.id}),
            lambda: own.write({"mail_template_id": template.id}),
        ):
            with self.cr.savepoint(), self.assertRaisesRegex(UserError, "Letter"):
                take()
        own.write({"duration": 2})

    def _new_letter(self, **values):
        if "snailmail.letter" not in self.env:
            self.skipTest("no letters by post")
        return (
            self.env["snailmail.letter"]
            .with_user(self.stranger)
            .create(
                {
                    "model": "res.partner",
                    "res_id": self.partner.id,
                    "partner_id": self.partner.id,
                    "company_id": self.company.id,
                    **values,
                }
            )
        )

    @mute_logger(*QUIET)
    def test_sent_by_post(self):
        """AC-02: nor does the job that sends letters by post send the file, or print the record, for him."""
        letter = self._new_letter()
        for take in (
            lambda: self._new_letter(attachment_id=self.file.id),
            lambda: letter.write({"attachment_id": self.file.id}),
        ):
            self.env.invalidate_all()
            with self.cr.savepoint(), self.assertRaises(AccessError):
                take()
        own = self.file.with_user(self.stranger).create({"name": "own", "raw": b"x"})
        letter.attachment_id = own
        report = self.env.ref("test_record_control.action_report_test_secret")
        letter = self._new_letter(report_template=report.id)
        letter.res_id = self.beta.id
        with self.assertRaisesRegex(AccessError, "by post"):
            letter.with_user(SUPERUSER_ID)._generate_report_pdf(report)

    @mute_logger(*QUIET)
    def test_shown_by_another_record(self):
        """AC-02: nor does another record show the content, of which Odoo reads it as superuser."""
        letter = self._new_letter()
        # as it was made before somebody lost the right to download
        letter.sudo().attachment_id = self.file
        self.env.flush_all()
        for read in (
            lambda: letter.read(["attachment_datas"]),
            lambda: letter.web_read({"attachment_datas": {}}),
            lambda: letter.export_data(["attachment_datas"]),
        ):
            self.env.invalidate_all()
            with self.assertRaises(AccessError):
                read()
        self._login(self.stranger)
        url = f"/web/content/snailmail.letter/{letter.id}/attachment_datas"
        self.assertNotIn(b"file of alpha", self._get(url).content)
