"""What one run changed of the inventory."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from muster.core.errors import ConfigError
from muster.inventory.selectors import ReportRow, run_changes, run_counts
from muster.organizations.scope import Scope
from muster.tasks.models import Run

_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class RunReport:
    """What a run did: counts by inventory and word, and the things of one page.

    `next_key` asks for the next page, "" behind the last.
    """

    run: str
    task: str
    started_at: datetime
    ended_at: datetime | None
    complete: bool
    counts: Mapping[str, Mapping[str, int]]
    rows: Sequence[ReportRow]
    next_key: str = ""


def run_report(
    scope: Scope,
    reference: str,
    *,
    inventory: str = "assets",
    event: str = "",
    size: int = 50,
    after: str = "",
) -> RunReport:
    """Return what the run with that id changed, the latest one if no id is given.

    With an `event` (`new`, `changed`, `gone`, `back`, `joined`, `moved`, `links`) also the things
    that it befell. Raises ConfigError if there is no such run or page.
    """
    run = _find(scope, reference.strip())
    counts = run_counts(scope, run.pk)
    rows: Sequence[ReportRow] = ()
    next_key = ""
    if event:
        page = run_changes(scope, run.pk, inventory=inventory, event=event, size=size, after=after)
        rows, next_key = page.rows, page.next_key
    return RunReport(
        run=str(run.uid),
        task=run.task.name,
        started_at=run.started_at,
        ended_at=run.ended_at,
        complete=run.is_complete,
        counts=counts,
        rows=rows,
        next_key=next_key,
    )


def every_change(scope: Scope, run: Run) -> Iterator[dict[str, Any]]:
    """Yield everything that a run changed, thing by thing, read page by page."""
    for inventory, counts in run_counts(scope, run.pk).items():
        for event in counts:
            after = ""
            while True:
                page = run_changes(
                    scope, run.pk, inventory=inventory, event=event, size=_AT_ONCE, after=after
                )
                for row in page.rows:
                    yield {"inventory": inventory, "event": event, **asdict(row)}
                if not page.next_key:
                    break
                after = page.next_key


def _find(scope: Scope, reference: str) -> Run:
    runs = Run.objects.filter(organization=scope.organization).select_related("task")
    if not reference:
        latest = runs.order_by("-started_at", "-pk").first()
        if latest is None:
            raise ConfigError("nothing has run yet", hint="Sync or import something first.")
        return latest
    try:
        uid = UUID(reference)
    except ValueError:
        uid = None
    found = runs.filter(uid=uid).first() if uid is not None else None
    if found is None:
        raise ConfigError(
            f"there is no run '{reference}'",
            hint="A run is named by the id that it said at its end.",
        )
    return found
