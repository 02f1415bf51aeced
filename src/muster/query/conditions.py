"""What a query means: conditions with every keyword looked up and every value read.

`evaluate` and the SQL compiler both start from these, so that they cannot disagree on meaning.
Every condition is true or false of a thing, never unknown.
"""

from dataclasses import dataclass
from uuid import UUID

from muster.query.ast import Operator
from muster.query.values.addresses import Range
from muster.query.values.numbers import Interval
from muster.query.values.patterns import Pattern


@dataclass(frozen=True, slots=True)
class VersionTest:
    """Text that starts with a digit and, as a version, stands so to the one of `key`."""

    operator: Operator
    key: str


ValueTest = Pattern | Interval | VersionTest
"""What one folded text must be: match, be a number within, or be a version that compares."""


@dataclass(frozen=True, slots=True)
class AllOf:
    """What all the parts hold for; everything if there are none."""

    parts: tuple["Condition", ...] = ()


@dataclass(frozen=True, slots=True)
class AnyOf:
    """What any of the parts holds for; nothing if there are none."""

    parts: tuple["Condition", ...] = ()


@dataclass(frozen=True, slots=True)
class Without:
    """What the part does not hold for."""

    part: "Condition"


@dataclass(frozen=True, slots=True)
class TextIs:
    """One of our own texts, by its key (`_asset.os`), has a value that passes the test."""

    key: str
    test: ValueTest


@dataclass(frozen=True, slots=True)
class FreeText:
    """A value of any of these keys of ours matches."""

    keys: tuple[str, ...]
    pattern: Pattern


@dataclass(frozen=True, slots=True)
class AttributeIs:
    """A source's attribute whose folded name matches has a value that passes the test.

    With a test of None it need only be there.
    """

    name: Pattern
    test: ValueTest | None


@dataclass(frozen=True, slots=True)
class ChangedIs:
    """The history tells of a change of something whose folded name, as shown, matches."""

    name: Pattern


@dataclass(frozen=True, slots=True)
class ForeignIdIs:
    """The id at the source matches."""

    pattern: Pattern


@dataclass(frozen=True, slots=True)
class FigureIs:
    """A number or instant (in Unix seconds) is set and lies within."""

    column: str
    interval: Interval


@dataclass(frozen=True, slots=True)
class FlagIs:
    """A boolean is true."""

    column: str


@dataclass(frozen=True, slots=True)
class AddressIn:
    """One of the addresses lies in one of the ranges."""

    ranges: tuple[Range, ...]


@dataclass(frozen=True, slots=True)
class SourceIn:
    """One of these sources, by number, knows it."""

    numbers: frozenset[int]


@dataclass(frozen=True, slots=True)
class IdIs:
    """Its id in Muster is this."""

    uid: UUID


@dataclass(frozen=True, slots=True)
class PlaceIs:
    """The name or id of its `site` or `organization` matches."""

    kind: str
    pattern: Pattern


@dataclass(frozen=True, slots=True)
class RelatedTo:
    """Something that the relation leads to, in another inventory, fulfils the condition."""

    relation: str
    inventory: str
    condition: "Condition"


Condition = (
    AllOf
    | AnyOf
    | Without
    | TextIs
    | FreeText
    | AttributeIs
    | ChangedIs
    | ForeignIdIs
    | FigureIs
    | FlagIs
    | AddressIn
    | SourceIn
    | IdIs
    | PlaceIs
    | RelatedTo
)

EVERYTHING = AllOf()
NOTHING = AnyOf()
