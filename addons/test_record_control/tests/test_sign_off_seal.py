import psycopg2

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .sign_off_common import SignOffCommon


@tagged("post_install", "-at_install")
class TestSignOffSeal(SignOffCommon):
    """A promise holds by every road."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls._create_sealed_order()
        cls.request = cls.order.sudo().sign_off_request_id
        cls.other = cls._create_sealed_order(name="S002")

    def _changes(self, order=None):
        request = (order or self.order).sudo().sign_off_request_id
        return [
            (change.kind, change.field_path, change.old_value, change.new_value)
            for change in request.change_ids.sorted("id")
        ]

    def _get_price_changes(self, total="3"):
        return [
            ("changed", "amount_total", "102", total),
            ("changed", "amount_weighted", "102", total),
            ("changed", "line_ids.price_unit", "100", "1"),
        ]

    def tearDown(self):
        # whatever is done to one order, the seal of another one stands
        self.assertSealed(self.other)
        super().tearDown()

    def test_line_write(self):
        """P1, P27: a price changed on the line voids the seal and is on record with old and new value."""
        self.order.line_ids[0].price_unit = 1
        self.assertBroken(self.order, changes=3)
        self.assertEqual(self._changes(), self._get_price_changes())
        change = self.request.change_ids.filtered(lambda change: change.line_id)
        self.assertRecordValues(
            change,
            [
                {
                    "user_id": self.seller.id,
                    "line_model": "test.sign.off.order.line",
                    "line_id": self.order.line_ids[0].id,
                    "field_label": "Line › Price Unit",
                }
            ],
        )
        self.assertEqual((self.order.state, self.order.broken_count), ("draft", 1))

    def test_line_through_order(self):
        """P1: the same through the order, in one comparison for all lines."""
        self.order.write(
            {
                "line_ids": [
                    Command.update(self.order.line_ids[0].id, {"price_unit": 1}),
                    Command.update(
                        self.order.line_ids[1].id,
                        {"name": "Screw", "remark": "not sealed"},
                    ),
                ]
            }
        )
        self.assertEqual(
            self._changes(),
            [*self._get_price_changes(), ("changed", "line_ids.name", "Nut", "Screw")],
        )
        self.assertEqual(self.order.broken_count, 1)
        self.assertIn("Line › Price Unit, Line › Name", self.request.reason)

    def test_line_as_superuser(self):
        """P1: the superuser breaks the seal like anybody else."""
        self.order.sudo().line_ids[0].price_unit = 1
        self.assertBroken(self.order, changes=3)

    def test_line_through_form(self):
        """P1: the same through a form."""
        with Form(self.order) as form, form.line_ids.edit(0) as line:
            line.price_unit = 1
        self.assertBroken(self.order, changes=3)

    def test_line_import(self):
        """P1: the same by file import of lines."""
        line = self.order.line_ids[0]
        result = line.load([".id", "price_unit"], [[str(line.id), "1"]])
        self.assertFalse(result["messages"])
        self.assertEqual(self._changes(), self._get_price_changes())

    def test_line_import_through_order(self):
        """P1: the same by file import of the order with its lines."""
        result = self.order.load(
            [".id", "line_ids/.id", "line_ids/price_unit"],
            [[str(self.order.id), str(self.order.line_ids[0].id), "1"]],
        )
        self.assertFalse(result["messages"])
        self.assertBroken(self.order, changes=3)

    def test_line_added(self):
        """P1: a further line voids the seal, even one that costs nothing."""
        self.env["test.sign.off.order.line"].with_user(self.seller).create(
            {"order_id": self.order.id, "name": "Gift", "price_unit": 0}
        )
        self.assertBroken(self.order)
        kind, path, old, new = self._changes()[0]
        self.assertEqual((kind, path, old or ""), ("added", "line_ids", ""))
        self.assertIn("Gift", new)

    def test_line_removed(self):
        """P1: a deleted line voids the seal; what it said stays on record."""
        self.order.line_ids[1].unlink()
        self.assertEqual(self._changes()[-1][:2], ("removed", "line_ids"))
        self.assertIn("Nut", self._changes()[-1][2])
        self.assertEqual(self.order.sign_off_state, "void")

    def test_line_archived(self):
        """P1: an archived line vanishes from the order and therefore voids the seal."""
        self.order.line_ids[1].active = False
        self.assertEqual(self.order.sign_off_state, "void")
        self.assertIn(("changed", "line_ids.active", "Yes", "No"), self._changes())

    def test_line_moved(self):
        """P1: a line moved to another order voids both seals."""
        third = self._create_sealed_order(name="S003")
        self.order.line_ids[1].order_id = third
        self.assertEqual(
            (self.order.sign_off_state, third.sign_off_state), ("void", "void")
        )

    def test_record_write(self):
        """P1, P27: fields of every kind are named with old and new value."""
        tag = self.env["res.partner.category"].create({"name": "Key"})
        buyer = self.env["res.partner"].create({"name": "Buyer"})
        self.order.write(
            {
                "partner_id": buyer.id,
                "tag_ids": [Command.link(tag.id)],
                "terms": "30 days",
            }
        )
        self.assertEqual(
            self._changes(),
            [
                ("changed", "partner_id", "Customer", "Buyer"),
                ("changed", "tag_ids", "", "Key"),
                ("changed", "terms", "", "30 days"),
            ],
        )
        self.assertEqual(self.order.broken_count, 1)

    def test_later_changes_stay_on_record(self):
        """P27: after the seal is void, each further change is on record, too."""
        self.order.line_ids[0].price_unit = 1
        self.order.line_ids[0].price_unit = 100
        self.assertEqual(
            [
                change
                for change in self._changes()
                if change[1] == "line_ids.price_unit"
            ],
            [
                ("changed", "line_ids.price_unit", "100", "1"),
                ("changed", "line_ids.price_unit", "1", "100"),
            ],
        )
        self.assertEqual(self.order.sign_off_state, "void")
        self.assertEqual(self.order.broken_count, 1)

    def test_translation(self):
        """P1: a text is sealed in all languages."""
        for code in ("en_US", "fr_FR"):
            self.env["res.lang"]._activate_lang(code)
        self.order.terms = "30 days"
        self.order.action_request_sign_off()
        self.order.with_user(self.supervisor)._sign_off()
        self.order.with_user(self.manager)._sign_off()
        self.assertSealed(self.order.with_context(lang="fr_FR"))
        self.order.with_context(lang="fr_FR").terms = "30 jours"
        self.assertEqual(self.order.sign_off_state, "void")

    def test_computed_from_elsewhere(self):
        """P1: a stored value computed from another record voids the seal when that record changes."""
        weight = self.env["test.sign.off.weight"].create(
            {"name": "Weight", "factor": 1}
        )
        order = self._create_sealed_order(weight_id=weight.id)
        weight.factor = 2
        self.assertIn("Amount Weighted", order._get_seal_reasons()[0])
        with self.assertRaises(UserError):
            order._check_sealed("print")
        self._run_verification()
        self.assertEqual(order.sign_off_state, "void")

    def test_raw_sql(self):
        """P1: a change in the database alone is seen by whoever asks, and by the daily check."""
        self.env.cr.execute(
            "UPDATE test_sign_off_order_line SET price_unit = 1 WHERE id = %s",
            [self.order.line_ids[0].id],
        )
        self.assertIn("Price Unit", self.order._get_seal_reasons()[0])
        with self.assertRaisesRegex(UserError, "Price Unit"):
            self.order._transition("sent")
        self._run_verification()
        self.assertEqual(self.order.sign_off_state, "void")
        self.assertEqual(
            self._changes()[-1], ("changed", "line_ids.price_unit", "100", "1")
        )
        self.assertFalse(self.request.change_ids.user_id)

    def test_raw_sql_deletes_line(self):
        """P1: a line deleted in the database alone is missed."""
        self.env.cr.execute(
            "DELETE FROM test_sign_off_order_line WHERE id = %s",
            [self.order.line_ids[1].id],
        )
        self.assertTrue(self.order._get_seal_reasons())

    def test_raw_sql_moves_the_seal(self):
        """P1: a seal put up again, or borrowed from another record, is no seal."""
        self.order.line_ids[0].price_unit = 1
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE sign_off_request SET state = 'sealed' WHERE id = %s",
            [self.request.id],
        )
        self.env.invalidate_all()
        self.assertIn("Price Unit", self.order._get_seal_reasons()[0])
        draft = self._create_order(name="S009")
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE test_sign_off_order SET sign_off_request_id = %s, sign_off_state = 'sealed' WHERE id = %s",
            [self.request.id, draft.id],
        )
        self.env.invalidate_all()
        self.assertIn("has not been signed", draft._get_seal_reasons()[0])
        # a digest adapted to the new price does not match what the signers signed
        payload = dict(self.request.sudo().current_payload)
        self.env.cr.execute(
            "UPDATE sign_off_request SET payload = current_payload, digest = %s WHERE id = %s",
            [self.env["sign.off.mixin"]._get_seal_digest(payload), self.request.id],
        )
        self.env.invalidate_all()
        self.assertIn("do not belong", self.order._get_seal_reasons()[0])

    def _run_verification(self):
        self.env.flush_all()
        self.env.invalidate_all()
        with self.enter_registry_test_mode():
            self.env.ref(
                "record_control.ir_cron_sign_off_verify"
            ).method_direct_trigger()
        self.env.invalidate_all()

    def test_verification_is_quiet(self):
        """The daily check leaves untouched seals alone, and looks at each once a day."""
        self._run_verification()
        self.assertSealed(self.order)
        self.assertTrue(self.request.verified_at)
        self.assertFalse(self.request.change_ids)

    def test_no_op_writes(self):
        """Writing what is there already, or what is not sealed, leaves the seal alone."""
        self.order.write(
            {
                "partner_id": self.partner.id,
                "note": "other",
                "terms": False,
                "grade": "b",
            }
        )
        self.order.line_ids[0].write(
            {"price_unit": 100.0, "quantity": 1.00001, "remark": "x"}
        )
        self.order.write(
            {
                "line_ids": [
                    Command.update(self.order.line_ids[0].id, {"price_unit": 100})
                ]
            }
        )
        self.order.active = False
        self.assertSealed(self.order)
        self.assertFalse(self.request.change_ids)

    def test_changed_while_under_review(self):
        """P8: values changed while being signed void the round, and the signers are told."""
        order = self._create_order()
        order.action_request_sign_off()
        order.with_user(self.supervisor)._sign_off()
        order.line_ids[0].price_unit = 1
        self.assertBroken(order, changes=3)
        self.assertFalse(order.sudo().activity_ids)
        self.assertFalse(order.sign_off_waiting_user_ids)
        message = order.message_ids[0]
        self.assertIn("Seller changed S001", message.body)
        self.assertEqual(
            message.partner_ids, (self.supervisor | self.manager).partner_id
        )
        with self.assertRaises(UserError):
            order.with_user(self.manager)._sign_off()

    def test_changed_behind_the_signers_back(self):
        """P8: nobody signs values other than those put up for signature; the other records are signed."""
        orders = self._create_order() | self._create_order(name="S003")
        orders.action_request_sign_off()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE test_sign_off_order_line SET price_unit = 1 WHERE id = %s",
            [orders[0].line_ids[0].id],
        )
        signatures = orders.with_user(self.supervisor)._sign_off()
        self.assertEqual(signatures.request_id.mapped("name"), ["S003"])
        self.assertEqual(orders.mapped("sign_off_state"), ["void", "open"])
        action = (
            self.env["sign.off.wizard"]
            .with_user(self.manager)
            .create({"request_ids": orders[1].sign_off_request_id.ids})
        )
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE test_sign_off_order_line SET price_unit = 1 WHERE id = %s",
            [orders[1].line_ids[0].id],
        )
        self.assertIn("S003", action.action_confirm()["params"]["message"])

    def test_created_past_the_gate(self):
        """P3: nothing is created sealed, approved, or with the round of another record."""
        model = self.env["test.sign.off.order"]
        for vals in (
            {"sign_off_state": "sealed"},
            {"state": "approved"},
            {"sign_off_request_id": self.request.id},
        ):
            with self.subTest(vals=vals), self.assertRaises(UserError):
                model.with_user(self.seller).create({"name": "X", **vals})
        with self.assertRaises(UserError):
            model.sudo().create({"name": "X", "sign_off_state": "sealed"})
        result = model.with_user(self.seller).load(
            ["name", "sign_off_state"], [["X", "Sealed"]]
        )
        self.assertTrue(result["messages"])
        forged = model.with_user(self.seller).with_context(
            default_sign_off_request_id=self.request.id
        )
        order = forged.create({"name": "X"})
        self.assertFalse(order.sign_off_request_id)
        self.assertEqual(order.sign_off_state, "none")
        # even the system cannot make the round of one record that of another
        order.sudo().sign_off_request_id = self.request
        self.assertEqual(order.sign_off_state, "none")
        self.assertTrue(order._get_seal_reasons())

    def test_written_past_the_gate(self):
        """P3: whether a record is sealed is never written, by nobody."""
        draft = self._create_order()
        for order in (draft, draft.sudo()):
            with self.assertRaises(UserError):
                order.write({"sign_off_state": "sealed"})
        with self.assertRaises(UserError):
            draft.write({"sign_off_request_id": self.request.id})
        with self.assertRaises(UserError):
            draft.write({"state": "approved"})
        draft.write({"sign_off_state": "none"})

    def test_nothing_leaves_unsealed(self):
        """P4: printing and sending ask for the seal and name every record that lacks it."""
        draft, waiting = (
            self._create_order(name="S011"),
            self._create_order(name="S012"),
        )
        waiting.action_request_sign_off()
        with self.assertRaises(UserError) as error:
            (self.order | draft | waiting).action_print()
        text = str(error.exception)
        self.assertIn("S011 has not been signed", text)
        self.assertIn("S012 still waits for the signature of Supervisor", text)
        self.assertNotIn("S001", text)
        with self.assertRaisesRegex(UserError, "S012 still waits"):
            waiting._transition("sent")
        self.assertTrue(self.order.action_print())

    def test_copy(self):
        """A copy is not signed."""
        copies = (self.order | self.other).copy()
        self.assertEqual(copies.mapped("sign_off_state"), ["none", "none"])
        self.assertFalse(copies.sudo().sign_off_request_id)
        self.assertFalse(copies.sudo().sign_off_request_ids)

    def test_signed_record_stays_whatever_context(self):
        """The context key by which Odoo uninstalls lifts no guard against deletion for a user, an administrator included."""
        for user in (self.seller, self.env.ref("base.user_admin")):
            order = self.order.with_user(user).with_context(_force_unlink=True)
            for caller in (order, order.sudo()):
                with self.subTest(user=user.login), self.assertRaises(UserError):
                    caller.unlink()
        # Odoo's own code with sudo still makes room among Odoo's own records
        self.env["mail.activity.plan.template"].search([]).unlink()
        todo = self.env.ref("mail.mail_activity_data_todo")
        todo = todo.with_user(user).with_context(_force_unlink=True)
        with self.assertRaises(UserError):
            todo.unlink()
        todo.sudo().unlink()
        self.assertFalse(todo.exists())

    def test_append_only(self):
        """P6: rounds, steps, signatures and changes are neither written nor deleted, by nobody."""
        self.order.line_ids[0].price_unit = 1
        request = self.request
        rows = [request, request.step_ids, request.signature_ids, request.change_ids]
        for user in (
            self.seller,
            self.env.ref("base.user_admin"),
            self.env.ref("base.user_root"),
        ):
            for records in rows:
                with self.subTest(user=user.login, model=records._name):
                    with self.assertRaises(UserError):
                        records.with_user(user).unlink()
                    with self.assertRaises(UserError):
                        records.with_user(user).with_context(
                            _force_unlink=True
                        ).unlink()
                    if user != self.env.ref("base.user_root"):
                        with self.assertRaises(UserError):
                            records.with_user(user).write({"create_date": False})
        for vals in (
            {"opinion": "x"},
            {"user_id": self.stranger.id},
            {"decision": "approve"},
        ):
            with self.assertRaisesRegex(UserError, "cannot be changed"):
                request.sudo().signature_ids.write(vals)
        for vals in (
            {"state": "sealed"},
            {"digest": "x"},
            {"requester_id": self.stranger.id},
            {"payload": {}},
        ):
            with self.assertRaises(UserError):
                request.sudo().write(vals)
        with self.assertRaisesRegex(UserError, "cannot be changed"):
            request.sudo().change_ids.write({"old_value": "x"})

    def test_round_out_of_nowhere(self):
        """P3: a round of signatures starts open, whoever makes it."""
        [vals] = self.request.sudo().copy_data()
        with self.assertRaisesRegex(UserError, "starts open"):
            self.request.sudo().create({**vals, "state": "sealed"})

    def test_signature_out_of_nowhere(self):
        """P3: a signature is only added to a step that waits for one."""
        order = self._create_order()
        order.action_request_sign_off()
        request = order.sudo().sign_off_request_id
        vals = {
            "request_id": request.id,
            "step_id": request.step_ids[2].id,
            "user_id": self.manager.id,
            "title": "经理",
            "decision": "approve",
            "signed_at": "2025-01-01 00:00:00",
            "digest": request.digest,
        }
        for model in (
            self.env["sign.off.signature"].with_user(self.manager),
            self.env["sign.off.signature"].sudo(),
        ):
            with self.assertRaises(UserError):
                model.create(vals)
        with self.assertRaises(UserError):
            request.write({"state": "sealed"})
        vals["step_id"] = request.step_ids[1].id
        self.env["sign.off.signature"].sudo().create(vals)
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(psycopg2.IntegrityError),
            self.env.cr.savepoint(),
        ):
            self.env["sign.off.signature"].sudo().create(vals)

    def test_delete(self):
        """P6: what was put up for signature is not deleted any more."""
        draft = self._create_order()
        with self.assertRaisesRegex(UserError, "S001 cannot be deleted"):
            (self.order | draft).unlink()
        with self.assertRaises(UserError):
            self.order.sudo().unlink()
        self.assertTrue(draft.unlink())
