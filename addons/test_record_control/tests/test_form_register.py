import json

import psycopg2

from odoo import fields, http
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import HttpCase, TransactionCase, freeze_time, new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.record_control.models.form.ir_actions_report import REGISTERED_KEY

REPORT = "test_record_control.report_form"


class FormCommon:
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company_a, cls.company_b = cls.env["res.company"].create(
            [{"name": "A"}, {"name": "B"}]
        )
        cls.companies = cls.company_a + cls.company_b
        cls.companies.resource_calendar_id.tz = "Asia/Shanghai"
        users = {
            "company_id": cls.company_a.id,
            "company_ids": [Command.set(cls.companies.ids)],
        }
        cls.user = new_test_user(
            cls.env, "form_user", groups="base.group_user", **users
        )
        cls.manager = new_test_user(
            cls.env,
            "form_manager",
            groups="record_control.group_record_control_manager",
            **users,
        )
        cls.env["res.lang"]._activate_lang("zh_CN")
        cls.form = cls.env.ref("test_record_control.controlled_form_t01")
        cls.first = cls.form.revision_ids
        cls.second = cls.first.create(
            {"form_id": cls.form.id, "name": "A/1", "date_effective": "2025-12-01"}
        )
        cls.Form = (
            cls.env["controlled.form"]
            .with_user(cls.manager)
            .with_company(cls.company_a)
        )
        cls.Print = cls.env["controlled.form.print"]
        cls.Record = cls.env["test_record_control.form"].with_user(cls.user)
        cls.one, cls.two = cls.Record.create(
            [
                {"name": "R1", "company_id": cls.company_a.id},
                {"name": "R2", "company_id": cls.company_b.id},
            ]
        )
        cls.both = cls.one + cls.two
        cls.report = cls.env["ir.actions.report"].with_user(cls.user)

    def _prints(self):
        return self.Print.search([("form_id.key", "=", "T01")], order="id")


