"""Queries made to hurt: they are answered or refused, never worse."""

from random import Random

import pytest

from inventory.search import worlds
from muster.core.errors import QueryError
from muster.inventory.search import count, search

pytestmark = pytest.mark.django_db

LONGEST = 8192


def nested(depth: int, inner: str = "x") -> str:
    """Alternate AND and OR, which cannot be flattened, and NOT, to the depth allowed."""
    text = inner
    for level in range(depth):
        text = f"(os:linux {text})" if level % 2 else f"(has_mac:t OR {text})"
    return text


@pytest.mark.parametrize(
    "text",
    [
        "x " * 1000,
        " OR ".join(f"name:{number}" for number in range(600)),
        " ".join(f"name:{number}" for number in range(800)),
        " ".join(f"NOT @a.b.{number}:x" for number in range(500)),
        " OR ".join(f"net:10.{number % 250}.0.0/16" for number in range(400)),
        " OR ".join(f"port:{number}" for number in range(700)),
        " ".join(f"last_seen:>{number}d" for number in range(500)),
        "NOT " * 100 + "x",
        "(" * 100 + "x" + ")" * 100,
        nested(99),
        nested(99, "group.member.asset.owner:x"),
        " OR ".join(["group.member.asset.owner:x"] * 1 + [f"owner:{each}" for each in range(300)]),
        " ".join(f"group:{number}" for number in range(800)),
        " OR ".join(f"user:{number}" for number in range(600)),
        "name:" + "%a" * 4000,
        "name:=" + "_" * 8000,
        "x" * LONGEST,
        "name:" + "\\%" * 4000,
        "@azuread.dev.model:" + "%y" * 4000,
        "'; DROP TABLE inventory_asset; --",
        'name:"\'; DROP TABLE inventory_asset; --"',
        '"\\" OR 1 = 1 --"',
        'name:"%s %(x)s {0} $1 ?"',
        "@a'b.c.d:x",
        'has:"x\' OR 1=1"',
        "os_version:>" + "9" * 5000,
        "port:>99999999999999",
        "last_seen:>999999999999999years",
        "source_count:<-999999999999999",
        "net:::/0 NOT net:0.0.0.0/0",
        "AND",
        '"* NEAR(x) OR body:y"',
        "abc* OR NEAR",
        "\U0010ffff\U0010ffff",
        "name:=\U0010ffff%",
        "name:=\ud7ff%",
    ],
    ids=lambda text: text[:30],
)
def test_a_hostile_query_is_answered_or_refused(scope, text):
    worlds.build(scope, Random(7), size=6)
    outcomes = []

    for inventory in ("assets", "users", "groups", "services"):
        try:
            outcomes.append(search(scope, text, now=worlds.NOW, inventory=inventory))
        except QueryError as error:
            outcomes.append(error)

    assert len(outcomes) == 4
    assert count(scope, "", now=worlds.NOW).number > 0
