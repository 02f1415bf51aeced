"""Sets of things by the values of their attributes, our own or a source's."""

from collections.abc import Sequence
from dataclasses import replace

from muster.inventory.attributes import COLUMN_OF_KEY
from muster.inventory.search.compiling import dialects
from muster.inventory.search.compiling.keys import Keys
from muster.inventory.search.compiling.reading import Reading
from muster.inventory.search.compiling.sql import (
    FALSE,
    TRUE,
    Cost,
    Sql,
    all_of,
    any_of,
    in_set,
    sql,
)
from muster.inventory.search.compiling.tables import Tables
from muster.query.conditions import AttributeIs, FreeText, TextIs, ValueTest, VersionTest
from muster.query.evaluate import passing
from muster.query.values.numbers import Interval
from muster.query.values.patterns import Pattern

_SHORTEST_TRIGRAM = 3
_MOST_LOOKS = 12
"""So many looks into an index a row are cheaper than to keep a large set."""
_LAST_CHARACTER = 0x10FFFF
_BEFORE_SURROGATES, _AFTER_SURROGATES = 0xD7FF, 0xE000
_IN_TEXT = frozenset({"_asset.name", "_asset.address", "_asset.mac", "_asset.tag", "_asset.domain"})
"""The keys whose values are also in the text that has the trigram index; see `search_text`."""


