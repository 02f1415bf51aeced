"""The law of facets: the numbers are those of the things that the oracle holds for."""

from collections import Counter
from datetime import timedelta
from random import Random

import pytest

from inventory.ingest.feeding import complete, device, host, ingest
from inventory.search import worlds
from muster.core.errors import QueryError
from muster.core.records import UserRecord
from muster.inventory import engine
from muster.inventory.schema import ATTRIBUTES, RECENT
from muster.inventory.search import Facet, FacetValue, count, facets
from muster.organizations.services import create_site
from muster.query import Query, evaluate, parse, to_text
from muster.query.ast import Operator, Term, Value
from muster.query.values.patterns import fold, indexed

pytestmark = pytest.mark.django_db

KEYWORDS = {
    "assets": ["os", "os_version", "type", "hw", "vendor", "tag", "name", "mac", "domain"],
    "users": ["department", "title", "email", "display_name"],
    "groups": ["name", "description", "display_name"],
}
ATTRIBUTES_OF = {
    "assets": ["@azuread.dev.model", "@azuread.dev.isManaged", "ip.ttl.hops", "größe"],
    "users": ["isManaged", "model", "@azuread.user.userType"],
    "groups": ["model", "lastTS"],
}
QUERIES = {
    "assets": ["", "source:azuread NOT source:runzero", "alive:t OR os:windows", "os:nothing"],
    "users": ["", "active:t", "group:group"],
    "groups": ["", "member:user"],
}


def values_of(document, by: str) -> set[str]:
    """The folded values of one document."""
    name = by.removeprefix("@azuread.user.")
    if name in document.texts:
        return {fold(each) for each in document.texts[name] if each}
    folded = {key.casefold(): texts for key, texts in document.attributes.items()}
    return {part for text in folded.get(name.casefold(), ()) for part in indexed(text) if part}


def shape(facet: Facet) -> tuple[list[tuple[str, int]], int, int]:
    return (
        [(fold(each.value), each.number) for each in facet.values],
        facet.total,
        facet.missing,
    )


def right(world: worlds.World, inventory: str, text: str, by: str):
    query = parse(text)
    matched = [
        values_of(document, by)
        for document in world.documents[inventory].values()
        if evaluate(query, document, worlds.NOW, inventory=inventory)
    ]
    numbers = Counter(value for values in matched for value in values)
    in_order = sorted(numbers.items(), key=lambda each: (-each[1], each[0]))
    return in_order, len(matched), sum(not values for values in matched)


@pytest.mark.parametrize("inventory", sorted(KEYWORDS))
@pytest.mark.parametrize("seed", [3, 4])
def test_facets_are_those_of_the_documents(scope, other_scope, inventory, seed):
    world = worlds.build(scope, Random(seed), size=20)
    worlds.build(other_scope, Random(seed + 50), size=20)

    for by in KEYWORDS[inventory] + ATTRIBUTES_OF[inventory]:
        for text in QUERIES[inventory]:
            found = facets(scope, text, now=worlds.NOW, by=by, inventory=inventory, most=1000)
            assert shape(found) == right(world, inventory, text, by), (by, text)


@pytest.mark.parametrize("by", ["os", "tag", "@azuread.dev.model", "source", "site"])
def test_each_value_is_found_as_often_as_its_facet_says(scope, by):
    worlds.build(scope, Random(9), size=20)

    facet = facets(scope, "(alive:t OR has_mac:t)", now=worlds.NOW, by=by, most=1000)

    assert facet.values
    for each in facet.values:
        term = to_text(Query(Term(by, Operator.EQUAL, Value.literal(each.value))))
        assert (
            count(scope, f"(alive:t OR has_mac:t) {term}", now=worlds.NOW).number == each.number
        ), term


