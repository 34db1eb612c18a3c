import base64
from datetime import timedelta

from freezegun import freeze_time
from lxml import html

from odoo.fields import Command, Date
from odoo.tests import tagged
from odoo.tools.safe_eval import safe_eval

from ..common import CustomerArchiveCommon

CARDS = (
    "report_data_management_card",
    "report_data_card",
    "report_basic_data",
    "report_management_card",
    "report_analysis",
    "report_present_past_future",
    "report_customer_list",
    "action_report_archive_registration",
    "action_report_archive_emergency",
)


@tagged("post_install", "-at_install")
class TestPrintStamp(CustomerArchiveCommon):
    """CA-12 rule 3: a print beside the archive is stamped 受控文件 and carries its period of use."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.archive = cls._new_archive("宁波受控汽车部件有限公司")
        cls.other = cls._new_archive("宁波另册汽车部件有限公司")
        (cls.archive | cls.other).confidentiality = "confidential"

    def _release(self, archives=None, **vals):
        releases = self.env["customer.archive.release"].with_user(self.sales1)
        release = releases.create(
            {
                "kind": "print",
                "archive_ids": [Command.set((archives or self.archive).ids)],
                "content": "Card E03",
                "purpose": "Yearly talks",
                "recipient_name": "Wang",
                "date_until": Date.context_today(releases) + timedelta(days=5),
                **vals,
            }
        )
        release.action_request_sign_off()
        release.with_user(self.manager)._sign_off()
        if release.kind == "external":
            release.with_user(self.director)._sign_off()
        return release

    def _render(self, report, archives=None, user=None):
        content, __ = (
            self.env["ir.actions.report"]
            .with_user(user or self.sales1)
            ._render_qweb_html(
                f"customer_archive.{report}", (archives or self.archive).ids
            )
        )
        return html.fromstring(content)

    def _stamps(self, page):
        return [
            " ".join(node.text_content().split())
            for node in page.xpath("//div[@class='o_sheet_stamp']")
        ]

    def _watermark(self, page):
        [sheet] = page.xpath("//div[@data-sheet-footer]")
        url = sheet.get("data-sheet-watermark")
        return base64.b64decode(url.partition("base64,")[2]).decode()

    @freeze_time("2025-11-03 02:00:00")
    def test_ca_12_every_card_is_stamped_with_request_and_period(self):
        release = self._release(kind="external", recipient_company="Law office")
        for report in CARDS:
            with self.subTest(report=report):
                page = self._render(report)
                [stamp] = self._stamps(page)
                for text in (
                    "Controlled Document",
                    release.name,
                    "11/08/2025",
                    "Wang, Law office",
                ):
                    self.assertIn(text, stamp)
                self.assertIn(release.name, self._watermark(page))

    @freeze_time("2025-11-03 02:00:00")
    def test_ca_30_report_of_a_new_customer_is_stamped(self):
        """E01 is paper beside the archive, too: stamped by the request, marked when the archive is secret."""
        report = self.env["customer.new.report"].create(
            {"partner_id": self.archive.partner_id.id, "user_id": self.sales1.id}
        )
        page = self._render("report_new_customer", report)
        self.assertFalse(self._stamps(page))
        self.assertIn("Controlled Document", self._watermark(page))
        release = self._release()
        page = self._render("report_new_customer", report)
        self.assertIn(release.name, self._stamps(page)[0])
        self.archive.sudo().confidentiality = "internal"
        release.action_cancel()
        [sheet] = self._render("report_new_customer", report).xpath(
            "//div[@data-sheet-footer]"
        )
        self.assertFalse(sheet.get("data-sheet-watermark"))

    @freeze_time("2025-11-03 02:00:00")
    def test_ca_12_internal_archives_are_stamped_too(self):
        """The exception from "no paper beside the archive" is stamped whatever the level; without one nothing is."""
        self.archive.confidentiality = "internal"
        page = self._render(CARDS[0])
        self.assertFalse(self._stamps(page))
        release = self._release()
        page = self._render(CARDS[0])
        self.assertIn(release.name, self._stamps(page)[0])
        self.assertIn(release.name, self._watermark(page))

    def test_ca_12_only_the_request_that_covers_the_print(self):
        """Not that of a colleague, not after its period, not for part of the records, not for other uses."""
        with freeze_time("2025-11-03 02:00:00"):
            release = self._release()
            self._release(self.other, kind="export")
            both = self.archive | self.other
            self.assertEqual(
                self.archive.with_user(self.sales1)._get_print_release(), release
            )
            for archives, user in (
                (self.archive, self.manager),
                (self.other, self.sales1),
                (both, self.sales1),
            ):
                self.assertFalse(archives.with_user(user)._get_print_stamp())
        for instant, stamped in (
            ("2025-11-08 15:59:59", True),  # 23:59:59 in Shanghai
            ("2025-11-08 16:00:00", False),
        ):
            with freeze_time(instant):
                self.env.invalidate_all()
                stamp = self.archive.with_user(self.sales1)._get_print_stamp()
                self.assertEqual(bool(stamp), stamped, instant)
        with freeze_time("2025-11-04 02:00:00"):
            release.action_cancel()
            self.assertFalse(self.archive.with_user(self.sales1)._get_print_stamp())


@tagged("post_install", "-at_install")
class TestDepartmentList(CustomerArchiveCommon):
    """CA-12 rule 5: every department keeps a list of its customer information."""

    def test_ca_12_list_of_the_own_department(self):
        other_team = self.env["crm.team"].create(
            {"name": "Other team", "member_ids": [Command.link(self.manager.id)]}
        )
        mine = self._new_archive("Of the team")
        shared = self._new_archive(
            "Shared", team_id=other_team.id, further_team_ids=[self.team.id]
        )
        foreign = self._new_archive("Of others", team_id=other_team.id)
        action = self.env.ref("customer_archive.customer_archive_action_department")
        self.assertIn("my_department", action.context)
        view = self.env["customer.archive"].get_view(action.search_view_id.id)
        [node] = html.fromstring(view["arch"]).xpath("//filter[@name='my_department']")

        def listed(user):
            domain = safe_eval(node.get("domain"), {"uid": user.id})
            archives = self.env["customer.archive"].with_user(user).search(domain)
            return archives & (mine | shared | foreign)

        self.assertEqual(listed(self.sales1), mine | shared)
        self.assertEqual(listed(self.supervisor), mine)
        self.assertEqual(listed(self.manager), shared | foreign)
