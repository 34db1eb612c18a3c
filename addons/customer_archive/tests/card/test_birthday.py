from datetime import date

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import CardCommon

PRIVATE = "customer_archive.group_customer_archive_private"


@tagged("post_install", "-at_install")
class TestBirthday(CardCommon):
    """CA-19: birthdays of key persons are reminded of; A-22: only to those who may know them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write(
            {
                "ca_personal_data": True,
                "ca_personal_data_purpose": "Reception of guests",
                "ca_birthday_days": 7,
            }
        )
        cls.sales1.group_ids |= cls.env.ref(PRIVATE)
        cls._set_active(cls.archive)
        cls.person = cls._new_person("Chen", "1970-03-10", hobby="Fishing")

    @classmethod
    def _set_active(cls, archive):
        archive.flush_recordset()
        cls.env.cr.execute(
            "UPDATE customer_archive SET state = 'active' WHERE id = %s", [archive.id]
        )
        archive.invalidate_recordset(["state"])

    @classmethod
    def _new_person(cls, name, born, archive=None, **values):
        archive = archive or cls.archive
        contact = cls.env["res.partner"].create(
            {"name": name, "parent_id": archive.partner_id.id}
        )
        return cls.env["customer.archive.person"].create(
            {
                "archive_id": archive.id,
                "partner_id": contact.id,
                "birth_date": born,
                "private_purpose": "Birthday greetings",
                **values,
            }
        )

    def _run(self, day):
        """Run the job on a day, in the time zone of the company, and return all reminders."""
        with freeze_time(f"{day} 04:00:00"), self.enter_registry_test_mode():
            self.env.ref(
                "customer_archive.ir_cron_customer_archive_birthday"
            ).method_direct_trigger()
        self.env.invalidate_all()
        return (
            self.env["mail.activity"]
            .with_context(active_test=False)
            .search([("summary", "ilike", "Birthday of")])
        )

    def test_ca_19_the_person_in_charge_is_reminded_a_week_before(self):
        self.assertFalse(self._run("2025-03-02"))
        reminder = self._run("2025-03-03")
        self.assertRecordValues(
            reminder,
            [
                {
                    "user_id": self.sales1.id,
                    "date_deadline": date(2025, 3, 10),
                    "summary": "Birthday of Chen, North Bearings",
                    "res_model": False,
                }
            ],
        )
        self.assertIn("Fishing", reminder.note)

    def test_ca_19_once_for_each_birthday(self):
        """Not again on the next day, but again next year and when the birthday is corrected."""
        self._run("2025-03-03")
        self.assertEqual(len(self._run("2025-03-04")), 1)
        self.assertEqual(len(self._run("2025-03-10")), 1)
        self.assertEqual(len(self._run("2025-03-11")), 1)
        self.person.birth_date = "1970-03-15"
        self.assertEqual(len(self._run("2025-03-11")), 2)
        self.assertEqual(len(self._run("2026-03-10")), 3)

    def test_ca_19_missed_days_and_the_turn_of_the_year(self):
        self.person.birth_date = "1970-01-02"
        reminder = self._run("2025-12-31")
        self.assertEqual(reminder.date_deadline, date(2026, 1, 2))

    def test_ca_19_born_on_the_29th_of_february(self):
        self.person.birth_date = "1972-02-29"
        reminder = self._run("2025-02-28")
        self.assertEqual(reminder.date_deadline, date(2025, 2, 28))
        reminder = self._run("2028-02-27") - reminder
        self.assertEqual(reminder.date_deadline, date(2028, 2, 29))

    def test_a_22_nobody_without_the_right_is_told_or_sees_it(self):
        """Neither person in charge nor supervisor without the right; nobody else reads the reminder by any road."""
        self.archive.second_user_id = self.sales2
        reminder = self._run("2025-03-05")
        self.assertEqual(reminder.user_id, self.sales1)
        Activities = self.env["mail.activity"]
        for user in (
            self.sales2,
            self.supervisor,
            self.keeper,
            self.manager,
            self.director,
            self.finance,
            self.env.ref("base.user_admin"),
        ):
            with self.subTest(user=user.login):
                activities = Activities.with_user(user)
                self.assertNotIn(reminder, activities.search([]))
                self.assertFalse(activities.search([("summary", "ilike", "Chen")]))
                with self.assertRaises(AccessError):
                    reminder.with_user(user).read(["summary"])
                self.assertNotIn(reminder, self.archive.with_user(user).activity_ids)
                with self.assertRaises(AccessError):
                    self.person.with_user(user).read(["date_birthday_reminded"])
                with self.assertRaises(AccessError):
                    self.person.with_user(user).search(
                        [("date_birthday_reminded", ">", "2025-01-01")]
                    )

    def test_a_22_no_message_carries_it(self):
        last = self.env["mail.message"].search([], order="id desc", limit=1)
        mails = self.env["mail.mail"].search_count([])
        reminder = self._run("2025-03-05")
        reminder.with_user(self.sales1).action_feedback(feedback="Congratulated")
        messages = self.env["mail.message"].search([("id", ">", last.id)])
        self.assertNotIn("Chen", "".join(messages.mapped("body")))
        self.assertEqual(self.env["mail.mail"].search_count([]), mails)

    def test_a_22_switched_off_nothing_is_reminded(self):
        self.company.ca_birthday_days = 0
        self.assertFalse(self._run("2025-03-05"))
        self.company.ca_birthday_days = 7
        self.company.ca_personal_data = False
        self.assertFalse(self._run("2025-03-05"))

    def test_ca_19_right_given_later_reminds_still(self):
        self.sales1.group_ids -= self.env.ref(PRIVATE)
        self.assertFalse(self._run("2025-03-05"))
        self.supervisor.group_ids |= self.env.ref(PRIVATE)
        self.assertEqual(self._run("2025-03-06").user_id, self.supervisor)

    def test_ca_19_reminders_follow_the_person_in_charge(self):
        """To the new one, once and not by mail; closed where nobody may know, until somebody may."""
        self.sales2.group_ids |= self.env.ref(PRIVATE)
        self._run("2025-03-03")
        mails = self.env["mail.mail"].search_count([])
        self.archive.with_user(self.supervisor).user_id = self.sales2
        self.assertRecordValues(
            self._run("2025-03-04"),
            [{"user_id": self.sales2.id, "date_deadline": date(2025, 3, 10)}],
        )
        self.archive.write({"user_id": self.clerk.id, "second_user_id": False})
        self.assertFalse(self._run("2025-03-05"))
        self.archive.second_user_id = self.sales1
        self.assertEqual(self._run("2025-03-06").user_id, self.sales1)
        self.assertEqual(self.env["mail.mail"].search_count([]), mails)

    def test_a_22_who_moves_a_reminder_does_not_come_to_see_it(self):
        """The manager without the right is not its author: authors write activities, and hang them where they read."""
        self.sales2.group_ids |= self.env.ref(PRIVATE)
        self._run("2025-03-03")
        self.archive.with_user(self.manager).user_id = self.sales2
        reminder = self._run("2025-03-04").with_user(self.manager)
        self.assertEqual(reminder.sudo().user_id, self.sales2)
        for vals in (
            {"summary": "Nothing"},
            {"user_id": self.manager.id},
            {
                "res_model_id": self.env["ir.model"]._get_id("res.partner"),
                "res_id": self.archive.partner_id.id,
            },
        ):
            with self.subTest(vals=vals), self.assertRaises(AccessError):
                reminder.write(vals)

    def test_a_22_who_has_lost_the_right_keeps_no_reminder(self):
        self._run("2025-03-03")
        self.sales1.group_ids -= self.env.ref(PRIVATE)
        self.assertFalse(self._run("2025-03-04"))
        self.sales1.group_ids |= self.env.ref(PRIVATE)
        self.assertEqual(self._run("2025-03-05").user_id, self.sales1)

    def test_ca_19_former_customers_and_other_companies(self):
        other = self.env["res.company"].create({"name": "Second works"})
        self.sales1.company_ids += other
        foreign = self._new_archive(
            "Elsewhere", company_id=other.id, team_id=False, second_user_id=False
        )
        self._set_active(foreign)
        draft = self._new_archive("Still a draft")
        self._new_person("Wang", "1970-03-10", draft)
        with self.assertRaises(UserError):
            self._new_person("Zhao", "1970-03-10", foreign)
        self.assertEqual(len(self._run("2025-03-05")), 1)

    def test_ca_19_mark_is_the_systems(self):
        with self.assertRaises(UserError):
            self.person.with_user(self.sales1).date_birthday_reminded = "2030-01-01"

    def test_ca_19_queries_do_not_grow_with_birthdays(self):
        persons = self.person.concat(
            *(self._new_person(f"Person {n}", "1970-03-10") for n in range(20))
        )

        def queries(records):
            records = records.sudo()
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            records._remind_birthdays(date(2025, 3, 5), self.sales1)
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        queries(persons)
        few = queries(persons[:2])
        self.assertLessEqual(queries(persons), few + 1)
