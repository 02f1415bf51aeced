"""The law of printing: parse(to_text(q)) == q."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from muster.query import Query, parse, to_text
from muster.query.ast import And, Node, Not, Operator, Or, Term, Value, Wildcard

TEXT = st.one_of(
    st.sampled_from(["x", "and", "NOT", "a b", '"', "\\", "%", "_", "<3", ">=", "=", "a:b", "::1"]),
    st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=6),
)


def _values(minimum: int) -> st.SearchStrategy[Value]:
    pieces = st.lists(st.one_of(TEXT, st.sampled_from(Wildcard)), min_size=minimum, max_size=4)
    return pieces.map(_joined)


def _joined(pieces: list[str | Wildcard]) -> Value:
    joined: list[str | Wildcard] = []
    for piece in pieces:
        if isinstance(piece, str) and joined and isinstance(joined[-1], str):
            joined[-1] += piece
        else:
            joined.append(piece)
    return Value(tuple(joined))


WORDS = (
    _values(1)
    .filter(lambda value: value.plain().strip())
    .map(lambda value: Term("", Operator.CONTAINS, value))
)
KEYWORDS = st.one_of(
    st.sampled_from(["os", "@azuread.dev.displayName", "_asset.os", "a-b", "and"]),
    st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=6),
)
TERMS = st.one_of(
    WORDS,
    st.builds(Term, KEYWORDS, st.just(Operator.EQUAL), _values(0)),
    st.builds(Term, KEYWORDS, st.sampled_from(Operator), _values(1)),
)
NODES: st.SearchStrategy[Node] = st.recursive(
    TERMS,
    lambda nodes: st.one_of(
        st.builds(Not, nodes),
        st.builds(And, st.lists(nodes, min_size=2, max_size=4).map(tuple)),
        st.builds(Or, st.lists(nodes, min_size=2, max_size=4).map(tuple)),
    ),
    max_leaves=12,
)


@given(NODES)
@settings(max_examples=300, deadline=None)
def test_a_printed_tree_parses_to_itself(node):
    query = Query(node)

    assert parse(to_text(query)) == query


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("a:x b:y or not c:z", "(a:x AND b:y) OR NOT c:z"),
        ("NOT (a:x OR b:y)", "NOT (a:x OR b:y)"),
        ('os:"Windows 10"', 'os:"Windows 10"'),
        ('seen:"<2weeks"', "seen:<2weeks"),
        ("os:=", 'os:=""'),
        ("", ""),
    ],
)
def test_the_printed_form_is_one_that_a_person_would_write(text, printed):
    assert to_text(parse(text)) == printed
