"""Odoo 19, its Python environment and the OCA addons, below ``.local/``."""

import hashlib
import os
import sys

from . import paths
from .debian import PrivateApt, ensure_packages
from .shell import Failure, built_aside, is_stamped, lock, run, say, write_stamp

PIP_ADVICE = (
    "check the network and pip's configuration ('pip download six' must work), "
    "then run the command again"
)


def recipe(*files):
    """A short digest of the files that decide what is built."""
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def ensure_odoo_prefix():
    """Unpack Odoo 19 and what it links to below ``.local/odoo``."""
    stamp = repr((paths.ODOO_PACKAGE, paths.LINKED_PACKAGES, paths.MISSING_FILES))
    if is_stamped(paths.PREFIX, stamp):
        return
    say("downloading and unpacking Odoo 19 (about 150 MB)")
    apt = PrivateApt(paths.LINKED_PACKAGES)
    apt.update()
    with built_aside(paths.PREFIX) as prefix:
        apt.unpack(paths.ODOO_PACKAGE, "sid", prefix)
        for suite, packages in paths.LINKED_PACKAGES.items():
            for package in packages:
                apt.unpack(package, suite, prefix)
        addons = prefix / "usr/lib/python3/dist-packages/odoo/addons"
        for name in paths.MISSING_FILES:
            file = addons / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.touch()
        check_links(addons / "web", prefix)
        write_stamp(prefix, stamp)


def check_links(folder, prefix):
    """Fail when a link of Odoo's web client leads nowhere."""
    broken = [
        file
        for file in folder.rglob("*")
        if file.is_symlink() and not file.resolve().exists()
    ]
    if broken:
        raise Failure(
            f"Odoo's package has broken links, e.g. {broken[0].relative_to(prefix)}"
            f" -> {os.readlink(broken[0])}",
            "add the Debian package with that file to LINKED_PACKAGES",
        )


def python_for_venv():
    """A Python that Odoo 19 runs on."""
    if (3, 11) <= sys.version_info[:2] <= (3, 13):
        return sys.executable
    raise Failure(
        f"Python 3.11 to 3.13 is needed, this is {sys.version.split()[0]}",
        "start the command with another one, for example: python3.12 setup/serve",
    )


def ensure_venv():
    """Build the Python environment that runs Odoo, if it is not there."""
    requirements = paths.SETUP / "requirements.txt"
    oca = paths.SETUP / "requirements-oca.txt"
    constraints = paths.SETUP / "constraints.txt"
    stamp = recipe(requirements, oca, constraints)
    if is_stamped(paths.VENV, stamp):
        return
    say("installing Python packages (some minutes)")
    step = "installing Python packages failed"
    if not (paths.VENV / "bin/pip").exists():
        run(
            [python_for_venv(), "-m", "venv", "--clear", paths.VENV],
            "creating the Python environment failed",
            "install Debian's python3-venv",
        )
    pip = [paths.VENV / "bin/pip", "install", "-q", "--disable-pip-version-check"]
    pip += ["-c", constraints]
    run([*pip, "-r", requirements], step, PIP_ADVICE)
    run([*pip, "--no-deps", "-r", oca], step, PIP_ADVICE)
    link = next(paths.VENV.glob("lib/python3*/site-packages")) / "odoo-prefix.pth"
    link.write_text(f"{paths.PREFIX / 'usr/lib/python3/dist-packages'}\n")
    write_stamp(paths.VENV, stamp)


def ensure_odoo(extra_packages=()):
    """Provide all that is needed to run Odoo."""
    with lock("provision"):
        ensure_packages({**paths.SERVER_PACKAGES, **dict(extra_packages)})
        ensure_odoo_prefix()
        ensure_venv()
