from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.record_control.tests.common_jobs import one_fails

from .loan_common import LoanCommon

QUIET = (
    "odoo.addons.base.models.ir_rule",
    "odoo.addons.base.models.ir_model",
    "odoo.sql_db",
)


@tagged("post_install", "-at_install")
class TestLoanFlow(LoanCommon):
    """Request, approval, hand-out, extension, return."""

    def test_terms_are_read_before_the_loan_is_saved(self):
        """A new loan shows the class of each thing and its terms, as they hold after saving."""
        self.loan_class.terms = "Keep it dry."
        form = Form(
            self.env["loan.loan"]
            .with_user(self.ann)
            .with_context(**self.things.action_request_loan()["context"])
        )
        self.assertEqual(form.terms, "Keep it dry.")
        form.purpose = "Check"
        loan = form.save()
        self.assertEqual(loan.terms, "Keep it dry.")
        self.assertEqual(loan.line_ids.class_id, self.loan_class)

    @freeze_time("2026-03-09 02:00:00")  # Monday 10:00 in Shanghai
    def test_flow_by_the_lowest_role(self):
        """Two things: due at the end of the third working day, back with their condition."""
        loan = self._loan(self.ann, self.things)
        self.assertTrue(loan.name.startswith("LN2026"))
        loan.action_submit()
        self.assertEqual(loan.state, "requested")
        loan.with_user(self.boss).action_approve()
        self.assertEqual(loan.approver_id, self.boss)
        self.assertFalse(self.alpha.is_on_loan)
        loan.with_user(self.keeper).action_hand_out()
        self.assertEqual(
            loan.date_due, fields.Datetime.to_datetime("2026-03-12 09:00:00")
        )
        self.assertIn("2026-03-12", loan.due_explanation)
        self.env["res.lang"]._activate_lang("zh_CN")
        self.loan_class.with_context(lang="zh_CN").name = "普通物品"
        self.assertIn("普通物品", loan.with_context(lang="zh_CN").due_explanation)
        self.assertNotIn("普通物品", loan.due_explanation)
        self.env.invalidate_all()
        self.assertTrue(self.alpha.is_on_loan)
        self.assertEqual(self.alpha.loan_holder_id, self.employees[self.ann])
        self.assertEqual(
            self.env["test.thing"].search([("is_on_loan", "=", True)]) & self.things,
            self.things,
        )
        self.assertEqual(self.alpha.handed_out, 1)
        self._return(loan, lines=loan.line_ids[0])
        self.assertEqual(loan.state, "out")
        self._return(loan, lines=loan.line_ids[1], condition="soiled")
        self.assertRecordValues(
            loan.line_ids,
            [
                {
                    "state": "returned",
                    "condition": "good",
                    "received_by_id": self.keeper.id,
                },
                {
                    "state": "returned",
                    "condition": "soiled",
                    "received_by_id": self.keeper.id,
                },
            ],
        )
        self.assertEqual(loan.state, "returned")
        self.assertEqual(self.beta.came_back, "soiled")
        self.env.invalidate_all()
        self.assertFalse(
            self.env["test.thing"].search([("is_on_loan", "=", True)]) & self.things
        )
        self.assertEqual(
            self.env["test.thing"].search([("is_on_loan", "=", False)]) & self.things,
            self.things,
        )

    def test_overdue_at_the_second(self):
        """Not overdue at the due date, overdue one second later, without any job; gone after the return."""
        with freeze_time("2026-03-09 02:00:00"):
            loan = self._loan(self.ann, self.alpha, "out")
        Loan = self.env["loan.loan"]
        for instant, overdue in [
            ("2026-03-12 09:00:00", False),
            ("2026-03-12 09:00:01", True),
        ]:
            with freeze_time(instant), self.subTest(instant=instant):
                loan.invalidate_recordset()
                self.assertEqual(loan.is_overdue, overdue)
                self.assertEqual(
                    loan in Loan.search([("is_overdue", "=", True)]), overdue
                )
                self.assertEqual(
                    loan in Loan.search([("is_overdue", "=", False)]), not overdue
                )
        with freeze_time("2026-03-20 09:00:01"):
            self._return(loan)
            loan.invalidate_recordset()
            self.assertFalse(loan.is_overdue)

    def test_reminder_then_borrower_then_supervisor(self):
        """The clock tells the borrower before and after the due date, then his supervisor."""
        with freeze_time("2026-03-09 02:00:00"):
            loan = self._loan(self.ann, self.alpha, "out")
            clock = loan._clock_get("loan_return")
            self.assertEqual(clock.deadline, loan.date_due)
        steps = [
            ("2026-03-11 09:00:00", self.env["res.users"]),
            ("2026-03-12 01:00:00", self.ann),
            ("2026-03-16 01:00:00", self.ann | self.boss),
        ]
        for instant, told in steps:
            with freeze_time(instant), self.enter_registry_test_mode():
                self._run_clock_jobs()
                loan.invalidate_recordset()
                self.assertEqual(loan.activity_ids.user_id, told)
        with freeze_time("2026-03-16 02:00:00"):
            self._return(loan)
        self.assertEqual(loan._clock_get("loan_return").state, "missed")

    def _run_clock_jobs(self):
        for cron in self.env["ir.cron"].search(
            [("model_id.model", "=", "clock.clock")]
        ):
            cron.method_direct_trigger()

    def test_class_without_approval_goes_on_at_once(self):
        """No role on the class: submitted is approved, nobody is named as approver."""
        self.loan_class.approval_group_ids = False
        loan = self._loan(self.ann, self.alpha)
        loan.action_submit()
        self.assertEqual(loan.state, "approved")
        self.assertFalse(loan.approver_id)

    def test_same_day_class(self):
        """Due at the end of the working hours of the day (default of sample rooms)."""
        self.loan_class.same_day = True
        with freeze_time("2026-03-09 02:00:00"):
            self.assertEqual(
                self._loan(self.ann, self.alpha, "out").date_due.isoformat(),
                "2026-03-09T09:00:00",
            )
        with freeze_time(
            "2026-03-14 02:00:00"
        ):  # Saturday: the period of the class counts
            due, __ = self.loan_class._get_due(fields.Datetime.now(), self.company)
            self.assertEqual(due.isoformat(), "2026-03-18T09:00:00")

    @freeze_time("2026-03-09 02:00:00")
    def test_borrower_may_want_it_for_less(self):
        """An earlier end is kept, a later one is cut to the class."""
        short = self._loan(
            self.ann, self.alpha, "out", date_wanted="2026-03-10 04:00:00"
        )
        self.assertEqual(short.date_due.isoformat(), "2026-03-10T04:00:00")
        long = self._loan(self.bob, self.beta, "out", date_wanted="2026-04-10 04:00:00")
        self.assertEqual(long.date_due.isoformat(), "2026-03-12T09:00:00")

    @freeze_time("2026-03-09 02:00:00")
    def test_extension(self):
        """Once by the class, approved by another, not past a reservation; the clock follows."""
        loan = self._loan(self.ann, self.alpha, "out")
        wizard = Form(
            self.env["loan.extend"]
            .with_user(self.ann)
            .with_context(**loan.with_user(self.ann).action_extend()["context"])
        )
        self.assertEqual(wizard.date_due.isoformat(), "2026-03-17T09:00:00")
        wizard.reason = "Not finished"
        wizard.save().action_confirm()
        extension = loan.extension_ids
        self.assertEqual(extension.state, "requested")
        for user in (self.ann, self.bob, self.keeper):
            with self.assertRaises(UserError):
                extension.with_user(user).action_approve()
        extension.with_user(self.boss).action_approve()
        self.assertEqual(loan.date_due.isoformat(), "2026-03-17T09:00:00")
        self.assertEqual(loan._clock_get("loan_return").deadline, loan.date_due)
        with self.assertRaisesRegex(UserError, "1 times"):
            loan._request_extension(
                fields.Datetime.to_datetime("2026-03-19 09:00:00"), "More"
            )

    @freeze_time("2026-03-09 02:00:00")
    def test_extension_stops_at_a_reservation(self):
        """Somebody else's approved period is not taken away."""
        self.loan_class.max_extensions = 5
        loan = self._loan(self.ann, self.alpha, "out")
        self._loan(self.bob, self.alpha, "approved", date_start="2026-03-16 01:00:00")
        with self.assertRaisesRegex(UserError, "reserved by l_bob"):
            loan._request_extension(
                fields.Datetime.to_datetime("2026-03-17 01:00:00"), "More"
            )
        loan._request_extension(
            fields.Datetime.to_datetime("2026-03-16 00:00:00"), "More"
        )

    @freeze_time("2026-03-09 02:00:00")
    def test_hand_over_from_person_to_person(self):
        """The keeper takes it back from one and hands it to the next in one step, with the condition."""
        first = self._loan(self.ann, self.alpha, "out")
        with freeze_time("2026-03-11 02:00:00"):
            second = self._loan(self.bob, self.alpha, "approved")
            with self.assertRaisesRegex(UserError, "out with l_ann"):
                second.with_user(self.keeper).action_hand_out()
            action = first.with_user(self.keeper).action_return()
            wizard = Form(
                self.env["loan.return"]
                .with_user(self.keeper)
                .with_context(**action["context"])
            )
            self.assertEqual(wizard.next_loan_ids.ids, second.ids)
            wizard.next_loan_id = second
            with wizard.line_ids.edit(0) as line:
                line.condition = "good"
            wizard.save().action_confirm()
        self.assertEqual((first.state, second.state), ("returned", "out"))
        self.env.invalidate_all()
        self.assertEqual(self.alpha.loan_holder_id, self.employees[self.bob])

    def test_lost_and_damaged_leave_work_for_the_keeper(self):
        """A missing thing is lost, a damaged one is back; each leaves an activity."""
        loan = self._loan(self.ann, self.things, "out")
        with self.assertRaisesRegex(UserError, "the borrower or a keeper reports"):
            loan.with_user(self.bob)._report_problem(loan.line_ids, "lost", "x")
        loan._report_problem(loan.line_ids[0], "lost", "Left in a taxi")
        self.assertEqual(loan.line_ids[0].state, "out")
        self.assertEqual(loan.sudo().activity_ids.user_id, self.keeper)
        lines = loan.line_ids.with_user(self.keeper)
        lines.loan_id._return_lines(
            lines, {lines[0]: ("missing", "Taxi"), lines[1]: ("damaged", "Torn")}
        )
        self.assertEqual(loan.line_ids.mapped("state"), ["lost", "returned"])
        self.assertEqual(loan.state, "returned")
        self.assertEqual(len(loan.sudo().activity_ids), 3)
        self.assertIn(loan, self.env["loan.loan"].search([("has_problem", "=", True)]))

    # --- Electronic things ---

    @mute_logger(*QUIET)
    def _electronic_loan(self, group, approver):
        """A dossier that Ann reads by a loan of the group, which the approver approved."""
        self.env["loan.class"].create(
            {
                "code": "E",
                "name": "Files",
                "model_id": self.env["ir.model"]._get("test.secret").id,
                "delivery": "electronic",
                "max_extensions": 1,
                "approval_group_ids": group.ids,
            }
        )
        secret = (
            self.env["test.secret"]
            .with_user(self.keeper)
            .create({"name": "File", "content": "text"})
        )
        loan = self._loan(self.ann, secret)
        self.assertEqual(loan.line_ids.thing_name, "Restricted record")
        loan.action_submit()
        loan.with_user(approver).action_approve()
        # nothing is handed over: the approved borrower opens it himself
        loan.action_hand_out()
        return loan, secret

    @freeze_time("2026-03-09 02:00:00")
    def test_access_of_an_extended_loan_is_extended(self):
        """Who approves the extension need not be one who grants access."""
        lender = new_test_user(self.env, "loan_lender", groups="base.group_user")
        group = self.env["res.groups"].create(
            {"name": "Lenders", "user_ids": lender.ids}
        )
        loan, secret = self._electronic_loan(group, lender)
        first = loan.sudo().line_ids.grant_id
        self.assertNotIn(lender, first.approver_ids)
        loan._request_extension(loan.date_due + timedelta(days=1), "Not read yet")
        loan.extension_ids.with_user(lender).action_approve()
        second = loan.sudo().line_ids.grant_id
        self.assertEqual((first.state, second.state), ("revoked", "approved"))
        self.assertEqual(second.date_to, first.date_to + timedelta(days=1))
        with freeze_time("2026-03-13 02:00:00"):
            self.env.invalidate_all()
            self.assertTrue(secret.with_user(self.ann).has_access("read"))

    def test_electronic_loan_is_an_access_that_dies(self):
        """Handing out grants reading and download until the end of the due date, returning ends it."""
        with freeze_time("2026-03-09 02:00:00"):
            loan, secret = self._electronic_loan(self.director_group, self.boss)
            grant = loan.sudo().line_ids.grant_id
            self.assertEqual((grant.user_id, grant.state), (self.ann, "approved"))
            self.assertEqual(grant.date_to.isoformat(), "2026-03-12")
            self.assertEqual(
                secret.with_user(self.ann).read(["content"])[0]["content"], "text"
            )
        for instant, allowed in [
            ("2026-03-12 15:59:59", True),
            ("2026-03-12 16:00:00", False),
        ]:
            with freeze_time(instant):
                self.env.invalidate_all()
                self.assertEqual(secret.with_user(self.ann).has_access("read"), allowed)
        with freeze_time("2026-03-12 16:00:01"), self.enter_registry_test_mode():
            self.env.ref(
                "record_control.ir_cron_loan_return_electronic"
            ).method_direct_trigger()
        self.assertEqual(loan.state, "returned")
        with freeze_time("2026-03-13 02:00:00"):
            again = self._loan(self.ann, secret, "approved")
            again.action_hand_out()
            self.assertTrue(secret.with_user(self.ann).has_access("read"))
            self._return(again)
            self.env.invalidate_all()
            self.assertFalse(secret.with_user(self.ann).has_access("read"))

    def test_a_loan_that_fails_stops_no_other(self):
        """Electronic loans end by themselves whatever is wrong with another one."""
        with freeze_time("2026-03-09 02:00:00"):
            bad, __ = self._electronic_loan(self.director_group, self.boss)
            secret = self.env["test.secret"].with_user(self.keeper)
            good = self._loan(self.ann, secret.create({"name": "Other"}), "approved")
            good.action_hand_out()
        with (
            freeze_time("2026-04-12 16:00:01"),
            one_fails(self, bad, "_transition"),
            self.enter_registry_test_mode(),
        ):
            self.env.ref(
                "record_control.ir_cron_loan_return_electronic"
            ).method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual((bad.state, good.state), ("out", "returned"))
        self.assertEqual(bad.line_ids.state, "out")

    def test_nobody_forges_the_authority_of_a_grant(self):
        """An access grant backed by a loan comes from the hand-out of that loan alone."""
        loan = self._loan(self.ann, self.alpha, "out")
        secret = self.env["test.secret"].with_user(self.keeper).create({"name": "File"})
        vals = {
            "res_model": "test.secret",
            "res_id": secret.id,
            "purpose": "p",
            "reason": "r",
            "date_to": "2099-01-01",
            "authority_model": "loan.loan.line",
            "authority_id": loan.line_ids.id,
        }
        with self.assertRaises(UserError):
            self.env["access.grant"].with_user(self.ann).create(vals)
        grant = self.env["access.grant"].sudo().create(dict(vals, user_id=self.ann.id))
        with self.assertRaisesRegex(UserError, "does not back"):
            grant.action_approve()
