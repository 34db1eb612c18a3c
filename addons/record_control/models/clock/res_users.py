from collections import defaultdict

from odoo import fields, models
from odoo.tools import format_date


class ResUsers(models.Model):
    _inherit = "res.users"

    def _get_present_stand_ins(self, at=None, company=None):
        """Return who can act for each of these users at an instant, with a fixed number of queries
        per step up the ladder.

        Someone present acts himself. Someone archived, or on leave by his employee's time off, is
        stood in for by the first present person of :meth:`_get_stand_in_candidates`; when these are
        absent, too, by theirs, and so on.

        :param datetime at: naive UTC; now when empty
        :param res.company company: company whose employee and superior count
        :return: ``{user: (stand-in, note)}``. The note is empty when the user acts himself, else a
            sentence that says who is passed over and why. The stand-in is empty when nobody is left.
        """
        at = at or fields.Datetime.now()
        company = company or self.env.company
        result, seen, notes = {}, {user: {user} for user in self}, defaultdict(list)
        waiting = {user: user for user in self}
        while waiting:
            people = self.browse().union(*waiting.values())
            absent = people._get_absence_reasons(at, company)
            for user, person in waiting.items():
                if person not in absent:
                    result[user] = (person, " ".join(notes[user]))
            waiting = {
                user: person for user, person in waiting.items() if person in absent
            }
            candidates = (
                self.browse()
                .union(*waiting.values())
                ._get_stand_in_candidates(at, company)
            )
            reachable = self.browse().union(
                *(person for found in candidates.values() for person, __ in found)
            )
            away = reachable._get_absence_reasons(at, company)
            for user, person in list(waiting.items()):
                found = [
                    pair
                    for pair in candidates.get(person, [])
                    if pair[0] not in seen[user]
                ]
                if not found:
                    result[user] = (
                        self.browse(),
                        self._get_pass_over_note(user, notes, absent[person]),
                    )
                    del waiting[user]
                    continue
                # a present candidate wins over an absent one that stands earlier in the list
                stand_in, role = next(
                    (pair for pair in found if pair[0] not in away), found[0]
                )
                seen[user].add(stand_in)
                notes[user].append(
                    self.env._(
                        "%(reason)s %(stand_in)s (%(role)s) stands in.",
                        reason=absent[person],
                        stand_in=stand_in.sudo().name,
                        role=role,
                    )
                )
                waiting[user] = stand_in
        return result

    def _get_pass_over_note(self, user, notes, reason):
        nobody = self.env._("%(reason)s Nobody stands in.", reason=reason)
        return " ".join([*notes[user], nobody])

    def _get_present_stand_in(self, at=None, company=None):
        """Return ``(stand-in, note)`` for one user, see :meth:`_get_present_stand_ins`."""
        self.ensure_one()
        return self._get_present_stand_ins(at, company)[self]

    def _get_stand_in_candidates(self, at, company):
        """Return who may stand in for each user, best first. Hook: deputies go before the superior.

        :param datetime at: naive UTC
        :param res.company company: company whose employee counts
        :return: ``{user: [(user, role in words), …]}``
        """
        candidates = {}
        for user, employee in self._get_clock_employees(company).items():
            manager = employee.parent_id.user_id
            head = employee.department_id.manager_id.user_id
            candidates[user] = [
                (self.browse(person.id), role)
                for person, role in (
                    (manager, self.env._("superior")),
                    (head, self.env._("head of department")),
                )
                if person and person != user
            ]
        return candidates

    def _get_own_employee(self, company=None):
        """Return the employee that this one user is in a company, or in the nearest one above it.

        :param company: res.company or its id; the one worked in by default
        :return: hr.employee (sudo), empty when he is none there
        """
        self.ensure_one()
        # sudo: employees are private; that the user is one is known already
        user_sudo = self.sudo().with_company(company)
        employee_sudo = user_sudo.employee_id
        for above in (user_sudo.env.company.parent_ids - user_sudo.env.company)[::-1]:
            employee_sudo = employee_sudo or user_sudo.with_company(above).employee_id
        return employee_sudo

    def _get_clock_employees(self, company):
        """Return one employee per user: that of the company, else any active one, else an archived one."""
        # sudo: who reports to whom is needed by whoever waits for a signature or a deadline
        employees = (
            self.env["hr.employee"]
            .sudo()
            .with_context(active_test=False)
            .search([("user_id", "in", self.ids)])
            .sorted(lambda e: (e.active, e.company_id == company), reverse=True)
        )
        found = {}
        for employee in employees:
            found.setdefault(self.browse(employee.user_id.id), employee)
        return found

    def _get_absence_reasons(self, at, company):
        """Return why users are not there at an instant; users who are there are left out.

        :return: ``{user: sentence}``
        """
        reasons = {
            user: self.env._("%(person)s is archived.", person=user.sudo().name)
            for user in self
            if not user.sudo().active
        }
        employees = self._get_clock_employees(company)
        for user, employee in employees.items():
            if not employee.active:
                reasons.setdefault(
                    user,
                    self.env._(
                        "%(person)s has left the company.", person=user.sudo().name
                    ),
                )
        resources = {employee.resource_id: user for user, employee in employees.items()}
        leaves = (
            self.env["resource.calendar.leaves"]
            .sudo()
            .search(
                [
                    ("resource_id", "in", [resource.id for resource in resources]),
                    ("time_type", "=", "leave"),
                    ("date_from", "<=", at),
                    ("date_to", ">", at),
                ],
                order="date_to desc",
            )
        )
        for leave in leaves:
            user = resources[leave.resource_id]
            back = fields.Datetime.context_timestamp(
                self.with_context(tz=leave.calendar_id.tz or user.sudo().tz or "UTC"),
                leave.date_to,
            )
            reasons.setdefault(
                user,
                self.env._(
                    "%(person)s is on leave until %(date)s.",
                    person=user.sudo().name,
                    date=format_date(self.env, back.date()),
                ),
            )
        return reasons
