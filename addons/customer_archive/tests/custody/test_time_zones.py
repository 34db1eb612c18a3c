from freezegun import freeze_time

from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from .common import CustodyCommon

#: 10 March in Shanghai, still 9 March in Los Angeles
EARLY = "2025-03-09 20:00:00"


@tagged("post_install", "-at_install")
class TestTimeZones(CustodyCommon):
    """CA-12, CA-15: the day is that of the company of the record, wherever somebody works at the moment."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.west = cls.env["res.company"].create({"name": "West"})
        cls.west.resource_calendar_id.tz = "America/Los_Angeles"
        people = cls.sales1 | cls.keeper | cls.manager
        people.company_ids = [Command.link(cls.west.id)]
        # who has ticked both works in Shanghai
        cls.both = (cls.company | cls.west).ids
        cls.archive = cls._new_archive("West coast", company_id=cls.west.id)
        cls.document = cls.archive.document_ids[:1]

    def _in_both(self, record, user):
        return record.with_user(user).with_context(allowed_company_ids=self.both)

    def test_document_is_kept_until_the_day_is_over_where_it_is(self):
        """CA-15: the last day of the retention ends at midnight of the company that keeps the document."""
        document = self._in_both(self.document, self.keeper)
        document.sudo().write({"date_received": "2010-03-01", "copies": 1})
        document.flush_recordset()
        self.env.cr.execute(
            "UPDATE customer_archive_document SET date_retention_end = '2025-03-09' WHERE id = %s",
            [document.id],
        )
        document.invalidate_recordset(["date_retention_end"])
        for instant, kept in ((EARLY, True), ("2025-03-10 07:00:00", False)):
            with freeze_time(instant), self.subTest(instant=instant):
                reasons = " ".join(document._get_destruction_reasons())
                self.assertIs("is kept until" in reasons, kept)

    def test_nothing_is_received_tomorrow(self):
        """CA-05: not in the future of the company, though it is the day of the user's."""
        document = self._in_both(self.document, self.keeper)
        with freeze_time(EARLY):
            with self.assertRaises(ValidationError):
                document.date_received = "2025-03-10"
            document.date_received = "2025-03-09"

    def test_release_is_in_force_at_once(self):
        """CA-12: what is approved for today opens today, for whomever a colleague elsewhere approves it."""
        releases = self._in_both(self.env["customer.archive.release"], self.sales1)
        with freeze_time(EARLY):
            release = releases.create(
                {
                    "kind": "print",
                    "company_id": self.west.id,
                    "archive_ids": [Command.set(self.archive.ids)],
                    "content": "Card",
                    "purpose": "Talks",
                    "recipient_name": "Wang",
                    "date_until": "2025-03-09",
                }
            )
            release.action_request_sign_off()
            self._in_both(release, self.manager)._sign_off()
            self.assertTrue(release.sudo().grant_ids.is_valid)
            self.assertFalse(release.is_overdue)
            self.assertFalse(releases.search([("is_overdue", "=", True)]) & release)
        with freeze_time("2025-03-10 08:00:00"):
            self.env.invalidate_all()
            self.assertFalse(release.sudo().grant_ids.is_valid)
            self.assertTrue(release.is_overdue)
            self.assertIn(release, releases.search([("is_overdue", "=", True)]))
            with self.assertRaises(UserError):
                release.copy().action_request_sign_off()
