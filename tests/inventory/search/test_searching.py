"""Pages, counts, ids and limits of a search."""

from datetime import timedelta
from random import Random
from string import ascii_lowercase

import pytest
from django.db import connection

from inventory.ingest.feeding import device, host, ingest
from inventory.search import worlds
from muster.core.errors import QueryError
from muster.core.records import Collection, CollectionReport, UserRecord
from muster.inventory import engine
from muster.inventory.models import Asset, DirectoryUser
from muster.inventory.search import Count, count, ids, limits, search, searching
from muster.inventory.search.compiling.sql import sql
from muster.inventory.search.finding import reader
from muster.inventory.search.finding.paging import order
from muster.query import catalogue

pytestmark = pytest.mark.django_db


def names(scope, text, now, **more) -> list[str]:
    page = search(scope, text, now=now, **more)
    by_id = {row.pk: row.name for row in Asset.objects.filter(organization=scope.organization)}
    return [by_id[each] for each in page.ids]


def fill(scope, now, *, number=7) -> None:
    hosts = [
        host(
            str(at),
            f"{'aBc'[at % 3]}-{at}",
            os=["Linux", "", "linux"][at % 3],
            seen_at=now - timedelta(days=at % 4),
        )
        for at in range(number)
    ]
    ingest(scope, hosts, at=now)


def pages(scope, text, now, **more) -> list[tuple[int, ...]]:
    found, after = [], ""
    while True:
        page = search(scope, text, now=now, after=after, **more)
        found.append(page.ids)
        after = page.next_key
        if not after:
            return found


@pytest.mark.parametrize("text", ["", "os:linux OR os:=", "scanned:t"])
@pytest.mark.parametrize(
    "sort", ["-last_seen", "last_seen", "first_seen", "-first_seen", "name", "-name", "os", "-os"]
)
def test_pages_follow_each_other_without_gap_or_repetition(scope, now, text, sort):
    fill(scope, now)

    found = pages(scope, text, now, sort=sort, page_size=2)

    assert [len(each) for each in found] == [2, 2, 2, 1]
    together = [number for page in found for number in page]
    assert together == list(search(scope, text, now=now, sort=sort, page_size=50).ids)
    assert len(set(together)) == 7


def test_pages_are_also_whole_where_too_many_match_to_be_sorted_at_once(scope, now, monkeypatch):
    fill(scope, now)
    right = pages(scope, "scanned:t", now, sort="name", page_size=2)
    monkeypatch.setattr(searching, "MOST_COUNTED", 3)

    assert pages(scope, "scanned:t", now, sort="name", page_size=2) == right


def test_rows_are_in_the_order_asked_for(scope, now):
    fill(scope, now)

    assert names(scope, "", now, sort="name") == ["a-0", "a-3", "a-6", "B-1", "B-4", "c-2", "c-5"]
    assert names(scope, "", now, sort="-name")[:2] == ["c-5", "c-2"]
    assert names(scope, "", now, sort="-last_seen")[:2] == ["B-4", "a-0"]


def test_users_without_a_logon_are_paged_too(scope, now):
    users = [
        UserRecord(
            source="azuread",
            id=each,
            name=each,
            last_logon_at=now - timedelta(days=at) if at % 2 else None,
        )
        for at, each in enumerate(ascii_lowercase[:6])
    ]
    ingest(scope, users, at=now)

    found = pages(scope, "", now, inventory="users", sort="last_logon", page_size=1)

    assert len({number for page in found for number in page}) == 6


@pytest.mark.parametrize("inventory", ["assets", "users", "groups", "services"])
def test_an_unknown_order_is_refused_with_the_known_ones(scope, now, inventory):
    with pytest.raises(QueryError, match="cannot be sorted by 'size'") as caught:
        search(scope, "", now=now, inventory=inventory, sort="size")

    assert "last_seen" in caught.value.hint


LAST_SEEN = order("assets", "-last_seen")


