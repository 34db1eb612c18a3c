"""The code behind the commands, where a mistake would go unnoticed."""

import errno
import json
import os
import re
import signal
import socket
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace

import pytest

from odoo.tests import TransactionCase, tagged

from lib import addons, lint, paths, serve, server_process, shell, testing
from lib.addons import Addon, all_addons
from lib.company import Company
from lib.databases import Templates
from lib.existing_odoo import ExistingOdoo
from lib.odoo_run import Odoo, problems
from lib.postgres import Cluster, reachable_by_others
from lib.server_process import ServerProcess
from lib.shell import Failure, built_aside, is_stamped, write_stamp

MANIFEST = '{"name": "X", "depends": %r}'


def make_addon(folder, name, depends=("base",)):
    path = folder / name
    path.mkdir()
    (path / "__manifest__.py").write_text(MANIFEST % (list(depends),))
    return path


def test_addons_come_after_what_they_depend_on(tmp_path):
    make_addon(tmp_path, "a_late", ["z_early", "mail"])
    make_addon(tmp_path, "z_early")
    assert list(all_addons(tmp_path)) == ["z_early", "a_late"]


def test_circular_dependencies_are_refused(tmp_path):
    make_addon(tmp_path, "one", ["two"])
    make_addon(tmp_path, "two", ["one"])
    with pytest.raises(Failure, match="depend on each other"):
        all_addons(tmp_path)


def test_unreadable_manifest_is_named(tmp_path):
    (make_addon(tmp_path, "broken") / "__manifest__.py").write_text("{")
    with pytest.raises(Failure, match="broken/__manifest__.py"):
        all_addons(tmp_path)


def test_unknown_addon_is_refused():
    with pytest.raises(Failure, match="there is no addon nothing_like_it"):
        addons.with_dependencies(["nothing_like_it"])


@pytest.mark.parametrize(
    ("file", "counts"),
    [
        ("models/thing.py", True),
        ("views/thing.xml", True),
        ("i18n/zh_CN.po", True),
        ("models/tests.py", True),
        ("tests/test_thing.py", False),
        ("static/src/thing.js", False),
        ("readme/DESCRIPTION.md", False),
        ("models/__pycache__/thing.cpython-311.pyc", False),
    ],
)
def test_digest_covers_what_decides_the_database(tmp_path, file, counts):
    path = make_addon(tmp_path, "thing")
    before = Addon(path).digest()
    (path / file).parent.mkdir(parents=True, exist_ok=True)
    (path / file).write_text("x")
    assert (Addon(path).digest() != before) is counts


def test_problems_are_warnings_with_their_traceback():
    log = (
        "2025-01-01 10:00:00,000 7 INFO db odoo: fine\n"
        "2025-01-01 10:00:01,000 7 WARNING db odoo.addons.x: not fine\n"
        "  File x.py, line 1\n"
        "2025-01-01 10:00:02,000 7 INFO db odoo: a WARNING in the text\n"
        "2025-01-01 10:00:03,000 7 ERROR db odoo: bad\n"
    )
    assert [line.split(" ")[-1] for line in problems(log)] == ["fine", "1", "bad"]


def test_a_failed_build_leaves_the_old_one(tmp_path):
    target = tmp_path / "thing"
    with built_aside(target) as aside:
        write_stamp(aside, "first")
    with pytest.raises(ValueError, match="half-way"), built_aside(target) as aside:
        write_stamp(aside, "second")
        raise ValueError("half-way")
    assert is_stamped(target, "first")


def test_a_failed_step_says_what_happened(tmp_path, monkeypatch):
    monkeypatch.setattr(shell, "LOGS", tmp_path)
    with pytest.raises(Failure, match="no luck") as caught:
        shell.run(["sh", "-c", "echo no luck; exit 3"], "the step failed", "try again")
    assert "the step failed (exit code 3)" in caught.value.what
    assert caught.value.advice == "try again"


def test_long_paths_get_their_sockets_elsewhere(tmp_path, monkeypatch):
    deep = tmp_path / ("x" * 60) / ("y" * 60)
    deep.mkdir(parents=True)
    monkeypatch.setattr("lib.postgres.LOCAL", deep)
    assert len(str(Cluster("postgres").sockets)) < 90


