from datetime import datetime, time, timedelta

from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo import SUPERUSER_ID
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..common import CustomerArchiveCommon

SIGNATURE = (
    b"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9"
    b"awAAAABJRU5ErkJggg=="
)


@tagged("post_install", "-at_install")
class TestRelease(CustomerArchiveCommon):
    """CA-12: no paper beside the archive without an approved request."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.archive = cls._new_archive("宁波密件汽车部件有限公司")
        cls.archive.confidentiality = "confidential"

    def ask(self, user=None, **vals):
        releases = self.env["customer.archive.release"].with_user(user or self.sales1)
        return releases.create(
            {
                "kind": "print",
                "archive_ids": [Command.set(self.archive.ids)],
                "content": "Card E03",
                "purpose": "Yearly talks",
                "recipient_name": "Wang",
                "date_until": self.company._record_control_today() + timedelta(days=5),
                **vals,
            }
        )

    def approve(self, release, *signers):
        release.action_request_sign_off()
        for signer in signers or (self.manager,):
            release.with_user(signer)._sign_off()

    def may(self, right, user):
        return not self.archive.with_user(user)._get_right_reasons(right)

    def test_ca_12_print_of_confidential_needs_an_approved_release(self):
        self.assertFalse(self.may("print", self.sales1))
        release = self.ask()
        self.assertFalse(self.may("print", self.sales1), "asking is not approving")
        self.approve(release)
        self.assertEqual(release.state, "approved")
        self.assertTrue(self.may("print", self.sales1))
        self.assertFalse(self.may("export", self.sales1), "only what was asked for")
        self.assertFalse(self.may("print", self.supervisor), "only the applicant")

    def test_ca_12_right_ends_with_the_period_of_use(self):
        with freeze_time("2025-11-03 02:00:00"):
            release = self.ask(date_until="2025-11-05")
            self.approve(release)
        for instant, allowed in (
            ("2025-11-05 15:59:59", True),  # 23:59:59 in Shanghai
            ("2025-11-05 16:00:00", False),
        ):
            with freeze_time(instant):
                self.env.invalidate_all()
                self.assertIs(self.may("print", self.sales1), allowed, instant)

    def test_ca_12_outsiders_need_the_general_manager(self):
        release = self.ask(kind="external")
        with self.assertRaisesRegex(UserError, "company that receives"):
            release.action_request_sign_off()
        release.recipient_company = "Law office"
        self.approve(release, self.manager)
        self.assertEqual(release.state, "approval")
        self.assertFalse(self.may("export", self.sales1))
        release.with_user(self.director)._sign_off()
        self.assertEqual(release.state, "approved")
        self.assertTrue(self.may("export", self.sales1))

    def test_ca_12_nobody_approves_the_own_request(self):
        release = self.ask(user=self.manager)
        release.action_request_sign_off()
        with self.assertRaises(UserError):
            release._sign_off()
        self.assertEqual(release.state, "approval")

    def test_ca_12_no_state_past_the_signatures(self):
        releases = self.env["customer.archive.release"].with_user(self.sales1)
        for state in ("approval", "approved", "received", "destroyed"):
            with self.subTest(state), self.assertRaises(UserError):
                self.ask(state=state)
            with self.subTest(state), self.assertRaises(UserError):
                self.ask().write({"state": state})
        result = releases.load(
            ["kind", "content", "purpose", "recipient_name", "date_until", "state"],
            [["print", "x", "x", "x", "2030-01-01", "approved"]],
        )
        self.assertFalse(result["ids"])

    def test_ca_12_change_after_approval_ends_the_right(self):
        release = self.ask()
        self.approve(release)
        other = self._new_archive("宁波另一汽车部件有限公司")
        release.sudo().archive_ids = [Command.link(other.id)]
        self.assertFalse(self.may("print", self.sales1))
        self.assertEqual(release.sudo().grant_ids.state, "revoked")
        with self.assertRaises(UserError):
            release.write({"recipient_signature": SIGNATURE, "state": "received"})

    def test_ca_12_recipient_signs_and_destruction_is_witnessed(self):
        release = self.ask()
        self.approve(release)
        with self.assertRaisesRegex(UserError, "has not signed"):
            release.action_receive()
        release.recipient_signature = SIGNATURE
        release.action_receive()
        self.assertTrue(release.date_received)
        with self.assertRaisesRegex(UserError, "witnessed"):
            release.action_destroy()
        with (
            self.assertRaises(IntegrityError),
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            release.write(
                {"destroyed_by_id": self.sales1.id, "witness_id": self.sales1.id}
            )
            release.flush_recordset()
        release.write(
            {
                "destroyed_by_id": self.sales1.id,
                "witness_id": self.keeper.id,
                "date_destroyed": self.company._record_control_today(),
            }
        )
        release.action_destroy()
        self.assertEqual(release.state, "destroyed")
        self.assertFalse(
            self.may("print", self.sales1), "the right ends with the paper"
        )

    def test_ca_12_who_signed_and_who_destroyed_stays_on_record(self):
        """The recipient's signature and the witnessed destruction are not changed afterwards, by any role."""
        releases = self.ask() | self.ask()
        for release in releases:
            self.approve(release)
        releases.recipient_signature = SIGNATURE
        releases.action_receive()
        for user in (self.sales1, self.manager, self.director):
            for vals in ({"recipient_signature": False}, {"date_received": False}):
                with (
                    self.subTest(user=user.login, vals=vals),
                    self.assertRaises(UserError),
                ):
                    releases.with_user(user).write(vals)
        facts = {
            "destroyed_by_id": self.sales1.id,
            "witness_id": self.keeper.id,
            "date_destroyed": self.company._record_control_today(),
        }
        releases.write(facts)
        releases.action_destroy()
        releases.write(facts)  # the same again is no change
        for fname, value in (
            ("witness_id", self.sales2.id),
            ("witness_id", False),
            ("destroyed_by_id", self.sales2.id),
            ("date_destroyed", "2020-01-01"),
            ("recipient_signature", False),
        ):
            with (
                self.subTest(field=fname, value=value),
                self.assertRaisesRegex(UserError, "stays as it is"),
            ):
                releases.with_user(self.director).write({fname: value})

    def test_ca_12_request_names_archives_and_a_time_to_come(self):
        """Nothing to release, and a period that is over: all reasons at once, for both requests."""
        today = self.company._record_control_today()
        release = self.ask(archive_ids=[], date_until=today - timedelta(days=1))
        with self.assertRaisesRegex(UserError, "(?s)at least one.*lies in the past"):
            release.action_request_sign_off()
        self.ask(date_until=today).action_request_sign_off()

    def test_ca_12_the_day_ends_where_the_company_is(self):
        """A period of use ends at midnight in Shanghai, also for the system, whose time is UTC."""
        release = self.ask()
        self.approve(release)
        day = release.date_until
        robot = release.with_user(SUPERUSER_ID).with_context(tz=False)
        for instant, overdue in (
            (datetime.combine(day, time(15, 59, 59)), False),
            (datetime.combine(day, time(16, 0, 0)), True),
        ):
            with freeze_time(instant):
                robot.invalidate_recordset(["is_overdue"])
                self.assertEqual(robot.is_overdue, overdue)
                self.assertEqual(
                    robot.search_count(
                        [("is_overdue", "=", True), ("id", "=", robot.id)]
                    ),
                    int(overdue),
                )

    def test_ca_12_grant_gives_no_more_than_the_release(self):
        """A longer period, another person, another right or archive is not covered, even for the system."""
        release = self.ask()
        self.approve(release)
        other = self._new_archive("另一档案")
        for vals in (
            {"date_to": release.date_until + timedelta(days=1)},
            {"user_id": self.sales2.id},
            {"right_export": True},
            {"line_ids": [Command.create({"res_id": other.id})]},
        ):
            with self.subTest(vals=vals):
                grant = (
                    self.env["access.grant"]
                    .sudo()
                    .create({**release._prepare_grant_vals(), **vals})
                )
                with self.assertRaisesRegex(UserError, "does not cover"):
                    grant.action_approve()

    def test_ca_12_grant_cannot_be_taken_from_a_release_by_hand(self):
        release = self.ask()
        self.approve(release)
        grants = self.env["access.grant"].with_user(self.sales2)
        with self.assertRaises(UserError):
            grants.create(
                {
                    "user_id": self.sales2.id,
                    "res_model": "customer.archive",
                    "line_ids": [Command.create({"res_id": self.archive.id})],
                    "date_to": release.date_until,
                    "purpose": "x",
                    "reason": "x",
                    "authority_model": release._name,
                    "authority_id": release.id,
                }
            )

    def test_ca_12_grant_of_a_release_is_ended_by_its_parties_alone(self):
        release = self.ask()
        self.approve(release)
        grant = release.sudo().grant_ids
        self.assertEqual(
            (grant.state, grant.authority_model, grant.authority_id),
            ("approved", release._name, release.id),
        )
        with self.assertRaisesRegex(UserError, "not part of it"):
            grant.with_user(self.keeper).sudo().action_revoke()
        release.action_cancel()
        self.assertEqual(grant.state, "revoked")

    def test_ca_12_grant_beyond_the_release_is_not_backed(self):
        release = self.ask()
        self.approve(release)
        self.assertFalse(release._get_grant_authority_reasons(release.sudo().grant_ids))
        wider = release.sudo().grant_ids.copy({"right_export": True})
        wider.write({"authority_model": release._name, "authority_id": release.id})
        with self.assertRaisesRegex(UserError, "does not cover"):
            wider.action_approve()

    def test_ca_12_two_at_once_and_copy(self):
        releases = self.ask() | self.ask(kind="export")
        self.approve(releases)
        self.assertEqual(releases.mapped("state"), ["approved", "approved"])
        copies = releases.copy()
        self.assertEqual(copies.mapped("state"), ["draft", "draft"])
        self.assertFalse(copies.sudo().grant_ids)

    def test_ca_12_colleague_and_other_company_see_nothing(self):
        release = self.ask()
        with self.assertRaises(AccessError):
            release.with_user(self.sales2).read(["purpose"])
        self.assertTrue(release.with_user(self.keeper).read(["purpose"]))

    def test_ca_12_submitted_request_stays_on_record(self):
        release = self.ask()
        self.approve(release)
        with self.assertRaisesRegex(UserError, "stay on record"):
            release.unlink()
        refused = self.ask()
        refused.action_cancel()
        with self.assertRaisesRegex(UserError, "have been submitted and stay"):
            refused.unlink()

    def test_ca_12_release_that_is_over_backs_no_grant(self):
        """A cancelled request keeps its signatures, but they open nothing any more."""
        release = self.ask()
        self.approve(release)
        release.action_cancel()
        grant = self.env["access.grant"].sudo().create(release._prepare_grant_vals())
        with self.assertRaisesRegex(UserError, "is not in force"):
            grant.action_approve()

    def _run_breach_job(self, day):
        with freeze_time(f"{day} 02:00:00"), self.enter_registry_test_mode():
            self.env.ref(
                "customer_archive.ir_cron_customer_archive_release_breach"
            ).method_direct_trigger()
        self.env.invalidate_all()
        return self.archive.event_ids.filtered(
            lambda event: event.type_id.code == "breach"
        )

    def test_ca_12_papers_after_their_period_of_use_are_a_breach(self):
        """Noted once in the timeline, on the day after the period; the applicant is reminded until they are destroyed."""
        with freeze_time("2025-11-03 02:00:00"):
            release, unused = (
                self.ask(date_until="2025-11-05"),
                self.ask(date_until="2025-11-05"),
            )
            for asked in (release, unused):
                self.approve(asked)
            release.recipient_signature = SIGNATURE
            release.action_receive()
        self.assertFalse(self._run_breach_job("2025-11-05"))
        event = self._run_breach_job("2025-11-06")
        self.assertEqual((event.res_model, event.res_id), (release._name, release.id))
        self.assertEqual(release.sudo().activity_ids.user_id, self.sales1)
        self.assertEqual(self._run_breach_job("2025-11-07"), event, "once")
        with self.assertRaisesRegex(UserError, "Breach Noted"):
            release.date_breach = False
        with freeze_time("2025-11-08 02:00:00"):
            release.write(
                {
                    "date_destroyed": "2025-11-08",
                    "destroyed_by_id": self.sales1.id,
                    "witness_id": self.keeper.id,
                }
            )
            release.action_destroy()
        self.assertFalse(release.sudo().activity_ids)
        self.assertEqual(self._run_breach_job("2025-11-09"), event, "history")

    def test_ca_12_another_company_is_an_outsider(self):
        """Rule 4: whoever names a company that receives gives to outsiders, which a director approves."""
        for kind in ("print", "copy", "export"):
            release = self.ask(kind=kind, recipient_company="Rival Ltd")
            with self.assertRaisesRegex(UserError, "given to outsiders"):
                release.action_request_sign_off()
            with self.assertRaisesRegex(UserError, "given to outsiders"):
                release.write({"state": "approval"})

    def test_ca_12_destroyed_between_receipt_and_today(self):
        release = self.ask()
        self.approve(release)
        release.recipient_signature = SIGNATURE
        release.action_receive()
        release.write({"destroyed_by_id": self.sales1.id, "witness_id": self.keeper.id})
        for day in ("2001-01-01", "2099-01-01"):
            release.date_destroyed = day
            with self.assertRaisesRegex(UserError, "day they were handed over"):
                release.action_destroy()
        release.date_destroyed = self.company._record_control_today()
        release.action_destroy()

    def test_ca_12_papers_without_receipt_are_a_breach_too(self):
        """Who prints and never has the receipt signed is told just the same; who took nothing out is not."""
        with freeze_time("2025-11-03 02:00:00"):
            used, unused = (self.ask(date_until="2025-11-05") for __ in range(2))
            unused.archive_ids = self._new_archive("宁波闲置汽车部件有限公司")
            for asked in (used, unused):
                self.approve(asked)
        with freeze_time("2025-11-04 02:00:00"):
            for taken in (self.archive.document_ids[:1], self.archive):
                taken.with_user(self.sales1)._log_record_access("print")
                self.env["access.log"]._flush_pending()
                self.assertTrue(used.sudo()._is_used(), taken)
            with self.assertRaisesRegex(UserError, "was used to print"):
                used.action_cancel()
        event = self._run_breach_job("2025-11-06")
        self.assertEqual(event.res_id, used.id)
        self.assertFalse(unused.sudo().date_breach)
        unused.action_cancel()

    def test_ca_99_mass_change_is_asked_for_without_archives(self):
        """CA-99: mass changes are proposed and signed by the general manager before they are made."""
        release = self.ask(kind="mass_edit", archive_ids=[])
        self.approve(release)
        self.assertEqual(release.state, "approval")
        release.with_user(self.director)._sign_off()
        self.assertEqual(release.state, "approved")


