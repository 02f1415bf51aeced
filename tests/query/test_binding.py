"""What a query means: each type of keyword, and the errors that teach."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from muster.core.errors import QueryError
from muster.query import bind, catalogue, parse
from muster.query.catalogue import INVENTORIES, Field, FieldType
from muster.query.conditions import AddressIn, AllOf, AnyOf, RelatedTo, SourceIn, TextIs, Without

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
EVERY_FIELD = [
    pytest.param(inventory.inventory, field, id=f"{inventory.inventory}.{field.name}")
    for inventory in INVENTORIES.values()
    for field in inventory.fields
]


def bound(text: str, inventory: str = "assets"):
    return bind(parse(text), inventory=inventory, now=NOW)


def refused(text: str, inventory: str = "assets") -> QueryError:
    with pytest.raises(QueryError) as caught:
        bound(text, inventory)
    return caught.value


@pytest.mark.parametrize(("inventory", "field"), EVERY_FIELD)
def test_every_example_of_the_catalogue_is_a_query_and_absent_data_says_so(
    inventory: str, field: Field
):
    if field.type is FieldType.ABSENT:
        assert field.help in refused(f"{field.name}:x", inventory).message
    else:
        assert bound(field.example, inventory)


@pytest.mark.parametrize(("inventory", "field"), EVERY_FIELD)
def test_every_alias_means_its_keyword(inventory: str, field: Field):
    for alias in field.aliases:
        assert catalogue(inventory).field(alias.upper()) == field


@pytest.mark.parametrize(
    ("text", "inventory", "nearest"),
    [
        ("os_versoin:x", "assets", "os_version"),
        ("soruce:azuread", "assets", "source"),
        ("frist_seen:<1week", "assets", "first_seen"),
        ("emial:x", "users", "email"),
        ("displya_name:x", "groups", "display_name"),
        ("_service.prot:80", "assets", "port"),
        ("source:azuerad", "assets", "azuread"),
    ],
)
def test_a_mistyped_name_is_answered_with_the_nearest(text, inventory, nearest):
    error = refused(text, inventory)

    assert f"did you mean '{nearest}'?" in error.message
    assert error.text == text


@pytest.mark.parametrize(
    ("text", "position", "length"),
    [
        ("x os_versoin:>3", 2, 12),
        ("x AND last_seen:>soon", 17, 4),
        ('alive:t (port:"many")', 14, 6),
        ("source:nothing", 7, 7),
        ("os:>x", 0, 4),
        ("x vuln:y", 2, 5),
        ("id:7", 3, 1),
        ("last_seen:30days", 0, 10),
    ],
)
def test_an_error_points_at_the_keyword_or_the_value(text, position, length):
    error = refused(text)

    assert (error.position, error.length) == (position, length)


@pytest.mark.parametrize(
    "text",
    [
        "alive:maybe",
        'alive:""',
        "port:x",
        "source_count:many",
        "first_seen:<2fortnights",
        "last_seen:2026-02-30",
        "address:nowhere",
        "address:10.0.0.0/40",
        "id:not-a-uuid",
        "os_version:>new",
        "@azuread.dev.model:>x",
        "name:<m",
        "mac:>00:11",
        "has:vulnerability",
        "has:id",
        'attribute:""',
        "owner.asset.owner.asset.owner.asset.os:x",
        "owner.vuln:x",
        "net:>10.0.0.0/8",
        "service_ports_tcp:http",
        "service_ports_tcp:=80,,443",
        "service_ports_udp:=80,99999",
        "service_ports_tcp:>80",
        f"service_ports_tcp:={','.join(map(str, range(200)))}",
    ],
)
def test_what_a_keyword_cannot_take_is_an_error_with_its_place(text):
    assert refused(text).position is not None


def test_an_unknown_inventory_is_named():
    assert "'wireless'" in refused("x", "wireless").message


@pytest.mark.parametrize(
    ("text", "inventory"),
    [
        ("@azuread.dev.displayName:x", "assets"),
        ("ip.ttl.hops:>8", "assets"),
        ("hwModel:x", "assets"),
        ("_sources.16.names:x", "assets"),
        ("userType:Guest", "users"),
        ("suspended:t", "users"),
        ("isAssignableToRole:t", "groups"),
    ],
)
def test_names_that_the_catalogue_lacks_are_attributes(text, inventory):
    assert "AttributeIs" in repr(bound(text, inventory))


def test_a_qualified_attribute_of_a_user_is_the_bare_one_of_that_source():
    assert bound("@azuread.user.userType:x", "users") == AllOf(
        (SourceIn(frozenset({16})), bound("userType:x", "users"))
    )
    assert "names no attribute" in refused("@nobody.user.userType:x", "users").message


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ('os:="" ', "NOT os:%"),
        ("owner:=", "NOT has:owner"),
        ("address:=", "NOT has_address:t"),
        ("has_mac:f", "mac:="),
        ("last_seen:=0", "NOT last_seen:>0"),
        ("hostname:x", "name:x"),
        ("NAME:X", "name:x"),
        ("_asset.os:x", "os:x"),
        ("service.port:80", "port:80"),
        ("service_ports_tcp:=443,80", 'service_ports_tcp:="80, 443, 80"'),
        ("10.0.0.0/24", "net:10.0.0.0/24"),
        ("source:Entra", "source:16"),
        ("haspublic:yes", "has_public:t"),
        ("last_seen:<=60d", "last_seen:=<60d"),
    ],
)
def test_different_spellings_mean_the_same(text, same):
    assert bound(text) == bound(same)


def test_what_a_service_was_is_not_known_and_says_so():
    assert "searches what is known now" in refused("last.html.title:x", "services").message


def test_equal_terms_count_once():
    assert bound("a a A") == AllOf((bound("a"),))


def test_a_relation_can_ask_any_keyword_of_the_other_inventory():
    found = bound("user.department:finance")

    assert found == RelatedTo("user", "users", bound("department:finance", "users"))


def test_not_is_a_set_difference_also_within_relations():
    assert bound("NOT owner.email:=") == Without(
        RelatedTo("owner", "users", Without(TextIs("_user.email", bound("email:%", "users").test)))
    )


def test_an_address_as_a_word_is_that_address_and_not_part_of_others():
    assert isinstance(bound("10.0.0.1"), AddressIn)
    assert not isinstance(bound("10.0.0"), AddressIn)


def test_a_relation_is_known_by_any_name():
    assert isinstance(bound("user:ada"), RelatedTo)
    assert isinstance(bound("user:ada").condition, AnyOf)


def test_an_owner_is_one_of_a_directory_or_one_that_people_named():
    related, named = bound("owner:ada").parts

    assert isinstance(related, RelatedTo)
    assert named == TextIs("_asset.owner", bound("name:ada").test)


WORDS = st.sampled_from(
    [name for each in INVENTORIES.values() for field in each.fields for name in (field.name,)]
    + ["@a.b.c", "x.y", "camelCase", "owner.name", "group.member.asset.os", "_service.port"]
)
VALUES = st.sampled_from(
    ["x", "%", "t", "80", "-1", "0", "1week", "now", "2026-01-01", "10.0.0.0/8", "::1", "1.2.3"]
)
ODD_VALUES = st.sampled_from(
    ["@", "-", "/", "0001-01-01", "9999-12-31", '""', '"a b"', "9" * 20, "9999999999999years"]
)


def outcome(text: str, inventory: str) -> QueryError | None:
    try:
        bound(text, inventory)
    except QueryError as error:
        return error
    return None


@given(
    st.lists(
        st.tuples(WORDS, st.sampled_from([":", ":=", ":<", ":>="]), VALUES | ODD_VALUES), max_size=4
    ),
    st.sampled_from(sorted(INVENTORIES)),
)
@settings(max_examples=400, deadline=None)
def test_any_keyword_with_any_value_means_something_or_is_an_error_of_ours(terms, inventory):
    text = " ".join("".join(each) for each in terms)

    error = outcome(text, inventory)

    assert error is None or (error.position is not None and error.text == text)