def test_a_used_port_is_answered_with_a_free_one():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(Failure, match="used by another program") as caught:
            ServerProcess.check_port(port)
    proposed = int(re.search(r"--port (\d+)", caught.value.advice)[1])
    assert proposed > port
    ServerProcess.check_port(proposed)


def test_a_port_of_the_system_is_explained(monkeypatch):
    refused = OSError(errno.EACCES, "Permission denied")
    monkeypatch.setattr(
        server_process, "bind_error", lambda port: refused if port < 1024 else None
    )
    with pytest.raises(Failure, match="only root") as caught:
        ServerProcess.check_port(80)
    assert "--port 8080" in caught.value.advice
    assert "web server" in caught.value.advice


class Broken(BaseHTTPRequestHandler):
    """A login page that is an error, as of an Odoo that misses files."""

    def do_GET(self):
        self.send_error(500)

    def log_message(self, *args):
        pass


def test_a_login_page_that_is_an_error_is_not_waited_for(tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "LOCAL", tmp_path)
    monkeypatch.setattr(paths, "LOGS", tmp_path)
    monkeypatch.setattr(ServerProcess, "check_port", lambda self, port: None)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Broken)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    odoo = SimpleNamespace(command=lambda *args: ["sleep", "30"], environment=dict)
    process = ServerProcess()
    try:
        with pytest.raises(Failure, match="login page is an error"):
            process.start(odoo, tmp_path / "serve.conf", server.server_port)
    finally:
        server.shutdown()
        server.server_close()
        os.kill(json.loads(process.note.read_text())["pid"], signal.SIGKILL)


@pytest.mark.parametrize("text", ["0", "65536", "-1", "http", "80.5"])
def test_ports_that_are_none_are_refused(text, capsys):
    with pytest.raises(SystemExit):
        serve.parse(["--port", text])
    assert "is no port" in capsys.readouterr().err


def make_source(folder):
    (folder / "odoo").mkdir(parents=True)
    (folder / "odoo/release.py").touch()
    return folder


def test_a_source_folder_runs_in_its_virtual_environment(tmp_path, monkeypatch):
    monkeypatch.delenv("VIRTUAL_ENV", raising=False)
    source = make_source(tmp_path / "odoo19")
    assert str(ExistingOdoo(source).python) == sys.executable
    active = tmp_path / "active/bin/python"
    own = source / ".venv/bin/python"
    for python in (active, own):
        python.parent.mkdir(parents=True)
        python.touch()
        monkeypatch.setenv("VIRTUAL_ENV", str(tmp_path / "active"))
        assert ExistingOdoo(source).python == python
    assert ExistingOdoo(source).environment()["PYTHONPATH"].startswith(str(source))


def test_what_is_no_odoo_is_refused(tmp_path):
    with pytest.raises(Failure, match="neither an Odoo source folder"):
        ExistingOdoo(tmp_path)


def test_the_language_of_an_existing_database_stays(capsys):
    """Asked for again, --language changes nobody's language, and says so."""
    done = []
    company = SimpleNamespace(
        server=SimpleNamespace(exists=lambda name: True),
        changed=lambda: [],
        create=lambda language: done.append(language),
        script=lambda *args: done.append(args),
    )
    options = SimpleNamespace(database="suite", language="en_US", port=8069)
    serve.prepare(company, None, options)
    assert not done
    assert "changes nobody's language" in capsys.readouterr().out


@tagged("post_install", "-at_install")
class TestAddress(TransactionCase):
    """The served database knows its address, whoever logs in first."""

    def _set(self, url):
        def query(sql, database):
            self.env.cr.execute(sql)

        Company(
            SimpleNamespace(server=SimpleNamespace(query=query)), *[None] * 4
        ).set_address(url)
        self.env.registry.clear_cache("stable")
        parameters = self.env["ir.config_parameter"]
        return [parameters.get_param(key) for key in ("report.url", "web.base.url")]

    def test_address_of_this_machine(self):
        parameters = self.env["ir.config_parameter"]
        parameters.set_param("web.base.url", "http://localhost:8069")
        for port in (8070, 8071):
            url = f"http://127.0.0.1:{port}"
            self.assertEqual(self._set(url), [url, url])

    def test_address_for_people_elsewhere(self):
        """Prints are made here; the codes on them are scanned elsewhere."""
        outside = "https://samples.example.com"
        self.env["ir.config_parameter"].set_param("web.base.url", outside)
        self.assertEqual(
            self._set("http://127.0.0.1:8070"), ["http://127.0.0.1:8070", outside]
        )


