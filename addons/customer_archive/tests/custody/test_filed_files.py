import base64
import json

from freezegun import freeze_time

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.http import Request
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .common import CustodyCommon

QUESTION = "Is it the original?"
REPLY = """From: ca_sales1@example.com
To: catchall@example.com
Subject: Re: Licence
Message-Id: <reply@example.com>
In-Reply-To: %(parent)s
References: %(parent)s
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="part"

--part
Content-Type: text/plain

It was compared with the original.
--part
Content-Type: text/plain; name="logo.txt"
Content-Disposition: attachment; filename="logo.txt"

logo
--part--
"""


@tagged("post_install", "-at_install")
class TestFiledFiles(CustodyCommon, HttpCase):
    """CA-05, CA-15: a document that the keeper has received, and its files, stay as they are."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.archive = cls._new_filed_archive("Filed files")
        cls.line = cls.archive.document_ids.filtered(
            lambda line: line.type_id == cls.d01
        )
        cls.file = cls._new_file(cls.line)
        cls.other = cls.archive.document_ids.filtered(
            lambda line: line.type_id == cls.d12
        )
        cls.other_file = cls._new_file(cls.other)
        with freeze_time("2025-03-20 04:00:00"):
            cls.line.with_user(cls.sales1).action_receive()
        cls.line.copies = 0
        cls.filing = cls.env["customer.archive.filing"].create(
            {"date_month": "2025-03-01", "user_id": cls.sales1.id}
        )
        cls.line.filing_id = cls.filing

    @classmethod
    def _new_file(cls, document):
        return (
            cls.env["ir.attachment"]
            .with_user(cls.sales1)
            .create(
                {
                    "name": "Licence.pdf",
                    "raw": b"signed",
                    "res_model": document._name,
                    "res_id": document.id,
                }
            )
        )

    def _file(self):
        self.filing.with_user(self.sales1).action_hand_over()
        self.filing.with_user(self.keeper).action_file()

    def _get_roads(self, user):
        """Return how somebody might change what was filed."""
        file, line = self.file.with_user(user), self.line.with_user(user)
        other = self.other.with_user(user)
        forged = base64.b64encode(b"forged")
        return {
            "datas": lambda: file.write({"datas": forged}),
            "raw": lambda: file.write({"raw": b"forged"}),
            "name": lambda: file.write({"name": "Other.pdf"}),
            "move": lambda: file.write({"res_id": other.id}),
            "take out": lambda: file.write({"res_model": False, "res_id": False}),
            "hide": lambda: file.write({"res_field": "note"}),
            "link": lambda: file.write({"type": "url", "url": "https://example.com"}),
            "delete": lambda: file.unlink(),
            "as superuser": lambda: file.sudo().unlink(),
            "put to it": lambda: self.other_file.with_user(user).write(
                {"res_id": line.id}
            ),
            "new file": lambda: self._new_file(line),
            "list": lambda: line.write({"attachment_ids": [Command.delete(file.id)]}),
            "clear": lambda: line.write({"file_ids": [Command.clear()]}),
            "replace": lambda: line.write(
                {"file_ids": [Command.set(self.other_file.ids)]}
            ),
            "update": lambda: line.write(
                {"attachment_ids": [Command.update(file.id, {"raw": b"forged"})]}
            ),
            "message": lambda: line.message_post(
                body=QUESTION, attachments=[("forged.pdf", b"forged")]
            ),
            "date": lambda: line.write({"date_received": "2025-03-21"}),
            "validity": lambda: line.write({"date_valid_until": "2039-01-01"}),
            "copies": lambda: line.write({"copies": 9}),
            "not applicable": lambda: line.write(
                {"is_not_applicable": True, "not_applicable_reason": "x"}
            ),
        }

    def test_filed_documents_and_files_stay(self):
        """On every road, for the person in charge, the keeper and the manager, from the handing over on."""
        self.filing.with_user(self.sales1).action_hand_over()
        for user in (self.sales1, self.keeper):
            for name, road in self._get_roads(user).items():
                with (
                    self.subTest(state="handed", road=name, user=user.login),
                    self.assertRaises(UserError),
                ):
                    road()
        self.filing.with_user(self.keeper).action_file()
        for user in (self.sales1, self.keeper, self.manager):
            for name, road in self._get_roads(user).items():
                with (
                    self.subTest(state="filed", road=name, user=user.login),
                    self.assertRaises(UserError),
                ):
                    road()
        self.env.invalidate_all()
        self.assertRecordValues(self.line.attachment_ids, [{"raw": b"signed"}])

    def test_before_the_handing_over_files_are_corrected(self):
        """A wrong scan is replaced as long as nobody has received it, also after the keeper handed it back."""
        self.file.with_user(self.sales1).raw = b"better"
        self.filing.with_user(self.sales1).action_hand_over()
        self.filing.with_user(self.keeper).action_hand_back()
        self.file.with_user(self.sales1).unlink()
        self._new_file(self.line)
        self.assertEqual(self.line.attachment_ids.raw, b"signed")

    def test_a_reply_by_mail_arrives(self):
        """CA-15: mail with a file in it is kept at the message; the filed document stays as it is."""
        self.sales1.email = "ca_sales1@example.com"
        asked = self.line.message_post(body=QUESTION)
        self._file()
        self.env["mail.thread"].message_process(
            None, REPLY % {"parent": asked.message_id}
        )
        reply = self.line.message_ids - asked
        reply = reply.filtered(lambda message: message.message_type == "email")
        self.assertIn("compared with the original", reply.body)
        self.assertRecordValues(
            reply.attachment_ids,
            [{"name": "logo.txt", "res_model": "mail.message", "res_id": reply.id}],
        )
        self.assertEqual(self.line.attachment_ids, self.file)
        seen = reply.attachment_ids
        self.assertTrue(seen.with_user(self.sales1).has_access("read"))
        self.assertFalse(seen.with_user(self.sales2).has_access("read"))

    def test_the_file_store_is_moved(self):
        """CA-15: the administrator moves all files to another store; that changes none of them."""
        self._file()
        self.file._migrate()
        self.env.invalidate_all()
        self.assertEqual(self.file.raw, b"signed")

    def test_renewal_keeps_the_filed_edition(self):
        """The former edition keeps file and filing; the new one is not filed yet and gets on a list of its own."""
        self._file()
        self.line.with_user(self.sales1).action_renew()
        former = self.line.former_document_ids
        self.assertEqual(former.attachment_ids, self.file)
        self.assertRecordValues(
            former,
            [
                {
                    "filing_id": self.filing.id,
                    "date_filed": self.filing.date_filed,
                    "filed_by_id": self.keeper.id,
                }
            ],
        )
        self.assertRecordValues(
            self.line, [{"filing_id": False, "date_filed": False, "filed_by_id": False}]
        )
        with self.assertRaisesRegex(UserError, "stay as they are"):
            self.file.with_user(self.sales1).raw = b"forged"
        self._new_file(self.line).with_user(self.sales1).raw = b"new edition"

    def test_a_list_on_its_way_is_not_emptied_by_renewing(self):
        """What lies with the keeper is received or handed back first."""
        self.filing.with_user(self.sales1).action_hand_over()
        with self.assertRaisesRegex(UserError, "stay as they are"):
            self.line.with_user(self.sales1).action_renew()

    @mute_logger("odoo.http", "odoo.addons.web.controllers.binary")
    def test_upload_over_the_web(self):
        """Uploading to a filed document and deleting its file are refused by the web server too."""
        self._file()
        self.authenticate("ca_sales1", "ca_sales1")
        token = Request.csrf_token(self)
        self.url_open(
            "/web/binary/upload_attachment",
            data={
                "model": self.line._name,
                "id": self.line.id,
                "csrf_token": token,
            },
            files={"ufile": ("forged.pdf", b"forged", "application/pdf")},
        )
        self.url_open(
            "/mail/attachment/upload",
            data={
                "thread_model": self.line._name,
                "thread_id": self.line.id,
                "csrf_token": token,
            },
            files={"ufile": ("forged.pdf", b"forged", "application/pdf")},
        )
        self.url_open(
            "/mail/attachment/delete",
            data=json.dumps({"params": {"attachment_id": self.file.id}}),
            headers={"Content-Type": "application/json"},
        )
        self.env.invalidate_all()
        self.assertRecordValues(self.line.attachment_ids, [{"raw": b"signed"}])
