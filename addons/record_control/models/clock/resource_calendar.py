"""Working hours and company time off: running deadlines follow their changes."""

from odoo import api, fields, models

# what of a calendar decides when somebody works
CALENDAR_FIELDS = {
    "attendance_ids",
    "attendance_ids_1st_week",
    "attendance_ids_2nd_week",
    "flexible_hours",
    "global_leave_ids",
    "leave_ids",
    "schedule_type",
    "two_weeks_calendar",
    "tz",
}


class ResCompany(models.Model):
    _inherit = "res.company"

    def write(self, vals):
        result = super().write(vals)
        if "resource_calendar_id" in vals:
            self.env["clock.clock"].sudo()._request_replay(
                [("company_id", "in", self.ids)]
            )
        return result


class ResourceCalendar(models.Model):
    _inherit = "resource.calendar"

    def write(self, vals):
        result = super().write(vals)
        if CALENDAR_FIELDS & vals.keys():
            self._replay_clocks()
        return result

    def _replay_clocks(self):
        # sudo: whoever plans working hours need not be allowed to read every record with a clock
        if self:
            self.env["clock.clock"].sudo()._request_replay(
                [("calendar_id", "in", self.ids)]
            )

    def _get_clock_weeks(self):
        """Return the weekly hours as :class:`working_time.WorkCalendar` takes them.

        Flexible working hours say how much, not when: they count as no weekly hours.
        """
        self.ensure_one()
        if self.schedule_type == "flexible":
            return []
        weeks = {
            key: {} for key in (("0", "1") if self.two_weeks_calendar else (False,))
        }
        for line in self.attendance_ids:
            if not line._is_work_period() or line.hour_to <= line.hour_from:
                continue
            span = (round(line.hour_from * 3600), round(line.hour_to * 3600))
            # a line of a two-week calendar without a week holds in both
            for key, week in weeks.items():
                if not self.two_weeks_calendar or line.week_type in (False, key):
                    week.setdefault(int(line.dayofweek), []).append(span)
        return [weeks[key] for key in sorted(weeks)]


class ResourceCalendarAttendance(models.Model):
    _inherit = "resource.calendar.attendance"

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines.calendar_id._replay_clocks()
        return lines

    def write(self, vals):
        before = self.calendar_id
        result = super().write(vals)
        (before | self.calendar_id)._replay_clocks()
        return result

    def unlink(self):
        calendars = self.calendar_id
        result = super().unlink()
        calendars.exists()._replay_clocks()
        return result


class ResourceCalendarLeaves(models.Model):
    _inherit = "resource.calendar.leaves"

    @api.model_create_multi
    def create(self, vals_list):
        leaves = super().create(vals_list)
        leaves._replay_clocks()
        return leaves

    def write(self, vals):
        before = self._get_clock_domain()
        result = super().write(vals)
        self._replay_clocks(before)
        return result

    def unlink(self):
        before = self._get_clock_domain()
        result = super().unlink()
        self.browse()._replay_clocks(before)
        return result

    def _get_clock_domain(self):
        """Return the domain of clocks that time off of a whole company holds up."""
        leaves = self.sudo().filtered(lambda leave: not leave.resource_id)
        everywhere = leaves.filtered(lambda leave: not leave.calendar_id)
        return fields.Domain(
            "calendar_id", "in", leaves.calendar_id.ids
        ) | fields.Domain("company_id", "in", everywhere.company_id.ids)

    def _replay_clocks(self, before=fields.Domain.FALSE):
        domain = before | self._get_clock_domain()
        self.env["clock.clock"].sudo()._request_replay(domain)
