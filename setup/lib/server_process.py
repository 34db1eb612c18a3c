"""Odoo as a process in the background: started, found again, stopped."""

import errno
import json
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path

from . import paths
from .odoo_run import last_lines
from .shell import Failure

START_SECONDS = 180
STOP_SECONDS = 20
MAX_FAULTS = 5  # of the login page, then it will not come any more
OPEN_PORTS = 1024  # below, only root may listen


class ServerProcess:
    """The one Odoo server that ``setup/serve`` runs."""

    def __init__(self):
        self.note = paths.LOCAL / "serve.json"
        self.log = paths.LOGS / "serve.log"

    def running(self):
        """What was noted about the server at its start, if it still runs."""
        try:
            noted = json.loads(self.note.read_text())
            command = Path(f"/proc/{noted['pid']}/cmdline").read_bytes()
        except (OSError, ValueError, KeyError):
            return None
        return noted if noted["config"].encode() in command else None

    def stop(self):
        """Stop the server if it runs; tell whether it did."""
        noted = self.running()
        if noted:
            self._signal(noted["pid"], signal.SIGTERM)
            deadline = time.monotonic() + STOP_SECONDS
            while self.running() and time.monotonic() < deadline:
                time.sleep(0.1)
            if self.running():
                self._signal(noted["pid"], signal.SIGKILL)
        self.note.unlink(missing_ok=True)
        return bool(noted)

    @staticmethod
    def _signal(pid, number):
        with suppress(ProcessLookupError):
            os.kill(pid, number)

    def start(self, odoo, config, port, **facts):
        """Start the server and wait until its login page answers."""
        self.check_port(port)
        paths.LOGS.mkdir(parents=True, exist_ok=True)
        with open(self.log, "wb") as log:
            process = subprocess.Popen(
                odoo.command("-c", config),
                cwd=paths.ROOT,
                env=odoo.environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        noted = {"pid": process.pid, "config": str(config), "port": port, **facts}
        self.note.write_text(json.dumps(noted))
        deadline, faults = time.monotonic() + START_SECONDS, 0
        while (status := http_status(f"http://127.0.0.1:{port}/web/login")) != 200:
            faults += status >= 500
            if faults > MAX_FAULTS:
                raise Failure(
                    f"Odoo runs, but its login page is an error\n{last_lines(self.log)}",
                    f"read {self.log}; 'setup/serve --stop' ends it",
                )
            if process.poll() is not None:
                reason = f"Odoo stopped at its start\n{last_lines(self.log)}"
                raise Failure(reason, f"read {self.log}")
            if time.monotonic() > deadline:
                raise Failure(
                    f"Odoo did not answer within {START_SECONDS} s",
                    f"read {self.log}; 'setup/serve --stop' ends it",
                )
            time.sleep(0.2)

    @staticmethod
    def check_port(port):
        """Fail early when the port is not ours to use, and name one that is."""
        error = bind_error(port)
        if error is None:
            return
        other = f"setup/serve --port {free_port(port)}"
        if error.errno == errno.EACCES:
            raise Failure(
                f"port {port} belongs to the system: only root may listen below {OPEN_PORTS}",
                f"use a free one: {other}; for an address without a number "
                f"let a web server on port {port} pass its requests on",
            ) from error
        if error.errno == errno.EADDRINUSE:
            raise Failure(
                f"port {port} is used by another program",
                f"use a free one: {other}; 'ss -ltnp sport = :{port}' tells which program it is",
            ) from error
        raise Failure(
            f"port {port} cannot be used: {error.strerror}", f"use another one: {other}"
        ) from error


def bind_error(port):
    """Try to listen on a port of this machine; return the error, None when it is free."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            return error
    return None


def free_port(unlike):
    """The next free port after one that cannot be used; for low ones from 8080 on."""
    first = unlike + 1 if unlike >= OPEN_PORTS else 8080
    candidates = range(first, min(first + 1000, 65536))
    return next((port for port in candidates if bind_error(port) is None), 8069)


def http_status(url):
    """The status of a page, 0 while nobody answers."""
    try:
        with urllib.request.urlopen(url, timeout=60) as response:
            return response.status
    except urllib.error.HTTPError as error:
        return error.code
    except (OSError, urllib.error.URLError):
        return 0
