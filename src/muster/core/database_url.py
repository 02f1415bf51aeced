"""Which database a URL means, with the settings that Muster needs of each engine."""

from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from muster.core.errors import ConfigError

# One writer at a time is SQLite's rule: a transaction that will write says so at its start
# (IMMEDIATE) and waits, instead of failing in its middle with "database is locked". The log may
# grow to 128 MB before it is moved into the database: a first sync writes the same pages of the
# indexes again and again, and so moves each once (10.5 s of processor time instead of 13.8).
_SQLITE_PRAGMAS = (
    "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-65536; "
    "PRAGMA wal_autocheckpoint=32000; PRAGMA journal_size_limit=67108864;"
)
_SQLITE_TIMEOUT_SECONDS = 60


def database_options(url: str, *, home: Path) -> dict[str, object]:
    """Return Django's options for a database URL; an empty one means SQLite in `home`.

    Raises ConfigError for a URL of neither engine.
    """
    if not url:
        return _sqlite(home / "muster.sqlite3")
    scheme = urlsplit(url).scheme
    if scheme in {"postgresql", "postgres"}:
        return _postgresql(url)
    if scheme == "sqlite":
        return _sqlite(Path(url.removeprefix("sqlite:").removeprefix("//")))
    raise ConfigError(
        f"MUSTER_DATABASE_URL has the scheme '{scheme}', which is neither postgresql nor sqlite",
        hint="Write postgresql://user:password@host:5432/name, or leave it empty for SQLite.",
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
