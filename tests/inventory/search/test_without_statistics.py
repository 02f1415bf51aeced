"""An inventory that was never analyzed: SQLite must be led to what few rows are found by."""

import re
from random import Random

import pytest
from django.db import connection

from inventory.search import worlds
from muster.inventory import engine
from muster.inventory.search import count, search
from muster.inventory.search.finding import reader

pytestmark = pytest.mark.django_db

READS_ALL = re.compile(r"SEARCH (?!t |u |g )\w+ USING .*\(organization_id=\?\)$")
"""A table in the middle of a join of which everything in the organization is read, each time."""

QUESTIONS = [
    ("assets", "owner:a"),
    ("assets", "owner.department:=finance"),
    ("assets", "user.group:group"),
    ("assets", "group:group"),
    ("assets", "port:22 NOT port:80"),
    ("assets", "tcp_count:>1"),
    ("users", "asset:a"),
    ("users", "asset.os:windows"),
    ("users", "group:group"),
    ("users", "device_count:>1"),
    ("users", "group_count:>1"),
    ("groups", "member:a"),
    ("groups", "asset:a"),
    ("groups", "owner:a"),
    ("services", "asset.owner:a"),
]


def plan(statement) -> list[str]:
    """Return how SQLite reads; PostgreSQL looks at how large tables are, statistics or not."""
    if engine.is_postgresql():
        return []
    rows = engine.rows(f"EXPLAIN QUERY PLAN {statement.text}", statement.parameters)
    return [row[-1] for row in rows]


@pytest.fixture
def plans(scope, monkeypatch):
    worlds.build(scope, Random(5), size=9)
    said, rows = [], reader._rows

    def explained(statement, **more):
        said.extend(plan(statement))
        return rows(statement, **more)

    monkeypatch.setattr(reader, "_rows", explained)
    return said


@pytest.mark.parametrize(("inventory", "text"), QUESTIONS)
def test_what_is_related_is_looked_up_and_not_read_whole(scope, plans, inventory, text):
    search(scope, text, now=worlds.NOW, inventory=inventory, is_counted=True)
    count(scope, text, now=worlds.NOW, inventory=inventory, is_exact=True)

    assert plans or connection.vendor == "postgresql"
    assert [each for each in plans if READS_ALL.search(each)] == []
