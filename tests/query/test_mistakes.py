"""What people write who know another language is told them in this one, not searched for."""

import pytest

from muster.core.errors import QueryError
from muster.query import parse, to_text
from muster.query.ast import Operator, Query, Term, Value


@pytest.mark.parametrize(
    ("text", "said", "marked"),
    [
        ("os:windows && type:server", "'AND' is", "&&"),
        ("os:windows & type:server", "'AND' is", "&"),
        ("os:windows || type:server", "'OR' is", "||"),
        ("(os:windows | type:server)", "'OR' is", "|"),
        ("! os:windows", "'NOT' is", "!"),
        ("!os:windows", "write NOT os:windows", "!os:windows"),
        ("type:server -os:windows", "write NOT os:windows", "-os:windows"),
        ("-@azuread.dev.model:x", "write NOT @azuread.dev.model:x", "-@azuread.dev.model:x"),
        ("+os:windows", "write os:windows", "+os:windows"),
        ("os:!=windows", "write NOT os:=windows", "os:!=windows"),
    ],
)
def test_another_languages_operator_is_refused_with_what_is_meant(text, said, marked):
    with pytest.raises(QueryError) as caught:
        parse(text)

    error = caught.value
    assert said in str(error)
    assert text[error.position : error.position + error.length] == marked
    assert error.hint


@pytest.mark.parametrize(
    "text",
    [
        '"&&"',
        '"|"',
        '"-os:windows"',
        'os:"!=x"',
        "a&b",
        "-x",
        "+x",
        "!x",
        "a|b",
        "-00:11:22",
        "os:!",
    ],
)
def test_the_same_characters_can_be_searched_for(text):
    query = parse(text)

    assert parse(to_text(query)) == query


@pytest.mark.parametrize("word", ["&", "||", "!", "-os:windows", "+a:b"])
def test_such_words_are_printed_so_that_they_are_read_again(word):
    query = Query(Term("", Operator.CONTAINS, Value.literal(word)))

    assert parse(to_text(query)) == query


def test_a_list_of_values_in_parentheses_is_told_where_parentheses_go():
    with pytest.raises(QueryError, match="right after 'os:'") as caught:
        parse("os:(windows OR linux)")

    assert "around whole terms" in caught.value.hint
