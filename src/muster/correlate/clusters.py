"""Putting the records of one site together into machines.

The outcome follows from the records alone, whatever their order: what people decided goes first,
then links are made where a key is unique in both sources, strongest first, unless a veto forbids
(`vetoes.py`). A link once made outlives a renaming: it goes on as the weakest of links until
stronger evidence contradicts it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations

from muster.correlate.keys import RULES, Dimension, Key, can_link, dimension_of
from muster.correlate.standing import ORDINARY, Standing, leader
from muster.correlate.vetoes import Machine, veto

NEW = "new"
BY_HAND = "by-hand"

# Where one key may have several records in one source, of which the newest leads; and up to how
# many: more are no machine that was set up again and again, but a name of many.
LED = frozenset({Dimension.NAME, Dimension.CUT_NAME, Dimension.SERIAL})
MOST_LED = 8


@dataclass(frozen=True, slots=True)
class Link:
    """Why a record was taken for the machine of another: the rule, the key and the other record.

    A record that stands for itself has the rule `new` and no other. For the rule `by-hand` the
    key is the id of the act. `superseded_by` is the newer record of its source, if it was set up
    anew.
    """

    rule: str = NEW
    key: str = ""
    with_record: int | None = None
    superseded_by: int | None = None


@dataclass(frozen=True, slots=True)
class Node:
    """One record as correlation sees it.

    `record` is its number in the store and `order` what it is called everywhere (source, feed,
    foreign id): ties are broken by `order`, so that numbering does not matter. `link` is why it
    is where it is now.
    """

    record: int
    source_id: int
    order: tuple[int, str, str]
    keys: frozenset[Key]
    os_family: str = ""
    link: Link = field(default_factory=Link)
    standing: Standing = ORDINARY

    def machine(self) -> Machine:
        """Return what it says of a machine by itself."""
        return Machine.of(self.record, self.source_id, self.os_family, self.keys)


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person said of two records: one machine, or two. `act` is the id of the act."""

    is_same: bool
    one: int
    other: int
    act: str


@dataclass(frozen=True, slots=True)
class Edge:
    """A possible link between two records, `later` joining `earlier` in canonical order."""

    strength: int
    rule: str
    key: str
    earlier: Node
    later: Node

    def rank(self) -> tuple[object, ...]:
        """Strongest first, then by what the records are called."""
        return (-self.strength, self.rule, self.key, self.earlier.order, self.later.order)


Counts = Mapping[Key, Mapping[int, int]]
Leaders = Mapping[tuple[Key, int], Node]


def resolve(
    nodes: Sequence[Node], counts: Counts, decisions: Sequence[Decision] = ()
) -> list[dict[int, Link]]:
    """Return the machines: for each, its records with the reason why each belongs to it.

    `counts` says how many records of each source in the whole site hold a key: a key that two
    records of one source share is ambiguous there and links neither, unless one of them leads.
    `decisions` come newest first: of two that contradict each other, the newer holds.
    """
    nodes, alone = _apart(nodes, counts, decisions)
    clusters = _Clusters(nodes)
    leaders = find_leaders(nodes, counts)
    for decision in decisions:
        clusters.decide(decision)
    for edge in sorted(_edges(nodes, counts, leaders), key=Edge.rank):
        clusters.join(edge)
    return [
        *({node.record: Link()} for node in alone),
        *clusters.groups(_superseded(nodes, leaders)),
    ]


def _apart(
    nodes: Sequence[Node], counts: Counts, decisions: Sequence[Decision]
) -> tuple[list[Node], list[Node]]:
    """Return the nodes that something may join to another, and those that nothing can.

    In a first sync nearly all are alone, and need no more than this look.
    """
    spoken = {each.one for each in decisions} | {each.other for each in decisions}
    spoken |= {node.link.with_record for node in nodes if node.link.with_record is not None}
    joined: list[Node] = []
    alone: list[Node] = []
    for node in nodes:
        is_alone = (
            node.link.with_record is None
            and node.record not in spoken
            and all(sum(counts.get(key, {}).values()) == 1 for key in node.keys)
        )
        (alone if is_alone else joined).append(node)
    return joined, alone


def find_leaders(nodes: Iterable[Node], counts: Counts) -> Leaders:
    """Return, for a key that several records of a source hold, the one that leads, if one does.

    Only where all of its holders are among the nodes, and are of one feed.
    """
    holders: dict[tuple[Key, int], list[Node]] = {}
    for node in nodes:
        for key in node.keys:
            if key[0] in LED and 1 < counts.get(key, {}).get(node.source_id, 1) <= MOST_LED:
                holders.setdefault((key, node.source_id), []).append(node)
    found = {
        (key, source): _leader(key, held)
        for (key, source), held in holders.items()
        if len(held) == counts[key][source]
    }
    return {place: node for place, node in found.items() if node is not None}


def _leader(key: Key, held: Sequence[Node]) -> Node | None:
    dimension = key[0]
    if len({node.order[:2] for node in held}) > 1:
        return None
    if dimension is Dimension.CUT_NAME and not _is_of_one_name(held):
        return None
    found = leader([node.standing for node in held], is_same_hardware=dimension is Dimension.SERIAL)
    return None if found is None else held[found]


