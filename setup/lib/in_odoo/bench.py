"""Measure operations inside Odoo. What a module of ``setup/bench_cases`` needs.

A case is a module with

    def build(env, size): ...      # optional: fill the database, once per size
    def run(env): ...              # returns or yields rows

A row compares one operation of ours with the same operation of a peer (a model of Odoo
or the OCA) in the same database::

    yield compare(
        env,
        "create 100",
        ours=("customer.archive", lambda: create_archives(env, 100)),
        peer=("res.partner", lambda: create_partners(env, 100)),
    )

Each operation runs several times, ours and the peer's in turn, each time in a savepoint
that is rolled back, with empty caches; the median counts. Wall time depends on what else
the machine does, CPU time (of Python, without PostgreSQL's) hardly.
"""

import importlib.util
import json
import statistics
import time
from contextlib import suppress
from pathlib import Path

REPEAT = 5


class Undo(Exception):
    """Rolls a measured operation back."""


def measure(env, operation, prepare=None):
    """Run an operation once: seconds by the clock, seconds of CPU, SQL queries."""
    with suppress(Undo), env.cr.savepoint():
        if prepare:
            prepare()
        env.invalidate_all()
        queries = env.cr.sql_log_count
        wall, cpu = time.perf_counter(), time.process_time()
        operation()
        env.flush_all()
        measured = (
            time.perf_counter() - wall,
            time.process_time() - cpu,
            env.cr.sql_log_count - queries,
        )
        raise Undo
    return measured


def compare(env, operation, ours, peer=None, repeat=REPEAT):
    """Measure our operation and, when there is one, the peer's.

    :param str operation: what is done
    :param ours: ``(name, function)``
    :param peer: ``(name, function)``, or with a third function that prepares, unmeasured
    :param int repeat: how often; with more than one, a first round warms up
    """
    sides = {"ours": ours, "peer": peer} if peer else {"ours": ours}
    rounds = {side: [] for side in sides}
    for _round in range(repeat + (repeat > 1)):
        for side, (_name, *functions) in sides.items():
            rounds[side].append(measure(env, *functions))
    row = {"operation": operation}
    for side, (name, *_functions) in sides.items():
        counted = rounds[side][repeat > 1 :]
        wall, cpu, queries = map(statistics.median, zip(*counted, strict=True))
        row[side] = {"name": name, "wall": wall, "cpu": cpu, "queries": int(queries)}
    return row


def in_turn(size):
    """Yield lists of ``size`` numbers that were not used before."""
    first = 900_000
    while True:
        yield range(first, first + size)
        first += size


def load_cases(files):
    """Import the modules with the cases."""
    for file in map(Path, files):
        spec = importlib.util.spec_from_file_location(f"bench_{file.stem}", file)
        case = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(case)
        yield file.stem, case


def build(env, files, size):
    """Let each case fill the database."""
    for name, case in load_cases(files):
        if hasattr(case, "build"):
            started = time.perf_counter()
            case.build(env, size)
            env.flush_all()
            env.cr.commit()
            print(f"BENCH {name}: built in {time.perf_counter() - started:.1f} s")
    env.cr.execute("ANALYZE")
    env.cr.commit()


def run(env, files, output):
    """Run the cases and write their rows as JSON."""
    rows = []
    for name, case in load_cases(files):
        for row in case.run(env):
            print(f"BENCH {name}: {row['operation']}", flush=True)
            rows.append({"case": name, **row})
        env.cr.rollback()
    Path(output).write_text(json.dumps(rows))
