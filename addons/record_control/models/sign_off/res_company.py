from datetime import datetime, time, timedelta

import pytz

from odoo import models


class ResCompany(models.Model):
    _inherit = "res.company"

    def _get_sign_off_deadline(self, start, days):
        """Last day to sign.

        :param datetime start: naive UTC, when the step was reached; its day is not counted
        :param int days: working days of the company's calendar
        :return: date in the company's time zone
        """
        self.ensure_one()
        tz = pytz.timezone(self._record_control_tz())
        first = pytz.utc.localize(start).astimezone(tz).date() + timedelta(days=1)
        begin = tz.localize(datetime.combine(first, time.min))
        end = self.resource_calendar_id.plan_days(days, begin, compute_leaves=True)
        return end.astimezone(tz).date() if end else first + timedelta(days=days - 1)
