from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from odoo.addons.record_control.tests.common_jobs import one_fails

from .access_common import AccessCommon

QUIET = ("odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model")


@tagged("post_install", "-at_install")
class TestAccessGrant(AccessCommon):
    """A grant lets one person do what it says, until the end of its last day."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.resource_calendar_id.tz = "Asia/Shanghai"

    def _sees(self, user, record):
        records = self._as(user, record)
        return records.has_access("read") and bool(
            records.search([("id", "=", record.id)])
        )

    @mute_logger(*QUIET)
    def test_grant_ends_with_its_last_day_in_the_company(self):
        """AC-02 with a grant until the 10th: in until 24:00 Shanghai time, out one second later."""
        with freeze_time("2026-03-08 06:00:00"):
            self._grant(
                self.stranger, self.alpha, date_from="2026-03-09", date_to="2026-03-10"
            )
            self.assertFalse(self._sees(self.stranger, self.alpha))
        # the 9th starts in Shanghai at 16:00 UTC on the 8th, the 10th ends at 16:00 UTC
        for instant, expected in [
            ("2026-03-08 15:59:59", False),
            ("2026-03-08 16:00:00", True),
            ("2026-03-10 15:59:59", True),
            ("2026-03-10 16:00:00", False),
            ("2026-03-10 16:00:01", False),
        ]:
            with freeze_time(instant), self.subTest(instant=instant):
                self.assertEqual(self._sees(self.stranger, self.alpha), expected)

    @freeze_time("2026-03-10 16:00:01")
    @mute_logger(*QUIET)
    def test_grant_ends_without_any_job(self):
        """The state still says approved; the access is over all the same."""
        with freeze_time("2026-03-08 06:00:00"):
            grant = self._grant(
                self.stranger,
                self.secrets,
                date_from="2026-03-08",
                date_to="2026-03-10",
            )
        self.assertEqual(grant.state, "approved")
        self.assertFalse(grant.is_valid)
        self.assertNotIn(grant, grant.search([("is_valid", "=", True)]))
        self.assertIn(grant, grant.search([("is_valid", "=", False)]))
        self.assertFalse(self._sees(self.stranger, self.alpha))
        with self.enter_registry_test_mode():
            self.env.ref(
                "record_control.ir_cron_access_grant_expire"
            ).method_direct_trigger()
        self.assertEqual(grant.state, "expired")

    def test_a_grant_that_fails_stops_no_other(self):
        """Grants are marked as over whatever is wrong with another one; the job comes to an end."""
        with freeze_time("2026-03-08 02:00:00"):
            bad, good = (
                self._grant(self.stranger, record, date_to="2026-03-10")
                for record in self.secrets
            )
        with (
            freeze_time("2026-03-11 02:00:00"),
            one_fails(self, bad, "_transition"),
            self.enter_registry_test_mode(),
        ):
            self.env.ref(
                "record_control.ir_cron_access_grant_expire"
            ).method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual((bad.state, good.state), ("approved", "expired"))

    def test_reasons_before_the_first_save_name_the_grant(self):
        """A request that has no number yet is called what it is."""
        grant = self.env["access.grant"].new(
            {"user_id": self.env.uid, "requester_id": self.env.uid}
        )
        [reason] = grant._get_decision_reasons()
        self.assertTrue(reason.startswith("Access Grant: nobody decides"))

    def test_nobody_approves_his_own_request(self):
        """Four eyes: neither the requester nor the grantee, by button, write, or as superuser."""
        director2 = self._new_user(
            "t_director2", "test_record_control.group_test_director"
        )
        for requester, grantee in [
            (self.director, self.stranger),
            (self.stranger, self.director),
        ]:
            grant = self._grant(
                requester, self.alpha, approve=False, user_id=grantee.id
            )
            mine = grant.with_user(self.director)
            self.assertFalse(mine.can_approve)
            for call in (
                lambda: mine.action_approve(),  # noqa: B023
                lambda: mine.write({"state": "approved"}),  # noqa: B023
                lambda: mine.sudo().write({"state": "approved"}),  # noqa: B023
                lambda: mine.sudo()._transition("approved"),  # noqa: B023
            ):
                with (
                    self.cr.savepoint(),
                    self.assertRaisesRegex(UserError, "for himself or on his own"),
                ):
                    call()
            grant.with_user(director2).action_approve()
            self.assertEqual(grant.approver_id, director2)

    def test_only_approvers_by_the_rule_of_the_record_decide(self):
        """A colleague who is no approver is told who is; the rule is asked at the decision."""
        grant = self._grant(self.stranger, self.alpha, approve=False)
        self.assertIn(self.director, grant.approver_ids)
        with self.assertRaisesRegex(UserError, "t_director"):
            grant.with_user(self.mate).sudo().action_approve()
        self.director.group_ids -= self.env.ref(
            "test_record_control.group_test_director"
        )
        with self.assertRaises(UserError):
            grant.with_user(self.director).action_approve()

    def test_no_road_creates_an_approved_grant(self):
        """create, write, copy, import, default key in the context."""
        Grant = self.env["access.grant"].with_user(self.stranger)
        vals = {
            "res_model": "test.secret",
            "res_id": self.alpha.id,
            "purpose": "p",
            "reason": "r",
            "date_to": "2099-01-01",
        }
        with self.assertRaises(UserError):
            Grant.create(dict(vals, state="approved"))
        with self.assertRaises(UserError):
            Grant.create(dict(vals, approver_id=self.director.id))
        with self.assertRaises(UserError):
            Grant.create(dict(vals, requester_id=self.mate.id))
        grant = Grant.with_context(
            default_state="approved", default_requester_id=self.mate.id
        ).create(vals)
        self.assertEqual(
            (grant.state, grant.requester_id), ("requested", self.stranger)
        )
        header = ["res_model", "purpose", "reason", "date_to", "state"]
        result = Grant.load(
            header, [["test.secret", "p", "r", "2099-01-01", "Approved"]]
        )
        self.assertFalse(result["ids"])
        approved = self._grant(self.stranger, self.secrets)
        copy = approved.with_user(self.stranger).copy()
        self.assertEqual(copy.state, "requested")
        self.assertEqual(sorted(copy.line_ids.mapped("res_id")), self.secrets.ids)
        self.assertNotEqual(copy.name, approved.name)

    def test_what_was_asked_for_is_fixed(self):
        """No field, no record is changed after asking, not even by the superuser."""
        grant = self._grant(self.stranger, self.alpha, approve=False)
        for vals in (
            {"date_to": "2100-01-01"},
            {"right_export": True},
            {"user_id": self.mate.id},
            {"res_id": self.beta.id},
            {"line_ids": [Command.create({"res_id": self.beta.id})]},
            {"line_ids": [Command.clear()]},
        ):
            for record in (
                grant.with_user(self.stranger),
                grant.with_user(self.director),
                grant.sudo(),
            ):
                with (
                    self.subTest(vals=vals),
                    self.cr.savepoint(),
                    self.assertRaises(UserError),
                ):
                    record.write(vals)
        Line = self.env["access.grant.line"].with_user(self.stranger)
        with self.assertRaises(UserError):
            Line.create({"grant_id": grant.id, "res_id": self.beta.id})
        with self.assertRaises(UserError):
            grant.sudo().line_ids.write({"res_id": self.beta.id})
        with self.assertRaises(UserError):
            grant.sudo().line_ids.unlink()
        with self.assertRaises(UserError):
            grant.sudo().unlink()

    @mute_logger(*QUIET)
    def test_decided_in_time(self):
        """No grant is given after its last day, none expires before it is over; a stranger opens no window to refuse."""
        grant = self._grant(
            self.stranger, self.alpha, approve=False, date_to="2099-12-30"
        )
        with self.assertRaises(UserError):
            grant.with_user(self.stranger).action_open_refuse()
        window = grant.with_user(self.director).action_open_refuse()
        self.assertEqual(window["context"]["default_grant_ids"], grant.ids)
        # the 30th ends at midnight in the company, 16:00 in UTC
        with (
            freeze_time("2099-12-30 16:00:00"),
            self.assertRaisesRegex(UserError, "its last day is over"),
        ):
            grant.with_user(self.director).action_approve()
        with freeze_time("2099-12-30 15:59:59"):
            grant.with_user(self.director).action_approve()
            with self.assertRaisesRegex(UserError, "its last day is not over"):
                grant.sudo()._transition("expired")

    def test_records_are_named_when_asking(self):
        """A request takes over no line of another one."""
        line = self._grant(self.stranger, self.alpha).line_ids
        with self.assertRaisesRegex(UserError, "named when it is requested"):
            self.env["access.grant"].with_user(self.stranger).create(
                {
                    "res_model": "test.secret",
                    "line_ids": [Command.link(line.id)],
                    "purpose": "p",
                    "reason": "r",
                    "date_to": "2099-01-01",
                }
            )

    def test_request_names_existing_restricted_records(self):
        """Nothing, a missing record or a model that is not restricted is refused."""
        Grant = self.env["access.grant"].with_user(self.stranger)
        vals = {
            "res_model": "test.secret",
            "purpose": "p",
            "reason": "r",
            "date_to": "2099-01-01",
        }
        for wrong in (
            vals,
            dict(vals, res_id=10**8),
            dict(vals, res_model="res.partner", res_id=self.partner.id),
            dict(vals, res_model="no.model", res_id=1),
            dict(vals, res_model="test.secret.line", res_id=self.alpha.line_ids.id),
            dict(vals, res_id=self.alpha.id, user_id=self.portal.id),
        ):
            with (
                self.subTest(vals=wrong),
                self.cr.savepoint(),
                self.assertRaises(ValidationError),
            ):
                Grant.create(wrong)

    def test_request_without_seeing_the_record(self):
        """From a partner: the stranger asks for a record he cannot see, and still sees no name."""
        action = (
            self.env["access.grant"]
            .with_user(self.stranger)
            ._get_request_action(
                self.partner.sudo().test_secret_ids, subject="Customer"
            )
        )
        form = Form(
            self.env["access.grant"]
            .with_user(self.stranger)
            .with_context(**action["context"]),
            view=action["views"][0][0],
        )
        form.purpose = "Offer"
        form.reason = "The owner is on leave"
        form.date_to = "2099-01-01"
        grant = form.save()
        self.assertEqual(sorted(grant.line_ids.mapped("res_id")), self.secrets.ids)
        self.assertEqual(set(grant.line_ids.mapped("res_name")), {"Restricted record"})
        self.assertFalse(self._sees(self.stranger, self.alpha))
        grant.with_user(self.director).action_approve()
        self.assertTrue(self._sees(self.stranger, self.alpha))
        told = self.env["mail.message"].search(
            [
                ("model", "=", "access.grant"),
                ("res_id", "=", grant.id),
                ("body", "ilike", "approved until"),
            ]
        )
        self.assertEqual(told.partner_ids, self.stranger.partner_id)

    @mute_logger(*QUIET)
    def test_refuse_and_revoke(self):
        """Refusing needs a reason; revoking ends the access at once, of many at a time."""
        asked = self._grant(self.stranger, self.alpha, approve=False)
        with self.assertRaises(UserError):
            asked.with_user(self.director).action_refuse(" ")
        asked.with_user(self.director).action_refuse("No need")
        self.assertEqual(asked.refusal_reason, "No need")
        with self.assertRaises(UserError):
            asked.with_user(self.director).action_approve()
        grants = self._grant(self.stranger, self.alpha) | self._grant(
            self.stranger, self.beta
        )
        self.assertTrue(self._sees(self.stranger, self.secrets[1]))
        with self.assertRaises(UserError):
            grants.with_user(self.mate).action_revoke()
        grants.with_user(self.director).action_revoke()
        self.assertFalse(self._sees(self.stranger, self.alpha))

    def test_a_grant_is_for_one_person(self):
        """The requester's colleague gets nothing; a grant on one model is none on another."""
        self._grant(self.stranger, self.alpha)
        other = self._new_user("t_other")
        self.assertFalse(self._sees(other, self.alpha))
        self.assertFalse(self._as(other, self.env["access.grant"]).search([]))
        self.assertFalse(self._as(other, self.env["access.grant.line"]).search([]))
        self.assertTrue(self._as(self.stranger, self.env["access.grant"]).search([]))

    # --- Rights ---

    @mute_logger(*QUIET)
    def test_view_only_grant_reads_and_no_more(self):
        """A grant to read: no write, delete, copy, print, export, download, file field."""
        self._grant(self.stranger, self.alpha)
        alpha = self._as(self.stranger, self.alpha)
        self.assertEqual(alpha.read(["content"])[0]["content"], "content of Alpha")
        self.assertTrue(alpha.read(["portrait"])[0]["portrait"])
        self.assertEqual(
            alpha.with_context(bin_size=True).read(["contract"])[0]["contract"],
            b"13.00 bytes",
        )
        file = self._as(self.stranger, self.file)
        self.assertEqual(file.read(["name"])[0]["name"], "alpha.txt")
        self.assertFalse(file.search([("index_content", "ilike", "alpha")]) & self.file)
        report = self.env["ir.actions.report"].with_user(self.stranger)
        reference = "test_record_control.report_test_secret"
        roads = {
            "write": lambda: alpha.write({"content": "x"}),
            "unlink": lambda: alpha.unlink(),
            "copy": lambda: alpha.copy(),
            "copy_data": lambda: alpha.copy_data(),
            "export": lambda: alpha.export_data(["content"]),
            "export through another": lambda: self.link.with_user(
                self.stranger
            ).export_data(["secret_id/content"]),
            "export of lines": lambda: alpha.line_ids.export_data(["name"]),
            "report html": lambda: report._render_qweb_html(reference, alpha.ids),
            "report text": lambda: report._render_qweb_text(reference, alpha.ids),
            "report pdf": lambda: report._render_qweb_pdf(reference, alpha.ids),
            "report as superuser": lambda: report.sudo()._render(reference, alpha.ids),
            "file field": lambda: alpha.read(["contract"]),
            "file field in the table": lambda: alpha.web_read({"note": {}}),
            "file datas": lambda: file.read(["datas"]),
            "file raw": lambda: file.raw,
            "file text": lambda: file.read(["index_content"]),
            "file copy": lambda: file.copy({"res_model": False, "res_id": False}),
            "file export": lambda: file.export_data(["datas"]),
            "file move": lambda: file.write({"res_model": False, "res_id": False}),
        }
        for road, call in roads.items():
            with (
                self.subTest(road=road),
                self.cr.savepoint(),
                self.assertRaises(AccessError),
            ):
                self.env.invalidate_all()
                call()

    def test_grouping_files_is_no_download(self):
        """CA-13: neither groups, aggregates nor the order of files tell their text, with or without the right."""
        self.file.sudo().raw = b"alpha secret"
        open_file = self.env["ir.attachment"].create(
            {
                "name": "open.txt",
                "raw": b"open text",
                "res_model": "res.partner",
                "res_id": self.partner.id,
            }
        )
        files = self.file.sudo() | open_file
        domain = [("id", "in", files.ids)]
        self._grant(self.stranger, self.alpha)
        File = self._as(self.stranger, self.file)
        self.assertEqual(File.search(domain, order="name"), File.browse(files.ids))
        for name in ("index_content", "db_datas"):
            groups = {
                "groups": lambda name=name: File.formatted_read_group(
                    domain, [name], ["__count"]
                ),
                "aggregates": lambda name=name: File.formatted_read_group(
                    domain, [], [f"{name}:array_agg"]
                ),
                "lists": lambda name=name: File.formatted_read_grouping_sets(
                    domain, [["name"]], [f"{name}:array_agg"]
                ),
                "screen": lambda name=name: File.web_read_group(
                    domain, ["name"], [f"{name}:array_agg"]
                ),
                "order": lambda name=name: File.search(domain, order=name).mapped(
                    "name"
                ),
            }
            for road, call in groups.items():
                with self.subTest(road=road, field=name):
                    self.assertNotIn("alpha", str(call()))
        self.assertEqual(
            File.formatted_read_group(domain, ["name"], ["__count"])[0]["name"],
            "alpha.txt",
        )

    def test_each_right_opens_just_its_road(self):
        """print, export, download one by one."""
        reference = "test_record_control.report_test_secret"
        report = self.env["ir.actions.report"].with_user(self.stranger)
        roads = {
            "print": lambda: report._render_qweb_html(reference, self.alpha.ids),
            "export": lambda: self._as(self.stranger, self.alpha).export_data(
                ["content"]
            ),
            "download": lambda: self._as(self.stranger, self.file).read(["datas"]),
        }
        for right in roads:
            grant = self._grant(self.stranger, self.alpha, rights=[right])
            for road, call in roads.items():
                with self.subTest(right=right, road=road), mute_logger(*QUIET):
                    if road == right:
                        self.assertTrue(call())
                    else:
                        with self.cr.savepoint(), self.assertRaises(AccessError):
                            call()
            grant.with_user(self.director).action_revoke()

    def test_release_is_needed_from_confidential_on(self):
        """The owner prints and exports what is secret; what is confidential after a release only."""
        reference = "test_record_control.report_test_secret"
        report = self.env["ir.actions.report"].with_user(self.owner)
        alpha = self._as(self.owner, self.alpha)
        self.assertFalse(alpha._get_print_reasons())
        self.assertTrue(report._render_qweb_html(reference, alpha.ids))
        alpha.confidentiality = "confidential"
        self.assertIn("approved release", alpha._get_print_reasons()[0])
        with self.assertRaises(AccessError):
            report._render_qweb_html(reference, self.secrets.ids)
        with self.assertRaises(AccessError):
            alpha.export_data(["content"])
        self.assertTrue(self._as(self.owner, self.file).read(["datas"])[0]["datas"])
        self._grant(self.owner, alpha, rights=["print"])
        self.assertFalse(alpha._get_print_reasons())
        self.assertTrue(report._render_qweb_html(reference, self.secrets.ids))
        with self.assertRaises(AccessError):
            alpha.export_data(["content"])

    def test_all_reasons_in_one_message(self):
        """Printing three records names each one that may not be printed."""
        self.secrets.with_user(self.owner).confidentiality = "top_secret"
        with self.assertRaisesRegex(AccessError, "(?s)Alpha.*Beta"):
            self._as(self.owner, self.secrets)._check_access_right_granted("print")

    def test_level_is_lowered_by_the_keeper_only(self):
        """Raising is free; lowering by write, import or as superuser is the keeper's."""
        alpha = self._as(self.owner, self.alpha)
        alpha.confidentiality = "top_secret"
        for call in (
            lambda: alpha.write({"confidentiality": "secret"}),
            lambda: alpha.sudo().write({"confidentiality": "secret"}),
            lambda: self.secrets.with_user(self.owner).write(
                {"confidentiality": "internal"}
            ),
        ):
            with self.cr.savepoint(), self.assertRaises(AccessError):
                call()
        result = (
            self.env["test.secret"]
            .with_user(self.owner)
            .load([".id", "confidentiality"], [[str(alpha.id), "Secret"]])
        )
        self.assertFalse(result["ids"])
        alpha.with_user(self.director).confidentiality = "secret"
        self.assertEqual(alpha.confidentiality, "secret")

    @freeze_time("2026-03-01")
    def test_validity_across_daylight_saving(self):
        """The last day of a Berlin company in the night the clocks change."""
        self.company.resource_calendar_id.tz = "Europe/Berlin"
        grant = self._grant(
            self.stranger, self.alpha, date_from="2026-03-28", date_to="2026-03-29"
        )
        self.assertEqual(
            grant.valid_from, fields.Datetime.to_datetime("2026-03-27 23:00:00")
        )
        self.assertEqual(
            grant.valid_until, fields.Datetime.to_datetime("2026-03-29 22:00:00")
        )
