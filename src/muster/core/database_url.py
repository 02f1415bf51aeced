"""Where data lies: the home, and which database a URL means with the settings it needs."""

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from muster.core.errors import ConfigError

# One writer at a time is SQLite's rule: a transaction that will write says so at its start
# (IMMEDIATE) and waits, instead of failing in its middle with "database is locked". The log may
# grow to 512 MB before it is moved into the database: a first sync writes the same pages of the
# indexes again and again, and so moves each once (10.5 s of processor time instead of 13.8; from
# 128 MB on, what is left to gain is half of what committing costs).
# On pages of 8 kB a record of 1 to 2 kB wastes little: half the size of a database of 4 kB pages.
_SQLITE_PRAGMAS = (
    "PRAGMA page_size=8192; PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; "
    "PRAGMA cache_size=-65536; "
    "PRAGMA wal_autocheckpoint=64000; PRAGMA journal_size_limit=67108864;"
)
_FORM = "Write postgresql://user:password@host:5432/name, or leave it empty for SQLite."
_SQLITE_TIMEOUT_SECONDS = 60


def home_folder(environ: Mapping[str, str]) -> Path:
    """Return the folder that MUSTER_HOME names, or else the one for a person's data.

    Raises ConfigError if it starts with the home of a person who is not there.
    """
    data = environ.get("XDG_DATA_HOME") or "~/.local/share"
    given = environ.get("MUSTER_HOME") or f"{data}/muster"
    try:
        return Path(given).expanduser()
    except RuntimeError as error:
        raise ConfigError(
            f"MUSTER_HOME is {given}, and there is no home of that name",
            hint="Write the folder's whole path.",
        ) from error


def database_options(url: str, *, home: Path) -> dict[str, object]:
    """Return Django's options for a database URL; an empty one means SQLite in `home`.

    Raises ConfigError for a URL of neither engine.
    """
    if not url:
        return _sqlite(home / "muster.sqlite3")
    scheme = url.partition(":")[0].casefold() if ":" in url else ""
    if scheme in {"postgresql", "postgres"}:
        return _read_postgresql(url)
    if scheme == "sqlite":
        return _sqlite(Path(url.removeprefix("sqlite:").removeprefix("//")))
    raise ConfigError(
        f"MUSTER_DATABASE_URL has the scheme '{scheme}', which is neither postgresql nor sqlite",
        hint=_FORM,
    )


def _sqlite(path: Path) -> dict[str, object]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(path),
        "OPTIONS": {
            "timeout": _SQLITE_TIMEOUT_SECONDS,
            "transaction_mode": "IMMEDIATE",
            "init_command": _SQLITE_PRAGMAS,
        },
    }


def _read_postgresql(url: str) -> dict[str, object]:
    """Return the options, or raise ConfigError, which never quotes a URL that holds a password."""
    try:
        options = _postgresql(url)
    except ValueError as error:
        raise ConfigError(
            "MUSTER_DATABASE_URL cannot be read: its host or port is no host or port", hint=_FORM
        ) from error
    if not options["NAME"]:
        raise ConfigError("MUSTER_DATABASE_URL names no database", hint=_FORM)
    return options


def _postgresql(url: str) -> dict[str, object]:
    parts = urlsplit(url)
    options = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", unquote(parts.hostname or "")),
        "PORT": str(parts.port or ""),
        "OPTIONS": options,
        "CONN_HEALTH_CHECKS": True,
    }
