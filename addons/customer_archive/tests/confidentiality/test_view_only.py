import json

from odoo.exceptions import AccessError
from odoo.http import Request
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from ..archive.common import ArchiveCommon

MARK = "TAPIR5518"


@tagged("post_install", "-at_install")
class TestViewOnly(ArchiveCommon, HttpCase):
    """CA-13: who was only given to look at an archive takes nothing of it out of the system."""

    @classmethod
    def default_env_context(cls):
        return {}  # with tracking

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.archive = cls._new_archive("宁波海天塑机有限公司")
        cls.event = (
            cls.env["customer.archive.event"]
            .with_user(cls.sales1)
            .create(
                {
                    "archive_id": cls.archive.id,
                    "type_id": cls.env.ref(
                        "customer_archive.customer_archive_event_type_personnel"
                    ).id,
                    "subject": MARK,
                }
            )
        )
        cls._track()
        cls.archive.with_user(cls.keeper).cabinet = MARK
        cls._track()
        for user in (cls.sales1, cls.sales2, cls.manager):
            user.group_ids |= cls.env.ref("base.group_allow_export")
        # of another team: sees the archive by the grant alone
        cls.sales2.group_ids |= cls.env.ref(
            "customer_archive.group_customer_archive_supervisor"
        )
        cls._grant()

    @classmethod
    def _track(cls):
        """Write the tracking, as the end of a transaction does."""
        cls.env.flush_all()
        cls.env.cr.precommit.run()

    @classmethod
    def _grant(cls, **rights):
        grant = (
            cls.env["access.grant"]
            .with_user(cls.sales2)
            .create(
                {
                    "res_model": "customer.archive",
                    "res_id": cls.archive.id,
                    "date_to": cls.env.company._record_control_today(),
                    "purpose": "Look",
                    "reason": "Substitute",
                    **rights,
                }
            )
        )
        grant.with_user(cls.director).action_approve()

    def _get_contents(self, user):
        """Return what belongs to the archive and the field to export of it, as the user."""
        changes = self.env["customer.archive.change"].with_user(user)
        changes = changes.search([("new_value", "=", MARK)])
        self.assertTrue(changes)
        return (
            (self.event.with_user(user), ["subject"]),
            (changes, ["new_value"]),
            (self.archive.with_user(user), ["event_ids/subject"]),
        )

    def test_rpc_export_of_timeline_and_changes(self):
        """CA-08, CA-13: read, yes; ``export_data``, no; the person in charge exports."""
        for records, fnames in self._get_contents(self.sales2):
            with self.subTest(model=records._name):
                records.read(["create_uid"] if "/" in fnames[0] else fnames)
                with self.assertRaises(AccessError):
                    records.export_data(fnames)
        for records, fnames in self._get_contents(self.sales1):
            self.assertIn(MARK, str(records.export_data(fnames)["datas"]))

    def test_a_grant_with_export_exports(self):
        """CA-11: the right to export opens the timeline and the changes as well."""
        self._grant(right_export=True)
        for records, fnames in self._get_contents(self.sales2):
            self.assertIn(MARK, str(records.export_data(fnames)["datas"]))

    def test_ledger_of_changes(self):
        """CA-08, L-06: the ledger leaves out, or refuses, what may only be looked at."""
        ledger = self.env["report.customer_archive.ledger_changes"]
        domain = [("archive_id", "=", self.archive.id)]
        with self.assertRaisesRegex(AccessError, "your grant lets you read"):
            ledger.with_user(self.sales2)._open_ledger_file(domain)
        ledger.with_user(self.manager)._open_ledger_file(domain).close()

    def test_event_is_not_written_by_who_only_looks(self):
        """CA-13: looking is not writing the history of the customer of somebody else."""
        with self.assertRaises(AccessError):
            self.event.with_user(self.sales2).subject = "Other"
        with self.assertRaises(AccessError):
            self.event.with_user(self.sales2).sudo(False).copy()

    @mute_logger("odoo.http", "odoo.addons.web.controllers.export")
    def test_web_export(self):
        """CA-13: nor does the web client's own export give it."""
        changes = self.env["customer.archive.change"].search(
            [("new_value", "=", MARK), ("archive_id", "=", self.archive.id)]
        )
        for user, given in ((self.sales2, False), (self.sales1, True)):
            self.authenticate(
                user.login, user.login + "x" * max(0, 8 - len(user.login))
            )
            for records, fname in ((self.event, "subject"), (changes, "new_value")):
                response = self.url_open(
                    "/web/export/csv",
                    data={
                        "data": json.dumps(
                            {
                                "model": records._name,
                                "fields": [
                                    {"name": fname, "label": fname, "type": "char"}
                                ],
                                "ids": records.ids,
                                "domain": [],
                                "import_compat": False,
                                "context": {},
                                "groupby": [],
                            }
                        ),
                        "csrf_token": Request.csrf_token(self),
                    },
                )
                self.assertEqual(
                    MARK in response.text, given, f"{user.login} {records._name}"
                )
