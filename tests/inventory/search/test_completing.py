"""Completion with the values of an inventory: the right ones, of this organization, in time."""

from datetime import timedelta
from random import Random

import pytest
from django.db import connection

from inventory.ingest.feeding import device, host, ingest, service
from inventory.search import worlds
from muster.core.records import UserRecord
from muster.inventory import engine
from muster.inventory.schema import RECENT
from muster.inventory.search import completing, count
from muster.inventory.search.compiling.tables import TABLES
from muster.inventory.search.completing import complete
from muster.inventory.search.finding import reader
from muster.query import bind, parse
from muster.query.catalogue import INVENTORIES
from muster.query.completing import SuggestionKind

pytestmark = pytest.mark.django_db

SERVERS = [
    host(str(number), f"srv-{number}", os="Windows Server 2022", tags=("100%_a",))
    for number in range(3)
]
LAPTOPS = [
    host("10", "lap-1", os="Windows 11", addresses=("10.0.0.9",), tags=("<3", "a b")),
    host("11", "lap-2", os="Ubuntu", addresses=("fe80::1",), attributes={"ip.ttl.hops": "8"}),
]
DEVICES = [
    device(
        "d1",
        "srv-0",
        attributes={"displayName": "SRV-0", "isManaged": "true", "trustType": "AzureAd"},
    ),
    UserRecord(
        source="azuread",
        id="u1",
        name="ada@corp.example",
        display_name="Ada Lovelace",
        department="Finance",
        attributes={"userType": "Guest", "usageLocation": "GB"},
    ),
]


@pytest.fixture
def stocked(scope, now):
    """The scope with a few assets of two sources, and a user."""
    ingest(scope, [*SERVERS, *LAPTOPS, service("10", 443, protocols=("tls", "http"))], at=now)
    ingest(scope, DEVICES, at=now)
    return scope


def texts(scope, typed: str, inventory: str = "assets", **options) -> list[str]:
    found = complete(scope, typed, len(typed), inventory=inventory, **options)
    return [each.text for each in found.suggestions]


@pytest.mark.parametrize(
    ("typed", "inventory", "expected"),
    [
        ("os:", "assets", ['"Windows Server 2022"', "Ubuntu", '"Windows 11"', "="]),
        ("os:WIN", "assets", ['"Windows Server 2022"', '"Windows 11"']),
        ("os:=win", "assets", ['="Windows Server 2022"', '="Windows 11"']),
        ('x OR os:"windows 1', "assets", ['"Windows 11"']),
        ("os:2022", "assets", ['"Windows Server 2022"']),
        ("name:lap", "assets", ["lap-1", "lap-2"]),
        ("tag:", "assets", [r'"100\%\_a"', r'"\<3"', '"a b"', "="]),
        ("address:10", "assets", ["10.0.0.9"]),
        ("ip.ttl.hops:", "assets", ["8", "=", "<", "<=", ">", ">="]),
        ("@azuread.dev.trustType:az", "assets", ["AzureAd"]),
        ("source:", "assets", ["azuread", "runzero", "="]),
        ("source:run", "assets", ["runzero"]),
        ("site:", "assets", ["Primary", "="]),
        ("organization:d", "assets", ["Default"]),
        ("protocol:t", "assets", ["tls", "http"]),
        ("protocol:", "services", ["http", "tls", "="]),
        ("os:win", "services", ['"Windows Server 2022"', '"Windows 11"']),
        ("owner.department:", "assets", ["Finance", "="]),
        ("owner:ada", "assets", ["ada@corp.example", '"Ada Lovelace"']),
        ("usageLocation:", "users", ["GB", "=", "<", "<=", ">", ">="]),
        ("@azuread.user.userType:g", "users", ["Guest"]),
        ("@azuread.dev.tr", "assets", ["@azuread.dev.trustType:"]),
        ("isMan", "assets", ["@azuread.dev.isManaged:"]),
        ("ttl", "assets", ["ip.ttl.hops:"]),
        ("usage", "users", ["usageLocation:"]),
        ("owner.usage", "assets", ["owner.usageLocation:"]),
        ("@azuread.user.usage", "users", ["@azuread.user.usageLocation:"]),
        ("has:@azuread.dev.dis", "assets", ["@azuread.dev.displayName"]),
        ("attribute:hops", "assets", ["ip.ttl.hops"]),
    ],
)
def test_values_and_names_come_from_the_inventory(stocked, typed, inventory, expected):
    assert texts(stocked, typed, inventory) == expected


def test_a_value_says_how_many_have_it(stocked):
    typed = "os:win"

    first = complete(stocked, typed, len(typed)).suggestions[0]

    assert (first.kind, first.help) == (SuggestionKind.VALUE, "3 assets")


