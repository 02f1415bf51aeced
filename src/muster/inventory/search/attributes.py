"""Sets of things by the values of their attributes, our own or a source's."""

from collections.abc import Sequence

from muster.inventory.search import dialects
from muster.inventory.search.keys import Keys
from muster.inventory.search.sql import FALSE, TRUE, Sql, all_of, any_of, in_set, sql
from muster.inventory.search.tables import Tables
from muster.query.conditions import AttributeIs, FreeText, TextIs, ValueTest, VersionTest
from muster.query.values.numbers import Interval
from muster.query.values.patterns import Pattern

_SHORTEST_TRIGRAM = 3
_LAST_CHARACTER = 0x10FFFF
_BEFORE_SURROGATES, _AFTER_SURROGATES = 0xD7FF, 0xE000
_IN_TEXT = frozenset({"_asset.name", "_asset.address", "_asset.mac", "_asset.tag", "_asset.domain"})
"""The keys whose values are also in the text that has the trigram index; see `search_text`."""


class Attributes:
    """Compiles conditions on attributes for one inventory of one organization."""

    def __init__(self, organization_id: int, tables: Tables, keys: Keys) -> None:
        """Search the organization's attributes in these tables."""
        self._organization_id = organization_id
        self._tables = tables
        self._keys = keys

    def text(self, condition: TextIs) -> Sql:
        """Return the condition that one of our own texts passes the test."""
        numbers = self._keys.numbers(self._tables.number, condition.key)
        return self._with(numbers, self._passing(condition.test, numbers))

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
        found = dialects.text_contains(self._organization_id, literal, condition.pattern.like())
        return any_of([in_set(found), self._any_key(rest, condition.pattern)])

    def named(self, condition: AttributeIs) -> Sql:
        """Return the condition that an attribute of such a name passes the test."""
        exact = condition.name.exact
        if exact is None:
            test = TRUE if condition.test is None else passes(condition.test)
            return self._with_named_like(condition.name, test)
        if exact.startswith(self._tables.own_prefix):
            return FALSE
        numbers = self._keys.numbers(self._tables.number, exact)
        return self._with(numbers, self._passing(condition.test, numbers))

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
        return self._with(numbers, Sql(f"value IN ({many.text})", many.parameters))

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
        numbers = [n for each in keys for n in self._keys.numbers(self._tables.number, each)]
        return self._with(numbers, passes(pattern))

    def _with(self, numbers: Sequence[int], test: Sql) -> Sql:
        if not numbers or test == FALSE:
            return FALSE
        marks = ", ".join(["%s"] * len(numbers))
        return self._owners(sql(f"key_id IN ({marks})", *numbers), test)

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
        return self._owners(numbers, test)

    def _owners(self, numbers: Sql, test: Sql) -> Sql:
        start = sql("organization_id = %s", self._organization_id)
        where = all_of([start, numbers, test])
        return in_set(Sql(f"SELECT {self._tables.owner} FROM {self._table} WHERE ") + where)

    @property
    def _table(self) -> str:
        return self._keys.table(self._tables.attributes)


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
    return all_of([*_prefix(column, pattern.prefix), like])


def _prefix(column: str, prefix: str) -> list[Sql]:
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
