from odoo import Command
from odoo.tests import new_test_user

from odoo.addons.base.tests.common import BaseCommon


class SignOffCommon(BaseCommon):
    """A salesperson asks, a supervisor and a group sign; from 1 000 on the general manager signs as well."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls.env["sign.off.route"].search([]).action_archive()
        cls.group = cls.env["res.groups"].create({"name": "Test: managers"})
        cls.fallback_group = cls.env["res.groups"].create({"name": "Test: last resort"})
        cls.seller = cls._create_user("seller")
        cls.supervisor = cls._create_user("supervisor")
        cls.manager = cls._create_user("manager", groups=cls.group)
        cls.director = cls._create_user("director")
        cls.substitute = cls._create_user("substitute")
        cls.stranger = cls._create_user("stranger")
        cls.last_resort = cls._create_user("last", groups=cls.fallback_group)
        cls.employees = {}
        for user, superior in (
            (cls.director, None),
            (cls.manager, cls.director),
            (cls.supervisor, cls.manager),
            (cls.seller, cls.supervisor),
        ):
            cls.employees[user] = cls.env["hr.employee"].create(
                {
                    "name": user.name,
                    "user_id": user.id,
                    "company_id": cls.company.id,
                    "parent_id": superior and cls.employees[superior].id,
                }
            )
        cls.partner = cls.env["res.partner"].create({"name": "Customer"})
        cls.route = cls._create_route(
            [
                {"name": "制表", "signer_type": "requester", "sequence": 10},
                {
                    "name": "主管",
                    "signer_type": "role",
                    "role": "supervisor",
                    "sequence": 20,
                },
                {
                    "name": "经理",
                    "signer_type": "group",
                    "group_id": cls.group.id,
                    "sequence": 30,
                },
                {
                    "name": "总经理",
                    "signer_type": "user",
                    "user_id": cls.director.id,
                    "sequence": 40,
                    "min_amount": 1000,
                },
            ]
        )

    @classmethod
    def _create_user(cls, login, groups=None, **values):
        user = new_test_user(
            cls.env, login=f"sign_{login}", name=login.capitalize(), **values
        )
        if groups:
            user.group_ids = [Command.link(group.id) for group in groups]
        return user

    @classmethod
    def _create_route(cls, steps, **values):
        return cls.env["sign.off.route"].create(
            {
                "name": "Orders",
                "model_id": cls.env["ir.model"]._get_id("test.sign.off.order"),
                "fallback_group_id": cls.fallback_group.id,
                "step_ids": [Command.create(step) for step in steps],
                **values,
            }
        )

    @classmethod
    def _create_order(cls, price=100, user=None, **values):
        """An order of the seller with two lines: one piece at ``price``, two at 1."""
        return (
            cls.env["test.sign.off.order"]
            .with_user(user or cls.seller)
            .create(
                {
                    "name": "S001",
                    "partner_id": cls.partner.id,
                    "user_id": cls.seller.id,
                    "line_ids": [
                        Command.create(
                            {"name": "Bolt", "quantity": 1, "price_unit": price}
                        ),
                        Command.create({"name": "Nut", "quantity": 2, "price_unit": 1}),
                    ],
                    **values,
                }
            )
        )

    @classmethod
    def _create_sealed_order(cls, price=100, **values):
        order = cls._create_order(price, **values)
        order.action_request_sign_off()
        order.with_user(cls.supervisor)._sign_off()
        order.with_user(cls.manager)._sign_off()
        if price >= 1000:
            order.with_user(cls.director)._sign_off()
        return order

    def _set_absent(self, user):
        now = self.env.cr.now()
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Leave",
                "resource_id": self.employees[user].resource_id.id,
                "calendar_id": self.employees[user].resource_id.calendar_id.id,
                "date_from": now.replace(hour=0, minute=0, second=0, microsecond=0),
                "date_to": now.replace(hour=23, minute=59, second=59, microsecond=0),
                "time_type": "leave",
            }
        )

    def assertSealed(self, orders):
        for order in orders:
            self.assertEqual(order.sign_off_state, "sealed")
            self.assertEqual(order._get_seal_reasons(), [])

    def assertBroken(self, order, changes=1):
        """The seal is void, at once and for whoever asks, and each change is on record."""
        self.assertEqual(order.sign_off_state, "void")
        self.assertTrue(order._get_seal_reasons())
        self.assertEqual(len(order.sudo().sign_off_request_id.change_ids), changes)
