"""The database that ``setup/serve`` shows: a manufacturer in China, in two languages."""

from .addons import digests, foreign_dependencies
from .databases import accept_demo_data
from .shell import say

LANGUAGES = ("zh_CN", "en_US")
DIGEST_PARAMETER = "suite.addon_digest"
# Before accounting is installed, so that it finds the chart of accounts of China.
COMPANY = """
china = env.ref("base.cn")
company = env.ref("base.main_company")
company.write({{"name": "华岳精密制造有限公司 Huayue Precision", "country_id": china.id}})
company.currency_id = env.ref("base.CNY")
company.currency_id.active = True
company.partner_id.write({{"lang": "{language}", "tz": "Asia/Shanghai"}})
env.ref("base.user_admin").write({{"lang": "{language}", "tz": "Asia/Shanghai"}})
env["ir.default"].set("res.partner", "lang", "{language}")
env["ir.default"].set("res.partner", "tz", "Asia/Shanghai")
env.cr.commit()
"""
# After the demo data, whose users speak the first language: a new database has nobody else yet.
LANGUAGE = """
users = env["res.users"].search([("share", "=", False)])
users.write({{"lang": "{language}"}})
env["ir.default"].set("res.partner", "lang", "{language}")
env.cr.commit()
"""
# Of the login page and of the web client
BUNDLES = ("web.assets_frontend", "web.assets_frontend_lazy", "web.assets_web")
INSTALLED_FROM = f"""
SELECT module.name, parameter.value
  FROM ir_config_parameter parameter
  JOIN ir_module_module module ON parameter.key = '{DIGEST_PARAMETER}.' || module.name
 WHERE module.state = 'installed'
"""
# The engine that makes PDF asks this address for styles, and codes to scan lead to it; one that
# was set for people elsewhere is left.
ADDRESS = """
INSERT INTO ir_config_parameter (key, value) VALUES ('report.url', '{url}')
    ON CONFLICT (key) DO UPDATE SET value = EXCLUDED.value;
UPDATE ir_config_parameter SET value = '{url}'
 WHERE key = 'web.base.url' AND value ~ '^http://(localhost|127[.]0[.]0[.]1)(:[0-9]+)?$'
"""
DEMO_USERS = """
SELECT users.login, partner.name, coalesce(partner.function, '')
  FROM res_users users
  JOIN res_partner partner ON partner.id = users.partner_id
  JOIN ir_model_data data ON data.model = 'res.users' AND data.res_id = users.id
 WHERE users.active AND data.module IN ({modules})
 ORDER BY users.id
"""


class Company:
    """One database with the suite."""

    def __init__(self, odoo, config, database, addons, demo):
        self.odoo = odoo
        self.server = odoo.server
        self.config = config
        self.database = database
        self.addons = addons
        self.demo = demo

    def create(self, language):
        """Create the database under another name and rename it when it is complete."""
        if self.server.exists(self.database):
            return
        new = f"{self.database}_new"
        self.odoo.drop_database(new)
        say(f"creating the database {self.database} (about two minutes)")
        load = f"--load-language={','.join(LANGUAGES)}"
        self.odoo.install(self.config, new, ["base", "web"], load)
        self.script(COMPANY, new, language)
        modules = foreign_dependencies(self.addons)
        if modules:
            self.odoo.install(self.config, new, modules)
        if self.demo:
            accept_demo_data(self.server, new)
        say(f"installing {', '.join(self.addons)}{' with demo data' * self.demo}")
        self.install(new, list(self.addons))
        if self.demo and language != LANGUAGES[0]:
            self.script(LANGUAGE, new, language)
        self.odoo.make_bundles(self.config, new, BUNDLES)
        self.remember(new)
        self.odoo.rename_database(new, self.database)

    def script(self, code, database, language):
        """Run one of the scripts above."""
        step = "preparing the company failed"
        self.odoo.script(self.config, database, code.format(language=language), step)

    def install(self, database, modules):
        """Install addons of ours."""
        if modules:
            options = ["--with-demo"] if self.demo else []
            self.odoo.install(self.config, database, modules, *options)

    def remember(self, database):
        """Note in the database which code of the addons it was made by."""
        for name, digest in digests(self.addons).items():
            self.server.query(
                "INSERT INTO ir_config_parameter (key, value)"
                f" VALUES ('{DIGEST_PARAMETER}.{name}', '{digest}')"
                " ON CONFLICT (key) DO UPDATE SET value = EXCLUDED.value",
                database,
            )

    def set_address(self, url):
        """Let prints and codes of the database use the address at which it is served."""
        self.server.query(ADDRESS.format(url=url), self.database)

    def changed(self):
        """The addons whose code is not the one that the database was made by."""
        lines = self.server.query(INSTALLED_FROM, self.database)
        known = dict(line.split("|") for line in lines.splitlines())
        current = digests(self.addons)
        return [name for name in current if known.get(name) != current[name]]

    def upgrade(self, names):
        """Bring the database to the present code of these addons."""
        quoted = ", ".join(f"'{name}'" for name in names)
        installed = self.server.query(
            "SELECT name FROM ir_module_module"
            f" WHERE state <> 'uninstalled' AND name IN ({quoted})",
            self.database,
        ).splitlines()
        old = [name for name in names if name in installed]
        if old:
            say(f"upgrading {', '.join(old)}: the code has changed")
            options = ["--with-demo"] if self.demo else []
            self.odoo.upgrade(self.config, self.database, old, *options)
        new = [name for name in names if name not in installed]
        if new:
            say(f"installing {', '.join(new)}")
            self.install(self.database, new)
        self.remember(self.database)

    def demo_users(self):
        """Rows of login, name and role: the users that our demo data created."""
        modules = ", ".join(f"'{name}'" for name in self.addons) or "''"
        rows = self.server.query(DEMO_USERS.format(modules=modules), self.database)
        return [tuple(line.split("|")) for line in rows.splitlines()]