def _is_of_one_name(held: Sequence[Node]) -> bool:
    names = [{key for key in node.keys if key[0] is Dimension.NAME} for node in held]
    return bool(set.intersection(*names))


def _superseded(nodes: Iterable[Node], leaders: Leaders) -> dict[int, int]:
    """Return the newer record of each that was set up anew; the strongest key tells."""
    newer: dict[int, int] = {}
    strongest_first = sorted(
        leaders, key=lambda place: (-RULES[place[0][0]].strength, place[0][1], place[1])
    )
    places = {place: number for number, place in enumerate(strongest_first)}
    for node in nodes:
        told = [places[place] for key in node.keys if (place := (key, node.source_id)) in places]
        chosen = (leaders[strongest_first[number]] for number in sorted(told))
        for each in chosen:
            if each.record != node.record:
                newer.setdefault(node.record, each.record)
    return newer


def _edges(nodes: Sequence[Node], counts: Counts, leaders: Leaders) -> Iterator[Edge]:
    by_key: dict[Key, list[Node]] = {}
    for node in nodes:
        for key in node.keys:
            is_unique = counts.get(key, {}).get(node.source_id, 1) == 1
            if is_unique or leaders.get((key, node.source_id)) is node:
                by_key.setdefault(key, []).append(node)
    for key, holders in by_key.items():
        rule = RULES[key[0]]
        for one, other in combinations(holders, 2):
            if one.source_id != other.source_id and can_link(key, one.keys, other.keys):
                yield _edge(rule.strength, rule.name, key[1], one, other)
    yield from _former_links(nodes)


def _former_links(nodes: Sequence[Node]) -> Iterator[Edge]:
    """Links whose key one of the two no longer has: a renaming, not a contradiction."""
    by_record = {node.record: node for node in nodes}
    for node in nodes:
        partner = by_record.get(node.link.with_record or 0)
        dimension = dimension_of(node.link.rule)
        if partner is None or dimension is None:
            continue
        key = (dimension, node.link.key)
        if key not in node.keys or key not in partner.keys:
            yield _edge(0, node.link.rule, node.link.key, node, partner)


def _edge(strength: int, rule: str, key: str, one: Node, other: Node) -> Edge:
    earlier, later = sorted((one, other), key=lambda node: node.order)
    return Edge(strength=strength, rule=rule, key=key, earlier=earlier, later=later)


class _Clusters:
    """A union-find that refuses a union which a veto forbids."""

    def __init__(self, nodes: Sequence[Node]) -> None:
        self._nodes = {node.record: node for node in nodes}
        self._parent = {node.record: node.record for node in nodes}
        self._machines = {node.record: node.machine() for node in nodes}
        self._links = {node.record: Link() for node in nodes}

    def decide(self, decision: Decision) -> None:
        """Hold what a person said, unless a newer decision says otherwise."""
        if decision.one not in self._nodes or decision.other not in self._nodes:
            return
        one, other = self._root(decision.one), self._root(decision.other)
        if one == other:
            return
        if not decision.is_same:
            self._machines[one].apart.add(decision.other)
            self._machines[other].apart.add(decision.one)
        elif not self._is_kept_apart(one, other):
            nodes = self._nodes[decision.one], self._nodes[decision.other]
            self._unite(_edge(0, BY_HAND, decision.act, *nodes))

    def join(self, edge: Edge) -> None:
        """Make a link, unless a veto forbids it."""
        one, other = self._root(edge.earlier.record), self._root(edge.later.record)
        if one == other or veto(edge.strength, self._machines[one], self._machines[other]):
            return
        self._unite(edge)

    def groups(self, superseded: Mapping[int, int]) -> list[dict[int, Link]]:
        """Return the records of each machine with their links."""
        found: dict[int, dict[int, Link]] = {}
        for record, link in self._links.items():
            newer = superseded.get(record)
            told = link if newer is None else replace(link, superseded_by=newer)
            found.setdefault(self._root(record), {})[record] = told
        return list(found.values())

    def _unite(self, edge: Edge) -> None:
        one, other = self._root(edge.earlier.record), self._root(edge.later.record)
        self._parent[other] = one
        self._machines[one].take(self._machines[other])
        self._explain(edge)

    def _explain(self, edge: Edge) -> None:
        # The later record joins the earlier one; where it already has a reason, the earlier one
        # (the head of its own group until now) tells why the two groups are one.
        teller, other = edge.later.record, edge.earlier.record
        if self._links[teller].with_record is not None:
            teller, other = other, teller
        self._links[teller] = Link(rule=edge.rule, key=edge.key, with_record=other)

    def _is_kept_apart(self, one: int, other: int) -> bool:
        mine, theirs = self._machines[one], self._machines[other]
        return bool(mine.apart & theirs.records or theirs.apart & mine.records)

    def _root(self, record: int) -> int:
        while self._parent[record] != record:
            self._parent[record] = self._parent[self._parent[record]]
            record = self._parent[record]
        return record
