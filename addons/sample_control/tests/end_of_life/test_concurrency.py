# Two real transactions can only meet over committed data; tearDownClass removes it
# pylint: disable=invalid-commit
import threading
from contextlib import closing
from unittest.mock import patch

from odoo import SUPERUSER_ID, api
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.modules.registry import Registry
from odoo.service.model import retrying
from odoo.tests import BaseCase, get_db_name, tagged
from odoo.tools import mute_logger

from .common import PIXEL

#: what the tests leave behind: tables by the column that says whose they are
TABLES = (
    ("sample_stocktake_line", "sample_id"),
    ("sample_disposal_line", "sample_id"),
    ("sample_custody_log", "sample_id"),
    ("sample_exception", "sample_id"),
    ("sample_sample", "id"),
)


@tagged("post_install", "-at_install")
class TestTwoAtOnce(BaseCase):
    """Two people at two computers: two connections, committed data, repeated as the server does it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.registry = Registry(get_db_name())
        with closing(cls.registry.cursor()) as cr:
            context = {"tracking_disable": True, "no_reset_password": True}
            env = api.Environment(cr, SUPERUSER_ID, context)
            cls.keepers = [cls._create_user(env, "keeper", number) for number in (1, 2)]
            cls.technical = [
                cls._create_user(env, "technical", number) for number in (1, 2)
            ]
            cls.managers = [
                cls._create_user(env, "manager", number) for number in (1, 2)
            ]
            cls.users = [*cls.keepers, *cls.technical, *cls.managers]
            # both keepers answer for the places: one for the building, one for the rooms
            cls.building = cls._create_place(env, "RACE-B", "room", cls.keepers[1])
            cls.places = [
                cls._create_place(env, code, "room", cls.keepers[0], cls.building)
                for code in ("RACE-1", "RACE-2")
            ]
            cls.drawer = cls._create_place(
                env, "RACE-D", "drawer", cls.keepers[0], cls.places[0]
            )
            cls.product = env["product.product"].create({"name": "Race"}).id
            cr.commit()

    @classmethod
    def tearDownClass(cls):
        with closing(cls.registry.cursor()) as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            for places in (cls.drawer, cls.places, cls.building):
                env["sample.location"].browse(places).unlink()
            users = env["res.users"].browse(cls.users)
            partners = users.partner_id
            env["product.product"].browse(cls.product).product_tmpl_id.unlink()
            users.unlink()
            partners.unlink()
            cr.commit()
        super().tearDownClass()

    @classmethod
    def _create_user(cls, env, role, number):
        group = env.ref(f"sample_control.group_sample_{role}")
        values = {"name": f"Race {role} {number}", "login": f"race_{role}_{number}"}
        values["group_ids"] = [
            Command.set([env.ref("base.group_user").id, group.id]),
        ]
        return env["res.users"].create(values).id

    @classmethod
    def _create_place(cls, env, code, kind, manager, parent=False):
        values = {"name": code, "code": code, "kind": kind}
        values.update(manager_id=manager, parent_id=parent)
        return env["sample.location"].create(values).id

    def setUp(self):
        super().setUp()
        self.samples = []
        self.addCleanup(self._clean_up)

    def _clean_up(self):
        """Remove in the database what no road of the application removes."""
        with closing(self.registry.cursor()) as cr:
            ids = [*self.samples, 0]
            cr.execute(
                "SELECT id FROM sample_disposal WHERE requester_id = ANY(%s)",
                [self.users],
            )
            sheets = [row[0] for row in cr.fetchall()]
            rounds = "SELECT id FROM sample_stocktake WHERE location_id = ANY(%s)"
            cr.execute(
                f"DELETE FROM sample_stocktake_line WHERE stocktake_id IN ({rounds})",
                [self.places],
            )
            cr.execute(
                "DELETE FROM sample_stocktake WHERE location_id = ANY(%s)",
                [self.places],
            )
            for table, column in TABLES:
                cr.execute(f"DELETE FROM {table} WHERE {column} = ANY(%s)", [ids])
            cr.execute("DELETE FROM sample_disposal WHERE id = ANY(%s)", [sheets])
            cr.execute(
                "DELETE FROM sign_off_request WHERE res_model = 'sample.disposal' AND res_id = ANY(%s)",
                [sheets],
            )
            for table, model, res_id in (
                ("mail_activity", "res_model", "res_id"),
                ("mail_message", "model", "res_id"),
                ("ir_attachment", "res_model", "res_id"),
            ):
                for name, gone in (("sample.sample", ids), ("sample.disposal", sheets)):
                    cr.execute(
                        f"DELETE FROM {table} WHERE {model} = %s AND {res_id} = ANY(%s)",
                        [name, gone],
                    )
            cr.commit()

    # --- Two transactions ---

    def _system(self, function):
        """Run something as the system and commit it."""
        with closing(self.registry.cursor()) as cr:
            env = api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True})
            result = function(env)
            env.flush_all()
            cr.commit()
            return result

    def _run(self, user, step, before):
        """Take a step in a transaction of its own, repeated after a conflict as the server does it.

        :param before: called once, when the transaction has its picture of the database
        :return: the result of the step, or the message of the refusal
        """
        waiting = [before]
        with closing(self.registry.cursor()) as cr:
            env = api.Environment(cr, user, {})

            def attempt():
                cr.execute("SELECT 1")  # from here on others' commits are not seen
                while waiting:
                    waiting.pop()()
                return step(env)

            try:
                result = retrying(attempt, env)
                cr.commit()
                return result
            except UserError as error:
                return error.args[0]

    @mute_logger("odoo.sql_db", "odoo.service.model")
    def _at_once(self, *steps):
        """Let steps begin in the same instant; return the results in their order.

        :param steps: pairs of user id and function of an environment
        """
        barrier, results = threading.Barrier(len(steps)), [None] * len(steps)

        def run(number, user, step):
            results[number] = self._run(user, step, lambda: barrier.wait(20))

        threads = [
            threading.Thread(target=run, args=(number, *step))
            for number, step in enumerate(steps)
        ]
        with patch("odoo.service.model.random.uniform", lambda low, high: 0.05):
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(60)
        return results

    @mute_logger("odoo.sql_db", "odoo.service.model")
    def _overtaken(self, late, quick):
        """Let one look at the database, another finish, and only then the first take his step.

        :return: the result of the first
        """
        with patch("odoo.service.model.random.uniform", lambda low, high: 0.05):
            return self._run(*late, lambda: self._run(*quick, lambda: None))

    # --- Data ---

    def _create_samples(self, number, state, **columns):
        """Commit samples in a state; how they came there does not matter here."""

        def create(env):
            samples = env["sample.sample"].create(
                [
                    {
                        "type_id": env.ref("sample_control.sample_type_seal").id,
                        "product_id": self.product,
                        "custodian_id": self.keepers[0],
                        "home_location_id": self.places[0],
                    }
                    for __ in range(number)
                ]
            )
            env.flush_all()
            names = {"state": state, "location_id": self.places[0], **columns}
            assignments = ", ".join(f"{name} = %s" for name in names)
            env.cr.execute(
                f"UPDATE sample_sample SET {assignments} WHERE id = ANY(%s)",
                [*names.values(), samples.ids],
            )
            return samples.ids

        created = self._system(create)
        self.samples += created
        return created

    def _read(self, model, ids, *names):
        """Return the committed values of records, by field names."""

        def read(env):
            return [tuple(r[n] for n in names) for r in env[model].browse(ids)]

        return self._system(read)

    # --- Places (SC-32) ---

    def test_last_free_place_taken_twice_at_once(self):
        """SC-32: a place holds no more than fits in, whoever brings the last piece first."""
        samples = self._create_samples(2, "active")
        place = self.places[1]
        self._system(
            lambda env: env["sample.location"].browse(place).write({"capacity": 1})
        )

        def move(sample):
            def step(env):
                location = env["sample.location"].browse(place)
                env["sample.sample"].browse(sample)._move(location, reason="Put there")
                return True

            return step

        answer = self._overtaken(
            (self.keepers[0], move(samples[0])), (self.keepers[1], move(samples[1]))
        )
        self._system(
            lambda env: env["sample.location"].browse(place).write({"capacity": 0})
        )
        self.assertIn("has room for 1", answer)
        places = self._read("sample.sample", samples, "location_id")
        self.assertEqual([row[0].id == place for row in places], [False, True])

    # --- Stock-take (SC-56.3) ---

    def _count(self):
        """Begin a round of the first place."""

        def count(env):
            record = env["sample.stocktake"].create(
                {"location_id": self.places[0], "user_id": self.keepers[0]}
            )
            record.action_count()
            return record.id

        return self._system(count)

    def _scan(self, record, sample, place=None):
        """Return the function that scans a piece."""

        def scan(env):
            name = env["sample.sample"].browse(sample).name
            return env["sample.stocktake"].browse(record).scan(name, place)["status"]

        return scan

    def _lines(self, record):
        def read(env):
            lines = env["sample.stocktake.line"].search([("stocktake_id", "=", record)])
            return {
                line.sample_id.id: (line.result, line.found_location_id.id)
                for line in lines
            }

        return self._system(read)

    def test_two_keepers_scan_one_round(self):
        """Two keepers, two pieces of the books: both are noted, none is lost."""
        first, second = self._create_samples(2, "active")
        record = self._count()
        answers = self._at_once(
            (self.keepers[0], self._scan(record, first)),
            (self.keepers[1], self._scan(record, second)),
        )
        self.assertEqual(answers, ["found", "found"])
        here = ("match", self.places[0])
        self.assertEqual(self._lines(record), {first: here, second: here})

    def test_one_piece_scanned_twice_at_once(self):
        """One of the two scanned it first; the other hears that it was counted already."""
        (sample,) = self._create_samples(1, "active")
        record = self._count()
        scan = self._scan(record, sample)
        answers = self._at_once((self.keepers[0], scan), (self.keepers[1], scan))
        self.assertEqual(sorted(answers), ["again", "found"])
        self.assertEqual(self._lines(record), {sample: ("match", self.places[0])})

    def test_stray_piece_scanned_twice_at_once(self):
        """A piece that the books have elsewhere gets one line, not two, and nobody an error."""
        (stray,) = self._create_samples(1, "active", location_id=self.places[1])
        record = self._count()
        scan = self._scan(record, stray)
        answers = self._at_once((self.keepers[0], scan), (self.keepers[1], scan))
        self.assertEqual(sorted(answers), ["again", "difference"])
        self.assertEqual(self._lines(record), {stray: ("misplaced", self.places[0])})

    def _close(self, record):
        return lambda env: env["sample.stocktake"].browse(record).action_counted()

    def test_scan_after_the_count_was_ended(self):
        """What was scanned too late is refused: neither a piece of the books nor a stray one slips in."""
        (sample,) = self._create_samples(1, "active")
        (stray,) = self._create_samples(1, "active", location_id=self.places[1])
        record = self._count()
        answer = self._overtaken(
            (self.keepers[1], self._scan(record, sample)),
            (self.keepers[0], self._close(record)),
        )
        self.assertIn("is not being counted", answer)
        self._system(
            lambda env: env["sample.stocktake"].browse(record).action_count_again()
        )
        answer = self._overtaken(
            (self.keepers[1], self._scan(record, stray)),
            (self.keepers[0], self._close(record)),
        )
        self.assertIn("is not being counted", answer)
        self.assertEqual(self._lines(record), {sample: ("missing", False)})

    def test_rescan_elsewhere_after_the_count_was_ended(self):
        """A piece that was found does not move to another place once the count has ended."""
        (sample,) = self._create_samples(1, "active")
        record = self._count()
        self._run(self.keepers[0], self._scan(record, sample), lambda: None)
        answer = self._overtaken(
            (self.keepers[1], self._scan(record, sample, self.drawer)),
            (self.keepers[0], self._close(record)),
        )
        self.assertIn("is not being counted", answer)
        self.assertEqual(self._lines(record), {sample: ("match", self.places[0])})

    def test_count_ended_after_a_scan(self):
        """A piece that was scanned in time is not missing, though who ends the count did not see it yet."""
        (sample,) = self._create_samples(1, "active")
        record = self._count()
        self._overtaken(
            (self.keepers[0], self._close(record)),
            (self.keepers[1], self._scan(record, sample)),
        )
        self.assertEqual(self._lines(record), {sample: ("match", self.places[0])})
        self.assertEqual(
            self._read("sample.stocktake", [record], "state"), [("counted",)]
        )

    def test_count_ended_twice_at_once(self):
        (sample,) = self._create_samples(1, "active")
        record = self._count()
        close = self._close(record)
        self._at_once((self.keepers[0], close), (self.keepers[1], close))
        self.assertEqual(self._lines(record), {sample: ("missing", False)})

    # --- Disposal (SC-54.3) ---

    def _sheet(self, approved=True):
        """Commit a sheet that waits for the manager, or for its two names."""
        self._create_samples(2, "expired", ended_on="2026-01-31")

        def create(env):
            sheet = (
                env["sample.disposal"]
                .with_user(self.technical[0])
                .create(
                    {
                        "reason": "expired",
                        "method": "destroy",
                        "photo": PIXEL,
                        "line_ids": [
                            Command.create({"sample_id": sample})
                            for sample in self.samples
                        ],
                    }
                )
            )
            sheet.action_submit()
            if approved:
                sheet.with_user(self.managers[0])._sign_off()
            return sheet.id

        return self._system(create)

    def _call(self, sheet, method):
        return lambda env: getattr(env["sample.disposal"].browse(sheet), method)()

    def _approval(self, sheet):
        def sign(env):
            env["sample.disposal"].browse(sheet)._sign_off()
            return True

        return sign

    def test_two_managers_approve_at_once(self):
        """One signature stands, the sheet is approved once, the executors are asked once."""
        sheet = self._sheet(approved=False)
        approve = self._approval(sheet)
        answers = self._at_once(
            (self.managers[0], approve), (self.managers[1], approve)
        )
        self.assertEqual(answers.count(True), 1, answers)
        self.assertEqual(
            self._read("sample.disposal", [sheet], "state"), [("approved",)]
        )

        def count(env):
            record = env["sample.disposal"].browse(sheet)
            todo = env.ref("mail.mail_activity_data_todo")
            asked = record.activity_ids.filtered(lambda a: a.activity_type_id == todo)
            return len(record.sign_off_request_id.signature_ids), len(asked)

        self.assertEqual(self._system(count), (1, 1))

    def test_approval_of_a_sheet_that_was_taken_back(self):
        """The sheet went back to the draft while the manager looked at it: nothing is approved."""
        sheet = self._sheet(approved=False)
        answer = self._overtaken(
            (self.managers[0], self._approval(sheet)),
            (self.technical[0], self._call(sheet, "action_draft")),
        )
        self.assertIsInstance(answer, str)
        self.assertEqual(self._read("sample.disposal", [sheet], "state"), [("draft",)])

    def test_executor_and_witness_at_once(self):
        """Both names come in the same instant: the samples are disposed of once."""
        sheet = self._sheet()
        answers = self._at_once(
            (self.technical[0], self._call(sheet, "action_confirm_execution")),
            (self.technical[1], self._call(sheet, "action_confirm_witness")),
        )
        self.assertEqual(answers, [True, True])
        self.assertEqual(
            self._read(
                "sample.disposal", [sheet], "state", "executor_id", "witness_id"
            ),
            [
                (
                    "done",
                    *self._system(
                        lambda env: tuple(
                            env["res.users"].browse(user) for user in self.technical
                        )
                    ),
                )
            ],
        )
        states = self._read("sample.sample", self.samples, "state", "active")
        self.assertEqual(states, [("disposed", False)] * 2)

    def test_one_person_with_two_windows(self):
        """SC-54.3: nobody becomes executor and witness by pressing both buttons at once."""
        sheet = self._sheet()
        answers = self._at_once(
            (self.technical[0], self._call(sheet, "action_confirm_execution")),
            (self.technical[0], self._call(sheet, "action_confirm_witness")),
        )
        self.assertEqual(answers.count(True), 1, answers)
        ((state, executor, witness),) = self._read(
            "sample.disposal", [sheet], "state", "executor_id", "witness_id"
        )
        self.assertEqual((state, len(executor) + len(witness)), ("approved", 1))

    def test_two_executors_at_once(self):
        sheet = self._sheet()
        confirm = self._call(sheet, "action_confirm_execution")
        answers = self._at_once(
            (self.technical[0], confirm), (self.technical[1], confirm)
        )
        self.assertEqual(answers.count(True), 1, answers)
        self.assertEqual(
            self._read("sample.disposal", [sheet], "state"), [("approved",)]
        )

    def test_execution_of_a_sheet_that_was_taken_back(self):
        """The sheet went back to the draft while the executor looked at it: he confirms nothing."""
        sheet = self._sheet()
        answer = self._overtaken(
            (self.technical[1], self._call(sheet, "action_confirm_execution")),
            (self.technical[0], self._call(sheet, "action_draft")),
        )
        self.assertIn("not approved", answer)
        ((state, executor),) = self._read(
            "sample.disposal", [sheet], "state", "executor_id"
        )
        self.assertEqual((state, len(executor)), ("draft", 0))

    def test_two_sheets_for_one_sample_at_once(self):
        """A sample is on one open sheet only."""
        self._create_samples(1, "expired", ended_on="2026-01-31")

        def create(env):
            env["sample.disposal"].create(
                {
                    "reason": "expired",
                    "method": "destroy",
                    "line_ids": [Command.create({"sample_id": self.samples[0]})],
                }
            )
            return True

        answers = self._at_once(
            (self.technical[0], create), (self.technical[1], create)
        )
        self.assertEqual(answers.count(True), 1, answers)
