"""Databases of their own for syncs in processes of their own, quickly made of a migrated one."""

import shutil
from contextlib import contextmanager
from uuid import uuid4

import psycopg
from django.core.management import call_command
from django.db import connections


@contextmanager
def elsewhere(name, unblock):
    """Let this process work on another database than the test's, given by its name."""
    before = connections["default"]
    there = connections["default"] = before.copy()
    there.settings_dict["NAME"] = name
    try:
        with unblock():
            yield
    finally:
        there.close()
        connections["default"] = before


class Databases:
    """Makes databases; all but the migrated one are gone when it is closed."""

    def __init__(self, folder, unblock):
        self.folder = folder
        self.unblock = unblock
        self.count = 0
        self.names = []
        self.is_postgresql = connections["default"].vendor == "postgresql"
        self.tag = uuid4().hex[:12]
        self.migrated = self._named("migrated")
        if self.is_postgresql:
            self._execute(f'CREATE DATABASE "{self.migrated}"')
        with elsewhere(self.migrated, unblock):
            call_command("migrate", verbosity=0)

    def new(self):
        """Return the name of an empty one that is migrated."""
        self.count += 1
        name = self._named(f"killed_{self.count}")
        if self.is_postgresql:
            self._execute(f'CREATE DATABASE "{name}" TEMPLATE "{self.migrated}"')
        else:
            shutil.copyfile(self.migrated, name)
        return name

    def close(self):
        if self.is_postgresql:
            for name in self.names:
                self._execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def _named(self, name):
        # One server serves all processes of tests.
        full = (
            f"muster_{self.tag}_{name}" if self.is_postgresql else str(self.folder / f"{name}.db")
        )
        self.names.append(full)
        return full

    def _execute(self, statement):
        given = connections["default"].get_connection_params()
        given = {
            name: given[name] for name in ("user", "password", "host", "port") if given.get(name)
        }
        with psycopg.connect(dbname="postgres", autocommit=True, **given) as connection:
            connection.execute(statement)
