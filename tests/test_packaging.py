"""Each addon is a wheel that an Odoo 19 finds and can install."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from lib.addons import foreign_dependencies, suite
from lib.databases import Templates, short_digest
from lib.odoo_run import Odoo
from lib.paths import ROOT, SETUP
from lib.postgres import chosen_server, cluster_for_tests

CONFIG = "[options]\nhttp_interface = 127.0.0.1\n"


def run(*command, **options):
    """Run a command; on failure show what it said."""
    done = subprocess.run(
        [str(part) for part in command],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        **options,
    )
    assert done.returncode == 0, done.stdout[-4000:]
    return done.stdout


def test_metapackage_names_every_addon():
    text = (SETUP / "_metapackage/pyproject.toml").read_text()
    named = set(re.findall(r'"odoo-addon-([\w-]+)==19\.0\.\*"', text))
    assert named == {name.replace("_", "-") for name in suite()}


@pytest.mark.parametrize("name", suite())
def test_addon_can_be_packaged(name):
    text = (suite()[name].path / "pyproject.toml").read_text()
    assert 'build-backend = "whool.buildapi"' in text


@pytest.fixture(scope="module")
def environment_with_wheels(tmp_path_factory):
    """A fresh Python environment with Odoo and the wheels of the suite, no sources."""
    folder = tmp_path_factory.mktemp("wheels")
    sources = [shutil.copytree(a.path, folder / a.name) for a in suite().values()]
    pip = [sys.executable, "-m", "pip", "-q", "--disable-pip-version-check"]
    for source in sources:
        # Without git the version is that of the manifest.
        run(
            *[*pip, "wheel", "--no-deps", "--no-index", "--no-build-isolation"],
            *["--wheel-dir", folder / "dist", source],
            env={**os.environ, "WHOOL_POST_VERSION_STRATEGY_OVERRIDE": "none"},
        )
    python = folder / "venv/bin/python"
    run(sys.executable, "-m", "venv", folder / "venv")
    (packages,) = (folder / "venv").glob("lib/python3*/site-packages")
    # The libraries, and Odoo itself, are those of the environment that runs the tests.
    (packages / "libraries.pth").write_text(
        "".join(
            f"import site; site.addsitedir({path!r})\n"
            for path in sys.path
            if path.endswith("-packages")
        )
    )
    wheels = sorted((folder / "dist").glob("*.whl"))
    assert len(wheels) == len(sources)
    pip[0] = python
    run(*pip, "install", "--no-deps", "--no-index", *wheels)
    return python, packages


def test_wheels_install_into_an_existing_odoo(environment_with_wheels):
    python, packages = environment_with_wheels
    server = chosen_server(cluster_for_tests)
    odoo = Odoo(server)
    odoo.python, odoo.addons_path = str(python), []
    name = f"wheels_{short_digest(os.getpid())}"
    config = odoo.write_config(name)
    try:
        server.clone(Templates(odoo).dependencies(suite()), name)
        code = "from odoo.modules import get_module_path\n"
        code += "".join(f"print(get_module_path({addon!r}))\n" for addon in suite())
        found = odoo.script(config, name, code, "looking for the addons failed")
        for addon in suite():
            assert str(packages / "odoo/addons" / addon) in found
            assert str(ROOT / "addons" / addon) not in found
        odoo.install(config, name, list(suite()))
    finally:
        config.unlink()
        odoo.drop_database(name)


def test_dependencies_can_be_had():
    """Every addon of others is Odoo's own or is provisioned from the OCA."""
    listed = (SETUP / "requirements-oca.txt").read_text()
    core = Path(__import__("odoo.addons.web", fromlist=["web"]).__file__).parents[1]
    for name in foreign_dependencies(suite()):
        oca = f"odoo-addon-{name.replace('_', '-')}=="
        assert (core / name).is_dir() or oca in listed
