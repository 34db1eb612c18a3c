from psycopg2.errors import UniqueViolation

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged, warmup
from odoo.tools import mute_logger

from ...models.archive.customer_archive import ARCHIVE_STATES, ARCHIVE_TRANSITIONS
from .common import ArchiveCommon


@tagged("post_install", "-at_install")
class TestStates(ArchiveCommon):
    """CA-01, CA-03: the states follow from the signatures, by every road."""

    def test_map_is_closed(self):
        states = {key for key, _label in ARCHIVE_STATES}
        self.assertEqual(set(ARCHIVE_TRANSITIONS), states)
        self.assertLessEqual(
            {target for targets in ARCHIVE_TRANSITIONS.values() for target in targets},
            states,
        )

    def test_review_puts_an_ordinary_archive_on_file(self):
        archive = self._new_archive("Ordinary")
        archive.with_user(self.sales1).action_submit()
        self.assertEqual(archive.state, "review")
        self.assertEqual(archive.submitted_by_id, self.sales1)
        self.assertEqual(archive.sign_off_waiting_user_ids, self.supervisor)
        archive.with_user(self.supervisor)._sign_off(opinion="Complete")
        self.assertEqual(archive.state, "active")
        self.assertTrue(archive.date_filed)
        self.assertEqual(archive.index_no, "K-" + "-".join(archive.name.split("/")[1:]))
        self.assertEqual(
            archive.event_ids.sorted("id").mapped("type_id.code"),
            ["submitted", "filed"],
        )

    def test_key_customer_needs_the_director(self):
        archive = self._new_archive("Key", second_user_id=self.sales2.id)
        archive.partner_id.ca_is_key = True
        self._submit(archive)
        self.assertTrue(archive.approval_required)
        archive.with_user(self.supervisor)._sign_off()
        self.assertEqual(archive.state, "approval")
        archive.with_user(self.director)._sign_off()
        self.assertEqual(archive.state, "active")

    def test_grade_a_needs_the_director_and_b_does_not(self):
        for grade, expected in ((self.grade_a, "approval"), (self.grade_b, "active")):
            archive = self._new_archive(f"Customer {grade.code}")
            archive.partner_id.ca_grade_id = grade
            self._submit(archive)
            archive.with_user(self.supervisor)._sign_off()
            self.assertEqual(archive.state, expected)

    def test_approval_rule_always_and_never(self):
        archive = self._new_archive("Always")
        self.company.ca_approval_rule = "always"
        self._submit(archive)
        archive.with_user(self.supervisor)._sign_off()
        self.assertEqual(archive.state, "approval")
        self.company.ca_approval_rule = "never"
        other = self._new_archive("Never")
        other.partner_id.ca_grade_id = self.grade_a
        self._submit(other)
        other.with_user(self.supervisor)._sign_off()
        self.assertEqual(other.state, "active")

    def test_grade_given_during_the_review_asks_the_director_too(self):
        archive = self._new_archive("Graded during review")
        self._submit(archive)
        archive.partner_id.with_user(self.manager).ca_grade_id = self.grade_a
        self.assertTrue(archive.approval_required)
        self.assertNotEqual(archive.state, "active")
        with self.assertRaises(UserError):
            archive.sudo().state = "active"

    def test_missing_things_are_all_named_at_once(self):
        archive = self._new_archive(
            "Incomplete", category_id=False, supervisor_id=False, team_id=False
        )
        archive.supervisor_id = False
        with self.assertRaises(UserError) as error:
            archive.with_user(self.sales1).action_submit()
        self.assertIn("archive category", str(error.exception))
        self.assertIn("direct supervisor", str(error.exception))
        panel = archive.readiness
        self.assertEqual([step["target"] for step in panel], ["review"])
        self.assertEqual(len(panel[0]["reasons"]), 2)

    def test_refusal_needs_a_reason_and_returns_to_draft(self):
        archive = self._new_archive("Returned")
        self._submit(archive)
        with self.assertRaises(UserError):
            archive.with_user(self.supervisor)._sign_off("refuse")
        archive.with_user(self.supervisor)._sign_off(
            "refuse", "Business licence is missing"
        )
        self.assertEqual(archive.state, "draft")
        self.assertFalse(archive.date_submitted)
        self.assertTrue(
            archive.activity_ids.filtered(
                lambda a: a.user_id == self.sales1 and "licence" in (a.note or "")
            )
        )
        self._put_on_file(archive)
        self.assertEqual(archive.state, "active")

    def test_withdrawal_returns_to_draft(self):
        archive = self._new_archive("Withdrawn")
        self._submit(archive)
        archive.with_user(self.sales1).action_withdraw_sign_off()
        self.assertEqual(archive.state, "draft")

    def test_reviewer_is_not_the_creator(self):
        partner = self._new_partner("Own work")
        archive = (
            self.env["customer.archive"]
            .with_user(self.supervisor)
            .create(
                {
                    "partner_id": partner.id,
                    "user_id": self.sales1.id,
                    "team_id": self.team.id,
                }
            )
        )
        self._receive_documents(archive)
        with self.assertRaisesRegex(UserError, "created this archive"):
            archive.with_user(self.sales1).action_submit()

    def test_submitter_does_not_review(self):
        archive = self._new_archive("Submitted by the supervisor")
        archive.with_user(self.supervisor).action_submit()
        with self.assertRaises(UserError):
            archive.with_user(self.supervisor)._sign_off()
        self.assertEqual(archive.state, "review")

    def test_salesperson_does_not_review(self):
        archive = self._new_archive("Not by sales")
        self._submit(archive)
        for user in (self.sales1, self.keeper):
            with self.assertRaises(UserError):
                archive.with_user(user)._sign_off()
        self.assertEqual(archive.state, "review")

    def test_no_road_leads_past_the_gates(self):
        """Write, create, import, a sudo call and a chosen context meet the same answer."""
        archive = self._new_archive("Roads")
        for state in ("approval", "active", "stopped", "cancelled", "destroyed"):
            with self.assertRaises(UserError, msg=state):
                archive.with_user(self.manager).write({"state": state})
            with self.assertRaises(UserError, msg=state):
                archive.sudo().write({"state": state})
            with self.assertRaises(UserError, msg=state):
                self.env["customer.archive"].with_user(self.keeper).create(
                    {
                        "partner_id": self._new_partner(f"Created {state}").id,
                        "state": state,
                    }
                )
        self._submit(archive)
        with self.assertRaises(UserError):
            archive.with_user(self.director).with_context(
                tracking_disable=True, default_state="active"
            ).write({"state": "active"})
        partner = self._new_partner("Imported past the gate")
        result = (
            self.env["customer.archive"]
            .with_user(self.keeper)
            .load(["partner_id/.id", "state"], [[str(partner.id), "On File"]])
        )
        self.assertFalse(result["ids"])

    def test_ca_01_nobody_hides_an_archive(self):
        """CA-01 rule 2: hidden, an archive would fall out of inspection, refresh and every list."""
        archives = self._new_archive("Hidden 1") | self._new_archive("Hidden 2")
        for user in (self.sales1, self.keeper, self.manager, self.director):
            as_user = archives.with_user(user)
            with self.subTest(user=user.login):
                with self.assertRaisesRegex(UserError, "set by the system"):
                    as_user.action_archive()
                with self.assertRaisesRegex(UserError, "set by the system"):
                    as_user.write({"active": 0})
        partner = self._new_partner("Hidden from the start")
        with self.assertRaisesRegex(UserError, "set by the system"):
            self.env["customer.archive"].with_user(self.sales1).create(
                {"partner_id": partner.id, "active": False}
            )

    def test_ca_03_each_missing_person_is_named(self):
        """CA-03: no person in charge; a supervisor who is the person in charge himself."""
        archive = self._new_archive("Persons")
        archive.write({"user_id": False, "supervisor_id": self.supervisor.id})
        with self.assertRaisesRegex(UserError, "Name the person in charge"):
            archive.with_user(self.supervisor)._transition("review")
        archive.write({"user_id": self.sales1.id, "supervisor_id": self.sales1.id})
        with self.assertRaisesRegex(UserError, "another person than the person in"):
            archive.with_user(self.sales1).action_submit()

    def test_ca_03_open_round_is_neither_passed_nor_left(self):
        """CA-03: without the supervisor's signature no approval; a running round is refused or withdrawn, not left."""
        archives = self._new_archive("Round 1") | self._new_archive("Round 2")
        self._submit(archives)
        for user in (self.sales1, self.director):
            with self.assertRaisesRegex(UserError, "has not reviewed"):
                archives.with_user(user).write({"state": "approval"})
            with self.assertRaisesRegex(UserError, "with a reason, or withdraw"):
                archives.with_user(user).write({"state": "draft"})
        self.assertEqual(archives.mapped("state"), ["review", "review"])

    def test_ca_01_archives_stay_for_the_system_too(self):
        """CA-01 rule 2: the administrator deletes drafts only, and superuser code nothing that was filed."""
        archive = self._new_archive("Filed")
        self._put_on_file(archive)
        for env in (self.env, self.env(user=self.env.ref("base.user_admin"))):
            with self.assertRaisesRegex(UserError, "never deleted"):
                archive.with_env(env).sudo().unlink()

    def test_ca_04_place_needs_a_cabinet(self):
        archives = self._new_archive("Homeless 1") | self._new_archive("Homeless 2")
        archives[0].with_user(self.keeper).cabinet = "A"
        with self.assertRaisesRegex(UserError, "Enter the cabinet") as refusal:
            archives.with_user(self.keeper).action_take_next_place()
        self.assertNotIn(archives[0].name, str(refusal.exception))
        self.assertIn(archives[1].name, str(refusal.exception))

    def test_stamps_are_refused(self):
        archive = self._new_archive("Stamps")
        for values in (
            {"date_submitted": "2025-01-01 00:00:00"},
            {"submitted_by_id": self.sales2.id},
            {"date_filed": "2025-01-01"},
            {"approval_required": True},
            {"index_no": "X-1"},
            {"time_class": "old"},
            {"stop_reason": "x"},
            {"deregistration_reason": "x"},
        ):
            with self.assertRaises(UserError, msg=values):
                archive.with_user(self.manager).write(values)

    def test_changed_category_breaks_the_seal(self):
        archive = self._put_on_file(self._new_archive("Sealed"))
        archive.with_user(self.keeper).category_id = self.env.ref(
            "customer_archive.customer_archive_category_distributor"
        )
        self.assertEqual(archive.state, "draft")
        self.assertEqual(archive.sign_off_state, "void")
        self._put_on_file(archive)
        self.assertEqual(archive.state, "active")

    def test_on_file_does_not_go_back_by_itself(self):
        archive = self._put_on_file(self._new_archive("Kept on file"))
        with self.assertRaises(UserError):
            archive.with_user(self.manager).write({"state": "draft"})

    def test_customer_of_a_filed_archive_is_kept(self):
        archive = self._put_on_file(self._new_archive("Kept customer"))
        with self.assertRaises(UserError):
            archive.with_user(self.manager).partner_id = self._new_partner("Another")

    def test_many_at_once(self):
        archives = self.env["customer.archive"]
        for number in range(3):
            archives |= self._new_archive(f"Many {number}")
        self._put_on_file(archives)
        self.assertEqual(set(archives.mapped("state")), {"active"})

    @warmup
    def test_query_count_of_submission_and_review(self):
        """Submitting and reviewing costs a fixed number of queries; a few more because the ORM writes in batches."""
        counts = []
        for size in (20, 100):
            partners = self.env["res.partner"].create(
                [
                    {"name": f"Counted {size} {number}", "is_company": True}
                    for number in range(size)
                ]
            )
            archives = self.env["customer.archive"].create(
                [
                    {
                        "partner_id": partner.id,
                        "user_id": self.sales1.id,
                        "team_id": self.team.id,
                    }
                    for partner in partners
                ]
            )
            self._receive_documents(archives)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            archives.with_user(self.sales1).action_submit()
            self.env.flush_all()
            submitted = self.env.cr.sql_log_count
            archives.with_user(self.supervisor)._sign_off()
            self.env.flush_all()
            counts.append((submitted - before, self.env.cr.sql_log_count - submitted))
        self.assertLessEqual(counts[1][0], counts[0][0] + 10, counts)
        self.assertLessEqual(counts[1][1], counts[0][1] + 10, counts)


