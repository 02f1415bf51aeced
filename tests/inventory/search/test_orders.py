"""Orders of pages: every keyword that has one, with ties and with what has no value."""

from datetime import timedelta
from random import Random

import pytest

from inventory.ingest.feeding import host, ingest, service
from inventory.search import worlds
from muster.core.records import OwnershipRecord, UserRecord
from muster.inventory import search
from muster.inventory.search import limits, searching
from muster.inventory.search.finding.orders import ORDERS
from muster.query.catalogue import catalogue
from muster.search import every, orders

pytestmark = pytest.mark.django_db

EVERY = [
    (inventory, f"{minus}{name}")
    for inventory, known in ORDERS.items()
    for name in known
    for minus in ("", "-")
]
BROAD = {"assets": "scanned:t OR scanned:f", "services": "transport:%"}


def paged(scope, text, now, **more) -> list[int]:
    found, after = [], ""
    while True:
        page = search.search(scope, text, now=now, after=after, page_size=4, **more)
        found += page.ids
        after = page.next_key
        if not after:
            return found


@pytest.fixture
def world(scope):
    worlds.build(scope, Random(11), size=9)


@pytest.mark.parametrize("inventory", sorted(ORDERS))
def test_pages_of_every_order_follow_each_other_without_gap_or_repetition(
    scope, now, world, inventory, monkeypatch
):
    text = BROAD.get(inventory, "gone:t OR gone:f")
    everyone = list(search.ids(scope, "", now=now, inventory=inventory))
    wanted = [sort for each, sort in EVERY if each == inventory]
    few = {sort: paged(scope, text, now, inventory=inventory, sort=sort) for sort in wanted}

    monkeypatch.setattr(limits, "FEW", 2)
    monkeypatch.setattr(limits, "RELATED", 1)
    monkeypatch.setattr(searching, "MOST_COUNTED", 2)
    many = {sort: paged(scope, text, now, inventory=inventory, sort=sort) for sort in wanted}
    walked = {sort: paged(scope, "", now, inventory=inventory, sort=sort) for sort in wanted}

    assert few == many == walked
    assert all(sorted(each) == everyone for each in few.values())
    assert all(few[f"-{name}"] == few[name][::-1] for name in ORDERS[inventory])


@pytest.mark.parametrize("inventory", sorted(ORDERS))
def test_orders_go_by_keywords_that_can_be_searched(inventory):
    known = {each.name for each in catalogue(inventory).known()}

    assert set(orders(inventory)) <= known


def in_order(scope, now, sort, *, inventory="assets", shown="name") -> list[object]:
    return [each[shown] for each in every(scope, inventory, "", now=now, sort=sort)]


def fill(scope, now) -> None:
    ingest(
        scope,
        [
            host("1", "ten", os="Windows", os_version="10.0", addresses=("10.0.0.9",)),
            host("2", "nine", os="windows", os_version="9.4", addresses=("10.0.0.10", "9.1.1.1")),
            host("3", "none", seen_at=now - timedelta(days=1)),
            service("2", 22),
            service("2", 80),
            service("1", 22),
        ],
        at=now,
    )


@pytest.mark.parametrize(
    ("sort", "names"),
    [
        ("os_version", ["none", "nine", "ten"]),
        ("osversion", ["none", "nine", "ten"]),
        ("-service_count", ["nine", "ten", "none"]),
        ("-hostname", ["ten", "none", "nine"]),
    ],
)
def test_assets_are_ordered_by_what_their_values_mean(scope, now, sort, names):
    fill(scope, now)

    assert in_order(scope, now, sort) == names


def test_services_are_ordered_by_the_name_of_their_asset(scope, now):
    fill(scope, now)

    named = in_order(scope, now, "-asset", inventory="services", shown="asset")

    assert named == ["ten", "nine", "nine"]


def test_users_are_ordered_by_how_many_devices_they_have(scope, now):
    devices = [host(each, each) for each in ("a", "b", "c")]
    users = [UserRecord(source="runzero", id=each, name=each) for each in ("none", "one", "two")]
    owned = [("one", "a"), ("two", "b"), ("two", "c")]
    owners = [
        OwnershipRecord(source="runzero", subject_kind="asset", subject_id=device, owner_id=user)
        for user, device in owned
    ]
    ingest(scope, [*devices, *users, *owners], at=now)

    assert in_order(scope, now, "-device_count", inventory="users") == ["two", "one", "none"]


def test_small_inventories_say_their_orders_too():
    assert {"name", "created_at"} <= set(orders("sites"))
    assert "started_at" in orders("tasks")
