from odoo import models


class SampleJudgementMixin(models.AbstractModel):
    _inherit = "sample.judgement.mixin"

    def _get_trace_outcome(self):
        """Return what was found with the sample, for its backward trace. Hook, one record.

        :rtype: str
        """
        self.ensure_one()
        return self._get_guarded_state_labels()[self.state]


class SampleComparison(models.Model):
    """A sample that a comparison finds doubtful is an exception (SC-38, SC-49)."""

    _inherit = "sample.comparison"

    def _on_concluded(self):
        super()._on_concluded()
        if self.conclusion != "doubtful":
            return
        # sudo: what follows happens whoever concludes
        sample_sudo = self.sudo().sample_id
        if sample_sudo.state in ("active", "suspended"):
            sample_sudo._report_exception(
                "unreliable", self.treatment or self.name, "comparison", self
            )

    def _get_trace_outcome(self):
        """Return what this comparison found, for the trace of its sample.

        :rtype: str
        """
        self.ensure_one()
        conclusions = dict(self._fields["conclusion"]._description_selection(self.env))
        return conclusions.get(self.conclusion) or super()._get_trace_outcome()
