from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from .common import DAY_ENDS, NOW, UseCase


@tagged("post_install", "-at_install")
class TestFirstArticles(UseCase):
    """First article before each production or shift (SC-35, SC-11, E16, E22)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        colour = cls._new_line("colour", text_value="RAL 9005")
        cls.sample = cls._new_active_sample(line_ids=[colour])

    def _expired(self, **policy):
        """Return a sample that expired, under a rule."""
        self._use_policy(**policy)
        self.sample.sudo()._recalculate_policies("Test")
        self.sample.sudo().valid_until = fields.Date.today() - timedelta(days=1)
        return self.sample

    def test_map(self):
        self.assertTransitionMapClosed(self.env["sample.first.article"])

    def test_flow(self):
        """SC-35.5, SC-11.3: borrows the sample, is released by the inspector, gives it back, is withdrawn."""
        record = self._new_first_article()
        self.assertEqual(record.sample_id, self.sample)
        self._compare(record)
        self.assertEqual(record.line_ids.sample_value, "RAL 9005")
        loan = record.loan_id
        self.assertEqual((loan.state, loan.first_article_id), ("out", record))
        self.assertEqual(self.sample.holder_id, self.operator.partner_id)
        with freeze_time(NOW):
            record.with_user(self.inspector).action_release()
        self.assertEqual(record.state, "released")
        self.assertEqual(record.inspector_id, self.inspector)
        self.assertEqual(loan.state, "returned")
        self.assertEqual(self.sample.location_id, self.room)
        self.assertEqual(str(record.date_end), DAY_ENDS)
        clock = record._clock_get("sample_first_article_withdrawal")
        self.assertEqual(clock.deadline, record.date_end)
        record.with_user(self.operator).action_withdraw()
        self.assertEqual(record.withdrawn_by_id, self.operator)
        self.assertNotEqual(clock.state, "running")
        found = self.env["sample.sample"].search([("product_id", "=", self.product.id)])
        self.assertEqual(found, self.sample, "a first article is no sample (SC-11.1)")

    def test_nothing_checked_is_not_passed(self):
        """P20: no release without lines, without a result, with a deviation."""
        record = self._new_first_article()
        record.with_user(self.operator).action_start()
        inspector = record.with_user(self.inspector)
        self.assertTransitionRefused(inspector, "released", "enter the result")
        inspector.line_ids.result = "fail"
        self.assertTransitionRefused(inspector, "released", "does not equal")
        inspector.line_ids.unlink()
        self.assertTransitionRefused(inspector, "released", "at least one")

    def test_inspector_is_not_the_operator(self):
        """SC-35.4: an inspector, and never who made it; the rule may do without."""
        record = self._compare(self._new_first_article())
        self.assertTransitionRefused(
            record.with_user(self.operator), "released", "An inspector"
        )
        self.operator.sudo().group_ids = [
            Command.link(self.env.ref("sample_control.group_sample_inspector").id)
        ]
        self.assertTransitionRefused(
            record.with_user(self.operator), "released", "his own first article"
        )
        self._use_policy(first_article_inspector=False)
        self.sample.sudo()._recalculate_policies("Test")
        other = self._new_first_article(self.sample, production_ref="MO002")
        self.assertFalse(other.inspector_required)

    def test_not_created_past_the_gate(self):
        """P3, P21: no record is created or written as released."""
        with self.assertRaises(UserError):
            self._new_first_article(state="released")
        record = self._new_first_article().with_user(self.inspector)
        self.assertTransitionRefused(record, "released", "cannot become")
        with self.assertRaises(UserError):
            record.inspector_id = self.quality

    def test_expired_sample_blocks(self):
        """E16, SC-35.2: blocked; the manager allows it with a reason that is logged twice."""
        sample = self._expired(use_first_article="block")
        record = self._new_first_article(sample)
        operator = record.with_user(self.operator)
        self.assertIn("expired", operator.sample_warning)
        self.assertTransitionRefused(operator, "comparing", "expired")
        for user in (self.operator, self.quality, self.keeper):
            with self.assertRaises(UserError):
                record.with_user(user)._override("I need it")
        with self.assertRaises(UserError):
            record.with_user(self.manager)._override(" ")
        with self.assertRaises(UserError):
            operator.override_reason = "By plain write"
        with self.assertRaises(AccessError):
            self.env["sample.use.override"].with_user(self.operator).create(
                {
                    "res_model": record._name,
                    "res_ids": record.ids,
                    "reason": "By the dialog",
                }
            )
        wizard = self.env["sample.use.override"].with_user(self.manager)
        wizard = wizard.with_context(**record.action_override()["context"])
        wizard.create({"reason": "Successor comes on Monday"}).action_apply()
        self.assertEqual(record.override_by_id, self.manager)
        self.assertIn("Successor comes on Monday", sample.message_ids[0].body)
        operator.action_start()
        self.assertEqual(record.state, "comparing")
        self.assertIn("expired", record.use_warning)

    def test_expired_sample_warns(self):
        """E16: with “warn” it goes on and the warning stays on the record; with “ignore” nothing."""
        sample = self._expired(use_first_article="warn")
        record = self._new_first_article(sample)
        record.with_user(self.operator).action_start()
        self.assertIn("expired", record.use_warning)
        with self.assertRaisesRegex(UserError, "Nothing blocks"):
            record.with_user(self.manager)._override("For nothing")
        self._use_policy(use_first_article="ignore", sequence=1)
        sample.sudo()._recalculate_policies("Test")
        other = self._new_first_article(sample, production_ref="MO002")
        other.with_user(self.operator).action_start()
        self.assertFalse(other.use_warning)

    def test_override_covers_one_choice(self):
        """An override is gone when another sample is chosen, also together with the step."""
        sample = self._expired(use_first_article="block")
        other = self._new_active_sample()
        other.sudo().valid_until = fields.Date.today() - timedelta(days=1)
        record = self._new_first_article(sample)
        record.with_user(self.manager)._override("This one")
        with self.assertRaisesRegex(UserError, "expired"):
            record.with_user(self.operator).write(
                {"sample_id": other.id, "state": "comparing"}
            )
        record.with_user(self.operator).sample_id = other
        self.assertFalse(record.override_reason)

    def test_suspended_sample_is_never_allowed(self):
        """E22: a sample the customer changed is suspended and serves no first article at all."""
        record = self._compare(self._new_first_article())
        self.sample.with_user(self.quality)._suspend("The customer changed it")
        self.assertTransitionRefused(
            record.with_user(self.inspector), "released", "Suspended"
        )
        with self.assertRaises(UserError):
            record.with_user(self.manager)._override("Never mind")
        other = self._new_first_article(self.sample, production_ref="MO002")
        self.assertTransitionRefused(
            other.with_user(self.operator), "comparing", "Suspended"
        )

    def test_in_process_sample(self):
        """SC-35.3, SC-09.4: a WIP sample serves checks between operations alone."""
        wip = self._new_active_sample("WIP", origin="in_process")
        record = self._new_first_article(wip)
        self.assertTransitionRefused(
            record.with_user(self.operator), "comparing", "in-process use only"
        )
        check = self._new_first_article(wip, is_in_process=True)
        check.with_user(self.operator).action_start()
        self.assertEqual(check.state, "comparing")

    def test_sample_of_another_product(self):
        other = self._new_active_sample(product_id=self._new_product("Other").id)
        record = self._new_first_article(other)
        self.assertTransitionRefused(
            record.with_user(self.operator), "comparing", "another product"
        )

    def test_benchmark_sample(self):
        """SC-07: refused as soon as it is chosen."""
        sample = self._new_sample("BMK", self.benchmark, origin="benchmark")
        with self.assertRaises(ValidationError):
            self._new_first_article(sample, self.benchmark)

    def test_sample_out_with_somebody_else(self):
        """SC-37.2: the sample is not borrowed twice; who has it may compare."""
        self._lend(self.sample)
        record = self._new_first_article()
        self.assertTransitionRefused(
            record.with_user(self.operator), "comparing", "is out with"
        )
        own = self._new_first_article(
            user=self.user, operator_id=self.employees[self.user].id
        )
        own.with_user(self.user).action_start()
        self._compare_lines(own)
        own.with_user(self.inspector).action_release()
        self.assertEqual(own.loan_id.state, "out", "a loan of somebody stays his")

    def _compare_lines(self, record):
        record.with_user(self.operator).line_ids.result = "pass"

    def test_failure_and_new_attempt(self):
        """Closing 1.3: after a failure one new attempt, whoever presses how often (P25)."""
        record = self._compare(self._new_first_article(), "fail")
        inspector = record.with_user(self.inspector)
        self.assertTransitionRefused(inspector, "failed", "what is done")
        inspector.failure_note = "Tool corrected"
        inspector.action_fail()
        self.assertEqual(record.loan_id.state, "returned")
        action = record.with_user(self.operator).action_new_attempt()
        again = record.with_user(self.operator).action_new_attempt()
        self.assertEqual(action["res_id"], again["res_id"])
        attempt = record.browse(action["res_id"])
        self.assertEqual((attempt.attempt, attempt.state), (2, "draft"))
        self.assertEqual(attempt.previous_id, record)
        self.assertFalse(attempt.line_ids.result or attempt.inspector_id)

    def test_sc_35_failure_names_a_difference(self):
        """SC-35: what equals the sample does not fail, and only a failure has a next attempt."""
        record = self._new_first_article()
        with self.assertRaisesRegex(UserError, "has not failed"):
            record.with_user(self.operator).action_new_attempt()
        inspector = self._compare(record).with_user(self.inspector)
        inspector.failure_note = "Tool corrected"
        self.assertTransitionRefused(inspector, "failed", "what does not equal")

    def test_sc_37_lent_by_approval(self):
        """SC-37, SC-35.5: a sample that is lent by approval alone is borrowed first."""
        loan_class = self.sample._get_loan_class()
        group = self.env.ref("sample_control.group_sample_manager")
        loan_class.sudo().approval_group_ids = group
        record = self._new_first_article()
        with self.assertRaisesRegex(UserError, "lent by approval only"):
            record.with_user(self.operator).action_start()

    def test_dispute_opens_a_comparison(self):
        """SC-36: a dispute is settled by a comparison with the sample."""
        record = self._compare(self._new_first_article())
        record.with_user(self.operator).action_dispute()
        comparison = record.comparison_id
        self.assertEqual(comparison.trigger, "production")
        self.assertEqual(comparison.sample_id, self.sample)
        self.assertEqual(
            (comparison.res_model, comparison.res_id), (record._name, record.id)
        )

    def test_content_is_fixed(self):
        """P1, P8: nothing that was compared changes afterwards, by form, line or import."""
        record = self._compare(self._new_first_article())
        operator = record.with_user(self.operator)
        for values in (
            {"production_ref": "MO999"},
            {"sample_id": False},
            {"operator_id": self.employees[self.user].id},
        ):
            with self.assertRaises(UserError):
                operator.write(values)
        record.with_user(self.inspector).action_release()
        line = operator.line_ids
        with self.assertRaises(UserError):
            line.result = "fail"
        with self.assertRaises(UserError):
            line.sudo().product_value = "Changed"
        with self.assertRaises(UserError):
            line.unlink()
        with self.assertRaises(UserError):
            line.copy()
        with self.assertRaises(UserError):
            operator.write({"line_ids": [Command.clear()]})
        result = operator.load([".id", "failure_note"], [[str(record.id), "x"]])
        self.assertFalse(result["ids"])
        with self.assertRaises(UserError):
            record.with_user(self.administrator).unlink()

    def test_two_records(self):
        """P12: every step works on several records; one error names all."""
        other_sample = self._new_active_sample(
            product_id=self._new_product("Second").id,
            line_ids=[self._new_line("colour", text_value="Red")],
        )
        records = self._new_first_article() | self._new_first_article(
            other_sample,
            product_id=other_sample.product_id.id,
            production_ref="MO002",
        )
        records.with_user(self.operator).action_start()
        inspector = records.with_user(self.inspector)
        with self.assertRaises(UserError) as error:
            inspector.action_release()
        for record in records:
            self.assertIn(record.name, str(error.exception))
        inspector.line_ids.result = "pass"
        inspector.action_release()
        self.assertEqual(set(records.mapped("state")), {"released"})
        self.assertEqual(set(records.loan_id.mapped("state")), {"returned"})
        copies = records.with_user(self.operator).copy()
        self.assertEqual(set(copies.mapped("state")), {"draft"})

    def test_damaged_on_the_way_back(self):
        """SC-35.5, SC-50: the condition goes with the return; a damaged sample is suspended."""
        record = self._compare(self._new_first_article())
        record.with_user(self.operator).write(
            {"sample_condition": "damaged", "sample_condition_note": "Dropped"}
        )
        record.with_user(self.inspector).action_release()
        self.assertEqual(self.sample.state, "suspended")
        self.assertEqual(self.sample.location_id, self.isolation)

    def test_piece_on_site(self):
        """SC-11, R6 5.3.1: where the rule asks for a piece its place is entered before the release."""
        self._use_policy(first_article_piece="About 20 cm")
        self.sample.sudo()._recalculate_policies("Test")
        record = self._compare(self._new_first_article())
        self.assertEqual(record.piece_note, "About 20 cm")
        inspector = record.with_user(self.inspector)
        self.assertTransitionRefused(inspector, "released", "About 20 cm")
        inspector.piece_place = "Line 1"
        inspector.action_release()
        self.assertEqual(record.state, "released")

    def test_withdrawal_reminder(self):
        """C11: open after the end of the batch, not a second before; moved with the end."""
        record = self._compare(self._new_first_article())
        with freeze_time(NOW):
            record.with_user(self.inspector).action_release()
        for now, late in ((DAY_ENDS, False), ("2026-03-10 09:00:01", True)):
            with freeze_time(now):
                record.invalidate_recordset(["is_overdue"])
                self.assertEqual(record.is_overdue, late, now)
        with freeze_time(NOW):
            record.with_user(self.inspector).date_end = "2026-03-10 11:00:00"
        clock = record._clock_get("sample_first_article_withdrawal")
        self.assertEqual(str(clock.deadline), "2026-03-10 11:00:00")
        for now, told in (("2026-03-10 10:59:59", 0), ("2026-03-10 11:00:01", 1)):
            with freeze_time(now):
                for __ in range(2):
                    clock.sudo()._escalate()
                activities = record.activity_ids
                self.assertEqual(len(activities & self._of(self.inspector)), told, now)
                self.assertEqual(len(activities & self._of(self.operator)), told, now)

    def test_sc_35_4_end_is_not_moved_by_the_operator(self):
        """SC-11.1, SC-35.4: what was released is prolonged by who may release it, and named in the chatter."""
        record = self._compare(self._new_first_article())
        with freeze_time(NOW):
            record.with_user(self.inspector).action_release()
            for user in (self.operator, self.keeper, self.technical):
                with self.assertRaisesRegex(UserError, "An inspector decides"):
                    record.with_user(user).date_end = "2026-03-10 11:00:00"
            record.with_user(self.operator).date_end = record.date_end
            self.env.cr.flush()
            moved = record.with_user(self.inspector)
            moved = moved.with_context(tracking_disable=False, mail_notrack=False)
            moved.date_end = "2026-03-10 11:00:00"
            self.env.cr.flush()
        tracked = record.message_ids.tracking_value_ids.field_id
        self.assertIn("date_end", tracked.mapped("name"))

    def test_sc_35_1_a_shift_is_not_prolonged(self):
        """SC-35.1: a first article of a shift holds within a day, and nobody moves its end afterwards."""
        self._use_policy(first_article_mode="per_shift")
        self.sample.sudo()._recalculate_policies("Test")
        gate = self.env["sample.first.article"]._get_production_reasons
        with freeze_time(NOW):
            record = self._compare(self._new_first_article(shift="Day"))
            record.with_user(self.operator).date_end = "2026-04-10 09:00:00"
            self.assertTransitionRefused(
                record.with_user(self.inspector), "released", "one shift"
            )
            record.with_user(self.operator).date_end = "2026-03-10 12:00:00"
            record.with_user(self.inspector).action_release()
            with self.assertRaisesRegex(UserError, "of its own"):
                record.with_user(self.inspector).date_end = "2026-03-11 12:00:00"
        with freeze_time("2026-03-11 02:00:00"):
            self.assertTrue(gate(self.product, None, "Day"))

    def _of(self, user):
        return self.env["mail.activity"].search([("user_id", "=", user.id)])

    def test_gate_of_production(self):
        """SC-35.1: per batch by its number, per shift until its end; without a rule no gate."""
        gate = self.env["sample.first.article"]._get_production_reasons
        self.assertTrue(gate(self.product, "MO001"))
        record = self._compare(self._new_first_article())
        self.assertTrue(gate(self.product, "MO001"), "comparing is not released")
        record.with_user(self.inspector).action_release()
        self.assertEqual(gate(self.product, "MO001"), [])
        self.assertTrue(gate(self.product, "MO002"))
        self._use_policy(first_article_mode="per_shift")
        self.sample.sudo()._recalculate_policies("Test")
        shift = self._new_first_article(production_ref="MO003", shift="Day")
        self.assertEqual(shift.mode, "per_shift")
        self._compare(shift)
        with freeze_time(NOW):
            shift.with_user(self.inspector).action_release()
        for now, open_ in (("2026-03-10 08:59:59", True), (DAY_ENDS, False)):
            with freeze_time(now):
                self.assertEqual(not gate(self.product, "MO003", "Day"), open_, now)
        self._use_policy(first_article_mode="none", sequence=1)
        self.sample.sudo()._recalculate_policies("Test")
        self.assertEqual(gate(self.product, "MO009"), [])
        needs = self._new_product("Without sample", sample_required=True)
        self.assertIn("no valid sample", gate(needs, "MO1")[0])
        self.assertEqual(gate(self._new_product("Free"), "MO1"), [])

    def test_shift_is_asked_for(self):
        self._use_policy(first_article_mode="per_shift")
        self.sample.sudo()._recalculate_policies("Test")
        record = self._new_first_article()
        self.assertTransitionRefused(
            record.with_user(self.operator), "comparing", "each shift"
        )

    def test_sc_35_operator_is_asked_for(self):
        """SC-35: a comparison does not begin without the person who made the piece."""
        record = self._new_first_article()
        record.operator_id = False
        self.assertTransitionRefused(
            record.with_user(self.user), "comparing", "Enter the operator"
        )

    def test_companies(self):
        """A first article of one company is not seen from another, nor uses its samples."""
        record = self._new_first_article()
        self.user.sudo().write(
            {
                "company_ids": [Command.set(self.company_b.ids)],
                "company_id": self.company_b.id,
            }
        )
        found = self.env["sample.first.article"].with_user(self.user).search([])
        self.assertNotIn(record, found)
        with self.assertRaises(UserError):
            record.sudo().company_id = self.company_b

    def test_list_queries(self):
        """The list reads in the same number of queries for 2 and for 6 records."""
        records = self.env["sample.first.article"].browse()
        for number in range(6):
            records |= self._new_first_article(production_ref=f"MO{number}")
        names = ["name", "product_id", "sample_id", "state", "is_overdue", "mode"]

        def count(some):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            some.with_user(self.inspector).read(names)
            return self.env.cr.sql_log_count - before

        count(records)
        self.assertEqual(count(records[:2]), count(records))
