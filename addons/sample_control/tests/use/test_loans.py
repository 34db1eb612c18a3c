from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import DAY_ENDS, NEXT_DAY_ENDS, NOW, UseCase


@tagged("post_install", "-at_install")
class TestSampleLoans(UseCase):
    """Lending by regime (SC-37, E15)."""

    def test_custody_follows_the_loan(self):
        """SC-32.4, SC-37.5: two samples go with the borrower and come back, all in the log."""
        samples = self._new_active_sample() | self._new_active_sample()
        loan = self._lend(samples)
        self.assertEqual(loan.state, "out")
        self.assertEqual(samples.mapped("custody_state"), ["loaned", "loaned"])
        self.assertEqual(samples.holder_id, self.user.partner_id)
        self.assertFalse(samples.location_id)
        self._return(loan)
        self.assertEqual(loan.state, "returned")
        self.assertEqual(samples.location_id, self.room)
        self.assertFalse(samples.holder_id)
        log = samples[0].custody_log_ids
        self.assertEqual(log[:2].mapped("custody_state"), ["stored", "loaned"])
        self.assertEqual(set(log[:2].mapped("origin_res_id")), {loan.id})

    def test_sc_37_3_overdue_calibration(self):
        """SC-37.3: what was not calibrated in time is not lent."""
        sample = self._new_overdue_sample()
        with self.assertRaisesRegex(UserError, "should have been calibrated by"):
            self._new_loan(sample).action_submit()

    def test_room_only(self):
        """E15, SC-37.1: no loan, but a record of use in the room, by every road."""
        self._use_policy(loan_mode="room_only")
        sample = self._new_active_sample()
        loan = self._new_loan(sample)
        self.assertTransitionRefused(loan, "requested", "in its room only")
        loan = self._lend(sample, use_in_room=True)
        self.assertEqual(loan.state, "out")
        self.assertEqual(sample.custody_state, "on_site")
        self.assertEqual(sample.location_id, self.room)
        self.assertEqual(sample.holder_id, self.user.partner_id)
        self._return(loan)
        self.assertEqual(sample.custody_state, "stored")
        self.assertFalse(sample.holder_id)

    def test_point_of_use(self):
        """SC-37: a sample of the line is taken, used and put back."""
        self._use_policy(loan_mode="point_of_use")
        sample = self._new_active_sample()
        loan = self._lend(sample)
        self.assertEqual(sample.custody_state, "on_site")
        self._return(loan)
        self.assertEqual(sample.location_id, self.room)

    def test_due_at_the_end_of_the_same_working_day(self):
        """SC-37.4: until the last second of the working day; after it, the next day's end."""
        for now, due in (
            (NOW, DAY_ENDS),
            ("2026-03-10 08:59:59", DAY_ENDS),
            (DAY_ENDS, NEXT_DAY_ENDS),
            ("2026-03-10 09:00:01", NEXT_DAY_ENDS),
        ):
            with self.subTest(now), freeze_time(now):
                loan = self._lend(self._new_active_sample())
                self.assertEqual(loan.date_due, fields.Datetime.to_datetime(due))
                self._return(loan)

    def test_due_after_the_hours_of_the_rule(self):
        """SC-37.4: working hours of the rule; the noon break does not count."""
        self._use_policy(loan_max_hours=4)
        other = self._new_product("Other")
        with freeze_time(NOW):
            sample = self._new_active_sample()
            short = self._new_active_sample(product_id=other.id)
            loan = self._lend(sample)
            # 10:00 to 12:00 and 13:00 to 15:00 in Shanghai
            self.assertEqual(str(loan.date_due), "2026-03-10 07:00:00")
            self._return(loan)
            self._use_policy(loan_max_hours=10, sequence=1)
            sample._recalculate_policies("Longer")
            loan = self._lend(sample)
            self.assertEqual(str(loan.date_due), "2026-03-11 04:00:00")
            self._return(loan)
            both = self._lend(sample | short)
            self.assertEqual(str(both.date_due), DAY_ENDS)

    def test_overdue_to_the_second(self):
        """C05: overdue from the second after the due time on; nothing more is lent then."""
        with freeze_time(NOW):
            other = self._new_active_sample()
            loan = self._lend(self._new_active_sample())
        with freeze_time(DAY_ENDS):
            loan.invalidate_recordset(["is_overdue"])
            self.assertFalse(loan.is_overdue)
        with freeze_time("2026-03-10 09:00:01"):
            loan.invalidate_recordset(["is_overdue"])
            self.assertTrue(loan.is_overdue)
            second = self._new_loan(other)
            self.assertTransitionRefused(second, "requested", "overdue")

    def test_reminders(self):
        """C05: two hours before, at the end, then daily and higher; each once, also after downtime."""
        policy = self.env.ref("sample_control.clock_policy_loan_return_sample")
        with freeze_time(NOW):
            loan = self._lend(self._new_active_sample())
            clock = loan._clock_get("loan_return")
            self.assertEqual(clock.policy_id, policy)
            self.assertEqual(clock.deadline, loan.date_due)
        department = self.env["hr.department"].create(
            {"name": "Press shop", "manager_id": self.employees[self.inspector].id}
        )
        self.employees[self.user].department_id = department
        for now, borrower, head, manager in (
            ("2026-03-10 06:59:59", 0, 0, 0),
            ("2026-03-10 07:00:01", 1, 0, 0),
            # due at the end of the working day: told as soon as the next one begins
            ("2026-03-10 09:00:01", 1, 0, 0),
            ("2026-03-10 23:59:59", 1, 0, 0),
            ("2026-03-11 00:00:01", 2, 0, 0),
            ("2026-03-12 00:00:01", 3, 1, 0),
            ("2026-03-13 00:00:01", 4, 2, 1),
        ):
            with self.subTest(now), freeze_time(now):
                for __ in range(2):
                    clock.sudo()._escalate()
                told = [
                    self.env["mail.activity"].search_count(
                        [("res_model", "=", "loan.loan"), ("user_id", "=", user.id)]
                    )
                    for user in (self.user, self.inspector, self.manager)
                ]
                self.assertEqual(told, [borrower, head, manager])

    def test_not_lent(self):
        """SC-37.3: not when suspended, expired, isolated, inspected, with the customer, in draft."""
        with freeze_time("2025-03-09 02:00:00"):
            aging = self._new_active_sample()
        suspended, isolated, lab, away = (self._new_active_sample() for __ in range(4))
        suspended.sudo()._suspend("Worn")
        isolated._isolate("Scratched")
        lab._move(custody_state="in_lab")
        away._move(holder=self.customer, custody_state="at_customer")
        for sample in (suspended, isolated, lab, away, self._new_sample()):
            with self.subTest(sample=sample.name):
                loan = self._new_loan(sample)
                self.assertTransitionRefused(loan, "requested", sample.name)
        last_second = "2026-03-09 15:59:59"  # 23:59:59 in Shanghai on the last day
        with freeze_time(last_second):
            loan = self._new_loan(aging)
            loan.action_submit()
            self.assertEqual(loan.state, "approved")
        with freeze_time("2026-03-09 16:00:00"):
            aging.invalidate_recordset()
            keeper = loan.with_user(self.keeper)
            self.assertTransitionRefused(keeper, "out", "expired on 2026-03-09")

    def test_one_open_loan(self):
        """SC-37.2: what is out is not lent again."""
        sample = self._new_active_sample()
        self._lend(sample)
        second = self._new_loan(sample, self.operator)
        second.action_submit()
        keeper = second.with_user(self.keeper)
        self.assertTransitionRefused(keeper, "out", "is out with")

    def test_borrower_does_not_receive(self):
        """SC-37.5: a keeper who borrows gives it back to another keeper."""
        second = self._new_user("sc_keeper_2", "keeper")
        sample = self._new_active_sample()
        loan = self._new_loan(sample, self.keeper)
        loan.action_submit()
        loan.with_user(second).action_hand_out()
        with self.assertRaisesRegex(UserError, "does not receive his own return"):
            self._return(loan, user=self.keeper)
        with self.assertRaisesRegex(UserError, "in what condition"):
            self._return(loan, condition=None, user=second)
        self._return(loan, user=second)
        self.assertEqual(loan.line_ids.received_by_id, second)

    def test_user_does_not_receive(self):
        """SC-37.5: only a keeper checks the condition."""
        loan = self._lend(self._new_active_sample())
        loan.sudo().requester_id = self.operator
        with self.assertRaisesRegex(UserError, "by its keeper"):
            self._return(loan, user=self.operator)

    def test_damaged(self):
        """SC-50: a damaged piece is suspended and isolated at once."""
        sample = self._new_active_sample()
        loan = self._lend(sample)
        self._return(loan, "damaged", note="Broken edge")
        self.assertEqual(sample.state, "suspended")
        self.assertIn("Broken edge", sample.suspend_reason)
        self.assertEqual(sample.location_id, self.isolation)
        self.assertEqual(sample.suspend_res_id, loan.id)

    def test_missing_and_reported(self):
        """SC-50: missing on return or reported while out, the use is stopped."""
        missing, lost = self._new_active_sample(), self._new_active_sample()
        self._return(self._lend(missing), "missing")
        self.assertEqual(missing.state, "suspended")
        loan = self._lend(lost).with_user(self.user)
        loan._report_problem(loan.line_ids, "lost", "Left in the bus")
        self.assertEqual(lost.state, "suspended")
        self.assertIn("Left in the bus", lost.suspend_reason)

    def test_recall(self):
        """Closing 1.2: the borrower of a suspended sample is asked to bring it back."""
        sample = self._new_active_sample()
        loan = self._lend(sample)
        sample.with_user(self.quality)._suspend("Worn")
        activity = loan.activity_ids.filtered(lambda a: sample.name in a.summary)
        self.assertEqual(activity.user_id, self.user)
        self._return(loan)
        self.assertEqual(sample.location_id, self.room)

    def test_authorized_users(self):
        """SC-34.1: where the rule asks for it, only who is on the list borrows."""
        self._use_policy(authorized_users_only=True)
        sample = self._new_active_sample(
            authorized_user_ids=[fields.Command.link(self.user.id)]
        )
        other = self._new_loan(sample, self.operator)
        self.assertTransitionRefused(other, "requested", "authorized users")
        self.assertEqual(self._lend(sample).state, "out")

    def test_benchmark(self):
        """SC-07: a benchmark sample is not lent to who may not see it."""
        sample = self._new_sample("BMK", self.benchmark, origin="benchmark")
        reasons = sample.sudo()._get_loan_reasons(self.employees[self.user])
        self.assertTrue(any("may not see" in reason for reason in reasons), reasons)
        reasons = sample.sudo()._get_loan_reasons(self.employees[self.benchmark])
        self.assertFalse(any("may not see" in reason for reason in reasons), reasons)
        self.assertNotIn(self.administrator, sample.sudo()._get_loan_keepers())

    def test_other_company(self):
        """A loan of one company lends no sample of another."""
        sample = self._new_active_sample()
        borrower = self.env["hr.employee"].create(
            {"name": "Stranger", "company_id": self.company_b.id}
        )
        loan = self._new_loan(sample).sudo()
        loan.write({"company_id": self.company_b.id, "borrower_id": borrower.id})
        self.assertIn(
            f"{sample.name} belongs to another company.",
            loan._get_transition_reasons("requested"),
        )

    def test_first_article_cannot_be_claimed(self):
        """E16: only the system says that a first article opened a loan, which skips the validity."""
        with freeze_time("2024-01-10 02:00:00"):
            sample = self._new_active_sample()
        article = self._new_first_article(sample)
        with self.assertRaises(UserError):
            self._new_loan(sample, first_article_id=article.id)
        loan = self._new_loan(sample)
        with self.assertRaises(UserError):
            loan.first_article_id = article
        forged = loan.with_context(default_first_article_id=article.id)
        copy = forged.create(
            {
                "borrower_id": self.employees[self.user].id,
                "purpose": "Forged",
                "acknowledged": True,
                "line_ids": [
                    fields.Command.create(
                        {"res_model": sample._name, "res_id": sample.id}
                    )
                ],
            }
        )
        self.assertTransitionRefused(copy, "requested", "expired")
