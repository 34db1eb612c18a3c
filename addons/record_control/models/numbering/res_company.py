from datetime import datetime, time

import pytz

from odoo import fields, models
from odoo.fields import Domain

#: the last second of a day
DAY_END = time(23, 59, 59)


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

    def _record_control_instant(self, day, at=time.min):
        """Return when it is a certain time of a day for the company.

        :param date day: a day in the company's time zone
        :param time at: the time of that day, its beginning by default
        :return: naive UTC
        :rtype: datetime
        """
        zone = pytz.timezone(self._record_control_tz())
        local = zone.localize(datetime.combine(day, at))
        return local.astimezone(pytz.utc).replace(tzinfo=None)

    def _get_record_control_days(self):
        """Return the day it is for each of these companies, and for a record that has none.

        :return: company -> date
        :rtype: dict
        """
        return {
            company: (company or self.env.company).sudo()._record_control_today()
            for company in (*self, self.browse())
        }

    # --- Set-up: what a company has set up holds in its branches, too ---

    def _get_setup_domain(self, field="company_id"):
        """Return the domain of the set-up that holds in these companies: their own, that above them, and the common one.

        :param str field: path to the company of the set-up
        :return: Domain
        """
        return Domain(field, "in", [*self.sudo().parent_ids.ids, False])

    def _find_setup(self, model, domain):
        """Return what is set up for this company, the nearest company's first.

        :param model: model with a ``company_id``, in the mode (``sudo``) in which it is searched
        :param domain: what is looked for
        :return: records of the model
        """
        return self._sort_setup(model.search(Domain(domain) & self._get_setup_domain()))

    def _sort_setup(self, records):
        """Sort what is set up by nearness: of this company, of the companies above it, common to all.

        Records of companies that have no say in this one are left out.

        :param records: records with a ``company_id``, in order among those of one company
        """
        self.ensure_one()
        ranks = {company: -rank for rank, company in enumerate(self.sudo().parent_ids)}
        return records.filtered(
            lambda record: not record.company_id or record.company_id in ranks
        ).sorted(lambda record: ranks.get(record.company_id, 1))

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
