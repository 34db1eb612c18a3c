from odoo import api, models
from odoo.fields import Domain


class SampleFigure(models.Model):
    """Figures of first articles, loans, comparisons and dispatches (K15 to K17, K22, K28)."""

    _inherit = "sample.figure"

    @api.model
    def _figure_k15(self, company, period):
        """Batches and shifts with a released first article, of those for which one was begun.

        Which batches were made, an addon that knows the productions says.
        """
        # the days are those of the company, whoever asks
        records = self.env["sample.first.article"].with_context(tz=period.zone)
        groups = records._read_group(
            [
                ("company_id", "=", company.id),
                ("mode", "!=", "none"),
                ("started_at", ">=", period.begins_at),
                ("started_at", "<", period.ends_at),
            ],
            ["product_id", "production_ref", "shift", "started_at:day"],
            ["state:array_agg"],
        )
        batches = {}
        for product, batch, shift, day, states in groups:
            # a batch is one wherever it was begun; a shift without a batch is one of its day
            key = (product.id, batch or day, shift)
            batches.setdefault(key, set()).update(states)
        good = [
            states for states in batches.values() if states & {"released", "withdrawn"}
        ]
        return self._share(len(good), len(batches))

    @api.model
    def _figure_k16(self, company, period):
        """Released at the first attempt, of the first attempts decided."""
        return self._share_of(
            "sample.first.article",
            [
                ("company_id", "=", company.id),
                ("attempt", "=", 1),
                ("decided_at", ">=", period.begins_at),
                ("decided_at", "<", period.ends_at),
            ],
            [("state", "in", ("released", "withdrawn"))],
        )

    @api.model
    def _figure_k17(self, company, period):
        """Samples returned late or still out past their time, of the loans due in the period.

        What is lost is neither; K20 counts it.
        """
        return self._share_of(
            "loan.loan.line",
            [
                ("company_id", "=", company.id),
                ("res_model", "=", "sample.sample"),
                ("handed_out_at", "!=", False),
                ("loan_id.date_due", ">=", period.begins_at),
                ("loan_id.date_due", "<", min(period.ends_at, self._get_now())),
            ],
            [("is_overdue", "=", True)],
        )

    @api.model
    def _figure_k22(self, company, period):
        """Complaints compared with the sample. Hook of the addon that knows the complaints.

        :return: None: not known here
        """
        return None

    @api.model
    def _figure_k28(self, company, period):
        """Dispatches that the customer answered, of those sent in the period; beside it, how many he accepted."""
        sent = Domain("company_id", "=", company.id)
        sent &= Domain("sent_at", ">=", period.begins_at)
        sent &= Domain("sent_at", "<", period.ends_at)
        figure = self._share_of(
            "sample.dispatch", sent, [("feedback_result", "!=", False)]
        )
        accepted = self.env["sample.dispatch"].search_count(
            sent & Domain("feedback_result", "in", ("accepted", "conditional"))
        )
        return {**figure, "note": self.env._("Accepted: %(count)s", count=accepted)}
