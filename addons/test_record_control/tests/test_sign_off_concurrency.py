# Two real transactions can only meet over committed data; tearDownClass removes it
# pylint: disable=invalid-commit
import threading
from contextlib import closing

import psycopg2

from odoo import SUPERUSER_ID, Command, api
from odoo.exceptions import UserError
from odoo.modules.registry import Registry
from odoo.tests import HttpCase, tagged
from odoo.tests.common import BaseCase, JsonRpcException, get_db_name
from odoo.tools import mute_logger

from .sign_off_common import SignOffCommon


@tagged("post_install", "-at_install")
class TestSignOffConcurrency(BaseCase):
    """Two approvers press the button in the same instant: two real connections, committed data."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.registry = Registry(get_db_name())
        with closing(cls.registry.cursor()) as cr:
            env = api.Environment(cr, SUPERUSER_ID, {"no_reset_password": True})
            cls.group = env["res.groups"].create({"name": "Test: two approvers"}).id
            users = env["res.users"].create(
                [
                    {
                        "name": f"Approver {number}",
                        "login": f"sign_race_{number}",
                        "group_ids": [
                            Command.set([env.ref("base.group_user").id, cls.group])
                        ],
                    }
                    for number in (1, 2)
                ]
            )
            cls.users = users.ids
            cls.route = cls._create_race_route(
                env,
                "RACE",
                [
                    {
                        "name": title,
                        "signer_type": "group",
                        "group_id": cls.group,
                        "sequence": number,
                    }
                    for number, title in enumerate(["经理", "总经理"])
                ],
            )
            cls.side_route = cls._create_race_route(
                env,
                "SIDE",
                [
                    {
                        "name": "会签",
                        "signer_type": "user",
                        "user_id": user_id,
                        "sequence": 10,
                    }
                    for user_id in cls.users
                ],
            )
            cr.commit()

    @classmethod
    def _create_race_route(cls, env, name, steps):
        return (
            env["sign.off.route"]
            .create(
                {
                    "name": name,
                    "sequence": -1000,
                    "model_id": env["ir.model"]._get_id("test.sign.off.order"),
                    "domain": f"[('name', '=', '{name}')]",
                    "step_ids": [Command.create(step) for step in steps],
                }
            )
            .id
        )

    @classmethod
    def tearDownClass(cls):
        with closing(cls.registry.cursor()) as cr:
            # append-only rows are removed in the database: no other road is open
            cr.execute("DELETE FROM test_sign_off_order WHERE name IN ('RACE', 'SIDE')")
            routes = (cls.route, cls.side_route)
            cr.execute("DELETE FROM sign_off_request WHERE route_id IN %s", [routes])
            env = api.Environment(cr, SUPERUSER_ID, {})
            env["sign.off.route"].browse(routes).unlink()
            cr.execute(
                "DELETE FROM mail_message WHERE model = 'test.sign.off.order' OR author_id IN "
                "(SELECT partner_id FROM res_users WHERE id IN %s)",
                [tuple(cls.users)],
            )
            partners = env["res.users"].browse(cls.users).partner_id
            env["res.users"].browse(cls.users).unlink()
            partners.unlink()
            env["res.groups"].browse(cls.group).unlink()
            cr.commit()
        super().tearDownClass()

    def _create_order(self, name="RACE"):
        with closing(self.registry.cursor()) as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            order = env["test.sign.off.order"].create(
                {
                    "name": name,
                    "line_ids": [Command.create({"name": "Bolt", "price_unit": 5})],
                }
            )
            order.action_request_sign_off()
            cr.commit()
            return order.id

    def _sign(self, user_id, order_id, results, barrier=None):
        """Sign in a transaction that has read the round before the other one signs."""
        with closing(self.registry.cursor()) as cr:
            env = api.Environment(cr, user_id, {})
            order = env["test.sign.off.order"].browse(order_id)
            try:
                self.assertTrue(order.can_sign_off)
                barrier.wait(10)
                order._sign_off()
                cr.commit()
                results.append("signed")
            except psycopg2.errors.SerializationFailure:
                cr.rollback()
                results.append("repeat")
            except UserError as error:
                cr.rollback()
                results.append(str(error))

    def _sign_at_once(self, order_id):
        """Let all users sign in the same instant; return what became of each, sorted."""
        results, barrier = [], threading.Barrier(len(self.users))
        threads = [
            threading.Thread(
                target=self._sign, args=(user_id, order_id, results, barrier)
            )
            for user_id in self.users
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        return sorted(results)

    @mute_logger("odoo.sql_db")
    def test_two_approvers_at_once(self):
        """Two approvers at once cannot double-advance: one signs, the other is repeated and sees the next step."""
        order_id = self._create_order()
        self.assertEqual(self._sign_at_once(order_id), ["repeat", "signed"])
        with closing(self.registry.cursor()) as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            request = env["test.sign.off.order"].browse(order_id).sign_off_request_id
            self.assertEqual(len(request.signature_ids), 1)
            self.assertEqual(
                request.step_ids.sorted("sequence").mapped("state"), ["signed", "open"]
            )
            self.assertEqual(request.state, "open")

    @mute_logger("odoo.sql_db")
    def test_two_countersigners_at_once(self):
        """会签: two sign side by side in the same instant; neither signature is lost, the round is sealed once."""
        order_id = self._create_order("SIDE")
        self.assertEqual(self._sign_at_once(order_id), ["repeat", "signed"])
        with closing(self.registry.cursor()) as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            order = env["test.sign.off.order"].browse(order_id)
            request = order.sign_off_request_id
            self.assertEqual(
                sorted(request.step_ids.mapped("state")), ["open", "signed"]
            )
            self.assertEqual(order.sign_off_state, "open")
            # whoever lost is asked again, as the server repeats a request
            last = order.sign_off_waiting_user_ids
            self.assertEqual(len(last), 1)
            order.with_user(last)._sign_off()
            self.assertEqual(order.sign_off_state, "sealed")
            self.assertEqual(
                sorted(request.signature_ids.user_id.ids), sorted(self.users)
            )
            cr.commit()

    @mute_logger("odoo.sql_db")
    def test_changed_while_being_signed(self):
        """A price that changes in the instant of the last signature leaves no seal: whoever asks is told."""
        order_id = self._create_order()
        with (
            closing(self.registry.cursor()) as first,
            closing(self.registry.cursor()) as second,
        ):
            signing = api.Environment(first, self.users[0], {})[
                "test.sign.off.order"
            ].browse(order_id)
            changing = api.Environment(second, SUPERUSER_ID, {})[
                "test.sign.off.order"
            ].browse(order_id)
            self.assertTrue(signing.can_sign_off)
            self.assertEqual(changing.sign_off_state, "open")
            signing._sign_off()
            first.commit()
            with self.assertRaises(psycopg2.errors.SerializationFailure):
                changing.line_ids.price_unit = 1
                changing.env.flush_all()
                second.commit()
            second.rollback()

    @mute_logger("odoo.sql_db")
    def test_asked_twice_at_once(self):
        """Two requests in the same instant begin one round."""
        with closing(self.registry.cursor()) as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            order_id = (
                env["test.sign.off.order"]
                .create(
                    {"name": "RACE", "line_ids": [Command.create({"price_unit": 5})]}
                )
                .id
            )
            cr.commit()
        with (
            closing(self.registry.cursor()) as first,
            closing(self.registry.cursor()) as second,
        ):
            orders = [
                api.Environment(cr, SUPERUSER_ID, {})["test.sign.off.order"].browse(
                    order_id
                )
                for cr in (first, second)
            ]
            self.assertEqual(
                [order.sign_off_state for order in orders], ["none", "none"]
            )
            orders[0].action_request_sign_off()
            first.commit()
            with self.assertRaises(
                (psycopg2.IntegrityError, psycopg2.errors.SerializationFailure)
            ):
                orders[1].action_request_sign_off()
            second.rollback()
            self.assertEqual(len(orders[1].sign_off_request_ids), 1)


@tagged("post_install", "-at_install")
class TestSignOffRpc(HttpCase, SignOffCommon):
    def _call(self, model, method, args, kwargs=None):
        return self.make_jsonrpc_request(
            f"/web/dataset/call_kw/{model}/{method}",
            {"model": model, "method": method, "args": args, "kwargs": kwargs or {}},
        )

    def test_rpc(self):
        """P1, P3: over RPC, with whatever context, the seal breaks and nothing is forged."""
        order = self._create_sealed_order()
        other = self._create_order(name="S002")
        request = order.sudo().sign_off_request_id
        self.seller.password = "sign_seller"
        self.authenticate("sign_seller", "sign_seller")
        forged = {
            "sign_off_state": "sealed",
            "sign_off_request_id": request.id,
        }
        context = {
            "context": {
                "record_control_trusted_fields": True,
                "default_sign_off_request_id": request.id,
            }
        }
        for name, value in forged.items():
            with (
                self.subTest(name),
                mute_logger("odoo.http"),
                self.assertRaises(JsonRpcException),
            ):
                self._call(
                    "test.sign.off.order", "write", [[other.id], {name: value}], context
                )
        for model, method, args in (
            ("test.sign.off.order", "_sign_off", [[other.id]]),
            ("sign.off.request", "_decide", [[request.id], "approve"]),
            (
                "sign.off.signature",
                "create",
                [{"request_id": request.id, "title": "x"}],
            ),
            (
                "sign.off.signature",
                "write",
                [request.signature_ids.ids, {"opinion": "x"}],
            ),
            ("sign.off.signature", "unlink", [request.signature_ids.ids]),
            ("sign.off.request", "unlink", [request.ids]),
            ("sign.off.change", "create", [{"request_id": request.id}]),
            (
                "sign.off.request.step",
                "write",
                [request.step_ids.ids, {"state": "open"}],
            ),
        ):
            with (
                self.subTest(f"{model}.{method}"),
                mute_logger("odoo.http"),
                self.assertRaises(JsonRpcException),
            ):
                self._call(model, method, args, {"context": {"_force_unlink": True}})
        self.assertEqual(other.sign_off_state, "none")
        self.assertSealed(order)
        line = order.line_ids[0]
        self._call(
            "test.sign.off.order.line",
            "write",
            [[line.id], {"price_unit": 1}],
            {
                "context": {
                    "record_control.sign_off_writing": True,
                    "tracking_disable": True,
                    "install_mode": True,
                }
            },
        )
        self.env.invalidate_all()
        self.assertBroken(order, changes=3)

    def test_rpc_request_and_sign(self):
        """The buttons work over RPC for the people foreseen, and for nobody else."""
        order = self._create_order()
        for user in (self.seller, self.supervisor, self.stranger):
            user.password = user.login
        self.authenticate(self.seller.login, self.seller.login)
        self._call("test.sign.off.order", "action_request_sign_off", [[order.id]])
        for user, signs in ((self.stranger, False), (self.supervisor, True)):
            self.authenticate(user.login, user.login)
            action = self._call("test.sign.off.order", "action_sign_off", [[order.id]])
            if signs:
                self._call(action["res_model"], "action_confirm", [[action["res_id"]]])
            else:
                with mute_logger("odoo.http"), self.assertRaises(JsonRpcException):
                    self._call(
                        action["res_model"], "action_confirm", [[action["res_id"]]]
                    )
        self.env.invalidate_all()
        self.assertEqual(
            order.sudo().sign_off_request_id.signature_ids.user_id,
            self.seller | self.supervisor,
        )
