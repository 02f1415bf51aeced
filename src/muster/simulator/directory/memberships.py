"""Who belongs to which group: rules of the generated groups, with what has changed laid over."""

from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import overload

from muster.simulator.directory.changes import KINDS, Kind, Member
from muster.simulator.directory.shelf import Identifiers, Shelf

Place = tuple[Kind, int]
_WORTH_KEEPING = 500
_KEPT_LISTS = 16
_GROUP_BITS = 24


@dataclass(frozen=True, slots=True)
class Standing:
    """A group of all objects whose index leaves a remainder from `low` up to, not with, `high`.

    Such a group needs no list, holds objects that are added later, and with modulus 1 it holds
    everybody.
    """

    kind: Kind
    modulus: int = 1
    low: int = 0
    high: int = 1

    def holds(self, place: Place) -> bool:
        """True if the rule takes the object in."""
        return place[0] == self.kind and self.low <= place[1] % self.modulus < self.high

    def indexes(self, shelf: Shelf) -> Iterator[int]:
        """Yield the indexes of the live objects of the rule, in listing order."""
        for start in range(0, shelf.total, self.modulus):
            for index in range(start + self.low, min(start + self.high, shelf.total)):
                if shelf.is_live(index):
                    yield index


@dataclass(frozen=True, slots=True)
class Chosen:
    """A group whose members somebody picked."""

    places: tuple[Place, ...] = ()

    def holds(self, place: Place) -> bool:
        """True if the object was picked."""
        return place in self.places


Rule = Standing | Chosen


class Members(Sequence[Member]):
    """Members by kind and id, encoded only as they are read."""

    __slots__ = ("_places", "_shelves")

    def __init__(self, places: Sequence[Place], shelves: Mapping[Kind, Shelf]) -> None:
        """Look at the places."""
        self._places = places
        self._shelves = shelves

    def __len__(self) -> int:
        return len(self._places)

    @overload
    def __getitem__(self, position: int) -> Member: ...
    @overload
    def __getitem__(self, position: slice) -> Sequence[Member]: ...
    def __getitem__(self, position: int | slice) -> Member | Sequence[Member]:
        if isinstance(position, slice):
            return [self._member(place) for place in self._places[position]]
        return self._member(self._places[position])

    def _member(self, place: Place) -> Member:
        return place[0], self._shelves[place[0]].codec.encode(place[1])


class Everyone(Sequence[Member]):
    """All live objects of one kind as members, without a list of them."""

    __slots__ = ("_ids", "_kind")

    def __init__(self, kind: Kind, shelf: Shelf) -> None:
        """Look at the shelf."""
        self._kind: Kind = kind
        self._ids = Identifiers(shelf)

    def __len__(self) -> int:
        return len(self._ids)

    @overload
    def __getitem__(self, position: int) -> Member: ...
    @overload
    def __getitem__(self, position: slice) -> Sequence[Member]: ...
    def __getitem__(self, position: int | slice) -> Member | Sequence[Member]:
        if isinstance(position, slice):
            return [(self._kind, each) for each in self._ids[position]]
        return self._kind, self._ids[position]

    def __iter__(self) -> Iterator[Member]:
        return ((self._kind, each) for each in self._ids)


