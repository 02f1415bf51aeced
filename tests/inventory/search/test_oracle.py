"""The law of searching: SQL finds what `evaluate` holds for, in its own organization only."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inventory.search import worlds
from muster.core.errors import QueryError
from muster.inventory.search import count, ids, limits, search
from muster.inventory.search.compiling.tables import TABLES
from muster.query import Query, evaluate, parse, to_text
from muster.query.ast import And, Node, Not, Operator, Or, Term, Value, Wildcard
from muster.query.catalogue import INVENTORIES, Field, FieldType

pytestmark = pytest.mark.django_db

FIELDS = {name: list(INVENTORIES[name].known()) for name in TABLES}
TEXTS = st.sampled_from(
    [
        *worlds.WORDS,
        *worlds.SYSTEMS[:-1],
        *worlds.VERSIONS,
        "host-1",
        "host-",
        "user1",
        "group 2",
        "s",
        "er",
        "corp.example",
        "Lab",
        "Finance",
        "nginx",
        "HTTP",
        "ssh",
        "tcp",
        "temporary",
        "strasse",
        "STRASSE",
        "location=hq",
        "true",
        "Guest",
        "Primary",
        "Default",
        "user-3",
        "g2",
        "group-1",
        "Latitude",
        "dell",
        "needle",
        "x" * 512,
        "isM",
        "@azuread.dev.model",
        "model",
    ]
)
NUMBERS = st.sampled_from(["0", "1", "2", "8", "10", "-3", "0.6", "80", "443", "1795000000", "05"])
TIMES = st.sampled_from(
    [
        "1week",
        "30days",
        "60d",
        "1year",
        "now",
        "0",
        "2026-11-22",
        "2026-11-20",
        "6weeks",
        "1700000000",
        "2026-11-22T12:00:00Z",
    ]
)
ADDRESSES = st.sampled_from(
    [*worlds.ADDRESSES, "10.0.0.0/8", "10.0.1", "0.0.0.0/0", "::/0", "10.0.0.1-10.0.0.9", "fe80:"]
)
VALUES = {
    FieldType.TEXT: TEXTS,
    FieldType.VERSION: st.sampled_from([each for each in worlds.VERSIONS if each]),
    FieldType.NUMBER: NUMBERS,
    FieldType.BOOLEAN: st.sampled_from("tf"),
    FieldType.ADDRESS_FLAG: st.sampled_from("tf"),
    FieldType.INSTANT: TIMES,
    FieldType.ADDRESS: ADDRESSES,
    FieldType.MAC: st.sampled_from([*worlds.MACS, "00-11-22", "33:44", "aabb.ccdd.eeff"]),
    FieldType.ID: st.just("061786a4-4ce3-4f67-9dfd-581bfbbb1633"),
    FieldType.SOURCE: st.sampled_from(["runzero", "azuread", "16", "intune", "Entra ID"]),
    FieldType.PORTS: st.sampled_from(["80", "22,80", "443, 22", "53", "22,53,80,443", "%"]),
    FieldType.ATTRIBUTE_NAME: st.sampled_from(["model", "ttl", "ä", "size", "%"]),
    FieldType.PRESENCE: st.sampled_from(
        [
            "model",
            "@azuread.dev.model",
            "@azuread.dev.ISMANAGED",
            "os",
            "owner",
            "last_logon_at",
            "group",
            "mac",
            "address",
            "größe",
            "port",
            "html.title",
            "banner",
            "product",
            "ip.ttl.hops",
        ]
    ),
}
ATTRIBUTES = st.sampled_from(
    [
        *worlds.NAMES,
        *worlds.SERVICE_NAMES,
        *(f"@azuread.dev.{each}" for each in worlds.NAMES),
        "@azuread.user.userType",
        "_service.html.title",
        "_asset.ip.ttl.hops",
    ]
)
ATTRIBUTE_VALUES = (
    st.sampled_from(
        ["8", "10", "0.6", "1.2.3", "11.0.9", "true", "t", "no", "a", "b", "50%", "off_"]
    )
    | TEXTS
    | TIMES
    | NUMBERS
)
RELATED = {
    "assets": [
        *("owner.department", "user.display_name", "group.name"),
        *("service.transport", "service.html.title", "service.user.name"),
    ],
    "users": ["group.display_name", "asset.os", "asset.port", "group.member.title"],
    "groups": ["member.department", "group.name", "owner.title", "asset.tag"],
    "services": ["_asset.os", "asset.name", "owner.department", "asset.group.name", "group.name"],
}


@st.composite
def _values(draw, texts):
    text = draw(texts)
    if draw(st.integers(0, 3)) or not text:
        return Value.literal(text)
    at = draw(st.integers(0, len(text)))
    wildcard = draw(st.sampled_from(Wildcard))
    rest = text[at + draw(st.integers(0, 1)) :]
    return Value(tuple(each for each in (text[:at], wildcard, rest) if each))


def _asked(field: Field) -> Field:
    """The field itself, or the one of another inventory that a shorthand stands for."""
    while field.type is FieldType.RELATED:
        target = INVENTORIES[field.inventory].field(field.target)
        assert target is not None
        field = target
    return field


@st.composite
def _terms(draw, inventory):
    kind = draw(st.integers(0, 9))
    operator = draw(st.sampled_from([*Operator, Operator.CONTAINS, Operator.EQUAL]))
    if kind == 0:
        value = draw(_values(TEXTS | ADDRESSES))
        return Term("", Operator.CONTAINS, value if value.plain().strip() else Value.literal("x"))
    if kind <= 2:
        return Term(draw(ATTRIBUTES), operator, draw(_values(ATTRIBUTE_VALUES)))
    if kind == 3:
        return Term(draw(st.sampled_from(RELATED[inventory])), operator, draw(_values(TEXTS)))
    field = draw(st.sampled_from(FIELDS[inventory]))
    value = draw(_values(VALUES.get(_asked(field).type, TEXTS)))
    if not value.pieces or not draw(st.integers(0, 9)):
        return Term(field.name, Operator.EQUAL, Value())
    return Term(
        field.name, operator if operator in field.type.operators else Operator.CONTAINS, value
    )


def _nodes(inventory) -> st.SearchStrategy[Node]:
    return st.recursive(
        _terms(inventory),
        lambda nodes: st.one_of(
            st.builds(Not, nodes),
            st.builds(And, st.lists(nodes, min_size=2, max_size=3).map(tuple)),
            st.builds(Or, st.lists(nodes, min_size=2, max_size=3).map(tuple)),
        ),
        max_leaves=6,
    )


def expected(world: worlds.World, inventory: str, query: Query) -> list[int]:
    return [
        number
        for number, document in sorted(world.documents[inventory].items())
        if evaluate(query, document, worlds.NOW, inventory=inventory)
    ]


def is_answerable(world: worlds.World, inventory: str, query: Query) -> bool:
    try:
        expected(world, inventory, query)
    except QueryError:
        return False
    return True


@pytest.fixture
def as_if_large(monkeypatch):
    """Two things are many here, so that a small world is searched as a large one is."""
    monkeypatch.setattr(limits, "FEW", 2)
    monkeypatch.setattr(limits, "RELATED", 1)
    monkeypatch.setattr(limits, "FIRST_ROWS", 4)
    monkeypatch.setattr(limits, "MOST_LOOKS", 10)
    monkeypatch.setattr(limits, "LATEST_ROWS", 12)
    monkeypatch.setattr(limits, "MOST_VALUES", 2)


def all_pages(scope, text: str, inventory: str) -> list[int]:
    """The ids of every page, in order."""
    found: list[int] = []
    after = ""
    while True:
        page = search(scope, text, now=worlds.NOW, inventory=inventory, page_size=3, after=after)
        found += page.ids
        after = page.next_key
        if not after:
            return found


@pytest.mark.parametrize("inventory", sorted(FIELDS))
@pytest.mark.usefixtures("as_if_large")
def test_sql_finds_the_same_where_many_things_match(scope, inventory):
    world = worlds.build(scope, Random(3))

    @given(_nodes(inventory))
    @settings(max_examples=90, database=None, deadline=None)
    def check(node):
        query = parse(to_text(Query(node)))
        if not is_answerable(world, inventory, query):
            return
        right = expected(world, inventory, query)
        assert list(ids(scope, query.text, now=worlds.NOW, inventory=inventory)) == right
        assert count(scope, query.text, now=worlds.NOW, inventory=inventory).number == len(right)
        assert sorted(all_pages(scope, query.text, inventory)) == right

    check()


@pytest.mark.parametrize("inventory", sorted(FIELDS))
@pytest.mark.parametrize("seed", [1, 2])
def test_sql_finds_what_the_oracle_holds_for(scope, other_scope, inventory, seed):
    world = worlds.build(scope, Random(seed))
    other = worlds.build(other_scope, Random(seed + 100))

    @given(_nodes(inventory))
    @settings(max_examples=90, database=None, deadline=None)
    def check(node):
        query = parse(to_text(Query(node)))
        if not is_answerable(world, inventory, query):
            return
        for each in (world, other):
            right = expected(each, inventory, query)
            assert list(ids(each.scope, query.text, now=worlds.NOW, inventory=inventory)) == right
            found = count(each.scope, query.text, now=worlds.NOW, inventory=inventory)
            assert found.number == len(right)
            page = search(each.scope, query.text, now=worlds.NOW, inventory=inventory)
            assert sorted(page.ids) == right

    check()


EXAMPLES = {
    "assets": [
        "source:runzero AND NOT source:azuread",
        "source_count:>1",
        "alive:t (type:server or type:laptop) has_private:t",
        'os:"Windows 10" AND protocols:http OR protocols:tls',
        'os:="Windows%" NOT os:=',
        "first_seen:<9weeks last_seen:>30days",
        'last_seen:"<2weeks"',
        "port:<=80 NOT port:22",
        "tcp_count:0 OR udp_count:>1",
        "service_count:<2 multi_home:t",
        "os_version:<10.0.19045 OR os_version:>=22",
        'os_version:="6.7.0 build-24514018"',
        'has:"@azuread.dev.model" OR attribute:hops',
        'ip.ttl.hops:>"8" OR ip.ttl.hops:<0',
        "@azuread.dev.fp.os.version:>=1.2.3",
        "tls.notAfterTS:<6weeks",
        "@azuread.dev.lastTS:>30days OR lastTS:>0",
        "@azuread.dev.isManaged:=true OR isManaged:no",
        "net:10.0.0.0/8 NOT cidr:10.0.1.0/24",
        "has_ipv6:t has_public:f",
        "mac:00-11-22 OR mac_overlap:t",
        "strasse OR 東京 OR 100\\%",
        "10.0.0.1 OR fe80::1",
        "owner.department:finance NOT user.last_logon_at:>90days",
        'group:"group 1" OR group.member.department:sales',
        "site:primary organization:default tag:%",
        "NOT (owner:= OR group:=)",
        "html.title:8 OR tls.names:=true",
        "NOT tls.names:=",
        "service.banner:% protocol:http",
        "service_ports_tcp:=22 OR service_ports_udp:=53",
        "service_ports_tcp:80 NOT service_ports_udp:=",
        "has:html.title NOT has:banner",
        "service.address:10.0.0.0/8",
        "changed:<2days changed_attribute:model",
        "changed_attribute:=tag OR NOT changed:>0",
        "owner.changed_attribute:display_name",
    ],
    "users": [
        "userType:guest active:t",
        "last_logon_at:>60days OR last_logon_at:=0",
        "device_count:>=1 group_count:>1",
        "device_count:0 OR group_count:<1",
        "group:g1 OR group_id:=group-2",
        "asset.os:windows NOT asset.source:runzero",
        "has:isManaged isManaged:t",
        "@azuread.user.userType:=member",
        "changed:<2days",
        "changed_attribute:=display_name OR asset.changed:=0",
    ],
    "groups": [
        "user_count:>0 description:temporary",
        "member.department:finance",
        "asset:host OR owner:user1",
        "group:= NOT member:=",
        "changed_attribute:size OR changed_attribute:=model",
    ],
    "services": [
        "protocol:telnet AND NOT port:23",
        "port:<=80 transport:tcp",
        "tcp:443 OR udp:>53",
        "product:nginx os:windows",
        "html.title:latitude OR banner:a",
        "tls.notAfterTS:<6weeks",
        "has:tls.names NOT attribute:banner",
        "_asset.source:azuread",
        "NOT source:azuread alive:t",
        "@azuread.dev.isManaged:% OR ip.ttl.hops:8",
        "address:10.0.0.0/8 OR net:fe80::/16",
        "version:>=10.0.9",
        "owner.department:sales OR user.department:finance",
        'group:"group 1" OR asset.user.title:a_b',
        "service_ports_tcp:=22 OR service_ports_tcp:80,443",
        "10.0.0.1 OR host-3",
        "site:primary asset:host NOT product:=",
        "service_count:>2",
    ],
}


@pytest.mark.parametrize("inventory", sorted(EXAMPLES))
def test_the_language_as_people_write_it_means_the_same_in_sql(scope, inventory):
    world = worlds.build(scope, Random(5), size=40)

    for text in EXAMPLES[inventory]:
        right = expected(world, inventory, parse(text))
        assert right, text
        assert len(right) < len(world.documents[inventory]), text
        assert list(ids(scope, text, now=worlds.NOW, inventory=inventory)) == right, text
