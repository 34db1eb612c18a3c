from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common import ArchiveCommon


@tagged("post_install", "-at_install")
class TestLawfulSigners(ArchiveCommon):
    """CA-03, CA-09, CA-12, CA-14, CA-15, CA-30: whoever draws something up chooses nobody who signs it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.supervisor2 = cls._new_user(
            "ca_supervisor2", "customer_archive.group_customer_archive_supervisor"
        )
        cls.plain_leader = cls._new_user(
            "ca_plain_leader", "customer_archive.group_customer_archive_user"
        )

    def _assert_refused(self, records, user, method="_sign_off"):
        with self.assertRaises(UserError):
            getattr(records.with_user(user), method)()

    # --- Review of archives (CA-03) ---

    def test_a_colleague_is_no_supervisor(self):
        """Not even as second contact, who may read the archive; told at the submission, held at the signature."""
        archive = self._new_archive("Friend", second_user_id=self.sales2.id)
        archive.with_user(self.sales1).supervisor_id = self.sales2
        with self.assertRaisesRegex(UserError, "is not above"):
            archive.with_user(self.sales1).action_submit()
        archive.with_user(self.sales1).supervisor_id = self.supervisor
        self._submit(archive)
        archive.with_user(self.sales1).supervisor_id = self.sales2
        self._assert_refused(archive, self.sales2)
        self.assertEqual(archive.state, "review")

    def test_a_team_chosen_by_the_author_gives_no_supervisor(self):
        """The leader of a team of which the person in charge is no member, and who has no right to review."""
        team = self.env["crm.team"].create(
            {"name": "Elsewhere", "user_id": self.plain_leader.id}
        )
        archive = self._new_archive("Team", team_id=team.id)
        self.assertEqual(archive.supervisor_id, self.plain_leader)
        with self.assertRaisesRegex(UserError, "is not above"):
            archive.with_user(self.sales1).action_submit()
        team.member_ids = [Command.link(self.sales1.id)]
        archive.with_user(self.sales1).action_submit()
        self.assertEqual(archive.state, "review")

    def test_a_leader_of_another_company_is_no_supervisor(self):
        """CA-03: companies share teams; who leads one and works elsewhere would let the archive wait for nobody."""
        other = self.env["res.company"].create({"name": "Elsewhere"})
        boss = self._new_user(
            "ca_boss", "customer_archive.group_customer_archive_supervisor"
        )
        employees = self.env["hr.employee"].create(
            [{"name": user.name, "user_id": user.id} for user in (boss, self.sales1)]
        )
        employees[1].parent_id = employees[0]
        self.supervisor.sudo().write(
            {"company_id": other.id, "company_ids": [Command.set(other.ids)]}
        )
        archive = self._new_archive("Shared team")
        self.assertEqual(archive.team_id.user_id, self.supervisor)
        self.assertEqual(archive.supervisor_id, boss)
        archive.supervisor_id = self.supervisor
        with self.assertRaisesRegex(UserError, "is not above"):
            archive.with_user(self.sales1).action_submit()
        archive.supervisor_id = boss
        archive.with_user(self.sales1).action_submit()
        self.assertEqual(archive.sign_off_waiting_user_ids, boss)

    def test_who_is_told_works_in_the_company_of_the_archive(self):
        """CA-02: the superior to whom a deadline goes is that of the employee in the company of the archive."""
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.sales1.sudo().company_ids |= other
        for company, boss in ((self.company, self.manager), (other, self.supervisor2)):
            boss.sudo().company_ids |= company
            employees = self.env["hr.employee"].create(
                [
                    {"name": user.name, "user_id": user.id, "company_id": company.id}
                    for user in (boss, self.sales1)
                ]
            )
            employees[1].parent_id = employees[0]
        archive = self.env["customer.archive"].create(
            {
                "partner_id": self._new_partner("Customer of both").id,
                "company_id": other.id,
                "user_id": self.sales1.id,
                "team_id": False,
            }
        )
        told = archive._get_clock_recipients("supervisor")
        self.assertIn(self.supervisor2, told)
        self.assertNotIn(self.manager, told)

    def test_nobody_in_charge_has_no_superior(self):
        """Without a person in charge all that is missing is said, in one message."""
        archive = self._new_archive("Nobody", team_id=False)
        archive.write({"user_id": False, "supervisor_id": self.sales2.id})
        with self.assertRaises(UserError) as error:
            archive.with_user(self.manager).action_submit()
        self.assertIn("Name the person in charge", str(error.exception))
        self.assertNotIn("is not above", str(error.exception))

    def test_manager_of_the_employee_and_other_supervisors(self):
        """The manager in the personnel records, or somebody with the right to review, may be named."""
        employee = self.env["hr.employee"]
        head = employee.create({"name": "Head", "user_id": self.plain_leader.id})
        employee.create(
            {"name": "One", "user_id": self.sales1.id, "parent_id": head.id}
        )
        for supervisor in (self.plain_leader, self.supervisor2):
            archive = self._new_archive(f"Under {supervisor.login}")
            archive.with_user(self.sales1).supervisor_id = supervisor
            archive.with_user(self.sales1).action_submit()
            self.assertEqual(archive.state, "review")

    def test_handing_the_archive_over_does_not_make_a_reviewer(self):
        """Who was in charge while the archive was drawn up does not review it in the name of the next one."""
        archive = self._new_archive("Own work", user=self.supervisor)
        archive.sudo().opened_automatically = True  # nobody created it
        archive.with_user(self.supervisor).write(
            {"user_id": self.sales1.id, "supervisor_id": self.supervisor.id}
        )
        archive.with_user(self.sales1).action_submit()
        self._assert_refused(archive, self.supervisor)
        with self.assertRaisesRegex(UserError, "set by the system"):
            archive.with_user(self.supervisor).former_user_ids = [Command.clear()]
        self.assertEqual(archive.state, "review")

    def test_after_the_seal_the_former_person_is_an_author_no_more(self):
        """Once all have signed, what was drawn up before is done."""
        archive = self._new_archive("Handed over", user=self.sales2)
        archive.with_user(self.sales2).user_id = self.sales1
        self.assertEqual(archive.former_user_ids, self.sales2)
        self._put_on_file(archive)
        self.assertEqual(archive.state, "active")
        self.assertFalse(archive.former_user_ids)

    def test_creator_does_not_approve(self):
        """The director who created the archive does not give the last approval either."""
        self.company.ca_approval_rule = "always"
        archive = self._new_archive("By the director", user=self.director)
        archive.user_id = self.sales1
        self._submit(archive)
        archive.with_user(self.supervisor)._sign_off()
        self.assertEqual(archive.state, "approval")
        self._assert_refused(archive, self.director)

    # --- Report of a new customer (CA-30) ---

    def _new_report(self, user, **values):
        return (
            self.env["customer.new.report"]
            .with_user(user)
            .create(
                {
                    "partner_id": self._new_partner(f"Reported by {user.name}").id,
                    "development_history": "Fair",
                    **values,
                }
            )
        )

    def test_report_is_not_signed_by_a_leader_of_choice(self):
        team = self.env["crm.team"].create(
            {"name": "Elsewhere", "user_id": self.plain_leader.id}
        )
        report = self._new_report(self.sales1, team_id=team.id)
        report.action_request_sign_off()
        self._assert_refused(report, self.plain_leader)
        self.assertNotIn(self.plain_leader, report.sign_off_waiting_user_ids)
        report.team_id = self.team
        self.assertEqual(
            report.sudo()._get_sign_off_users("supervisor"), self.supervisor
        )

    def test_report_is_not_signed_by_who_drew_it_up(self):
        """Neither by naming somebody else, nor by having somebody else hand it in."""
        report = self._new_report(self.manager, team_id=self.team.id)
        report.user_id = self.sales1
        report.with_user(self.sales1).action_request_sign_off()
        report.with_user(self.supervisor)._sign_off()
        self._assert_refused(report, self.manager)
        self.assertEqual(report.sign_off_state, "open")

    def test_report_drafted_by_an_order_is_nobodys(self):
        """The manager who confirms the order may sign the report that the system drafts."""
        order = self._new_order(
            self._new_partner("First order"),
            user_id=self.sales1.id,
            team_id=self.team.id,
        )
        order.with_user(self.manager).sudo().action_confirm()
        report = self.env["customer.new.report"].search([("order_id", "=", order.id)])
        report.with_user(self.sales1).development_history = "Fair"
        report.with_user(self.sales1).action_request_sign_off()
        report.with_user(self.supervisor)._sign_off()
        report.with_user(self.manager)._sign_off()
        self.assertEqual(report.sign_off_state, "sealed")

    # --- Release (CA-12) ---

    def test_nobody_applies_in_the_name_of_somebody_else(self):
        """The applicant is who applies; who drew the request up does not approve it."""
        archive = self._new_archive("Released")
        Release = self.env["customer.archive.release"]
        vals = {
            "archive_ids": [Command.set(archive.ids)],
            "content": "x",
            "purpose": "x",
            "recipient_name": "x",
            "date_until": self.env.company._record_control_today(),
        }
        with self.assertRaisesRegex(UserError, "set by the system"):
            Release.with_user(self.manager).create({**vals, "user_id": self.sales1.id})
        release = Release.with_user(self.manager).create(vals)
        with self.assertRaisesRegex(UserError, "set by the system"):
            release.user_id = self.sales1
        self.assertEqual(release.user_id, self.manager)
        release.with_user(self.keeper).action_request_sign_off()
        self._assert_refused(release, self.manager)

    # --- Inspection, destruction, handover (CA-09, CA-14, CA-15) ---

    def test_inspection_is_not_reviewed_by_who_inspected(self):
        """Whoever entered the results is an inspector, also when others are named."""
        archive = self._new_archive("Inspected")
        self._put_on_file(archive)
        archive.keeper_id = self.keeper
        inspection = (
            self.env["customer.archive.inspection"]
            .with_user(self.keeper)
            .create({"inspector_ids": [Command.set(self.keeper.ids)]})
        )
        inspection.action_load_archives()
        inspection.action_begin()
        checks = inspection.line_ids.check_ids.with_user(self.manager)
        checks.write({"result": "pass"})
        inspection.date_inspected = self.env.company._record_control_today()
        inspection.action_complete()
        inspection.action_request_sign_off()
        self._assert_refused(inspection, self.manager)
        inspection.with_user(self.director)._sign_off()
        self.assertEqual(inspection.sign_off_state, "sealed")

    def test_destruction_is_not_approved_by_who_executes_or_drew_it_up(self):
        archive = self._new_archive("Destroyed")
        document = archive.document_ids.filtered("date_received")[:1]
        document.type_id.write({"retention_basis": "validity", "retention_years": 1})
        document.date_received = "2015-01-01"
        document.date_valid_until = "2016-01-01"
        manager2 = self._new_user(
            "ca_manager2", "customer_archive.group_customer_archive_manager"
        )
        destruction = (
            self.env["customer.archive.destruction"]
            .with_user(manager2)
            .create(
                {
                    "reason": "Over",
                    "executor_id": self.manager.id,
                    "witness_id": self.keeper.id,
                    "line_ids": [
                        Command.create(
                            {
                                "archive_id": archive.id,
                                "document_id": document.id,
                                "appraisal": "destroy",
                            }
                        )
                    ],
                }
            )
        )
        destruction.with_user(self.keeper).action_request_sign_off()
        for user in (self.manager, manager2):
            self._assert_refused(destruction, user)
        destruction.with_user(self.director)._sign_off()
        self.assertEqual(destruction.state, "approved")

    def test_supervision_of_a_handover_follows_the_employee(self):
        """The department that supervises is that of the employee, whichever is entered."""
        head, other = self.env["hr.employee"].create(
            [
                {"name": "Head", "user_id": self.supervisor.id},
                {"name": "Friend", "user_id": self.plain_leader.id},
            ]
        )
        own, chosen = self.env["hr.department"].create(
            [
                {"name": "Own", "manager_id": head.id},
                {"name": "Chosen", "manager_id": other.id},
            ]
        )
        self.env["hr.employee"].create(
            {"name": "One", "user_id": self.sales1.id, "department_id": own.id}
        )
        handover = (
            self.env["customer.archive.handover"]
            .with_user(self.keeper)
            .create(
                {
                    "leaver_id": self.sales1.id,
                    "receiver_id": self.sales2.id,
                    "department_id": chosen.id,
                }
            )
        )
        self.assertEqual(
            handover.sudo()._get_sign_off_users("department_manager"), self.supervisor
        )
