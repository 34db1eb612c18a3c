import json

from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import (
    Form,
    HttpCase,
    TransactionCase,
    freeze_time,
    new_test_user,
    tagged,
)
from odoo.tools import mute_logger

from odoo.addons.record_control.models.state.protected_fields_mixin import (
    TRUSTED_KEY,
    TrustedFields,
)
from odoo.addons.record_control.tests.common_state import GuardedStateAssertions


class StateCommon(GuardedStateAssertions):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = new_test_user(cls.env, "state_user", groups="base.group_user")
        cls.Model = cls.env["test_record_control.state"].with_user(cls.user)
        cls.one, cls.two = cls.Model.create([{"name": "One"}, {"name": "Two"}])
        cls.both = cls.one + cls.two

    @classmethod
    def _ready(cls, records):
        records.write({"text": "x", "amount": 1})
        records._transition("open")


@tagged("post_install", "-at_install")
class TestGuardedState(StateCommon, TransactionCase):
    def test_map_is_closed(self):
        self.assertTransitionMapClosed(self.Model)
        self.assertTransitionMapClosed(self.env["test_record_control.state.line"])

    def test_messages_are_history(self):
        """Neither notes nor recorded changes are deleted or rewritten by RPC, by whoever writes the record."""
        record = self.one.with_context(tracking_disable=False)
        self.env.cr.precommit.run()  # the record is new in this transaction
        record.with_user(self.env.ref("base.user_admin")).message_post(body="Checked")
        own = record.message_post(body="Mine", message_type="comment")
        record.write({"text": "x", "amount": 1})
        record._transition("open")
        self.env.flush_all()
        self.env.cr.precommit.run()
        messages = record.message_ids.with_user(self.user)
        self.assertTrue(messages.sudo().tracking_value_ids)
        for message in messages:
            for road in (
                message.unlink,
                lambda m=message: m.with_context(_force_unlink=True).unlink(),
                lambda m=message: m.write({"body": "Never"}),
                lambda m=message: m.write({"date": "2001-01-01"}),
            ):
                with self.assertRaisesRegex(UserError, "history"):
                    road()
        # the author corrects what was said, in the conversation
        record._message_update_content(own.sudo(), body="Mine, corrected")
        self.assertIn("corrected", own.body)
        messages[0].write(
            {"starred_partner_ids": [Command.link(self.user.partner_id.id)]}
        )
        note = self.env["res.partner"].create({"name": "Free"}).message_post(body="x")
        note.with_user(self.env.ref("base.user_admin")).unlink()
        self.one.sudo().unlink()

    def test_map_helper_finds_holes(self):
        """The helper itself fails on a map with a hole, a string or an unreachable state."""
        model = self.Model
        good = model._guarded_transitions
        for bad in (
            {
                **good,
                "draft": ("cancelled",),
                "done": (),
            },  # open and done cannot be reached
            {key: value for key, value in good.items() if key != "done"},
            {**good, "open": ("done", "unknown")},
            {**good, "done": "open"},
        ):
            self.patch(self.registry[model._name], "_guarded_transitions", bad)
            with self.assertRaises(AssertionError):
                self.assertTransitionMapClosed(model)

    def test_skip_a_state_by_every_road_refused(self):
        """P21: a state outside the map is refused by button, write, sudo and import, for two records."""
        self.both.write({"text": "x", "amount": 1})
        self.assertTransitionRefused(
            self.both,
            "done",
            "One is “Draft” and cannot become “Done”",
            "Two is “Draft”",
        )

    def test_unknown_state_refused(self):
        with self.assertRaisesRegex(UserError, "nonsense"):
            self.one.write({"state": "nonsense"})

    def test_gate_says_every_reason_of_every_record(self):
        self.both._transition("open")
        with self.assertRaises(UserError) as error:
            self.both.action_done()
        self.assertEqual(
            str(error.exception),
            "One:\n- Enter a text.\n- Enter an amount above zero.\nTwo:\n- Enter a text.\n- Enter an amount above zero.",
        )
        self.assertTransitionRefused(
            self.both,
            "done",
            "One",
            "Two",
            "Enter a text.",
            "Enter an amount above zero.",
        )

    def test_one_bad_record_holds_the_batch(self):
        self._ready(self.one)
        self.two._transition("open")
        with self.assertRaises(UserError) as error:
            self.both.action_done()
        self.assertNotIn("One", str(error.exception))
        self.assertEqual(self.both.mapped("state"), ["open", "open"])

    def test_create_past_a_gate_refused(self):
        """P3, P11: also with the state in the context, in the user's own defaults or as superuser."""
        with self.assertRaisesRegex(UserError, "Three.*cannot be created as “Done”"):
            self.Model.create([{"name": "Three", "state": "done"}, {"name": "Four"}])
        with self.assertRaises(UserError):
            self.env["test_record_control.state"].sudo().create(
                {"name": "Five", "state": "open"}
            )
        self.assertEqual(
            self.Model.with_context(default_state="done").create({"name": "Six"}).state,
            "draft",
        )
        self.env["ir.default"].with_user(self.user).set(
            self.Model._name, "state", "done", user_id=self.user.id
        )
        self.assertEqual(self.Model.create({"name": "Seven"}).state, "draft")

    def test_import_past_a_gate_refused(self):
        result = self.Model.load(["name", "state"], [["Eight", "done"]])
        self.assertFalse(result["ids"])
        self.assertIn("cannot be created as “Done”", result["messages"][0]["message"])
        result = self.Model.load(
            ["name", "state"], [["Nine", "draft"], ["Ten", "Draft"]]
        )
        self.assertEqual(
            self.Model.browse(result["ids"]).mapped("state"), ["draft", "draft"]
        )

    def test_copy_starts_over(self):
        """P12, P21: two records at once; state, stamps and the archive flag stay behind."""
        self._ready(self.both)
        self.both.action_done()
        self.both.action_archive()
        copies = self.both.copy()
        self.assertRecordValues(
            copies,
            [
                {
                    "state": "draft",
                    "date_done": False,
                    "stamp": "new",
                    "active": True,
                    "done_by_id": False,
                }
            ]
            * 2,
        )
        with self.assertRaises(UserError):
            self.one.copy({"state": "done"})
        with self.assertRaises(UserError):
            self.one.copy({"date_done": fields.Datetime.now()})

    def test_lines_through_the_parent_refused(self):
        """A line's gate holds for one2many commands of its parent, new lines included."""
        self.one.write(
            {"line_ids": [Command.create({"name": ""}), Command.create({"name": "b"})]}
        )
        bad, good = self.one.line_ids
        with self.assertRaisesRegex(UserError, "Enter a name"):
            self.one.write(
                {"line_ids": [Command.update(bad.id, {"line_state": "checked"})]}
            )
        self.one.write(
            {"line_ids": [Command.update(good.id, {"line_state": "checked"})]}
        )
        with self.assertRaises(UserError):
            self.one.write(
                {"line_ids": [Command.create({"name": "c", "line_state": "checked"})]}
            )
        # Odoo itself leaves behind only a field that is called state
        self.assertEqual((bad + good).copy().mapped("line_state"), ["new", "new"])

    def test_stamps_follow_the_state(self):
        """P11, P18: set with the state by any road, cleared on the way back; each once per road."""
        self._ready(self.both)
        with freeze_time("2025-11-30 17:00:00"):
            self.both.action_done()
        done = {
            "state": "done",
            "done_by_id": self.user.id,
            "date_done": fields.Datetime.to_datetime("2025-11-30 17:00:00"),
        }
        self.assertRecordValues(self.both, [done] * 2)
        self.both.write({"state": "open"})
        self.assertRecordValues(
            self.both, [{"state": "open", "done_by_id": False, "date_done": False}] * 2
        )
        with freeze_time("2025-12-01 09:00:00"):
            self.one.write({"state": "done", "text": "by plain write"})
            self.two.load([".id", "state"], [[str(self.two.id), "Done"]])
        done["date_done"] = fields.Datetime.to_datetime("2025-12-01 09:00:00")
        self.assertRecordValues(self.both, [done] * 2)
        self.assertEqual(self.one.history, "draft>open;open>done;done>open;open>done;")
        self.assertEqual(self.one.text, "by plain write")

    def test_values_sent_with_the_state_open_the_gate(self):
        """The gates judge what will stand: by write, button code, import and a line of the parent."""
        missing = {"text": "x", "amount": 1}
        self.both._transition("open")
        self.both.write({"state": "done", **missing})
        self.assertEqual(self.both.mapped("state"), ["done", "done"])
        third, fourth = self.Model.create([{"name": "Three"}, {"name": "Four"}])
        (third + fourth)._transition("open")
        third._transition("done", **missing)
        self.assertEqual((third.state, third.text), ("done", "x"))
        names = [".id", "state", "text", "amount"]
        result = self.Model.load(names, [[str(fourth.id), "Done", "x", "1"]])
        self.assertEqual(result["ids"], fourth.ids)
        self.assertRecordValues(fourth, [{"state": "done", "done_by_id": self.user.id}])
        self.one.write({"line_ids": [Command.create({})]})
        line = self.one.line_ids
        step = {"line_state": "checked", "name": "a"}
        self.one.write({"line_ids": [Command.update(line.id, step)]})
        self.assertEqual(line.line_state, "checked")

    def test_values_sent_with_the_state_close_the_gate(self):
        """What is emptied in the same call is missing, on every road, and nothing is kept of the call."""
        self._ready(self.both)
        ids = [str(record.id) for record in self.both]
        roads = (
            lambda: self.both.write({"state": "done", "text": False}),
            lambda: self.both.write({"text": False, "state": "done"}),
            lambda: self.both.sudo().write({"state": "done", "text": False}),
            lambda: self.both._transition("done", text=False),
        )
        for road in roads:
            with self.assertRaises(UserError) as error:
                road()
            self.assertIn("One:", str(error.exception))
            self.assertEqual(str(error.exception).count("Enter a text."), 2)
            self.assertEqual(self.both.mapped("text"), ["x", "x"])
        result = self.Model.load(
            [".id", "state", "text"], [[id_, "Done", ""] for id_ in ids]
        )
        self.assertFalse(result["ids"])
        for values in ({"text": False}, {"text": "x", "amount": 1}):
            with self.assertRaises(UserError):
                self.Model.create({"name": "Five", "state": "done", **values})
        self.assertEqual(self.both.mapped("state"), ["open", "open"])
        self.assertEqual(self.both.mapped("text"), ["x", "x"])

    def test_values_sent_with_the_state_are_written_once(self):
        """Commands for lines are not repeated; records that stay get the values as well."""
        self.one._transition("open")
        self.both.write(
            {"state": "open", "text": "y", "line_ids": [Command.create({"name": "a"})]}
        )
        self.assertEqual(self.both.mapped("text"), ["y", "y"])
        self.assertEqual([len(record.line_ids) for record in self.both], [1, 1])
        self.assertEqual(self.both.mapped("history"), ["draft>open;"] * 2)

    def test_same_state_is_no_step(self):
        self._ready(self.one)
        self.one.action_done()
        before = self.one.date_done
        with freeze_time("2030-01-01"):
            self.both.write({"text": "y"})
            self.one.write({"state": "done"})
        self.assertEqual(self.one.date_done, before)
        self.assertEqual(self.one.history, "draft>open;open>done;")

    def test_readiness_shows_all_of_it(self):
        self.one._transition("open")
        self.assertEqual(
            self.one.readiness,
            [
                {
                    "target": "done",
                    "label": "Done",
                    "allowed": False,
                    "reasons": ["Enter a text.", "Enter an amount above zero."],
                }
            ],
        )
        self.one.write({"text": "x"})
        self.assertEqual(
            self.one.readiness[0]["reasons"], ["Enter an amount above zero."]
        )
        self.one.write({"amount": 1})
        self.assertEqual(
            self.one.readiness,
            [{"target": "done", "label": "Done", "allowed": True, "reasons": []}],
        )
        self.assertTrue(self.one._can_transition("done"))

    def test_readiness_on_a_new_record(self):
        form = Form(self.Model)
        self.assertEqual([step["target"] for step in form.readiness], ["open"])
        self.assertEqual(form.readiness[0]["reasons"], ["Enter: Name."])
        form.name = "Form"
        self.assertTrue(form.readiness[0]["allowed"])
        self.assertEqual(form.save().state, "draft")

    def test_batch_queries(self):
        """Moving 2 or 50 records takes the same number of queries."""
        counts = []
        for size in (2, 2, 50):  # the first fills caches of rights
            records = self.Model.create(
                [{"name": str(i), "text": "x", "amount": 1} for i in range(size)]
            )
            records._transition("open")
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            records.with_context(tracking_disable=True).write({"state": "done"})
            self.env.flush_all()
            counts.append(self.cr.sql_log_count - before)
        self.assertEqual(counts[1:], [2, 2], "one read, one update")


