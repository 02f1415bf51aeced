"""Text to tree: precedence, operators, quotes, and words that have colons."""

import pytest

from muster.query import parse
from muster.query.ast import And, Node, Not, Operator, Or, Term, Value, Wildcard


def root(text: str) -> Node | None:
    return parse(text).root


def term(keyword: str, operator: str, *pieces: str | Wildcard) -> Term:
    return Term(keyword, Operator(operator), Value(pieces))


A, B, C = (term(each, "", "x") for each in "abc")


def test_and_binds_tighter_than_or():
    assert root("a:x AND b:x OR c:x") == Or((And((A, B)), C))
    assert root("a:x OR b:x AND c:x") == Or((A, And((B, C))))


def test_terms_side_by_side_are_anded():
    assert root("a:x b:x OR c:x") == Or((And((A, B)), C))
    assert root("a:x (b:x or c:x)") == And((A, Or((B, C))))


def test_not_binds_tightest_and_stands_anywhere():
    assert root("NOT a:x AND b:x") == And((Not(A), B))
    assert root("a:x NOT b:x") == And((A, Not(B)))
    assert root("NOT NOT a:x") == Not(Not(A))
    assert root("NOT(a:x OR b:x) c:x") == And((Not(Or((A, B))), C))


@pytest.mark.parametrize("text", ["a:x and not b:x", "a:x AND NOT b:x", "a:x And Not b:x"])
def test_connectives_are_read_in_any_case(text):
    assert root(text) == And((A, Not(B)))


def test_words_that_only_start_like_connectives_are_words():
    assert root("order") == term("", "", "order")
    assert root("a:or") == term("a", "", "or")
    assert root('"and"') == term("", "", "and")


@pytest.mark.parametrize("text", ["", "   ", "\n\t"])
def test_blank_text_matches_everything(text):
    assert root(text) is None


@pytest.mark.parametrize(
    ("text", "operator", "value"),
    [
        ("a:x", "", "x"),
        ("a:=x", "=", "x"),
        ("a:<x", "<", "x"),
        ("a:<=x", "<=", "x"),
        ("a:>x", ">", "x"),
        ("a:>=x", ">=", "x"),
        ("a:=>x", ">=", "x"),
        ("a:=<x", "<=", "x"),
        ('a:">=x"', ">=", "x"),
        ('a:"<2 weeks"', "<", "2 weeks"),
        ('a:"=8"', "=", "8"),
        ('a:">= 8"', ">=", "8"),
        ('a:>"8"', ">", "8"),
        ('a:="<b>"', "=", "<b>"),
        ('a:"\\<b"', "", "<b"),
        ("tag:location=HQ", "", "location=HQ"),
        ("a:=80,443", "=", "80,443"),
    ],
)
def test_an_operator_stands_before_or_inside_the_quotes(text, operator, value):
    found = root(text)

    assert isinstance(found, Term)
    assert (found.operator.value, found.value.plain()) == (operator, value)


@pytest.mark.parametrize("text", ["os:=", 'os:=""', 'os:"="', "os:= "])
def test_an_equals_sign_alone_asks_for_what_is_empty(text):
    assert root(text) == term("os", "=")


def test_an_empty_value_may_stand_before_other_terms_and_parentheses():
    assert root("(os:= OR a:x) b:x") == And((Or((term("os", "="), A)), B))


def test_wildcards_are_told_from_escaped_characters():
    assert root(r'a:="W%n_w\%\_"') == term("a", "=", "W", Wildcard.ANY, "n", Wildcard.ONE, "w%_")
    assert root(r"a:50\%") == term("a", "", "50%")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (r'"5\" disk"', '5" disk'),
        (r'"a\\b"', "a\\b"),
        (r"CORP\bob", "CORP\\bob"),
        (r'"CORP\bob"', "CORP\\bob"),
        (r"\(x\)", "(x)"),
        (r"front\ desk", "front desk"),
        ("x\\", "x\\"),
        ('"a:b (c) OR d"', "a:b (c) OR d"),
        ("Zürich-東京", "Zürich-東京"),
    ],
)
def test_escapes_and_quotes_give_the_text_itself(text, value):
    assert root(text) == term("", "", value)


@pytest.mark.parametrize(
    "word",
    [
        "fe80::1",
        "::1",
        "2001:db8::/32",
        "::ffff:10.0.0.1",
        "00:11:22:33:44:55",
        "aa:bb:cc:dd:ee:ff",
        "aa:bb:cc",
        "https://intra.example:8443/a?b=c&d=e",
        "10.0.0.1:443",
        "12:30",
    ],
)
def test_addresses_macs_and_urls_are_words_and_values_without_quotes(word):
    plain = Value.literal(word) if "_" not in word else Value()

    assert root(word) == Term("", Operator.CONTAINS, plain)
    assert root(f"address:{word} x") == And(
        (Term("address", Operator.CONTAINS, plain), term("", "", "x"))
    )


@pytest.mark.parametrize(
    "keyword",
    ["@azuread.dev.displayName", "ip.ttl.hops", "_asset.os", "http.head.content-type", "größe"],
)
def test_keywords_have_dots_hyphens_and_an_at_sign(keyword):
    assert root(f"{keyword}:x") == term(keyword, "", "x")


def test_a_keyword_with_spaces_stands_in_quotes():
    assert root('"@custom.x.some key":>3') == term("@custom.x.some key", ">", "3")


def test_terms_know_where_they_stand():
    query = parse('a:x AND os:="Windows 10"')

    first, second = query.terms()

    assert (first.position, first.length) == (0, 3)
    assert query.text[second.position :] == 'os:="Windows 10"'
    assert query.text[second.value_position :] == '"Windows 10"'
    assert second.length == len('os:="Windows 10"')
