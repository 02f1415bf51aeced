"""Cutting a filter's text into tokens, one at a time, so that the leftmost mistake is told."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from muster.core.errors import QueryError
from muster.odata import mistakes, values
from muster.odata.nodes import Kind, Literal

LONGEST_NUMBER = 40

_DIGIT = "[0-9]"
_DATE = f"{_DIGIT}{{4}}-{_DIGIT}{{2}}-{_DIGIT}{{2}}"
_CLOCK = f"{_DIGIT}{{2}}:{_DIGIT}{{2}}(?::{_DIGIT}{{2}}(?:\\.{_DIGIT}{{1,12}})?)?"
_HEX = "[0-9A-Fa-f]"
_ENDS = r"(?![\w.:-])"

_token = re.compile(
    rf"""
      (?P<space>\s+)
    | (?P<guid>{_HEX}{{8}}-(?:{_HEX}{{4}}-){{3}}{_HEX}{{12}}){_ENDS}
    | (?P<date_time>{_DATE}[Tt]{_CLOCK}(?:[Zz]|[+-]{_DIGIT}{{2}}:{_DIGIT}{{2}})){_ENDS}
    | (?P<date>{_DATE}){_ENDS}
    | (?P<time>{_CLOCK}){_ENDS}
    | (?P<infinite>-?INF|NaN)(?![\w.])
    | (?P<number>-?{_DIGIT}+(?:\.{_DIGIT}+)?(?:[eE][+-]?{_DIGIT}+)?){_ENDS}
    | (?P<malformed>-?{_DIGIT}[\w.:+-]*)
    | (?P<typed>[^\W\d][\w.]*'(?:[^']|'')*+')
    | (?P<word>[$@]?[^\W\d][\w.]*)
    | (?P<string>'(?:[^']|'')*+')
    | (?P<mark>[(),/:])
    | (?P<symbol>===?|=[<>]|=|!=|!|<>|<=|>=|<|>|&&?|\|\|?)
    """,
    re.VERBOSE,
)
_PLAIN_KINDS = {"guid": Kind.GUID, "date": Kind.DATE, "time": Kind.TIME}
_READERS = {Kind.DATE: values.day, Kind.TIME: values.time_of_day, Kind.DATE_TIME: values.instant}
_TYPED_READERS = {
    "duration": (Kind.DURATION, values.duration, "an ISO 8601 duration such as PT1H"),
    "binary": (Kind.BINARY, values.binary, "base64"),
}
_FOREIGN_HINTS = dict.fromkeys("%+", "Write the filter plainly, with spaces; Muster encodes it.")
_OPENING_QUOTES = '"“”„«`´‘’‚'
_quoted_wrongly = re.compile(rf"[{_OPENING_QUOTES}][^{_OPENING_QUOTES}]*[»{_OPENING_QUOTES}]?")
_zoneless = re.compile(rf"{_DATE}[Tt]{_CLOCK}")


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of the text: a `word`, a `literal`, a `mark`, or the `end`."""

    kind: str
    text: str
    position: int
    literal: Literal | None = None

    @property
    def end(self) -> int:
        """The position after its last character."""
        return self.position + len(self.text)


def tokens(text: str) -> Iterator[Token]:
    """Yield the tokens of a filter, and a last one of kind `end`.

    Raises QueryError where it meets what no token can start with.
    """
    position = 0
    while position < len(text):
        match = _token.match(text, position)
        if match is None:
            raise _unreadable(text, position)
        position = match.end()
        if match.lastgroup != "space":
            yield _read(text, match)
    yield Token("end", "", len(text))


def _read(text: str, match: re.Match[str]) -> Token:
    group, piece, position = match.lastgroup or "", match.group(), match.start()
    if group in {"word", "mark"}:
        return Token(group, piece, position)
    if group == "symbol":
        raise _symbol(text, piece, position)
    if group == "malformed":
        raise _malformed(text, piece, position)
    return Token("literal", piece, position, _literal(text, group, piece, position))


