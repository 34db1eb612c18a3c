from datetime import date

from freezegun import freeze_time

from odoo.tests import tagged, warmup

from .common import VerificationCase


@tagged("post_install", "-at_install")
class TestDueScan(VerificationCase):
    """The nightly jobs (C01-C04, C13; E01-E03 at their limits)."""

    def _scan(self, moment, job="_cron_due_scan"):
        with freeze_time(moment):
            getattr(self.env["sample.sample"], job)()
            self.env.invalidate_all()

    def _open_patrols(self, moment):
        self._scan(moment, "_cron_open_patrols")

    def _activities(self, sample, kind):
        activity_type = self.env.ref(f"sample_control.mail_activity_type_{kind}")
        return sample.activity_ids.filtered(
            lambda activity: activity.activity_type_id == activity_type
        )

    def _sample_of(self, confirmed, value, unit):
        policy = self._new_policy(
            "Validity",
            ["validity"],
            product_tmpl_ids=self.product.product_tmpl_id.ids,
            validity_value=value,
            validity_unit=unit,
        )
        sample = self._new_measured_sample(confirmed)
        policy.unlink()
        return sample

    def test_e01_to_e03_expire(self):
        """E01-E03, SC-39.2: good through the last day in the company's time zone, then expired."""
        for confirmed, value, unit, last in (
            ("2026-01-31", 3, "month", date(2026, 4, 30)),
            ("2025-08-31", 6, "month", date(2026, 2, 28)),
            ("2024-02-29", 1, "year", date(2025, 2, 28)),
        ):
            sample = self._sample_of(confirmed, value, unit)
            self.assertEqual(sample.valid_until, last)
            self._scan(f"{last} 15:59:59")  # 23:59:59 in Shanghai
            self.assertEqual(sample.state, "active")
            self._scan(f"{last} 16:00:00")  # midnight in Shanghai
            self.assertEqual(sample.state, "expired")
            self.assertEqual(sample.ended_on, last)

    def test_suspended_expires_too(self):
        sample = self._sample_of("2026-01-31", 3, "month")
        with freeze_time("2026-02-01 02:00:00"):
            sample.sudo()._suspend("Worn")
        self._scan("2026-05-10 02:00:00")
        self.assertEqual(sample.state, "expired")

    def test_c01_reminders(self):
        """C01: 30, 7 and 0 days before; one activity per person, however often the job runs."""
        sample = self._sample_of("2026-01-31", 1, "year")  # valid to 2027-01-31
        self._scan("2026-12-31 02:00:00")
        self.assertFalse(self._activities(sample, "validity"))
        for day in (
            "2027-01-01",
            "2027-01-01",
            "2027-01-10",
            "2027-01-24",
            "2027-01-31",
        ):
            self._scan(f"{day} 02:00:00")
            found = self._activities(sample, "validity")
            self.assertIn(self.keeper, found.user_id)
            self.assertIn(self.administrator, found.user_id)
            self.assertEqual(len(found), len(found.user_id))
            self.assertEqual(set(found.mapped("date_deadline")), {sample.valid_until})
        self.assertFalse(sample.date_validity_reminder)
        self._scan("2027-02-01 02:00:00")
        self.assertFalse(self._activities(sample, "validity"))  # it has ended

    def test_catch_up_after_downtime(self):
        """A job that stood still over two reminders reminds once and goes on with the third."""
        sample = self._sample_of("2026-01-31", 1, "year")
        self._scan("2027-01-26 02:00:00")
        found = self._activities(sample, "validity")
        self.assertEqual(len(found), len(found.user_id))
        self.assertEqual(sample.date_validity_reminder, date(2027, 1, 31))
        found.action_done()
        self._scan("2027-01-27 02:00:00")
        self.assertFalse(self._activities(sample, "validity"))

    def test_c03_calibration(self):
        """C03: reminders before, and one more on the day after."""
        sample = self._new_measured_sample("2026-03-02", "DIM")
        self.assertEqual(sample.next_calibration_date, date(2027, 3, 2))
        sample._write_protected({"valid_until": False})
        self._scan("2027-02-01 02:00:00")
        self._activities(sample, "calibration").unlink()
        for day in ("2027-02-23", "2027-03-02", "2027-03-03"):
            self._scan(f"{day} 02:00:00")
            self.assertTrue(self._activities(sample, "calibration"), day)
            self._activities(sample, "calibration").unlink()
        self._scan("2027-03-04 02:00:00")
        self.assertFalse(self._activities(sample, "calibration"))

    def test_c04_customer_check(self):
        """C04: opens the record of the customer's check once, 15 days before."""
        sample = self._new_measured_sample("2026-03-02")
        self._scan("2026-05-17 02:00:00")
        self.assertFalse(sample._get_open_inspections("customer"))
        for day in ("2026-05-18", "2026-05-18", "2026-05-30", "2026-06-02"):
            self._scan(f"{day} 02:00:00")
            record = sample._get_open_inspections("customer")
            self.assertEqual(len(record), 1)
            self.assertEqual(record.date_planned, date(2026, 6, 2))

    def test_c13_patrols(self):
        """C13: a patrol by interval, one at a time, the next after the last."""
        sample = self._new_measured_sample("2026-03-02")
        self.assertEqual(sample.next_patrol_date, date(2026, 4, 1))
        self._open_patrols("2026-03-31 02:00:00")
        self.assertFalse(sample._get_open_inspections("patrol"))
        for day in ("2026-04-01", "2026-04-02", "2026-06-02"):
            self._open_patrols(f"{day} 02:00:00")
            self.assertEqual(len(sample._get_open_inspections("patrol")), 1)
        with freeze_time("2026-06-02 02:00:00"):
            patrol = sample._get_open_inspections("patrol")
            patrol.line_ids.judged = "pass"
            patrol.date_inspected = "2026-06-02"
            self._confirm(patrol)
        self.assertEqual(sample.next_patrol_date, date(2026, 7, 2))
        self._open_patrols("2026-07-02 02:00:00")
        again = sample._get_open_inspections("patrol")
        with freeze_time("2026-07-03 02:00:00"):
            again.with_user(self.inspector).action_cancel()
        self.assertEqual(sample.next_patrol_date, date(2026, 8, 2))

    def test_one_bad_record_stops_no_other(self):
        """A record that fails is logged and left; the others are done."""
        good = self._sample_of("2026-01-31", 3, "month")
        bad = self._sample_of("2026-01-31", 3, "month")
        act = type(good)._expire

        def fail(samples, day):
            if bad in samples:
                raise ValueError("broken")
            return act(samples, day)

        self.patch(type(good), "_expire", fail)
        logger = "odoo.addons.record_control.tools.one_by_one"
        with self.assertLogs(logger, "ERROR"):
            self._scan("2026-05-01 02:00:00")
        self.assertEqual((good.state, bad.state), ("expired", "active"))

    def test_other_company(self):
        """Each company has its own day."""
        sample = self._sample_of("2026-01-31", 3, "month")
        calendar = self.env["resource.calendar"].create(
            {"name": "West", "tz": "America/Los_Angeles"}
        )
        self.company.resource_calendar_id = calendar
        self._scan("2026-05-01 06:59:59")  # 23:59:59 of 30 April in Los Angeles
        self.assertEqual(sample.state, "active")
        self._scan("2026-05-01 07:00:00")
        self.assertEqual(sample.state, "expired")

    def _count_scan(self, moment):
        with freeze_time(moment):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.env["sample.sample"]._cron_due_scan()
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

    @warmup
    def test_queries_of_an_idle_scan(self):
        """Nothing is due: what the scan asks does not depend on the number of samples.

        15 queries: the list of companies for each of the five steps (5), the companies and their
        calendars once (2), one search on an index for each of the four dates of samples (4) and
        for each of the four acts on plan lines (4).
        """
        for __ in range(3):
            self._new_measured_sample("2026-03-02")
        with freeze_time("2026-03-03 02:00:00"):
            self.env["sample.sample"]._cron_due_scan()
            self.env.flush_all()
            self.env.invalidate_all()
            with self.assertQueryCount(15):
                self.env["sample.sample"]._cron_due_scan()

    def test_queries_do_not_grow(self):
        """Reminders and expiry of twelve samples take as many queries as those of two."""
        counts = []
        for number in (2, 12):
            for __ in range(number):
                self._sample_of("2026-01-31", 1, "year")
            moments = "2027-01-01 02:00:00", "2027-02-01 02:00:00"
            counts.append([self._count_scan(moment) for moment in moments])
        # the first round warms the caches; twelve samples may not cost more than two did
        self.assertLessEqual(counts[1][0], counts[0][0])
        self.assertLessEqual(counts[1][1], counts[0][1] + 12 * 2)
