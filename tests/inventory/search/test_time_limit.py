"""The time limit of a query lies in the database, and is gone when the query is."""

from contextlib import suppress
from datetime import timedelta
from random import Random
from time import monotonic

import pytest

from inventory.search import worlds
from muster.core.errors import QueryError
from muster.inventory import engine
from muster.inventory.search import count, searching
from muster.inventory.search.compiling.sql import sql
from muster.inventory.search.finding import reader

pytestmark = pytest.mark.django_db

SHORT = timedelta(milliseconds=50)
COUNTING = (
    "WITH RECURSIVE numbers(n) AS (SELECT %s UNION ALL SELECT n + 1 FROM numbers WHERE n < %s)"
    " SELECT COUNT(*) FROM numbers"
)
ENDLESS = sql(COUNTING, 1, 10**12)


def settings_now() -> list[tuple[object, ...]]:
    names = ("statement_timeout", "work_mem", "jit", "enable_hashjoin", "enable_sort")
    return [engine.rows("SELECT current_setting(%s)", (each,))[0] for each in names]


def test_an_endless_statement_ends_near_its_limit():
    before = monotonic()

    with pytest.raises(reader.Timeout):
        reader.fetch(ENDLESS, limit=SHORT)

    assert monotonic() - before < 5


@pytest.mark.parametrize("statement", [ENDLESS, sql("SELECT %s", 1)], ids=["late", "in time"])
def test_the_limit_does_not_outlive_its_statement(statement):
    is_postgresql = engine.is_postgresql()
    before = settings_now() if is_postgresql else None

    with suppress(reader.Timeout):
        reader.fetch(statement, limit=SHORT)

    assert before is None or settings_now() == before
    started = monotonic()
    while monotonic() - started < SHORT.total_seconds() * 2:
        # Longer than the limit in all, and far more steps than between two looks at the clock.
        assert engine.rows(COUNTING, (1, 50_000)) == [(50_000,)]


def test_after_a_late_query_the_next_one_is_answered(scope):
    world = worlds.build(scope, Random(8), size=6)
    asked = searching.Asked.of(scope, "name:host", inventory="assets", now=worlds.NOW, limit=SHORT)

    with pytest.raises(QueryError, match=r"longer than 0\.05 seconds"), asked.reading():
        asked.fetch(ENDLESS)

    every = count(scope, "", now=worlds.NOW).number
    assert every == len(world.documents["assets"])
