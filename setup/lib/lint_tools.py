"""Provide the linters: Python ones in an environment of their own, prettier by npm."""

from . import paths
from .debian import ensure_packages
from .odoo_env import PIP_ADVICE, python_for_venv, recipe
from .shell import is_stamped, lock, run, say, write_stamp

NPM_ADVICE = (
    "check the network and npm's configuration ('npm view prettier version' must "
    "work), then run the command again"
)


def ensure_lint_tools():
    """Install the linters that are missing."""
    with lock("provision"):
        ensure_packages(paths.LINT_PACKAGES)
        ensure_python_linters()
        ensure_prettier()


def ensure_python_linters():
    """Install ruff, pylint-odoo and the OCA's checks."""
    requirements = paths.SETUP / "requirements-lint.txt"
    constraints = paths.SETUP / "constraints-lint.txt"
    stamp = recipe(requirements, constraints)
    if is_stamped(paths.LINT_VENV, stamp):
        return
    say("installing the Python linters")
    step = "installing the Python linters failed"
    if not (paths.LINT_VENV / "bin/pip").exists():
        run([python_for_venv(), "-m", "venv", "--clear", paths.LINT_VENV], step)
    pip = [paths.LINT_VENV / "bin/pip", "install", "-q", "-c", constraints]
    run([*pip, "-r", requirements], step, PIP_ADVICE)
    write_stamp(paths.LINT_VENV, stamp)


def ensure_prettier():
    """Install prettier and its XML plugin."""
    listing = paths.SETUP / "package-lint.txt"
    stamp = recipe(listing)
    if is_stamped(paths.NODE, stamp):
        return
    say("installing prettier")
    paths.NODE.mkdir(parents=True, exist_ok=True)
    npm = ["npm", "install", "--no-save", "--no-fund", "--no-audit", "--prefix"]
    run(
        [*npm, paths.NODE, *listing.read_text().split()],
        "installing prettier failed",
        NPM_ADVICE,
    )
    write_stamp(paths.NODE, stamp)
