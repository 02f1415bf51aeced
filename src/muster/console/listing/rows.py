"""A row of an inventory as cells of a table."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.urls import reverse

from muster.console.listing.kinds import Kind
from muster.console.listing.looks import source_label, type_icon
from muster.console.tables import Cell, TableRow
from muster.search.found import Row

_FLAGS = {True: "yes", False: "no"}
_PAGES = {"assets": "asset", "users": "user", "groups": "group"}
_LONGEST = 90


def table_row(kind: Kind, row: Row, names: Sequence[str]) -> TableRow:
    """Return the cells of a row; what names the thing leads to its page."""
    return TableRow(
        cells=[_cell(kind, row, name, is_first=not at) for at, name in enumerate(names)],
        id=str(row["id"]),
    )


def _cell(kind: Kind, row: Row, name: str, *, is_first: bool) -> Cell:
    value = row.get(name)
    if is_first:
        return _leading(kind, row, name)
    if name in {"sources", "source"}:
        return Cell(parts=tuple(_source(each) for each in _texts(value)))
    if name == "asset":
        return Cell(str(value or ""), href=_asset_path(row))
    if isinstance(value, datetime):
        return Cell(at=value)
    return _plain(value)


def _leading(kind: Kind, row: Row, name: str) -> Cell:
    """Return the cell that leads to what the row is about; it is never empty."""
    text = ", ".join(_texts(row.get(name)))[:_LONGEST] or _fallback(row)
    if kind.inventory == "services":
        return Cell(text, href=_asset_path(row), icon="plug", is_strong=True)
    icon = type_icon(row) if kind.inventory == "assets" else ""
    path = reverse(_PAGES[kind.inventory], kwargs={_PAGES[kind.inventory]: str(row["id"])})
    return Cell(text, href=path, icon=icon, is_strong=True)


def _fallback(row: Row) -> str:
    return next(
        (text for name in ("name", "email", "address") if (text := str(row.get(name) or ""))),
        "(no name)",
    )


def _asset_path(row: Row) -> str:
    return reverse("asset", kwargs={"asset": str(row["asset_id"])})


def _source(name: str) -> Cell:
    return Cell(source_label(name), tone="secondary", title=name)


def _plain(value: object) -> Cell:
    texts = _texts(value)
    if not texts:
        return Cell()
    whole = ", ".join(texts)
    if len(texts) > 1:
        return Cell(f"{texts[0][:_LONGEST]} +{len(texts) - 1}", title=whole)
    return Cell(whole if len(whole) <= _LONGEST else f"{whole[:_LONGEST]}…", title=_title(whole))


def _title(whole: str) -> str:
    return whole if len(whole) > _LONGEST else ""


def _texts(value: object) -> list[str]:
    if value is None or value == "":
        return []
    if isinstance(value, bool):
        return [_FLAGS[value]]
    if isinstance(value, datetime):
        return [f"{value:%Y-%m-%d %H:%M}"]
    if isinstance(value, list | tuple):
        return [str(each) for each in value if each not in {"", None}]
    if isinstance(value, Mapping):
        return [f"{name}={text}" if text else str(name) for name, text in value.items()]
    return [str(value)]
