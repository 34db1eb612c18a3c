"""``setup/test``: provision, prepare databases, run pytest-odoo."""

import argparse
import json
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile

from . import paths
from .addons import all_addons, with_dependencies
from .databases import Templates, short_digest
from .odoo_env import ensure_odoo
from .odoo_run import Odoo
from .postgres import chosen_server, cluster_for_tests
from .shell import Failure, say

DESCRIPTION = """\
Run the tests of the suite with pytest-odoo. What is missing is installed first.
Databases are prepared once and copied, so running one file again takes seconds.

  setup/test                            everything, in three lanes side by side: the
                                        toolkit alone and half of all addons together;
                                        the other half; the demo database
  setup/test --alone customer_archive   one addon with only what it depends on
  setup/test addons/x/tests/test_y.py -k name -x      any pytest arguments
"""
TOOLKIT = "record_control"
DEMO_TESTS = paths.TESTS / "demo"
NO_TESTS_COLLECTED = 5  # pytest's exit code


@dataclass
class Session:
    """One run of pytest on one database."""

    title: str
    addons: dict
    paths: list
    demo: bool = False
    arguments: list = field(default_factory=list)


@dataclass
class Result:
    """What came out of one or more sessions."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0
    ok: bool = True

    def count(self):
        """How many tests there were."""
        return self.passed + self.failed + self.skipped

    def add(self, other):
        """Count another result in."""
        self.passed += other.passed
        self.failed += other.failed
        self.skipped += other.skipped
        self.ok = self.ok and other.ok


def tests_of(names):
    """The test folders of some addons of ours."""
    folders = [paths.ADDONS / name / "tests" for name in names]
    return [folder for folder in folders if any(folder.rglob("test_*.py"))]


def size_of(folders):
    """How much test code some folders hold, in bytes: about how long their tests take."""
    return sum(
        file.stat().st_size for folder in folders for file in folder.rglob("test_*.py")
    )


def halves(folders, ahead=0):
    """Divide test folders in two halves that take about equally long.

    :param folders: test folders
    :param ahead: bytes of test code that the first half has to run besides
    :return: two lists of folders
    """
    first, second = [], []
    for folder in sorted(folders, key=lambda each: -size_of([each])):
        first_is_shorter = ahead + size_of(first) < size_of(second)
        (first if first_is_shorter else second).append(folder)
    return first, second


def alone(name, arguments=()):
    """A session with one addon, what it depends on, and its test addon."""
    names = [name, f"test_{name}"]
    present = [name, *(other for other in names[1:] if other in all_addons())]
    tests = tests_of(present)
    if not tests:
        raise Failure(f"{name} has no tests")
    return Session(
        f"{name} alone", with_dependencies(present), tests, arguments=list(arguments)
    )


def together(tests, arguments=(), title="all addons"):
    """A session with all addons."""
    return Session(title, all_addons(), tests, arguments=list(arguments))


def demo(tests, arguments=()):
    """A session with all addons that customers install, and their demo data."""
    return Session(
        "all addons with demo data",
        all_addons(),
        tests,
        demo=True,
        arguments=list(arguments),
    )


def plan(options, arguments):
    """The sessions that the arguments ask for, in lanes that may run at the same time."""
    if options.alone:
        return [[alone(name, arguments) for name in options.alone]]
    named = [Path(argument.split("::")[0]) for argument in arguments]
    named = [file for file in named if file.exists()]
    if named:
        in_demo = [
            DEMO_TESTS in (file.resolve(), *file.resolve().parents) for file in named
        ]
        if all(in_demo):
            return [[demo([], arguments)]]
        if any(in_demo):
            raise Failure(
                "tests/demo runs on another database than the other tests",
                "name them in two commands",
            )
        return [[together([], arguments)]]
    toolkit = alone(TOOLKIT, arguments)
    folders = [*tests_of(all_addons()), paths.TESTS]
    first, second = halves(folders, ahead=size_of(toolkit.paths))
    return [
        [toolkit, together(first, arguments, "all addons, first half")],
        [together(second, arguments, "all addons, second half")],
        [demo([DEMO_TESTS], arguments)],
    ]


class Runner:
    """Runs sessions on one PostgreSQL server."""

    def __init__(self, server, keep=False):
        self.server = server
        self.keep = keep
        self.odoo = Odoo(server)
        self.templates = Templates(self.odoo)

    def run_all(self, lanes):
        """Run lanes at the same time, the sessions of each one after the other.

        What the first lane prints is seen at once; that of the others is kept until all
        are through.

        :param lanes: lists of sessions
        :return: the results
        """
        with ExitStack() as files, ThreadPoolExecutor(len(lanes)) as pool:
            outputs = [None]
            outputs += [files.enter_context(TemporaryFile("w+")) for _ in lanes[1:]]
            try:
                found = list(pool.map(self.run_lane, lanes, outputs))
            finally:
                for output in outputs[1:]:
                    output.seek(0)
                    sys.stdout.write(output.read())
        return [result for results in found for result in results]

    def run_lane(self, sessions, output):
        """Run sessions one after the other; return their results."""
        return [self.run(session, output) for session in sessions]

    def run(self, session, output=None):
        """Copy the template, run pytest on the copy, and count.

        :param output: file for what pytest prints; the terminal by default
        """
        template = self.templates.with_addons(session.addons, session.demo)
        complaints = self.templates.warnings(template)
        # The checkout is in the name: several may share one server.
        database = f"test_{short_digest(str(paths.ROOT), session.title, os.getpid())}"
        self.server.clone(template, database)
        config = self.odoo.write_config(database, log_level="warn")
        say(f"testing: {session.title}")
        started = time.monotonic()
        try:
            result = self.pytest(session, config, database, output)
        finally:
            config.unlink()
            if self.keep:
                say(f"kept the database {database} on {self.server.host}")
            else:
                self.server.drop(database)
        say(f"{session.title}: {time.monotonic() - started:.0f} s")
        if complaints:
            print(f"Odoo complained while it installed {session.title}:\n{complaints}")
            result.ok = False
        return result

    def pytest(self, session, config, database, output):
        """Run pytest once."""
        command = [self.odoo.python, "-m", "pytest", "-p", "lib.pytest_suite"]
        command += ["--odoo-http", f"--odoo-config={config}"]
        command += [f"--odoo-database={database}", *session.arguments]
        if not session.demo:
            command.append(f"--ignore={DEMO_TESTS}")
        command += [os.path.relpath(path, paths.ROOT) for path in session.paths]
        with TemporaryDirectory() as folder:
            file = Path(folder) / "result.json"
            environment = {
                **self.odoo.environment(),
                **self.server.environment(),
                "PYTHONPATH": str(paths.SETUP),
                "SUITE_TEST_RESULT": str(file),
                "SUITE_TEST_DATABASE": database,
            }
            code = subprocess.run(
                command,
                cwd=paths.ROOT,
                env=environment,
                check=False,
                stdout=output,
                stderr=output and subprocess.STDOUT,
            ).returncode
            counts = json.loads(file.read_text()) if file.is_file() else {}
        counts.pop("warnings", None)
        result = Result(**counts, ok=code == 0)
        if not result.count():
            print(f"no test ran: {session.title}")
            # With a selection such as -k it is enough that some session has tests.
            result.ok = bool(session.arguments) and code == NO_TESTS_COLLECTED
        return result


def main(argv):
    """Entry point."""
    parser = argparse.ArgumentParser(
        prog="setup/test",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--alone",
        action="append",
        metavar="ADDON",
        help="test this addon with only what it depends on (can be repeated)",
    )
    parser.add_argument(
        "--keep", action="store_true", help="keep the test database afterwards"
    )
    parser.add_argument(
        "--stop", action="store_true", help="only stop the PostgreSQL of the tests"
    )
    options, arguments = parser.parse_known_args(argv)
    if options.stop:
        cluster_for_tests().stop()
        return 0
    ensure_odoo(paths.TEST_PACKAGES)
    server = chosen_server(cluster_for_tests)
    server.start()
    runner = Runner(server, options.keep)
    total = Result()
    for result in runner.run_all(plan(options, arguments)):
        total.add(result)
    if not total.count():
        raise Failure("no test ran", "check the paths and the selection")
    if not total.ok:
        print("\nThe tests FAILED.")
    print(f"{total.passed} passed, {total.failed} failed, {total.skipped} skipped")
    return 0 if total.ok else 1
