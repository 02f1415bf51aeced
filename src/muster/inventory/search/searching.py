"""Pages, counts and ids of what a query matches, within one scope."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from muster.inventory.search.finding.asked import Asked
from muster.inventory.search.finding.finding import Finding
from muster.inventory.search.finding.paging import order
from muster.organizations.scope import Scope

TIME_LIMIT = timedelta(seconds=20)
MOST_COUNTED = 10_000
LARGEST_PAGE = 1000
IDS_AT_ONCE = 10_000


@dataclass(frozen=True, slots=True)
class Page:
    """Ids of one page in its order. `next_key` asks for the next one; "" behind the last.

    `count` is how many match in all, None unless asked for.
    """

    ids: tuple[int, ...]
    next_key: str = ""
    count: "Count | None" = None


@dataclass(frozen=True, slots=True)
class Count:
    """How many match. With `is_capped`, more than `number` do."""

    number: int
    is_capped: bool = False

    def __str__(self) -> str:
        """The number as people read it: `1,234`, or `10,000+`."""
        return f"{self.number:,}+" if self.is_capped else f"{self.number:,}"


def search(
    scope: Scope,
    text: str,
    *,
    now: datetime,
    inventory: str = "assets",
    page_size: int = 50,
    after: str = "",
    sort: str = "-last_seen",
    is_counted: bool = False,
    limit: timedelta = TIME_LIMIT,
) -> Page:
    """Return the page of what a query matches that starts behind the key `after`.

    `sort` is a column, with a minus for descending. With `is_counted` the page says how many match
    in all, which costs less than asking both by themselves. Raises QueryError for a query that
    cannot be read, an order that does not exist, a page key of another search, or when time runs
    out.
    """
    asked = Asked.of(scope, text, inventory=inventory, now=now, limit=limit)
    size = max(1, min(page_size, LARGEST_PAGE))
    wanted = order(inventory, sort)
    behind = wanted.behind(after)
    with asked.reading():
        finding = Finding(asked)
        rows = finding.page(wanted, behind, size + 1, is_counted=is_counted)
        number = _capped(finding) if is_counted else None
    ids = tuple(row[0] for row in rows[:size])
    if len(rows) <= size:
        return Page(ids, count=number)
    last = rows[size - 1]
    return Page(ids, next_key=wanted.key(last[1], last[0]), count=number)


def count(
    scope: Scope,
    text: str,
    *,
    now: datetime,
    inventory: str = "assets",
    is_exact: bool = False,
    limit: timedelta = TIME_LIMIT,
) -> Count:
    """Return how many a query matches, exactly up to 10,000 or if asked.

    Raises QueryError as `search` does.
    """
    asked = Asked.of(scope, text, inventory=inventory, now=now, limit=limit)
    with asked.reading():
        finding = Finding(asked)
        return Count(finding.count(most=None)) if is_exact else _capped(finding)


def _capped(finding: Finding) -> Count:
    number = finding.count(most=MOST_COUNTED + 1)
    return Count(number) if number <= MOST_COUNTED else Count(MOST_COUNTED, is_capped=True)


def ids(
    scope: Scope,
    text: str,
    *,
    now: datetime,
    inventory: str = "assets",
    limit: timedelta = TIME_LIMIT,
) -> Iterator[int]:
    """Return the ids of all that a query matches, ascending, read page by page.

    Raises QueryError as `search` does; `limit` holds for each page.
    """
    return _all_ids(Asked.of(scope, text, inventory=inventory, now=now, limit=limit))


def ids_behind(
    scope: Scope,
    text: str,
    *,
    now: datetime,
    after: int,
    size: int,
    inventory: str = "assets",
    limit: timedelta = TIME_LIMIT,
) -> list[int]:
    """Return the next ids of what a query matches, ascending: an order that nothing changes.

    Raises QueryError as `search` does.
    """
    asked = Asked.of(scope, text, inventory=inventory, now=now, limit=limit)
    with asked.reading():
        return Finding(asked).ids_behind(after, max(1, min(size, IDS_AT_ONCE)))


def _all_ids(asked: Asked) -> Iterator[int]:
    finding, last = Finding(asked), 0
    while True:
        with asked.reading():
            numbers = finding.ids_behind(last, IDS_AT_ONCE)
        if not numbers:
            return
        yield from numbers
        last = numbers[-1]