@tagged("post_install", "-at_install")
class TestProtectedFields(StateCommon, TransactionCase):
    def test_write_refused_for_users(self):
        with self.assertRaises(UserError) as error:
            self.both.write({"stamp": "forged", "date_done": "2025-01-01 00:00:00"})
        self.assertEqual(
            len(str(error.exception).splitlines()),
            4,
            "two records, two fields, one error",
        )
        self.assertIn("Two: Date Done is set by the system", str(error.exception))
        self.one.write(
            {"stamp": "new", "date_done": False}
        )  # giving back what is there
        with self.assertRaises(UserError):
            self.one.write({"tag_ids": [Command.create({"name": "x"})]})
        self.one.sudo().write({"stamp": "system"})
        self.assertEqual(self.one.stamp, "system")

    def test_what_is_no_number_is_refused(self):
        """NaN is neither below nor above a limit: it would pass each gate that asks for at least so much."""
        for text in ("NaN", "Infinity", "-Infinity", "1e300"):
            value = json.loads(text)  # as it comes over RPC
            with self.subTest(value=text):
                with self.assertRaisesRegex(ValidationError, "Amount"):
                    self.both.write({"amount": value})
                with self.assertRaisesRegex(ValidationError, "Amount"):
                    self.Model.create({"name": "Three", "amount": value})
                result = self.Model.load(["name", "amount"], [["Three", text]])
                self.assertFalse(result["ids"])
        self.one.write({"amount": -1e14, "name": "One", "active": True})
        self.assertEqual(self.one.amount, -1e14)

    def test_write_with_state_does_not_smuggle(self):
        """Stamps that come with a step are the system's; values sent along with it are not."""
        self._ready(self.one)
        with self.assertRaises(UserError):
            self.one.write({"state": "done", "date_done": "2020-01-01 00:00:00"})
        with self.assertRaises(UserError):
            self.one.write({"state": "done", "stamp": "forged"})
        self.one._transition("done", stamp="by code")
        self.assertEqual(self.one.stamp, "by code")

    def test_create_refused_for_users(self):
        for vals in (
            {"stamp": "forged"},
            {"date_done": "2025-01-01 00:00:00"},
            {"done_by_id": self.user.id},
        ):
            with self.assertRaisesRegex(UserError, "is set by the system"):
                self.Model.create({"name": "x", **vals})
        record = self.Model.create({"name": "x", "stamp": "new", "date_done": False})
        self.assertEqual(record.stamp, "new")
        self.assertEqual(
            self.Model.sudo().create({"name": "x", "stamp": "system"}).stamp, "system"
        )

    def test_import_refused_for_users(self):
        result = self.Model.load(["name", "stamp"], [["x", "forged"]])
        self.assertFalse(result["ids"])
        result = self.Model.load([".id", "stamp"], [[str(self.one.id), "forged"]])
        self.assertFalse(result["ids"])
        self.assertEqual(self.one.stamp, "new")

    def test_chosen_defaults_do_not_help(self):
        forged = self.Model.with_context(
            default_stamp="forged", default_done_by_id=self.user.id
        )
        self.assertRecordValues(
            forged.create({"name": "x"}), [{"stamp": "new", "done_by_id": False}]
        )
        self.env["ir.default"].with_user(self.user).set(
            self.Model._name, "stamp", "forged", user_id=self.user.id
        )
        self.assertEqual(self.Model.create({"name": "x"}).stamp, "new")

    def test_context_is_no_key(self):
        """What JSON can bring in the context opens nothing; a token counts for its model alone."""
        for value in (
            True,
            ["stamp"],
            {"model_name": self.Model._name, "field_names": ["stamp"]},
            "stamp",
        ):
            with self.assertRaises(UserError):
                self.one.with_context(
                    **{TRUSTED_KEY: json.loads(json.dumps(value))}
                ).write({"stamp": "forged"})
        with self.assertRaises(UserError):
            other = TrustedFields("res.partner", ["stamp"])
            self.one.with_context(**{TRUSTED_KEY: other}).write({"stamp": "forged"})
        self.one._write_protected({"stamp": "by code"})
        self.assertEqual(self.one.stamp, "by code")
        with self.assertRaises(UserError):
            self.one.write({"stamp": "forged"})


