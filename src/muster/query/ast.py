"""What a query says, as a tree: frozen, compared without its positions."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum, StrEnum


class Wildcard(Enum):
    """A place in a value that stands for other text."""

    ANY = "%"
    ONE = "_"


Piece = str | Wildcard


@dataclass(frozen=True, slots=True)
class Value:
    """What was typed behind a keyword: literal text with wildcards between.

    Two literals never stand side by side, and none is empty.
    """

    pieces: tuple[Piece, ...] = ()

    @classmethod
    def literal(cls, text: str) -> "Value":
        """Return the value in which every character means itself."""
        return cls((text,)) if text else cls()

    def plain(self) -> str:
        """Return the text with wildcards spelled `%` and `_`: for numbers, dates and names."""
        return "".join(each if isinstance(each, str) else each.value for each in self.pieces)

    def has_wildcards(self) -> bool:
        """True if any place stands for other text."""
        return any(isinstance(each, Wildcard) for each in self.pieces)


class Operator(StrEnum):
    """What stands behind the keyword's colon."""

    CONTAINS = ""
    EQUAL = "="
    LESS = "<"
    LESS_OR_EQUAL = "<="
    GREATER = ">"
    GREATER_OR_EQUAL = ">="


@dataclass(frozen=True, slots=True)
class Term:
    """One `keyword:value`, or a free word where the keyword is "".

    `position` and `length` are where the whole term stands in the text, `value_position` where
    its value does.
    """

    keyword: str
    operator: Operator
    value: Value
    position: int = field(default=0, compare=False)
    length: int = field(default=0, compare=False)
    value_position: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Not:
    """Everything that the part does not match."""

    part: "Node"


@dataclass(frozen=True, slots=True)
class And:
    """What all the parts match; two parts at least."""

    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Or:
    """What any of the parts matches; two parts at least."""

    parts: tuple["Node", ...]


Node = Term | Not | And | Or


@dataclass(frozen=True, slots=True)
class Query:
    """A whole query. A `root` of None matches everything; `text` is what was typed."""

    root: Node | None
    text: str = field(default="", compare=False)

    def terms(self) -> Iterator[Term]:
        """Yield every term, from left to right."""
        waiting = [self.root] if self.root else []
        while waiting:
            match waiting.pop():
                case Term() as term:
                    yield term
                case Not(part):
                    waiting.append(part)
                case And(parts) | Or(parts):
                    waiting.extend(reversed(parts))
