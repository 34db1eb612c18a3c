from odoo import models

from odoo.addons.record_control.models.numbering.res_company import DAY_END

from .sample_inspection import CALIBRATIONS, LIVE_STATES


class SampleInspection(models.Model):
    """What the confirmation of an inspection means for the sample (SC-46, SC-47, SC-48.2)."""

    _inherit = "sample.inspection"

    def _after_transition(self, source, target):
        super()._after_transition(source, target)
        if target == "cancelled" and source != "confirmed":
            # sudo: the clock of the patrol goes on whoever cancels
            self.sudo()._resume_patrols()

    def _resume_patrols(self):
        """A patrol that does not take place comes again after the interval."""
        patrols = self.filtered(lambda record: record.inspection_type == "patrol")
        for sample in patrols.sample_id.filtered(lambda s: s.state in LIVE_STATES):
            today = sample.company_id._record_control_today()
            sample._write_protected(
                {"next_patrol_date": sample._get_next_patrol(today)}
            )

    def _on_confirmed(self):
        """Make the original range, stop the sample or note that it passed, and move its clocks."""
        super()._on_confirmed()
        self._replace_revised()
        passed = self.filtered(lambda inspection: inspection.result == "pass")
        passed.filtered(
            lambda inspection: inspection.inspection_type == "baseline"
        )._write_baseline()
        for inspection in self.filtered(lambda record: record._stops_sample()):
            inspection._stop_sample()
            inspection._follow_up_failure()
        for inspection in passed.filtered(lambda record: record._counts_as_passed()):
            inspection._register_passed()
        self._move_clocks()

    # --- Corrections ---

    def _replace_revised(self):
        """Records that these correct become void, and keep the link (SC-45.3)."""
        for inspection in self.filtered("revises_id"):
            old = inspection.revises_id
            old._write_protected({"revised_by_id": inspection.id})
            old._transition("cancelled")

    # --- The original inspection ---

    def _write_baseline(self):
        """Write the original ranges on the cards of the samples (D-16)."""
        for inspection in self:
            sample = inspection.sample_id
            cards = {card.characteristic_id: card for card in sample.line_ids}
            for line in inspection.line_ids.filtered("is_measured"):
                low, high = line._get_new_range()
                vals = {"has_baseline": True, "baseline_min": low, "baseline_max": high}
                card = cards.get(line.characteristic_id)
                if card:
                    card.write(vals)
                else:
                    card.create(
                        {
                            **vals,
                            "sample_id": sample.id,
                            "characteristic_id": line.characteristic_id.id,
                            "uom_id": line.uom_id.id,
                        }
                    )
            sample._write_protected({"baseline_inspection_id": inspection.id})

    # --- Failed ---

    def _stops_sample(self):
        """Tell whether this one inspection stops the use of the sample."""
        self.ensure_one()
        if self.result != "fail":
            return False
        if self.inspection_type == "patrol":
            return self.affects_quality
        return self.inspection_type in (*CALIBRATIONS, "customer")

    def _stop_sample(self):
        """Suspend the sample at once; one that is suspended does not profit from an earlier pass (SC-46.4)."""
        self.ensure_one()
        sample = self.sample_id
        reason = self.env._("Failed inspection %(name)s.", name=self.name)
        if self.action_note:
            reason += f" {self.action_note}"
        if sample.state == "suspended":
            sample._stop_again(
                {
                    "suspend_reason": reason,
                    "suspend_res_model": self._name,
                    "suspend_res_id": self.id,
                }
            )
        else:
            sample._suspend(reason, origin=self)

    def _follow_up_failure(self):
        """Open what comes next: measure, reshape and inspect again, or replace. Hook, one record."""
        self.ensure_one()
        sample = self.sample_id
        if self.inspection_type == "patrol":
            self._ask_for_inspection("exception")
        elif self.action == "reshape":
            self._ask_for_inspection("after_repair")
        elif self.action == "replace" and sample.state == "suspended":
            requests = sample._request_successor("T16", self.action_note, origin=self)
            self.message_post(
                body=self.env._(
                    "A successor is asked for: %(request)s.", request=requests.name
                )
            )

    def _ask_for_inspection(self, inspection_type):
        """Open an inspection of the sample, unless one of that type is open.

        :param str inspection_type: a key of ``TYPES``
        """
        self.ensure_one()
        sample = self.sample_id
        if sample._get_open_inspections(inspection_type):
            return
        today = self.company_id._record_control_today()
        inspection = sample._create_inspection(
            inspection_type, origin=self, planned_date=today
        )
        user = self.inspector_id or sample.custodian_id
        inspection.activity_schedule(
            "sample_control.mail_activity_type_inspection",
            date_deadline=today,
            user_id=user.id or self.env.uid,
        )

    # --- Passed ---

    def _counts_as_passed(self):
        """Tell whether this one passed inspection proves that the sample is good.

        What was measured before the sample was stopped proves nothing, unless the record corrects
        the very one that stopped it.
        """
        self.ensure_one()
        sample = self.sample_id
        if self.inspection_type not in (*CALIBRATIONS, "customer"):
            return False
        if sample.state != "suspended" or not sample.suspended_at:
            return True
        if self.inspection_type == "customer" and not self._is_stopped_by_customer():
            return False
        stopped_by = (sample.suspend_res_model, sample.suspend_res_id)
        if self.revises_id and stopped_by == (self._name, self.revises_id.id):
            return True
        day = self.company_id._record_control_today(sample.suspended_at)
        return self.date_inspected >= day and self.submitted_at >= sample.suspended_at

    def _is_stopped_by_customer(self):
        """Tell whether the sample was stopped by a check of the customer."""
        sample = self.sample_id
        if sample.suspend_res_model != self._name:
            return False
        stopped_by = self.browse(sample.suspend_res_id).exists()
        return stopped_by.inspection_type == "customer"

    def _register_passed(self):
        """Note on the sample when it passed: at the end of the day of inspection, now at the latest."""
        self.ensure_one()
        sample = self.sample_id
        passed_at = min(self.confirmed_at, self._get_end_of_day())
        if sample.suspended_at and sample.state == "suspended":
            passed_at = max(passed_at, sample.suspended_at)
        if not sample.last_passed_at or sample.last_passed_at < passed_at:
            sample._register_passed(passed_at)

    def _get_end_of_day(self):
        """Return the end of the day of inspection in the company's time zone, naive UTC."""
        self.ensure_one()
        return self.company_id._record_control_instant(self.date_inspected, DAY_END)

    # --- Clocks ---

    def _move_clocks(self):
        """Move the clocks of the samples and note the next day on the records."""
        samples = self.sample_id
        for inspection in self:
            sample = inspection.sample_id
            vals = {}
            if inspection.inspection_type in CALIBRATIONS:
                vals["calibration_condition"] = inspection.condition
            elif inspection.inspection_type == "patrol":
                vals["last_patrol_date"] = inspection.date_inspected
            if vals:
                sample._write_protected(vals)
        samples._refresh_checks()
        for inspection in self:
            inspection._write_protected({"next_date": inspection._get_next_date()})

    def _get_next_date(self):
        """Return when this one inspection comes again."""
        self.ensure_one()
        if self.inspection_type == "customer":
            return self.sample_id.next_customer_check_date
        if self.inspection_type == "patrol":
            return self.sample_id.next_patrol_date
        return self.sample_id.next_calibration_date
