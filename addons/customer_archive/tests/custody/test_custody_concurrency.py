from psycopg2 import OperationalError

from odoo import SUPERUSER_ID, api
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.modules.registry import Registry
from odoo.tests import BaseCase, get_db_name, tagged
from odoo.tools import mute_logger


@tagged("post_install", "-at_install")
class TestCustodyConcurrency(BaseCase):
    """CA-10, CA-15: two people at two computers decide about one archive; the second one sees what the first did."""

    def setUp(self):
        super().setUp()
        self.registry = Registry(get_db_name())
        with self.registry.cursor() as cr:
            env = self._env(cr)
            self.partner = env["res.partner"].create(
                {"name": "Contested Castings", "is_company": True}
            )
            self.archive = env["customer.archive"].create(
                {"partner_id": self.partner.id}
            )
            self.document = self.archive.document_ids[:1]
            self.document.write({"date_received": "2010-01-01", "copies": 1})
            self.employee = env["hr.employee"].create({"name": "Borrower"})
            self.loans = env["loan.loan"].concat(
                *(self._new_loan(env, thing) for thing in (self.document, self.archive))
            )
            env.flush_all()
            cr.execute(
                "UPDATE customer_archive SET state = 'active' WHERE id = %s",
                [self.archive.id],
            )
            cr.execute(
                "UPDATE loan_loan SET state = 'approved' WHERE id = ANY(%s)",
                [self.loans.ids],
            )
        self.addCleanup(self._clean_up)

    def _env(self, cr):
        return api.Environment(
            cr, SUPERUSER_ID, {"tracking_disable": True, "no_reset_password": True}
        )

    def _new_loan(self, env, thing):
        return env["loan.loan"].create(
            {
                "borrower_id": self.employee.id,
                "purpose": "x",
                "acknowledged": True,
                "line_ids": [
                    Command.create({"res_model": thing._name, "res_id": thing.id})
                ],
            }
        )

    def _clean_up(self):
        with self.registry.cursor() as cr:
            for query, ids in (
                ("UPDATE loan_loan SET state = 'draft' WHERE id = ANY(%s)", self.loans),
                ("DELETE FROM loan_loan_line WHERE loan_id = ANY(%s)", self.loans),
                (
                    "DELETE FROM customer_archive_event WHERE archive_id = ANY(%s)",
                    self.archive,
                ),
                (
                    "DELETE FROM customer_archive_destruction_line WHERE archive_id = ANY(%s)",
                    self.archive,
                ),
                (
                    "UPDATE customer_archive SET state = 'draft' WHERE id = ANY(%s)",
                    self.archive,
                ),
                (
                    "DELETE FROM clock_clock WHERE res_model = 'loan.loan' AND res_id = ANY(%s)",
                    self.loans,
                ),
            ):
                cr.execute(query, [ids.ids])
            env = self._env(cr)
            for records in (self.loans, self.archive, self.employee, self.partner):
                records.with_env(env).with_context(_force_unlink=True).unlink()

    def _hand_out(self, cr, number):
        env = self._env(cr)
        env["loan.loan"].browse(self.loans[number].id)._transition("out")
        env.flush_all()

    def _destroy(self, cr):
        """Destroy the document, past the signatures, which have tests of their own."""
        env = self._env(cr)
        destruction = env["customer.archive.destruction"].create(
            {
                "reason": "x",
                "executor_id": SUPERUSER_ID,
                "witness_id": env.ref("base.user_admin").id,
                "line_ids": [
                    Command.create(
                        {"archive_id": self.archive.id, "document_id": self.document.id}
                    )
                ],
            }
        )
        env.flush_all()
        cr.execute(
            "UPDATE customer_archive_destruction SET state = 'done' WHERE id = %s",
            [destruction.id],
        )
        destruction.invalidate_recordset(["state"])
        destruction._destroy()
        env.flush_all()

    def _assert_begins_anew(self, first, second):
        """Whoever began before the first was done is sent back by the database."""
        with mute_logger("odoo.sql_db"), self.registry.cursor() as late:
            late.execute("SELECT 1")  # from here on others' commits are not seen
            with self.registry.cursor() as quick:
                first(quick)
            with self.assertRaises(OperationalError):
                second(late)
            late.rollback()

    def test_archive_and_its_document_handed_out_at_once(self):
        """CA-10: not both; the second hand-out begins anew and finds the first."""
        for first, second in ((0, 1), (1, 0)):
            with self.subTest(first=first):
                self._assert_begins_anew(
                    lambda cr, number=first: self._hand_out(cr, number),
                    lambda cr, number=second: self._hand_out(cr, number),
                )
                with self.registry.cursor() as cr, self.assertRaises(UserError):
                    self._hand_out(cr, second)
                with self.registry.cursor() as cr:
                    cr.execute(
                        "UPDATE loan_loan_line SET state = 'waiting' WHERE loan_id = ANY(%s)",
                        [self.loans.ids],
                    )
                    cr.execute(
                        "UPDATE loan_loan SET state = 'approved' WHERE id = ANY(%s)",
                        [self.loans.ids],
                    )

    def test_put_on_hold_while_a_document_is_destroyed(self):
        """CA-15: the hold that was there first is seen by whoever destroys."""

        def hold(cr):
            env = self._env(cr)
            env["customer.archive"].browse(self.archive.id).write(
                {"is_on_hold": True, "hold_reason": "Lawsuit"}
            )
            env.flush_all()

        self._assert_begins_anew(hold, self._destroy)
