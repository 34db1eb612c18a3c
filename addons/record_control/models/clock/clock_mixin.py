from odoo import fields, models


class ClockMixin(models.AbstractModel):
    """Records with deadlines.

    Adopt it in three lines and start and stop clocks where the process does so::

        class VisitReport(models.Model):
            _name = "visit.report"
            _inherit = ["clock.mixin", "mail.thread", "mail.activity.mixin"]

            def _after_transition(self, source, target):
                if target == "done":
                    self._clock_start("visit_reply")  # 5 working days by the policy
                elif target == "answered":
                    self._clock_stop("visit_reply")

    How long, by which calendar and who is told comes from ``clock.policy`` records with the
    code. In views use ``<field name="clock_summary" widget="clock_badge"/>``; ``next_deadline``
    and ``is_overdue`` filter, sort and group.
    """

    _name = "clock.mixin"
    _description = "Records with Deadlines"

    clock_ids = fields.One2many(
        comodel_name="clock.clock", inverse_name="res_id", string="Clocks", readonly=True
    )
    next_deadline = fields.Datetime(
        compute="_compute_next_deadline",
        store=True,
        index="btree_not_null",
        help="The earliest deadline among the clocks that have not stopped and are not paused.",
    )
    is_overdue = fields.Boolean(
        string="Overdue", compute="_compute_is_overdue", search="_search_is_overdue"
    )
    clock_summary = fields.Json(string="Clock", compute="_compute_clock_summary")

    def _compute_next_deadline(self):
        self.next_deadline = False

    def _compute_is_overdue(self):
        self.is_overdue = False

    def _search_is_overdue(self, operator, value):
        return NotImplemented

    def _compute_clock_summary(self):
        self.clock_summary = []

    def _clock_start(self, code, start=None):
        """Start the clock ``code`` on each record.

        Starting a clock that has not stopped changes nothing; after it has stopped a new run
        begins and the old one stays.

        :param str code: code of the policies to choose from
        :param datetime start: instant (UTC, naive) or date (local); now when empty
        :return: the running clocks; empty for records that no policy fits
        :rtype: clock.clock
        """
        return self.env["clock.clock"]

    def _clock_stop(self, code, at=None):
        """Stop the clock: met when ``at`` is not later than the deadline, else missed."""
        return self.env["clock.clock"]

    def _clock_pause(self, code, reason):
        """Let the clock stand still from now on."""
        return self.env["clock.clock"]

    def _clock_resume(self, code):
        """Let a paused clock go on."""
        return self.env["clock.clock"]

    def _clock_cancel(self, code, reason):
        """End the clock without a verdict."""
        return self.env["clock.clock"]

    def _clock_get(self, code):
        """Return the latest run of the clock ``code`` of each record."""
        return self.env["clock.clock"]

    def _get_clock_recipients(self, role):
        """Return the users that stand in ``role`` on this record. Hook, one record.

        :param str role: code of a ``clock.role``
        :rtype: res.users
        """
        self.ensure_one()
        return self.env["res.users"]
