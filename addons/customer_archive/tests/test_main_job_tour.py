from contextlib import contextmanager
from datetime import timedelta
from io import BytesIO

from freezegun import freeze_time
from openpyxl import load_workbook
from pypdf import PdfReader

from odoo import fields
from odoo.fields import Command
from odoo.tests import HttpCase, new_test_user, tagged

from odoo.addons.record_control.tests.browser_downloads import BrowserDownloads

from .data.common import run_jobs_when_asked_for_progress

CUSTOMER = "杭州恒信汽车零部件有限责任公司"
GROUP = "customer_archive.group_customer_archive_"


@tagged("post_install", "-at_install")
class TestMainJobTour(BrowserDownloads, HttpCase):
    """CA-97, CA-01, CA-03, CA-04, CA-31, CA-10, CA-39: the main job in the browser, each step by the person
    who takes it, in Chinese."""

    test_cursor_lock_timeout = 120  # imports and prints take long on a busy machine

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_and_install_lang("zh_CN")
        company = cls.env.company
        company.write(
            {
                "country_id": cls.env.ref("base.cn").id,
                "ca_approval_rule": "important",
                "ca_opening_since": "2020-01-01",
            }
        )
        company.resource_calendar_id.tz = "Asia/Shanghai"
        cls.sales = cls._new_user("job_sales", "user", "陈晓")
        cls.colleague = cls._new_user("job_colleague", "user", "林静")
        cls.supervisor = cls._new_user("job_supervisor", "supervisor", "周国强")
        cls.keeper = cls._new_user("job_keeper", "keeper", "管档员")
        cls.director = cls._new_user("job_director", "director", "总经理沈")
        cls.env["crm.team"].search([]).active = False
        cls.env["crm.team"].create(
            {
                "name": "Automotive parts",
                "user_id": cls.supervisor.id,
                "member_ids": [Command.set((cls.sales | cls.colleague).ids)],
            }
        )
        # the first print would make the style sheet within its own request
        cls.env["ir.qweb"]._get_asset_bundle("web.report_assets_common").css()
        cls.env["hr.employee"].create(
            {"name": cls.colleague.name, "user_id": cls.colleague.id}
        )

        cls.foreign = cls.env["customer.archive"].create(
            {
                "partner_id": cls.env["res.partner"]
                .create({"name": "Customer of the director", "is_company": True})
                .id,
                "user_id": cls.director.id,
            }
        )

    @classmethod
    def _new_user(cls, login, group, name):
        return new_test_user(
            cls.env, login, GROUP + group, name=name, lang="zh_CN", tz="Asia/Shanghai"
        )

    def setUp(self):
        super().setUp()
        run_jobs_when_asked_for_progress(self)

    # --- Steps ---

    @contextmanager
    def _days_later(self, days):
        """Move the clock of the server, which goes on from there."""
        with freeze_time(fields.Datetime.now() + timedelta(days=days), tick=True):
            yield

    def _take_step(self, tour, user, path="/odoo/customer-archives"):
        self.start_tour(
            path, f"customer_archive_job_{tour}", login=user.login, timeout=300
        )
        self.env.invalidate_all()

    def test_main_job(self):
        self._import_list()
        self._review()
        self._shelve()
        self._print_card()
        self._borrow()
        self._read_borrowed()
        with self._days_later(3):
            self._take_step("read", self.colleague)
        with self._days_later(4):
            self._take_step("read_no_more", self.colleague)
            self.assertFalse(self._readable(self.colleague) & self.archive)
            self._export_ledger()

    def _import_list(self):
        self.start_tour(
            "/odoo/customer-imports",
            "customer_archive_import",
            login=self.sales.login,
            timeout=300,
        )
        batch = self.env["customer.import.batch"].search([], limit=1)
        self.start_tour(
            f"/odoo/customer-imports/{batch.id}",
            "customer_archive_import_audit",
            login=self.keeper.login,
            timeout=300,
        )
        self.archives = batch.line_ids.archive_id
        self.assertEqual(len(self.archives), 270)
        [self.archive] = self.archives.filtered(
            lambda archive: archive.partner_id.name == CUSTOMER
        )
        self.assertEqual(self.archive.user_id, self.sales)
        self.assertTrue(all(self.archives.mapped("date_opening_deadline")))

    def _review(self):
        self._take_step("submit", self.sales)
        self.assertEqual(self.archive.submitted_by_id, self.sales)
        self._take_step("review", self.supervisor, "/odoo")
        self.assertEqual(self.archive.sign_off_state, "sealed")

    def _shelve(self):
        self._take_step("shelve", self.keeper, "/odoo/customer-archives-shelf")
        self.assertRecordValues(
            self.archive,
            [
                {
                    "keeper_id": self.keeper.id,
                    "carrier": "electronic",
                    "cabinet": "D",
                    "shelf": 2,
                    "position": 1,
                }
            ],
        )

    def _print_card(self):
        name, content = self._download(
            ".pdf", lambda: self._take_step("print", self.sales)
        )
        self.assertIn("客户资料管理卡", name)
        text = "".join(
            page.extract_text() for page in PdfReader(BytesIO(content)).pages
        )
        text = "".join(text.split())
        # the font shares the glyphs of radicals: words with 户, 车, 工 come out with others
        for label in (
            "资料管理卡",
            "E03",
            self.archive.name,
            "性格特点",
            "制卡",
            "主管",
            "经理",
            "总经理",
        ):
            self.assertIn(label, text)
        self.assertIn(f"签字：{self.sales.name}", text, "who made the card")
        self.assertIn(f"签字：{self.supervisor.name}", text, "who signed it")
        [printed] = self.env["controlled.form.print"].search(
            [("user_id", "=", self.sales.id)]
        )
        self.assertEqual(printed.form_id.key, "E03")

    def _borrow(self):
        self.assertFalse(self._readable(self.colleague) & self.archive)
        self._take_step("borrow", self.colleague)
        self._take_step("approve_loan", self.director)
        self._take_step("hand_out", self.keeper)
        loan = self.archive.current_loan_line_id.loan_id
        self.assertEqual(loan.borrower_user_id, self.colleague)
        days = loan._get_local_date(loan.date_due) - loan._get_local_date(
            loan.handed_out_at
        )
        self.assertEqual(days.days, 3)

    def _read_borrowed(self):
        self._take_step("read", self.colleague)
        self.assertTrue(self._readable(self.colleague) & self.archive)

    def _readable(self, user):
        return self.env["customer.archive"].with_user(user).search([])

    def _export_ledger(self):
        name, content = self._download(
            ".xlsx", lambda: self._take_step("ledger", self.supervisor)
        )
        sheet = load_workbook(BytesIO(content)).active
        rows = list(sheet.iter_rows(values_only=True))
        self.assertIn("客户一览表", name)
        self.assertTrue(any("客户一览表" in str(cell) for cell in rows[0]))
        [header] = [row for row in rows if "档案编号" in row]
        column = header.index("档案编号")
        numbers = [
            row[column]
            for row in rows[rows.index(header) + 1 :]
            if str(row[column] or "").startswith("KH/")
        ]
        readable = self._readable(self.supervisor)
        self.assertEqual(sorted(numbers), sorted(readable.mapped("name")))
        self.assertIn(self.archive.name, numbers)
        self.assertNotIn(self.foreign.name, numbers, "an archive of another team")
