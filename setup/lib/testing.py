"""``setup/test``: provision, prepare databases, run pytest-odoo."""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

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

  setup/test                            everything: the toolkit alone, then all addons
                                        together; beside them the demo database
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


def together(tests, arguments=()):
    """A session with all addons."""
    return Session("all addons", all_addons(), tests, arguments=list(arguments))


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
    """The sessions that the arguments ask for."""
    if options.alone:
        return [alone(name, arguments) for name in options.alone]
    named = [Path(argument.split("::")[0]) for argument in arguments]
    named = [file for file in named if file.exists()]
    if named:
        in_demo = [
            DEMO_TESTS in (file.resolve(), *file.resolve().parents) for file in named
        ]
        if all(in_demo):
            return [demo([], arguments)]
        if any(in_demo):
            raise Failure(
                "tests/demo runs on another database than the other tests",
                "name them in two commands",
            )
        return [together([], arguments)]
    sessions = []
    if TOOLKIT in all_addons():
        sessions.append(alone(TOOLKIT, arguments))
    sessions.append(together([*tests_of(all_addons()), paths.TESTS], arguments))
    if any(DEMO_TESTS.rglob("test_*.py")):
        sessions.append(demo([DEMO_TESTS], arguments))
    return sessions


class Runner:
    """Runs sessions on one PostgreSQL server."""

    def __init__(self, server, keep=False):
        self.server = server
        self.keep = keep
        self.odoo = Odoo(server)
        self.templates = Templates(self.odoo)

    def run_all(self, sessions):
        """Run sessions one after the other; those with demo data beside the rest.

        The robot that clicks through the demo database mostly waits for its browser. What
        is printed there is kept until the others are through.
        """
        beside = [session for session in sessions if session.demo]
        ahead = [session for session in sessions if not session.demo]
        if not ahead:
            return [self.run(session) for session in beside]
        with tempfile.TemporaryFile("w+") as output:
            try:
                with ThreadPoolExecutor(1) as pool:
                    waiting = [pool.submit(self.run, each, output) for each in beside]
                    results = [self.run(session) for session in ahead]
            finally:
                output.seek(0)
                sys.stdout.write(output.read())
        return results + [future.result() for future in waiting]

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
        with tempfile.TemporaryDirectory() as folder:
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
