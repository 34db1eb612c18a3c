"""Template databases: what takes minutes to install is installed once and copied.

There are two levels: the addons of Odoo and OCA that ours depend on, and on top of
them ours. The name of a template carries a digest of all that decides its content.
"""

import hashlib
import json
import os
from contextlib import contextmanager

from . import paths
from .addons import digests, foreign_dependencies
from .odoo_run import problems
from .shell import lock, say

# The first is the language of new users, so tests read English texts
LANGUAGES = "en_US,zh_CN"
KEPT_TEMPLATES = 12
# Templates keep attachments in the database, so that a copy needs no files.
PREPARE = """
env["ir.config_parameter"].set_param("ir_attachment.location", "db")
env["ir.attachment"].force_storage()
env.cr.commit()
"""
# Made once and copied: the first page of a browser test else waits for them, on a busy machine
# longer than it may.
BUNDLES = ("web.assets_web", "web.assets_frontend", "web.assets_tests")


def short_digest(*parts):
    """A digest of things that can be printed as JSON."""
    text = json.dumps(parts, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:10]


def versions():
    """What tells one installation of Odoo and its libraries from another."""
    files = (paths.PREFIX / ".complete", paths.VENV / ".complete")
    return [file.read_text() if file.is_file() else "" for file in files]


class Templates:
    """The template databases on one PostgreSQL server."""

    def __init__(self, odoo):
        self.odoo = odoo
        self.server = odoo.server
        self.folder = paths.LOCAL / "templates"

    @contextmanager
    def config(self, database):
        """A configuration of its own: others may have other addons paths."""
        file = self.odoo.write_config(f"{database}-{os.getpid()}")
        try:
            yield file
        finally:
            file.unlink()

    def dependencies(self, addons):
        """A template with the foreign addons that these of ours depend on."""
        modules = foreign_dependencies(addons) or ["base"]
        name = f"template_deps_{short_digest(versions(), modules, LANGUAGES)}"
        with lock(name):
            if self.server.exists(name):
                return name
            say(f"preparing a database with {', '.join(modules)} (a minute or two)")
            new = f"{name}_new"
            self.server.drop(new)
            language = f"--load-language={LANGUAGES}"
            with self.config(new) as config:
                self.odoo.install(config, new, modules, language)
                self.odoo.script(config, new, PREPARE, "preparing a template failed")
            self.server.rename(new, name)
        self.forget_old()
        return name

    def with_addons(self, addons, demo=False):
        """A template with these addons of ours, and with their demo data if asked."""
        parts = (versions(), digests(addons), demo, BUNDLES)
        name = f"template_suite_{short_digest(*parts)}"
        dependencies = self.dependencies(addons)
        with lock(name):
            if self.server.exists(name):
                return name
            say(f"installing {', '.join(addons)}{' with demo data' if demo else ''}")
            new = f"{name}_new"
            self.server.clone(dependencies, new)
            options = []
            if demo:
                accept_demo_data(self.server, new)
                options.append("--with-demo")
            with self.config(new) as config:
                log = self.odoo.install(config, new, list(addons), *options)
                self.odoo.make_bundles(config, new, BUNDLES)
            self.folder.mkdir(parents=True, exist_ok=True)
            (self.folder / f"{name}.warnings").write_text("\n".join(problems(log)))
            self.server.rename(new, name)
        self.forget_old()
        return name

    def warnings(self, name):
        """What Odoo complained about while it installed a template."""
        file = self.folder / f"{name}.warnings"
        return file.read_text() if file.is_file() else ""

    def forget_old(self):
        """Drop the templates that were made long before the newest ones."""
        for level in ("deps", "suite"):
            old = self.server.query(
                "SELECT datname FROM pg_database"
                f" WHERE datname ~ '^template_{level}_[0-9a-f]+$'"
                f" ORDER BY oid DESC OFFSET {KEPT_TEMPLATES}"
            )
            for name in old.splitlines():
                self.server.drop(name)
                (self.folder / f"{name}.warnings").unlink(missing_ok=True)


def accept_demo_data(server, database):
    """Let our addons load demo data on top of addons that have none.

    Odoo loads the demo data of an addon only when all that it depends on has it.
    Ours stands on its own, so a demo company is not mixed with Odoo's examples.
    """
    server.query(
        "UPDATE ir_module_module SET demo = true WHERE state = 'installed'", database
    )
