"""Use an Odoo 19 that is already on this machine instead of installing one."""

import os
import subprocess
import sys
from pathlib import Path

from . import paths
from .addons import foreign_dependencies, suite
from .shell import Failure

PROBE = """
import sys
import odoo.release
from odoo.modules import module
from odoo.tools import config
config.parse_config(sys.argv[2:], setup_logging=False)
module.initialize_sys_path()
missing = [n for n in sys.argv[1].split(",") if not module.Manifest.for_addon(n)]
print("PROBE", odoo.release.series, ",".join(missing))
"""


def python_of(source):
    """The Python that runs a source folder: of its virtual environment, the active one, or this one.

    :param Path source: the folder of odoo-bin
    """
    active = os.environ.get("VIRTUAL_ENV")
    for folder in (source / ".venv", source / "venv", active and Path(active)):
        if folder and (folder / "bin/python").exists():
            return folder / "bin/python"
    return Path(sys.executable)


class ExistingOdoo:
    """An Odoo source folder, or the Python that can import Odoo."""

    def __init__(self, place, addons_path=()):
        place = Path(place).expanduser().absolute()
        self.addons_path = [Path(folder).absolute() for folder in addons_path]
        self.source = None
        if place.is_file() and os.access(place, os.X_OK):
            self.python = place
        elif (place / "bin/python").exists():  # a virtual environment
            self.python = place / "bin/python"
        elif (place / "odoo/release.py").is_file():
            self.source = place
            self.python = python_of(place)
        else:
            raise Failure(
                f"{place} is neither an Odoo source folder (with odoo/release.py) "
                "nor a Python that can import Odoo",
                "name the folder of odoo-bin, a virtual environment, or its python",
            )

    def environment(self):
        """What to add to the environment of Odoo's processes."""
        if not self.source:
            return {}
        parts = [str(self.source), os.environ.get("PYTHONPATH", "")]
        return {"PYTHONPATH": os.pathsep.join(filter(None, parts))}

    def check(self):
        """Check that it is Odoo 19 and has the addons that ours depend on."""
        wanted = foreign_dependencies(suite()) or ["base"]
        command = [str(self.python), "-c", PROBE, ",".join(wanted)]
        folders = [str(path) for path in self.addons_path]
        if folders:
            command.append(f"--addons-path={','.join(folders)}")
        done = subprocess.run(
            command,
            cwd=paths.ROOT,
            env={**os.environ, **self.environment()},
            capture_output=True,
            text=True,
            check=False,
        )
        answer = [line for line in done.stdout.splitlines() if line.startswith("PROBE")]
        if done.returncode or not answer:
            raise Failure(
                f"{self.python} cannot import Odoo\n{done.stderr.strip()[-1500:]}",
                "run this command in the virtual environment that has the requirements of your Odoo"
                if self.source
                else "name the Python or virtual environment that runs your Odoo",
            )
        _, series, missing = (answer[-1] + " ").split(" ")[:3]
        if series != paths.ODOO_SERIES:
            raise Failure(
                f"that is Odoo {series}", f"Odoo {paths.ODOO_SERIES} is needed"
            )
        if missing:
            names = missing.replace(",", ", ")
            raise Failure(
                f"that Odoo lacks the addons {names}",
                f"{self.python} -m pip install --no-deps -r setup/requirements-oca.txt "
                "installs those of the OCA; or name their folder with --addons-path",
            )
