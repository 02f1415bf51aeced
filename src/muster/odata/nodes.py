"""The abstract syntax of a filter: frozen values that compare equal whatever their position."""

from dataclasses import dataclass, field
from enum import StrEnum


class Kind(StrEnum):
    """What a literal was written as."""

    NULL = "null"
    BOOLEAN = "boolean"
    STRING = "string"
    INTEGER = "integer"
    DECIMAL = "decimal"
    DOUBLE = "double"
    GUID = "guid"
    DATE_TIME = "date-time"
    DATE = "date"
    TIME = "time of day"
    DURATION = "duration"
    BINARY = "binary"
    ENUM = "enum"


class Operator(StrEnum):
    """The comparisons of Graph, spelled as Graph spells them."""

    EQ = "eq"
    NE = "ne"
    GT = "gt"
    GE = "ge"
    LT = "lt"
    LE = "le"
    HAS = "has"


class Function(StrEnum):
    """The functions of Graph, spelled as Graph's documents spell them."""

    STARTS_WITH = "startsWith"
    ENDS_WITH = "endsWith"
    CONTAINS = "contains"


class Quantifier(StrEnum):
    """How many elements of a collection must match."""

    ANY = "any"
    ALL = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """What every node has: where in the text it stands. Positions do not count in equality."""

    position: int = field(default=0, compare=False)
    length: int = field(default=0, compare=False)

    @property
    def end(self) -> int:
        """The position after its last character."""
        return self.position + self.length


@dataclass(frozen=True, slots=True)
class Literal(Node):
    """A value, kept as it was written.

    `value` is what it means: None, bool, str, int or float; a date, date-time, time or duration
    is a number of picoseconds, so that Graph's seven decimals survive.
    """

    kind: Kind
    text: str
    value: bool | int | float | str | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Path(Node):
    """A property, or a property of a property; the first segment may be a lambda's variable."""

    segments: tuple[str, ...]

    @property
    def text(self) -> str:
        """The path as Graph writes it."""
        return "/".join(self.segments)


@dataclass(frozen=True, slots=True)
class Count(Node):
    """How many elements a collection has: `physicalIds/$count`."""

    path: Path


@dataclass(frozen=True, slots=True)
class Call(Node):
    """A function of two arguments."""

    function: Function
    arguments: "tuple[Expression, Expression]"


@dataclass(frozen=True, slots=True)
class Comparison(Node):
    """Two operands and the operator between them."""

    operator: Operator
    left: "Expression"
    right: "Expression"


@dataclass(frozen=True, slots=True)
class In(Node):
    """An operand that is one of a list of values."""

    operand: "Expression"
    values: tuple[Literal, ...]


@dataclass(frozen=True, slots=True)
class Lambda(Node):
    """`any` or `all` over a collection; `any()` has no variable and no predicate."""

    path: Path
    quantifier: Quantifier
    variable: str = ""
    predicate: "Expression | None" = None


@dataclass(frozen=True, slots=True)
class Not(Node):
    """A condition that must not hold."""

    operand: "Expression"


@dataclass(frozen=True, slots=True)
class And(Node):
    """Two or more conditions that must all hold."""

    operands: "tuple[Expression, ...]"


@dataclass(frozen=True, slots=True)
class Or(Node):
    """Two or more conditions of which one must hold."""

    operands: "tuple[Expression, ...]"


Expression = Literal | Path | Count | Call | Comparison | In | Lambda | Not | And | Or