@tagged("post_install", "-at_install")
class TestControlledForm(FormCommon, TransactionCase):
    def test_one_revision_on_a_day(self):
        """The new revision begins with its day in the company's time zone, the old one ends the day before."""
        self.assertEqual(self.first.date_end, fields.Date.to_date("2025-11-30"))
        self.assertFalse(self.second.date_end)
        for moment, revision in (
            ("2025-11-30 15:59:59", self.first),
            ("2025-11-30 16:00:00", self.second),  # midnight in Shanghai
            ("2019-12-31 15:59:59", self.first.browse()),
            ("2019-12-31 16:00:00", self.first),
        ):
            with freeze_time(moment):
                self.assertEqual(
                    self.one._get_form_revision(self.form), revision, moment
                )
                self.assertEqual(
                    self.form._get_revision_in_force(self.company_a), revision, moment
                )
        self.company_b.resource_calendar_id.tz = "America/New_York"
        with freeze_time("2025-11-30 17:00:00"):
            self.assertEqual(
                [record._get_form_revision(self.form).name for record in self.both],
                ["A/1", "A/0"],
            )

    @mute_logger("odoo.sql_db")
    def test_two_revisions_on_a_day_refused(self):
        for vals in (
            {"name": "B", "date_effective": "2025-12-01"},
            {"name": "A/1", "date_effective": "2026-01-01"},
        ):
            with (
                self.assertRaises(psycopg2.errors.UniqueViolation),
                self.cr.savepoint(),
            ):
                self.first.create({"form_id": self.form.id, **vals})
        with self.assertRaises(psycopg2.errors.UniqueViolation), self.cr.savepoint():
            self.second.date_effective = self.first.date_effective
            self.env.flush_all()

    def test_used_revision_stays(self):
        """After a print: no change, no move, no delete, also through the form; a note is allowed."""
        self.report._render_qweb_html(REPORT, self.one.ids)
        used, other = self.one._get_form_revision(self.form), self.first + self.second
        other -= used
        self.assertTrue(used.is_used)
        self.assertFalse(other.is_used)
        form = self.form.with_user(self.manager)
        another = self.Form.create({"code": "X", "name": "X"})
        for road in (
            lambda: used.with_user(self.manager).write({"name": "forged"}),
            lambda: used.sudo().write({"date_effective": "2001-01-01"}),
            lambda: used.with_user(self.manager).write({"form_id": another.id}),
            lambda: form.write(
                {"revision_ids": [Command.update(used.id, {"name": "forged"})]}
            ),
            lambda: form.write({"revision_ids": [Command.delete(used.id)]}),
            lambda: (used + other).sudo().unlink(),
            lambda: form.unlink(),
        ):
            with self.assertRaisesRegex(
                UserError, f"Revision {used.name} of T01.*already printed or sealed"
            ):
                road()
        used.with_user(self.manager).write({"note": "explained", "name": used.name})
        other.with_user(self.manager).unlink()
        self.assertFalse(
            self.Form.load(
                [".id", "revision_ids/.id", "revision_ids/name"],
                [[str(form.id), str(used.id), "Z"]],
            )["ids"]
        )

    def test_company_form_wins(self):
        """A company's own code and title replace the shared ones, for its records alone."""
        action = (
            self.form.with_user(self.manager)
            .with_company(self.company_b)
            .action_create_company_form()
        )
        own = self.env["controlled.form"].browse(action["res_id"])
        self.assertRecordValues(
            own, [{"key": "T01", "company_id": self.company_b.id, "code": "T01"}]
        )
        self.assertEqual(own.revision_ids.name, own._get_revision_in_force().name)
        own.with_user(self.manager).write({"code": "QMS-1", "name": "Own title"})
        self.assertEqual(
            [record._get_controlled_form() for record in self.both], [self.form, own]
        )
        again = (
            self.form.with_user(self.manager)
            .with_company(self.company_b)
            .action_create_company_form()
        )
        self.assertEqual(again["res_id"], own.id)
        html = self.report._render_qweb_html(REPORT, self.both.ids)[0].decode()
        self.assertIn("QMS-1", html)
        self.assertRecordValues(
            self._prints(), [{"form_id": self.form.id}, {"form_id": own.id}]
        )
        own.with_user(self.manager).active = False
        self.assertEqual(
            self.two._get_controlled_form(), self.form, "the cache follows"
        )
        self.assertFalse(self.one._get_controlled_form("later"))
        later = self.Form.create(
            {"code": "later", "name": "Later", "company_id": self.company_a.id}
        )
        self.assertEqual(
            [record._get_controlled_form("later") for record in self.both],
            [later, later.browse()],
        )

    def test_key_stays(self):
        form = self.form.with_user(self.manager)
        form.code = "T01-NEW"
        self.assertEqual(self.one._get_controlled_form(), self.form)
        with self.assertRaisesRegex(UserError, "key of a form"):
            form.key = "other"

    def test_sealed_record_keeps_its_revision(self):
        self.one.sealed_revision_id = self.first
        with freeze_time("2026-01-01"):
            self.assertEqual(
                [r._get_form_revision(self.form).name for r in self.both],
                ["A/0", "A/1"],
            )
            html = self.report._render_qweb_html(REPORT, self.both.ids)[0].decode()
            self.assertRecordValues(
                self._prints(),
                [{"revision_id": self.first.id}, {"revision_id": self.second.id}],
            )
            self.assertLess(html.index("A/0"), html.index("A/1"))

    def test_rights(self):
        """Everybody reads forms; only the manager changes them; nobody sees other companies' forms."""
        form = self.form.with_user(self.user)
        self.assertEqual(form.code, "T01")
        for road in (
            lambda: form.write({"name": "x"}),
            lambda: form.unlink(),
            lambda: self.first.with_user(self.user).write({"name": "x"}),
            lambda: self.env["controlled.form"]
            .with_user(self.user)
            .create({"code": "Y", "name": "Y"}),
        ):
            with self.assertRaises(AccessError):
                road()
        foreign = self.env["controlled.form"].create(
            {
                "code": "Z",
                "name": "Z",
                "company_id": self.env["res.company"].create({"name": "C"}).id,
            }
        )
        self.assertNotIn(foreign, self.Form.search([]))


