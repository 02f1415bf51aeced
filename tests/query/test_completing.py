"""Completion: where the cursor is, what may stand there, and that what is accepted is a query."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from muster.core.errors import QueryError
from muster.query import LONGEST_QUERY_BYTES, bind, parse
from muster.query.catalogue import INVENTORIES, FieldType
from muster.query.completing import (
    Completion,
    Suggestion,
    SuggestionKind,
    WantedKind,
    complete,
)
from muster.query.parse import acceptable


def at_mark(text: str, inventory: str = "assets", **options) -> tuple[str, Completion]:
    """Return the text without its `|` and the completion there."""
    cursor = text.index("|")
    plain = text.replace("|", "", 1)
    return plain, complete(plain, cursor, inventory, **options)


def texts(marked: str, inventory: str = "assets", **options) -> list[str]:
    return [each.text for each in at_mark(marked, inventory, **options)[1].suggestions]


@pytest.mark.parametrize(
    ("marked", "first"),
    [
        ("o|", ["os:", "os_version:"]),
        ("OS_V|", ["os_version:"]),
        ("hard|", ["hardware:", "hardware_vendor:"]),
        ("seen|", ["first_seen:", "last_seen:"]),
        ("NOT last_s|", ["last_seen:"]),
        ("(alive:t or soruc|", ["source:"]),
        ("owner.dep|", ["owner.department:"]),
        ("group.member.tit|", ["group.member.title:"]),
        ("_asset.os_|", ["_asset.os_version:"]),
        ("a an|", ["AND "]),
        ("a no|", ["NOT "]),
        ("os:linux |", ["AND ", "OR ", "NOT "]),
        ("|", ["NOT ", "name:"]),
        ("x AND |", ["NOT ", "name:"]),
        ("(|", ["NOT ", "name:"]),
        ("(a)|", ["AND ", "OR ", "NOT "]),
    ],
)
def test_at_the_start_of_a_term_stand_keywords_and_connectives(marked, first):
    assert texts(marked)[: len(first)] == first


@pytest.mark.parametrize(
    ("marked", "first"),
    [
        ("alive:|", ["true", "false"]),
        ("alive:=t|", ["=true"]),
        ("last_seen:|", ["<1day", "<1week", "<30days", ">30days"]),
        ("last_seen:>|", [">1day", ">1week"]),
        ("last_seen:<2|", ["<2hours", "<2days", "<2weeks", "<2months", "<2years"]),
        ('last_seen:"<2 w|', ["<2weeks"]),
        ("@azuread.dev.lastTS:3|", ["<3hours", "<3days"]),
        ("tls.notAfterTS:|", ["<now", "<1week", "<6weeks"]),
        ("port:|", ["=", "<", "<=", ">", ">="]),
        ("os:|", ["="]),
        ("owner.active:f|", ["false"]),
        ("has:os|", ["os", "os_version"]),
        ("port:8|", []),
        ("id:|", []),
        ("os:>w|", []),
    ],
)
def test_behind_the_colon_stand_values_and_operators_that_fit_the_type(marked, first):
    assert texts(marked)[: max(1, len(first))] == first


def test_few_and_known_values_are_offered_by_their_beginning():
    assert texts("status:e|", "tasks") == ["error"]
    assert set(texts("type:|", "tasks")) >= {"scan", "connector", "="}


@pytest.mark.parametrize(
    ("marked", "kind", "inventory", "keys", "prefix"),
    [
        ("os:Win|", WantedKind.VALUES, "assets", ("_asset.os",), "win"),
        ('os:"Windows 1|', WantedKind.VALUES, "assets", ("_asset.os",), "windows 1"),
        ('x OR os:="Win|dows 10" y', WantedKind.VALUES, "assets", ("_asset.os",), "win"),
        ("owner.department:|", WantedKind.VALUES, "users", ("_user.department",), ""),
        (
            "owner:a|",
            WantedKind.VALUES,
            "users",
            ("_user.name", "_user.display_name", "_user.email"),
            "a",
        ),
        ("@azuread.dev.Model:l|", WantedKind.VALUES, "assets", ("@azuread.dev.model",), "l"),
        ("owner.userType:g|", WantedKind.VALUES, "users", ("usertype",), "g"),
        ("address:10.|", WantedKind.VALUES, "assets", ("_asset.address",), "10."),
        ("source:a|", WantedKind.SOURCES, "assets", (), "a"),
        ("site:|", WantedKind.SITES, "assets", (), ""),
        ("org:|", WantedKind.ORGANIZATIONS, "assets", (), ""),
        ("has:@azu|", WantedKind.ATTRIBUTES, "assets", (), "@azu"),
        ("attribute:v|", WantedKind.ATTRIBUTES, "assets", (), "v"),
        ("@azuread.dev.dis|", WantedKind.ATTRIBUTES, "assets", (), "@azuread.dev.dis"),
    ],
)
def test_what_only_an_inventory_knows_is_asked_of_the_right_one(
    marked, kind, inventory, keys, prefix
):
    wanted = at_mark(marked)[1].wanted

    assert wanted is not None
    assert (wanted.kind, wanted.inventory, wanted.keys) == (kind, inventory, keys)
    assert wanted.prefix == prefix


@pytest.mark.parametrize(
    ("marked", "found", "accepted"),
    [
        ("os:Win|", "Windows 10", 'os:"Windows 10"'),
        ("os:=Win| x", "linux", "os:=linux x"),
        ('os:"win| AND y', "Windows 10", 'os:"Windows 10" AND y'),
        ('os:="wi|ndows" y', "Windows 10", 'os:="Windows 10" y'),
        ("tag:|", "<3", r'tag:"\<3"'),
        ("name:1|", "100%_a", r'name:"100\%\_a"'),
        ("name:q|", 'quo"ted', r'name:"quo\"ted"'),
    ],
)
def test_a_value_is_quoted_where_it_needs_it(marked, found, accepted):
    text, completion = at_mark(marked)
    written = completion.wanted.written(found)

    result, cursor = completion.accepted(text, Suggestion(written, SuggestionKind.VALUE))

    assert result == accepted
    assert result[:cursor].endswith(written)


@pytest.mark.parametrize("found", ["", "a\x00b", "a\x1bb", "a\ud800", "x" * 300])
def test_a_value_that_no_query_can_hold_is_not_written(found):
    assert at_mark("os:|")[1].wanted.written(found) is None


def test_a_value_that_the_comparison_or_the_type_cannot_read_is_not_written():
    assert at_mark("os_version:>|")[1].wanted.written("unknown") is None
    assert at_mark("os_version:>|")[1].wanted.written("10.0") == ">10.0"
    assert at_mark("address:|")[1].wanted.written("nowhere") is None


@pytest.mark.parametrize(
    ("marked", "accepted"),
    [
        ("o|s:windows x", "os:windows x"),
        ("x os|v x", "x os: x"),
        ("owner.de|x:x", "owner.department:x"),
        ("a |b", "a AND b"),
        ("|b", "NOT b"),
        ("alive:|t OR x", "alive:true OR x"),
    ],
)
def test_the_whole_of_what_the_cursor_is_in_is_replaced(marked, accepted):
    text, completion = at_mark(marked)

    assert completion.accepted(text, completion.suggestions[0])[0] == accepted


@pytest.mark.parametrize(
    "marked",
    ["fe80::|", "10.0.|", '"front des|', "https://x|", '"a b"|', ":8|", "a\x00|", "os:%x|"],
)
def test_where_nothing_can_be_completed_nothing_is(marked):
    _, completion = at_mark(marked)

    assert (completion.suggestions, completion.wanted) == ((), None)


@pytest.mark.parametrize("marked", ["a | AND b", "a |) b", "| OR b"])
def test_no_connective_is_offered_before_another(marked):
    assert not {"AND ", "OR ", "NOT "} & set(texts(marked))


def test_a_keyword_says_its_type_meaning_and_example():
    _, completion = at_mark("last_se|")

    first = completion.suggestions[0]

    assert (first.kind, first.type) == (SuggestionKind.KEYWORD, "instant")
    assert first.help == "when a source last saw it"
    assert first.example == "last_seen:>30days"


@pytest.mark.parametrize("inventory", sorted(INVENTORIES))
def test_every_keyword_of_every_inventory_can_be_completed(inventory):
    for field in INVENTORIES[inventory].known():
        for name in (field.name, *field.aliases):
            assert f"{name}:" in texts(f"{name}|", inventory), name


def test_keywords_without_data_are_not_offered():
    absent = [each for each in INVENTORIES["assets"].fields if each.type is FieldType.ABSENT]

    assert absent
    for each in absent:
        assert f"{each.name}:" not in texts(f"{each.name}|")


def test_an_unknown_inventory_is_an_error():
    with pytest.raises(QueryError, match="'wireless'"):
        complete("o", 1, "wireless")


def test_no_suggestion_makes_a_query_too_long():
    text = "x" * (LONGEST_QUERY_BYTES - 4) + " o"

    assert texts(f"{text}|") == ["OR ", "os:"]


TERMS = st.sampled_from(
    [
        "os:windows",
        'os:="Windows 10"',
        "NOT alive:t",
        "owner.department:finance",
        'name:"a (b) \\" c"',
        'last_seen:"<2 weeks"',
        "last_seen:>30days",
        "@azuread.dev.displayName:x",
        '"some key":>3',
        "fe80::1",
        "word",
        '"two words"',
        "domain:=",
        "has:os",
        "(tag:x OR port:80)",
        "(alive:f)",
        r"a\(b",
        "source:azuread",
    ]
)
QUERIES = st.lists(
    st.tuples(TERMS, st.sampled_from([" ", "  ", " AND ", " or ", " AND NOT "])), min_size=1
).map(lambda parts: "".join(term + between for term, between in parts) + "x")
BEHIND = {
    SuggestionKind.VALUE: "",
    SuggestionKind.KEYWORD: "1",
    SuggestionKind.ATTRIBUTE: "1",
    SuggestionKind.OPERATOR: "1",
    SuggestionKind.CONNECTIVE: "x",
}


def finished(completion: Completion, text: str, suggestion: Suggestion) -> str:
    """Return the text with the suggestion, and what it waits for where there is nothing yet."""
    accepted, cursor = completion.accepted(text, suggestion)
    if accepted[cursor : cursor + 1].strip(" ()") and suggestion.kind != SuggestionKind.VALUE:
        return accepted
    return accepted[:cursor] + BEHIND[suggestion.kind] + accepted[cursor:]


@given(QUERIES, st.data(), st.sampled_from(["assets", "users", "services", "tasks"]))
@settings(max_examples=200, deadline=None)
def test_whatever_is_accepted_in_a_query_leaves_a_query(text, data, inventory):
    cursor = data.draw(st.integers(0, len(text)))

    completion = complete(text, cursor, inventory)

    for suggestion in completion.suggestions:
        assert parse(finished(completion, text, suggestion)).root


@given(QUERIES, st.data())
@settings(max_examples=200, deadline=None)
def test_whatever_is_accepted_at_the_end_of_what_was_typed_so_far_goes_on_to_a_query(text, data):
    typed = text[: data.draw(st.integers(0, len(text)))]

    completion = complete(typed, len(typed), "assets")

    for suggestion in completion.suggestions:
        done = finished(completion, typed, suggestion)
        is_open = "_CLOSE" in acceptable(f"{typed[: completion.start]}x")
        assert parse(f"{done})" if is_open else done).root


@given(st.text(max_size=60), st.integers(-3, 70), st.sampled_from(sorted(INVENTORIES)))
@settings(max_examples=300, deadline=None)
def test_any_text_and_cursor_have_an_answer(text, cursor, inventory):
    completion = complete(text, cursor, inventory)

    assert 0 <= completion.start <= completion.end <= len(text)


@pytest.mark.parametrize("inventory", sorted(INVENTORIES))
def test_every_value_that_is_offered_can_be_searched_for(inventory, now):
    for field in INVENTORIES[inventory].known():
        typed = f"{field.name}:"
        for suggestion in complete(typed, len(typed), inventory, limit=100).suggestions:
            if suggestion.kind is SuggestionKind.VALUE:
                assert bind(parse(typed + suggestion.text), inventory=inventory, now=now)
