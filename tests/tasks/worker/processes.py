"""Workers in processes of their own, beside a database of their own, as an operator has them."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from urllib.parse import quote, urlencode

import psycopg
from django.db import connections

from inventory.ingest.snapshots import everything
from muster.credentials.services import NewCredential, create
from muster.organizations.scope import scope_by_name
from muster.simulator.demo import DEMO
from muster.tasks import services
from muster.tasks.models import Checkpoint, Run
from muster.tasks.services import NewTask
from tasks.killing.databases import elsewhere

PATIENCE_SECONDS = 90
WORK = ("requests", "retries", "restarts")


def url_of(name):
    """What MUSTER_DATABASE_URL says of a database of the test's engine."""
    if connections["default"].vendor == "sqlite":
        return f"sqlite:{name}"
    given = connections["default"].get_connection_params()
    user = quote(str(given.get("user") or ""))
    password = f":{quote(given['password'])}" if given.get("password") else ""
    host = str(given.get("host") or "")
    more = {"host": host} if host.startswith("/") else {}
    place = "" if more else host
    port = f":{given['port']}" if given.get("port") else ""
    return f"postgresql://{user}{password}@{place}{port}/{name}?{urlencode(more)}"


class Fleet:
    """Workers on one database. All are gone when it is closed."""

    def __init__(self, database, simulator, folder, unblock):
        self.database = database
        self.simulator = simulator
        self.folder = folder
        self.unblock = unblock
        self.processes = {}

    def start(self, name, *, slots=2):
        kept = {key: text for key, text in os.environ.items() if not key.startswith("MUSTER_")}
        surroundings = {
            **kept,
            "MUSTER_HOME": str(self.folder),
            "MUSTER_DATABASE_URL": url_of(self.database),
            "MUSTER_ENTRA_LOGIN_URL": self.simulator.url,
            "MUSTER_ENTRA_GRAPH_URL": self.simulator.url,
        }
        command = [sys.executable, "-c", "from muster.cli.main import run; run()", "worker"]
        with (self.folder / f"{name}.log").open("w") as log:
            self.processes[name] = subprocess.Popen(
                [*command, "--name", name, "--slots", str(slots)],
                env=surroundings,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def kill(self, name):
        """Leave a worker no time for anything, nor what collects for it."""
        os.killpg(self.processes[name].pid, signal.SIGKILL)
        self.processes.pop(name).wait()

    def end(self, name):
        """Tell a worker to end, as an operator does, and return its exit code."""
        process = self.processes.pop(name)
        process.send_signal(signal.SIGTERM)
        return process.wait(PATIENCE_SECONDS)

    def close(self):
        for name in list(self.processes):
            self.kill(name)

    def said(self):
        return {each.name: each.read_text() for each in self.folder.glob("*.log")}

    @contextmanager
    def here(self):
        """Let this process work on the database of the workers."""
        with elsewhere(self.database, self.unblock):
            yield

    def task(self, **more):
        secret = {
            "tenant_id": DEMO.tenant_id,
            "client_id": DEMO.client_id,
            "client_secret": DEMO.client_secret,
        }
        scope, at = scope_by_name(""), datetime.now(UTC)
        new = NewCredential("demo", "azure_client_secret", secret)
        credential = create(scope, new, at=at, save_anyway=True).credential
        return services.create(
            scope, NewTask("Sync", "azuread", scope.site(), credential, **more), at=at
        )

    def run(self, task):
        return services.run(scope_by_name(""), task, at=datetime.now(UTC))

    def wait(self, condition):
        """Wait until something is so in the database, and return it."""
        until = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < until:
            if found := condition():
                return found
            time.sleep(0.1)
        raise AssertionError((list(Run.objects.values()), self.said()))

    def wait_for(self, run, *statuses):
        return self.wait(lambda: Run.objects.filter(pk=run.pk, status__in=statuses).first())

    def wait_until_stored(self, run):
        """Wait until some pages of a run are stored, and not all."""
        return self.wait(
            lambda: [
                each
                for each in Checkpoint.objects.filter(run=run)
                if each.statistics.get("assets_new", 0) >= 40
            ]
        )

    def pages(self):
        """How much was asked of the directory."""
        return self.simulator.control("GET", "requests")["total"]

    def found(self, run):
        """The inventory that a run has made, whenever that was, and what it says of itself."""
        run.refresh_from_db()
        assert run.is_complete, (run.error, run.hint)
        at = str(int(run.started_at.timestamp())).encode()
        tables = {
            name: sorted(row.replace(at, b"AT") if isinstance(row, bytes) else row for row in rows)
            if isinstance(rows, list)
            else rows
            for name, rows in everything(run.organization_id).items()
        }
        did = {name: count for name, count in run.statistics.items() if name not in WORK}
        return {**tables, "did": did}


def no_database(name):
    """Take a database away from everybody for a moment; nobody can write to one of SQLite."""
    is_sqlite = connections["default"].vendor == "sqlite"
    return _held_file(name) if is_sqlite else _no_connections(name)


@contextmanager
def _held_file(name):
    with closing(sqlite3.connect(name, isolation_level=None, timeout=30)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield
        connection.execute("ROLLBACK")


@contextmanager
def _no_connections(name):
    given = connections["default"].get_connection_params()
    given = {key: given[key] for key in ("user", "password", "host", "port") if given.get(key)}
    with psycopg.connect(dbname="postgres", autocommit=True, **given) as connection:
        connection.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name]
        )
        try:
            yield
        finally:
            connection.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')
