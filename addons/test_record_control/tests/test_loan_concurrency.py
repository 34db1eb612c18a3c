import threading

from psycopg2 import IntegrityError, OperationalError

from odoo import SUPERUSER_ID, api
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.modules.registry import Registry
from odoo.tests import BaseCase, get_db_name, tagged
from odoo.tools import mute_logger


@tagged("post_install", "-at_install")
class TestLoanConcurrency(BaseCase):
    """Two keepers at two computers: one of them lends the thing."""

    def setUp(self):
        super().setUp()
        self.registry = Registry(get_db_name())
        with self.registry.cursor() as cr:
            env = api.Environment(
                cr, SUPERUSER_ID, {"tracking_disable": True, "no_reset_password": True}
            )
            self.user = env["res.users"].create(
                {"name": "Keeper", "login": "t_loan_concurrency"}
            )
            self.employees = env["hr.employee"].create(
                [{"name": "One"}, {"name": "Two"}]
            )
            self.thing = env["test.thing"].create(
                {"name": "Contested", "keeper_id": self.user.id}
            )
            self.loan_class = env["loan.class"].create(
                {
                    "code": "CONCURRENCY",
                    "name": "x",
                    "sequence": -1,
                    "model_id": env["ir.model"]._get("test.thing").id,
                    "company_id": env.company.id,
                }
            )
            self.loans = env["loan.loan"].create(
                [
                    {
                        "borrower_id": employee.id,
                        "purpose": "x",
                        "acknowledged": True,
                        "line_ids": [
                            Command.create(
                                {"res_model": "test.thing", "res_id": self.thing.id}
                            )
                        ],
                    }
                    for employee in self.employees
                ]
            )
            # both were approved before either reservation could be seen
            self.loans[0].action_submit()
            env.flush_all()
            cr.execute(
                "UPDATE loan_loan SET state = 'approved' WHERE id = %s",
                [self.loans[1].id],
            )
            cr.execute(
                "UPDATE loan_loan SET date_start = now() + interval '30 days' WHERE id = %s",
                [self.loans[1].id],
            )
            self.records = [
                (record._name, record.ids)
                for record in (self.loans, self.thing, self.loan_class)
            ]
            self.rest = [
                (record._name, record.ids) for record in (self.employees, self.user)
            ]
        self.addCleanup(self._clean_up)

    def _clean_up(self):
        with self.registry.cursor() as cr:
            cr.execute(
                "DELETE FROM clock_clock WHERE res_model = 'loan.loan' AND res_id = ANY(%s)",
                [self.loans.ids],
            )
            cr.execute(
                "UPDATE loan_loan SET state = 'draft' WHERE id = ANY(%s)",
                [self.loans.ids],
            )
            cr.execute(
                "DELETE FROM loan_loan_line WHERE loan_id = ANY(%s)", [self.loans.ids]
            )
            env = api.Environment(cr, SUPERUSER_ID, {})
            for name, ids in (*self.records, *self.rest):
                records = env[name].browse(ids).exists()
                partners = (
                    records.partner_id if name == "res.users" else env["res.partner"]
                )
                records.unlink()
                partners.unlink()

    def _hand_out(self, loan_id, ready, go):
        """Hand out in a transaction of its own, past the gates that look at what is committed."""
        try:
            with self.registry.cursor() as cr:
                env = api.Environment(cr, self.user.id, {})
                line = env["loan.loan"].browse(loan_id).sudo().line_ids
                line.mapped("state")
                ready.wait(20)
                line._hand_out()
                go.set()
                self.holding.wait(20)
            return "lent"
        except (IntegrityError, OperationalError) as error:
            return type(error).__name__

    def test_two_hand_outs_at_once(self):
        """Both transactions see the thing on the shelf; the database lets one through."""
        self.holding = threading.Event()
        first_done, results = threading.Event(), {}
        start = threading.Event()
        start.set()

        def first():
            results[0] = self._hand_out(self.loans[0].id, start, first_done)

        def second():
            # its snapshot is older than the commit of the first
            results[1] = self._hand_out(self.loans[1].id, first_done, threading.Event())

        threads = [threading.Thread(target=target) for target in (second, first)]
        with mute_logger("odoo.sql_db"):
            for thread in threads:
                thread.start()
            first_done.wait(20)
            threading.Timer(0.5, self.holding.set).start()
            for thread in threads:
                thread.join(60)
        self.assertEqual(results[0], "lent")
        self.assertIn(results[1], ("UniqueViolation", "SerializationFailure"))
        with self.registry.cursor() as cr:
            cr.execute(
                "SELECT count(*) FROM loan_loan_line WHERE res_model = 'test.thing' AND res_id = %s AND state = 'out'",
                [self.thing.id],
            )
            self.assertEqual(cr.fetchone()[0], 1)

    def test_two_reservations_at_once(self):
        """Both see the thing free when they are approved; the second one is repeated, and refused."""
        with self.registry.cursor() as cr:
            cr.execute(
                "UPDATE loan_loan SET state = 'requested', date_start = NULL WHERE id = ANY(%s)",
                [self.loans.ids],
            )

        def approve(cr, number):
            env = api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True})
            env["loan.loan"].browse(self.loans[number].id)._transition("approved")
            env.flush_all()

        with mute_logger("odoo.sql_db"), self.registry.cursor() as late:
            late.execute("SELECT 1")  # from here on others' commits are not seen
            with self.registry.cursor() as quick:
                approve(quick, 0)
            with self.assertRaises(OperationalError):
                approve(late, 1)
            late.rollback()
        with (
            self.registry.cursor() as again,
            self.assertRaisesRegex(UserError, "reserved by"),
        ):
            approve(again, 1)
