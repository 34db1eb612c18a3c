from datetime import date

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

    def test_a_deadline_ends_with_the_day_of_the_company(self):
        """CA-05, CA-07, CA-15: whichever company is chosen, a document expires, and a step is late, where it is."""
        refresh = self.env["customer.archive.refresh"].create(
            {"archive_id": self.archive.id, "date_quarter": date(2025, 1, 1)}
        )
        filing = self.env["customer.archive.filing"].create(
            {
                "user_id": self.sales1.id,
                "date_month": date(2025, 3, 1),
                "company_id": self.west.id,
            }
        )
        self.document.write(
            {"date_received": "2020-01-01", "date_valid_until": "2025-03-31"}
        )
        self.env.flush_all()
        for table in ("customer_archive_filing", "customer_archive_refresh"):
            self.env.cr.execute(f"UPDATE {table} SET date_due = '2025-03-31'")
        for instant, over in (
            ("2025-03-31 20:00:00", False),  # 1 April in Shanghai
            ("2025-04-01 07:00:00", True),
        ):
            self.env.invalidate_all()
            with freeze_time(instant), self.subTest(instant=instant):
                document = self._in_both(self.document, self.manager)
                self.assertIs(document.status == "expired", over)
                found = document.search(
                    [("id", "=", document.id), ("status", "=", "expired")]
                )
                self.assertIs(bool(found), over)
                for record in refresh, filing:
                    record = self._in_both(record, self.manager)
                    self.assertIs(record.is_overdue, over)
                    found = record.search([("is_overdue", "=", True)])
                    self.assertIs(record in found, over)

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

    def test_what_is_made_at_new_year_bears_the_day_of_the_company(self):
        """CA-07, CA-08, CA-09, CA-15: after midnight in Shanghai the new year has begun, whatever zone a user has."""
        archive = self._new_filed_archive("New Year")
        proposals = {
            "customer.archive.refresh": {"date_quarter": date(2027, 1, 1)},
            "customer.archive.inspection": {"year": 2027, "half": "1"},
            "customer.archive.filing": {"date_month": date(2027, 1, 1)},
            "customer.archive.handover": {"date": date(2027, 1, 1)},
            "customer.archive.destruction": {"date": date(2027, 1, 1)},
        }
        with freeze_time("2026-12-31 16:30:00"):
            for zone in ("UTC", "America/Los_Angeles", "Asia/Shanghai"):
                self.manager.tz = zone
                env = self.env(user=self.manager.id, context={"tz": zone})
                for model, expected in proposals.items():
                    with self.subTest(zone=zone, model=model):
                        found = env[model].default_get(list(expected))
                        self.assertEqual(found, expected)
            abroad = archive.with_user(self.manager).with_context(tz="UTC")
            abroad._transition("stopped", stop_reason="Late payments")
            self.assertEqual(archive.date_stopped, date(2027, 1, 1))
            self.assertEqual(archive.event_ids[:1].date, archive.date_stopped)
