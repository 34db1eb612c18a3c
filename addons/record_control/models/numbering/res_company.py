import pytz

from odoo import fields, models
from odoo.fields import Domain


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

    def _record_control_today_domain(self, make_domain):
        """Return a domain that compares records of these companies each with the day of its own company.

        Records of other companies, and of none, are compared with the day of the first of these.

        :param make_domain: function of a date that returns a domain
        """
        companies = (self or self.env.company).sudo()
        days = companies.grouped(lambda company: company._record_control_today())
        first, *others = days.items()
        result = Domain(make_domain(first[0]))
        for day, elsewhere in others:
            own = Domain("company_id", "in", elsewhere.ids)
            result = (result & ~own) | (own & Domain(make_domain(day)))
        return result