def _literal(text: str, group: str, piece: str, position: int) -> Literal:
    if group == "string":
        return _made(Kind.STRING, piece, position, _unquoted(piece))
    if group == "typed":
        return _typed(text, piece, position)
    if group in {"number", "infinite"}:
        return _number(text, piece, position)
    kind = _PLAIN_KINDS.get(group, Kind.DATE_TIME)
    if kind is Kind.GUID:
        return _made(kind, piece, position, piece)
    value = _READERS[kind](piece)
    if value is None:
        message = f"There is no {kind} {piece}"
        raise _error(message, text, position, len(piece), "Check day, hour and zone.")
    return _made(kind, piece, position, value)


def _number(text: str, piece: str, position: int) -> Literal:
    if len(piece) > LONGEST_NUMBER:
        raise _error("This number is too long", text, position, len(piece))
    if piece.lstrip("-").isdigit():
        return _made(Kind.INTEGER, piece, position, int(piece))
    is_double = "e" in piece.casefold() or "N" in piece
    return _made(Kind.DOUBLE if is_double else Kind.DECIMAL, piece, position, float(piece))


def _typed(text: str, piece: str, position: int) -> Literal:
    prefix, body = piece.split("'", 1)
    content = _unquoted("'" + body)
    if prefix.casefold() in _TYPED_READERS:
        kind, reader, wanted = _TYPED_READERS[prefix.casefold()]
        value = reader(content)
        if value is None:
            raise _error(f"`{mistakes.short(content)}` is not {wanted}", text, position, len(piece))
        return _made(kind, piece, position, value)
    if "." in prefix.strip("."):
        return _made(Kind.ENUM, piece, position, content)
    message = f"`{mistakes.short(prefix)}'...'` is no kind of value"
    raise _error(message, text, position, len(prefix) + 1, mistakes.typed_literal_hint(prefix))


def _made(kind: Kind, piece: str, position: int, value: float | str) -> Literal:
    return Literal(kind, piece, value, position=position, length=len(piece))


def _unquoted(piece: str) -> str:
    return piece[1:-1].replace("''", "'")


def _symbol(text: str, piece: str, position: int) -> QueryError:
    if piece == "=" and text[:position].strip().casefold() in {"$filter", "filter"}:
        hint = "Leave out everything up to the equals sign."
        return _error("The filter starts after `$filter=`", text, 0, position + 1, hint)
    hint = f"Write {mistakes.SYMBOLS[piece]}."
    return _error(f"`{piece}` is no operator here", text, position, len(piece), hint)


def _malformed(text: str, piece: str, position: int) -> QueryError:
    if _zoneless.fullmatch(piece):
        hint = f"Write {piece}Z, or an offset such as {piece}+02:00."
        return _error("The date-time has no time zone", text, position, len(piece), hint)
    shown = mistakes.short(piece)
    hint = f"If it is text, put it in single quotes: '{shown}'."
    message = f"`{shown}` is not a number, date or GUID"
    return _error(message, text, position, len(piece), hint)


def _unreadable(text: str, position: int) -> QueryError:
    character = text[position]
    if character == "'":
        hint = "Close it with '; a quote inside text is doubled: 'O''Brien'."
        return _error("This text has no closing quote", text, position, len(text) - position, hint)
    if wrong := _quoted_wrongly.match(text, position):
        meant = wrong.group().strip(_OPENING_QUOTES + "»")
        hint = f"Write '{mistakes.short(meant)}'."
        message = "Text goes in straight single quotes"
        return _error(message, text, position, len(wrong.group()), hint)
    if character == "-":
        hint = "Write operators without a dash: `eq`, not `-eq`."
        return _error("A dash means nothing here", text, position, 1, hint)
    return _foreign_character(text, position)


def _foreign_character(text: str, position: int) -> QueryError:
    character = text[position]
    name = f"U+{ord(character):04X}"
    if unicodedata.category(character).startswith("C"):
        message = f"There is an invisible character ({name})"
        return _error(message, text, position, 1, "Delete it, or type the filter anew.")
    hint = _FOREIGN_HINTS.get(character, "Text goes in single quotes.")
    return _error(f"`{character}` ({name}) means nothing here", text, position, 1, hint)


def _error(message: str, text: str, position: int, length: int, hint: str = "") -> QueryError:
    return QueryError(
        message, hint=hint, code="BadRequest", text=text, position=position, length=length
    )