@pytest.mark.parametrize(
    "after",
    [
        "x",
        "!",
        "e30",
        "W10",
        "é",
        "A" * 9000,
        "WyJuYW1lIixmYWxzZSwxLDJd",
        "bnVsbA",
        LAST_SEEN.key(2**64 - 1, 1),
        LAST_SEEN.key(1, 2**64 - 1),
        LAST_SEEN.key("now", 1),
    ],
)
def test_a_page_key_of_something_else_is_refused(scope, now, after):
    with pytest.raises(QueryError, match="page key"):
        search(scope, "", now=now, after=after)


def test_a_page_key_of_another_order_is_refused(scope, now):
    fill(scope, now)
    key = search(scope, "", now=now, page_size=2, sort="name").next_key

    with pytest.raises(QueryError, match="page key"):
        search(scope, "", now=now, page_size=2, sort="-name", after=key)


def test_counts_are_exact_up_to_the_cap_and_beyond_it_only_if_asked(scope, now, monkeypatch):
    fill(scope, now)
    monkeypatch.setattr(searching, "MOST_COUNTED", 5)

    assert count(scope, "os:linux", now=now) == Count(5)
    assert count(scope, "", now=now) == Count(5, is_capped=True)
    assert count(scope, "", now=now, is_exact=True) == Count(7)
    assert str(Count(10_000, is_capped=True)) == "10,000+"


def test_ids_are_all_of_them_page_by_page(scope, now, monkeypatch):
    fill(scope, now)
    monkeypatch.setattr(searching, "IDS_AT_ONCE", 2)

    found = list(ids(scope, "scanned:t", now=now))

    assert found == sorted(found)
    assert len(found) == 7


def test_ids_refuse_a_wrong_query_before_they_are_read(scope, now):
    with pytest.raises(QueryError, match="did you mean 'os_version'"):
        ids(scope, "os_versoin:x", now=now)


def test_nothing_of_another_organization_is_found(scope, other_scope, now):
    fill(scope, now)
    worlds.build(other_scope, Random(3))

    for inventory in ("assets", "users", "groups", "services"):
        for field in catalogue(inventory).known():
            found = set(ids(scope, f"{field.example}", now=now, inventory=inventory))
            found |= set(ids(scope, f"NOT ({field.example})", now=now, inventory=inventory))
            own = set(
                Asset.objects.filter(organization=scope.organization).values_list("pk", flat=True)
            )
            assert found == (own if inventory == "assets" else set())


def test_the_organization_of_the_scope_is_the_only_one_by_name(scope, other_scope, now):
    fill(scope, now)

    assert count(scope, "organization:Default", now=now).number == 7
    assert count(scope, "organization:Other", now=now).number == 0


def test_a_query_that_takes_too_long_is_stopped_in_the_database(scope):
    endless = sql(
        "WITH RECURSIVE numbers(n) AS (SELECT %s UNION ALL SELECT n + 1 FROM numbers"
        " WHERE n < %s) SELECT COUNT(*) FROM numbers",
        1,
        10**12,
    )

    with pytest.raises(reader.Timeout):
        reader.fetch(endless, limit=timedelta(milliseconds=20))

    assert reader.fetch(sql("SELECT %s", 1), limit=timedelta(seconds=20)) == [(1,)]


def test_running_out_of_time_is_an_error_that_says_what_helps(scope, now, monkeypatch):
    def late(limit):
        raise reader.Timeout

    monkeypatch.setattr(reader, "reading", late)

    with pytest.raises(QueryError, match="longer than 20 seconds") as caught:
        search(scope, "alive:t", now=now)

    assert caught.value.hint
    assert caught.value.text == "alive:t"


@pytest.mark.parametrize(
    "sort", ["-last_seen", "port", "-port", "address", "-product", "protocols"]
)
def test_services_are_paged_in_any_order(scope, now, sort, monkeypatch):
    worlds.build(scope, Random(4), size=9)
    right = list(ids(scope, "", now=now, inventory="services"))

    found = pages(scope, "", now, inventory="services", sort=sort, page_size=4)
    some = pages(scope, "transport:%", now, inventory="services", sort=sort, page_size=4)
    monkeypatch.setattr(searching, "MOST_COUNTED", 2)
    many = pages(scope, "transport:%", now, inventory="services", sort=sort, page_size=4)

    assert found == some == many
    assert sorted(number for page in found for number in page) == right


