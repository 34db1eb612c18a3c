"""``setup/bench``: our operations beside the same operations of Odoo and the OCA."""

import argparse
import json
import tempfile
from pathlib import Path

from . import paths
from .addons import suite
from .databases import Templates, short_digest, versions
from .odoo_env import ensure_odoo
from .odoo_run import Odoo
from .postgres import chosen_server, cluster_for_tests
from .shell import Failure, say

DESCRIPTION = """\
Build a data set, run our operations beside the same ones of Odoo or OCA addons in the
same database, and print a table of ratios (below 1: ours is faster). The data set is
kept for the next run with the same code and size.

The cases are the modules in setup/bench_cases; lib/in_odoo/bench.py tells how to write
one.
"""
CASES = paths.SETUP / "bench_cases"
BUILDERS = paths.SETUP / "lib" / "in_odoo"
CALL = """
import sys
sys.path.insert(0, {setup!r})
sys.dont_write_bytecode = True
from lib.in_odoo import bench
bench.{function}(env, {arguments})
"""
HEADINGS = (
    *("case", "operation"),
    *("ours", "ms", "cpu ms", "db ms", "sql", "MB"),
    *("peer", "ms", "cpu ms", "db ms", "sql", "MB"),
    *("ratio", "cpu ratio"),
)


def main(argv):
    """Entry point."""
    parser = argparse.ArgumentParser(
        prog="setup/bench",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--archives", type=int, default=1000, help="customers (default: 1000)")
    add("--samples", type=int, default=1000, help="samples (default: 1000)")
    add("--fresh", action="store_true", help="build the data set again")
    add("--json", metavar="FILE", help="also write the rows to this file")
    add("cases", nargs="*", help="cases to run (default: all)")
    options = parser.parse_args(argv)
    files = case_files(options.cases)
    ensure_odoo()
    server = chosen_server(cluster_for_tests)
    server.start()
    odoo = Odoo(server)
    config = odoo.write_config("bench")
    database = data_set(odoo, config, options)
    rows = measured(odoo, config, database, files)
    if options.json:
        Path(options.json).write_text(json.dumps(rows, ensure_ascii=False, indent=1))
    print(table(rows))
    return 0


def case_files(names):
    """The files of the cases, all of them when none is named."""
    present = {file.stem: file for file in sorted(CASES.glob("[a-z]*.py"))}
    unknown = [name for name in names if name not in present]
    if unknown:
        raise Failure(
            f"no case {', '.join(unknown)}", f"there are: {', '.join(present)}"
        )
    return [str(present[name]) for name in names or present]


def builder_files():
    """The files that decide what is in the data set."""
    return [*sorted(CASES.glob("[a-z]*.py")), *sorted(BUILDERS.glob("bench_*.py"))]


def call(odoo, config, database, function, *arguments):
    """Run a function of ``in_odoo/bench.py`` in the database."""
    code = CALL.format(
        setup=str(paths.SETUP),
        function=function,
        arguments=", ".join(map(repr, arguments)),
    )
    return odoo.script(config, database, code, f"bench: {function} failed")


def data_set(odoo, config, options):
    """The database with the data of all cases, built unless it is there."""
    template = Templates(odoo).with_addons(suite())
    builders = [file.read_text() for file in builder_files()]
    key = short_digest(versions(), template, builders)
    size = f"bench_{options.archives}_{options.samples}"
    name = f"{size}_{key}"
    if options.fresh:
        odoo.drop_database(name)
    if not odoo.server.exists(name):
        for old in odoo.server.query(
            f"SELECT datname FROM pg_database WHERE datname ~ '^{size}_[0-9a-f]+$'"
        ).splitlines():
            odoo.drop_database(old)
        say(
            f"building a data set for {options.archives} archives"
            f" and {options.samples} samples"
        )
        new = f"{name}_new"
        odoo.server.clone(template, new)
        sizes = {"archives": options.archives, "samples": options.samples}
        printed = call(odoo, config, new, "build", case_files([]), sizes)
        for line in printed.splitlines():
            if line.startswith("BENCH "):
                say(line.removeprefix("BENCH "))
        odoo.rename_database(new, name)
    return name


def measured(odoo, config, database, files):
    """The rows that the cases measured."""
    say("measuring")
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "rows.json"
        call(odoo, config, database, "run", files, str(output))
        return json.loads(output.read_text())


def table(rows):
    """The rows as text in columns."""
    lines = [HEADINGS]
    for row in rows:
        sides = [row["ours"], row["peer"]] if "peer" in row else [row["ours"]]
        cells = [cell for side in sides for cell in side_cells(side)]
        if "peer" in row:
            cells += [ratio(row, "wall"), ratio(row, "cpu")]
        cells += [""] * (len(HEADINGS) - 2 - len(cells))
        lines.append((row["case"], row["operation"], *cells))
    widths = [max(len(line[i]) for line in lines) for i in range(len(HEADINGS))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        for line in lines
    )


def side_cells(side):
    """Name, milliseconds, queries and memory of one side of a row."""
    times = [f"{side[key] * 1000:.1f}" for key in ("wall", "cpu", "database")]
    return [side["name"], *times, f"{side['queries']:.0f}", f"{side['memory']:.0f}"]


def ratio(row, key):
    """How long ours takes for one second of the peer."""
    peer = row["peer"][key]
    return f"{row['ours'][key] / peer:.2f}" if peer else "-"
