"""Text matching: how text is folded and cut for the index, and patterns with wildcards."""

from collections.abc import Iterable
from dataclasses import dataclass

from muster.query.ast import Piece, Value, Wildcard

LONGEST_INDEXED = 512
"""Only so many characters of a value are searched, in the database and by `evaluate`."""


def fold(text: str) -> str:
    """Return text as it is compared: without case and NUL, cut to what the index holds."""
    return text.casefold()[:LONGEST_INDEXED].replace("\0", "")


def indexed(value: str) -> tuple[str, ...]:
    """Return the texts that an attribute's value is found by: its folded tab-separated parts."""
    return tuple(fold(part) for part in value.split("\t"))


@dataclass(frozen=True, slots=True)
class Pattern:
    """Folded text with wildcards, which a whole value must match.

    No literal is empty, no two of a kind stand side by side. Empty text matches no pattern: what
    has no text has no value.
    """

    pieces: tuple[Piece, ...]

    @classmethod
    def whole(cls, value: Value) -> "Pattern":
        """Return the pattern that values match from end to end."""
        return cls(_normal(value.pieces))

    @classmethod
    def within(cls, value: Value) -> "Pattern":
        """Return the pattern that values match somewhere."""
        return cls(_normal((Wildcard.ANY, *value.pieces, Wildcard.ANY)))

    @classmethod
    def text(cls, text: str) -> "Pattern":
        """Return the pattern that only this text matches."""
        return cls.whole(Value.literal(text))

    @classmethod
    def anything(cls) -> "Pattern":
        """Return the pattern that every text matches but the empty one."""
        return cls((Wildcard.ANY,))

    @property
    def exact(self) -> str | None:
        """The one text that matches, None if there are many."""
        if any(isinstance(each, Wildcard) for each in self.pieces):
            return None
        return "".join(str(each) for each in self.pieces)

    @property
    def inner(self) -> str | None:
        """The text that values must contain if that is all they must, else None."""
        match self.pieces:
            case (Wildcard.ANY, str(text), Wildcard.ANY):
                return text
        return None

    @property
    def prefix(self) -> str:
        """The text that every match starts with."""
        first = self.pieces[0] if self.pieces else ""
        return first if isinstance(first, str) else ""

    def like(self) -> str:
        """Return the pattern for SQL's LIKE with backslash as its escape."""
        return "".join(
            _escaped(each) if isinstance(each, str) else each.value for each in self.pieces
        )

    def matches(self, folded: str) -> bool:
        """True if folded text matches and is not empty. Takes at most pieces times text."""
        if (literal := self.inner) is not None:  # what is asked most, at the speed of the machine
            return literal in folded
        return bool(folded) and _matches(_symbols(self.pieces), folded)


def _normal(pieces: Iterable[Piece]) -> tuple[Piece, ...]:
    normal: list[Piece] = []
    for piece in pieces:
        last = normal[-1] if normal else None
        if isinstance(piece, str) and isinstance(last, str):
            normal[-1] = last + piece.casefold()
        elif not (piece is Wildcard.ANY and last is Wildcard.ANY):
            normal.append(piece.casefold() if isinstance(piece, str) else piece)
    return tuple(normal)


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _symbols(pieces: tuple[Piece, ...]) -> list[Piece]:
    symbols: list[Piece] = []
    for piece in pieces:
        symbols.extend(piece) if isinstance(piece, str) else symbols.append(piece)
    return symbols


def _matches(symbols: list[Piece], text: str) -> bool:
    """Match greedily, going back only to the last ANY, as no earlier one can do better."""
    at = position = 0
    last_any, resumed = -1, 0
    while position < len(text):
        if at < len(symbols) and symbols[at] is Wildcard.ANY:
            last_any, resumed = at, position
            at += 1
        elif at < len(symbols) and symbols[at] in {Wildcard.ONE, text[position]}:
            at += 1
            position += 1
        elif last_any >= 0:
            resumed += 1
            at, position = last_any + 1, resumed
        else:
            return False
    return all(each is Wildcard.ANY for each in symbols[at:])
