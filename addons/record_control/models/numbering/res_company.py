import pytz

from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    def _record_control_tz(self):
        """Return the company's time zone: of its working calendar, else of its own contact.

        :return: name of the time zone, ``UTC`` when none is set
        """
        self.ensure_one()
        return self.resource_calendar_id.tz or self.partner_id.tz or "UTC"

    def _record_control_today(self, at=None):
        """Return the day it is for the company.

        :param datetime at: instant in UTC, now by default
        :return: a date in the company's time zone
        """
        self.ensure_one()
        instant = pytz.utc.localize(at or fields.Datetime.now())
        return instant.astimezone(pytz.timezone(self._record_control_tz())).date()
