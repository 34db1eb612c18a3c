"""Measure operations inside Odoo. What a module of ``setup/bench_cases`` needs.

A case is a module with

    def build(env, sizes): ...     # optional: fill the database, once per size
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
that is rolled back, with empty caches; the median counts. Wall time and the time of the
database depend on what else the machine does, CPU time (of Python, and that of
PostgreSQL's process apart) hardly.
"""

import importlib.util
import json
import os
import re
import statistics
import time
from contextlib import suppress
from pathlib import Path

REPEAT = 5
COUNT_LIMIT = 10_000
PROCESS = Path("/proc/self")
#: what is measured of an operation
FIGURES = ("wall", "cpu", "database", "queries", "memory")


class Undo(Exception):
    """Rolls a measured operation back."""


def measure(env, operation, prepare=None):
    """Run an operation once.

    :return: seconds by the clock, of Python's CPU and of PostgreSQL's CPU, SQL queries, growth of
        the memory in MB at its highest
    """
    with suppress(Undo), env.cr.savepoint():
        if prepare:
            prepare()
        env.invalidate_all()
        backend = backend_of(env)
        queries = env.cr.sql_log_count
        memory = begin_memory()
        database, wall, cpu = cpu_of(backend), time.perf_counter(), time.process_time()
        operation()
        env.flush_all()
        measured = (
            time.perf_counter() - wall,
            time.process_time() - cpu,
            cpu_of(backend) - database,
            env.cr.sql_log_count - queries,
            memory_in_mb("VmHWM") - memory,
        )
        raise Undo
    return measured


def backend_of(env):
    """The folder with the figures of PostgreSQL's process, when it runs on this machine."""
    env.cr.execute("SELECT pg_backend_pid()")
    return PROCESS.with_name(str(env.cr.fetchone()[0]))


def cpu_of(process):
    """Seconds of CPU that a process has used (0 where they cannot be read)."""
    with suppress(OSError):
        values = (process / "stat").read_text().rpartition(")")[2].split()
        return (int(values[11]) + int(values[12])) / os.sysconf("SC_CLK_TCK")
    return 0


def begin_memory():
    """Let the highest value of the memory begin anew; return the present one in MB."""
    with suppress(OSError):
        (PROCESS / "clear_refs").write_text("5")
    return memory_in_mb("VmRSS")


def memory_in_mb(name):
    """A figure of the memory of this process (0 where it cannot be read)."""
    with suppress(OSError):
        status = (PROCESS / "status").read_text()
        return int(re.search(rf"{name}:\s+(\d+)", status)[1]) / 1024
    return 0


def read_list(model, domain, specification):
    """Read a list as the web client does: it counts no further than 10 000."""
    return model.web_search_read(
        domain, specification, limit=80, count_limit=COUNT_LIMIT + 1
    )


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
        figures = map(statistics.median, zip(*counted, strict=True))
        row[side] = {"name": name, **dict(zip(FIGURES, figures, strict=True))}
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


def build(env, files, sizes):
    """Let each case fill the database.

    :param dict sizes: how many ``archives`` and ``samples`` are asked for
    """
    for name, case in load_cases(files):
        if hasattr(case, "build"):
            started = time.perf_counter()
            case.build(env, sizes)
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
