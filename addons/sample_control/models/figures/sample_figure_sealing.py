from odoo import api, models
from odoo.fields import Domain

from ...tools.month import mean, median, percentile


class SampleFigure(models.Model):
    """Figures of requests, trial fits and problem points (K09 to K14, K25)."""

    _inherit = "sample.figure"

    @api.model
    def _get_approved(self, company, period):
        """Domain of the requests that were approved in the period."""
        return Domain(
            [
                ("company_id", "=", company.id),
                ("approved_at", ">=", period.begins_at),
                ("approved_at", "<", period.ends_at),
            ]
        )

    @api.model
    def _figure_k09(self, company, period):
        """Requests approved in their first round, of those approved."""
        return self._share_of(
            "sample.request",
            self._get_approved(company, period),
            [("round", "=", 1)],
        )

    @api.model
    def _figure_k10(self, company, period):
        """Working hours from the submission to the approval: mean, median, 90th percentile."""
        requests = self.env["sample.request"].search_fetch(
            self._get_approved(company, period) & Domain("submitted_at", "!=", False),
            ["submitted_at", "approved_at"],
        )
        pairs = [(record.submitted_at, record.approved_at) for record in requests]
        hours = self._count_hours(company, pairs)
        note = self.env._(
            "Median %(median)s h, 90 %% within %(most)s h",
            median=f"{median(hours):.1f}",
            most=f"{percentile(hours, 0.9):.1f}",
        )
        return {
            "numerator": sum(hours),
            "denominator": len(hours),
            "value": mean(hours),
            "note": note if hours else False,
        }

    @api.model
    def _figure_k11(self, company, period):
        """Sealings with the notice kept, of those planned for the period."""
        return self._share_of(
            "sample.request",
            [
                ("company_id", "=", company.id),
                ("state", "not in", ("draft", "cancelled")),
                ("planned_at", ">=", period.begins_at),
                ("planned_at", "<", period.ends_at),
            ],
            [("is_urgent", "=", False)],
        )

    @api.model
    def _figure_k12(self, company, period):
        """Trial fits in time, of those ended in the period, former rounds included."""
        ended = Domain("company_id", "=", company.id)
        ended &= Domain("trial_end_at", ">=", period.begins_at)
        ended &= Domain("trial_end_at", "<", period.ends_at)
        total = late = 0
        for model in ("sample.request", "sample.request.round"):
            for is_late, count in self.env[model]._read_group(
                ended, ["is_trial_late"], ["__count"]
            ):
                total += count
                late += count if is_late else 0
        return self._share(total - late, total)

    @api.model
    def _figure_k13(self, company, period):
        """Problem points verified by the day they were due, of those due in the period."""
        issues = self.env["sample.issue"].search_fetch(
            [
                ("company_id", "=", company.id),
                ("date_due", ">=", period.start),
                ("date_due", "<=", period.end),
            ],
            ["state", "date_verified", "date_due"],
        )
        kept = issues.filtered(
            lambda issue: issue.state == "closed"
            and issue.date_verified
            and issue.date_verified <= issue.date_due
        )
        overdue = self.env["sample.issue"].search_count(
            [
                ("company_id", "=", company.id),
                ("state", "!=", "closed"),
                ("date_due", "<", period.day),
            ]
        )
        note = self.env._("Open and overdue: %(count)s", count=overdue)
        return self._share(len(kept), len(issues), note=note)

    @api.model
    def _figure_k14(self, company, period):
        """Requests reviewed in their first round with no document waived, of those reviewed.

        The review does not begin while a document is missing; one that was waived was not there.
        """
        reviewed = Domain("company_id", "=", company.id)
        reviewed &= Domain("review_date", ">=", period.start)
        reviewed &= Domain("review_date", "<=", period.end)
        complete = Domain("round", "=", 1)
        complete &= Domain("document_ids", "not any", [("waived_at", "!=", False)])
        return self._share_of("sample.request", reviewed, complete)

    @api.model
    def _figure_k25(self, company, period):
        """Supplier requests approved in their first round, of those approved; beside it, the mean of rounds."""
        domain = self._get_approved(company, period) & Domain("kind", "=", "supplier")
        rounds = (
            self.env["sample.request"].search_fetch(domain, ["round"]).mapped("round")
        )
        note = self.env._("Rounds on average: %(rounds)s", rounds=f"{mean(rounds):.1f}")
        return self._share(rounds.count(1), len(rounds), note=note if rounds else False)