class Attributes:
    """Compiles conditions on attributes for one inventory of one organization."""

    def __init__(
        self,
        organization_id: int,
        tables: Tables,
        keys: Keys,
        *,
        reading: Reading,
        candidates: str,
    ) -> None:
        """Search the organization's attributes in these tables."""
        self._organization_id = organization_id
        self._tables = tables
        self._keys = keys
        self._reading = reading
        self._candidates = candidates

    def text(self, condition: TextIs) -> Sql:
        """Return the condition that one of our own texts passes the test."""
        return self._own(condition.key, condition.test)

    def free(self, condition: FreeText) -> Sql:
        """Return the condition that any of the texts that free words look at matches."""
        literal = condition.pattern.inner
        keys = condition.keys
        is_indexed = (
            literal is not None and len(literal) >= _SHORTEST_TRIGRAM and "\n" not in literal
        )
        if literal is None or not is_indexed or not set(keys) >= _IN_TEXT:
            return self._any_key(keys, condition.pattern)
        rest = [each for each in keys if each not in _IN_TEXT]
        return any_of([self._in_text(condition.pattern), self._any_key(rest, condition.pattern)])

    def named(self, condition: AttributeIs) -> Sql:
        """Return the condition that an attribute of such a name passes the test."""
        exact = condition.name.exact
        if exact is None:
            test = TRUE if condition.test is None else passes(condition.test)
            return self._with_named_like(condition.name, test)
        if exact.startswith(self._tables.own_prefix):
            return FALSE
        return self._with(self._keys.numbers(self._tables.number, exact), condition.test)

    def one_of(self, key: str, values: Sequence[str]) -> Sql:
        """Return the condition that an attribute, ours or a source's, has one of these values."""
        numbers = self._keys.numbers(self._tables.number, key)
        if not numbers:
            return FALSE
        return self._of_column(key, numbers, sorted(values)) or self._holding(
            numbers, sorted(values)
        )

    def shared(self, key: str) -> Sql:
        """Return the condition that another thing has the same value of a text of ours."""
        numbers = self._keys.numbers(self._tables.number, key)
        if not numbers:
            return FALSE
        table, owner = self._table, self._tables.owner
        marks = ", ".join(["%s"] * len(numbers))
        many = sql(
            f"SELECT value FROM {table} WHERE organization_id = %s AND key_id IN ({marks})"
            f" GROUP BY value HAVING COUNT(DISTINCT {owner}) > 1",
            self._organization_id,
            *numbers,
        )
        shared = Sql(f"value IN ({many.text})", many.parameters)
        return self._owners(_one_of("key_id", numbers), shared, cost=Cost.SLICE)

    def _own(self, key: str, test: ValueTest) -> Sql:
        """Return the condition that one of our own texts passes a test."""
        numbers = self._keys.numbers(self._tables.number, key)
        if numbers and self._reading is not Reading.WHOLE:
            values = self._few(numbers, test)
            of_column = None if values is None else self._of_column(key, numbers, values)
            if of_column is not None:
                return of_column
        return self._with(numbers, test)

    def _of_column(self, key: str, numbers: Sequence[int], values: Sequence[str]) -> Sql | None:
        """Return the condition that a column of a row `t` has one of a few values.

        None where the text of that key is in no column. The database folds ASCII as we do; a text
        with anything else in it is looked up.
        """
        column = COLUMN_OF_KEY.get(key) if self._tables.rows == "inventory_asset" else None
        if column is None or self._reading is Reading.WHOLE or not values:
            return None
        lowered, plain = (
            dialects.lowered(f"t.{column}"),
            [each for each in values if each.isascii()],
        )
        looked_up = self._look(numbers, values)
        listed = f"{lowered} IN ({', '.join(['%s'] * len(plain))})" if plain else "1 = 0"
        test = sql(f"CASE WHEN {listed} THEN TRUE", *plain)
        rest = f" WHEN {dialects.is_ascii(f't.{column}')} THEN FALSE ELSE "
        return replace(test + Sql(rest) + looked_up + Sql(" END"), depth=2, looks=1)

    def _with(self, numbers: Sequence[int], test: ValueTest | None) -> Sql:
        """Return the condition that a value under one of the keys passes, or is there at all."""
        if not numbers:
            return FALSE
        values = self._few(numbers, test)
        if values is not None:
            return self._holding(numbers, values)
        is_range = test is None or (isinstance(test, Pattern) and test.prefix != "")
        cost = Cost.RANGE if is_range else Cost.SLICE
        return self._owners(_one_of("key_id", numbers), self._passing(test, numbers), cost=cost)

    def _few(self, numbers: Sequence[int], test: ValueTest | None) -> tuple[str, ...] | None:
        """Return the values that pass if they are few; None if nobody knows without looking."""
        if isinstance(test, Pattern) and test.exact is not None:
            return (test.exact,) if test.exact else ()
        found: set[str] = set()
        for number in numbers:
            values = self._keys.few_values(self._tables.attributes, number)
            if values is None:
                return None
            found.update(passing(test, values))
        return tuple(sorted(found))

    def _holding(self, numbers: Sequence[int], values: Sequence[str]) -> Sql:
        """Return the condition that one of a few values is there."""
        if not values:
            return FALSE
        keys, wanted = _one_of("key_id", numbers), _one_of("value", values)
        if self._reading is not Reading.WHOLE and len(numbers) * len(values) <= _MOST_LOOKS:
            return replace(self._look(numbers, values), is_of_id=True)
        is_plain = self._table == self._tables.attributes
        is_unique = is_plain and len(numbers) == len(values) == 1
        return self._owners(keys, wanted, cost=Cost.POINT, is_unique=is_unique)

    def _look(self, numbers: Sequence[int], values: Sequence[str]) -> Sql:
        """Return the condition that a row `t` has one of a few values, looked up in the index."""
        where = all_of([self._start, _one_of("key_id", numbers), _one_of("value", values)])
        of_row = f"{self._table} WHERE {where.text} AND {self._tables.owner} = t.id"
        return dialects.exists(Sql(of_row, where.parameters), looks=len(numbers) * len(values))

    def _passing(self, test: ValueTest | None, numbers: Sequence[int]) -> Sql:
        """Return the condition that a column `value` passes, if there is a test.

        Comparing versions is dear in SQL and there are few: each is compared once.
        """
        if test is None:
            return TRUE
        if not isinstance(test, VersionTest) or not numbers:
            return passes(test)
        marks = ", ".join(["%s"] * len(numbers))
        versions = sql(
            f"WITH versions AS MATERIALIZED (SELECT DISTINCT value FROM {self._table}"
            f" WHERE organization_id = %s AND key_id IN ({marks}) AND {dialects.STARTS_WITH_DIGIT})"
            " SELECT value FROM versions WHERE ",
            self._organization_id,
            *numbers,
        )
        found = versions + passes(test)
        return Sql(f"value IN ({found.text})", found.parameters)

    def _any_key(self, keys: Sequence[str], pattern: Pattern) -> Sql:
        return any_of([self._own(each, pattern) for each in keys])

    def _in_text(self, pattern: Pattern) -> Sql:
        """Return the condition that the text with the trigram index contains the words."""
        literal, like = pattern.inner or "", pattern.like()
        if self._reading is not Reading.WHOLE:
            return dialects.text_of_row_is(self._organization_id, like)
        found = dialects.text_contains(self._organization_id, literal, like)
        return in_set(found, cost=Cost.TEXT, is_unique=True)

    def _with_named_like(self, name: Pattern, test: Sql) -> Sql:
        numbers = sql(
            "key_id IN (SELECT id FROM inventory_attributekey WHERE organization_id = %s"
            " AND inventory = %s AND folded LIKE %s ESCAPE '\\'"
            " AND folded NOT LIKE %s ESCAPE '\\')",
            self._organization_id,
            self._tables.number.value,
            name.like(),
            f"\\{self._tables.own_prefix}%",
        )
        return self._owners(numbers, test, cost=Cost.SLICE)

    def _owners(self, numbers: Sql, test: Sql, *, cost: Cost, is_unique: bool = False) -> Sql:
        if test == FALSE:
            return FALSE
        owner = self._tables.owner
        is_near = self._reading is Reading.NEAR
        near = dialects.is_candidate(owner, self._candidates) if is_near else TRUE
        where = all_of([self._start, numbers, test, near])
        found = Sql(f"SELECT {owner} AS id FROM {self._table} WHERE ") + where
        return in_set(found, cost=cost, is_unique=is_unique)

    @property
    def _start(self) -> Sql:
        return sql("organization_id = %s", self._organization_id)

    @property
    def _table(self) -> str:
        return self._keys.table(self._tables.attributes)


