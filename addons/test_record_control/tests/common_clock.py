from datetime import datetime

from odoo.tests import TransactionCase, new_test_user


class ClockCommon(TransactionCase):
    """A Chinese company with weekly hours 8-12, 13-17 and the official days of 2025."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.hours = cls._make_hours("Office hours")
        cls.company = cls.env["res.company"].create(
            {"name": "Shanghai Works", "country_id": cls.env.ref("base.cn").id}
        )
        cls.hours.company_id = cls.company
        cls.company.resource_calendar_id = cls.hours
        cls.env.user.write(
            {"company_ids": [(4, cls.company.id)], "company_id": cls.company.id}
        )
        cls.env = cls.env(
            context={**cls.env.context, "allowed_company_ids": cls.company.ids}
        )
        cls.user = cls._make_user("clock_user")
        cls.boss = cls._make_user("clock_boss")
        cls.head = cls._make_user("clock_head")
        cls.manager = cls._make_user(
            "clock_manager", "record_control.group_record_control_manager"
        )
        Employee = cls.env["hr.employee"]
        cls.head_employee = Employee.create({"name": "Head", "user_id": cls.head.id})
        cls.boss_employee = Employee.create(
            {"name": "Boss", "user_id": cls.boss.id, "parent_id": cls.head_employee.id}
        )
        cls.employee = Employee.create(
            {"name": "User", "user_id": cls.user.id, "parent_id": cls.boss_employee.id}
        )
        cls.Record = cls.env["test_record_control.clock"]
        cls.model = cls.env["ir.model"]._get("test_record_control.clock")
        cls.policy = cls._make_policy("reply", 5, "working_day")

    @classmethod
    def _make_hours(cls, name, tz="Asia/Shanghai"):
        spans = [(8, 12, "morning"), (13, 17, "afternoon")]
        return cls.env["resource.calendar"].create(
            {
                "name": name,
                "tz": tz,
                "company_id": False,
                "attendance_ids": [
                    (
                        0,
                        0,
                        {
                            "name": "x",
                            "dayofweek": str(day),
                            "hour_from": at,
                            "hour_to": to,
                            "day_period": p,
                        },
                    )
                    for day in range(5)
                    for at, to, p in spans
                ],
            }
        )

    @classmethod
    def _make_user(cls, login, groups="base.group_user", **values):
        return new_test_user(
            cls.env,
            login,
            groups=groups,
            company_id=cls.company.id,
            company_ids=[(6, 0, cls.company.ids)],
            tz="UTC",
            **values,
        )

    @classmethod
    def _make_policy(cls, code, amount, unit, steps=(), **values):
        return cls.env["clock.policy"].create(
            {
                "name": f"Policy {code}",
                "code": code,
                "model_id": cls.model.id,
                "amount": amount,
                "unit": unit,
                "step_ids": [
                    (0, 0, {"name": f"Step {index}", **step})
                    for index, step in enumerate(steps)
                ],
                **values,
            }
        )

    @classmethod
    def _make_day(cls, date, kind="holiday", **values):
        return cls.env["clock.calendar.day"].create(
            {
                "name": "Day",
                "date": date,
                "kind": kind,
                "company_id": cls.company.id,
                **values,
            }
        )

    @classmethod
    def _roles(cls, *codes):
        return [(6, 0, cls.env["clock.role"].search([("code", "in", codes)]).ids)]

    @staticmethod
    def shanghai(text):
        """Return a Shanghai wall clock time as naive UTC (Shanghai is UTC+8, no summer time)."""
        from datetime import timedelta

        return datetime.fromisoformat(text) - timedelta(hours=8)