@tagged("post_install", "-at_install")
class TestGuardedStateRpc(StateCommon, HttpCase):
    def _call(self, method, *args, **kwargs):
        response = self.url_open(
            f"/web/dataset/call_kw/{self.Model._name}/{method}",
            data=json.dumps(
                {
                    "params": {
                        "model": self.Model._name,
                        "method": method,
                        "args": args,
                        "kwargs": kwargs,
                    }
                }
            ),
            headers={"Content-Type": "application/json"},
        ).json()
        return response.get("result"), response.get("error", {}).get("data", {})

    @mute_logger("odoo.http")
    def test_json_rpc(self):
        """A normal user over RPC meets the same gates, whatever context he sends."""
        self.authenticate("state_user", "state_user")
        ids = self.both.ids
        context = {
            TRUSTED_KEY: ["stamp", "state"],
            "default_state": "done",
            "default_stamp": "forged",
        }
        for call in (
            ("write", ids, {"state": "done"}),
            ("write", ids, {"stamp": "forged"}),
            ("create", [{"name": "x", "state": "done"}]),
            ("create", [{"name": "x", "stamp": "forged"}]),
            ("web_save", ids, {"state": "done"}),
            ("copy", ids, {"state": "done"}),
        ):
            kwargs = {"specification": {}} if call[0] == "web_save" else {}
            result, error = self._call(*call, context=context, **kwargs)
            self.assertFalse(result, call)
            self.assertEqual(error.get("name"), "odoo.exceptions.UserError", call)
        for method in ("_transition", "_write_protected", "_with_trusted_fields"):
            _result, error = self._call(method, ids, "done")
            self.assertEqual(error.get("name"), "odoo.exceptions.AccessError", method)
        [record_id], _error = self._call("create", [{"name": "x"}], context=context)
        self.assertRecordValues(
            self.Model.browse(record_id), [{"state": "draft", "stamp": "new"}]
        )
        self.assertEqual(self.both.mapped("state"), ["draft", "draft"])
