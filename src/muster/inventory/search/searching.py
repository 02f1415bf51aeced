"""Pages, counts and ids of what a query matches, within one scope."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from muster.core.errors import QueryError
from muster.inventory.search import dialects
from muster.inventory.search.compiling import Compiler
from muster.inventory.search.keys import Keys
from muster.inventory.search.paging import Order, order
from muster.inventory.search.sql import TRUE, Sql, all_of, sql
from muster.inventory.search.tables import TABLES
from muster.organizations.scope import Scope
from muster.query import bind, parse

TIME_LIMIT = timedelta(seconds=20)
MOST_COUNTED = 10_000
LARGEST_PAGE = 1000
IDS_AT_ONCE = 10_000


@dataclass(frozen=True, slots=True)
class Page:
    """Ids of one page in its order. `next_key` asks for the next one; "" behind the last."""

    ids: tuple[int, ...]
    next_key: str = ""


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
    limit: timedelta = TIME_LIMIT,
) -> Page:
    """Return the page of what a query matches that starts behind the key `after`.

    `sort` is a column, with a minus for descending. Raises QueryError for a query that cannot be
    read, an order that does not exist, a page key of another search, or when time runs out.
    """
    asked = _Asked.of(scope, text, inventory=inventory, now=now, limit=limit)
    size = max(1, min(page_size, LARGEST_PAGE))
    wanted = order(inventory, sort)
    rows = asked.page(wanted, wanted.behind(after), size + 1)
    ids = tuple(row[0] for row in rows[:size])
    if len(rows) <= size:
        return Page(ids)
    last = rows[size - 1]
    return Page(ids, next_key=wanted.key(last[1], last[0]))


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
    asked = _Asked.of(scope, text, inventory=inventory, now=now, limit=limit)
    number = asked.count(most=None if is_exact else MOST_COUNTED + 1)
    if is_exact or number <= MOST_COUNTED:
        return Count(number)
    return Count(MOST_COUNTED, is_capped=True)


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
    return _all_ids(_Asked.of(scope, text, inventory=inventory, now=now, limit=limit))


def _all_ids(asked: "_Asked") -> Iterator[int]:
    last = 0
    while numbers := asked.ids_behind(last, IDS_AT_ONCE):
        yield from numbers
        last = numbers[-1]


@dataclass(frozen=True, slots=True)
class _Asked:
    """A compiled query: the test of a row, and the named sets it refers to."""

    text: str
    rows: str
    organization_id: int
    test: Sql
    sets: tuple[Sql, ...]
    limit: timedelta

    @classmethod
    def of(
        cls, scope: Scope, text: str, *, inventory: str, now: datetime, limit: timedelta
    ) -> "_Asked":
        condition = bind(parse(text), inventory=inventory, now=now)
        if inventory not in TABLES:
            raise QueryError(
                f"{inventory} cannot be listed by themselves",
                hint="Search assets by them, such as port:22 or protocol:telnet.",
                text=text,
            )
        compiler = Compiler(scope, inventory, Keys(scope.organization_id))
        test = compiler.row(condition)
        return cls(
            text=text,
            rows=TABLES[inventory].rows,
            organization_id=scope.organization_id,
            test=test,
            sets=tuple(compiler.sets),
            limit=limit,
        )

    def page(self, wanted: Order, behind: Sql, size: int) -> list[Any]:
        """Return ids and order values of a page.

        Up to MOST_COUNTED matches are found first and then sorted; walking the order's index and
        testing each row is only quick where many match (reference storage.md, rule 3).
        """
        if self.test != TRUE:
            found, is_whole = self._few(wanted, behind, size)
            if is_whole:
                return found
        where = all_of([self.scope, self.test, behind])
        return self._fetch(
            Sql(f"SELECT t.id, {wanted.expression} FROM {self.rows} t WHERE ")
            + where
            + sql(f" {wanted.clause()} LIMIT %s", size)
        )

    def _few(self, wanted: Order, behind: Sql, size: int) -> tuple[list[Any], bool]:
        """Return the page, and whether it is right: not all matches may have been looked at."""
        matched = self._matched(most=MOST_COUNTED + 1)
        where = all_of([dialects.within(self.organization_id, matched), behind])
        page = (
            Sql(
                f"SELECT t.id, {wanted.expression} AS ordered FROM matched JOIN {self.rows} t"
                " ON t.id = matched.id WHERE "
            )
            + where
            + sql(f" {wanted.clause()} LIMIT %s", size)
        )
        direction = "DESC" if wanted.is_descending else "ASC"
        rows = self._fetch(
            Sql("SELECT counted.number, page.id, page.ordered FROM")
            + Sql(" (SELECT COUNT(*) AS number FROM matched) counted LEFT JOIN (")
            + page
            + Sql(f") page ON 1 = 1 ORDER BY page.ordered {direction}, page.id {direction}"),
            matched=matched,
        )
        found = [(row[1], row[2]) for row in rows if row[1] is not None]
        return found, rows[0][0] <= MOST_COUNTED

    @property
    def scope(self) -> Sql:
        """The test that every row passes first."""
        return sql("t.organization_id = %s", self.organization_id)

    def count(self, *, most: int | None) -> int:
        """Return how many match, or `most` if it is more."""
        matched = self._matched(most=most)
        rows = self._fetch(Sql("SELECT COUNT(*) FROM matched"), matched=matched)
        return int(rows[0][0])

    def ids_behind(self, last: int, size: int) -> list[int]:
        """Return the next ids behind one, ascending."""
        where = all_of([self.scope, sql("t.id > %s", last), self.test])
        found = self._fetch(
            Sql(f"SELECT t.id FROM {self.rows} t WHERE ")
            + where
            + sql(" ORDER BY t.id LIMIT %s", size)
        )
        return [row[0] for row in found]

    def _matched(self, *, most: int | None) -> Sql:
        start = dialects.within(self.organization_id, self.test)
        found = Sql(f"SELECT t.id FROM {self.rows} t WHERE ") + all_of([start, self.test])
        limited = found if most is None else found + sql(" LIMIT %s", most)
        return replace(limited, is_led=True)

    def _fetch(self, statement: Sql, *, matched: Sql | None = None) -> list[Any]:
        named = [(f"part_{number}", each) for number, each in enumerate(self.sets, start=1)]
        if matched is not None:
            named.append(("matched", matched))
        try:
            return dialects.fetch(_with(named, statement), limit=self.limit)
        except dialects.Timeout as error:
            raise QueryError(
                f"the search took longer than {self.limit.total_seconds():g} seconds",
                hint="Add a term that fewer things match, such as source: or last_seen:.",
                text=self.text,
            ) from error


def _with(named: list[tuple[str, Sql]], statement: Sql) -> Sql:
    result = Sql("")
    for number, (name, each) in enumerate(named):
        start = "WITH" if number == 0 else ","
        result = result + Sql(f"{start} {name} AS MATERIALIZED (") + each + Sql(") ")
    return result + statement
