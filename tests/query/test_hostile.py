"""Text made to hurt: it means something or is an error of ours, soon."""

from datetime import UTC, datetime
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from muster.core.errors import QueryError
from muster.query import LONGEST_QUERY_BYTES, bind, parse
from muster.query.catalogue import INVENTORIES
from muster.query.completing import complete

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
LONGEST_SECONDS = 2.0
"""Of processor time, many times what any of these takes: what is quadratic takes minutes."""


def outcome(text: str, inventory: str) -> QueryError | None:
    try:
        bind(parse(text), inventory=inventory, now=NOW)
    except QueryError as error:
        return error
    return None


def fill(piece: str, between: str = "") -> str:
    """Return as many pieces as a query can hold."""
    return between.join([piece] * (LONGEST_QUERY_BYTES // len(f"{piece}{between}".encode())))


def distinct(term: str, between: str = " ") -> str:
    """Return as many terms as a query can hold, each with another number in it."""
    text = between.join(term.format(number) for number in range(1000, 2000))
    return text[:LONGEST_QUERY_BYTES].rpartition(between)[0]


@pytest.mark.parametrize("inventory", ["assets", "users", "services", "tasks"])
@pytest.mark.parametrize(
    "text",
    [
        *(fill(piece) for piece in ("(", ")", '"', "\\", "NOT ", ":", "a:", "%", "_", "<", "=")),
        *(fill(piece) for piece in ("(x", "a OR ", '"x" ', "\\(", '("', "x:(", "é", "\U0001f600")),
        *(fill(piece) for piece in ("0:", "a://", "::", "@", ".", "a.", "-", "not(")),
        "_asset." * 1100 + "os:x",
        "_user." * 1300 + "name:x",
        "_service." * 800 + "port:80",
        "owner." * 1300 + "name:x",
        "group.member.asset." * 400 + "os:x",
        "asset.service." * 500 + "port:80",
        "name:" + fill("%a")[5:],
        "name:=" + fill("_")[6:],
        fill("a")[2:] + ":x",
        "source:" + fill("a")[7:],
        distinct("emai{}:x"),
        distinct("displya_nam{}:x"),
        distinct("source:a{}"),
        distinct("a.b{}:x", " OR "),
        distinct("net:10.0.0.0-10.0.{}", " OR "),
        distinct("NOT first_seen:>{}days"),
        "service_ports_tcp:=" + ",".join(map(str, range(1500))),
        "port:" + "9" * 8000,
        "port:-" + "0" * 8000,
        "os_version:>" + "9." * 4000,
        "last_seen:<" + "9" * 8000 + "years",
    ],
    ids=lambda text: text[:20],
)
def test_a_long_query_has_its_answer_soon(text, inventory):
    before = process_time()

    error = outcome(text, inventory)
    completion = complete(text, len(text), inventory)

    assert process_time() - before < LONGEST_SECONDS
    assert error is None or (error.text == text and error.position is not None)
    assert 0 <= completion.start <= completion.end <= len(text)


@pytest.mark.parametrize(
    "value",
    [
        "99999-01-01",
        "0000-00-00",
        "0000",
        "9999",
        "9999-12",
        "9999-13",
        "0000-01",
        "9999-12-31T23:59:59-23:59",
        "0001-01-01T00:00:00+23:59",
        "2026-02-30",
        "2026-01-01T25:00:00Z",
        "999999999999999years",
        "0.000001seconds",
        "999999999999999",
        "-999999999999999",
        "1e999",
        "nan",
        "inf",
        "-",
        "٣days",
        "²days",
        "now-1day",
    ],
)
@pytest.mark.parametrize(
    "keyword", ["last_seen", "tls.notAfterTS", "@a.b.lastTS", "port", "os_version"]
)
def test_an_absurd_time_or_number_is_read_or_refused_with_its_place(keyword, value):
    for operator in ("", "=", "<", "<=", ">", ">="):
        error = outcome(f'{keyword}:{operator}"{value}"', "assets")

        assert error is None or error.position is not None


PIECES = st.sampled_from(
    [
        *("(", ")", '"', "\\", ":", "=", "<", ">", "%", "_", " ", "\t", "\n", "\x00", "\x7f"),
        *("AND", "or", "not", "os", "@a.b.c", "::1", "10.0.0.0/8", "http://", "é", "\u2028"),
        *(
            "\ud800",
            "\udfff",
            "\U0010ffff",
            "\u202e",
            "ﬁ",
            "İ",
            "ſ",
            "٣",
            "²",
            "last_seen:",
            "port:",
        ),
        *("owner.", "_asset.", "group.member.", "has:", "source:", "1week", "99999999999999999999"),
        *("99999-01-01", "999999999999999years", "id:", "mac:", "net:", "attribute:", "''", "--"),
    ]
)
HOSTILE = st.one_of(
    st.text(st.characters(exclude_categories=()), max_size=60),
    st.lists(PIECES, max_size=30).map("".join),
)


@given(HOSTILE, st.sampled_from(sorted(INVENTORIES)))
@settings(max_examples=500, deadline=None)
def test_any_text_means_something_or_is_an_error_of_ours(text, inventory):
    error = outcome(text, inventory)

    assert error is None or (error.position is not None and error.pointed())


@given(HOSTILE, st.integers(0, 60), st.sampled_from(sorted(INVENTORIES)))
@settings(max_examples=300, deadline=None)
def test_any_text_can_be_completed_at_any_place(text, cursor, inventory):
    completion = complete(text, cursor, inventory)

    assert 0 <= completion.start <= completion.end <= len(text)