def _one_of(column: str, values: Sequence[object]) -> Sql:
    if len(values) == 1:
        return sql(f"{column} = %s", values[0])
    return sql(f"{column} IN ({', '.join(['%s'] * len(values))})", *values)


def passes(test: ValueTest) -> Sql:
    """Return the condition that a column `value` passes the test."""
    match test:
        case Pattern():
            return matches("value", test)
        case Interval():
            return dialects.number_within(test)
        case VersionTest(operator, key):
            return dialects.version_compares(operator.value, key)


def matches(column: str, pattern: Pattern) -> Sql:
    """Return the condition that a folded text matches and is not empty."""
    exact = pattern.exact
    if exact is not None:
        return sql(f"{column} = %s", exact) if exact else FALSE
    if pattern == Pattern.anything():
        return sql(f"{column} > ''")
    like = sql(f"{column} LIKE %s ESCAPE '\\' AND {column} > ''", pattern.like())
    return all_of([*prefixed(column, pattern.prefix), like])


def prefixed(column: str, prefix: str) -> list[Sql]:
    """Return the range of texts with the prefix, which an index can be cut to."""
    if not prefix:
        return []
    after = _after(prefix)
    bounds = [sql(f"{column} >= %s", prefix)]
    return [*bounds, sql(f"{column} < %s", after)] if after else bounds


def _after(prefix: str) -> str:
    """Return the first text, by code points, behind all that start so; "" if there is none."""
    stem = prefix.rstrip(chr(_LAST_CHARACTER))
    if not stem:
        return ""
    last = ord(stem[-1])
    following = _AFTER_SURROGATES if last == _BEFORE_SURROGATES else last + 1
    return stem[:-1] + chr(following)
