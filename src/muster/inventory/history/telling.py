"""What one row of the history tells, and its form in the database.

A row is about one thing in one revision. Its `events` are bits, its body is one JSON object per
line: what is told of a thing a second time in a run stands on a line of its own.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum, IntFlag
from typing import Any

import orjson

LONGEST_VALUE = 2000
"""Of a longer value its beginning is kept, with a word on how long it was."""


class Subject(IntEnum):
    """What a row is about. The first three are the numbers of their inventories.

    What a source says of an asset is told of its record, and goes where that goes.
    """

    ASSET = 1
    USER = 2
    GROUP = 3
    RECORD = 5


class Event(IntFlag):
    """What happened to a thing. `LEFT` is told of an asset, `JOINED` and `MOVED` of a record."""

    CHANGED = 1
    GONE = 2
    BACK = 4
    JOINED = 8
    MOVED = 16
    LEFT = 32
    LINKS = 64


NOTHING = Event(0)


@dataclass(frozen=True, slots=True)
class Change:
    """What an attribute was and is; "" where it was not there, or is no longer.

    With `is_many`, the values that went and that came, tab-joined: the others stayed. The
    attribute is spelled as it is searched.
    """

    attribute: str
    old: str
    new: str
    is_many: bool = False


@dataclass(frozen=True, slots=True)
class Move:
    """A record's way to an asset, by the reason of its match; assets are given by their numbers.

    `source_id` and `foreign_id` name the record where an asset tells that it left.
    """

    origin: int | None
    target: int | None
    rule: str = ""
    key: str = ""
    source_id: int = 0
    foreign_id: str = ""


@dataclass(frozen=True, slots=True)
class LinkCount:
    """How many of one relation came and went: `member`, `owner` or `user`."""

    relation: str
    came: int
    went: int


@dataclass(slots=True)
class Told:
    """All that one row tells."""

    events: Event = NOTHING
    changes: list[Change] = field(default_factory=list)
    moves: list[Move] = field(default_factory=list)
    links: list[LinkCount] = field(default_factory=list)

    def add(self, event: Event) -> "Told":
        """Say that this happened too."""
        self.events |= event
        return self

    def changed(self, changes: Sequence[Change]) -> None:
        """Say what changed, if anything did."""
        if changes:
            self.add(Event.CHANGED).changes += changes

    def moved(self, event: Event, move: Move) -> None:
        """Say where it, or a record of it, went."""
        self.add(event).moves.append(move)


def encode(told: Told, numbers: Mapping[str, int]) -> str:
    """Return the body of a row; `numbers` are those of the attributes' names."""
    body: dict[str, Any] = {}
    if told.changes:
        body["c"] = [_packed(each, numbers[each.attribute]) for each in told.changes]
    if told.moves:
        body["m"] = [
            (each.origin, each.target, each.rule, each.key, each.source_id, each.foreign_id)
            for each in told.moves
        ]
    if told.links:
        body["l"] = [(each.relation, each.came, each.went) for each in told.links]
    return orjson.dumps(body).decode() if body else ""


def decode(events: int, body: str, names: Mapping[int, str]) -> Told:
    """Return what a row tells; `names` are those of the attributes by their numbers."""
    told = Told(Event(events))
    links: dict[str, LinkCount] = {}
    for line in filter(None, body.split("\n")):
        found = orjson.loads(line)
        told.changes += [
            Change(names.get(each[0], ""), each[1], each[2], is_many=len(each) > 3)  # noqa: PLR2004
            for each in found.get("c", ())
        ]
        told.moves += [Move(*each) for each in found.get("m", ())]
        # They are counted for the whole revision each time, so the last count holds.
        links |= {each[0]: LinkCount(*each) for each in found.get("l", ())}
    told.links = list(links.values())
    told.changes = _net(told.changes)
    return told


def _net(changes: Sequence[Change]) -> list[Change]:
    """Put changes of one attribute in a revision together; there and back again is none."""
    several = {each.attribute for each in changes if each.is_many}
    latest = {each.attribute: each.new for each in changes}
    found: dict[object, Change] = {}
    for number, each in enumerate(changes):
        if each.attribute in several:
            found[number] = each
        elif each.attribute not in found:
            found[each.attribute] = Change(each.attribute, each.old, latest[each.attribute])
    return [each for each in found.values() if each.is_many or each.old != each.new]


def is_undone(body: str) -> bool:
    """True if what a body tells as changed ends, attribute by attribute, where it began."""
    found: dict[int, tuple[str, str]] = {}
    for line in filter(None, body.split("\n")):
        for number, old, new, *is_many in orjson.loads(line).get("c", ()):
            if is_many:
                return False
            found[number] = (found.get(number, (old, ""))[0], new)
    return bool(found) and all(old == new for old, new in found.values())


def without_changes(body: str) -> str:
    """Return a body with all that it tells but changes."""
    lines = (orjson.loads(line) for line in filter(None, body.split("\n")))
    left = ({key: each for key, each in line.items() if key != "c"} for line in lines)
    return "\n".join(orjson.dumps(each).decode() for each in left if each)


def attribute_numbers(bodies: Iterable[str]) -> set[int]:
    """Return the numbers of all attributes that some bodies tell of."""
    return {
        each[0]
        for body in bodies
        for line in filter(None, body.split("\n"))
        for each in orjson.loads(line).get("c", ())
    }


def kept(value: str) -> str:
    """Return as much of a value as is kept of it."""
    if len(value) <= LONGEST_VALUE:
        return value
    return f"{value[:LONGEST_VALUE]}… ({len(value):,} characters)"


def _packed(change: Change, number: int) -> tuple[object, ...]:
    packed = (number, kept(change.old), kept(change.new))
    return (*packed, 1) if change.is_many else packed
