"""Small inventories in memory: which entries a query matches, page by page, and their values.

What `evaluate` says is the answer here, so that there is no second meaning to hold against it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from muster.core.errors import QueryError
from muster.query.binding import bind
from muster.query.catalogue import Field, FieldType, catalogue
from muster.query.document import Document
from muster.query.evaluate import holds
from muster.query.page_keys import PageKeys
from muster.query.parse import parse
from muster.query.values.patterns import fold
from muster.query.values.sources import source_short_name
from muster.query.values.versions import version_key

_ORDERED = {
    FieldType.TEXT,
    FieldType.VERSION,
    FieldType.NUMBER,
    FieldType.BOOLEAN,
    FieldType.INSTANT,
    FieldType.SITE,
    FieldType.RELATION,
}
_COUNTED = {*_ORDERED, FieldType.SOURCE} - {FieldType.INSTANT}
_MICROSECONDS = 1_000_000
_LONGEST_ORDERED = 200
"""Only so many characters decide the order, so that a page key stays short."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing of a small inventory: what is searched of it, and what is shown."""

    document: Document
    fields: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Listed:
    """Entries of one page in its order. `next_key` asks for the next one; "" behind the last."""

    entries: tuple[Entry, ...]
    next_key: str = ""


def matching(
    entries: Iterable[Entry],
    text: str,
    *,
    inventory: str,
    now: datetime,
    tick: Callable[[], None] = lambda: None,
) -> list[Entry]:
    """Return the entries that a query holds for, in the order given.

    `tick` is called before each and may raise to end a search that takes too long. Raises
    QueryError for a query that cannot be read.
    """
    condition = bind(parse(text), inventory=inventory, now=now)
    return list(_held(entries, lambda each: holds(condition, each.document), tick))


def _held(
    entries: Iterable[Entry], test: Callable[[Entry], bool], tick: Callable[[], None]
) -> Iterator[Entry]:
    for each in entries:
        tick()
        if test(each):
            yield each


def page(
    entries: Sequence[Entry], *, inventory: str, sort: str, after: str = "", page_size: int
) -> Listed:
    """Return the page of these entries that starts behind the key `after`.

    `sort` is a keyword, with a minus for descending; what has no value comes before what has
    one. Raises QueryError for an order that does not exist, or a page key of another one.
    """
    order = _Order.of(inventory, sort)
    behind = order.sorted(entries, after)
    shown = tuple(entry for _place, entry in behind[:page_size])
    if len(behind) <= page_size:
        return Listed(shown)
    value, uid = behind[page_size - 1][0]
    return Listed(shown, next_key=order.keys.key(value, uid))


def sortable(inventory: str) -> tuple[str, ...]:
    """Return the keywords that an inventory can be sorted by."""
    return _names(inventory, _ORDERED)


def values_of(entries: Iterable[Entry], by: str, *, inventory: str) -> list[tuple[str, ...]]:
    """Return for each entry the values that a keyword has in it, as they are spelled.

    Raises QueryError if the inventory has no such keyword, or one without countable values.
    """
    field = _known(inventory, by, kinds=_COUNTED, what="counted")
    return [tuple(dict.fromkeys(_values(each.document, field))) for each in entries]


_Place = tuple[str | float, str]
"""Where an entry stands in an order: its value, and its id where values are equal."""


@dataclass(frozen=True, slots=True)
class _Order:
    """A keyword and a direction; ties are broken by id, in the same direction."""

    field: Field
    keys: PageKeys

    @classmethod
    def of(cls, inventory: str, sort: str) -> "_Order":
        field = _known(inventory, sort.removeprefix("-"), kinds=_ORDERED, what="sorted")
        return cls(field, PageKeys(field.name, sort.startswith("-")))

    def sorted(self, entries: Iterable[Entry], after: str) -> list[tuple[_Place, Entry]]:
        """Return the entries behind a key in their order, each with its place."""
        placed = [(self._place(each), each) for each in entries]
        if after:
            last = self._last(after)
            is_descending = self.keys.is_descending
            placed = [
                each for each in placed if (each[0] < last if is_descending else each[0] > last)
            ]
        return sorted(placed, key=_place_of, reverse=self.keys.is_descending)

    def _place(self, entry: Entry) -> _Place:
        return _ordered(entry.document, self.field), entry.document.uid.hex

    def _last(self, after: str) -> _Place:
        kind = float if self.field.type in _NUMERIC else str
        return self.keys.read(after, value=kind, identity=str)


_NUMERIC = {FieldType.NUMBER, FieldType.BOOLEAN, FieldType.INSTANT}


def _place_of(placed: tuple[_Place, Entry]) -> _Place:
    return placed[0]


def _known(inventory: str, name: str, *, kinds: set[FieldType], what: str) -> Field:
    known = catalogue(inventory)
    field = known.field(name.strip())
    if field is not None and field.type in kinds:
        return field
    raise QueryError(
        f"{inventory} cannot be {what} by '{name[:60]}'",
        hint=f"Keywords for it are: {', '.join(_names(inventory, kinds))}.",
    )


def _names(inventory: str, kinds: set[FieldType]) -> tuple[str, ...]:
    return tuple(each.name for each in catalogue(inventory).known() if each.type in kinds)


def _ordered(document: Document, field: Field) -> str | float:
    """Return what stands for the document in an order: folded text, or a number."""
    match field.type:
        case FieldType.NUMBER:
            return float(document.figures.get(field.column, 0))
        case FieldType.BOOLEAN:
            return float(field.column in document.flags)
        case FieldType.INSTANT:
            at = document.instants.get(field.column)
            return 0.0 if at is None else float(round(at.timestamp() * _MICROSECONDS))
        case FieldType.VERSION:
            return version_key(fold(_first(document, field)))[:_LONGEST_ORDERED]
        case _:
            return fold(_first(document, field))[:_LONGEST_ORDERED]


def _first(document: Document, field: Field) -> str:
    return next(iter(_values(document, field)), "")


def _values(document: Document, field: Field) -> Iterable[str]:
    match field.type:
        case FieldType.BOOLEAN:
            return ("true" if field.column in document.flags else "false",)
        case FieldType.NUMBER:
            figure = document.figures.get(field.column)
            return () if figure is None else (f"{figure:g}",)
        case FieldType.SITE:
            return document.places.get(field.type.value, ())[:1]
        case FieldType.SOURCE:
            return tuple(source_short_name(each) for each in sorted(document.sources))
        case FieldType.RELATION:
            related = document.related.get(field.relation, ())
            return tuple(name for each in related for name in each.texts.get("name", ())[:1])
        case _:
            return tuple(
                each for each in document.texts.get(field.key.partition(".")[2], ()) if each
            )
