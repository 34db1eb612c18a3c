from datetime import timedelta

from odoo import models


def get_sample_managers(company):
    """Return the sample managers of a company, who are told last.

    :param company: res.company
    :rtype: res.users
    """
    # sudo: who is told does not depend on who looks
    group_sudo = company.env.ref("sample_control.group_sample_manager").sudo()
    return group_sudo.all_user_ids.filtered(
        lambda user: user.active and company in user.company_ids
    )


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
            return get_sample_managers(self.company_id)
        return super()._get_clock_recipients(role)
