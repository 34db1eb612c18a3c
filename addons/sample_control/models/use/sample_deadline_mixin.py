from datetime import timedelta

from odoo import models

from ..policy.people import get_group_users


class SampleDeadlineMixin(models.AbstractModel):
    """Records whose deadlines are instants of their own, not a time after an event."""

    _name = "sample.deadline.mixin"
    _description = "Sample Record with Deadlines"
    _inherit = ["clock.mixin"]

    def _start_deadline(self, code, due):
        """Run the clock ``code`` so that it ends at ``due``.

        The clock starts as long before as its policy allows time; the policy counts hours around
        the clock.

        :param str code: code of the clock policy
        :param datetime.datetime due: when the time is up, naive UTC
        """
        for record in self:
            policy = self.env["clock.policy"]._choose(record, code).get(record)
            if policy and policy.unit == "calendar_hour" and due:
                start = due - timedelta(hours=policy.amount)
                record._clock_start(code, start=start)

    def _restart_deadline(self, code, due, reason):
        """Let the clock ``code`` end at another instant.

        :param str code: code of the clock policy
        :param datetime.datetime due: when the time is up now, naive UTC
        :param str reason: why it moved
        """
        self._clock_cancel(code, reason)
        self._start_deadline(code, due)

    def _get_clock_recipients(self, role):
        if role == "sample_manager":
            return get_group_users(self.company_id, "manager")
        return super()._get_clock_recipients(role)
