"""The checks of ``setup/lint`` that need the suite installed in a database."""

import json
import subprocess
import tempfile
from pathlib import Path

from . import paths, translations
from .shell import Failure

ODOO_LINT_TESTS = (
    "docstring",
    "dunderinit",
    "i18n",
    "index",
    "jstranslate",
    "l10n",
    "manifests",
    "markers",
    "naming",
    "onchange_domains",
    "orm_import",
    "override_signatures",
    "pofile",
    "routes",
    "test_holes",
)


def checks():
    """Give the name of each check and its complaints."""
    with translations.suite_database("lint") as place:
        yield "Odoo's lint tests", odoo_lint_tests(place)
        yield "translations", "\n".join(translations.complaints(place))


def odoo_lint_tests(place):
    """Run the tests of Odoo's own lint addon over our addons."""
    odoo, config, database = place
    (folder,) = paths.PREFIX.glob("usr/lib/python3/dist-packages/odoo/addons/test_lint")
    files = [folder / f"tests/test_{name}.py" for name in ODOO_LINT_TESTS]
    command = [odoo.python, "-m", "pytest", "-p", "lib.in_odoo.lint_plugin"]
    command += ["--tb=short", f"--odoo-config={config}", f"--odoo-database={database}"]
    with tempfile.TemporaryDirectory() as temporary:
        result = Path(temporary) / "result.json"
        environment = {
            **odoo.environment(),
            "PYTHONPATH": str(paths.SETUP),
            "SUITE_LINT_RESULT": str(result),
        }
        done = subprocess.run(
            [*command, *files],
            cwd=paths.ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        found = json.loads(result.read_text()) if result.is_file() else {"tests": 0}
    if found["tests"] < len(files):
        raise Failure(f"Odoo's lint tests did not run\n{done.stdout[-3000:]}")
    return "\n".join(found["complaints"])
