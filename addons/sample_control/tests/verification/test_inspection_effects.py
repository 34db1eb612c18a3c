from datetime import date

from freezegun import freeze_time

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common import NOW, TODAY, VerificationCase


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestInspectionEffects(VerificationCase):
    """What a confirmed inspection means for the sample (SC-46 to SC-48, E09, E10, E24)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sample = cls._new_measured_sample()

    # --- Calibration ---

    def test_e09_next_calibration(self):
        """E09, SC-46.1, SC-46.3, P24: 2026-03-10 + 12 months; the validity does not move."""
        valid_until = self.sample.valid_until
        record = self._inspect(self.sample, "10.03")
        self.assertEqual(self.sample.last_calibration_date, TODAY)
        self.assertEqual(self.sample.next_calibration_date, date(2027, 3, 10))
        self.assertEqual(record.next_date, date(2027, 3, 10))
        self.assertEqual(self.sample.valid_until, valid_until)
        self.assertTrue(self.sample.last_passed_at)

    def test_old_inspection_entered_late(self):
        """A record of an earlier day moves no clock back, and proves no more than that day."""
        self._inspect(self.sample, "10.03")
        self._inspect(self.sample, "10.03", date_inspected="2026-03-05")
        self.assertEqual(self.sample.next_calibration_date, date(2027, 3, 10))
        other = self._new_measured_sample()
        self._inspect(other, "10.03", date_inspected="2026-03-05")
        self.assertEqual(str(other.last_passed_at), "2026-03-05 15:59:59")

    def test_condition_shortens_the_interval(self):
        """SC-43.2: fair two thirds, needs attention half of the interval."""
        self._inspect(self.sample, "10.03", condition="fair")
        self.assertEqual(self.sample.next_calibration_date, date(2026, 11, 10))
        self._inspect(self.sample, "10.03", condition="attention")
        self.assertEqual(self.sample.next_calibration_date, date(2026, 9, 10))
        self._inspect(self.sample, "10.03", condition="good")
        self.assertEqual(self.sample.next_calibration_date, date(2027, 3, 10))

    def test_failed_does_not_move_the_clock(self):
        """SC-46.4: a failed calibration is none: suspended, inspected again after the repair."""
        before = self.sample.next_calibration_date
        self._inspect(self.sample, "10.07", failed=True)
        self.assertEqual(self.sample.state, "suspended")
        self.assertEqual(self.sample.next_calibration_date, before)
        repair = self.sample.inspection_ids.filtered(
            lambda record: record.inspection_type == "after_repair"
        )
        self.assertEqual(len(repair), 1)
        self.assertEqual(repair.activity_ids.user_id, self.inspector)
        self._inspect(self.sample, "10.07", failed=True)  # again: no second one
        self.assertEqual(len(self.sample._get_open_inspections("after_repair")), 1)

    def test_replace_asks_for_a_successor(self):
        """SC-46.4: the decision to replace asks for the successor, once."""
        self._inspect(self.sample, "10.07", failed=True, action="replace")
        request = self.sample.successor_request_ids
        self.assertEqual(request.reason_id, self._reason("T16"))
        self._inspect(self.sample, "10.07", failed=True, action="replace")
        self.assertEqual(self.sample.successor_request_ids, request)

    @freeze_time(NOW, as_kwarg="clock", tick=False)
    def test_used_again_after_passing(self, clock):
        """SC-46.4: re-inspection passed after the suspension; quality lets it be used again."""
        self._inspect(self.sample, "10.07", failed=True)
        clock.move_to("2026-03-11 02:00:00")
        old = self._inspect(self.sample, "10.03", date_inspected="2026-03-09")
        self.assertEqual(old.result, "pass")
        quality = self.sample.with_user(self.quality)
        self.assertTransitionRefused(quality, "active", "must pass an inspection")
        self._inspect(self.sample, "10.03", inspection_type="after_repair")
        # fails once more before it is used: the pass before does not count
        clock.move_to("2026-03-12 02:00:00")
        self._inspect(self.sample, "10.07", failed=True)
        self.assertTransitionRefused(quality, "active", "must pass an inspection")
        clock.move_to("2026-03-13 02:00:00")
        self._inspect(self.sample, "10.03", inspection_type="after_repair")
        quality.action_activate()
        self.assertEqual(self.sample.state, "active")

    # --- Corrections ---

    def test_revision(self):
        """SC-45.3: a correction takes the place of the record; the failed one stays readable."""
        record = self._inspect(self.sample, "10.07", failed=True)
        draft = record.with_user(self.inspector)._revise()
        self.assertEqual((draft.revision, draft.revises_id), (1, record))
        self.assertEqual(draft.line_ids.readings, "10.07")
        draft.line_ids.readings = "10.04"
        self._confirm(draft)
        self.assertRecordValues(
            record,
            [{"state": "cancelled", "revised_by_id": draft.id, "result": "fail"}],
        )
        self.assertEqual(self.sample.last_calibration_date, TODAY)
        self.sample.with_user(self.quality).action_activate()

    def test_p25_corrected_twice(self):
        """P25: each record is corrected once; nothing comes twice."""
        record = self._inspect(self.sample, "10.03")
        draft = record.with_user(self.inspector)._revise()
        with self.assertRaisesRegex(UserError, "already being corrected"):
            record.with_user(self.inspector)._revise()
        with self.assertRaises(UserError):
            draft._revise()
        self._confirm(draft)
        with self.assertRaises(UserError):
            record.with_user(self.inspector)._revise()
        self.assertEqual(self.sample.inspection_count, 2)

    # --- The original inspection ---

    def test_baseline(self):
        """D-16: range of several readings, tolerance for one; before the signature only."""
        sample = self._new_sample(
            "DIM",
            line_ids=[
                self._width(has_baseline=False, baseline_min=0, baseline_max=0),
                self._new_line("thickness", nominal=2, tol_lower=-0.1, tol_upper=0.1),
            ],
        )
        record = self._new_inspection(sample, inspection_type="baseline")
        width, thickness = record.line_ids
        width.readings = "10.02; 10.06; 10.04"
        thickness.readings = "2.03"
        self._confirm(record)
        self.assertRecordValues(
            sample.line_ids,
            [
                {"has_baseline": True, "baseline_min": 10.02, "baseline_max": 10.06},
                {"has_baseline": True, "baseline_min": 1.9, "baseline_max": 2.1},
            ],
        )
        self.assertEqual(sample.baseline_inspection_id, record)
        self._sign(sample)
        late = self._new_inspection(sample, "10.02; 10.03", inspection_type="baseline")
        inspector = late.with_user(self.inspector)
        self.assertTransitionRefused(inspector, "submitted", "comes before")
        self.assertFalse(sample._get_seal_reasons())

    def test_baseline_of_one_reading_without_tolerance(self):
        sample = self._new_sample("DIM", line_ids=[self._new_line("width", nominal=10)])
        record = self._new_inspection(sample, "10", inspection_type="baseline")
        inspector = record.with_user(self.inspector)
        self.assertTransitionRefused(
            inspector, "submitted", "the range is the tolerance"
        )

    def test_baseline_without_tolerance_makes_the_range(self):
        """D-16: where the drawing gives no tolerance, several first readings are the range."""
        bare = self._width(has_baseline=False, tol_lower=0, tol_upper=0)
        sample = self._new_sample("DIM", line_ids=[bare])
        record = self._new_inspection(
            sample, "10.02; 10.06", inspection_type="baseline"
        )
        self.assertEqual(record.expected_result, "pass")
        self._confirm(record)
        self.assertRecordValues(
            sample.line_ids,
            [{"has_baseline": True, "baseline_min": 10.02, "baseline_max": 10.06}],
        )

    def test_baseline_outside_the_tolerance(self):
        """An original inspection that fails makes no range."""
        sample = self._new_sample("DIM", line_ids=[self._width(has_baseline=False)])
        record = self._new_inspection(sample, "10.2; 10.05", inspection_type="baseline")
        self._confirm(record)
        self.assertEqual(record.result, "fail")
        self.assertFalse(sample.line_ids.has_baseline)

    # --- The customer's check ---

    def test_e24_customer_check(self):
        """E24: quarterly check last done 2026-01-31, next 2026-04-30."""
        sample = self._new_measured_sample("2026-01-05", partner_id=self.customer.id)
        self.assertEqual(sample.next_customer_check_date, date(2026, 4, 5))
        record = self._new_inspection(
            sample,
            "10.03",
            inspection_type="customer",
            date_inspected="2026-01-31",
            equipment_id=False,
        )
        inspector = record.with_user(self.inspector)
        self.assertTransitionRefused(inspector, "submitted", "for the customer")
        record.customer_signatory_id = self.customer
        before = sample.next_calibration_date
        self._confirm(record)
        self.assertEqual(sample.next_customer_check_date, date(2026, 4, 30))
        self.assertEqual(record.next_date, date(2026, 4, 30))
        self.assertEqual(sample.next_calibration_date, before)

    def test_customer_refuses(self):
        """SC-47.4: a failed check of the customer stops the sample; measuring it does not help."""
        vals = {
            "customer_signatory_id": self.customer.id,
            "inspection_type": "customer",
        }
        self._inspect(self.sample, "10.07", failed=True, **vals)
        self.assertEqual(self.sample.state, "suspended")
        self._inspect(self.sample, "10.03", **vals)
        self.sample.with_user(self.quality).action_activate()
        self.assertEqual(self.sample.state, "active")

    def test_customer_check_does_not_cure_a_calibration(self):
        self._inspect(self.sample, "10.07", failed=True)
        self._inspect(
            self.sample,
            "10.03",
            inspection_type="customer",
            customer_signatory_id=self.customer.id,
        )
        quality = self.sample.with_user(self.quality)
        self.assertTransitionRefused(quality, "active", "must pass an inspection")

    def test_sent_to_the_customer(self):
        """SC-47.3: the dispatch for the check is linked, mandatory to be returned."""
        record = self._new_inspection(
            self._new_measured_sample(partner_id=self.customer.id),
            inspection_type="customer",
        )
        action = record.with_user(self.inspector).action_send_to_customer()
        dispatch = self.env["sample.dispatch"].browse(action["res_id"])
        self.assertEqual(dispatch.purpose, "customer_check")
        self.assertEqual(dispatch.line_ids.sample_id, record.sample_id)
        self.assertTrue(dispatch.return_required)
        self.assertEqual(record.dispatch_id, dispatch)
        again = record.with_user(self.inspector).action_send_to_customer()
        self.assertEqual(again["res_id"], dispatch.id)

    def test_sc_47_3_only_the_check_of_the_customer_is_sent(self):
        """SC-47.3: no dispatch for other inspections, nor for a sample without a customer."""
        for kind in ("periodic", "customer"):
            record = self._new_inspection(
                self._new_measured_sample(), inspection_type=kind
            )
            with self.assertRaisesRegex(UserError, "only a check of the customer"):
                record.with_user(self.inspector).action_send_to_customer()

    # --- Patrol ---

    def _patrol(self, **verdicts):
        record = self._new_inspection(
            self.sample, inspection_type="patrol", equipment_id=False
        )
        for line in record.line_ids:
            line.judged = verdicts.get(line.patrol_item, "pass")
        return record

    def test_patrol(self):
        """SC-48.4: five items; the next patrol after the interval; no proof of accuracy."""
        record = self._patrol()
        self.assertEqual(len(record.line_ids), 5)
        record.with_user(self.inspector).action_submit()
        record.with_user(self.inspector).action_confirm()
        self.assertEqual(record.result, "pass")
        self.assertEqual(self.sample.next_patrol_date, date(2026, 4, 9))
        self.assertFalse(self.sample.last_passed_at)

    def test_patrol_finds_a_misplaced_sample(self):
        """A sample in the wrong place is found, not stopped."""
        record = self._patrol(place="fail")
        self._confirm(record)
        self.assertEqual((record.result, self.sample.state), ("fail", "active"))

    def test_patrol_affects_quality(self):
        """SC-48.2: damaged appearance: stopped, and its accuracy is measured."""
        self._confirm(self._patrol(appearance="fail"))
        self.assertEqual(self.sample.state, "suspended")
        self.assertEqual(len(self.sample._get_open_inspections("exception")), 1)

    def test_ended_sample(self):
        """Nothing is inspected of a piece that is no standard any more."""
        draft = self._new_inspection(self.sample, "10.03")
        patrol = self._patrol()
        self.sample.sudo()._end("lost", "Gone")
        self.assertEqual(draft.state, "cancelled")
        self.assertEqual(patrol.state, "cancelled")
        new = self._new_inspection(self.sample, "10.03").with_user(self.inspector)
        self.assertTransitionRefused(new, "submitted", "not in use")

    def test_lines_of_text(self):
        """What is not measured is judged by eye, with what the card says beside it."""
        colour = self._new_line("colour", text_value="RAL 9005")
        sample = self._new_measured_sample(line_ids=[self._width(), colour])
        record = self._new_inspection(sample, "10.03")
        line = record.line_ids.filtered(lambda line: not line.is_measured)
        self.assertEqual((line.expected, line.verdict), ("RAL 9005", "pass"))
        line.judged = "fail"
        self.assertEqual(record.expected_result, "fail")
        with self.assertRaises(UserError):
            line.reading_ids = [Command.create({"value": 1})]
