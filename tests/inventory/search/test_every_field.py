"""Every keyword of the catalogue, with every operator it takes: SQL = evaluate."""

from itertools import product
from random import Random

import pytest

from inventory.search import worlds
from muster.core.errors import QueryError
from muster.inventory.search import ids
from muster.query import evaluate, parse
from muster.query.ast import Operator
from muster.query.catalogue import INVENTORIES, Field, FieldType, catalogue

pytestmark = pytest.mark.django_db

SEARCHED = ("assets", "users", "groups", "services")
TEXTS = ("", "%", "e", "windows%", '"Windows 10"', "finance", "g1", "nginx", "group-1", "http")
NUMBERS = ("0", "1", "2", "%", "443")
TIMES = ("", "0", "%", "now", "1week", "30days", "2026-11", "2026", "2026-11-22")
ADDRESSES = ("", "%", "10.0.0.1", "10.0.0.0/8", "10.0.0.0-10.0.1.255", "fe80::/10", "8.8")
VALUES = {
    FieldType.VERSION: ("", "%", "10.0", '"6.7.0 build-24514018"', "22.04"),
    FieldType.NUMBER: NUMBERS,
    FieldType.BOOLEAN: ("t", "no"),
    FieldType.ADDRESS_FLAG: ("true", "f"),
    FieldType.INSTANT: TIMES,
    FieldType.ADDRESS: ADDRESSES,
    FieldType.MAC: ("", "%", "00:11:22:33:44:55", "00-11", "3344"),
    FieldType.ID: ("061786a4-4ce3-4f67-9dfd-581bfbbb1633",),
    FieldType.SITE: ("primary", "x%", ""),
    FieldType.ORGANIZATION: ("default", "other"),
    FieldType.SOURCE: ("runzero", "azuread", "%", "intune", ""),
    FieldType.PORTS: ("80,443", "22", "%", ""),
    FieldType.ATTRIBUTE: (*TEXTS, "8", "1.2.3"),
    FieldType.ATTRIBUTE_NAME: ("model", "%hops", "is"),
    FieldType.PRESENCE: ("model", "ip.ttl.hops", '"@azuread.dev.model"'),
}


def values(field: Field) -> tuple[str, ...]:
    while field.type is FieldType.RELATED:
        target = catalogue(field.inventory).field(field.target)
        assert target is not None
        field = target
    return VALUES.get(field.type, TEXTS)


def queries(inventory: str, field: Field) -> list[str]:
    """Return what is asked of one field; some of it means nothing, such as a greater site."""
    asked = [
        f"{field.name}:{operator}{value}"
        for operator, value in product(Operator, values(field))
        if value or operator is Operator.EQUAL
    ]
    return [*asked, f"has:{field.name}", *(f"NOT {each}" for each in asked[::5])]


def is_answerable(text: str, inventory: str, world: worlds.World) -> bool:
    try:
        evaluate(
            parse(text),
            next(iter(world.documents[inventory].values())),
            worlds.NOW,
            inventory=inventory,
        )
    except QueryError:
        return False
    return True


@pytest.mark.parametrize("inventory", SEARCHED)
def test_sql_and_the_oracle_agree_on_every_keyword(scope, other_scope, inventory):
    world = worlds.build(scope, Random(11), size=12)
    worlds.build(other_scope, Random(12), size=6)
    unasked = []

    for field in INVENTORIES[inventory].known():
        answered = [
            each for each in queries(inventory, field) if is_answerable(each, inventory, world)
        ]
        for text in answered:
            right = [
                number
                for number, document in sorted(world.documents[inventory].items())
                if evaluate(parse(text), document, worlds.NOW, inventory=inventory)
            ]
            assert list(ids(scope, text, now=worlds.NOW, inventory=inventory)) == right, text
        if not answered:
            unasked.append(field.name)

    assert unasked == []
