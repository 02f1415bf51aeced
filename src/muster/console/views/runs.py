"""One run: what it said, and what it changed."""

from uuid import UUID

from django.http import HttpResponse

from muster.console.changes import in_line
from muster.console.links import path_of
from muster.console.needs import Need
from muster.console.pages import found, page, render
from muster.console.requests import PageRequest
from muster.console.tables import Cell, Column, Table, TableRow, path_with
from muster.console.views.tasks import statistics_of
from muster.inventory.selectors import ReportRow
from muster.tasks.pasts import log_page, run_document, run_of
from muster.tasks.reports import run_report
from muster.tasks.selectors import task_by_name

_COLUMNS = (Column("Name"), Column("What happened"))
_EVENTS = ("new", "changed", "gone", "back", "joined", "moved", "links")
_INVENTORIES = ("assets", "users", "groups")


@page(Need.READ)
def run(request: PageRequest, task: UUID, run: UUID) -> HttpResponse:
    """Show a run: its log, and the counts of what it changed."""
    scope = request.asker.scope
    row = found(lambda: task_by_name(scope, str(task)))
    asked = found(lambda: run_of(scope, row, str(run)))
    lines, next_key = log_page(asked, after=request.GET.get("after", ""))
    document = run_document(asked)
    values = {
        "task": row,
        "run": document,
        "started_at": asked.started_at,
        "ended_at": asked.ended_at,
        "statistics": statistics_of(document),
        "lines": lines,
        "next_path": path_with(request, after=next_key) if next_key else "",
        "report": run_report(scope, str(run)),
    }
    return render(request, "pages/run.html", values)


@page(Need.READ)
def report(request: PageRequest, task: UUID, run: UUID) -> HttpResponse:
    """List the things that a run made, changed or lost."""
    scope = request.asker.scope
    row = found(lambda: task_by_name(scope, str(task)))
    asked = found(lambda: run_of(scope, row, str(run)))
    event, inventory = request.GET.get("event", ""), request.GET.get("inventory", "")
    event = event if event in _EVENTS else "new"
    inventory = inventory if inventory in _INVENTORIES else "assets"
    shown = found(
        lambda: run_report(
            scope,
            str(asked.uid),
            inventory=inventory,
            event=event,
            after=request.GET.get("after", ""),
        )
    )
    following = path_with(request, after=shown.next_key) if shown.next_key else ""
    rows = [_row(each, inventory) for each in shown.rows]
    table = Table(f"{inventory} that are {event}", _COLUMNS, rows, next_path=following)
    values = {"task": row, "run": asked, "report": shown, "table": table}
    return render(request, "pages/report.html", {**values, "event": event, "inventory": inventory})


def _row(row: ReportRow, inventory: str) -> TableRow:
    name = Cell(row.name or "no longer kept", href=path_of(inventory, row.id), is_strong=True)
    return TableRow((name, Cell(in_line(row.entries))), id=row.id)