def test_values_of_a_bulk_load_that_runs_are_there_too(stocked):
    number = engine.rows("SELECT id FROM inventory_attributekey WHERE folded = '_asset.os'")[0][0]
    asset = engine.rows("SELECT id FROM inventory_asset WHERE name = 'lap-1'")[0][0]
    columns = ("organization_id", "key_id", "value", "asset_id")
    row = (stocked.organization_id, number, "windows xp", asset)
    engine.insert(f"asset_attribute{RECENT}", columns, [row])

    assert '"windows xp"' in texts(stocked, "os:win")


def test_another_organization_has_nothing_to_tell(stocked, other_scope):
    for typed in ("os:", "name:", "tag:", "source:", "protocol:", "@azuread.dev.trustType:"):
        suggestions = complete(other_scope, typed, len(typed)).suggestions
        assert all(each.kind is SuggestionKind.OPERATOR for each in suggestions), typed
    assert texts(other_scope, "isMan") == []
    assert texts(other_scope, "organization:") == ["Other", "="]


def test_there_are_never_more_than_asked_for(stocked):
    assert texts(stocked, "os:", most=2) == ['"Windows Server 2022"', "Ubuntu"]
    assert len(texts(stocked, "", most=5)) == 5


def test_without_time_the_grammar_answers_alone(stocked, monkeypatch):
    assert texts(stocked, "os:", limit=timedelta(0)) == ["="]

    def late(statement, *, limit):
        raise reader.Timeout

    monkeypatch.setattr(completing.reader, "fetch", late)
    assert texts(stocked, "os:") == ["="]


def test_many_different_values_are_cut_by_prefix_and_not_read(scope, now):
    ingest(scope, [host(str(n), f"host-{n:04}") for n in range(300)], at=now)

    assert texts(scope, "name:host-02", most=3) == ["host-0200", "host-0201", "host-0202"]
    assert texts(scope, "name:0299") == []


def test_reading_the_values_of_a_key_never_walks_it(scope):
    statement = completing.loose_scan(scope.organization_id, TABLES["assets"], 1, prefix="w")

    if engine.is_postgresql():
        plan = engine.rows(f"EXPLAIN {statement.text}", statement.parameters)
        assert "Seq Scan" not in str(plan)
    else:
        plan = engine.rows(f"EXPLAIN QUERY PLAN {statement.text}", statement.parameters)
        assert not [row for row in plan if row[3].startswith("SCAN a")]
        assert [row for row in plan if row[3].startswith("SEARCH a USING PRIMARY KEY")]


def steps(scope, rows: int) -> int:
    """Return how many hundreds of steps SQLite takes for two values that so many rows have.

    Only SQLite counts them; on PostgreSQL the answer is looked at, and 0 returned.
    """
    held = [(scope.organization_id, rows, f"windows {n % 2}", n) for n in range(rows)]
    engine.insert("asset_attribute", ("organization_id", "key_id", "value", "asset_id"), held)
    statement = completing.loose_scan(scope.organization_id, TABLES["assets"], rows, prefix="w")
    taken = []
    is_counted = not engine.is_postgresql()
    if is_counted:
        connection.connection.set_progress_handler(lambda: taken.append(1), 100)
    try:
        found = engine.rows(statement.text, statement.parameters)
    finally:
        if is_counted:
            connection.connection.set_progress_handler(None, 0)
    assert [row[:2] for row in found] == [("windows 0", 1000), ("windows 1", 1000)]
    return len(taken)


def test_a_value_of_many_assets_costs_no_more_than_one_of_some(scope):
    assert steps(scope, 20_000) <= steps(scope, 4_000) * 1.1


@pytest.mark.parametrize("inventory", ["assets", "users", "groups", "services"])
def test_every_value_that_is_offered_can_be_searched_for(scope, inventory):
    worlds.build(scope, Random(3), size=30)
    names = [each.name for each in INVENTORIES[inventory].known()]

    for name in [*names, "@azuread.dev.model", "isManaged", "ip.ttl.hops", "Größe"]:
        for operator in ("", "=", ">"):
            typed = f"x AND {name}:{operator}"
            found = complete(scope, typed, len(typed), inventory=inventory, most=100)
            for each in found.suggestions:
                accepted, _ = found.accepted(typed, each)
                if each.kind is SuggestionKind.VALUE:
                    assert bind(parse(accepted), inventory=inventory, now=worlds.NOW)
                assert parse(accepted if each.kind is SuggestionKind.VALUE else f"{accepted}1")


@pytest.mark.parametrize("inventory", ["assets", "users", "groups", "services"])
def test_every_attribute_that_is_offered_can_be_searched_for(scope, inventory):
    worlds.build(scope, Random(4), size=30)
    offered = 0

    for typed in ("m", "is", "@azuread.dev.", "tls", "ä", "ö", "größe", "hops"):
        found = complete(scope, typed, len(typed), inventory=inventory, most=100)
        for each in found.suggestions:
            if each.kind is SuggestionKind.ATTRIBUTE:
                count(scope, f"{each.text}1", now=worlds.NOW, inventory=inventory)
                offered += 1
    assert offered
