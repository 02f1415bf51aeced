"""What a person is told of a text that is no filter."""

import pytest

from muster.core.errors import QueryError
from muster.odata import parse


def mistake(text):
    with pytest.raises(QueryError) as caught:
        parse(text)
    return caught.value


@pytest.mark.parametrize(
    ("text", "marked", "hint"),
    [
        ("displayName = 'x'", "=", "`eq`"),
        ("displayName == 'x'", "==", "`eq`"),
        ("displayName != 'x'", "!=", "`ne`"),
        ("displayName <> 'x'", "<>", "`ne`"),
        ("deviceVersion >= 1", ">=", "`ge`"),
        ("deviceVersion < 1", "<", "`lt`"),
        ("a eq 1 && b eq 2", "&&", "`and`"),
        ("a eq 1 || b eq 2", "||", "`or`"),
        ("!(a eq 1)", "!", "not(...)"),
        ("displayName -eq 'x'", "-", "without a dash"),
        ("displayName like 'x'", "like", "startsWith(displayName,'text')"),
        ("displayName contains 'x'", "contains", "contains(displayName,'text')"),
        ("displayName equals 'x'", "equals", "`eq`"),
        ("displayName eqq 'x'", "eqq", "`eq`"),
        ("displayName not in ('x')", "not", "not(displayName in"),
        ("displayName 'x'", "'x'", "displayName eq 'x'"),
        ("substringof('x',displayName)", "substringof", "contains"),
        ("startwith(displayName,'x')", "startwith", "startsWith"),
        ("tolower(displayName) eq 'x'", "tolower", "without regard to case"),
        ("any(x:x eq 1)", "any", "physicalIds/any"),
        ("a/some(x:x eq 1)", "some", "any"),
        ('displayName eq "x"', '"x"', "'x'"),
        ("displayName eq ‘x’", "‘x’", "'x'"),
        ("displayName eq “x y”", "“x y”", "'x y'"),
        ("displayName eq Windows", "Windows", "'Windows'"),
        ("displayName eq Windows 10 Pro and a eq 1", "Windows 10 Pro", "'Windows 10 Pro'"),
        ("startsWith(displayName,PROD)", "PROD", "'PROD'"),
        ("displayName in (a,b)", "a", "'a'"),
        ("operatingSystemVersion eq 10.0.19045", "10.0.19045", "'10.0.19045'"),
        ("displayName eq 'O'Brien'", "Brien", "doubled"),
        ("displayName eq 'O''Brien", "'O''Brien", "Close it"),
        ("displayName eq'x'", "eq'", "space after `eq`"),
        ("a eq datetime'2026-01-01T00:00:00'", "datetime'", "2026-11-01T00:00:00Z"),
        ("a eq guid'x'", "guid'", "without the word"),
        ("a ge 2026-01-01T00:00:00", "2026-01-01T00:00:00", "2026-01-01T00:00:00Z"),
        ("a ge 2026-02-30", "2026-02-30", "Check"),
        ("a eq duration'1 hour'", "duration'1 hour'", ""),
        ("a\u200beq 1", "\u200b", "Delete it"),
        ("$filter=isManaged eq true", "$filter=", "Leave out"),
        ("displayName%20eq%20'x'", "%", "plainly"),
        ("displayName+eq+'x'", "+", "plainly"),
        ("a eq 1 eq 2", "eq", "`and` or `or`"),
        ("(a eq 1", "(", "`)`"),
        ("not(a eq 1", "(", "`)`"),
        ("a/any(x:x eq 1", "(", "`)`"),
        ("a eq 1)", ")", ""),
        ("a in 'x'", "'x'", ""),
        ("a in ()", ")", ""),
        ("and a eq 1", "and", ""),
        ("a eq 1 or or b eq 2", "or", ""),
        ("'x'", "'x'", "property eq 'value'"),
        ("a/$count", "a/$count", ""),
        ("a eq 1 and 'x'", "'x'", ""),
        ("a/all()", ")", ""),
        ("a//b eq 1", "/", ""),
        ("a eq " + "9" * 50, "9" * 50, ""),
    ],
)
def test_a_mistake_is_shown_where_it_stands_with_the_right_word(text, marked, hint):
    found = mistake(text)

    assert found.text == text
    assert text[found.position : found.position + found.length] == marked
    assert hint in found.hint


def test_the_deepest_filter_is_read_below_a_deep_stack():
    def below(levels, text):
        return below(levels - 1, text) if levels else parse(text)

    assert below(300, "(" * 50 + "a eq 1" + ")" * 50) == parse("a eq 1")


@pytest.mark.parametrize("text", ["a eq", "a eq 1 and", "not", "startsWith(a", "a in (1,", "a/"])
def test_what_is_missing_at_the_end_is_said(text):
    found = mistake(text)

    assert "(" in text or found.position == len(text)
    assert found.message


def test_the_leftmost_mistake_is_told_first():
    assert mistake("a like 'x' and b eq 'unclosed").position == 2


@pytest.mark.parametrize("text", ["", "   ", "a" * 8001])
def test_an_empty_or_endless_filter_has_no_place(text):
    assert mistake(text).position is None


@pytest.mark.parametrize(
    "text",
    [
        "(" * 2000 + "a eq 1" + ")" * 2000,
        "not " * 1900 + "isManaged",
        "not(" * 1500,
        "a/any(x:" * 900,
        "startsWith(" * 700,
        "a in (" + "(" * 2000,
    ],
)
def test_deep_nesting_is_refused_and_not_a_crash(text):
    assert mistake(text).message


@pytest.mark.parametrize(
    "text",
    ["a eq b" + " " * 7900, "a eq " + "x" * 7900, "a " + "é" * 7900, "'" * 7999, "a eq '" * 1000],
)
def test_hostile_lengths_are_answered_with_a_short_message(text):
    found = mistake(text)

    assert len(found.message) < 300
    assert len(found.hint) < 300
