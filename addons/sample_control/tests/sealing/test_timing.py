from datetime import datetime, timedelta

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import MONDAY, SealingCase


@tagged("post_install", "-at_install")
class TestTiming(SealingCase):
    """Notice and trial fit on the clocks of record control (SC-21, E11, E12)."""

    def test_notice_too_short_is_urgent(self):
        """E11: noticed at 13:00, planned at 14:00: urgent, reason mandatory, marked."""
        request = self._new_request(planned_at="2026-03-02 06:00:00")
        with freeze_time("2026-03-02 05:00:00"):
            with self.assertRaisesRegex(UserError, "notice is too short"):
                request.with_user(self.technical).action_submit()
            request.urgent_reason = "The customer comes today"
            request.with_user(self.technical).action_submit()
        self.assertTrue(request.is_urgent)
        # 13:00 to 17:00 are four working hours of the day shift
        self.assertEqual(request.earliest_at, datetime(2026, 3, 2, 9, 0))

    def test_notice_to_the_second(self):
        """SC-21: half a day is four working hours, over the end of the day, to the second."""
        # Monday 15:30: two hours until 17:30, two more on Tuesday from 8:30
        start, limit = datetime(2026, 3, 2, 7, 30), datetime(2026, 3, 3, 2, 30)
        for offset, urgent in ((-1, True), (0, False), (1, False)):
            request = self._new_request(
                planned_at=limit + timedelta(seconds=offset), urgent_reason="x"
            )
            with freeze_time(start):
                request.with_user(self.technical).action_submit()
            self.assertEqual(request.is_urgent, urgent, offset)

    def test_planned_earlier_after_the_notice(self):
        """SC-21: the notice stays when the plan is moved; an earlier plan needs its reason."""
        request = self._new_request()
        with freeze_time(MONDAY):
            request.with_user(self.technical).action_submit()
        self.assertFalse(request.is_urgent)
        request.planned_at = MONDAY + timedelta(hours=1)
        self.assertTrue(request.is_urgent)
        with self.assertRaisesRegex(UserError, "notice is too short"):
            request.with_user(self.quality).action_arrange()

    def test_notice_of_every_kind(self):
        """SC-21: whatever is sealed, a planned time that the notice does not allow needs its reason at once."""
        for kind in ("seal", "new", "temporary"):
            with self.subTest(kind=kind), freeze_time(MONDAY):
                vals = {"type_id": self._type("APP").id} if kind == "new" else {}
                request = self._new_request(
                    kind=kind, planned_at="2026-02-02 02:00:00", **vals
                )
                with self.assertRaisesRegex(UserError, "notice is too short"):
                    request.with_user(self.technical).action_submit()
                request.urgent_reason = "The customer is here"
                request.with_user(self.technical).action_submit()
        with freeze_time(MONDAY):
            # other samples are planned later, when their sealing is arranged
            new = self._new_request(
                kind="new", type_id=self._type("APP").id, planned_at=False
            )
            new.with_user(self.technical).action_submit()
            self.assertEqual(new.state, "submitted")

    def test_notice_clock(self):
        """C06: the notice runs until quality arranges; who is late is told by the clock."""
        request = self._new_request()
        with freeze_time(MONDAY):
            request.with_user(self.technical).action_submit()
            clock = request._clock_get("sample_notice")
            self.assertEqual(clock.deadline, MONDAY + timedelta(hours=4))
            self.assertEqual(clock.state, "running")
        with freeze_time(MONDAY + timedelta(hours=4)):
            request.with_user(self.quality).action_arrange()
        self.assertEqual(clock.state, "met")

    def test_notice_clock_missed(self):
        """C06: a second after the deadline the notice was not answered in time."""
        request = self._new_request()
        with freeze_time(MONDAY):
            request.with_user(self.technical).action_submit()
        with freeze_time(MONDAY + timedelta(hours=4, seconds=1)):
            request.with_user(self.quality).action_arrange()
        self.assertEqual(request._clock_get("sample_notice").state, "missed")

    def _fit(self, request, start, end):
        with freeze_time(start):
            request.with_user(self.quality).action_start_trial_fit()
        with freeze_time(end):
            request.with_user(self.quality).action_end_trial_fit()

    def test_trial_fit_over_the_end_of_the_day(self):
        """E12: from 16:50, the day ends 17:30 and begins 8:30: 90 minutes end at 9:20."""
        request = self._check(self._new_request(needs_trial_fit=True))
        start, deadline = datetime(2026, 3, 2, 8, 50), datetime(2026, 3, 3, 1, 20)
        with freeze_time(start):
            request.with_user(self.quality).action_start_trial_fit()
        self.assertEqual(request.trial_deadline, deadline)

    def test_trial_fit_to_the_second(self):
        """E12: at the deadline in time, a second later too late, which asks for a reason."""
        start, deadline = datetime(2026, 3, 2, 8, 50), datetime(2026, 3, 3, 1, 20)
        for offset, late in ((-1, False), (0, False), (1, True)):
            request = self._check(self._new_request(needs_trial_fit=True))
            self._fit(request, start, deadline + timedelta(seconds=offset))
            self.assertEqual(request.is_trial_late, late, offset)
            self.assertEqual(
                request._clock_get("sample_trial_fit").state,
                "missed" if late else "met",
            )
        request.write(
            {
                "trial_result": "pass",
                "trial_quality_id": self.quality.id,
                "trial_technical_id": self.technical.id,
            }
        )
        self.assertIn("took too long", request._get_trial_fit_reasons()[0])
        request.trial_late_reason = "The fork was late"
        self.assertFalse(request._get_trial_fit_reasons())

    def test_trial_fit_of_one_working_day(self):
        """D-10: one day is the same time of the next working day: Friday 10:00 to Monday 10:00."""
        self.rule.write(
            {"trial_fit_limit_value": 1, "trial_fit_limit_unit": "working_day"}
        )
        request = self._check(self._new_request(needs_trial_fit=True))
        with freeze_time("2026-03-06 02:00:00"):
            request.with_user(self.quality).action_start_trial_fit()
        self.assertEqual(request.trial_deadline, datetime(2026, 3, 9, 2, 0))

    def test_any_limit_of_a_rule(self):
        """SC-21: a rule may ask for any time; it gets a clock policy, once, with the steps."""
        self.rule.trial_fit_limit_value = 37
        for __ in range(2):
            request = self._check(self._new_request(needs_trial_fit=True))
            self._fit(request, MONDAY, MONDAY + timedelta(minutes=37))
            self.assertFalse(request.is_trial_late)
        policy = self.env["clock.policy"].search(
            [("code", "=", "sample_trial_fit"), ("amount", "=", 37)]
        )
        self.assertEqual(len(policy), 1)
        self.assertEqual(len(policy.step_ids), 2)

    def test_trial_fit_needs_both_sides(self):
        """SC-23.4: quality and technical side fit together; nothing fitted is not passed (P20)."""
        request = self._check(self._new_request(needs_trial_fit=True))
        self.assertIn("has not been done", request._get_trial_fit_reasons()[0])
        with self.assertRaisesRegex(UserError, "No trial fit"):
            request.with_user(self.quality).action_end_trial_fit()
        self._fit(request, MONDAY, MONDAY + timedelta(minutes=5))
        request.write(
            {
                "trial_quality_id": self.quality.id,
                "trial_technical_id": self.quality2.id,
            }
        )
        reasons = "\n".join(request._get_trial_fit_reasons())
        self.assertIn("does not stand for this side", reasons)
        self.assertIn("Enter the result", reasons)
        request.write({"trial_technical_id": self.technical.id, "trial_result": "fail"})
        self.assertEqual(request._get_trial_fit_reasons(), ["The part does not fit."])

    def test_sc_21_trial_fit_begins_once(self):
        """SC-21: only a request with a trial fit begins one, and not while one is under way."""
        other = self._check(self._new_request()).with_user(self.quality)
        with self.assertRaisesRegex(UserError, "no trial fit is due"):
            other.action_start_trial_fit()
        with self.assertRaises(AccessError):
            # who only reads the request is told so, and not what is due
            other.with_user(self.user).action_start_trial_fit()
        request = self._check(self._new_request(needs_trial_fit=True))
        with freeze_time(MONDAY):
            request.with_user(self.quality).action_start_trial_fit()
        with self.assertRaisesRegex(UserError, "trial fit is under way"):
            request.with_user(self.quality).action_start_trial_fit()
        self.assertEqual(request.trial_start_at, MONDAY)

    def test_times_are_stamped_not_typed(self):
        """SC-21: start, end and lateness of a trial fit are set by the steps alone."""
        request = self._check(self._new_request(needs_trial_fit=True))
        for name in ("trial_start_at", "trial_end_at", "earliest_at"):
            with self.assertRaises(UserError):
                request.with_user(self.manager).write({name: MONDAY})
        with self.assertRaises(UserError):
            request.with_user(self.manager).write({"is_trial_late": True})
