"""Where the cursor is: in a keyword, behind its colon, or where nothing can be completed."""

import re
from dataclasses import dataclass

from muster.query.ast import Operator, Value
from muster.query.build import read_operator, read_value
from muster.query.parse import acceptable, is_word_with_colons

_QUOTED = r'"(?:\\.|[^"\\])*+"'
_PIECE = re.compile(rf'(?:{_QUOTED}|"(?:\\.|[^"\\])*+\\?\Z|\\.|[^\s()"])++', re.DOTALL)
_KEY = re.compile(rf"(@?[^\W\d][\w./\-]*+|{_QUOTED}):", re.DOTALL)
_OPERATOR = re.compile(r">=|<=|=>|=<|=|>|<")
_STARTED_KEYWORD = re.compile(r"@?(?:[^\W\d][\w./\-]*)?")
_BREAK = re.compile(r"[\s()]|\Z")
_NEEDS_TERM_BEFORE = re.compile(r"\s*(?:(?:and|or)(?=[\s()]|\Z)|\))", re.IGNORECASE)
_BEHIND_TERM = {"AND": "_AND", "OR": "_OR"}


@dataclass(frozen=True, slots=True)
class KeywordPlace:
    """The start of a term: `typed` is what stands before the cursor, `connectives` may stand too.

    The characters from `start` to before `end` are replaced, the colon too if there is one. With
    `is_before_term` another term follows at once, and a keyword would run into it.
    """

    start: int
    end: int
    typed: str
    connectives: tuple[str, ...] = ()
    is_before_term: bool = False


@dataclass(frozen=True, slots=True)
class ValuePlace:
    """Behind a keyword's colon, in quotes or not; the operator belongs to what is replaced."""

    start: int
    end: int
    keyword: str
    operator: Operator
    typed: Value


Place = KeywordPlace | ValuePlace | None
"""None stands for a place that nothing can be suggested for, such as a quoted word."""


def place_at(text: str, cursor: int) -> Place:
    """Return where in a query the cursor is."""
    for piece in _PIECE.finditer(text):
        if piece.start() >= cursor:
            break
        if cursor <= piece.end():
            return _within(text, piece.start(), piece.end(), cursor)
    is_before_term = _BREAK.match(text, cursor) is None
    connectives = _connectives(text, cursor, cursor)
    return KeywordPlace(cursor, cursor, "", connectives, is_before_term)


def _within(text: str, start: int, end: int, cursor: int) -> Place:
    piece = text[start:end]
    if is_word_with_colons(piece):
        return None
    key = _KEY.match(piece)
    if key is not None and cursor >= start + key.end():
        return _value_place(text, start + key.end(), end, cursor, keyword=_name(key[1]))
    typed = text[start:cursor]
    if _STARTED_KEYWORD.fullmatch(typed) is None:
        return None
    if key is not None:
        return KeywordPlace(start, start + key.end(), typed)
    return KeywordPlace(start, end, typed, _connectives(text, start, end))


def _name(typed: str) -> str:
    return read_value(typed[1:-1]).plain() if typed.startswith('"') else typed


def _value_place(text: str, start: int, end: int, cursor: int, *, keyword: str) -> ValuePlace:
    outside = _OPERATOR.match(text, start, end)
    begin = outside.end() if outside else start
    typed = text[begin:cursor] if cursor > begin else ""
    operator = outside.group() if outside else ""
    if text.startswith('"', begin):
        if re.fullmatch(_QUOTED, text[begin:end], re.DOTALL) is None:
            end = _end_of_word(text, cursor)
        typed = _without_quotes(typed)
        if not operator and (inside := _OPERATOR.match(typed)):
            operator, typed = inside.group(), typed[inside.end() :].lstrip()
    return ValuePlace(start, end, keyword, read_operator(operator), read_value(typed))


def _end_of_word(text: str, cursor: int) -> int:
    """Return where the word that the cursor is in ends, in quotes that are not closed."""
    behind = _BREAK.search(text, cursor)
    return behind.start() if behind else len(text)


def _without_quotes(typed: str) -> str:
    if re.fullmatch(_QUOTED, typed, re.DOTALL):
        return typed[1:-1]
    return typed[1:]


def _connectives(text: str, start: int, end: int) -> tuple[str, ...]:
    """Return which of AND, OR and NOT the grammar takes between what is left and right."""
    if _NEEDS_TERM_BEFORE.match(text, end):
        return ()
    terminals = acceptable(text[:start])
    both = tuple(word for word, terminal in _BEHIND_TERM.items() if terminal in terminals)
    return (*both, "NOT") if "NOT" in terminals else both
