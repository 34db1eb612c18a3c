"""``setup/i18n``: the terms of the addons and their Chinese translations."""

import argparse
import json
import os
import tempfile
from contextlib import contextmanager
from pathlib import Path

from . import paths
from .addons import all_addons, suite, with_dependencies
from .databases import Templates, short_digest
from .odoo_env import ensure_odoo
from .odoo_run import Odoo
from .postgres import chosen_server, cluster_for_tests
from .shell import say

DESCRIPTION = """\
Export the terms of the addons from a database (i18n/ADDON.pot) and bring the Chinese
translations (i18n/zh_CN.po) to them: new terms are added, those that Odoo or another
addon of ours already translates are filled in, those no longer used are removed.
"""
CALL = """
import sys
sys.path.insert(0, {setup!r})
sys.dont_write_bytecode = True
from lib.in_odoo import terms
terms.{function}(env, {arguments})
"""


@contextmanager
def suite_database(purpose, demo=False):
    """A throw-away database with all our addons: gives Odoo, its config, the name."""
    ensure_odoo(paths.TEST_PACKAGES)
    server = chosen_server(cluster_for_tests)
    server.start()
    odoo = Odoo(server)
    template = Templates(odoo).with_addons(all_addons(), demo)
    database = f"{purpose}_{short_digest(str(paths.ROOT), os.getpid())}"
    server.clone(template, database)
    config = odoo.write_config(database)
    try:
        yield odoo, config, database
    finally:
        config.unlink(missing_ok=True)
        odoo.drop_database(database)


def call(place, function, *arguments):
    """Run one of the functions in ``in_odoo/terms.py`` in a database."""
    odoo, config, database = place
    code = CALL.format(
        setup=str(paths.SETUP),
        function=function,
        arguments=", ".join(map(repr, arguments)),
    )
    return odoo.script(config, database, code, f"terms: {function} failed")


def complaints(place):
    """What is wrong with the translations, one line each."""
    folders = [str(addon.path) for addon in suite().values()]
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "complaints.json"
        call(place, "check", folders, str(output))
        return json.loads(output.read_text())


def main(argv):
    """Entry point."""
    parser = argparse.ArgumentParser(prog="setup/i18n", description=DESCRIPTION)
    parser.add_argument("addons", nargs="*", help="addons of ours (default: all)")
    options = parser.parse_args(argv)
    addons = with_dependencies(options.addons) if options.addons else suite()
    if options.addons:
        addons = {name: addons[name] for name in options.addons}
    with suite_database("terms") as place:
        folders = [str(addon.path) for addon in addons.values()]
        printed = call(
            place, "update", folders, [str(addon.path) for addon in suite().values()]
        )
    for line in printed.splitlines():
        if line.startswith("TERMS "):
            say(line.removeprefix("TERMS "))
    return 0
