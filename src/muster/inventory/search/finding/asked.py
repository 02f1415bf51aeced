"""One query of one scope: compiled in the ways its answers need, and asked until its deadline."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from muster.core.errors import QueryError
from muster.inventory import engine
from muster.inventory.search.compiling import dialects
from muster.inventory.search.compiling.compiler import Compiler
from muster.inventory.search.compiling.keys import Keys, known_attributes
from muster.inventory.search.compiling.reading import CANDIDATES, Reading
from muster.inventory.search.compiling.sql import Sql, all_of, sql
from muster.inventory.search.compiling.tables import TABLES
from muster.inventory.search.finding import reader
from muster.organizations.scope import Scope
from muster.query import bind, parse
from muster.query.conditions import AllOf, Condition, FigureIs
from muster.query.values.numbers import Interval

FLOWING = "flowing_"
"""How names of sets begin that are read once, row by row, and need not be kept."""


@dataclass(frozen=True, slots=True)
class Compiled:
    """Tests of a row that must all hold, and the named sets they refer to."""

    parts: tuple[Sql, ...]
    sets: Mapping[str, Sql]

    @property
    def test(self) -> Sql:
        """All tests in one."""
        return all_of(self.parts)


class Asked:
    """A query of one scope. Its statements are sent within `reading`."""

    def __init__(
        self, scope: Scope, condition: Condition, *, text: str, inventory: str, limit: timedelta
    ) -> None:
        """Know what is asked; `limit` is for all statements of one `reading` together."""
        self.text = text
        self.tables = TABLES[inventory]
        self.rows = self.tables.rows
        self.organization_id = scope.organization_id
        self._scope = scope
        self._condition = condition
        self.inventory = inventory
        self._keys: Keys | None = None
        self._limit = limit
        self._fetch: reader.Fetch | None = None
        self._readings: dict[Reading, Compiled] = {}

    @classmethod
    def of(
        cls, scope: Scope, text: str, *, inventory: str, now: datetime, limit: timedelta
    ) -> "Asked":
        """Read a query. Raises QueryError if it cannot be read."""
        is_attribute = known_attributes(scope)
        condition = bind(parse(text), inventory=inventory, now=now, is_attribute=is_attribute)
        if inventory not in TABLES:
            raise QueryError(
                f"{inventory} are not searched here", hint=f"Search {', '.join(TABLES)}.", text=text
            )
        return cls(scope, condition, text=text, inventory=inventory, limit=limit)

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Let statements be sent: all see the rows as they were at one moment.

        Raises QueryError if the database did not have the rows in time.
        """
        try:
            with reader.reading(self._limit) as self._fetch:
                yield
        except reader.Timeout as error:
            raise QueryError(
                f"the search took longer than {self._limit.total_seconds():g} seconds",
                hint="Add a term that fewer things match, such as source: or last_seen:.",
                text=self.text,
            ) from error
        finally:
            self._fetch = None

    @property
    def test(self) -> Sql:
        """The test of a row `t`, which a statement can also negate and join."""
        return self.read(Reading.WHOLE).test

    @property
    def scope(self) -> Sql:
        """The test that every row passes first."""
        return all_of([sql("t.organization_id = %s", self.organization_id), self.tables.shown])

    @property
    def own(self) -> Sql:
        """The test of the organization, where rows are found by their ids."""
        return sql(f"{engine.unindexed('t.organization_id')} = %s", self.organization_id)

    def read(self, reading: Reading) -> Compiled:
        """Return the query compiled in one of the ways."""
        if reading not in self._readings:
            if self._keys is None:
                self._keys = Keys(self.organization_id)
                self._keys.learn(self._condition, self.inventory)
            compiler = Compiler(
                self._scope,
                self.inventory,
                self._keys,
                reading=reading,
                prefix=reading.name.casefold(),
            )
            parts = compiler.parts(self._condition)
            self._readings[reading] = Compiled(parts, compiler.sets)
        return self._readings[reading]

    def bounds(self, column: str) -> Interval:
        """Return within which values of a column all lies that matches."""
        condition = self._condition
        parts = condition.parts if isinstance(condition, AllOf) else (condition,)
        for part in parts:
            if isinstance(part, FigureIs) and part.column == column:
                return part.interval
        return Interval()

    def tested(self, rest: Sql, wanted: Sql) -> Sql:
        """Return the statement that asks the candidates for the rest of the query."""
        return (
            Sql("SELECT ")
            + wanted
            + Sql(f" FROM {dialects.each_row(CANDIDATES, self.rows)} WHERE ")
            + all_of([self.own, rest])
        )

    def matched(self, *, most: int | None) -> Sql:
        """Return the ids of what matches, of `most` of them at most."""
        start = dialects.within(self.organization_id, self.test)
        found = Sql(f"SELECT t.id FROM {self.rows} t WHERE ") + all_of(
            [start, self.tables.shown, self.test]
        )
        limited = found if most is None else found + sql(" LIMIT %s", most)
        return replace(limited, is_led=True)

    def fetch(
        self,
        statement: Sql,
        *readings: Reading,
        named: Mapping[str, Sql] | None = None,
        is_begun_only: bool = False,
    ) -> list[Any]:
        """Return the rows of a statement that may refer to the named sets of these readings.

        `named` are further sets, by their names with columns; they may refer to the others.
        With `is_begun_only` few of many rows are wanted.
        """
        assert self._fetch is not None, "statements are sent within `reading`"
        sets = dict(named or {})
        candidates = {name: sets.pop(name) for name in [f"{CANDIDATES}(id)"] if name in sets}
        for each in readings:
            candidates |= self.read(each).sets
        return self._fetch(_with(candidates | sets, statement), is_begun_only=is_begun_only)


def _with(named: Mapping[str, Sql], statement: Sql) -> Sql:
    result = Sql("")
    for number, (name, each) in enumerate(named.items()):
        start = "WITH" if number == 0 else ","
        kept = "" if name.startswith(FLOWING) else " MATERIALIZED"
        result = result + Sql(f"{start} {name} AS{kept} (") + each + Sql(") ")
    return result + statement
