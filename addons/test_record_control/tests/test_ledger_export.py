import json
from datetime import date, datetime
from io import BytesIO
from unittest.mock import patch

from freezegun import freeze_time
from openpyxl import load_workbook

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, TransactionCase, new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.record_control.tools.xlsx_ledger import Column

LEDGER = "report.test_record_control.ledger_thing"
SHORT = "report.test_record_control.ledger_thing_short"


class LedgerCommon(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.clerk = new_test_user(
            cls.env,
            "ledger_clerk",
            groups="base.group_user,base.group_allow_export",
            lang="en_US",
        )
        cls.viewer = new_test_user(
            cls.env, "ledger_viewer", groups="base.group_user", lang="en_US"
        )
        cls.env.ref("base.user_admin").lang = "en_US"
        cls.clerk.tz = "Asia/Shanghai"
        cls.usd, cls.eur = cls.env.ref("base.USD"), cls.env.ref("base.EUR")
        cls.partner = cls.env["res.partner"].create(
            {
                "name": "North Steel",
                "ref": "C-7",
                "phone": "13212343550",
                "country_id": cls.env.ref("base.cn").id,
            }
        )
        cls.tags = cls.env["res.partner.category"].create(
            [{"name": "Blue"}, {"name": "Red"}]
        )
        cls.full, cls.empty, cls.foreign = cls.env["test.ledger.thing"].create(
            [
                {
                    "name": "=Full",
                    "partner_id": cls.partner.id,
                    "currency_id": cls.usd.id,
                    "quantity": 7,
                    "weight": 1.2345,
                    "amount": 1234.5,
                    "share": 0.125,
                    "day": date(2026, 3, 31),
                    "at": datetime(2026, 3, 31, 16, 30),
                    "flag": True,
                    "text": "<p>Hello <b>world</b></p>",
                    "tag_ids": [Command.set(cls.tags.ids)],
                    "secret": "hush",
                },
                {"name": "Empty", "state": "done", "currency_id": cls.usd.id},
                {"name": "Foreign", "owner_id": cls.viewer.id, "quantity": 100},
            ]
        )

    def export(self, user, ledger=LEDGER, **kwargs):
        with self.env[ledger].with_user(user)._open_ledger_file(**kwargs) as file:
            return load_workbook(BytesIO(file.read()), data_only=True).active

    def table(self, sheet):
        """Header and data rows as lists, without the title block."""
        rows = [list(row) for row in sheet.iter_rows(values_only=True)]
        start = next(index for index, row in enumerate(rows) if row[0] and row[1])
        return rows[start], rows[start + 1 :]


@tagged("post_install", "-at_install")
class TestLedgerExport(LedgerCommon):
    def test_export_full_and_empty_record(self):
        """Every kind of field comes out with its real type; empty ones are empty cells."""
        header, rows = self.table(self.export(self.clerk))
        self.assertEqual(
            header,
            [
                "Name",
                "Partner",
                "Customer no.",
                "Country",
                "State",
                "Quantity",
                "Weight",
                "Amount",
                "Share",
                "Day",
                "Moment",
                "Flag",
                "Text",
                "Tag",
                "Phone (masked)",
            ],
        )
        self.assertEqual(
            rows[0],
            [
                "=Full",
                "North Steel",
                "C-7",
                "China",
                "Draft",
                7,
                1.2345,
                1234.5,
                0.125,
                datetime(2026, 3, 31),
                # 16:30 UTC is half past midnight in Shanghai
                datetime(2026, 4, 1, 0, 30),
                "Yes",
                "Hello *world*",
                "Blue, Red",
                "132****",
            ],
        )
        self.assertEqual(
            rows[1], ["Empty", None, None, None, "Done", 0, 0, 0, 0] + [None] * 6
        )
        self.assertEqual(
            rows[2], ["Total", None, None, None, None, 7, 1.234, 1234.5] + [None] * 7
        )

    def test_last_hours_of_the_calendar(self):
        """Promise 4: one instant that has no other time zone does not keep all the other rows from being exported."""
        self.full.at = datetime(9999, 12, 31, 23, 30)
        _header, rows = self.table(self.export(self.clerk))
        self.assertIn(datetime(9999, 12, 31, 23, 30), rows[0])

    def test_rows_and_columns_that_may_not_be_read_are_absent(self):
        """Neither the record of somebody else nor the administrator's column is in the clerk's file."""
        texts = {
            str(value)
            for row in self.export(self.clerk).iter_rows(values_only=True)
            for value in row
            if value
        }
        self.assertFalse({"Foreign", "hush", "Secret", "100", "107"} & texts)
        header, rows = self.table(self.export(self.env.ref("base.user_admin")))
        self.assertIn("Secret", header)
        self.assertIn("hush", rows[0])
        self.assertIn("Foreign", [row[0] for row in rows])

    def test_sudo_caller_does_not_widen_the_ledger(self):
        with self.env[LEDGER].with_user(self.clerk).sudo()._open_ledger_file() as file:
            sheet = load_workbook(BytesIO(file.read())).active
        self.assertEqual(
            [row[0] for row in self.table(sheet)[1]][:2], ["=Full", "Empty"]
        )
        self.assertNotIn("Secret", self.table(sheet)[0])

    def test_related_record_that_may_not_be_read_is_blank(self):
        self.env["ir.rule"].create(
            {
                "name": "No steel",
                "model_id": self.env.ref("base.model_res_partner").id,
                "domain_force": f"[('id', '!=', {self.partner.id})]",
            }
        )
        _header, rows = self.table(self.export(self.clerk, ids=self.full.ids))
        self.assertEqual(rows[0][:4], ["=Full", None, None, None])

    def test_selection_and_search_and_order(self):
        def names(**kwargs):
            _header, rows = self.table(self.export(self.clerk, **kwargs))
            return [row[0] for row in rows][:-1]

        self.assertEqual(names(ids=self.empty.ids), ["Empty"])
        self.assertEqual(names(ids=(self.empty + self.foreign).ids), ["Empty"])
        self.assertEqual(names(domain=[("quantity", ">", 5)]), ["=Full"])
        self.assertEqual(
            names(order="state desc, id"),
            ["=Full", "Empty"][:: 1 if self.full.state > "done" else -1],
        )
        self.empty.active = False
        self.assertEqual(names(), ["=Full"])
        self.assertEqual(names(ids=self.empty.ids), ["Empty"])

    def test_head_says_what_is_printed(self):
        with freeze_time("2026-04-01 01:00:00"):
            sheet = self.export(
                self.clerk,
                domain=[
                    "&",
                    ("state", "=", "draft"),
                    "|",
                    ("partner_id", "in", self.partner.ids),
                    ("name", "ilike", "x"),
                ],
            )
        head = [sheet.cell(row=row, column=1).value for row in range(1, 6)]
        self.assertEqual(head[0], "Register of things")
        self.assertIn(self.env.company.name, head[1])
        self.assertIn("ledger_clerk", head[2])
        self.assertIn("9:00", head[2])
        self.assertEqual(
            head[3],
            "Filter: State is Draft; (Partner is North Steel or Name contains x)",
        )
        self.assertEqual(sheet.freeze_panes, "A7")

    def test_controlled_form_gives_title_code_and_revision(self):
        """Title in the reader's language, code and revision are printed; the export is in the print register."""
        self.env["res.lang"]._activate_lang("zh_CN")
        form = self.env["controlled.form"].create({"code": "T-L1", "name": "Things"})
        revision = self.env["controlled.form.revision"].create(
            {"form_id": form.id, "name": "A/1", "date_effective": "2020-01-01"}
        )
        form.with_context(lang="zh_CN").name = "物品台账"
        self.patch(self.registry[LEDGER], "_ledger_form_code", "T-L1")
        ledger = self.env[LEDGER].with_context(lang="zh_CN")
        self.assertEqual(ledger._get_ledger_title(), "物品台账")
        sheet = self.export(self.clerk)
        self.assertEqual(sheet["A1"].value, "Things")
        self.assertEqual(
            [sheet["A3"].value, sheet["A4"].value], ["Form: T-L1", "Revision: A/1"]
        )
        self.assertRecordValues(
            self.env["controlled.form.print"].search([("form_id", "=", form.id)]),
            [
                {
                    "revision_id": revision.id,
                    "user_id": self.clerk.id,
                    "output": "xlsx",
                    "res_model": "test.ledger.thing",
                }
            ],
        )

    def test_second_ledger_has_its_own_domain_title_and_rights(self):
        admin = self.env.ref("base.user_admin")
        sheet = self.export(admin, ledger=SHORT)
        self.assertEqual(sheet["A1"].value, "Short register of things")
        # the last two columns are filled by one method
        self.assertEqual(
            self.table(sheet),
            (["Name", "Quantity", "First", "Last"], [["Empty", 0, "E", "y"]]),
        )
        with self.assertRaisesRegex(AccessError, "Short register of things"):
            self.export(self.clerk, ledger=SHORT)

    def test_export_without_right_is_refused(self):
        with self.assertRaisesRegex(AccessError, "Register of things.*Allowed"):
            self.export(self.viewer)

    def test_wrong_filter_is_a_readable_error(self):
        for kwargs in (
            {"domain": [("nope", "=", 1)]},
            {"domain": ["x"]},
            {"order": "nope"},
        ):
            with self.assertRaisesRegex(
                UserError, "Register of things cannot be exported"
            ):
                self.export(self.clerk, **kwargs)
        with self.assertRaisesRegex(UserError, 'Invalid "order"'):
            self.export(self.clerk, order="name; drop table")

    def test_nothing_to_export(self):
        """No readable column, or more rows than a sheet has: the reason is said."""
        with (
            patch.object(
                self.registry[LEDGER],
                "_ledger_columns",
                lambda ledger: [Column("secret")],
            ),
            self.assertRaisesRegex(AccessError, "any column"),
        ):
            self.export(self.clerk)
        with (
            patch("odoo.addons.record_control.models.ledger.ledger_mixin.MAX_ROWS", 1),
            self.assertRaisesRegex(UserError, "2 records do not fit"),
        ):
            self.export(self.clerk)

    def test_list_of_ledgers_follows_the_rights(self):
        names = lambda user: [  # noqa: E731
            ledger._name
            for ledger in self.env["ledger.mixin"]
            .with_user(user)
            ._get_ledgers("test.ledger.thing")
            if ledger._has_ledger_access()
        ]
        self.assertEqual(names(self.clerk), [LEDGER])
        self.assertEqual(names(self.env.ref("base.user_admin")), [LEDGER, SHORT])
        self.assertNotIn(
            "test.ledger.thing",
            self.env["ledger.mixin"].with_user(self.viewer)._get_ledger_models(),
        )
        self.assertIn(
            "test.ledger.thing",
            self.env["ledger.mixin"].with_user(self.clerk)._get_ledger_models(),
        )

    def test_declaration_with_unknown_field_is_named(self):
        self.patch(
            self.registry[LEDGER],
            "_ledger_columns",
            lambda self: [Column("partner_id.nope")],
        )
        with self.assertRaisesRegex(ValueError, "res.partner has no field 'nope'"):
            self.export(self.clerk)

    def test_report_of_the_print_menu(self):
        content, extension = (
            self.env[LEDGER]
            .with_user(self.clerk)
            .create_xlsx_report(self.empty.ids, {})
        )
        self.assertEqual(extension, "xlsx")
        sheet = load_workbook(BytesIO(content)).active
        self.assertEqual([row[0] for row in self.table(sheet)[1]][0], "Empty")

    def test_queries_depend_on_batches_and_not_on_records(self):
        """300 rows cost as many queries as 30."""
        partners = self.env["res.partner"].create(
            [{"name": f"P{index}", "ref": str(index)} for index in range(300)]
        )
        self.env["test.ledger.thing"].create(
            [
                {
                    "name": f"T{index}",
                    "partner_id": partner.id,
                    "tag_ids": self.tags.ids,
                }
                for index, partner in enumerate(partners)
            ]
        )
        self.env.flush_all()

        def count(limit):
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.export(
                self.clerk, domain=[("name", "=like", "T%"), ("id", "<=", limit)]
            )
            return self.cr.sql_log_count - before

        ids = (
            self.env["test.ledger.thing"]
            .search([("name", "=like", "T%")], order="id")
            .ids
        )
        count(ids[9])
        self.assertEqual(count(ids[29]), count(ids[299]))


@tagged("post_install", "-at_install")
class TestLedgerHttp(LedgerCommon, HttpCase):
    def post(self, ledger=LEDGER, **data):
        return self.url_open(
            f"/record_control/ledger/{ledger}",
            data={"data": json.dumps(data), "csrf_token": self.csrf_token()},
        )

    def csrf_token(self):
        from odoo.http import Request

        return Request.csrf_token(self)

    def test_download_by_domain(self):
        self.authenticate("ledger_clerk", "ledger_clerk")
        response = self.post(
            domain=[["quantity", ">", 5]], order="name asc", ids=None, context={}
        )
        self.assertEqual(response.status_code, 200)
        self.assertIn("Register%20of%20things", response.headers["Content-Disposition"])
        sheet = load_workbook(BytesIO(response.content)).active
        self.assertEqual([row[0] for row in self.table(sheet)[1]][:1], ["=Full"])

    def test_companies_that_are_ticked(self):
        """The sheet is about the companies of the list, not about all in which the user works."""
        other = self.env["res.company"].create({"name": "Elsewhere Ltd."})
        third = self.env["res.company"].create({"name": "Never Ltd."})
        self.clerk.company_ids = [Command.link(other.id)]
        self.authenticate("ledger_clerk", "ledger_clerk")
        for ticked, named in (
            (self.env.company.ids, {self.env.company.name}),
            ([other.id, third.id], {other.name}),
            (None, {self.env.company.name, other.name}),
        ):
            response = self.post(
                domain=[], ids=None, context={"allowed_company_ids": ticked}
            )
            sheet = load_workbook(BytesIO(response.content)).active
            head = str([row for row in sheet.iter_rows(max_row=12, values_only=True)])
            names = {self.env.company.name, other.name, third.name}
            self.assertEqual({name for name in names if name in head}, named)

    @mute_logger("odoo.http")
    def test_refusals_are_readable(self):
        self.authenticate("ledger_viewer", "ledger_viewer")
        for ledger, words in (
            (LEDGER, "You may not export the ledger"),
            ("res.partner", "There is no ledger"),
        ):
            response = self.post(ledger, domain=[])
            self.assertEqual(response.status_code, 500)
            self.assertIn(words, response.text)

    def test_stranger_is_turned_away(self):
        response = self.url_open(
            f"/record_control/ledger/{LEDGER}",
            data={"data": "{}"},
            allow_redirects=False,
        )
        self.assertNotEqual(response.status_code, 200)
