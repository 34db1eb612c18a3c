from odoo import api, models
from odoo.fields import Domain

from ..policy.people import get_group_users
from . import reminders

ACTIVITY = "sample_control.mail_activity_type_"


class SampleSample(models.Model):
    """What expired, what comes due (C01-C04, C08), and, as a job of its own, the patrols (C13).

    Each step reads an index of what is due; samples that need nothing are not loaded.
    """

    _name = "sample.sample"
    _inherit = ["sample.sample", "sample.scan.mixin"]

    @api.model
    def _cron_due_scan(self):
        """Run all steps of the nightly scan for all companies."""
        # sudo: the job acts for the rules of all companies
        samples_sudo = self.sudo()
        for step in samples_sudo._get_scan_steps():
            step()

    @api.model
    def _cron_open_patrols(self):
        """Open the patrols that are due, for all companies (C13, SC-48.1)."""
        # sudo: the job acts for the rules of all companies
        self.sudo()._scan_dates("next_patrol_date", "_open_patrols", ("active",))

    def _get_scan_steps(self):
        """Return the steps of the nightly scan, in their order. Hook.

        :return: list of functions without parameters
        """
        return [
            self._scan_expired,
            self._scan_validity,
            self._scan_calibration,
            self._scan_customer_checks,
            self.env["sample.plan.line"]._scan_plans,
        ]

    # --- Steps ---

    def _scan_expired(self):
        """Samples end with the day after their last day of use (C02, SC-39.2)."""
        self._scan_dates("valid_until", "_expire", operator="<")

    def _scan_validity(self):
        """Remind custodian and sample administrator of the end of validity (C01)."""
        self._scan_dates("date_validity_reminder", "_remind_of_validity")

    def _scan_calibration(self):
        """Remind of the calibration, and once more when it is overdue (C03)."""
        self._scan_dates(
            "date_calibration_reminder", "_remind_of_calibration", ("active",)
        )

    def _scan_customer_checks(self):
        """Open the record of the customer's check and remind of it (C04, SC-47)."""
        self._scan_dates(
            "date_customer_reminder", "_propose_customer_check", ("active",)
        )

    # --- What is done with those that are due ---

    def _expire(self, day):
        """End the validity of these samples."""
        self._end("expired", self.env._("The validity ended."))

    def _remind_of_validity(self, day):
        self._remind("validity", "valid_until", day)

    def _remind_of_calibration(self, day):
        self._remind("calibration", "next_calibration_date", day)

    def _propose_customer_check(self, day):
        """Open a record of the customer's check where none is open, and remind.

        :param datetime.date day: today
        """
        waiting = self - self._get_open_inspections("customer").sample_id
        for due, samples in waiting.grouped("next_customer_check_date").items():
            samples._open_quietly("customer", due)
        self._remind("customer_check", "next_customer_check_date", day)

    def _open_patrols(self, day):
        """Open a patrol of each sample; the next one is due after it.

        :param datetime.date day: today
        """
        waiting = self - self._get_open_inspections("patrol").sample_id
        waiting._open_quietly("patrol", day)
        self._move_on({"next_patrol_date": False})

    def _open_quietly(self, inspection_type, day):
        """Open inspections without a line in the chatter for each.

        :param str inspection_type: a key of ``TYPES`` in ``sample_inspection.py``
        :param datetime.date day: when they are due
        """
        quiet = self.with_context(tracking_disable=True, mail_create_nosubscribe=True)
        return quiet._create_inspection(inspection_type, planned_date=day)

    def _remind(self, kind, name, day):
        """Leave activities for custodian and administrators, and move on to the next reminder.

        :param str kind: end of the name of the activity type
        :param str name: the field with the day that the activity is for
        :param datetime.date day: today
        """
        told = {
            company: get_group_users(company, "administrator")
            for company in self.company_id
        }
        reminders.remind(
            self,
            f"{ACTIVITY}{kind}",
            lambda sample: sample.custodian_id | told[sample.company_id],
            lambda sample: sample[name],
        )
        field = {
            "validity": "date_validity_reminder",
            "calibration": "date_calibration_reminder",
            "customer_check": "date_customer_reminder",
        }[kind]
        by_day = self.grouped(lambda s: s._prepare_reminder_vals(after=day)[field])
        for next_day, samples in by_day.items():
            samples._move_on({field: next_day})

    def _move_on(self, vals):
        """Write the days on which the scan looks at these samples again.

        No seal covers them and no route of a sign-off asks for them: the signed values of thousands of
        samples need not be read for that.

        :param dict vals: days by field
        """
        with self._sign_off_writing():
            self._write_protected(vals)

    # --- Tools ---

    @api.model
    def _scan_dates(self, name, act, states=("active", "suspended"), operator="<="):
        """Let a method work on the samples whose date has come; the indexes are made for this.

        :param str name: a date
        :param str act: name of a method of the samples that takes the day
        :param states: states of samples
        :param str operator: ``<=``, or ``<`` when the day itself is still good
        """
        for day, companies in self._get_scan_days():
            domain = (
                Domain("company_id", "in", companies.ids)
                & Domain("state", "in", states)
                & Domain(name, operator, day)
            )
            self._scan_in_batches(domain, act, day)
