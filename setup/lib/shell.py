"""Run commands, say what happens, and leave nothing half-made."""

import fcntl
import os
import shutil
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

from .paths import LOCAL, LOGS


class Failure(Exception):
    """A step that failed: what went wrong and what the reader can do."""

    def __init__(self, what, advice=""):
        super().__init__(what)
        self.what = what
        self.advice = advice


def say(text):
    """Tell the reader what goes on."""
    print(f"==> {text}", flush=True)


def run_main(main):
    """Run an entry point; turn a failure into a message and an exit code."""
    try:
        sys.exit(main(sys.argv[1:]))
    except Failure as failure:
        print(f"\nFAILED: {failure.what}", file=sys.stderr)
        if failure.advice:
            print(f"What to do: {failure.advice}", file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)


def run(command, step, advice="", **options):
    """Run a command quietly; on failure raise with the end of its output."""
    command = [str(part) for part in command]
    options.setdefault("stdin", subprocess.DEVNULL)
    try:
        done = subprocess.run(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
            **options,
        )
    except OSError as error:
        raise Failure(f"{step}: {error}", advice) from error
    if done.returncode:
        LOGS.mkdir(parents=True, exist_ok=True)
        log = LOGS / "failed-step.log"
        log.write_text(f"$ {' '.join(command)}\n{done.stdout}")
        tail = "\n".join(done.stdout.splitlines()[-15:])
        raise Failure(
            f"{step} (exit code {done.returncode})\n{tail}\n(full output: {log})",
            advice,
        )
    return done.stdout


def as_root(command):
    """Prefix a command so that it runs as root."""
    if os.geteuid() == 0:
        return command
    if not shutil.which("sudo"):
        raise Failure(
            "Debian packages are missing and only root may install them",
            f"as root, run: {' '.join(command)}",
        )
    return ["sudo", "--", *command]


@contextmanager
def lock(name):
    """Let only one process at a time do a thing (other users' runs wait)."""
    LOCAL.mkdir(parents=True, exist_ok=True)
    with open(LOCAL / f"{name}.lock", "w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


@contextmanager
def built_aside(target):
    """Give a temporary folder that becomes ``target`` only when all went well."""
    target = Path(target)
    aside = target.with_name(target.name + ".new")
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(parents=True)
    yield aside
    shutil.rmtree(target, ignore_errors=True)
    aside.rename(target)


def is_stamped(folder, stamp):
    """Whether the folder was completed for this very recipe."""
    file = Path(folder) / ".complete"
    return file.is_file() and file.read_text() == stamp


def write_stamp(folder, stamp):
    """Note that the folder is complete for this recipe."""
    (Path(folder) / ".complete").write_text(stamp)
