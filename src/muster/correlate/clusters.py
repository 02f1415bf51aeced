"""Putting the records of one site together into machines.

The outcome follows from the records alone, whatever their order: links are made where a key is
unique in both sources, strongest first, unless a veto forbids (two ids of one source, two
families of operating systems). A link once made outlives a renaming: it goes on as the weakest
of links until stronger evidence contradicts it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from muster.correlate.keys import RULES, STRENGTH, Dimension, Key, can_link

NEW = "new"


@dataclass(frozen=True, slots=True)
class Link:
    """Why a record was taken for the machine of another: the rule, the key and the other record.

    A record that stands for itself has the rule `new` and no other.
    """

    rule: str = NEW
    key: str = ""
    with_record: int | None = None


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


def resolve(nodes: Sequence[Node], counts: Counts) -> list[dict[int, Link]]:
    """Return the machines: for each, its records with the reason why each belongs to it.

    `counts` says how many records of each source in the whole site hold a key: a key that two
    records of one source share is ambiguous there and links neither.
    """
    clusters = _Clusters(nodes)
    for edge in sorted(_edges(nodes, counts), key=Edge.rank):
        clusters.join(edge)
    return clusters.groups()


def _edges(nodes: Sequence[Node], counts: Counts) -> Iterable[Edge]:
    by_key: dict[Key, list[Node]] = {}
    for node in nodes:
        for key in node.keys:
            if counts.get(key, {}).get(node.source_id, 1) == 1:
                by_key.setdefault(key, []).append(node)
    for key, holders in by_key.items():
        for one, other in combinations(holders, 2):
            if one.source_id != other.source_id and can_link(key, one.keys, other.keys):
                yield _edge(STRENGTH[key[0]], RULES[key[0]], key[1], one, other)
    yield from _former_links(nodes)


def _former_links(nodes: Sequence[Node]) -> Iterable[Edge]:
    """Links whose key one of the two no longer has: a renaming, not a contradiction."""
    by_record = {node.record: node for node in nodes}
    for node in nodes:
        partner = by_record.get(node.link.with_record or 0)
        if partner is None:
            continue
        key = (_dimension(node.link.rule), node.link.key)
        if key not in node.keys or key not in partner.keys:
            yield _edge(0, node.link.rule, node.link.key, node, partner)


def _dimension(rule: str) -> Dimension:
    return next(each for each, name in RULES.items() if name == rule)


def _edge(strength: int, rule: str, key: str, one: Node, other: Node) -> Edge:
    earlier, later = sorted((one, other), key=lambda node: node.order)
    return Edge(strength=strength, rule=rule, key=key, earlier=earlier, later=later)


class _Clusters:
    """A union-find that refuses a union which a veto forbids."""

    def __init__(self, nodes: Sequence[Node]) -> None:
        self._parent = {node.record: node.record for node in nodes}
        self._sources = {node.record: {node.source_id} for node in nodes}
        self._families = {
            node.record: {node.os_family} if node.os_family else set() for node in nodes
        }
        self._links = {node.record: Link() for node in nodes}

    def join(self, edge: Edge) -> None:
        one, other = self._root(edge.earlier.record), self._root(edge.later.record)
        if one == other or self._is_vetoed(one, other):
            return
        self._parent[other] = one
        self._sources[one] |= self._sources[other]
        self._families[one] |= self._families[other]
        self._explain(edge)

    def groups(self) -> list[dict[int, Link]]:
        found: dict[int, dict[int, Link]] = {}
        for record, link in self._links.items():
            found.setdefault(self._root(record), {})[record] = link
        return list(found.values())

    def _explain(self, edge: Edge) -> None:
        # The later record joins the earlier one; where it already has a reason, the earlier one
        # (the head of its own group until now) tells why the two groups are one.
        teller, other = edge.later.record, edge.earlier.record
        if self._links[teller].with_record is not None:
            teller, other = other, teller
        self._links[teller] = Link(rule=edge.rule, key=edge.key, with_record=other)

    def _is_vetoed(self, one: int, other: int) -> bool:
        shares_source = bool(self._sources[one] & self._sources[other])
        return shares_source or len(self._families[one] | self._families[other]) > 1

    def _root(self, record: int) -> int:
        while self._parent[record] != record:
            self._parent[record] = self._parent[self._parent[record]]
            record = self._parent[record]
        return record
