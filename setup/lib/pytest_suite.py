"""A pytest plugin: nothing goes wrong unnoticed in a run of the suite's tests.

It fails a run in which no test ran, a test was skipped without a reason, or Odoo
logged a warning about our addons that no test had expected. (A test that expects one
says so with ``assertLogs`` or ``mute_logger``.) It writes the counts to the file named
in ``SUITE_TEST_RESULT``. It needs nothing but pytest.
"""

import json
import logging
import os
import re
from pathlib import Path

import pytest

ADDONS = Path(__file__).resolve().parents[2] / "addons"
NO_REASON = ("", "unconditional skip")


class Collector(logging.Handler):
    """Keeps the warnings that are about our addons or their models."""

    def __init__(self):
        super().__init__(logging.WARNING)
        self.found = {}
        self.current_test = ""
        self.words = {path.parent.name for path in ADDONS.glob("*/__manifest__.py")}
        self.pattern = self._pattern()

    def _pattern(self):
        words = "|".join(sorted(map(re.escape, self.words)))
        return re.compile(rf"(?<![\w.])(?:odoo\.addons\.|addons/)?(?:{words})\b")

    def learn_models(self, registry):
        """Also recognise warnings that name only a model of ours."""
        ours = set(self.words)
        for name, model in registry.items():
            if (
                getattr(model, "_original_module", None) in ours
                and not model._transient
            ):
                self.words.add(name)
        self.pattern = self._pattern()

    def emit(self, record):
        try:
            message = record.getMessage()
        except Exception:
            message = str(record.msg)
        if self.pattern.search(f"{record.name} {message}"):
            self.note(f"{record.levelname} {record.name}: {message}")

    def note(self, text):
        """Remember a warning together with the test that caused it."""
        self.found.setdefault(text[:1000], self.current_test)


class Suite:
    """Watches one run."""

    def __init__(self):
        self.collector = Collector()
        self.unreasoned = []
        self.skipped = {}
        self.counts = {"passed": 0, "failed": 0, "skipped": 0}

    def pytest_sessionstart(self):
        logging.getLogger().addHandler(self.collector)

    @pytest.hookimpl(trylast=True)
    def pytest_collection_finish(self):
        try:
            from odoo.modules.registry import Registry
        except ImportError:
            return
        for registry in Registry.registries.values():
            self.collector.learn_models(registry)

    def pytest_runtest_logstart(self, nodeid):
        self.collector.current_test = nodeid

    def pytest_runtest_logreport(self, report):
        if report.failed:
            self.counts["failed"] += 1
        elif report.skipped:
            self.counts["skipped"] += 1
            self._note_skip(report)
        elif report.when == "call":
            self.counts["passed"] += 1

    def _note_skip(self, report):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else ""
        reason = reason.removeprefix("Skipped: ").removeprefix("Skipped").strip()
        self.skipped[report.nodeid] = reason
        if reason in NO_REASON:
            self.unreasoned.append(report.nodeid)

    def pytest_warning_recorded(self, warning_message, nodeid):
        if str(ADDONS) in str(warning_message.filename):
            self.collector.note(
                f"{warning_message.category.__name__}: {warning_message}"
            )

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session, exitstatus):
        logging.getLogger().removeHandler(self.collector)
        file = os.environ.get("SUITE_TEST_RESULT")
        if file:
            result = {**self.counts, "warnings": len(self.collector.found)}
            Path(file).write_text(json.dumps(result))
        if exitstatus == 0 and (self.collector.found or self.unreasoned):
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter):
        write = terminalreporter.write_line
        if self.skipped:
            terminalreporter.section("skipped tests", sep="-")
            for nodeid, reason in self.skipped.items():
                write(f"{nodeid}: {reason or 'NO REASON GIVEN (this fails the run)'}")
        if self.collector.found:
            terminalreporter.section("unexpected warnings (they fail the run)", sep="-")
            for text, nodeid in self.collector.found.items():
                write(f"{nodeid}\n    {text}")


def pytest_configure(config):
    config.pluginmanager.register(Suite(), "suite")
