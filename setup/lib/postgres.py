"""A PostgreSQL cluster of our own: no TCP, its socket in a private folder."""

import hashlib
import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path

from .paths import LOCAL
from .shell import Failure, lock, run, say

ROLE = "odoo"
ACCOUNT = "postgres"  # runs the server processes when we are root
SOCKET_PATH_LIMIT = 100
SETTINGS = {
    "listen_addresses": "''",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "max_wal_size": "2GB",
    # installing apps and long tests lock thousands of tables and indexes in one transaction each
    "max_locks_per_transaction": "256",
    "random_page_cost": "1.1",
    "unix_socket_permissions": "0777",
    "logging_collector": "off",
}
TEST_SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum_naptime": "5min",
}


def binary(name):
    """The newest installed PostgreSQL server program of that name."""
    found = sorted(
        Path("/usr/lib/postgresql").glob(f"*/bin/{name}"),
        key=lambda path: float(path.parts[-3]),
    )
    if found:
        return str(found[-1])
    on_path = shutil.which(name)
    if on_path:
        return on_path
    raise Failure(f"PostgreSQL's {name} is missing", "apt-get install postgresql")


def reachable_by_others(folder):
    """Whether an unprivileged account can enter the folder."""
    for part in (folder, *folder.parents):
        if part.exists() and not part.stat().st_mode & 0o001:
            return False
    return True


class ExistingServer:
    """A PostgreSQL server that somebody else runs, named by PGHOST and the like."""

    def __init__(self, environment=os.environ):
        self.host = environment.get("PGHOST", "")
        self.port = environment.get("PGPORT", "")
        self.user = environment.get("PGUSER", "")
        self.password = environment.get("PGPASSWORD", "")

    def start(self):
        """Check that the server answers and lets us create databases."""
        if self.user == "postgres":
            raise Failure(
                "Odoo refuses to work as PostgreSQL's superuser 'postgres'",
                "create a role (CREATE ROLE odoo LOGIN CREATEDB) and name it in PGUSER",
            )
        try:
            allowed = self.query(
                "SELECT rolcreatedb OR rolsuper FROM pg_roles"
                " WHERE rolname = current_user"
            )
        except Failure as failure:
            raise Failure(
                f"the PostgreSQL server at PGHOST={self.host} does not answer\n"
                f"{failure.what}",
                "check PGHOST, PGPORT, PGUSER and PGPASSWORD, or unset PGHOST",
            ) from failure
        if allowed != "t":
            raise Failure(
                "the PostgreSQL role may not create databases",
                "ALTER ROLE … CREATEDB, or name another one in PGUSER",
            )

    def stop(self):
        """Leave somebody else's server alone."""

    def odoo_options(self):
        """The connection as Odoo's configuration names it."""
        options = {"db_host": self.host, "db_port": self.port, "db_user": self.user}
        options["db_password"] = self.password
        return {name: value for name, value in options.items() if value}

    def environment(self):
        """The connection as libpq's programs read it."""
        values = {"PGHOST": self.host, "PGPORT": self.port, "PGUSER": self.user}
        values["PGPASSWORD"] = self.password
        return {
            **os.environ,
            **{name: value for name, value in values.items() if value},
        }

    def run(self, program, *arguments, step=None):
        """Run one of PostgreSQL's client programs."""
        step = step or f"{program} failed"
        return run([program, *arguments], step, env=self.environment())

    def query(self, sql, database="postgres"):
        """Run one statement; rows come as lines, columns divided by ``|``."""
        arguments = ["-XAtq", "-v", "ON_ERROR_STOP=1", "-d", database, "-c", sql]
        return self.run("psql", *arguments, step="a query failed").strip()

    def exists(self, database):
        """Whether there is a database of that name."""
        return bool(
            self.query(f"SELECT 1 FROM pg_database WHERE datname = '{database}'")
        )

    def drop(self, database):
        """Remove a database together with the connections to it."""
        self.run("dropdb", "--if-exists", "--force", database)

    def clone(self, template, database):
        """Make ``database`` a copy of ``template``, replacing what was there."""
        self.drop(database)
        with lock("clone-database"):  # a template in use cannot be copied
            self.run("createdb", "-T", template, database)

    def rename(self, database, name):
        """Give a database another name."""
        self.drop(name)
        self.query(f'ALTER DATABASE "{database}" RENAME TO "{name}"')


