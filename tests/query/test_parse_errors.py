"""Text that is no query: the place, and what was expected there."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from muster.core.errors import QueryError
from muster.query import LONGEST_QUERY_BYTES, parse


@pytest.mark.parametrize(
    ("text", "position", "length", "said"),
    [
        ("AND x", 0, 3, "'AND'"),
        ("x AND", 5, 1, "ends after 'AND'"),
        ("x OR OR y", 5, 2, "'OR'"),
        ("NOT", 3, 1, "ends after 'NOT'"),
        ("(a OR b", 0, 1, "not closed"),
        ('x (a OR "(" b', 2, 1, "not closed"),
        ("a)", 1, 1, "closes nothing"),
        ("()", 1, 1, "empty pair"),
        ("os: windows", 0, 3, "right after 'os:'"),
        ("os:", 0, 3, "right after 'os:'"),
        ("x os:>=", 2, 5, "right after 'os:>='"),
        ('x "abc', 2, 4, "quote is not closed"),
        ('os:"abc', 3, 4, "quote is not closed"),
        (r'os:"C:\"', 3, 5, "quote is not closed"),
        ('"a"b', 3, 1, "after the closing quote"),
        ('a"b', 1, 1, "quote inside a word"),
        (":80", 0, 1, "keyword was expected"),
        ('x "" y', 2, 2, "between these quotes"),
        ("a\x00b", 1, 1, "U+0000"),
        ("ab\ud800", 2, 1, "half of one"),
    ],
)
def test_an_error_points_at_its_place_and_says_what_was_expected(text, position, length, said):
    with pytest.raises(QueryError) as caught:
        parse(text)

    assert (caught.value.position, caught.value.length) == (position, length)
    assert said in caught.value.message


def test_a_query_of_just_8_kilobytes_is_read_and_one_byte_more_is_not():
    longest = "x" * LONGEST_QUERY_BYTES

    assert parse(longest).root

    with pytest.raises(QueryError, match="8,193 bytes") as caught:
        parse(longest + "x")
    assert caught.value.position == LONGEST_QUERY_BYTES


def test_length_is_counted_in_bytes():
    with pytest.raises(QueryError, match="bytes"):
        parse("東" * 3000)


@pytest.mark.parametrize("opening", ["(", "NOT "])
def test_nesting_of_100_is_read_and_101_is_not(opening):
    closing = ")" if opening == "(" else ""

    assert parse(opening * 100 + "x" + closing * 100).root

    with pytest.raises(QueryError, match="100 deep"):
        parse(opening * 101 + "x" + closing * 101)


def test_a_thousand_terms_are_read_and_more_are_not():
    assert len(list(parse("x " * 1000).terms())) == 1000

    with pytest.raises(QueryError, match="1,000 terms"):
        parse("x " * 1001)


MARKS = st.sampled_from(["(", ")", '"', "\\", ":", "=", "<", ">", "%", "_", "'", " ", "\t", "\x7f"])
PIECES = MARKS | st.sampled_from(
    ["AND", "or", "not", "os", "@a.b.c", "::1", "http://", "é", "\u2028"]
)


def outcome(text: str) -> QueryError | None:
    try:
        parse(text)
    except QueryError as error:
        return error
    return None


@given(st.one_of(st.text(max_size=60), st.lists(PIECES, max_size=40).map("".join)))
@example("(" * 4000)
@example('"' * 4001)
@example("\\" * 8000)
@example("a:" * 4000)
@example(":" * 8000)
@example("a OR " * 900)
@example("0:" * 4000)
@example("a://" * 2000)
@settings(max_examples=300, deadline=None)
def test_any_text_is_a_query_or_an_error_of_ours_with_its_place(text):
    error = outcome(text)

    assert error is None or (0 <= (error.position or 0) <= len(text) and error.pointed())
    assert error is None or error.position is not None
