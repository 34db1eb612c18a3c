from datetime import date

from freezegun import freeze_time

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..common import SampleCase


@tagged("post_install", "-at_install")
class TestValidity(SampleCase):
    """Three independent clocks, and the sample that was valid on a day (SC-38.1, SC-39)."""

    def _rule(self, **values):
        return self._new_policy(
            "Rule", ["validity", "checks"], categ_ids=self.plastics.ids, **values
        )

    def test_worked_examples(self):
        """E01 rubber, E02 plastic, E03 stamping."""
        for start, value, unit, expected in (
            ("2026-01-31", 3, "month", "2026-04-30"),
            ("2025-08-31", 6, "month", "2026-02-28"),
            ("2024-02-29", 1, "year", "2025-02-28"),
        ):
            rule = self._rule(validity_value=value, validity_unit=unit)
            with freeze_time(f"{start} 02:00:00"):
                sample = self._new_active_sample()
            self.assertEqual(str(sample.confirm_date), start)
            self.assertEqual(str(sample.valid_until), expected)
            rule.active = False

    def test_usable_through_the_last_day(self):
        """E01: usable on 30 April; on 1 May, in the company's time zone, expired."""
        self._rule(validity_value=3)
        with freeze_time("2026-01-31 02:00:00"):
            sample = self._new_active_sample()
        samples = self.env["sample.sample"]
        for instant, usable in (
            ("2026-04-30 15:59:59", True),  # 23:59:59 in Shanghai
            ("2026-04-30 16:00:00", False),  # midnight
        ):
            with freeze_time(instant):
                sample.invalidate_recordset()
                self.assertEqual(sample.is_valid, usable, instant)
                found = samples.search(
                    [("id", "=", sample.id), ("is_valid", "=", True)]
                )
                self.assertEqual(bool(found), usable, instant)

    def test_due_before_the_end(self):
        """Reminders begin with the largest number of days of the rule."""
        self._rule(validity_value=3, reminder_days="15, 5, 0")
        with freeze_time("2026-01-31 02:00:00"):
            sample = self._new_active_sample()
        self.assertEqual(sample.date_validity_due, date(2026, 4, 15))
        self.assertEqual(sample.date_replacement, date(2026, 4, 15))
        samples = self.env["sample.sample"]
        for instant, state in (
            ("2026-04-14 02:00:00", "ok"),
            ("2026-04-15 02:00:00", "due"),
            ("2026-05-01 02:00:00", "overdue"),
        ):
            with freeze_time(instant):
                sample.invalidate_recordset()
                self.assertEqual(sample.validity_state, state)
                found = samples.search(
                    [("id", "=", sample.id), ("validity_state", "=", state)]
                )
                self.assertEqual(found, sample)

    def test_reference_sample_does_not_expire(self):
        """D-07: no expiry for reference samples."""
        sample = self._new_active_sample("REF")
        self.assertFalse(sample.valid_until)
        self.assertEqual(sample.validity_state, "none")
        self.assertTrue(sample.is_valid)

    def test_calibration_is_another_clock(self):
        """E09, SC-46.3, D-06: calibration is due on its own day and leaves validity alone."""
        self._rule(validity_value=24, calibration_interval_months=12)
        baseline = self._new_line(
            "width", has_baseline=True, baseline_min=1, baseline_max=2
        )
        with freeze_time("2026-03-10 02:00:00"):
            sample = self._new_active_sample(line_ids=[baseline])
        self.assertEqual(sample.next_calibration_date, date(2027, 3, 10))
        self.assertEqual(sample.valid_until, date(2028, 3, 10))
        with freeze_time("2027-03-11 02:00:00"):
            sample.invalidate_recordset()
            self.assertEqual(sample.validity_state, "ok")
            self.assertEqual(sample.calibration_state, "overdue")
            self.assertFalse(sample.is_valid)

    def test_customer_check_every_quarter(self):
        """E24: last done 31 January, next 30 April."""
        self._rule(customer_check_interval_months=3)
        with freeze_time("2026-01-31 02:00:00"):
            sample = self._new_active_sample()
        self.assertEqual(sample.next_customer_check_date, date(2026, 4, 30))
        with freeze_time("2026-05-01 02:00:00"):
            sample.invalidate_recordset()
            self.assertEqual(sample.customer_check_state, "overdue")
            found = sample.search(
                [("id", "=", sample.id), ("customer_check_state", "=", "overdue")]
            )
            self.assertEqual(found, sample)

    @freeze_time("2026-03-10 02:00:00")
    def test_sample_confirmed_earlier(self):
        """A sample registered later keeps its day; one whose time is over is not activated."""
        sample = self._new_active_sample(confirm_date="2026-01-10")
        self.assertEqual(sample.valid_until, date(2027, 1, 10))
        for day in ("2024-01-10", "2026-03-11"):
            late = self._sign(self._new_sample(confirm_date=day))
            with self.assertRaises(UserError):
                late.with_user(self.quality).action_activate()

    @freeze_time("2026-03-10 02:00:00")
    def test_validity_is_shortened_with_a_reason(self):
        """D-24: shorter with a reason; longer only with a new signature."""
        sample = self._new_active_sample()
        for day, reason in (
            (date(2027, 3, 11), "Longer"),
            (date(9999, 12, 31), "Much longer"),
            (date(1, 1, 1), "Before it was confirmed"),
            (date(2026, 6, 1), ""),
        ):
            with self.assertRaises(UserError):
                sample._shorten_validity(day, reason)
        wizard = (
            self.env["sample.validity"]
            .with_user(self.quality)
            .create(
                {
                    "sample_ids": sample.ids,
                    "valid_until": "2026-06-01",
                    "reason": "Fades in the sun",
                }
            )
        )
        wizard.action_apply()
        self.assertEqual(sample.valid_until, date(2026, 6, 1))
        self.assertEqual(sample.validity_reason, "Fades in the sun")
        with self.assertRaises(UserError):
            self._new_sample()._shorten_validity(date(2026, 6, 1), "Draft")

    def test_sample_valid_on_the_production_date(self):
        """E19: A was valid on 2025-06-15 although B has replaced and people destroyed it."""
        with freeze_time("2024-07-01 02:00:00"):
            old = self._new_active_sample()
        old._write_protected({"valid_until": "2025-06-30"})
        with freeze_time("2025-07-01 02:00:00"):
            new = self._new_active_sample(replaces_id=old.id)
        self.assertEqual(old.state, "replaced")
        self._dispose(old)
        samples = self.env["sample.sample"].with_user(self.inspector)
        for day, expected in (
            (date(2024, 6, 30), samples),
            (date(2024, 7, 1), old),
            (date(2025, 6, 15), old),
            (date(2025, 6, 30), old),
            (date(2025, 7, 1), new),
        ):
            self.assertEqual(samples._find_valid_on(self.product, day), expected, day)
            found = samples.with_context(active_test=False).search(
                [("valid_on", "=", day), ("product_id", "=", self.product.id)]
            )
            self.assertEqual(found, expected, day)

    @freeze_time("2026-03-10 02:00:00")
    def test_customers_sample_comes_first(self):
        """E19: the customer's own standard before the common one; of others never."""
        common = self._new_active_sample()
        own = self._new_active_sample(partner_id=self.customer.id)
        other = self._new_active_sample(partner_id=self.supplier.id)
        contact = self.env["res.partner"].create(
            {"name": "Contact", "parent_id": self.customer.id}
        )
        samples = self.env["sample.sample"]
        found = samples._find_valid_on(self.product, date(2026, 3, 10), contact)
        self.assertEqual(list(found), [own, common])
        self.assertNotIn(other, samples._find_valid_on(self.product, date(2026, 3, 10)))

    @freeze_time("2026-03-10 02:00:00")
    def test_in_process_samples_are_not_found(self):
        """E17, SC-38.3: no in-process sample is proposed for a complaint."""
        sample = self._new_active_sample("WIP", origin="in_process")
        samples = self.env["sample.sample"]
        day = date(2026, 3, 10)
        self.assertFalse(samples._find_valid_on(self.product, day))
        self.assertEqual(
            samples._find_valid_on(self.product, day, purpose="in_process"), sample
        )

    @freeze_time("2026-03-10 02:00:00")
    def test_confirmation_stays(self):
        """SC-38.1, D-24: the day from which a piece was the standard is not moved, nor its validity by it."""
        sample = self._new_active_sample()
        for user in (self.keeper, self.technical, self.administrator):
            with (
                self.subTest(user=user.login),
                self.assertRaisesRegex(UserError, "fixed"),
            ):
                sample.with_user(user).confirm_date = "2026-03-09"

    @freeze_time("2026-03-10 02:00:00")
    def test_recalculation_does_not_extend(self):
        """D-24: new rules shorten the validity of a piece in use; longer needs a new signature."""
        sample = self._new_active_sample()
        rule = self._new_policy(
            "Shorter",
            ["validity"],
            product_tmpl_ids=self.product.product_tmpl_id.ids,
            validity_value=3,
            validity_unit="month",
        )
        sample.with_user(self.administrator)._recalculate_policies("Three months")
        self.assertEqual(sample.valid_until, date(2026, 6, 10))
        rule.validity_value = 36
        sample.with_user(self.administrator)._recalculate_policies("Three years")
        self.assertEqual(sample.valid_until, date(2026, 6, 10))
        rule.no_expiry = True
        sample.with_user(self.administrator)._recalculate_policies("For ever")
        self.assertEqual(sample.valid_until, date(2026, 6, 10))