def test_the_biggest_come_first_and_of_the_rest_it_is_said_how_many(scope, now):
    systems = ["Linux", "Windows 11", "Windows 11", "macOS", "AIX", ""]
    ingest(scope, [host(str(n), os=each) for n, each in enumerate(systems)], at=now)

    facet = facets(scope, "", now=now, by="os", most=2)

    assert facet == Facet(
        by="os",
        values=(FacetValue("Windows 11", 2), FacetValue("AIX", 1)),
        total=6,
        missing=1,
        other_values=2,
    )
    assert facet.is_capped
    assert not facets(scope, "", now=now, by="os").is_capped


def test_values_are_spelled_as_their_things_spell_them(scope, now):
    attributes = {"trustType": "AzureAd", "roles": "Kiosk\tLab PC"}
    ingest(
        scope,
        [device("d", tags=("Floor=Ground",), hardware_vendor="Dell Inc.", attributes=attributes)],
        at=now,
    )
    ingest(
        scope,
        [UserRecord(source="azuread", id="U-1", department="R&D", location="Zürich")],
        at=now,
    )

    def shown(by: str, inventory: str = "assets") -> list[str]:
        found = facets(scope, "", now=now, by=by, inventory=inventory)
        return [each.value for each in found.values]

    assert shown("vendor") == ["Dell Inc."]
    assert shown("tag") == ["Floor=Ground"]
    assert shown("@azuread.dev.trustType") == ["AzureAd"]
    assert shown("@AzureAD.dev.ROLES") == ["Kiosk", "Lab PC"]
    assert shown("department", "users") == ["R&D"]
    assert shown("location", "users") == ["Zürich"]
    assert shown("user_id", "users") == ["U-1"]


def test_values_that_differ_in_case_are_one(scope, now):
    ingest(scope, [host("1", os="Linux"), host("2", os="LINUX")], at=now)

    assert facets(scope, "", now=now, by="os").values == (FacetValue("Linux", 2),)


def test_attributes_whose_names_differ_in_case_count_a_thing_once(scope, now):
    both = {"Model": "x", "model": "X"}
    ingest(scope, [device("1", attributes=both), device("2", attributes={"model": "x"})], at=now)

    facet = facets(scope, "", now=now, by="@azuread.dev.model")

    assert [(each.number, each.value.casefold()) for each in facet.values] == [(2, "x")]
    assert facet.missing == 0


def test_an_asset_counts_for_each_of_its_sources_until_it_is_gone_from_it(scope, now):
    ingest(scope, [host("1", "ws-1"), host("2", "ws-2")], at=now)
    ingest(scope, [device("a", "ws-1"), device("b", "ws-3")], at=now, run_id=1)
    ingest(scope, [device("a", "ws-1"), complete("azuread")], at=now, run_id=2)

    facet = facets(scope, "", now=now, by="source")

    assert facet.values == (FacetValue("runzero", 2), FacetValue("azuread", 1))
    assert (facet.total, facet.missing) == (3, 1)


def test_sites_are_counted_by_name(scope, now):
    create_site(scope, "HQ", at=now)
    create_site(scope, "Empty", at=now)
    ingest(scope, [host("1")], at=now)
    ingest(scope, [host("2"), host("3")], at=now, site="HQ", instance="hq")

    assert facets(scope, "", now=now, by="site").values == (
        FacetValue("HQ", 2),
        FacetValue("Primary", 1),
    )
    assert facets(scope, "site:HQ", now=now, by="site").values == (FacetValue("HQ", 2),)


def test_services_are_counted_by_what_they_are(scope):
    world = worlds.build(scope, Random(2), size=20)
    ports = Counter(
        int(each.figures["port"])
        for each in world.documents["services"].values()
        if each.texts["transport"] == ["tcp"]
    )

    facet = facets(scope, "transport:=tcp", now=worlds.NOW, by="port", inventory="services")
    products = facets(scope, "", now=worlds.NOW, by="product", inventory="services")

    assert {each.value: each.number for each in facet.values} == {
        str(port): number for port, number in ports.items()
    }
    assert {each.value for each in products.values} == {"nginx", "OpenSSH"}
    assert products.total == len(world.documents["services"])