def test_what_has_no_rows_of_its_own_here_is_refused(scope, now):
    with pytest.raises(QueryError, match="tasks are not searched here"):
        search(scope, "", now=now, inventory="tasks")


def test_what_left_its_directory_has_no_source_there_any_more(scope, now):
    def users(*found: str) -> list:
        records = [UserRecord(source="azuread", id=each, name=each) for each in found]
        return [
            *records,
            CollectionReport(source="azuread", collection=Collection.USERS, complete=True),
        ]

    ingest(scope, users("ada", "grace"), at=now)
    ingest(scope, users("ada"), at=now, run_id=2)

    grace = DirectoryUser.objects.get(organization=scope.organization, name="grace").pk
    found = {"source:azuread": False, "gone:t": True, "grace": True, "gone:f": False}
    for text, is_there in found.items():
        assert (grace in ids(scope, text, now=now, inventory="users")) is is_there


def test_the_main_question_is_answered(scope, now):
    ingest(scope, [host("1", "both"), host("2", "only-scanned")], at=now)
    ingest(scope, [device("d1", "BOTH"), device("d2", "only-entra")], at=now)

    assert names(scope, "source:runzero AND NOT source:azuread", now) == ["only-scanned"]


@pytest.mark.parametrize(
    "text", ["os:linux", "name:%-1", "os:linux OR os:bsd", "NOT os:=", "alive:t"]
)
def test_what_was_just_written_is_found_at_once(scope, now, text):
    fill(scope, now)
    before = search(scope, text, now=now, is_counted=True)

    ingest(scope, [host("new", "new-1", os="Linux", is_alive=True, seen_at=now)], at=now)

    after = search(scope, text, now=now, is_counted=True)
    assert len(set(after.ids) - set(before.ids)) == 1
    assert after.count.number == before.count.number + 1


@pytest.mark.parametrize("after_first", [False, True])
@pytest.mark.parametrize("text", ["", "os:linux", "alive:t OR os:linux", "os:none"])
def test_a_count_with_a_page_is_of_all_pages(scope, now, text, after_first):
    fill(scope, now)
    key = search(scope, text, now=now, page_size=1).next_key if after_first else ""

    found = search(scope, text, now=now, page_size=1, after=key, is_counted=True)

    assert found.count == count(scope, text, now=now)


@pytest.mark.django_db(transaction=True)
def test_a_search_leaves_no_transaction_open():
    with reader.reading(timedelta(seconds=5)) as fetch:
        assert fetch(sql("SELECT %s", 7)) == [(7,)]

    assert not connection.in_atomic_block
    assert engine.is_postgresql() or not connection.connection.in_transaction


@pytest.mark.django_db(transaction=True)
def test_all_statements_of_a_search_see_the_same_moment():
    with reader.reading(timedelta(seconds=5)) as fetch:
        fetch(sql("SELECT 1"))
        is_one_moment = (
            fetch(sql("SHOW transaction_isolation")) == [("repeatable read",)]
            if engine.is_postgresql()
            else connection.connection.in_transaction  # SQLite knows no other kind
        )

    assert is_one_moment


@pytest.mark.parametrize("few", [1, 10_000])
@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("os:=solaris", {"0", "1"}),
        ("os:=ſolariS", {"0", "1"}),
        ('os:="strasse"', {"2"}),
        ("os:k", {"3"}),
        ("os:straß OR os:solar", {"0", "1", "2"}),
    ],
)
def test_columns_are_compared_without_case_whatever_their_letters(
    scope, monkeypatch, few, wanted, found
):
    systems = ["Solaris", "ſolaris", "STRAẞE", "\u212a", ""]  # the last but one is Kelvin's sign
    hosts = [host(str(at), str(at), os=each, is_alive=True) for at, each in enumerate(systems)]
    ingest(scope, hosts, at=worlds.NOW)
    monkeypatch.setattr(limits, "FEW", few)

    assert set(names(scope, f"({wanted}) AND alive:t", worlds.NOW)) == found
    assert set(names(scope, f"NOT ({wanted}) AND alive:t", worlds.NOW)) == set("01234") - found
