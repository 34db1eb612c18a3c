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

Each operation runs several times, each time in a savepoint that is rolled back, with
empty caches; the median counts.
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


def measure(env, operation, repeat=REPEAT):
    """The median seconds and the SQL queries of an operation, flush included."""
    seconds, queries = [], 0
    for round_number in range(repeat + 1):
        with suppress(Undo), env.cr.savepoint():
            env.invalidate_all()
            counted = env.cr.sql_log_count
            started = time.perf_counter()
            operation()
            env.flush_all()
            elapsed = time.perf_counter() - started
            queries = env.cr.sql_log_count - counted
            if round_number:  # the first one warms up
                seconds.append(elapsed)
            raise Undo
    return statistics.median(seconds), queries


def compare(env, operation, ours, peer=None, repeat=REPEAT):
    """Measure our operation and, when there is one, the peer's."""
    name, function = ours
    seconds, queries = measure(env, function, repeat)
    row = {"operation": operation, "ours": name, "seconds": seconds, "queries": queries}
    if peer:
        name, function = peer
        seconds, queries = measure(env, function, repeat)
        row |= {"peer": name, "peer_seconds": seconds, "peer_queries": queries}
    return row


def batches(total, size=1000):
    """Split a number of records into batches: give the first number and the count."""
    for first in range(0, total, size):
        yield first, min(size, total - first)


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
        rows += [{"case": name, **row} for row in case.run(env)]
        env.cr.rollback()
    Path(output).write_text(json.dumps(rows))
