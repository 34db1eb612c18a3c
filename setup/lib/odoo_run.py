"""Run Odoo: its configuration, its command line, scripts inside its shell."""

import configparser
import os
import re
import shutil
from pathlib import Path

from . import paths
from .shell import Failure, run

PROBLEM = re.compile(r"^\S+ \S+ \d+ (WARNING|ERROR|CRITICAL) ")


class Odoo:
    """An Odoo 19 with our addons on its path and a PostgreSQL server behind it."""

    def __init__(self, server, existing=None):
        self.server = server
        self.existing = existing
        self.python = str(existing.python if existing else paths.VENV / "bin/python")
        self.data_dir = paths.LOCAL / "data"
        self.addons_path = [*(existing.addons_path if existing else ()), paths.ADDONS]

    def write_config(self, name, **options):
        """Write a configuration file and return its path."""
        file = paths.LOCAL / f"{name}.conf"
        folders = [str(folder) for folder in self.addons_path if folder.is_dir()]
        values = {
            "addons_path": ",".join(folders),
            "data_dir": str(self.data_dir),
            "http_interface": "127.0.0.1",
            "list_db": "False",
            "log_level": "info",
            **self.server.odoo_options(),
            **options,
        }
        if not values["addons_path"]:
            del values["addons_path"]
        parser = configparser.RawConfigParser()
        parser["options"] = {key: str(value) for key, value in values.items()}
        Path(self.data_dir).mkdir(parents=True, exist_ok=True)
        with open(file, "w") as handle:
            parser.write(handle)
        file.chmod(0o600)
        return file

    def command(self, *arguments):
        """The command line that runs Odoo with these arguments."""
        return [self.python, "-m", "odoo", *[str(item) for item in arguments]]

    def environment(self):
        """The environment for Odoo's processes."""
        added = self.existing.environment() if self.existing else {}
        return {**os.environ, "TZ": "UTC", **added}

    def run(self, step, *arguments, stdin=None):
        """Run Odoo to its end; return its log."""
        options = {"input": stdin} if stdin else {}
        if stdin:
            options["stdin"] = None
        return run(
            self.command(*arguments),
            step,
            env=self.environment(),
            cwd=paths.ROOT,
            **options,
        )

    def install(self, config, database, modules, *options):
        """Install modules into a database (created when it does not exist)."""
        step = f"installing {', '.join(modules)} failed"
        return self.load(step, config, database, "-i", modules, *options)

    def upgrade(self, config, database, modules, *options):
        """Upgrade modules, and what depends on them, in a database that has them."""
        step = (
            f"upgrading {', '.join(modules)} failed; the database keeps the old state"
        )
        return self.load(step, config, database, "-u", modules, *options)

    def load(self, step, config, database, flag, modules, *options):
        """Install (-i) or upgrade (-u) modules; return Odoo's log."""
        log = self.run(
            step,
            *("-c", config, "-d", database, flag, ",".join(modules)),
            *("--stop-after-init", "--no-http", "--max-cron-threads=0", *options),
        )
        self.check_installed(database, modules, log)
        return log

    def check_installed(self, database, modules, log):
        """Odoo only warns about a module that it cannot install: be stricter."""
        names = ", ".join(f"'{name}'" for name in modules)
        installed = self.server.query(
            "SELECT name FROM ir_module_module"
            f" WHERE state = 'installed' AND name IN ({names})",
            database,
        ).splitlines()
        missing = [name for name in modules if name not in installed]
        if missing:
            said = "\n".join(["", *problems(log)])
            raise Failure(
                f"Odoo did not install {', '.join(missing)}{said}",
                "check the addons path, the manifest and its dependencies",
            )

    def rename_database(self, database, name):
        """Give a database another name, and its files with it."""
        self.server.rename(database, name)
        files = self.data_dir / "filestore" / name
        shutil.rmtree(files, ignore_errors=True)
        if files.with_name(database).is_dir():
            files.with_name(database).rename(files)

    def drop_database(self, database):
        """Remove a database and its files."""
        self.server.drop(database)
        shutil.rmtree(self.data_dir / "filestore" / database, ignore_errors=True)

    def script(self, config, database, code, step):
        """Run Python code in Odoo's shell; it must commit by itself."""
        guarded = "try:\n" + "".join(f"    {line}\n" for line in code.splitlines())
        guarded += "except BaseException:\n    import os, traceback\n"
        guarded += "    traceback.print_exc()\n    os._exit(1)\n"
        arguments = ["shell", "-c", config, "-d", database, "--no-http"]
        return run(
            self.command(*arguments, "--shell-interface=python"),
            step,
            env=self.environment(),
            cwd=paths.ROOT,
            input=guarded,
            stdin=None,
        )

    def make_bundles(self, config, database, bundles):
        """Make the styles and scripts of pages, which else the first visitor waits for.

        :param bundles: names such as ``web.assets_web``
        """
        code = (
            f"for bundle in {tuple(bundles)!r}:\n"
            "    assets = env['ir.qweb']._get_asset_bundle(bundle, css=True, js=True)\n"
            "    assets.css()\n"
            "    assets.js()\n"
            "env.cr.commit()"
        )
        self.script(config, database, code, "making styles and scripts failed")


def problems(log):
    """The warnings and errors in a log, each with its traceback lines."""
    found, keep = [], False
    for line in log.splitlines():
        if re.match(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d+ \d+ ", line):
            keep = bool(PROBLEM.match(line))
        if keep:
            found.append(line)
    return found


def last_lines(file, count=15):
    """The end of a log file."""
    try:
        return "\n".join(Path(file).read_text(errors="replace").splitlines()[-count:])
    except OSError:
        return ""
