"""Opening the database: the home is made, and a new or older database is migrated."""

import contextlib
import fcntl
import os
from collections.abc import Callable, Iterator
from pathlib import Path

from muster.core.errors import ConfigError

_LOCK_NUMBER = 0x6D757374  # any number that nobody else's advisory lock has


def open_database(*, tell: Callable[[str], None]) -> list[str]:
    """Make the database ready and return the names of the migrations that it took.

    Raises ConfigError if the home cannot be made or a newer Muster wrote the database.
    """
    prepare()
    from django.conf import settings

    _make_home(Path(settings.HOME))
    if not _missing():
        return []
    with _one_at_a_time(Path(settings.HOME)):
        return _migrate(tell)


def prepare() -> None:
    """Let Django read the settings; the database is not opened."""
    import django
    from django.apps import apps

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "muster.settings")
    if not apps.ready:
        django.setup()


def _make_home(home: Path) -> None:
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(
            f"the home {home} cannot be made: {error.strerror}",
            hint="Set MUSTER_HOME to a folder which you may write.",
        ) from error


def _migrate(tell: Callable[[str], None]) -> list[str]:
    from django.core.management import call_command

    if missing := _missing():
        tell("Preparing the database ...")
        call_command("migrate", verbosity=0, interactive=False)
    return missing


def _missing() -> list[str]:
    """Return the migrations that the database has not taken yet."""
    from django.db import connection
    from django.db.migrations.loader import MigrationLoader

    loader = MigrationLoader(connection)
    known, applied = set(loader.disk_migrations or {}), set(loader.applied_migrations or {})
    ours = {app for app, _name in known}
    if newer := sorted(name for app, name in applied - known if app in ours):
        raise ConfigError(
            f"a newer Muster wrote this database (it has the migration {newer[-1]})",
            hint="Install that version again, or choose another MUSTER_HOME.",
        )
    return [f"{app}.{name}" for app, name in sorted(known - applied)]


@contextlib.contextmanager
def _one_at_a_time(home: Path) -> Iterator[None]:
    """Hold what keeps two first starts from migrating at once, on this machine or another."""
    from django.db import connection

    is_shared = connection.vendor == "postgresql"
    with (home / "migrate.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        with connection.cursor() as cursor:
            if is_shared:
                cursor.execute("SELECT pg_advisory_lock(%s)", [_LOCK_NUMBER])
            try:
                yield
            finally:
                if is_shared:
                    cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK_NUMBER])