@tagged("post_install", "-at_install")
class TestEndOfTrade(ArchiveCommon):
    """CA-16 and the stop of trading (CA-81, AC-15)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.archive = cls._put_on_file(cls._new_archive("Ending"))
        cls.partner = cls.archive.partner_id

    def test_deregister_and_restore(self):
        person = self.env["res.partner"].create(
            {"name": "Person", "parent_id": self.partner.id}
        )
        self._decide(
            self.archive,
            "deregister",
            reason="Moved to a competitor",
            archive_contacts=True,
        )
        self.assertRecordValues(
            self.archive,
            [
                {
                    "state": "cancelled",
                    "deregistered_by_id": self.manager.id,
                    "deregistration_reason": "Moved to a competitor",
                }
            ],
        )
        self.assertTrue(self.archive.date_deregistered)
        self.assertFalse(person.active)
        self.assertTrue(self.partner.active)
        self._decide(self.archive, "restore", reason="Came back")
        self.assertRecordValues(
            self.archive,
            [
                {
                    "state": "active",
                    "date_deregistered": False,
                    "deregistered_by_id": False,
                    "churn_reason_id": False,
                }
            ],
        )
        self.assertEqual(
            self.archive.event_ids.sorted("id").mapped("type_id.code")[-2:],
            ["deregistered", "restored"],
        )

    def test_reason_is_asked_by_every_road(self):
        with self.assertRaisesRegex(UserError, "reason"):
            self.archive.with_user(self.manager).write({"state": "cancelled"})
        with self.assertRaisesRegex(UserError, "reason"):
            self.archive.with_user(self.manager)._transition("stopped")
        with self.assertRaises(UserError):
            self.archive.with_user(self.manager).write(
                {"state": "cancelled", "deregistration_reason": "typed"}
            )

    def test_old_reason_does_not_serve_again(self):
        self._decide(self.archive, "stop", reason="Unpaid")
        self._decide(self.archive, "resume", reason="Paid")
        with self.assertRaisesRegex(UserError, "reason"):
            self.archive.with_user(self.manager).write({"state": "stopped"})
        self._decide(self.archive, "stop", reason="Unpaid again")
        with self.assertRaisesRegex(UserError, "reason"):
            self.archive.with_user(self.manager).write({"state": "active"})

    def test_salesperson_and_keeper_may_not(self):
        for user in (self.sales1, self.keeper, self.supervisor):
            with self.assertRaises(UserError):
                self._decide(self.archive, "deregister", user=user)
        self.assertEqual(self.archive.state, "active")

    def test_finance_stops_but_does_not_deregister(self):
        self._decide(self.archive, "stop", user=self.finance)
        self.assertEqual(self.archive.state, "stopped")
        with self.assertRaises(UserError):
            self._decide(self.archive, "deregister", user=self.finance)

    def test_customer_with_open_orders_stays_active(self):
        order = self._new_order(self.partner)
        order.action_confirm()
        with self.assertRaisesRegex(UserError, "stays active"):
            self._decide(self.archive, "deregister", archive_partner=True)
        with self.assertRaisesRegex(UserError, "stays active"):
            self.partner.active = False

    def test_ca_16_customer_with_open_orders_is_not_hidden_by_a_falsy_value(self):
        """What remote callers send for false (0, null, an empty text) archives a customer as well as false does."""
        self._new_order(self.partner).action_confirm()
        for value in (False, 0, None, ""):
            with (
                self.subTest(value=value),
                self.assertRaisesRegex(UserError, "stays active"),
            ):
                self.partner.with_user(self.sales1).write({"active": value})

    def test_customer_without_open_business_may_be_archived_and_comes_back(self):
        self._decide(self.archive, "deregister", archive_partner=True)
        self.assertFalse(self.partner.active)
        self._decide(self.archive, "restore")
        self.assertTrue(self.partner.active)

    def test_stop_marks_the_customer_and_resuming_clears_it(self):
        self._decide(self.archive, "stop", reason="Unpaid")
        self.assertTrue(self.partner.ca_trading_stopped)
        self._decide(self.archive, "deregister")
        self.assertTrue(self.partner.ca_trading_stopped)
        self._decide(self.archive, "restore")
        self.assertFalse(self.partner.ca_trading_stopped)

    def test_stop_of_one_company_leaves_the_other(self):
        company2 = self.env["res.company"].create({"name": "Second house"})
        self._decide(self.archive, "stop", reason="Unpaid")
        self.assertFalse(self.partner.with_company(company2).ca_trading_stopped)

    def test_two_at_once(self):
        other = self._put_on_file(self._new_archive("Ending too"))
        self._decide(self.archive | other, "deregister")
        self.assertEqual(set((self.archive | other).mapped("state")), {"cancelled"})


@tagged("post_install", "-at_install")
class TestContactDiscipline(ArchiveCommon):
    """CA-17: two employees keep contact with an important new customer."""

    def _missing(self, archive):
        return archive in self.env["customer.archive"].search(
            [("second_contact_missing", "=", True)]
        )

    def test_key_customer_needs_a_second_contact_before_review(self):
        archive = self._new_archive("Important")
        archive.partner_id.ca_is_key = True
        self.assertTrue(archive.second_contact_missing)
        self.assertTrue(self._missing(archive))
        with self.assertRaisesRegex(UserError, "second contact"):
            self._submit(archive)
        archive.second_user_id = self.sales2
        self.assertFalse(self._missing(archive))
        self._submit(archive)

    def test_second_contact_is_not_taken_away(self):
        archive = self._new_archive("Important", second_user_id=self.sales2.id)
        archive.partner_id.ca_is_key = True
        self._put_on_file(archive)
        with self.assertRaises(ValidationError):
            archive.second_user_id = False

    def test_second_contact_is_another_person(self):
        with self.assertRaises(ValidationError):
            self._new_archive("Same person", second_user_id=self.sales1.id)

    def test_old_customers_need_none(self):
        archive = self._new_archive(
            "Old", user=self.keeper, date_first_contact="2019-01-01"
        )
        archive.partner_id.ca_is_key = True
        self.assertFalse(archive.second_contact_missing)
        self.assertFalse(self._missing(archive))

    def test_months_are_a_setting(self):
        archive = self._new_archive("Switched off")
        archive.partner_id.ca_is_key = True
        self.company.ca_second_contact_months = 0
        archive.invalidate_recordset()
        self.assertFalse(archive.second_contact_missing)

    def test_marking_a_customer_reminds_the_person_in_charge(self):
        archive = self._put_on_file(self._new_archive("Became important"))
        archive.partner_id.with_user(self.manager).ca_is_key = True
        activity_type = self.env.ref(
            "customer_archive.mail_activity_type_second_contact"
        )
        self.assertEqual(
            archive.activity_ids.filtered(
                lambda a: a.activity_type_id == activity_type
            ).user_id,
            self.sales1,
        )

    def test_vip_reception_is_shown_on_partner_and_meeting(self):
        partner = self._new_partner("VIP")
        person = self.env["res.partner"].create(
            {"name": "Chairman", "parent_id": partner.id}
        )
        event = self.env["calendar.event"].create(
            {
                "name": "Visit",
                "start": "2025-03-03 02:00:00",
                "stop": "2025-03-03 03:00:00",
                "partner_ids": [Command.set(person.ids)],
            }
        )
        self.assertFalse(event.ca_vip_reception)
        partner.ca_is_vip = True
        event.invalidate_recordset()
        self.assertTrue(person.ca_vip_reception)
        self.assertTrue(event.ca_vip_reception)


@tagged("post_install", "-at_install")
class TestShelving(ArchiveCommon):
    """CA-04: one named keeper, an index, a place."""

    def test_only_keepers_set_custody(self):
        archive = self._new_archive("Custody")
        for values in (
            {"keeper_id": self.keeper.id},
            {"cabinet": "A"},
            {"position": 3},
            {"carrier": "disk"},
        ):
            with self.assertRaises(AccessError, msg=values):
                archive.with_user(self.sales1).write(values)
            archive.with_user(self.keeper).write(values)
        with self.assertRaises(AccessError):
            self._new_archive("At creation", cabinet="A")

    def test_giving_back_the_same_value_is_no_change(self):
        archive = self._new_archive("Same value")
        archive.with_user(self.sales1).write({"carrier": "paper", "cabinet": False})

    def test_replacing_the_keeper_is_recorded(self):
        keeper2 = self._new_user(
            "ca_keeper2",
            "customer_archive.group_customer_archive_keeper",
            name="Second keeper",
        )
        archive = self._new_archive("Kept")
        archive.with_user(self.keeper).keeper_id = self.keeper
        self.assertFalse(archive.event_ids)
        archive.with_user(self.manager).keeper_id = keeper2
        self.assertEqual(archive.event_ids.type_id.code, "keeper")
        self.assertIn("Second keeper", archive.event_ids.subject)

    def test_two_archives_never_stand_on_one_place(self):
        one, two = self._new_archive("One"), self._new_archive("Two")
        one.with_user(self.keeper).write({"cabinet": "Test", "shelf": 1, "position": 1})
        with (
            self.assertRaises(UniqueViolation),
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            two.with_user(self.keeper).write(
                {"cabinet": "Test", "shelf": 1, "position": 1}
            )
            self.env.flush_all()

    def test_next_free_places_follow_the_index(self):
        archives = self.env["customer.archive"]
        for number in range(3):
            archives |= self._new_archive(f"Shelf {number}")
        archives[0].with_user(self.keeper).write(
            {"cabinet": "Test", "shelf": 2, "position": 7}
        )
        archives[1:].with_user(self.keeper).write({"cabinet": "Test", "shelf": 2})
        archives.with_user(self.keeper).action_take_next_place()
        self.assertEqual(archives.mapped("position"), [7, 8, 9])
        self.assertEqual(archives[1].place, "Test / 2 / 8")

    def test_index_follows_the_category(self):
        archive = self._new_archive("Index")
        self.assertTrue(archive.index_no.startswith("K-"))
        archive.category_id = self.env.ref(
            "customer_archive.customer_archive_category_supplier"
        )
        self.assertTrue(archive.index_no.startswith("G-"))


@tagged("post_install", "-at_install")
class TestActivityPlans(ArchiveCommon):
    """CA-19: plans for festival greetings and regular visits are ready."""

    def test_plans_are_offered_on_archives(self):
        plans = self.env["mail.activity.plan"].search(
            [("res_model", "=", "customer.archive")]
        )
        for name in ("festival_greeting", "regular_visit"):
            plan = self.env.ref(f"customer_archive.mail_activity_plan_{name}")
            self.assertIn(plan, plans)
            self.assertEqual(len(plan.template_ids), 3)

    def test_plans_speak_the_readers_language(self):
        """The names of the delivered plans and their steps are translated; Odoo's own field is not."""
        self.env["res.lang"]._activate_lang("zh_CN")
        plan = self.env.ref("customer_archive.mail_activity_plan_regular_visit")
        for record, field in ((plan, "name"), (plan.template_ids[0], "summary")):
            english = record[field]
            record.with_context(lang="zh_CN")[field] = "定期拜访"
            self.assertEqual(record.with_context(lang="en_US")[field], english)
            self.assertEqual(record.with_context(lang="zh_CN")[field], "定期拜访")
