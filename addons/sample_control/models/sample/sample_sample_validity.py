from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_date

from ...tools import validity

HEALTH = [
    ("none", "No limit"),
    ("ok", "Good"),
    ("due", "Due soon"),
    ("overdue", "Overdue"),
]
#: the same of checks, which may not be asked for
CHECK_HEALTH = [("none", "No check asked for"), *HEALTH[1:]]


class SampleSample(models.Model):
    """The three independent clocks of a sample: validity, calibration, customer's check (SC-39, D-06)."""

    _inherit = "sample.sample"

    confirm_date = fields.Date(
        string="Confirmed On",
        copy=False,
        tracking=True,
        help="The day on which the sample became the standard. Empty: the day of activation.",
    )
    valid_until = fields.Date(
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
        help="The last day of use. Empty: no expiry.",
    )
    validity_reason = fields.Char(
        string="Reason of the Change",
        readonly=True,
        copy=False,
        tracking=True,
        help="Why the validity is shorter than the rule says.",
    )
    date_validity_due = fields.Date(
        string="Replacement Due From",
        compute="_compute_due_dates",
        store=True,
        index="btree_not_null",
    )
    date_replacement = fields.Date(
        string="Planned Replacement",
        compute="_compute_due_dates",
        store=True,
        help="End of validity minus the lead time of the rule.",
    )
    ended_on = fields.Date(
        readonly=True,
        copy=False,
        index="btree_not_null",
        tracking=True,
        help="The last day on which the piece was the standard.",
    )
    end_reason = fields.Char(
        string="Reason of the End", readonly=True, copy=False, tracking=True
    )
    last_calibration_date = fields.Date(
        string="Last Calibration", readonly=True, copy=False, tracking=True
    )
    next_calibration_date = fields.Date(
        string="Next Calibration",
        readonly=True,
        copy=False,
        index="btree_not_null",
        tracking=True,
    )
    date_calibration_due = fields.Date(
        string="Calibration Due From",
        compute="_compute_due_dates",
        store=True,
        index="btree_not_null",
    )
    last_customer_check_date = fields.Date(
        string="Last Customer Check", readonly=True, copy=False, tracking=True
    )
    next_customer_check_date = fields.Date(
        string="Next Customer Check",
        readonly=True,
        copy=False,
        index="btree_not_null",
        tracking=True,
    )
    validity_state = fields.Selection(
        selection=HEALTH,
        string="Validity",
        compute="_compute_validity_state",
        search="_search_validity_state",
    )
    calibration_state = fields.Selection(
        selection=CHECK_HEALTH,
        string="Calibration",
        compute="_compute_health",
        search="_search_calibration_state",
    )
    customer_check_state = fields.Selection(
        selection=CHECK_HEALTH,
        string="Customer Check",
        compute="_compute_health",
        search="_search_customer_check_state",
    )
    is_valid = fields.Boolean(
        string="Usable",
        compute="_compute_health",
        search="_search_is_valid",
        help="Valid, not expired and, where calibration is asked for, calibrated in time.",
    )
    valid_on = fields.Date(
        string="Was Valid On",
        store=False,
        search="_search_valid_on",
        help="Finds the samples that were the standard on a day, whatever became of them since.",
    )

    # --- Computes ---

    @api.depends("valid_until", "next_calibration_date", "policy_snapshot")
    def _compute_due_dates(self):
        for sample in self:
            values = (
                (sample.policy_snapshot or {}).get("validity", {}).get("values", {})
            )
            days = validity.parse_days(values.get("reminder_days"))
            lead = values.get("replacement_lead_days") or 0
            until = sample.valid_until
            sample.date_validity_due = validity.due_from(until, days)
            sample.date_replacement = until and until - relativedelta(days=lead)
            sample.date_calibration_due = validity.due_from(
                sample.next_calibration_date, days
            )

    @api.depends("valid_until", "date_validity_due")
    def _compute_validity_state(self):
        """Apart from the other clocks: lists show this one alone."""
        for company, samples in self.grouped("company_id").items():
            today = (company or self.env.company)._record_control_today()
            for sample in samples:
                sample.validity_state = validity.state_of(
                    sample.valid_until, today, sample.date_validity_due
                )

    @api.depends(
        "state",
        "validity_state",
        "next_calibration_date",
        "next_customer_check_date",
        "date_calibration_due",
    )
    def _compute_health(self):
        for company, samples in self.grouped("company_id").items():
            today = (company or self.env.company)._record_control_today()
            for sample in samples:
                sample.calibration_state = validity.state_of(
                    sample.next_calibration_date, today, sample.date_calibration_due
                )
                sample.customer_check_state = validity.state_of(
                    sample.next_customer_check_date,
                    today,
                    validity.due_from(sample.next_customer_check_date, [15]),
                )
                sample.is_valid = (
                    sample.state == "active"
                    and sample.validity_state != "overdue"
                    and sample.calibration_state != "overdue"
                )

    @api.model
    def _search_health(self, name, due_name, value):
        """Return the domain of a health state over a date of expiry and the day it becomes due."""

        def on_day(today):
            near = Domain(name, ">=", today) & Domain(due_name, "<=", today)
            domains = {
                "none": Domain(name, "=", False),
                "overdue": Domain(name, "<", today),
                "due": near,
                "ok": Domain(name, ">=", today)
                & (Domain(due_name, ">", today) | Domain(due_name, "=", False)),
            }
            return Domain.OR(domains[key] for key in value if key in domains)

        return self.env.companies._record_control_today_domain(on_day)

    @api.model
    def _search_validity_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        return self._search_health("valid_until", "date_validity_due", value)

    @api.model
    def _search_calibration_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        return self._search_health(
            "next_calibration_date", "date_calibration_due", value
        )

    @api.model
    def _search_customer_check_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        name = "next_customer_check_date"

        def on_day(today):
            soon = today + relativedelta(days=15)
            domains = {
                "none": Domain(name, "=", False),
                "overdue": Domain(name, "<", today),
                "due": Domain(name, ">=", today) & Domain(name, "<=", soon),
                "ok": Domain(name, ">", soon),
            }
            return Domain.OR(domains[key] for key in value if key in domains)

        return self.env.companies._record_control_today_domain(on_day)

    @api.model
    def _search_is_valid(self, operator, value):
        if operator != "in":
            return NotImplemented
        valid = Domain(
            "state", "=", "active"
        ) & self.env.companies._record_control_today_domain(
            lambda today: Domain.AND(
                Domain(name, "=", False) | Domain(name, ">=", today)
                for name in ("valid_until", "next_calibration_date")
            )
        )
        return Domain.OR(
            valid if wanted else ~valid for wanted in set(map(bool, value))
        )

    @api.model
    def _search_valid_on(self, operator, value):
        if operator not in ("in", "="):
            return NotImplemented
        days = [value] if operator == "=" else value
        return Domain.OR(
            self._get_valid_on_domain(fields.Date.to_date(day)) for day in days if day
        )

    @api.model
    def _get_valid_on_domain(self, day):
        """Domain of the samples that were the standard on a day (SC-38.1).

        From the day of confirmation through the actual end, else through the end of validity;
        what became of the piece afterwards does not matter.

        :param datetime.date day: for example the production date of a complaint
        """
        return (
            Domain("confirm_date", "!=", False)
            & Domain("confirm_date", "<=", day)
            & (Domain("valid_until", "=", False) | Domain("valid_until", ">=", day))
            & (Domain("ended_on", "=", False) | Domain("ended_on", ">=", day))
        )

    @api.model
    def _find_valid_on(self, product, day, partner=None, purpose="comparison"):
        """Find the samples of a product that were the standard on a day (SC-38.1, E19).

        In-process and benchmark samples are never found. Samples of the customer come before
        those for all customers, standards before limits, younger ones before older ones; expired, replaced and disposed
        pieces are found too, for their photos and baseline values.

        :param product: product.product
        :param datetime.date day: for example the production date of a complaint
        :param partner: the customer, or an empty recordset
        :param str purpose: what they are wanted for
        :return: sample.sample, best first
        """
        domain = self._get_valid_on_domain(day) & Domain("product_id", "=", product.id)
        if purpose != "in_process":
            domain &= Domain("in_process_only", "=", False)
        domain &= Domain("type_id.is_benchmark", "=", False)
        customer = partner.commercial_partner_id if partner else self.env["res.partner"]
        domain &= Domain("partner_id", "=", False) | Domain(
            "partner_id.commercial_partner_id", "in", customer.ids
        )
        samples = self.with_context(active_test=False).search(
            domain, order="confirm_date desc, id desc"
        )
        return samples.sorted(
            lambda sample: (not sample.partner_id, sample.type_id.is_limit)
        )

    # --- Business ---

    @api.model
    def _get_protected_fields(self):
        return super()._get_protected_fields() | {
            "valid_until",
            "validity_reason",
            "ended_on",
            "end_reason",
            "last_calibration_date",
            "next_calibration_date",
            "last_customer_check_date",
            "next_customer_check_date",
        }

    def write(self, vals):
        self._check_confirmation_kept(vals)
        return super().write(vals)

    def _check_confirmation_kept(self, vals):
        """Keep the day from which a piece was the standard once it is: validity counts from it (SC-38.1, D-24).

        :raises UserError: naming the samples
        """
        if self.env.su:
            return
        changed = self._filter_changed(["confirm_date"], vals).filtered(
            lambda sample: sample.state not in ("draft", "to_sign")
        )
        if changed:
            raise UserError(
                self.env._(
                    "%(samples)s: the day of confirmation is fixed when a sample becomes valid.",
                    samples=", ".join(changed.mapped("name")),
                )
            )

    def _get_valid_until(self, start):
        """Return the last day of use when the sample is confirmed on ``start``.

        :param datetime.date start: the day of confirmation
        :return: a date, or False when there is no expiry
        """
        self.ensure_one()
        values = self._get_policy_values("validity")
        if not self.type_id.needs_validity or values.get("no_expiry", True):
            return False
        return validity.add_period(
            start, values["validity_value"], values["validity_unit"]
        )

    def _get_next_check(self, start, parameter):
        """Return the day of the next check that is ``parameter`` months after ``start``.

        :param datetime.date start: the day of confirmation or of the last check
        :param str parameter: a parameter of the group *checks*, in months
        :return: a date, or False when there is no such check
        """
        self.ensure_one()
        months = self._get_policy_values("checks").get(parameter) or 0
        return bool(start and months) and validity.add_period(start, months, "month")

    def _prepare_clock_vals(self):
        """Return the dates of the clocks for the day of confirmation and the last checks."""
        self.ensure_one()
        start = self.confirm_date or self.company_id._record_control_today()
        calibration = False
        if self._needs_calibration():
            calibration = self._get_next_check(
                self.last_calibration_date or start, "calibration_interval_months"
            )
        return {
            "confirm_date": start,
            "valid_until": self._get_valid_until(start),
            "validity_reason": False,
            "next_calibration_date": calibration,
            "next_customer_check_date": self._get_next_check(
                self.last_customer_check_date or start, "customer_check_interval_months"
            ),
        }

    def _needs_calibration(self):
        """Tell whether the accuracy of this sample is proven at intervals."""
        self.ensure_one()
        months = self._get_policy_values("checks").get("calibration_interval_months")
        return bool(self.type_id.needs_calibration or months)

    def _shorten_validity(self, valid_until, reason):
        """End the validity earlier than the rule says; longer needs a new signature (D-24).

        :param datetime.date valid_until: the new last day of use
        :param str reason: why
        :raises UserError: when the sample is not valid, the day is later or before it was confirmed, or
            there is no reason
        """
        for sample in self:
            if sample.state not in ("active", "suspended"):
                raise UserError(
                    self.env._(
                        "%(sample)s is not in use; its validity cannot be changed.",
                        sample=sample.display_name,
                    )
                )
            if sample.valid_until and valid_until > sample.valid_until:
                raise UserError(
                    self.env._(
                        "%(sample)s: the validity cannot be extended without a new signature.",
                        sample=sample.display_name,
                    )
                )
            if sample.confirm_date and valid_until < sample.confirm_date:
                raise UserError(
                    self.env._(
                        "%(sample)s was confirmed on %(day)s; its validity does not end before that.",
                        sample=sample.display_name,
                        day=format_date(self.env, sample.confirm_date),
                    )
                )
        if not (reason or "").strip():
            raise UserError(self.env._("Enter the reason of the change."))
        self._write_protected({"valid_until": valid_until, "validity_reason": reason})

    def _on_policies_recalculated(self):
        """Compute the clocks anew from the new rules, for samples in use (SC-39.6).

        The end of validity comes no later by it: longer needs a new signature (D-24).
        """
        super()._on_policies_recalculated()
        for sample in self.filtered(lambda s: s.state in ("active", "suspended")):
            vals = sample._prepare_clock_vals()
            until = sample.valid_until
            if until and (not vals["valid_until"] or vals["valid_until"] > until):
                vals.update(valid_until=until, validity_reason=sample.validity_reason)
            sample._write_protected(vals)

    def _is_policy_open(self):
        """Once a sample is signed, its rules change by recalculation only."""
        return super()._is_policy_open() and self.state in ("draft", "to_sign")
