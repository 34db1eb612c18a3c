from datetime import date
from pathlib import Path

from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged
from odoo.tools import SQL, mute_logger

from .common import CustodyCommon


@tagged("post_install", "-at_install")
class TestDestruction(CustodyCommon):
    """CA-15, AC-05: destroyed under witness, after retention, with sealed approval, and really gone."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["ir.config_parameter"].sudo().set_param(
            "ir_attachment.location", "file"
        )
        cls.archive = cls._new_filed_archive("Former customer")
        cls.line = cls.archive.document_ids.filtered(
            lambda line: line.type_id == cls.d01
        )
        cls.line.write({"date_received": "2010-01-01", "copies": 1})
        cls.file = cls.env["ir.attachment"].create(
            {
                "name": "licence.pdf",
                "raw": b"licence of a customer that no longer exists",
                "res_model": cls.line._name,
                "res_id": cls.line.id,
            }
        )
        cls._deregister(cls.archive, "2014-06-30")
        cls.destruction = (
            cls.env["customer.archive.destruction"]
            .with_user(cls.keeper)
            .create(
                {
                    "reason": "Retention over",
                    "executor_id": cls.keeper.id,
                    "witness_id": cls.keeper2.id,
                    "line_ids": [
                        (
                            0,
                            0,
                            {
                                "archive_id": cls.archive.id,
                                "document_id": cls.line.id,
                                "appraisal": "destroy",
                            },
                        )
                    ],
                }
            )
        )

    @classmethod
    def _deregister(cls, archive, day):
        archive.flush_recordset()
        cls.env.cr.execute(
            SQL(
                "UPDATE customer_archive SET state = 'cancelled', date_deregistered = %s WHERE id = %s",
                day,
                archive.id,
            )
        )
        archive.invalidate_recordset(["state", "date_deregistered"])
        archive.modified(["state", "date_deregistered"])
        archive.flush_recordset()

    def _seal(self, *signers):
        self.destruction.with_user(self.keeper).action_request_sign_off()
        for signer in signers:
            self.destruction.with_user(signer)._sign_off()

    def _destroy(self):
        self.destruction.with_user(self.keeper2).action_witness()
        self.destruction.with_user(self.keeper).action_destroy()
        self.env.invalidate_all()

    def test_retention(self):
        """Ten years after deregistration, to the day; nothing before deregistration."""
        self.assertEqual(self.line.date_retention_end, date(2024, 6, 30))
        other = self._new_filed_archive("Customer")
        running = self._line(other, "D01")
        running.date_received = "2010-01-01"
        self.assertFalse(running.date_retention_end)
        self.assertIn("has not begun", " ".join(running._get_destruction_reasons()))
        for day, kept in (("2024-06-30", True), ("2024-07-01", False)):
            with freeze_time(f"{day} 04:00:00"):
                self.assertEqual(bool(self.line._get_destruction_reasons()), kept)

    def test_retention_of_what_comes_in_later(self):
        """A document received after the deregistration is kept as long as the others: from its receipt."""
        late = self.Document.create(
            {
                "archive_id": self.archive.id,
                "type_id": self.d12.id,
                "date_received": "2024-06-01",
            }
        )
        self.assertEqual(late.date_retention_end, date(2034, 6, 1))
        with freeze_time("2024-07-01 04:00:00"):
            self.assertTrue(late._get_destruction_reasons())
            self.assertTrue(self.archive._get_destruction_reasons())

    def test_policy_of_keeping_leaves_a_trace(self):
        """Who shortens the retention of a kind of documents is on record, and does not take the record away."""
        self.env.cr.precommit.run()
        policy = self.d12.with_user(self.manager)
        policy.with_context(
            tracking_disable=False, mail_notrack=False
        ).retention_years = 1
        self.env.flush_all()
        self.env.cr.precommit.run()
        messages_sudo = policy.sudo().message_ids.filtered("tracking_value_ids")
        message = messages_sudo.with_user(self.manager)
        self.assertEqual(message.author_id, self.manager.partner_id)
        with self.assertRaisesRegex(UserError, "history"):
            message.unlink()

    def test_retention_of_guarantees(self):
        """Guarantee papers: until their release and ten years more."""
        deed = self.env.ref("customer_archive.customer_archive_document_type_d16")
        line = self.Document.create(
            {
                "archive_id": self.archive.id,
                "type_id": deed.id,
                "date_received": "2010-01-01",
                "date_valid_until": "2020-02-29",
            }
        )
        self.assertEqual(line.date_retention_end, date(2030, 2, 28))

    def test_executor_is_never_the_witness(self):
        """AC-05: refused by the database, on whatever road."""
        with (
            self.assertRaises(IntegrityError),
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            self.destruction.witness_id = self.keeper
            self.destruction.flush_recordset()
        with (
            self.assertRaises(IntegrityError),
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            self.destruction.create(
                {
                    "reason": "x",
                    "executor_id": self.keeper.id,
                    "witness_id": self.keeper.id,
                }
            )

    def test_executor_as_witness_is_told_while_typing(self):
        """AC-05: the panel says so before the database refuses it, not while nobody is named."""
        sentence = "The witness must be somebody else than the person who executes."
        form = Form(self.destruction)
        form.witness_id = self.keeper
        self.assertIn(sentence, self._approval_reasons(form))
        self.assertNotIn(sentence, self._approval_reasons(self.destruction.new()))

    def _approval_reasons(self, record):
        rows = record.readiness
        return next(row for row in rows if row["target"] == "approved")["reasons"]

    def test_nothing_without_approval(self):
        for road in (
            lambda: self.destruction.write({"state": "approved"}),
            lambda: self.destruction.sudo().write({"state": "approved"}),
            lambda: self.destruction.action_destroy(),
            lambda: self.destruction.create(
                {
                    "reason": "x",
                    "executor_id": self.keeper.id,
                    "witness_id": self.keeper2.id,
                    "state": "approved",
                }
            ),
        ):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                road()
        result = self.destruction.load(
            [".id", "state"], [[str(self.destruction.id), "approved"]]
        )
        self.assertTrue(result["messages"])

    def test_documents_destroyed(self):
        """Manager approves, witness is present, executor destroys: files gone, line stays."""
        path = Path(self.file._full_path(self.file.store_fname))
        self.assertTrue(path.exists())
        self._seal(self.manager)
        self.assertEqual(self.destruction.state, "approved")
        with self.assertRaises(UserError):
            self.destruction.with_user(self.keeper).action_destroy()
        with self.assertRaises(UserError):
            self.destruction.with_user(self.keeper).action_witness()
        self.destruction.with_user(self.keeper2).action_witness()
        with self.assertRaises(UserError):
            self.destruction.with_user(self.keeper2).action_destroy()
        self.destruction.with_user(self.keeper).action_destroy()
        self.env.invalidate_all()
        self.assertEqual(self.destruction.state, "done")
        self.assertEqual(self.destruction.deleted_file_count, 1)
        self.assertFalse(self.file.exists())
        self.assertEqual(self.line.status, "destroyed")
        self.env["ir.attachment"]._gc_file_store_unsafe()
        self.assertFalse(path.exists(), "the file store keeps no copy")
        self.assertEqual(self.archive.state, "cancelled")
        with self.assertRaises(UserError):
            self.line.note = "x"
            self.line.date_received = "2025-01-01"

    def test_whole_archive_needs_the_director(self):
        self.destruction.line_ids.document_id = False
        self.destruction.line_ids.appraisal = "destroy"
        self.assertTrue(self.destruction.has_archives)
        self.env["ir.attachment"].create(
            {
                "name": "card.pdf",
                "raw": b"card",
                "res_model": "customer.archive",
                "res_id": self.archive.id,
            }
        )
        self._seal(self.manager)
        self.assertEqual(self.destruction.state, "draft")
        self.destruction.with_user(self.director)._sign_off()
        self.assertEqual(self.destruction.state, "approved")
        self._destroy()
        self.assertEqual(self.archive.state, "destroyed")
        self.assertEqual(self.destruction.deleted_file_count, 2)
        self.assertEqual(set(self.archive.document_ids.mapped("status")), {"destroyed"})
        with self.assertRaises(UserError):
            self.Document.create(
                {"archive_id": self.archive.id, "type_id": self.d01.id}
            )

    def test_ca_15_nothing_is_entered_into_a_destroyed_archive(self):
        """CA-15: what was destroyed is not written anew, neither on the card nor in its lists."""
        self.destruction.line_ids.document_id = False
        self.destruction.line_ids.appraisal = "destroy"
        self._seal(self.manager)
        self.destruction.with_user(self.director)._sign_off()
        self._destroy()
        for user in (self.sales1, self.keeper, self.manager, self.finance):
            archive = self.archive.with_user(user)
            for enter in (
                lambda archive=archive: archive.write({"summary": "Again"}),
                lambda archive=archive: archive.turnover_ids.create(
                    {"archive_id": archive.id, "year": 2025}
                ),
                lambda archive=archive: archive.person_ids.create(
                    {"archive_id": archive.id, "partner_id": archive.partner_id.id}
                ),
            ):
                with (
                    self.subTest(user=user.login),
                    self.assertRaisesRegex(UserError, "take nothing in"),
                    self.env.cr.savepoint(),
                ):
                    enter()

    def _set_route(self, *steps):
        route = self.env.ref("customer_archive.sign_off_route_destruction_document")
        commands = [
            Command.create({"sequence": number, "name": f"Cell {number}", **step})
            for number, step in enumerate(steps, 1)
        ]
        route.step_ids = [Command.clear(), *commands]

    def test_executor_and_witness_sign_on_the_form(self):
        """CA-15: each in a cell of his own, also who drew the record up; neither is an approval."""
        executor, witness = (
            {"signer_type": "role", "role": role} for role in ("executor", "witness")
        )
        manager = self.env.ref("customer_archive.group_customer_archive_manager")
        self._set_route(
            {"signer_type": "requester"},
            executor,
            witness,
            {"signer_type": "user", "user_id": self.keeper.id},
            {"signer_type": "group", "group_id": manager.id},
        )
        self.destruction.action_request_sign_off()
        self.destruction.with_user(self.keeper)._sign_off()
        self.destruction.with_user(self.keeper2)._sign_off()
        with self.assertRaisesRegex(UserError, "you drew this up yourself|asked for"):
            self.destruction.with_user(self.keeper)._sign_off()
        self.destruction.action_withdraw_sign_off()
        self._set_route(executor, witness)
        with self.assertRaisesRegex(UserError, "asks anybody else"):
            self.destruction.action_request_sign_off()
        self._set_route(executor, {"signer_type": "group", "group_id": manager.id})
        self._seal(self.keeper, self.manager)
        self._destroy()
        self.assertEqual(self.destruction.state, "done")

    def test_the_customer_of_a_destroyed_archive_comes_back(self):
        """CA-15, CA-16: a new archive beside the destroyed one, orders once it is on file; a week from the return."""
        customer = self.archive.partner_id
        customer.ca_trading_stopped = True
        self.destruction.line_ids.write({"document_id": False, "appraisal": "destroy"})
        self._seal(self.manager, self.director)
        self._destroy()
        order = self._new_order(customer, user=self.sales1, date_order="2012-01-01")
        new = customer._get_ca_archives_sudo(self.company)
        self.assertRecordValues(
            self.archive | new, [{"state": "destroyed"}, {"state": "draft"}]
        )
        self.assertEqual(new.date_first_contact, self.company._record_control_today())
        button = customer.with_user(self.keeper).action_open_ca_archive()
        self.assertEqual(button["res_id"], new.id)
        with self.assertRaisesRegex(UserError, "Put a new archive on file"):
            order.action_confirm()
        self._put_on_file(new)
        new._write_protected({"date_filed": new.date_first_contact})
        order.action_confirm()
        self.assertEqual(order.state, "sale")

    def test_archive_is_destroyed_by_a_record_only(self):
        with self.assertRaises(UserError):
            self.archive.sudo().write({"state": "destroyed"})
        with self.assertRaises(UserError):
            self.line.sudo().write({"date_destroyed": "2025-01-01"})

    def test_refused_contents(self):
        """On hold, within retention, not appraised: each is a reason, all at once."""
        self.line.with_user(self.manager).write(
            {"is_on_hold": True, "hold_reason": "Dispute"}
        )
        self.destruction.line_ids.appraisal = False
        with freeze_time("2024-06-30 04:00:00"):
            self.assertEqual(len(self.destruction._get_content_reasons()), 3)
            with self.assertRaises(UserError):
                self.destruction.action_request_sign_off()

    def test_empty_record_is_not_put_up_for_approval(self):
        """CA-15: nobody approves a destruction of nothing, to which contents come later."""
        self.destruction.line_ids.unlink()
        with self.assertRaisesRegex(UserError, "Enter what is to be destroyed"):
            self.destruction.action_request_sign_off()

    def test_only_drafts_are_put_up_for_approval(self):
        """CA-15: a record that was given up is not approved by a back door."""
        self.destruction.action_cancel()
        with self.assertRaisesRegex(UserError, "is no draft"):
            self.destruction.action_request_sign_off()

    def test_document_of_another_archive(self):
        """CA-15: the archive named on a line is the one whose document is destroyed."""
        other = self._new_filed_archive("Other customer")
        self.destruction.line_ids.archive_id = other
        with self.assertRaisesRegex(UserError, "does not belong to the archive named"):
            self.destruction.action_request_sign_off()

    def test_destroyed_once(self):
        """CA-15: what is gone is not destroyed by a second record."""
        self._seal(self.manager)
        self._destroy()
        second = self.destruction.create(
            {
                "reason": "Retention over",
                "executor_id": self.keeper.id,
                "witness_id": self.keeper2.id,
                "line_ids": [
                    Command.create(
                        {"document_id": self.line.id, "appraisal": "destroy"}
                    )
                ],
            }
        )
        with self.assertRaisesRegex(UserError, "is destroyed already"):
            second.action_request_sign_off()

    def _assert_archive_kept(self, archive, sentence, kept=True):
        """Put a whole archive up for its destruction and look for the sentence about it."""
        self.destruction.line_ids.unlink()
        self.destruction.line_ids.create(
            {
                "destruction_id": self.destruction.id,
                "archive_id": archive.id,
                "appraisal": "destroy",
            }
        )
        reasons = self.destruction._get_content_reasons()
        if not kept:
            self.assertNotIn(sentence, reasons)
            return
        self.assertIn(sentence, reasons)
        with self.assertRaises(UserError):
            self.destruction.action_request_sign_off()

    def test_archive_on_hold_is_kept(self):
        """CA-15: a hold on the archive keeps it as a whole."""
        self.archive.with_user(self.manager).write(
            {"is_on_hold": True, "hold_reason": "Dispute"}
        )
        self._assert_archive_kept(
            self.archive, f"{self.archive.display_name} is on hold."
        )

    def test_archive_on_file_is_kept(self):
        """CA-15: only archives of deregistered customers are destroyed."""
        archive = self._new_filed_archive("Customer")
        self._assert_archive_kept(
            archive, f"{archive.display_name} is not deregistered."
        )

    def test_archive_within_retention_is_kept(self):
        """CA-15: ten years after deregistration, to the day, for the archive itself."""
        sentence = f"{self.archive.display_name} is kept until 2024-06-30."
        for day, kept in (("2024-06-30", True), ("2024-07-01", False)):
            with self.subTest(day=day), freeze_time(f"{day} 04:00:00"):
                self._assert_archive_kept(self.archive, sentence, kept)

    def test_hold_after_approval(self):
        """A hold placed after the approval still stops the destruction."""
        self._seal(self.manager)
        self.destruction.with_user(self.keeper2).action_witness()
        self.archive.with_user(self.manager).write(
            {"is_on_hold": True, "hold_reason": "Dispute"}
        )
        with self.assertRaises(UserError):
            self.destruction.with_user(self.keeper).action_destroy()
        self.assertTrue(self.file.exists())

    def test_hold_by_managers_and_legal_only(self):
        """CA-15: on a document and on an archive alike."""
        for user in (self.keeper, self.sales1):
            for kept in (self.line, self.archive):
                with self.assertRaisesRegex(AccessError, "on hold or release"):
                    kept.with_user(user).write({"is_on_hold": True, "hold_reason": "x"})
        self.line.with_user(self.finance).write(
            {"is_on_hold": True, "hold_reason": "x"}
        )

    def test_approval_is_broken_by_a_change(self):
        """A line added after the approval takes the record back to draft and the witness with it."""
        self._seal(self.manager)
        self.destruction.with_user(self.keeper2).action_witness()
        other = self._line(self.archive, "D03")
        other.date_received = "2010-01-01"
        self.destruction.line_ids.create(
            {
                "destruction_id": self.destruction.id,
                "document_id": other.id,
                "appraisal": "destroy",
            }
        )
        self.env.invalidate_all()
        self.assertRecordValues(
            self.destruction, [{"state": "draft", "date_witnessed": False}]
        )
        with self.assertRaises(UserError):
            self.destruction.with_user(self.keeper).action_destroy()

    def test_proposal(self):
        """Documents whose retention is over are proposed, those on hold are not."""
        held = self._line(self.archive, "D03")
        held.write({"date_received": "2010-01-01"})
        held.with_user(self.manager).write({"is_on_hold": True, "hold_reason": "x"})
        more = self._line(self.archive, "D06")
        more.write({"date_received": "2010-01-01"})
        self.destruction.action_propose()
        self.assertEqual(self.destruction.line_ids.document_id, self.line | more)

    def test_steps_in_their_state(self):
        """CA-15: witnessed when approved, proposed in a draft, nothing added to a closed record."""
        with self.assertRaisesRegex(UserError, "Only an approved destruction"):
            self.destruction.with_user(self.keeper2).action_witness()
        self._seal(self.manager)
        with self.assertRaisesRegex(UserError, "proposed in a draft"):
            self.destruction.action_propose()
        self._destroy()
        with self.assertRaisesRegex(UserError, "record is not changed"):
            self.destruction.line_ids.create(
                {"destruction_id": self.destruction.id, "archive_id": self.archive.id}
            )

    def test_closed_record(self):
        self._seal(self.manager)
        self._destroy()
        for road in (
            lambda: self.destruction.line_ids.unlink(),
            lambda: self.destruction.write({"witness_id": self.manager.id}),
            lambda: self.destruction.write({"state": "draft"}),
            lambda: self.destruction.unlink(),
            lambda: self.destruction.sudo().line_ids.write({"reason": "x"}),
        ):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                road()

    def test_stamps_refused(self):
        for vals in (
            {"date_executed": "2025-01-01 00:00:00"},
            {"date_witnessed": "2025-01-01 00:00:00"},
        ):
            with self.assertRaises(UserError):
                self.destruction.write(vals)
