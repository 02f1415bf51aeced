"""Text to tree."""

import re
from functools import cache, lru_cache
from importlib import resources

from lark import Lark
from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken

from muster.core.errors import QueryError
from muster.query.ast import Query
from muster.query.build import Build, Built

LONGEST_QUERY_BYTES = 8192
MOST_TERMS = 1000
_MOST_KEPT = 32
"""So many trees are kept: a page, its count and its facets read the same text one after another."""


@lru_cache(maxsize=_MOST_KEPT)
def parse(text: str) -> Query:
    """Return what a query says; blank text matches everything.

    Raises QueryError with the place in the text and what was expected there.
    """
    _check_text(text)
    try:
        built = _grammar().parse(text)
    except UnexpectedInput as error:
        raise _explained(error, text) from None
    except QueryError as error:
        error.text = text
        raise
    assert isinstance(built, Built)
    query = Query(root=built.node, text=text)
    _check_terms(query)
    return query


def is_typable(text: str) -> bool:
    """True if a query can hold the text: no control characters, no halves of characters."""
    is_plain = _CONTROL.search(text) is None
    return is_plain and not any("\ud800" <= each <= "\udfff" for each in text)


def acceptable(text: str) -> frozenset[str]:
    """Return the grammar's terminals that may stand behind a text; none where it cannot be read."""
    try:
        reader = _grammar().parse_interactive(text)
        reader.exhaust_lexer()
    except (UnexpectedInput, QueryError):
        return frozenset()
    return frozenset(reader.accepts())  # type: ignore[no-untyped-call]


def is_word_with_colons(text: str) -> bool:
    """True if the whole text is a word in spite of its colons: an address, a MAC, a URL."""
    pattern = _grammar().get_terminal("COLON_WORD").pattern.to_regexp()
    return re.fullmatch(pattern, text) is not None


@cache
def _grammar() -> Lark:
    grammar = resources.files("muster.query").joinpath("grammar.lark").read_text("utf-8")
    return Lark(grammar, parser="lalr", lexer="contextual", transformer=Build())


def _check_text(text: str) -> None:
    try:
        size = len(text.encode())
    except UnicodeEncodeError as error:
        raise QueryError(
            "this character is half of one and cannot be searched for",
            text=text.encode(errors="replace").decode(),
            position=error.start,
        ) from error
    if size > LONGEST_QUERY_BYTES:
        raise QueryError(
            f"the query has {size:,} bytes; at most {LONGEST_QUERY_BYTES:,} can be read",
            hint="Search for the parts one after the other, or tag what you look for.",
            text=text,
            position=_character_at(text, LONGEST_QUERY_BYTES),
            length=len(text),
        )
    if (control := _CONTROL.search(text)) is not None:
        raise QueryError(
            f"the control character U+{ord(control.group()):04X} cannot be searched for",
            text=text,
            position=control.start(),
        )


def _controls() -> str:
    early = (chr(code) for code in range(0xA0))
    return "".join(each for each in early if not (each.isprintable() or each.isspace()))


_CONTROL = re.compile(f"[{re.escape(_controls())}]")


def _character_at(text: str, byte: int) -> int:
    return len(text.encode()[:byte].decode(errors="ignore"))


def _check_terms(query: Query) -> None:
    for number, term in enumerate(query.terms(), start=1):
        if number > MOST_TERMS:
            raise QueryError(
                f"the query has more than {MOST_TERMS:,} terms",
                hint="Search for the parts one after the other, or tag what you look for.",
                text=query.text,
                position=term.position,
                length=term.length,
            )


def _explained(error: UnexpectedInput, text: str) -> QueryError:
    if isinstance(error, UnexpectedToken):
        return _unexpected_token(error, text)
    assert isinstance(error, UnexpectedCharacters)
    return _unexpected_character(text, error.pos_in_stream or 0)


def _unexpected_token(error: UnexpectedToken, text: str) -> QueryError:
    token = error.token
    position = token.start_pos or 0
    if token.type == "$END":
        return _unfinished(text)
    if token.startswith((":", '"')):
        return _unexpected_character(text, position)
    if token.type == "_CLOSE":
        message = "this parenthesis closes nothing, or closes an empty pair"
        return QueryError(message, text=text, position=position)
    return QueryError(
        f"'{token[:20]}' stands where a term was expected",
        hint=f'A term is keyword:value or a word. To search for the text, write "{token[:20]}".',
        text=text,
        position=position,
        length=len(token),
    )


def _unfinished(text: str) -> QueryError:
    opened = _last_open_parenthesis(text)
    last_word = text.rsplit(maxsplit=1)[-1]
    if last_word.casefold() in {"and", "or", "not"} or opened is None:
        return QueryError(
            f"the query ends after '{last_word[-20:]}'; a term was expected there",
            hint='A term is keyword:value or a word, such as os:windows or "front desk".',
            text=text,
            position=len(text.rstrip()),
        )
    return QueryError(
        "this parenthesis is not closed; ')' was expected before the end",
        text=text,
        position=opened,
    )


def _last_open_parenthesis(text: str) -> int | None:
    opened: list[int] = []
    is_quoted = is_escaped = False
    for position, character in enumerate(text):
        if is_escaped:
            is_escaped = False
        elif character == "\\":
            is_escaped = True
        elif character == '"':
            is_quoted = not is_quoted
        elif character == "(" and not is_quoted:
            opened.append(position)
        elif character == ")" and not is_quoted and opened:
            opened.pop()
    return opened[-1] if opened else None


def _unexpected_character(text: str, position: int) -> QueryError:
    rest = text[position:]
    if rest.startswith(":"):
        return QueryError(
            "a keyword was expected before this colon",
            hint='Write keyword:value; to search for a colon, put the text into quotes: ":8080".',
            text=text,
            position=position,
        )
    if rest.startswith('"'):
        return _quotes(text, position)
    word = rest.split(maxsplit=1)[0]
    if word.casefold().rstrip("()") in {"and", "or", "not"}:
        return QueryError(
            f"'{word}' stands where a term was expected",
            hint=f'To search for the word itself, put it into quotes: "{word}".',
            text=text,
            position=position,
            length=len(word),
        )
    return QueryError(
        "a quote inside a word is neither its start nor its end",
        hint='Put the whole value into quotes, and a backslash before a quote in it: "5\\" disk".',
        text=text,
        position=position + max(0, rest.find('"')),
    )


def _quotes(text: str, position: int) -> QueryError:
    end = _end_of_quotes(text, position)
    if end is None:
        return QueryError(
            "this quote is not closed; '\"' was expected before the end",
            hint='In quotes, write \\" for a quote and \\\\ for a backslash.',
            text=text,
            position=position,
            length=len(text) - position,
        )
    return QueryError(
        "a space, a parenthesis or the end was expected after the closing quote",
        text=text,
        position=end + 1,
    )


def _end_of_quotes(text: str, start: int) -> int | None:
    is_escaped = False
    for position in range(start + 1, len(text)):
        if is_escaped:
            is_escaped = False
        elif text[position] == "\\":
            is_escaped = True
        elif text[position] == '"':
            return position
    return None
