"""Attributes whose names look like no attribute's, or like a slip of the pen, in one's own data."""

import pytest

from inventory.ingest.feeding import host, ingest, service
from muster.core.errors import QueryError
from muster.core.records import UserRecord
from muster.search import count, facets, find

pytestmark = pytest.mark.django_db


def fill(scope, now) -> None:
    ingest(scope, [host("1", "a", attributes={"serial": "X7", "tpye": "odd"})], at=now)
    ingest(scope, [host("2", "b"), service("2", attributes={"vhosts1": "intra"})], at=now)
    people = [UserRecord(source="ldap", id=n, name=n, attributes={"nmae": n}) for n in ("u", "v")]
    ingest(scope, people, at=now)


@pytest.mark.parametrize(
    ("inventory", "text", "number"),
    [
        ("assets", "serial:x7", 1),
        ("assets", "serial:=", 1),
        ("assets", "tpye:=odd", 1),
        ("assets", "has:tpye", 1),
        ("assets", "vhosts1:intra", 1),
        ("assets", "NOT serial:%", 1),
        ("services", "vhosts1:%", 1),
        ("services", "asset.serial:=", 1),
        ("users", "nmae:u", 1),
        ("users", "has:nmae", 2),
        ("users", "uid:x", 0),
    ],
)
def test_what_a_source_says_is_found_however_it_is_called(scope, now, inventory, text, number):
    fill(scope, now)

    assert count(scope, inventory, text, now=now).number == number


@pytest.mark.parametrize(
    ("inventory", "text"),
    [
        ("assets", "serial:x7"),
        ("assets", "tpye:odd"),
        ("assets", "has:tpye"),
        ("users", "nmae:u"),
        ("users", "has:nmae"),
    ],
)
def test_the_same_name_is_a_slip_where_nothing_has_it(scope, other_scope, now, inventory, text):
    fill(scope, now)

    with pytest.raises(QueryError):
        find(other_scope, inventory, text, now=now)


def test_such_attributes_are_columns_and_facets_too(scope, now):
    fill(scope, now)

    rows = find(scope, "assets", "has:serial", now=now, columns=("name", "serial")).rows
    counted = facets(scope, "users", "", now=now, by="nmae")

    assert rows == ({"name": "a", "serial": "X7"},)
    assert [each.value for each in counted.values] == ["u", "v"]


def test_a_slip_in_a_sources_name_is_told(scope, now):
    with pytest.raises(QueryError, match=r"did you mean '@azuread\.dev\.model'"):
        find(scope, "assets", "@azuraed.dev.model:x", now=now)


@pytest.mark.parametrize("name", ["@azureat.custom.rack", "@shelf.dev.rack"])
def test_sources_of_ones_own_are_searched(scope, now, name):
    assert count(scope, "assets", f"{name}:7", now=now).number == 0
