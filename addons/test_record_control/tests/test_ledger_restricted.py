from io import BytesIO

from openpyxl import load_workbook

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.record_control.models.access import restricted_content

from .access_common import AccessCommon

PREFIX = "report.test_record_control."


@tagged("post_install", "-at_install")
class TestLedgerRestricted(AccessCommon):
    """A ledger shows of restricted records what may be exported, and says so in the access log."""

    def setUp(self):
        super().setUp()
        users = self.owner | self.mate | self.stranger | self.director
        users.lang = "en_US"
        self.env.flush_all()
        self.env.cr.precommit.run()

    def export(self, user, ledger, **kwargs):
        self.env.invalidate_all()
        with (
            self.env[PREFIX + ledger]
            .with_user(user)
            ._open_ledger_file(**kwargs) as file
        ):
            sheet = load_workbook(BytesIO(file.read()), data_only=True).active
        self.env.cr.precommit.run()
        rows = [list(row) for row in sheet.iter_rows(values_only=True)]
        start = next(index for index, row in enumerate(rows) if row[0] and row[1])
        return rows[start + 1 :]

    def test_stranger_gets_no_row(self):
        """Records outside the need-to-know are absent, not refused: the file does not tell that they exist."""
        self.assertEqual(self.export(self.stranger, "ledger_secret"), [])
        self.assertFalse(self._log_lines(action="export"))

    def test_owner_gets_rows_and_log_lines(self):
        rows = self.export(self.owner, "ledger_secret", order="name")
        self.assertEqual(
            rows,
            [
                ["Alpha", "content of Alpha", 41],
                ["Beta", "content of Beta", 41],
                ["Total", None, 82],
            ],
        )
        self.assertRecordValues(
            self._log_lines(action="export"),
            [
                {
                    "res_id": self.alpha.id,
                    "user_id": self.owner.id,
                    "detail": "Register of dossiers",
                },
                {
                    "res_id": self.beta.id,
                    "user_id": self.owner.id,
                    "detail": "Register of dossiers",
                },
            ],
        )

    def test_record_without_export_right_is_left_out_and_counted(self):
        self.beta.confidentiality = "confidential"
        self.env.flush_all()
        rows = self.export(self.owner, "ledger_secret")
        self.assertEqual(rows[0][0], "Alpha")
        self.assertEqual(
            rows[-1][0], "1 records are left out, because you may not export them."
        )
        self.assertNotIn("content of Beta", str(rows))
        self.assertEqual(
            self._log_lines(action="export").mapped("res_id"), self.alpha.ids
        )

    def test_grant_of_export_opens_and_grant_of_reading_does_not(self):
        self._grant(self.stranger, self.alpha, ["export"])
        self._grant(self.stranger, self.beta)
        rows = self.export(self.stranger, "ledger_secret")
        self.assertEqual([rows[0][0], len(rows)], ["Alpha", 4])
        self.assertNotIn("content of Beta", str(rows))

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_nothing_exportable_is_refused_with_the_reason(self):
        self.secrets.confidentiality = "confidential"
        self.env.flush_all()
        with self.assertRaisesRegex(
            AccessError, "None of the 2 records.*Register of dossiers.*\n.+Alpha"
        ):
            self.export(self.owner, "ledger_secret")
        self.assertFalse(self._log_lines(action="export"))

    def test_picked_ids_open_nothing(self):
        self.assertEqual(
            self.export(self.stranger, "ledger_secret", ids=self.secrets.ids), []
        )

    def test_lines_are_as_restricted_as_their_record(self):
        self.assertEqual(self.export(self.stranger, "ledger_secret_line"), [])
        self.beta.confidentiality = "confidential"
        self.env.flush_all()
        rows = self.export(self.owner, "ledger_secret_line")
        self.assertEqual(rows[0], ["line of Alpha", "content of Alpha", 7])
        self.assertNotIn("Beta", str(rows[:-1]))
        self.assertEqual(
            set(self._log_lines(action="export").mapped("res_id")), set(self.alpha.ids)
        )

    def test_open_record_shows_nothing_of_a_secret_behind_it(self):
        """Neither the name nor a field of the dossier behind a link."""
        rows = self.export(self.stranger, "ledger_secret_link")
        self.assertEqual(rows[0][0], "Link")
        self.assertFalse(
            {"Alpha", "Beta", "content"} & set(" ".join(map(str, rows)).split())
        )
        rows = self.export(self.owner, "ledger_secret_link")
        self.assertEqual(rows[0][2], "content of Alpha")
        self.assertIn("Dossier Beta", rows[0][3])
        self.assertEqual(
            self._log_lines(action="export", user_id=self.owner.id).mapped("res_id"),
            self.alpha.ids,
        )


@tagged("post_install", "-at_install")
class TestLedgerRestrictedInBulk(TestLedgerRestricted):
    """Of thousands of records the rights are asked for in the database: with the same result."""

    def setUp(self):
        super().setUp()
        self.patch(restricted_content, "BULK", 0)

    def test_order_is_kept(self):
        """The rows stand in the order that was asked for."""
        rows = self.export(self.owner, "ledger_secret", order="name desc")
        self.assertEqual([rows[0][0], rows[1][0]], ["Beta", "Alpha"])