class Memberships:
    """The direct members of every group, both ways round."""

    def __init__(self, shelves: Mapping[Kind, Shelf], rules: Callable[[int], Rule]) -> None:
        """Take the rule of each group that the tenant starts with."""
        self._shelves = shelves
        self._base_count = shelves["groups"].total
        self._rules = rules
        self._added: dict[int, dict[Place, None]] = {}
        self._removed: dict[int, set[Place]] = {}
        self._added_to: dict[Place, dict[int, None]] = {}
        self._inverted: _Inverted | None = None
        self._kept: dict[int, list[Place]] = {}

    def members(self, group: int) -> Sequence[Member]:
        """Return the direct live members of a group: by rule first, then added ones."""
        rule = self._rule(group)
        if isinstance(rule, Standing) and rule.modulus == 1 and not self._is_edited(group):
            return Everyone(rule.kind, self._shelves[rule.kind])
        return Members(self._places(group), self._shelves)

    def transitive(self, group: int) -> Sequence[Member]:
        """Return each live object once that belongs through any depth; never the group itself."""
        places = self._nested(group)
        return self.members(group) if places is None else Members(places, self._shelves)

    def groups_of(self, place: Place) -> list[int]:
        """Return the live groups that an object belongs to directly, in listing order."""
        if self._inverted is None:
            self._inverted = _Inverted(self._rules, self._base_count)
        found = set(self._inverted.groups_of(place))
        found.update(self._added_to.get(place, ()))
        live = self._shelves["groups"].is_live
        return sorted(g for g in found if live(g) and place not in self._removed.get(g, ()))

    def is_member(self, group: int, place: Place) -> bool:
        """True if the object belongs to the group directly, whether live or not."""
        if place in self._removed.get(group, ()):
            return False
        return place in self._added.get(group, ()) or self._rule(group).holds(place)

    def add(self, group: int, place: Place) -> None:
        """Take an object in."""
        self._removed.get(group, set()).discard(place)
        if not self._rule(group).holds(place):
            self._added.setdefault(group, {})[place] = None
            self._added_to.setdefault(place, {})[group] = None

    def remove(self, group: int, place: Place) -> None:
        """Put an object out."""
        self._added.get(group, {}).pop(place, None)
        self._added_to.get(place, {}).pop(group, None)
        if self._rule(group).holds(place):
            self._removed.setdefault(group, set()).add(place)

    def forget_lists(self) -> None:
        """Drop the lists kept for paging; call it after every change of the tenant."""
        self._kept.clear()

    def _rule(self, group: int) -> Rule:
        return self._rules(group) if group < self._base_count else Chosen()

    def _is_edited(self, group: int) -> bool:
        return bool(self._added.get(group)) or bool(self._removed.get(group))

    def _places(self, group: int) -> list[Place]:
        kept = self._kept.get(group)
        if kept is None:
            kept = [place for place in self._walk(group) if self._is_live(place)]
            self._keep(group, kept)
        return kept

    def _walk(self, group: int) -> Iterator[Place]:
        removed = self._removed.get(group, set())
        rule = self._rule(group)
        yield from (place for place in self._of_rule(rule) if place not in removed)
        yield from self._added.get(group, ())

    def _of_rule(self, rule: Rule) -> Iterable[Place]:
        if isinstance(rule, Chosen):
            return rule.places
        return ((rule.kind, index) for index in rule.indexes(self._shelves[rule.kind]))

    def _is_live(self, place: Place) -> bool:
        return self._shelves[place[0]].is_live(place[1])

    def _keep(self, group: int, places: list[Place]) -> None:
        if len(places) < _WORTH_KEEPING:
            return
        if len(self._kept) >= _KEPT_LISTS:
            del self._kept[next(iter(self._kept))]
        self._kept[group] = places

    def _nested(self, group: int) -> list[Place] | None:
        """Return all places under a group, or None where no group is nested in it."""
        if not any(kind == "groups" for kind, _ in self._groups_in(group)):
            return None
        seen: dict[Place, None] = {}
        waiting = [group]
        for each in waiting:
            for place in self._places(each):
                if place in seen or place == ("groups", group):
                    continue
                seen[place] = None
                if place[0] == "groups":
                    waiting.append(place[1])
        return list(seen)

    def _groups_in(self, group: int) -> Iterable[Place]:
        rule = self._rule(group)
        if isinstance(rule, Standing) and rule.kind != "groups":
            return self._added.get(group, ())
        return self._places(group)


class _Inverted:
    """The rules of all groups read the other way round, in eight bytes for each membership."""

    def __init__(self, rules: Callable[[int], Rule], count: int) -> None:
        self._standing: list[tuple[int, Standing]] = []
        pairs: list[int] = []
        for group in range(count):
            rule = rules(group)
            if isinstance(rule, Standing):
                self._standing.append((group, rule))
            else:
                pairs += [_code(place) << _GROUP_BITS | group for place in rule.places]
        pairs.sort()
        self._pairs = array("Q", pairs)

    def groups_of(self, place: Place) -> Iterator[int]:
        """Yield the groups whose rule takes the object in."""
        yield from (group for group, rule in self._standing if rule.holds(place))
        low = _code(place) << _GROUP_BITS
        start = bisect_left(self._pairs, low)
        stop = bisect_left(self._pairs, low + (1 << _GROUP_BITS), start)
        yield from (pair - low for pair in self._pairs[start:stop])


def _code(place: Place) -> int:
    return place[1] * len(KINDS) + KINDS.index(place[0])
