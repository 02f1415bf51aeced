"""What a run did, for a person and for a program."""

from typing import TYPE_CHECKING, Any

import typer

from muster.cli.errors import FAILED

if TYPE_CHECKING:
    from muster.cli.session import Session
    from muster.tasks.models import Run

_ROWS = {
    "assets": "Assets",
    "services": "Services",
    "users": "Users",
    "groups": "Groups",
    "memberships": "Memberships",
    "ownerships": "Ownerships",
}
_KINDS = ("new", "matched", "changed", "unchanged", "excluded", "gone", "deselected")

_THERE = ("new", "matched", "changed", "unchanged", "excluded")

_ASIDES = {
    "requests": "requests",
    "retries": "retries",
    "inactive": "inactive devices left out",
    "unreadable": "unreadable records left out",
    "expired_assets": "assets expired",
    "expired_records": "records expired",
    "expired_users": "users expired",
    "expired_groups": "groups expired",
}


def document(run: "Run") -> dict[str, Any]:
    """Return a run as JSON values."""
    return {
        "id": str(run.uid),
        "task": run.task.name,
        "status": run.status,
        "complete": run.is_complete,
        "started_at": run.started_at.isoformat(),
        "ended_at": run.ended_at.isoformat() if run.ended_at else None,
        "statistics": run.statistics,
        "error": run.error,
        "hint": run.hint,
    }


def show(session: "Session", run: "Run") -> None:
    """Show what a run did; end the command with its exit code if it is not complete."""
    if session.is_json:
        session.answer(document(run))
        _say_error(session, run)
    else:
        summary(session, run)
    if not run.is_complete:
        raise typer.Exit(FAILED)


def summary(session: "Session", run: "Run") -> None:
    """Show what a run did, and what is wrong with it."""
    if counts := _counts(run.statistics):
        session.table(_columns(), counts)
    _say_end(session, run)
    _say_error(session, run)


def _say_error(session: "Session", run: "Run") -> None:
    if not run.is_complete:
        session.tell(f"Error: {run.error}")
        if run.hint:
            session.tell(f"  {run.hint}")


def _columns() -> dict[str, str]:
    return {"what": "", "total": "Records", **{each: each.capitalize() for each in _KINDS}}


def _counts(statistics: dict[str, int]) -> list[dict[str, Any]]:
    rows = []
    for name, label in _ROWS.items():
        counts = {kind: statistics.get(f"{name}_{kind}", 0) for kind in _KINDS}
        total = statistics.get(name, 0) or sum(counts[each] for each in _THERE)
        if total or any(counts.values()):
            shown = {kind: count or "" for kind, count in counts.items()}
            rows.append({"what": label, "total": total, **shown})
    return rows


def _say_end(session: "Session", run: "Run") -> None:
    seconds = (run.ended_at - run.started_at).total_seconds() if run.ended_at else 0.0
    said = [f"Run {run.uid}: {run.status} after {seconds:.1f} s"]
    said += [
        f"{count:,} {text}" for name, text in _ASIDES.items() if (count := run.statistics.get(name))
    ]
    session.tell(", ".join(said) + ".")
