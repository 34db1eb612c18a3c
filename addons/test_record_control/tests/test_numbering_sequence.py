import json
import threading
from contextlib import contextmanager
from datetime import date
from unittest.mock import patch

import psycopg2.errors

from odoo import api
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.modules.registry import Registry
from odoo.service import model as service_model
from odoo.tests import (
    BaseCase,
    HttpCase,
    TransactionCase,
    freeze_time,
    get_db_name,
    new_test_user,
    tagged,
)
from odoo.tools import mute_logger

MODEL = "test_record_control.number"


class NumberingCommon:
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company_a, cls.company_b = cls.env["res.company"].create(
            [{"name": "A"}, {"name": "B"}]
        )
        (cls.company_a + cls.company_b).resource_calendar_id.tz = "Asia/Shanghai"
        cls.user = new_test_user(
            cls.env,
            "number_user",
            groups="base.group_user",
            company_id=cls.company_a.id,
            company_ids=[(6, 0, (cls.company_a + cls.company_b).ids)],
        )
        cls.Model = cls.env[MODEL].with_user(cls.user).with_company(cls.company_a)


@tagged("post_install", "-at_install")
class TestNumbering(NumberingCommon, TransactionCase):
    def test_month_turns_in_the_company_time_zone(self):
        """CH acceptance example 4: 01:00 on 1 December in Shanghai is 17:00 on 30 November UTC."""
        names = []
        for moment in (
            "2025-11-24 09:00:00",
            "2025-11-30 15:59:59",
            "2025-11-30 16:00:00",
            "2025-11-30 17:00:00",
        ):
            with freeze_time(moment):
                names.append(self.Model.create({}).name)
        self.assertEqual(
            names, ["KS2025110001", "KS2025110002", "KS2025120001", "KS2025120002"]
        )

    def test_each_company_counts_for_itself(self):
        """Also for a company made after installation, and in one batch over both."""
        with freeze_time("2025-11-24 09:00:00"):
            records = self.Model.create(
                [{"company_id": c.id} for c in (self.company_a, self.company_b)] * 2
            )
            self.assertEqual(
                records.mapped("name"),
                ["KS2025110001", "KS2025110001", "KS2025110002", "KS2025110002"],
            )
        sequences = self.env["ir.sequence"].search([("code", "=", MODEL)])
        self.assertEqual(
            len(
                sequences.filtered(
                    lambda s: s.company_id in self.company_a + self.company_b
                )
            ),
            2,
        )
        self.assertFalse(
            self.env.ref("test_record_control.sequence_number").date_range_ids,
            "the pattern gives none",
        )

    def test_time_zone_of_each_company(self):
        self.company_b.resource_calendar_id.tz = "America/New_York"
        with freeze_time("2025-11-30 17:00:00"):
            records = self.Model.create(
                [{"company_id": c.id} for c in (self.company_a, self.company_b)]
            )
        self.assertEqual(records.mapped("name"), ["KS2025120001", "KS2025110001"])

    def test_types_have_their_own_code(self):
        with freeze_time("2025-11-24"):
            records = self.Model.create([{"kind": "gapless"}, {}, {"kind": "gapless"}])
        self.assertEqual(
            records.mapped("name"), ["G2025110001", "KS2025110001", "G2025110002"]
        )

    def test_year_and_never(self):
        sequence = self.env["ir.sequence"].create(
            {
                "name": "y",
                "code": "rc.y",
                "prefix": "%(range_year)s/",
                "restart_period": "year",
                "padding": 3,
            }
        )
        self.assertEqual(
            sequence._next_numbers(2, date(2025, 12, 31))
            + sequence._next_numbers(1, date(2026, 1, 1)),
            ["2025/001", "2025/002", "2026/001"],
        )
        self.assertEqual(
            sequence.date_range_ids.sorted("date_from").mapped(
                lambda r: (str(r.date_from), str(r.date_to))
            ),
            [("2025-01-01", "2025-12-31"), ("2026-01-01", "2026-12-31")],
        )
        plain = self.env["ir.sequence"].create(
            {"name": "n", "code": "rc.n", "prefix": "N%(year)s%(month)s-"}
        )
        self.assertEqual(
            plain._next_numbers(1, date(2025, 11, 30))
            + plain._next_numbers(2, date(2026, 2, 1)),
            ["N202511-1", "N202602-2", "N202602-3"],
        )
        self.assertFalse(plain.date_range_ids)

    def test_core_road_restarts_too(self):
        """``next_by_code`` of Odoo itself keeps the period as well."""
        sequence = self.env["ir.sequence"].create(
            {
                "name": "m",
                "code": "rc.m",
                "prefix": "%(range_year)s%(range_month)s",
                "restart_period": "month",
            }
        )
        self.assertTrue(sequence.use_date_range)
        names = [
            sequence.next_by_id(sequence_date=day)
            for day in ("2024-02-29", "2024-02-01", "2024-03-01")
        ]
        self.assertEqual(names, ["2024021", "2024022", "2024031"])

    def test_month_fills_around_ranges_made_by_hand(self):
        sequence = self.env["ir.sequence"].create(
            {
                "name": "m",
                "code": "rc.h",
                "prefix": "%(range_year)s%(range_month)s",
                "restart_period": "month",
            }
        )
        sequence.date_range_ids.create(
            [
                {
                    "sequence_id": sequence.id,
                    "date_from": "2025-10-20",
                    "date_to": "2025-11-05",
                },
                {
                    "sequence_id": sequence.id,
                    "date_from": "2025-11-20",
                    "date_to": "2025-11-25",
                },
            ]
        )
        sequence._next_numbers(1, date(2025, 11, 10))
        new = sequence.date_range_ids.sorted("id")[-1]
        self.assertEqual(
            (new.date_from, new.date_to), (date(2025, 11, 6), date(2025, 11, 19))
        )

    def test_period_must_show(self):
        """A restart that the number does not show would repeat numbers."""
        for prefix, period in (
            ("KS", "month"),
            ("KS%(year)s", "month"),
            ("KS%(month)s", "year"),
            (False, "year"),
        ):
            with self.assertRaises(ValidationError):
                self.env["ir.sequence"].create(
                    {
                        "name": "x",
                        "code": "rc.x",
                        "prefix": prefix,
                        "restart_period": period,
                    }
                )

    def test_typed_numbers_refused(self):
        """By create, write, import and copy; for two records; the default of the field is no typing."""
        records = self.Model.create([{}, {"name": "New"}])
        self.assertTrue(all(name.startswith("KS") for name in records.mapped("name")))
        for road in (
            lambda: self.Model.create([{}, {"name": "KS2025110099"}]),
            lambda: records.write({"name": "KS1"}),
            lambda: records[0].copy({"name": "KS1"}),
            lambda: records[0].copy().write({"name": "KS1"}),
        ):
            with self.assertRaisesRegex(UserError, "Name is set by the system"):
                road()
        self.assertFalse(self.Model.load(["name"], [["KS1"]])["ids"])
        self.assertFalse(
            self.Model.load([".id", "name"], [[str(records[0].id), "KS1"]])["ids"]
        )
        self.assertTrue(
            self.Model.with_context(default_name="KS1")
            .create({})
            .name.startswith("KS20")
        )
        self.assertEqual(len(set((records + records.copy()).mapped("name"))), 4)
        self.assertTrue(self.Model.load(["text"], [["imported"]])["ids"])

    def test_number_is_not_reused(self):
        first, second = self.Model.create([{"kind": "gapless"}] * 2)
        number = second.name
        second.unlink()
        self.assertNotEqual(self.Model.create({"kind": "gapless"}).name, number)
        self.assertTrue(first.name)

    def test_nobody_takes_numbers_for_nothing(self):
        """Numbering, gap-free where the form demands it: a caller takes no number without a record."""
        code = f"{MODEL}.gapless"
        before = self.Model.create({"kind": "gapless"}).name
        sequence = self.env["ir.sequence"].search(
            [("code", "=", code), ("company_id", "=", self.company_a.id)]
        )
        mine = sequence.with_user(self.user).with_company(self.company_a)
        for take in (lambda: mine.next_by_code(code), mine.next_by_id):
            with self.assertRaisesRegex(AccessError, "to records alone"):
                take()
        after = self.Model.create({"kind": "gapless"}).name
        self.assertEqual(int(after[-4:]), int(before[-4:]) + 1)

    def test_no_sequence_says_where(self):
        self.env["ir.sequence"].search([("code", "=", MODEL)]).active = False
        with self.assertRaisesRegex(
            UserError, "Settings > Record Control > Number Sequences"
        ):
            self.Model.create({})

    def test_model_without_sequence(self):
        """A model that names no sequence for a kind of record says so."""
        with (
            patch.object(
                self.registry[MODEL], "_get_numbering_code", lambda model, vals: None
            ),
            self.assertRaisesRegex(UserError, "has no number sequence"),
        ):
            self.Model.create({})

    def test_archived_copy_is_not_replaced(self):
        self.Model.create({})
        self.env["ir.sequence"].search(
            [("code", "=", MODEL), ("company_id", "=", self.company_a.id)]
        ).active = False
        with self.assertRaisesRegex(UserError, "is archived"):
            self.Model.create({})

    def test_batch_queries(self):
        """A batch of 2 or 200 takes the same number of queries, for both implementations."""
        for kind in ("normal", "gapless"):
            counts = []
            for size in (2, 2, 200):
                self.env.flush_all()
                self.env.invalidate_all()
                before = self.cr.sql_log_count
                records = self.Model.create([{"kind": kind}] * size)
                self.env.flush_all()
                counts.append(self.cr.sql_log_count - before)
                self.assertEqual(len(set(records.mapped("name"))), size)
            # the ORM inserts in batches of 100, so 200 records are one INSERT more
            self.assertLessEqual(counts[2] - counts[1], 1, kind)
            self.assertLessEqual(counts[1], 12, kind)

    def test_menu_lists_these_sequences(self):
        Sequence = self.env["ir.sequence"]
        ours = Sequence.search([("is_record_numbering", "=", True)])
        self.assertLessEqual(
            self.env.ref("test_record_control.sequence_number")
            + self.env.ref("test_record_control.sequence_number_gapless"),
            ours,
        )
        self.assertTrue(all(ours.mapped("is_record_numbering")))
        others = Sequence.search([("is_record_numbering", "=", False)])
        self.assertFalse(ours & others)