def test_a_private_folder_is_not_reachable(tmp_path):
    tmp_path.chmod(0o700)
    assert not reachable_by_others(tmp_path / "inside")


@pytest.mark.parametrize("path", ["/".join(("", "home", "me", "x")), "/root" + "/x"])
def test_machine_paths_are_found(path):
    assert lint.MACHINE_PATH.search(f"see {path} there")


@pytest.mark.parametrize(
    "text", ["https://example.com/work/x", "models/home/x", "/homes"]
)
def test_other_paths_are_not(text):
    assert not lint.MACHINE_PATH.search(text)


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("档案,纸质", True),
        ("部门负责人:%(name)s", True),
        ("未收到:", True),
        ('msgstr "是否确认?"', True),
        ("档案，纸质：见 F25, F26; 12:30 起", False),
        ("see a, b: c?", False),
    ],
)
def test_half_width_marks_in_chinese_are_found(text, wrong):
    assert bool(lint.HALF_WIDTH.search(text)) is wrong


def test_marks_of_the_source_text_stay_as_they_are():
    text = (
        'msgid "e.g. 制表, 主管"\nmsgstr ""\n"例如：制表"\n\nmsgid ""\n"制表, 主管"\n'
    )
    assert [line for _, line in lint.chinese_lines("x/i18n/zh_CN.po", text)] == [
        'msgstr ""',
        '"例如：制表"',
    ]


@pytest.mark.parametrize("host", ["pypi" + ".org", "deb." + "debian.org"])
def test_registry_hosts_are_found(host):
    assert lint.REGISTRY.search(f"https://{host}/simple")


def test_templates_of_two_odoos_keep_their_own_addons_path(monkeypatch, tmp_path):
    """Whoever prepares a template last must not decide what the first one sees."""
    monkeypatch.setattr(paths, "LOCAL", tmp_path)
    server = SimpleNamespace(odoo_options=dict)
    with_sources, with_wheels = Odoo(server), Odoo(server)
    with_wheels.addons_path = []
    first = Templates(with_sources)
    with Templates(with_wheels).config("wheels") as file:
        assert "addons_path" not in file.read_text()
    with first.config("plain") as file, first.config("demo") as other:
        assert file != other
        assert f"addons_path = {paths.ADDONS}" in file.read_text()
    assert not list(tmp_path.glob("*.conf"))


def test_lanes_are_tested_side_by_side(monkeypatch, capsys):
    """All run at the same time; what the first prints comes first. A lane keeps its order."""
    all_three = threading.Barrier(3, timeout=60)

    def run(runner, session, output=None):
        if session.title != "later":
            all_three.wait()
        print(f"ran {session.title}", file=output)
        return testing.Result(passed=1)

    monkeypatch.setattr(testing.Runner, "run", run)
    runner = testing.Runner(SimpleNamespace(odoo_options=dict))
    lanes = [["plain", "later"], ["half"], ["demo"]]
    results = runner.run_all(
        [[testing.Session(title, {}, []) for title in lane] for lane in lanes]
    )
    assert [result.passed for result in results] == [1, 1, 1, 1]
    lines = capsys.readouterr().out.splitlines()
    assert lines == ["ran plain", "ran later", "ran half", "ran demo"]


def test_halves_hold_every_folder_once(tmp_path):
    """The longest folder faces what the first half has to do besides."""
    folders = []
    for name, size in (("long", 50), ("middle", 40), ("short", 10), ("none", 0)):
        folders.append(tmp_path / name)
        folders[-1].mkdir()
        (folders[-1] / "test_x.py").write_text("x" * size)
    first, second = testing.halves(folders, ahead=20)
    assert [folder.name for folder in first] == ["middle"]
    assert [folder.name for folder in second] == ["long", "short", "none"]


def test_a_whole_run_misses_no_test_folder():
    options = SimpleNamespace(alone=None)
    lanes = testing.plan(options, [])
    tested = [folder for lane in lanes for session in lane for folder in session.paths]
    for name in all_addons():
        assert set(testing.tests_of([name])) <= set(tested)
    assert {paths.TESTS, testing.DEMO_TESTS} <= set(tested)
