"""`muster health`: whether everything that must run does."""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated

import typer

from muster.cli.declaring import command, single
from muster.cli.errors import FAILED
from muster.cli.session import Session, write_line

app = single()

_COLUMNS = {"state": "", "name": "Check", "detail": "Finding", "hint": "What to do"}


@command(app, "health")
def health(
    session: Session,
    *,
    is_metrics: Annotated[
        bool, typer.Option("--metrics", help="Answer in the form that Prometheus reads.")
    ] = False,
) -> None:
    """Check the database, workers, runs, notices and channels; the database is not migrated."""
    session.connect()
    from muster.health import checks
    from muster.health.figures import figures
    from muster.health.metrics import metrics

    at = datetime.now(UTC)
    found = checks.health(at=at)
    is_ready = all(each.ok for each in found if each.is_needed)
    if is_metrics:
        write_line(metrics(found, figures(at=at) if is_ready else None).rstrip("\n"))
    elif session.is_json:
        session.answer(
            {"healthy": all(each.ok for each in found), "checks": list(map(asdict, found))}
        )
    else:
        rows = [{**asdict(each), "state": "ok" if each.ok else "FAILED"} for each in found]
        session.table(_COLUMNS, rows)
    if not all(each.ok for each in found):
        raise typer.Exit(FAILED)
