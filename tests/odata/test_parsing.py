"""Reading a filter: precedence, literals, positions."""

import pytest

from muster.odata import Kind, parse, quoted, to_text
from muster.odata.nodes import And, Call, Comparison, Count, In, Lambda, Literal, Not, Or, Path


def literal(text):
    return parse(f"x eq {text}").right


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("null", Kind.NULL, None),
        ("true", Kind.BOOLEAN, True),
        ("FALSE", Kind.BOOLEAN, False),
        ("''", Kind.STRING, ""),
        ("'O''Brien'", Kind.STRING, "O'Brien"),
        ("'Büro – 你好'", Kind.STRING, "Büro – 你好"),
        ("-12", Kind.INTEGER, -12),
        ("3.5", Kind.DECIMAL, 3.5),
        ("-1.5e3", Kind.DOUBLE, -1500.0),
        ("INF", Kind.DOUBLE, float("inf")),
        ("-INF", Kind.DOUBLE, float("-inf")),
        ("6BA7b810-9dad-11d1-80b4-00c04fd430c8", Kind.GUID, "6BA7b810-9dad-11d1-80b4-00c04fd430c8"),
        ("duration'PT1H'", Kind.DURATION, 3600 * 10**12),
        ("duration'-P1DT0.5S'", Kind.DURATION, -86_400_500_000_000_000),
        ("binary'AA=='", Kind.BINARY, "AA"),
        ("microsoft.graph.kind'one'", Kind.ENUM, "one"),
        ("13:20:00.5", Kind.TIME, 48_000_500_000_000_000),
    ],
)
def test_every_kind_of_literal_is_read(text, kind, value):
    found = literal(text)

    assert (found.kind, found.value) == (kind, value)


def test_nan_is_a_double():
    assert literal("NaN").kind is Kind.DOUBLE


def test_a_date_is_its_midnight_in_utc():
    assert literal("2026-11-01").value == literal("2026-11-01T00:00:00Z").value


def test_offsets_name_the_same_instant():
    assert literal("2026-11-01T02:00:00+02:00").value == literal("2026-11-01T00:00:00Z").value


def test_seven_decimals_of_a_second_are_kept():
    difference = literal("2026-11-01T00:00:00.1234567Z").value - literal("2026-11-01").value

    assert difference == 123_456_700_000


def test_and_binds_more_tightly_than_or():
    assert parse("a eq 1 or b eq 2 and c eq 3") == parse("a eq 1 or (b eq 2 and c eq 3)")


def test_not_binds_more_tightly_than_a_comparison():
    found = parse("not isManaged eq true")

    assert isinstance(found, Comparison)
    assert isinstance(found.left, Not)


def test_parentheses_after_not_hold_the_whole_comparison():
    found = parse("not(isManaged eq true)")

    assert isinstance(found, Not)
    assert isinstance(found.operand, Comparison)


def test_a_long_chain_is_one_node():
    found = parse(" or ".join(["a eq 1"] * 600))

    assert isinstance(found, Or)
    assert len(found.operands) == 600


def test_words_are_read_in_any_case():
    text = "NOT (STARTSWITH(a,'x') OR b IN (1,2) And c/Any(x:x EQ 'y'))"

    assert to_text(parse(text)) == "not(startsWith(a,'x') or b in (1,2) and c/any(x:x eq 'y'))"


@pytest.mark.parametrize(
    ("text", "node"),
    [
        ("a in ('x','y')", In),
        ("startsWith(a,'x')", Call),
        ("endswith ( a , 'x' )", Call),
        ("contains(a/b,'x')", Call),
        ("a/any()", Lambda),
        ("a/any(x:x/p eq 1)", Lambda),
        ("a/all(x:x eq 1)", Lambda),
        ("a/$count eq 0", Comparison),
        ("a has ns.T'b'", Comparison),
        ("isManaged", Path),
        ("\n a\teq 1\n", Comparison),
        ("startsWith(a,'x') eq true", Comparison),
        ("(((a eq 1)))", Comparison),
        ("a eq 1 and b eq 2", And),
    ],
)
def test_every_form_of_condition_is_read(text, node):
    assert isinstance(parse(text), node)


def test_a_count_is_an_operand():
    assert isinstance(parse("members/$count eq 0").left, Count)


def test_nested_lambdas_are_read():
    found = parse("a/b/any(x:x/c/any(y:y eq 'd') and true)")

    assert to_text(found) == "a/b/any(x:x/c/any(y:y eq 'd') and true)"


def test_nodes_know_their_place():
    text = "not(displayName eq 'x')  and a/any(y: y eq 1)"
    first, second = parse(text).operands

    assert text[first.position : first.end] == "not(displayName eq 'x')"
    assert text[first.operand.right.position : first.operand.right.end] == "'x'"
    assert text[second.position : second.end] == "a/any(y: y eq 1)"
    assert text[second.predicate.position : second.predicate.end] == "y eq 1"


def test_position_does_not_matter_for_equality():
    assert parse("a eq 1") == parse("  a   eq 1")


def test_a_quoted_text_is_read_back():
    text = quoted("it's 'so'")

    assert parse(f"a eq {text}").right.value == "it's 'so'"


def test_fifty_levels_can_be_read_printed_and_compared():
    text = "not(" * 50 + "a eq 1" + ")" * 50

    assert parse(to_text(parse(text))) == parse(text)


def test_a_literal_stays_as_it_was_written():
    assert literal("1.50") == Literal(Kind.DECIMAL, "1.50", 1.5)
