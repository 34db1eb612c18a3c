from lxml import html

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import ArchiveCommon

LONG = "Very long text 很长的文字。" * 200


@tagged("post_install", "-at_install")
class TestTimelinePrint(ArchiveCommon):
    """P-51 客户接触记录 / 大事记: the timeline of a customer on paper (CA-08, CA-17)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.archive = cls._new_archive("Timeline on paper")
        cls.empty = cls._new_archive("Nothing happened yet")
        cls._add("Met at the fair", date="2025-03-02", description=LONG)
        cls._add("First call", date="2025-01-15")
        cls._add("Merger is prepared", date="2025-02-01", confidential=True)

    @classmethod
    def _add(cls, subject, **values):
        return (
            cls.env["customer.archive.event"]
            .with_user(cls.sales1)
            .create(
                {
                    "archive_id": cls.archive.id,
                    "type_id": cls.env.ref(
                        "customer_archive.customer_archive_event_type_contact"
                    ).id,
                    "subject": subject,
                    **values,
                }
            )
        )

    def _render(self, archives, user, lang="en_US"):
        user.lang = lang
        content, __ = (
            self.env["ir.actions.report"]
            .with_user(user)
            ._render_qweb_html("customer_archive.report_timeline", archives.ids)
        )
        self.check_grids(content)
        return html.fromstring(content)

    def test_p_51_events_with_the_oldest_first(self):
        text = self._render(self.archive, self.sales1).text_content()
        places = [
            text.index(subject)
            for subject in ("First call", "Merger is prepared", "Met at the fair")
        ]
        self.assertEqual(places, sorted(places))
        for words in ("Contact record", "KH-EVENTS", "Timeline on paper", LONG[:200]):
            self.assertIn(words, text)

    def test_p_51_confidential_business_only_for_those_who_see_it(self):
        for user, seen in (
            (self.sales1, True),
            (self.supervisor, True),
            (self.manager, True),
            (self.keeper, False),
            (self.finance, False),
        ):
            with self.subTest(user=user.login):
                self.env.invalidate_all()
                page = self._render(self.archive, user)
                self.assertEqual("Merger" in page.text_content(), seen)
                [sheet] = page.xpath("//div[@data-sheet-footer]")
                self.assertEqual(bool(sheet.get("data-sheet-watermark")), seen)

    def test_p_51_no_print_without_access_or_release(self):
        with self.assertRaises(AccessError):
            self._render(self.archive, self.sales2)
        self.archive.confidentiality = "confidential"
        self.env.flush_all()
        with self.assertRaises(AccessError):
            self._render(self.archive, self.sales1)

    def test_p_51_many_and_empty_archives(self):
        page = self._render(self.archive | self.empty, self.supervisor)
        self.assertEqual(len(page.xpath("//div[@data-sheet-footer]")), 2)
        rows = page.xpath("(//div[@data-sheet-footer])[2]//table[3]//tr")
        self.assertGreater(len(rows), 8, "room for entries by hand")

    def test_p_51_printed_from_the_list_of_events(self):
        events = self.archive.event_ids.with_user(self.sales1)
        action = events.action_print_timeline()
        self.assertEqual(
            action["report_name"], "customer_archive.report_timeline_document"
        )
        self.assertEqual(action["context"]["active_ids"], self.archive.ids)

    def test_p_51_follow_up_is_printed(self):
        event = self.archive.event_ids[0]
        event.with_user(self.sales1).activity_schedule(
            "mail.mail_activity_data_todo",
            summary="Send the catalogue",
            date_deadline="2025-03-09",
            user_id=self.sales1.id,
        )
        text = self._render(self.archive, self.sales1).text_content()
        self.assertIn("Send the catalogue", text)
        self.assertIn("03/09/2025", text)
