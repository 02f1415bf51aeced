"""What must hold for Muster to work, each with what to do where it does not."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import DatabaseError, InterfaceError, connection
from django.db.migrations.loader import MigrationLoader

from muster.health.figures import Figures, figures

LATE = timedelta(minutes=15)
"""Notices that are due for so long are sent by nobody."""

SILENT = timedelta(minutes=30)
"""A run that says nothing for so long has most likely lost its process."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at. Without those that `is_needed`, nothing can be answered."""

    name: str
    ok: bool
    detail: str
    hint: str = ""
    is_needed: bool = False


def readiness() -> list[Check]:
    """Return whether requests can be answered: the database is there, and as this version needs it.

    This is what `/readyz` tells; `/healthz` tells only that the process answers.
    """
    try:
        missing = missing_migrations()
    except (DatabaseError, InterfaceError):
        # Not what the driver says: it may name hosts and users, and whoever asks is nobody known.
        hint = "Check MUSTER_DATABASE_URL or MUSTER_HOME, and that the database's server runs."
        return [Check("database", ok=False, detail="not reached", hint=hint, is_needed=True)]
    detail = f"{len(missing)} are missing" if missing else "all are applied"
    hint = "Run: muster db migrate" if missing else ""
    return [
        Check("database", ok=True, detail="reached", is_needed=True),
        Check("migrations", ok=not missing, detail=detail, hint=hint, is_needed=True),
    ]


def health(*, at: datetime) -> list[Check]:
    """Return readiness, and if there is that, whether work gets done."""
    ready = readiness()
    if not all(each.ok for each in ready):
        return ready
    found = figures(at=at)
    return [*ready, _workers(found), _runs(found), _notices(found), _channels(found)]


def missing_migrations() -> list[str]:
    """Return the migrations that the database has not taken yet."""
    loader = MigrationLoader(connection)
    known, applied = set(loader.disk_migrations or {}), set(loader.applied_migrations or {})
    return [f"{app}.{name}" for app, name in sorted(known - applied)]


def _workers(found: Figures) -> Check:
    """Return whether one lives; where none ever started, runs are started by hand."""
    if found.workers and not found.workers_living:
        detail = f"none of {found.workers} is alive"
        return Check("workers", ok=False, detail=detail, hint="Start one: muster worker")
    return Check("workers", ok=True, detail=f"{found.workers_living} are alive")


def _runs(found: Figures) -> Check:
    if found.oldest_heartbeat is not None and found.oldest_heartbeat > SILENT:
        minutes = int(found.oldest_heartbeat.total_seconds()) // 60
        hint = "See that workers run. The next run of its task ends it."
        return Check("runs", ok=False, detail=f"one is silent for {minutes} minutes", hint=hint)
    return Check("runs", ok=True, detail=f"{found.runs_active} are going")


def _notices(found: Figures) -> Check:
    if found.oldest_due is not None and found.oldest_due > LATE:
        minutes = int(found.oldest_due.total_seconds()) // 60
        hint = "See that a worker runs, or run: muster notice send"
        return Check("notices", ok=False, detail=f"one is due for {minutes} minutes", hint=hint)
    return Check("notices", ok=True, detail=f"{found.deliveries_waiting} wait")


def _channels(found: Figures) -> Check:
    if found.channels_failing:
        detail = f"{found.channels_failing} do not work"
        return Check("channels", ok=False, detail=detail, hint="See: muster channel list")
    return Check("channels", ok=True, detail="all work")