class Cluster(ExistingServer):
    """A cluster below ``.local/`` (or elsewhere, when its account may not go there)."""

    def __init__(self, name="postgres", settings=None):
        digest = hashlib.sha256(str(LOCAL).encode()).hexdigest()[:8]
        self.account = None
        base = LOCAL
        if os.geteuid() == 0:
            self.account = pwd.getpwnam(ACCOUNT)
            if not reachable_by_others(LOCAL):
                base = Path("/var/lib/odoo-suite") / digest
        self.base = base
        self.data = base / name / "data"
        self.sockets = base / name
        self.log = base / name / "server.log"
        if len(str(self.sockets)) > SOCKET_PATH_LIMIT - len("/.s.PGSQL.5432"):
            owner = f"{os.geteuid()}-{digest}"
            self.sockets = Path(tempfile.gettempdir()) / f"odoo-suite-{owner}-{name}"
        self.settings = {**SETTINGS, **(settings or {})}
        super().__init__({"PGHOST": str(self.sockets), "PGUSER": ROLE})

    def unprivileged(self, command):
        """Run as the account that may run PostgreSQL's server programs."""
        if self.account:
            return ["runuser", "-u", ACCOUNT, "--", *command]
        return command

    def own(self, folder):
        """Create a folder that belongs to the account."""
        folder.mkdir(parents=True, exist_ok=True, mode=0o755)
        if self.account:
            os.chown(folder, self.account.pw_uid, self.account.pw_gid)
            folder.chmod(0o700)
        else:
            folder.chmod(0o700)

    def create(self):
        """Create the cluster unless there is one."""
        if (self.data / "PG_VERSION").exists():
            return
        say("creating a PostgreSQL cluster")
        self.own(self.sockets)
        self.own(self.data.parent)
        aside = self.data.with_name("data.new")
        shutil.rmtree(aside, ignore_errors=True)
        options = ["-A", "trust", "-U", ROLE, "-E", "UTF8", "--locale=C.UTF-8"]
        run(
            self.unprivileged([binary("initdb"), "-D", aside, *options]),
            "creating the PostgreSQL cluster failed",
            "check the free disk space and the rights on the folder",
            cwd="/",
        )
        aside.rename(self.data)

    def is_running(self):
        """Whether the server of this cluster is up."""
        status = self.unprivileged([binary("pg_ctl"), "status", "-D", str(self.data)])
        return not subprocess.run(
            status,
            cwd="/",
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,
        ).returncode

    def start(self):
        """Start the server unless it runs."""
        with lock("postgres"):
            self.create()
            if self.is_running():
                return
            self.own(self.sockets)
            options = [f"-c {name}={value}" for name, value in self.settings.items()]
            options.append(f"-c unix_socket_directories='{self.sockets}'")
            command = [binary("pg_ctl"), "start", "-w", "-D", self.data]
            command += ["-l", self.log, "-o", " ".join(options)]
            run(
                self.unprivileged(command),
                "starting the PostgreSQL server failed",
                f"read {self.log}",
                cwd="/",
            )

    def stop(self):
        """Stop the server if it runs."""
        if (self.data / "PG_VERSION").exists() and self.is_running():
            command = [binary("pg_ctl"), "stop", "-m", "fast", "-D", self.data]
            run(self.unprivileged(command), "stopping PostgreSQL failed", cwd="/")

    def remove(self):
        """Stop the server and delete all its databases."""
        self.stop()
        shutil.rmtree(self.data.parent, ignore_errors=True)


def serving_cluster():
    """The cluster with the data that users enter."""
    return Cluster("postgres")


def chosen_server(own):
    """The server named by PGHOST, else one of our own clusters."""
    return ExistingServer() if os.environ.get("PGHOST") else own()


def cluster_for_tests():
    """The cluster of the tests: fast, and worth nothing after a power cut."""
    return Cluster("postgres-test", TEST_SETTINGS)
