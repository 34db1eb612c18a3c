import pytz

from odoo import models

from ...tools import working_time


class ResCompany(models.Model):
    _inherit = "res.company"

    def _get_sign_off_deadline(self, start, days):
        """Last day to sign: the company's working hours, public holidays and make-up working days count.

        :param datetime start: naive UTC, when the step was reached; its day is not counted
        :param int days: working days
        :return: date in the company's time zone
        """
        self.ensure_one()
        calendar = self.resource_calendar_id
        calendars = self.env["clock.calendar.day"]._get_work_calendars(
            [(self, calendar)]
        )
        work_calendar = calendars[self.sudo(False), calendar.sudo(False)]
        due = working_time.deadline(
            pytz.utc.localize(start), days, "working_day", work_calendar
        ).instant
        return work_calendar.local(due).date()
