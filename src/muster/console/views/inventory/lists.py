"""The lists of assets, services, users and groups, as a page and as the part that changes."""

from django.http import HttpResponse

from muster.console.listing.asked import Asked, asked_of
from muster.console.listing.columns import OWN_ORDER, table_columns
from muster.console.listing.kinds import KINDS, Kind
from muster.console.listing.rows import table_row
from muster.console.listing.terms import mended
from muster.console.needs import Need
from muster.console.pages import page, render
from muster.console.requests import PageRequest
from muster.console.tables import Table
from muster.core.errors import QueryError
from muster.search import Found, as_of, find

_ROWS = "pages/inventory/rows.html"
_FOUND = "pages/inventory/found.html"
_PAGE = "pages/inventory/list.html"
_HIDDEN = {"services": "asset_id"}
"""What rows need besides the columns shown: where they lead."""


@page(Need.READ)
def assets(request: PageRequest) -> HttpResponse:
    """List machines."""
    return _listed(request, KINDS["assets"])


@page(Need.READ)
def services(request: PageRequest) -> HttpResponse:
    """List open ports."""
    return _listed(request, KINDS["services"])


@page(Need.READ)
def users(request: PageRequest) -> HttpResponse:
    """List people of directories."""
    return _listed(request, KINDS["users"])


@page(Need.READ)
def groups(request: PageRequest) -> HttpResponse:
    """List groups of directories."""
    return _listed(request, KINDS["groups"])


def _listed(request: PageRequest, kind: Kind) -> HttpResponse:
    asked = asked_of(request, kind, request.GET.dict())
    is_part = _is_part(request)
    values: dict[str, object] = {"asked": asked, "kind": kind, "is_part": is_part}
    status = 200
    try:
        values |= _found(request, asked)
    except QueryError as error:
        values |= _mistaken(asked, error)
        # A part is put into the page whatever it says; a browser would log an error as one.
        status = 200 if is_part else 422
    template = _PAGE if not is_part else _ROWS if asked.after else _FOUND
    response = render(request, template, values, status=status)
    # The same address answers with a page or a part of it, as it is asked.
    response.headers["Vary"] = "HX-Request, HX-Target, Cookie"
    return response


def _is_part(request: PageRequest) -> bool:
    """True where HTMX wants the part; a page that is gone back to is wanted whole."""
    htmx = request.htmx  # type: ignore[attr-defined] # set by its middleware
    return bool(htmx) and not htmx.history_restore_request


def _found(request: PageRequest, asked: Asked) -> dict[str, object]:
    asker, kind = request.asker, asked.kind
    found = find(
        asker.scope,
        kind.inventory,
        asked.search,
        now=asker.at,
        sort=asked.sort,
        after=asked.after,
        columns=_read(asked),
        is_counted=not asked.after,
    )
    return {
        "table": _table(asked, found),
        "count": found.count,
        "is_empty": not found.rows and not asked.after,
        "syncs": [] if asked.after else as_of(asker.scope, kind.inventory),
        "may_change": asker.role.may_change_inventory(),
        "may_annotate": asker.role.may_annotate(),
        "export_path": asked.beside(""),
    }


def _read(asked: Asked) -> tuple[str, ...]:
    """Return the columns to read: those that are shown, and what their cells are drawn with."""
    more = ("id", _HIDDEN.get(asked.kind.inventory, "name"))
    looks = ("type", "os") if asked.kind.inventory == "assets" else ()
    return tuple(dict.fromkeys((*asked.columns, *more, *looks)))


def _table(asked: Asked, found: Found) -> Table:
    kind = asked.kind
    return Table(
        label=kind.label,
        columns=table_columns(kind.inventory, asked.columns),
        rows=[table_row(kind, each, asked.columns) for each in found.rows],
        next_path=asked.path(after=found.next_key) if found.next_key else "",
        sort=asked.sort or OWN_ORDER,
        here=asked.path(sort=""),
    )


def _mistaken(asked: Asked, error: QueryError) -> dict[str, object]:
    nearest, search = mended(error, asked.kind.inventory)
    path = asked.path(search=search) if nearest else ""
    return {"problem": error, "nearest": nearest, "mended_path": path}
