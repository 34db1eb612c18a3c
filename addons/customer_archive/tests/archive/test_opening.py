from datetime import date

from freezegun import freeze_time
from psycopg2.errors import UniqueViolation

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged, warmup
from odoo.tools import mute_logger

from .common import ArchiveCommon


@tagged("post_install", "-at_install")
class TestOpening(ArchiveCommon):
    """CA-02: every first contact opens one archive, once per customer and company."""

    def _archives(self, partner):
        return self.env["customer.archive"].search([("partner_id", "in", partner.ids)])

    def test_opportunity_opens_an_archive(self):
        partner = self._new_partner("By opportunity")
        self.assertFalse(self._archives(partner))
        self.env["crm.lead"].with_user(self.sales1).create(
            {
                "name": "Chance",
                "partner_id": partner.id,
                "user_id": self.sales1.id,
                "team_id": self.team.id,
            }
        )
        archive = self._archives(partner)
        self.assertRecordValues(
            archive,
            [
                {
                    "state": "draft",
                    "user_id": self.sales1.id,
                    "team_id": self.team.id,
                    "supervisor_id": self.supervisor.id,
                    "category_id": self.category.id,
                    "opened_automatically": True,
                }
            ],
        )
        self.assertTrue(archive.name.startswith("KH/"))
        self.assertTrue(partner.ref)

    def test_partner_set_later_on_the_opportunity(self):
        partner = self._new_partner("Later")
        lead = self.env["crm.lead"].create({"name": "Anonymous"})
        lead.partner_id = partner
        self.assertEqual(len(self._archives(partner)), 1)

    def test_quotation_opens_an_archive(self):
        partner = self._new_partner("By quotation")
        self._new_order(partner, user=self.sales1)
        self.assertEqual(self._archives(partner).user_id, self.sales1)

    def test_who_has_left_is_not_asked_to_open_the_archive(self):
        """CA-02: of a customer whose salesperson has left, whoever quotes now opens the archive."""
        partner = self._new_partner("Left behind", user_id=self.sales1.id)
        self.sales1.active = False
        self._new_order(partner, user_id=self.sales2.id)
        self.assertEqual(partner.ca_archive_ids.user_id, self.sales2)

    def test_quotation_of_a_contact_opens_the_archive_of_the_company(self):
        partner = self._new_partner("Company of the contact")
        person = self.env["res.partner"].create(
            {"name": "Han Meimei", "parent_id": partner.id}
        )
        self._new_order(person)
        self.assertEqual(len(self._archives(partner)), 1)
        self.assertFalse(self._archives(person))

    def test_customer_mark_opens_an_archive(self):
        partner = self._new_partner("By rank")
        partner.customer_rank = 1
        self.assertEqual(len(self._archives(partner)), 1)
        created = self._new_partner("Created as customer", customer_rank=1)
        self.assertEqual(len(self._archives(created)), 1)

    def test_meeting_opens_the_archive_of_an_outside_company(self):
        partner = self._new_partner("By meeting")
        person = self.env["res.partner"].create(
            {"name": "Host", "parent_id": partner.id}
        )
        self.env["calendar.event"].create(
            {
                "name": "Visit",
                "start": "2025-03-03 02:00:00",
                "stop": "2025-03-03 03:00:00",
                "partner_ids": [
                    Command.set(
                        (person | self.sales1.partner_id | self.company.partner_id).ids
                    )
                ],
            }
        )
        self.assertEqual(len(self._archives(partner)), 1)
        self.assertFalse(self._archives(self.sales1.partner_id))
        self.assertFalse(self._archives(self.company.partner_id))

    def test_meetings_switched_off(self):
        self.company.ca_open_on_meeting = False
        partner = self._new_partner("No meeting")
        self.env["calendar.event"].create(
            {
                "name": "Visit",
                "start": "2025-03-03 02:00:00",
                "stop": "2025-03-03 03:00:00",
                "partner_ids": [Command.set(partner.ids)],
            }
        )
        self.assertFalse(self._archives(partner))

    def test_own_people_and_companies_are_no_customers(self):
        self._new_order(self.sales1.partner_id)
        self._new_order(self.company.partner_id)
        self.assertFalse(
            self._archives(self.sales1.partner_id | self.company.partner_id)
        )

    def test_switch_off(self):
        self.company.ca_auto_open = False
        partner = self._new_partner("Switched off")
        self._new_order(partner)
        self.assertFalse(self._archives(partner))

    def test_further_contacts_keep_the_one_archive_and_list_the_team(self):
        partner = self._new_partner("Twice")
        self._new_order(partner, user=self.sales1, team_id=self.team.id)
        other_team = self.env["crm.team"].create({"name": "Industrial"})
        self._new_order(partner, team_id=other_team.id)
        archive = self._archives(partner)
        self.assertEqual(len(archive), 1)
        self.assertEqual(archive.team_id, self.team)
        self.assertEqual(archive.further_team_ids, other_team)

    def test_one_archive_in_each_company(self):
        company2 = self.env["res.company"].create({"name": "Second house"})
        partner = self._new_partner("In two companies")
        self._new_order(partner)
        self.env["sale.order"].with_company(company2).create(
            {"partner_id": partner.id, "company_id": company2.id}
        )
        archives = self.env["customer.archive"].search(
            [("partner_id", "=", partner.id)]
        )
        self.assertEqual(archives.company_id, self.company | company2)

    def test_second_archive_refused_by_the_database(self):
        archive = self._new_archive("Only one")
        with (
            self.assertRaises(UniqueViolation),
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            self.env["customer.archive"].create({"partner_id": archive.partner_id.id})

    def test_archive_of_a_contact_person_refused(self):
        partner = self._new_partner("Company")
        person = self.env["res.partner"].create(
            {"name": "Person", "parent_id": partner.id}
        )
        with self.assertRaises(ValidationError):
            self.env["customer.archive"].create({"partner_id": person.id})

    def test_faster_transaction_does_not_break_the_order(self):
        """Another transaction opened the archive meanwhile: the contact goes on, the rest of the batch is opened."""
        taken, free = self._new_partner("Taken"), self._new_partner("Free")
        self._new_archive("x", partner=taken)
        rows = [(taken, self.sales1, None), (free, self.sales1, None)]
        opened = self.env["customer.archive"]._open_new(self.company, rows)
        self.assertEqual(opened.partner_id, free)

    def test_salesperson_without_archive_rights_may_quote(self):
        seller = self._new_user("ca_plain_seller", "sales_team.group_sale_salesman")
        partner = self._new_partner("By plain seller")
        self._new_order(partner, user=seller)
        self.assertEqual(len(self._archives(partner)), 1)

    def test_numbers_are_not_typed(self):
        partner = self._new_partner("Typed number")
        with self.assertRaises(UserError):
            self.env["customer.archive"].with_user(self.sales1).create(
                {"partner_id": partner.id, "name": "KH/X"}
            )
        archive = self._new_archive("Kept number")
        with self.assertRaises(UserError):
            archive.with_user(self.manager).name = "KH/Y"

    def test_existing_reference_is_kept(self):
        partner = self._new_partner("With reference", ref="OLD-1")
        self._new_order(partner)
        self.assertEqual(partner.ref, "OLD-1")

    def test_archive_is_not_copied(self):
        with self.assertRaises(UserError):
            self._new_archive("Copy me").copy()

    def test_delete_only_drafts_by_the_administrator(self):
        archive = self._new_archive("Deleted")
        for user in (self.sales1, self.keeper, self.manager, self.director):
            with self.assertRaises(UserError):  # AccessError is one
                archive.with_user(user).unlink()
        admin = self.env.ref("base.user_admin")
        admin.group_ids += self.env.ref(
            "customer_archive.group_customer_archive_director"
        )
        archive.with_user(admin).unlink()
        self.assertFalse(archive.exists())

    def test_first_contact_is_the_earliest_document(self):
        self.company.ca_auto_open = False
        partner = self._new_partner("Old acquaintance")
        self._new_order(partner, date_order="2025-02-03 01:00:00")
        self._new_order(partner, date_order="2025-01-02 17:00:00")
        archive = self._new_archive("x", partner=partner)
        # 17:00 UTC is the next day in Shanghai
        self.assertEqual(archive.date_first_contact, date(2025, 1, 3))

    def test_first_contact_is_corrected_by_the_keeper_only(self):
        archive = self._new_archive("Corrected")
        with self.assertRaises(AccessError):
            archive.with_user(self.sales1).date_first_contact = "2025-01-01"
        archive.with_user(self.keeper).date_first_contact = "2025-01-01"
        self.assertEqual(archive.date_first_contact, date(2025, 1, 1))

    @warmup
    def test_query_count_of_many_orders(self):
        """Orders of known customers cost three queries more, whatever their number: the archives, their teams and
        the partners; the archives of new customers are opened by a fixed number of queries."""
        counts = []
        for size in (10, 60):
            partners = self.env["res.partner"].create(
                [
                    {"name": f"Known {size} {number}", "is_company": True}
                    for number in range(size)
                ]
            )
            contacts = [
                (self.company, partner, self.sales1, self.team) for partner in partners
            ]
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.env["customer.archive"]._open_for_contacts(contacts)
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 2, counts)
        self.env.invalidate_all()
        with self.assertQueryCount(5):
            self.env["customer.archive"]._open_for_contacts(contacts)


