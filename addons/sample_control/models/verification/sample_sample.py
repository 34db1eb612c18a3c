from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from ...tools import validity
from .sample_inspection import CALIBRATIONS, CONDITIONS, LIVE_STATES

#: share of the interval of calibration by the condition of the sample; chosen by us (SC-43.2)
CONDITION_SHARES = {"fair": (2, 3), "attention": (1, 2)}
#: days before the customer's check on which somebody is reminded (C04)
CUSTOMER_REMINDER_DAYS = (15, 3, 0)


class SampleSample(models.Model):
    """A sample and its inspections: clocks of calibration, customer's check and patrol (SC-45 to SC-48)."""

    _inherit = "sample.sample"

    inspection_ids = fields.One2many(
        comodel_name="sample.inspection",
        inverse_name="sample_id",
        string="Inspections",
        readonly=True,
    )
    inspection_count = fields.Integer(
        string="Number of Inspections", compute="_compute_verification_counts"
    )
    reading_count = fields.Integer(
        string="Number of Readings", compute="_compute_verification_counts"
    )
    baseline_inspection_id = fields.Many2one(
        comodel_name="sample.inspection",
        string="Original Inspection Record",
        readonly=True,
        copy=False,
        index="btree_not_null",
    )
    calibration_condition = fields.Selection(
        selection=CONDITIONS,
        string="Condition",
        default="good",
        readonly=True,
        copy=False,
        tracking=True,
        help="As found at the last inspection. Fair: two thirds of the interval until the next calibration; needs attention: half of it. The shares are our choice.",
    )
    last_patrol_date = fields.Date(string="Last Patrol", readonly=True, copy=False)
    next_patrol_date = fields.Date(
        string="Next Patrol",
        readonly=True,
        copy=False,
        help="Empty while a patrol is open.",
    )
    # The next day on which somebody is reminded; the nightly scan moves them on
    date_validity_reminder = fields.Date(
        compute="_compute_reminder_dates", store=True, copy=False
    )
    date_calibration_reminder = fields.Date(
        compute="_compute_reminder_dates", store=True, copy=False
    )
    date_customer_reminder = fields.Date(
        compute="_compute_reminder_dates", store=True, copy=False
    )

    # what the nightly scan reads: only samples in use, by company and day
    _expiry_scan_index = models.Index(
        "(company_id, valid_until) WHERE state IN ('active', 'suspended') AND valid_until IS NOT NULL"
    )
    _validity_scan_index = models.Index(
        "(company_id, date_validity_reminder) WHERE state IN ('active', 'suspended') AND date_validity_reminder IS NOT NULL"
    )
    _calibration_scan_index = models.Index(
        "(company_id, date_calibration_reminder) WHERE state = 'active' AND date_calibration_reminder IS NOT NULL"
    )
    _customer_scan_index = models.Index(
        "(company_id, date_customer_reminder) WHERE state = 'active' AND date_customer_reminder IS NOT NULL"
    )
    _patrol_scan_index = models.Index(
        "(company_id, next_patrol_date) WHERE state = 'active' AND next_patrol_date IS NOT NULL"
    )

    @api.model
    def _get_protected_fields(self):
        return super()._get_protected_fields() | {
            "baseline_inspection_id",
            "calibration_condition",
            "last_patrol_date",
            "next_patrol_date",
            "date_validity_reminder",
            "date_calibration_reminder",
            "date_customer_reminder",
        }

    # --- Computes ---

    @api.depends("inspection_ids")
    def _compute_verification_counts(self):
        counts = {}
        for model_name in ("sample.inspection", "sample.inspection.reading"):
            model = self.env[model_name]
            counts[model_name] = (
                dict(
                    model._read_group(
                        [("sample_id", "in", self._origin.ids)],
                        ["sample_id"],
                        ["__count"],
                    )
                )
                if model.has_access("read")
                else {}
            )
        for sample in self:
            origin = sample._origin
            sample.inspection_count = counts["sample.inspection"].get(origin, 0)
            sample.reading_count = counts["sample.inspection.reading"].get(origin, 0)

    @api.depends(
        "valid_until",
        "next_calibration_date",
        "next_customer_check_date",
        "policy_snapshot",
    )
    def _compute_reminder_dates(self):
        for sample in self:
            vals = sample._prepare_reminder_vals()
            sample.date_validity_reminder = vals["date_validity_reminder"]
            sample.date_calibration_reminder = vals["date_calibration_reminder"]
            sample.date_customer_reminder = vals["date_customer_reminder"]

    def _prepare_reminder_vals(self, after=None):
        """Return the next days of reminding for this one sample.

        :param datetime.date after: only days after this one; None for the first ones
        """
        snapshot = self.policy_snapshot or {}
        values = snapshot.get("validity", {}).get("values", {})
        days = validity.parse_days(values.get("reminder_days"))
        # one more for calibration: the day after, when it is overdue (C03)
        late = [*days, -1]
        return {
            "date_validity_reminder": validity.next_reminder(
                self.valid_until, days, after
            ),
            "date_calibration_reminder": validity.next_reminder(
                self.next_calibration_date, late, after
            ),
            "date_customer_reminder": validity.next_reminder(
                self.next_customer_check_date, CUSTOMER_REMINDER_DAYS, after
            ),
        }

    # --- Clocks ---

    def _get_next_check(self, start, parameter):
        """The condition of the sample shortens the interval of the calibration (SC-43.2)."""
        day = super()._get_next_check(start, parameter)
        share = CONDITION_SHARES.get(self.calibration_condition)
        if not day or not share or parameter != "calibration_interval_months":
            return day
        months = self._get_policy_values("checks")[parameter]
        return validity.add_period(
            start, max(months * share[0] // share[1], 1), "month"
        )

    def _get_next_patrol(self, start):
        """Return the day of the next patrol after ``start``, False without an interval (SC-48.1).

        :param datetime.date start: the day of confirmation or of the last patrol
        """
        self.ensure_one()
        days = self._get_policy_values("checks").get("patrol_interval_days") or 0
        return bool(start and days) and start + timedelta(days=days)

    def _prepare_clock_vals(self):
        vals = super()._prepare_clock_vals()
        start = self.last_patrol_date or vals["confirm_date"]
        vals["next_patrol_date"] = self._get_next_patrol(start)
        return vals

    def _refresh_checks(self):
        """Compute the clocks of calibration, customer's check and patrol from the confirmed records.

        Days that come from a former system stay as long as no record is younger.
        """
        last = self._get_last_checks()
        for sample in self:
            calibrated, checked = last.get(sample.id, (False, False))
            vals = {
                "last_calibration_date": calibrated or sample.last_calibration_date,
                "last_customer_check_date": checked or sample.last_customer_check_date,
            }
            sample._write_protected(vals)
            if sample.state in LIVE_STATES:
                clocks = sample._prepare_clock_vals()
                names = (
                    "next_calibration_date",
                    "next_customer_check_date",
                    "next_patrol_date",
                )
                vals = {name: clocks[name] for name in names}
                if sample._get_open_inspections("patrol"):
                    vals["next_patrol_date"] = False
                sample._write_protected(vals)

    def _get_last_checks(self):
        """Return the days of the last passed calibration and customer's check by sample id."""
        groups = self.env["sample.inspection"]._read_group(
            [
                ("sample_id", "in", self.ids),
                ("state", "=", "confirmed"),
                ("result", "=", "pass"),
                ("inspection_type", "in", (*CALIBRATIONS, "customer")),
            ],
            ["sample_id", "inspection_type"],
            ["date_inspected:max"],
        )
        last = {}
        for sample, inspection_type, day in groups:
            calibrated, checked = last.get(sample.id, (False, False))
            if inspection_type == "customer":
                last[sample.id] = (calibrated, day)
            else:
                last[sample.id] = (max(calibrated or day, day), checked)
        return last

    # --- Gates ---

    def _get_baseline_reasons(self):
        """Say why this one sample gets no original range now: it is part of what is signed."""
        self.ensure_one()
        round_states = (self.sign_off_state, self.request_id.sign_off_state)
        signed = self.state not in ("draft", "to_sign")
        if not signed and not {"open", "sealed"}.intersection(round_states):
            return []
        return [
            self.env._(
                "%(sample)s is signed or being signed; the original inspection comes before.",
                sample=self.name,
            )
        ]

    # --- Business ---

    def _get_open_inspections(self, inspection_type):
        """Return the inspections of these samples that are not finished.

        :param str inspection_type: a key of ``TYPES`` in ``sample_inspection.py``
        """
        inspections = self.env["sample.inspection"]
        return inspections.search(
            inspections._get_open_domain()
            & Domain("sample_id", "in", self.ids)
            & Domain("inspection_type", "=", inspection_type)
        )

    def _create_inspection(self, inspection_type, origin=None, planned_date=None):
        """Open an inspection of each sample, with a line for each characteristic.

        :param str inspection_type: a key of ``TYPES`` in ``sample_inspection.py``
        :param origin: the record that asks for it (plan line, exception, dispatch), if any
        :param datetime.date planned_date: when it is due, if that is known
        :return: one draft of sample.inspection for each sample, in their order
        """
        inspections = self.env["sample.inspection"]
        trusted = inspections._with_trusted_fields(
            ["origin_res_model", "origin_res_id"]
        )
        return trusted.create(
            [
                {
                    "sample_id": sample.id,
                    "inspection_type": inspection_type,
                    "date_planned": planned_date,
                    "condition": sample.calibration_condition or "good",
                    "affects_quality": False,  # known now: not computed afterwards
                    "origin_res_model": origin._name if origin else False,
                    "origin_res_id": origin.id if origin else False,
                }
                for sample in self
            ]
        ).with_env(self.env)

    # --- Hooks of the lifecycle ---

    def _on_ended(self, state):
        """Nobody is reminded of what has ended."""
        super()._on_ended(state)
        self.activity_unlink(
            [
                f"sample_control.mail_activity_type_{name}"
                for name in ("validity", "calibration", "customer_check")
            ]
        )
        self._write_protected({"next_patrol_date": False})
        for inspection_type in ("periodic", "customer"):
            self._get_open_inspections(inspection_type)._transition("cancelled")
        patrols = self._get_open_inspections("patrol")
        # nothing is lost with a patrol that was not made: no line in each chatter
        patrols.with_context(tracking_disable=True)._transition("cancelled")