@tagged("post_install", "-at_install")
class TestPrintRegister(FormCommon, TransactionCase):
    def test_every_road_leaves_one_line(self):
        template = self.env["mail.template"].create(
            {
                "name": "x",
                "model_id": self.env["ir.model"]._get_id(self.Record._name),
                "report_template_ids": [
                    Command.set(
                        self.env.ref("test_record_control.action_report_form").ids
                    )
                ],
            }
        )
        template = template.with_user(self.user)
        ref = self.env.ref("test_record_control.action_report_form")
        roads = {
            "pdf": lambda: self.report._render_qweb_pdf(REPORT, self.one.ids),
            "pdf by id": lambda: self.report._render_qweb_pdf(ref.id, self.one.id),
            "pdf by record": lambda: self.report._render(ref, self.one.ids),
            "pdf part": lambda: self.report._pre_render_qweb_pdf(REPORT, self.one.ids),
            "html": lambda: self.report._render_qweb_html(REPORT, self.one.ids),
            "mail": lambda: template._generate_template(
                self.one.ids, ("report_template_ids",)
            ),
        }
        for name, road in roads.items():
            before = self._prints()
            road()
            self.assertRecordValues(
                self._prints() - before,
                [
                    {
                        "form_id": self.form.id,
                        "res_model": self.Record._name,
                        "res_id": self.one.id,
                        "res_name": "R1",
                        "user_id": self.user.id,
                        "company_id": self.company_a.id,
                        "copies": 1,
                        "output": "html" if name == "html" else "pdf",
                    }
                ],
            )

    def test_records_copies_and_companies(self):
        with freeze_time("2025-12-24 10:00:00"):
            self.report._render_qweb_pdf(
                REPORT, [self.one.id, self.two.id, self.one.id]
            )
        self.assertRecordValues(
            self._prints(),
            [
                {
                    "res_id": self.one.id,
                    "copies": 2,
                    "company_id": self.company_a.id,
                    "revision_id": self.second.id,
                },
                {
                    "res_id": self.two.id,
                    "copies": 1,
                    "company_id": self.company_b.id,
                    "revision_id": self.second.id,
                },
            ],
        )
        self.assertEqual(
            set(self._prints().mapped("printed_at")),
            {fields.Datetime.to_datetime("2025-12-24 10:00:00")},
        )
        self.assertEqual(self.form.print_count, 2)

    def test_context_does_not_hide_a_print(self):
        for value in (
            True,
            REPORT,
            {"report_id": self.form.report_id.id},
            self.form.report_id.id,
        ):
            before = len(self._prints())
            self.report.with_context(**{REGISTERED_KEY: value})._render_qweb_pdf(
                REPORT, self.one.ids
            )
            self.assertEqual(len(self._prints()), before + 1)

    def test_unbound_report_leaves_none(self):
        self.form.report_id = False
        self.report._render_qweb_pdf(REPORT, self.both.ids)
        self.assertFalse(self._prints())

    def test_register_is_append_only(self):
        """For the manager and for the system alike: no line by hand, no change, no delete."""
        self.report._render_qweb_pdf(REPORT, self.both.ids)
        lines = self._prints()
        vals = {
            "form_id": self.form.id,
            "output": "pdf",
            "res_model": "x",
            "user_id": 1,
            "printed_at": "2020-01-01",
        }
        as_manager = lines.with_user(self.manager)
        for road in (
            lambda: as_manager.create(vals),
            lambda: as_manager.write({"copies": 5}),
            lambda: lines.sudo().write({"copies": 5}),
            lambda: as_manager.unlink(),
            lambda: lines.sudo().unlink(),
            lambda: as_manager.copy(),
        ):
            with self.assertRaises(UserError):
                road()
        self.assertFalse(
            as_manager.load(["form_id", "output", "res_model"], [["T01", "PDF", "x"]])[
                "ids"
            ]
        )
        self.assertEqual(self._prints(), lines)

    def test_deleted_record_keeps_its_line(self):
        self.report._render_qweb_pdf(REPORT, self.one.ids)
        self.one.unlink()
        self.assertEqual(self._prints().res_name, "R1")

    def test_who_sees_the_register(self):
        self.report._render_qweb_pdf(REPORT, self.one.ids)
        self.report.with_user(self.manager)._render_qweb_pdf(REPORT, self.one.ids)
        lines = self._prints()
        self.assertEqual(
            lines.with_user(self.user).search([]) & lines, lines[0], "own prints"
        )
        self.assertEqual(lines.with_user(self.manager).search([]) & lines, lines)

    def test_batch_queries(self):
        """Printing 2 or 40 records registers with the same number of queries."""
        records = self.Record.create(
            [{"name": str(i), "company_id": self.company_a.id} for i in range(40)]
        )
        report = self.env.ref("test_record_control.action_report_form")
        counts = []
        for ids in (records[:2].ids, records[:2].ids, records.ids):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.Print.with_user(self.user)._register_prints(report, ids, "pdf")
            self.env.flush_all()
            counts.append(self.cr.sql_log_count - before)
        self.assertEqual(counts[1], counts[2])


@tagged("post_install", "-at_install")
class TestPrintRegisterHttp(FormCommon, HttpCase):
    @mute_logger("odoo.http")
    def test_urls_and_rpc(self):
        self.authenticate("form_user", "form_user")
        context = json.dumps({REGISTERED_KEY: True})
        for converter in ("html", "pdf"):
            before = self._prints()
            response = self.url_open(
                f"/report/{converter}/{REPORT}/{self.one.id}?context={context}"
            )
            self.assertEqual(response.status_code, 200)
            self.assertRecordValues(
                self._prints() - before,
                [{"output": converter, "user_id": self.user.id}],
            )
        before = self._prints()
        data = json.dumps([f"/report/pdf/{REPORT}/{self.one.id}", "qweb-pdf"])
        self.assertEqual(
            self.url_open(
                "/report/download",
                data={"data": data, "csrf_token": http.Request.csrf_token(self)},
            ).status_code,
            200,
        )
        self.assertEqual(len(self._prints() - before), 1)

        self.authenticate("form_manager", "form_manager")
        model = "controlled.form.print"
        vals = {
            "form_id": self.form.id,
            "output": "pdf",
            "res_model": "x",
            "user_id": 1,
            "printed_at": "2020-01-01",
        }
        ids = self._prints().ids
        for method, args in (
            ("create", [[vals]]),
            ("write", [ids, {"copies": 9}]),
            ("unlink", [ids]),
        ):
            result = self.url_open(
                f"/web/dataset/call_kw/{model}/{method}",
                data=json.dumps(
                    {
                        "params": {
                            "model": model,
                            "method": method,
                            "args": args,
                            "kwargs": {},
                        }
                    }
                ),
                headers={"Content-Type": "application/json"},
            ).json()
            self.assertIn("error", result, method)
        self.assertEqual(self._prints().ids, ids)