@tagged("post_install", "-at_install")
class TestOpeningDeadline(ArchiveCommon):
    """AC-01: contacted 1 March, submitted 8 March is on time; nothing by 9 March is overdue."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with freeze_time("2025-03-01 03:00:00"):
            cls.archive = cls._new_archive("Contacted on 1 March")

    def test_deadline_is_the_seventh_day(self):
        self.assertEqual(self.archive.date_first_contact, date(2025, 3, 1))
        self.assertEqual(self.archive.date_opening_deadline, date(2025, 3, 8))

    def test_submitted_on_8_march_is_on_time(self):
        with freeze_time("2025-03-08 15:59:00"):  # 23:59 in Shanghai
            self.archive.invalidate_recordset()
            self.assertFalse(self.archive.is_overdue)
            self.archive.with_user(self.sales1).action_submit()
        self.assertEqual(self.archive._clock_get("archive_opening").state, "met")

    def test_nothing_by_9_march_is_overdue_and_told_to_the_supervisor(self):
        with freeze_time("2025-03-08 16:01:00"):  # 00:01 on 9 March in Shanghai
            self.archive.invalidate_recordset()
            self.assertTrue(self.archive.is_overdue)
            found = self.env["customer.archive"].search(
                [("is_overdue", "=", True), ("state", "=", "draft")]
            )
            self.assertIn(self.archive, found)
        with freeze_time("2025-03-10 02:00:00"):
            with self.enter_registry_test_mode():
                self.env.ref(
                    "record_control.ir_cron_clock_escalate"
                ).method_direct_trigger()
            self.assertIn(self.supervisor, self.archive.sudo().activity_ids.user_id)

    def test_nobody_is_mailed_the_name_of_an_archive_he_may_not_see(self):
        """CA-11, CA-12: who is told for want of others learns that something is overdue, not with whom."""
        step = self.env.ref(
            "customer_archive.clock_policy_step_archive_opening_overdue"
        )
        step.write(
            {
                "role_ids": [Command.clear()],
                "user_ids": [Command.set((self.clerk | self.supervisor).ids)],
                "by_mail": True,
            }
        )
        with (
            freeze_time("2025-03-10 02:00:00"),
            self.enter_registry_test_mode(),
        ):
            self.env.ref(
                "record_control.ir_cron_clock_escalate"
            ).method_direct_trigger()
        name = self.archive.partner_id.name
        for user, knows in ((self.supervisor, True), (self.clerk, False)):
            mails = self.env["mail.mail"].search(
                [("recipient_ids", "in", user.partner_id.ids)]
            )
            texts = "".join(mails.mapped(lambda m: f"{m.subject} {m.body_html}"))
            activities = self.env["mail.activity"].search(
                [("user_id", "=", user.id), ("res_id", "=", self.archive.id)]
            )
            with self.subTest(user=user.login):
                self.assertIn(step.name, texts)
                self.assertEqual(name in texts, knows)
                self.assertEqual(
                    any(name in text for text in activities.mapped("summary")), knows
                )

    def test_submitted_on_9_march_is_late(self):
        with freeze_time("2025-03-08 16:01:00"):
            self.archive.with_user(self.sales1).action_submit()
        self.assertEqual(self.archive._clock_get("archive_opening").state, "missed")

    def test_salesperson_is_asked(self):
        activity = self.archive.activity_ids
        self.assertIn(self.sales1, activity.user_id)
        self.assertIn(date(2025, 3, 8), activity.mapped("date_deadline"))

    def test_correcting_the_first_contact_moves_the_deadline(self):
        with freeze_time("2025-03-03 03:00:00"):
            self.archive.with_user(self.keeper).date_first_contact = "2025-02-27"
        self.assertEqual(self.archive.date_opening_deadline, date(2025, 3, 6))

    def test_old_customers_get_the_week_from_the_day_of_the_rule(self):
        self.company.ca_opening_since = "2025-03-10"
        with freeze_time("2025-03-12 03:00:00"):
            archive = self._new_archive(
                "Old customer", user=self.keeper, date_first_contact="2019-05-01"
            )
        self.assertEqual(archive.date_opening_deadline, date(2025, 3, 17))
        lines = archive._clock_get("archive_opening").get_explanation()["lines"]
        self.assertIn("before the rule was in force", lines[1]["text"])