@tagged("post_install", "-at_install")
class TestConsultation(CustomerArchiveCommon):
    """CA-11, AC-02: without permission nobody consults the archives of others."""

    def ask_access(self, archive, until, user=None):
        user = user or self.sales2
        return (
            self.env["access.grant"]
            .with_user(user)
            .create(
                {
                    "user_id": user.id,
                    "res_model": "customer.archive",
                    "line_ids": [Command.create({"res_id": archive.id})],
                    "date_to": until,
                    "purpose": "Joint visit",
                    "reason": "Stands in next week",
                }
            )
        )

    def test_ac_02_grant_opens_until_the_tenth(self):
        """CA-11: no access; the contact stays readable; with a grant until the 10th."""
        archive = self._new_archive("宁波借阅汽车部件有限公司")
        own = archive.with_user(self.sales2)
        with self.assertRaises(AccessError):
            own.read(["name"])
        self.assertEqual(
            archive.partner_id.with_user(self.sales2).name, "宁波借阅汽车部件有限公司"
        )
        with freeze_time("2025-03-03 02:00:00"):
            grant = self.ask_access(archive, "2025-03-10")
            grant.with_user(self.director).action_approve()
        for instant, visible in (
            ("2025-03-10 15:59:59", True),
            ("2025-03-10 16:00:00", False),
        ):
            with freeze_time(instant):
                self.env.invalidate_all()
                found = own.search([("id", "=", archive.id)])
                self.assertEqual(bool(found), visible, instant)

    def test_ca_11_keeper_and_applicant_do_not_approve(self):
        archive = self._new_archive("宁波审批汽车部件有限公司")
        grant = self.ask_access(
            archive, self.env.company._record_control_today() + timedelta(days=3)
        )
        for user in (self.sales2, self.keeper, self.manager):
            with self.subTest(user.login), self.assertRaises(UserError):
                grant.with_user(user).action_approve()
        self.company.ca_consultation_approver = "manager"
        grant = self.ask_access(
            archive, self.env.company._record_control_today() + timedelta(days=3)
        )
        grant.with_user(self.manager).action_approve()
        self.assertEqual(grant.state, "approved")

    def test_ca_13_view_only_grant_neither_prints_nor_exports(self):
        archive = self._new_archive("宁波只读汽车部件有限公司")
        grant = self.ask_access(
            archive, self.env.company._record_control_today() + timedelta(days=3)
        )
        grant.with_user(self.director).action_approve()
        viewer = archive.with_user(self.sales2)
        self.assertTrue(viewer.read(["name"]))
        for right in ("print", "export", "download"):
            with self.subTest(right), self.assertRaises(AccessError):
                viewer._check_access_right_granted(right)
