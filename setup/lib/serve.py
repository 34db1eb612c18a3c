"""``setup/serve``: from a fresh machine to a running company in one command."""

import argparse
import os
import shutil

from . import paths
from .addons import digests, suite
from .company import LANGUAGES, Company
from .existing_odoo import ExistingOdoo
from .odoo_env import ensure_odoo
from .odoo_run import Odoo
from .postgres import chosen_server, serving_cluster
from .server_process import ServerProcess
from .shell import Failure, lock, say

DESCRIPTION = """\
Install what is missing, create a database with a demo company, and serve the suite on
127.0.0.1. Run it again to continue where it failed, to bring the database to changed
code, or just to see the address. State is kept in .local/ (see --reset).
"""
ENVIRONMENT = """\
An existing PostgreSQL server is used when PGHOST is set (a host or a socket folder; with
PGPORT, PGUSER, PGPASSWORD as for psql). An existing Odoo 19 is used when --odoo or the
variable SUITE_ODOO names its source folder, its virtual environment or its python.
"""


def port_number(text):
    """A port from the command line."""
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise argparse.ArgumentTypeError(f"{text} is no port: a number from 1 to 65535")
    return int(text)


def parse(argv):
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="setup/serve",
        description=DESCRIPTION,
        epilog=ENVIRONMENT,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add(
        "--port",
        type=port_number,
        help="port on 127.0.0.1 (default: where it runs already, else 8069)",
    )
    add(
        "--language",
        choices=LANGUAGES,
        help="language in which a new database speaks: company, administrator, demo users "
        "(default: zh_CN); afterwards all choose their own in their preferences",
    )
    add("--without-demo", action="store_true", help="an empty company instead")
    add("--database", help="name of the database (default: suite_demo or suite)")
    add("--odoo", default=os.environ.get("SUITE_ODOO"), help="an existing Odoo 19")
    add(
        "--addons-path",
        default="",
        help="folders with further addons for it, divided by commas",
    )
    add("--stop", action="store_true", help="stop the server and its PostgreSQL")
    add("--reset", action="store_true", help="delete the database, then start afresh")
    return parser.parse_args(argv)


def main(argv):
    """Entry point."""
    options = parse(argv)
    options.database = options.database or (
        "suite" if options.without_demo else "suite_demo"
    )
    with lock("serve"):
        if options.stop:
            return stop()
        return serve(options)


def stop():
    """Stop what ``setup/serve`` started."""
    was_running = ServerProcess().stop()
    if not os.environ.get("PGHOST") and (paths.LOCAL / "serve.conf").exists():
        serving_cluster().stop()
    say("stopped" if was_running else "nothing was running")
    return 0


def provide_odoo(options):
    """The existing Odoo that was asked for, or none after installing our own."""
    if options.odoo:
        folders = [folder for folder in options.addons_path.split(",") if folder]
        existing = ExistingOdoo(options.odoo, folders)
        existing.check()
        return existing
    ensure_odoo()
    return None


def serve(options):
    """Bring everything up and tell the address."""
    check_disk()
    existing = provide_odoo(options)
    server = chosen_server(serving_cluster)
    server.start()
    process = ServerProcess()
    options.port = options.port or (process.running() or {}).get("port", 8069)
    odoo = Odoo(server, existing)
    addons = suite()
    config = odoo.write_config(
        "serve",
        db_name=options.database,
        dbfilter=f"^{options.database}$",
        http_port=options.port,
        max_cron_threads=1,
    )
    company = Company(
        odoo, config, options.database, addons, demo=not options.without_demo
    )
    if options.reset:
        process.stop()
        odoo.drop_database(options.database)
    prepare(company, process, options)
    facts = {
        "port": options.port,
        "database": options.database,
        "code": digests(addons),
    }
    running = process.running()
    if not running or any(running.get(key) != facts[key] for key in facts):
        process.stop()
        company.set_address(f"http://127.0.0.1:{options.port}")
        say("starting Odoo")
        process.start(odoo, config, **facts)
    tell(company, options.port, process.log)
    return 0


def prepare(company, process, options):
    """Create the database, or bring it to the present code."""
    if not company.server.exists(options.database):
        process.stop()
        process.check_port(options.port)
        company.create(options.language or LANGUAGES[0])
        return
    changed = company.changed()
    if changed:
        process.stop()
        company.upgrade(changed)
    if options.language:
        say(
            f"the database {options.database} exists: --language changes nobody's language; "
            "choose it in the preferences, or start afresh with --reset"
        )


def check_disk():
    """Fail before the disk is full."""
    paths.LOCAL.mkdir(parents=True, exist_ok=True)
    needed = 1 if (paths.PREFIX / ".complete").exists() else 5
    if shutil.disk_usage(paths.LOCAL).free < needed * 2**30:
        raise Failure(
            f"less than {needed} GB are free on the disk of {paths.LOCAL}",
            "make room there, then run the command again",
        )


def tell(company, port, log):
    """Say where the suite is and who may enter."""
    rows = [("admin", "admin", "Administrator")]
    for login, name, role in company.demo_users():
        rows.append((login, login, f"{name} {role}".strip()))
    width = max(len(row[0]) for row in rows)
    print(f"\nThe suite is at  http://127.0.0.1:{port}\n")
    print(f"  {'login':{width}}  {'password':{width}}  who")
    for login, password, who in rows:
        print(f"  {login:{width}}  {password:{width}}  {who}")
    print(f"\nLog: {log}\nStop it with: setup/serve --stop")
