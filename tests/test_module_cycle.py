"""Install, upgrade, uninstall, install again: nothing of ours stays, nothing of others goes."""

import os
from contextlib import contextmanager

import pytest

from lib.addons import all_addons
from lib.databases import Templates, short_digest
from lib.odoo_run import Odoo, problems
from lib.postgres import chosen_server, cluster_for_tests

# What a database consists of: each query gives names that no addon may leave behind.
INVENTORY = {
    "tables and views": """
        SELECT relname FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace
         WHERE nspname = 'public' AND relkind IN ('r', 'v', 'm', 'p')""",
    "columns": """
        SELECT table_name || '.' || column_name FROM information_schema.columns
         WHERE table_schema = 'public'""",
    "database functions": """
        SELECT proname FROM pg_proc JOIN pg_namespace n ON n.oid = pronamespace
         WHERE nspname = 'public'""",
    "triggers": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal",
    "models": "SELECT model FROM ir_model",
    "fields": "SELECT model || '.' || name FROM ir_model_fields",
    # Odoo itself forgets the names that mail and the like gave to rows, long gone,
    # which describe selections and ancestors of an uninstalled addon's models.
    "xml ids": """
        SELECT module || '.' || name FROM ir_model_data
         WHERE NOT (module = 'base' AND name LIKE 'module_%')
           AND model NOT IN ('ir.model.inherit', 'ir.model.fields.selection')""",
    "ancestors of models": "SELECT model_id || ' ' || parent_id FROM ir_model_inherit",
    "selections": "SELECT field_id || ' ' || value FROM ir_model_fields_selection",
    "menus": "SELECT name->>'en_US' FROM ir_ui_menu",
    "scheduled jobs": "SELECT cron_name FROM ir_cron",
    "record rules": "SELECT coalesce(name, id::text) FROM ir_rule",
    "access lines": "SELECT name FROM ir_model_access",
    "groups": "SELECT name->>'en_US' FROM res_groups",
    "actions": "SELECT type || ' ' || (name->>'en_US') FROM ir_actions",
    "views": "SELECT coalesce(key, name) FROM ir_ui_view",
    "sequences": "SELECT coalesce(code, name) FROM ir_sequence",
    "activity types": "SELECT name->>'en_US' FROM mail_activity_type",
    "mail templates": "SELECT name->>'en_US' FROM mail_template",
    "system parameters": "SELECT key FROM ir_config_parameter",
    "defaults": "SELECT field_id || json_value FROM ir_default",
    "attachments of models": """
        SELECT DISTINCT res_model FROM ir_attachment
         WHERE res_model IS NOT NULL AND res_model NOT LIKE 'ir.%'""",
}


@pytest.fixture(scope="module")
def place():
    """Odoo, its configuration, the templates, and a copier of databases."""
    server = chosen_server(cluster_for_tests)
    odoo = Odoo(server)
    name = f"cycle_{short_digest(os.getpid())}"
    config = odoo.write_config(name)

    @contextmanager
    def copy(template):
        server.clone(template, name)
        try:
            yield name
        finally:
            odoo.drop_database(name)

    yield odoo, config, Templates(odoo), copy
    config.unlink()


def inventory(server, database):
    """All that there is in a database, by kind."""
    return {
        kind: set(server.query(query, database).splitlines())
        for kind, query in INVENTORY.items()
    }


def differences(before, after):
    """What came to stay and what was lost, as lines."""
    lines = []
    for kind, names in before.items():
        lines += [f"left behind, {kind}: {name}" for name in after[kind] - names]
        lines += [f"lost, {kind}: {name}" for name in names - after[kind]]
    return sorted(lines)


def test_upgrade_says_nothing_and_keeps_what_is_there(place):
    """All addons again, in a database where an administrator has settings."""
    odoo, config, templates, copy = place
    addons = all_addons()
    settings = "SELECT id, amount FROM clock_policy ORDER BY id"
    with copy(templates.with_addons(addons)) as database:
        odoo.server.query("UPDATE clock_policy SET amount = amount + 1", database)
        before = inventory(odoo.server, database)
        chosen = odoo.server.query(settings, database)
        assert chosen, "there are settings that could get lost"
        log = odoo.upgrade(config, database, list(addons))
        assert not problems(log), "Odoo complained while upgrading"
        found = differences(before, inventory(odoo.server, database))
        assert not found, "\n".join(found)
        assert odoo.server.query(settings, database) == chosen, "settings are lost"


def test_uninstall_leaves_nothing_and_reinstall_works(place):
    odoo, config, templates, copy = place
    addons = all_addons()
    with copy(templates.dependencies(addons)) as database:
        before = inventory(odoo.server, database)
    with copy(templates.with_addons(addons)) as database:
        names = ["-c", config, "-d", database]
        for addon in reversed(addons):
            log = odoo.run(
                f"uninstalling {addon} failed", "module", "uninstall", *names, addon
            )
            assert not problems(log), f"Odoo complained while uninstalling {addon}"
            assert not odoo.server.query(
                f"SELECT name FROM ir_model_data WHERE module = '{addon}'", database
            ), f"xml ids of {addon} are left"
        found = differences(before, inventory(odoo.server, database))
        assert not found, "\n".join(found)
        log = odoo.install(config, database, list(addons))
        assert not problems(log), "Odoo complained while installing again"
