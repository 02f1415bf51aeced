"""Small inventories: what matches is what `evaluate` says, and pages leave nothing out."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muster.core.errors import QueryError
from muster.query import Document, evaluate, parse
from muster.query.catalogue import INVENTORIES, FieldType
from muster.query.listing import Entry, matching, page, values_of

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
SMALL = sorted(name for name, each in INVENTORIES.items() if not each.has_attributes)
QUERIES = (
    "",
    "status:error",
    "NOT status:ERROR",
    "type:connector recur:t",
    "started_at:<1day OR started_at:=0",
    "has:error AND NOT name:a",
    "credential:prod",
    "credential.verified:f",
    "site:primary a",
)

documents = st.builds(
    Document,
    uid=st.integers(min_value=1, max_value=2**64).map(lambda number: UUID(int=number)),
    texts=st.fixed_dictionaries(
        {
            "name": st.sampled_from([("A",), ("a",), ("ß",), ("b%",), ()]),
            "type": st.sampled_from([("connector",), ("import",)]),
            "status": st.sampled_from([("error",), ("Error",), ("new",)]),
            "error": st.sampled_from([("throttled", ""), ()]),
        }
    ),
    flags=st.sampled_from([frozenset(), frozenset({"is_recurring"})]),
    instants=st.sampled_from(
        [{}, {"started_at": NOW}, {"started_at": NOW - timedelta(days=3, microseconds=7)}]
    ),
    places=st.sampled_from([{}, {"site": ("Primary", "x")}]),
    related=st.sampled_from([{}, {"credential": (Document(texts={"name": ("Prod",)}),)}]),
)
inventories = st.lists(documents, max_size=12, unique_by=lambda each: each.uid).map(
    lambda found: [Entry(each, {"id": str(each.uid)}) for each in found]
)


def named(*names: str) -> list[Entry]:
    return [
        Entry(Document(uid=UUID(int=number), texts={"name": (name,)}), {"name": name})
        for number, name in enumerate(names, start=1)
    ]


def all_pages(entries, *, sort: str, size: int) -> list[Entry]:
    found, after = [], ""
    while True:
        one = page(entries, inventory="tasks", sort=sort, after=after, page_size=size)
        found.extend(one.entries)
        after = one.next_key
        if not after:
            return found


@given(inventories, st.sampled_from(QUERIES))
def test_what_matches_is_what_evaluate_says(entries, text):
    found = matching(entries, text, inventory="tasks", now=NOW)

    assert found == [
        each for each in entries if evaluate(parse(text), each.document, NOW, inventory="tasks")
    ]


@given(
    inventories,
    st.sampled_from(["name", "-name", "started_at", "-started_at", "recur", "-site", "credential"]),
    st.integers(min_value=1, max_value=5),
)
def test_pages_follow_each_other_without_gap_or_repetition(entries, sort, size):
    found = all_pages(entries, sort=sort, size=size)

    whole = page(entries, inventory="tasks", sort=sort, page_size=100)
    assert found == list(whole.entries)
    assert sorted(map(id, found)) == sorted(map(id, entries))


def test_names_are_ordered_without_case_and_the_unnamed_come_first():
    entries = named("b", "A", "", "C", "a")

    found = page(entries, inventory="sites", sort="name", page_size=10)

    assert [each.fields["name"] for each in found.entries] == ["", "A", "a", "b", "C"]


def test_instants_are_ordered_to_the_microsecond():
    entries = [
        Entry(
            Document(
                uid=UUID(int=9 - at), instants={"created_at": NOW + at * timedelta.resolution}
            ),
            {},
        )
        for at in range(3)
    ]

    found = page(entries, inventory="tasks", sort="created_at", page_size=10)

    assert list(found.entries) == entries


def test_versions_are_ordered_as_versions():
    entries = [
        Entry(Document(uid=UUID(int=at), texts={"version": (text,)}), {"version": text})
        for at, text in enumerate(["1.10", "1.9", "1.2.1"])
    ]

    found = page(entries, inventory="explorers", sort="version", page_size=10)

    assert [each.fields["version"] for each in found.entries] == ["1.2.1", "1.9", "1.10"]


def test_a_page_after_a_row_that_is_gone_goes_on_behind_its_place():
    entries = named("a", "b", "c")
    first = page(entries, inventory="sites", sort="name", page_size=2)

    rest = page(
        [entries[0], entries[2]],
        inventory="sites",
        sort="name",
        after=first.next_key,
        page_size=2,
    )

    assert [each.fields["name"] for each in rest.entries] == ["c"]


@pytest.mark.parametrize("name", ["\x01" * 600, "ß" * 600, "\U0001f600" * 600, '"\\' * 300, "\0"])
def test_a_key_is_read_again_whatever_the_name(name):
    entries = named(name, name, name)

    found = all_pages(entries, sort="name", size=1)

    assert len(found) == 3


@pytest.mark.parametrize("after", ["x", "!", "e30", "bnVsbA", "é", "A" * 9000])
def test_a_key_of_something_else_is_refused(after):
    with pytest.raises(QueryError, match="page key"):
        page(named("a"), inventory="sites", sort="name", after=after, page_size=1)


def test_a_key_of_another_order_is_refused():
    entries = named("a", "b")
    key = page(entries, inventory="sites", sort="name", page_size=1).next_key

    for sort in ("-name", "created_at"):
        with pytest.raises(QueryError, match="page key"):
            page(entries, inventory="sites", sort=sort, after=key, page_size=1)


@pytest.mark.parametrize("inventory", SMALL)
def test_every_keyword_that_holds_a_value_is_an_order(inventory):
    kinds = {FieldType.TEXT, FieldType.INSTANT, FieldType.BOOLEAN, FieldType.VERSION}
    for field in INVENTORIES[inventory].known():
        if field.type in kinds:
            page([], inventory=inventory, sort=f"-{field.name}", page_size=1)


@pytest.mark.parametrize("sort", ["size", "has", "--name", "", "id", "sso"])
def test_an_unknown_order_is_refused_with_the_known_ones(sort):
    with pytest.raises(QueryError, match="accounts cannot be sorted by") as raised:
        page([], inventory="accounts", sort=sort, page_size=1)

    assert "email" in raised.value.hint


def test_a_search_ends_when_it_is_told_to():
    seen = []

    def tick() -> None:
        seen.append(None)
        if len(seen) > 2:
            raise QueryError("too long")

    with pytest.raises(QueryError, match="too long"):
        matching(named(*"abcdef"), "name:x", inventory="sites", now=NOW, tick=tick)


def test_values_are_those_that_a_keyword_has_in_each():
    entries = [
        Entry(
            Document(
                texts={"status": ("error",), "error": ("a", "a", "")},
                flags=frozenset({"is_complete"}),
                sources=frozenset({16}),
                places={"site": ("Primary", "x")},
                related={"credential": (Document(texts={"name": ("Prod",)}),)},
            ),
            {},
        ),
        Entry(Document(), {}),
    ]

    def values(by):
        return values_of(entries, by, inventory="tasks")

    assert values("status") == [("error",), ()]
    assert values("error") == [("a",), ()]
    assert values("complete") == [("true",), ("false",)]
    assert values("source") == [("azuread",), ()]
    assert values("site") == [("Primary",), ()]
    assert values("credential") == [("Prod",), ()]


@pytest.mark.parametrize("by", ["created_at", "nonsense", "@azuread.dev.trustType", "id"])
def test_what_has_no_countable_values_is_refused(by):
    with pytest.raises(QueryError, match="cannot be counted by"):
        values_of([], by, inventory="tasks")


@pytest.mark.parametrize("inventory", SMALL)
@pytest.mark.parametrize("text", ["@azuread.dev.trustType:x", "no.such:x", "noSuch:x", "nosuch:x"])
def test_a_small_inventory_has_no_attributes(inventory, text):
    with pytest.raises(QueryError, match=f"there is no keyword .* in {inventory}"):
        matching([], text, inventory=inventory, now=NOW)


def test_has_takes_only_keywords_where_there_are_no_attributes():
    with pytest.raises(QueryError, match=r"no keyword 'descripton'.*did you mean 'description'"):
        matching([], "has:descripton", inventory="sites", now=NOW)


@pytest.mark.parametrize(
    ("inventory", "keyword", "said"),
    [
        ("accounts", "sso", "Muster has no single sign-on for accounts"),
        ("accounts", "mfa", "Muster has no second factor for accounts"),
        ("accounts", "group_count", "Muster has no groups of accounts"),
        ("credentials", "secret", "Muster shows no secret to anybody"),
    ],
)
def test_what_muster_has_not_is_answered_with_that(inventory, keyword, said):
    with pytest.raises(QueryError) as raised:
        matching([], f"{keyword}:t", inventory=inventory, now=NOW)

    assert said in raised.value.message