@tagged("post_install", "-at_install")
class TestNumberingRpc(NumberingCommon, HttpCase):
    @mute_logger("odoo.http")
    def test_json_rpc(self):
        self.authenticate("number_user", "number_user")

        def call(method, *args, **kwargs):
            params = {"model": MODEL, "method": method, "args": args, "kwargs": kwargs}
            return self.url_open(
                f"/web/dataset/call_kw/{MODEL}/{method}",
                data=json.dumps({"params": params}),
                headers={"Content-Type": "application/json"},
            ).json()

        record_id = call("create", [{"text": "x"}], context={"default_name": "KS1"})[
            "result"
        ][0]
        self.assertRegex(self.Model.browse(record_id).name, r"^KS\d{10}$")
        for args in (
            ("create", [{"name": "KS1"}]),
            ("write", [record_id], {"name": "KS1"}),
        ):
            self.assertEqual(
                call(*args)["error"]["data"]["name"], "odoo.exceptions.UserError"
            )


@tagged("post_install", "-at_install")
class TestNumberingConcurrency(BaseCase):
    """Two real transactions, committed and cleaned up, because a test transaction cannot conflict with itself."""

    def setUp(self):
        super().setUp()
        self.registry = Registry(get_db_name())
        with self._environment() as env:
            env[MODEL].search([]).unlink()
            self.company_id = env["res.company"].search([], limit=1, order="id").id
        self.addCleanup(self._clean)

    def _clean(self):
        with self._environment() as env:
            env[MODEL].search([]).unlink()
            env["ir.sequence"].search(
                [("code", "=like", f"{MODEL}%"), ("company_id", "!=", False)]
            ).unlink()

    @contextmanager
    def _environment(self, commit=True):
        with self.registry.cursor() as cr:
            yield api.Environment(cr, api.SUPERUSER_ID, {})
            if not commit:
                cr.rollback()

    def _create(self, env, kind):
        return (
            env[MODEL]
            .with_company(self.company_id)
            .create({"kind": kind, "company_id": self.company_id})
            .name
        )

    def test_rolled_back_number_comes_again_only_without_gaps(self):
        for kind in ("normal", "gapless"):
            with self._environment() as env:
                first = self._create(env, kind)
            with self._environment(commit=False) as env:
                lost = self._create(env, kind)
            with self._environment() as env:
                second = self._create(env, kind)
            self.assertEqual(
                int(second[-4:]) - int(first[-4:]),
                1 if kind == "gapless" else 2,
                (kind, lost),
            )

    @mute_logger("odoo.sql_db")
    def test_gapless_counter_is_locked(self):
        """The second transaction is sent back with an error that Odoo answers by trying again."""
        with self._environment() as env:
            self._create(env, "gapless")
        with self._environment() as env_1, self._environment(commit=False) as env_2:
            self._create(env_1, "gapless")
            with self.assertRaises(psycopg2.errors.LockNotAvailable):
                self._create(env_2, "gapless")
        self.assertIn(
            psycopg2.errors.LockNotAvailable,
            service_model.PG_CONCURRENCY_EXCEPTIONS_TO_RETRY,
        )

    @mute_logger("odoo.sql_db")
    def test_second_opener_of_a_company_or_period_is_sent_back(self):
        """Both would make the company's sequence and the month: the second waits, then retries."""
        for kind in ("normal", "gapless"):
            errors = []
            started = threading.Event()

            # bound now, as the thread runs later
            # pylint: disable-next=dangerous-default-value
            def second(kind=kind, errors=errors, started=started):
                try:
                    with self._environment(commit=False) as env:
                        env[MODEL].search_count(
                            []
                        )  # takes the snapshot before the first commits
                        started.set()
                        self._create(env, kind)
                except psycopg2.errors.SerializationFailure as error:
                    errors.append(error)

            thread = threading.Thread(target=second)
            with self._environment() as env:
                self._create(env, kind)
                thread.start()
                started.wait(10)
            thread.join(30)
            self.assertEqual(len(errors), 1, kind)

    @mute_logger("odoo.sql_db", "odoo.service.model")
    def test_race(self):
        """Four workers, each six records in transactions of their own: no duplicate; gapless: no gap."""
        for kind in ("normal", "gapless"):
            names, failures = [], []

            # pylint: disable-next=dangerous-default-value
            def worker(kind=kind, names=names, failures=failures):
                try:
                    for _i in range(6):
                        with self.registry.cursor() as cr:
                            env = api.Environment(cr, api.SUPERUSER_ID, {})
                            name = service_model.retrying(
                                lambda env=env: self._create(env, kind), env
                            )
                        names.append(name)
                except Exception as error:  # noqa: BLE001 a thread reports to the test
                    failures.append(error)

            with (
                # the same loop, more tries and short waits: the race is much denser than life
                patch.object(service_model, "MAX_TRIES_ON_CONCURRENCY_FAILURE", 200),
                patch.object(
                    service_model.random, "uniform", lambda a, b: 0.005 * b % 0.03
                ),
            ):
                threads = [threading.Thread(target=worker) for _i in range(4)]
                for thread in threads:
                    thread.start()
                for thread in threads:
                    thread.join(60)
            self.assertFalse(failures)
            self.assertEqual(len(names), 24)
            self.assertEqual(len(set(names)), 24, "no duplicate")
            if kind == "gapless":
                self.assertEqual(
                    sorted(int(name[-4:]) for name in names),
                    list(range(1, 25)),
                    "no gap",
                )