def test_what_gathers_during_a_bulk_load_is_counted_once(scope, now):
    ingest(scope, [host("1", os="Linux", tags=("a", "b")), host("2", os="Linux")], at=now)
    for name, owner in ATTRIBUTES.items():
        columns = f"organization_id, key_id, value, {owner}"
        engine.execute(f"INSERT INTO {name}{RECENT} ({columns}) SELECT {columns} FROM {name}")

    systems, tags = (facets(scope, "", now=now, by=each) for each in ("os", "tag"))

    assert (systems.values, systems.missing) == ((FacetValue("Linux", 2),), 0)
    assert (tags.values, tags.missing) == ((FacetValue("a", 1), FacetValue("b", 1)), 1)


def test_a_value_of_its_own_for_everything_is_told_in_few_rows(scope, now):
    devices = [device(str(n), attributes={"deviceId": f"{n:04}"}) for n in range(300)]
    ingest(scope, devices, at=now)

    facet = facets(scope, "", now=now, by="@azuread.dev.deviceId", most=3)

    assert [each.value for each in facet.values] == ["0000", "0001", "0002"]
    assert (facet.total, facet.missing, facet.other_values) == (300, 0, 297)


def test_nothing_has_an_attribute_that_nobody_heard_of(scope, now):
    ingest(scope, [device("1")], at=now)

    assert facets(scope, "", now=now, by="@azuread.dev.nothing") == Facet(
        by="@azuread.dev.nothing", values=(), total=1, missing=1
    )


def test_another_organization_is_not_counted(scope, other_scope, now):
    ingest(scope, [host("1", os="Linux", tags=("t",))], at=now)

    for by in ("os", "tag", "site", "source", "source_count"):
        facet = facets(other_scope, "", now=now, by=by)
        assert (facet.values, facet.total) == ((), 0)


@pytest.mark.parametrize(
    "by",
    ["", " ", "last_seen", "alive", "owner", "owner.department", "cve", "address_count", "x" * 301],
)
def test_what_holds_no_values_to_count_is_refused_with_what_does(scope, now, by):
    with pytest.raises(QueryError, match="assets cannot be counted by") as caught:
        facets(scope, "", now=now, by=by)

    assert "os, " in caught.value.hint
    assert "address_count" not in caught.value.hint


def test_a_mistake_in_the_keyword_is_pointed_at(scope, now):
    with pytest.raises(QueryError, match="did you mean 'vendor'") as caught:
        facets(scope, "", now=now, by="vendro")

    assert caught.value.pointed() == "vendro\n^^^^^^"


@pytest.mark.parametrize(
    "by", ["\0", "\ud800", "a b.c", 'a".b', "@", "@x", "a:b.c", "%.%", "'; DROP TABLE x; --.", "é."]
)
@pytest.mark.parametrize("inventory", ["assets", "users", "services"])
def test_a_hostile_keyword_is_answered_or_refused(scope, now, by, inventory):
    worlds.build(scope, Random(7), size=6)

    outcome = None
    try:
        outcome = facets(scope, "", now=now, by=by, inventory=inventory).values
    except QueryError as error:
        outcome = error.message

    assert outcome == () or isinstance(outcome, str)


@pytest.mark.parametrize("inventory", ["nothing", "tasks"])
def test_an_inventory_without_values_is_refused(scope, now, inventory):
    with pytest.raises(QueryError):
        facets(scope, "", now=now, by="name", inventory=inventory)


def test_a_facet_that_takes_too_long_is_given_up(scope, now):
    devices = [device(str(n), attributes={"deviceId": f"{n:04}"}) for n in range(500)]
    ingest(scope, devices, at=now)

    with pytest.raises(QueryError, match="took longer than"):
        facets(
            scope,
            " OR ".join(f"@azuread.dev.deviceId:%{n}%{n}%" for n in range(200)),
            now=now,
            by="@azuread.dev.deviceId",
            limit=timedelta(microseconds=1),
        )
