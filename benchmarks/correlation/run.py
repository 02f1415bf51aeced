"""Print how right correlation is on the labelled corpus, beside matching by names.

    python benchmarks/correlation/run.py [--wrong]

With `--wrong`, also the pairs that were judged wrongly, by case.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import msgspec

from muster.core.normalize import short_name
from muster.core.operating_systems import family
from muster.core.records import AssetRecord
from muster.correlate import Key, Node, keys_of, resolve, standing_of

CORPUS = Path(__file__).parent / "corpus"
SOURCES = {
    "runzero": 1, "azuread": 16, "intune": 19, "crowdstrike": 4, "ldap": 17, "nessus": 11,
    "meraki": 25,
}  # fmt: skip

Pair = frozenset[str]
Judge = Callable[[Sequence[AssetRecord]], set[Pair]]


@dataclass(frozen=True, slots=True)
class Site:
    """Records of one site, and what is known of pairs of them: True if they are one asset."""

    case: str
    records: list[AssetRecord]
    labels: dict[Pair, bool]


@dataclass(frozen=True, slots=True)
class Score:
    """How one way to match did; `wrong` are the cases of the pairs it judged wrongly."""

    right: int
    false: int
    missed: int
    wrong: Counter[str]

    @property
    def precision(self) -> float:
        """The share of its merges that are right."""
        return self.right / (self.right + self.false) if self.right + self.false else 1.0

    @property
    def recall(self) -> float:
        """The share of the right merges that it made."""
        return self.right / (self.right + self.missed) if self.right + self.missed else 1.0


def sites() -> Iterator[Site]:
    """Read the corpus."""
    for path in sorted(CORPUS.glob("*.ndjson")):
        for line in path.read_text(encoding="utf-8").splitlines():
            document = json.loads(line)
            yield Site(
                case=path.stem,
                records=[msgspec.convert(each, AssetRecord) for each in document["records"]],
                labels={
                    frozenset((one, other)): label == "same"
                    for one, other, label in document["pairs"]
                },
            )


def by_correlation(records: Sequence[AssetRecord]) -> set[Pair]:
    """Return the pairs that our correlation takes for one asset."""
    nodes = [_node(number, record) for number, record in enumerate(records, start=1)]
    counts: dict[Key, dict[int, int]] = {}
    for node in nodes:
        for key in node.keys:
            held = counts.setdefault(key, {})
            held[node.source_id] = held.get(node.source_id, 0) + 1
    return {
        frozenset((records[one - 1].id, records[other - 1].id))
        for machine in resolve(nodes, counts)
        for one, other in combinations(machine, 2)
    }


def by_name(records: Sequence[AssetRecord]) -> set[Pair]:
    """Return the pairs that have a name in common, case and domain apart."""
    return {
        frozenset((one.id, other.id))
        for one, other in combinations(records, 2)
        if {*map(short_name, one.names)} & {*map(short_name, other.names)} - {""}
    }


def score(judge: Judge, corpus: Sequence[Site]) -> Score:
    """Return how a way to match does on the corpus."""
    found: Counter[tuple[bool, bool]] = Counter()
    wrong: Counter[str] = Counter()
    for site in corpus:
        merged = judge(site.records)
        for pair, is_same in site.labels.items():
            found[is_same, pair in merged] += 1
            wrong[site.case] += is_same != (pair in merged)
    return Score(found[True, True], found[False, True], found[True, False], +wrong)


def _node(number: int, record: AssetRecord) -> Node:
    source = SOURCES[record.source]
    return Node(
        record=number,
        source_id=source,
        order=(0 if source == 1 else 1, f"{record.source}:corpus", record.id),
        keys=keys_of(record),
        os_family=family(record.os),
        standing=standing_of(record),
    )


def main() -> None:
    """Print both scores."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--wrong", action="store_true", help="also the pairs judged wrongly")
    is_detailed = parser.parse_args().wrong
    corpus = list(sites())
    pairs = sum(len(site.labels) for site in corpus)
    same = sum(sum(site.labels.values()) for site in corpus)
    print(f"{pairs} labelled pairs in {len(corpus)} sites: {same} same, {pairs - same} different")
    print(f"{'':<16}{'precision':>10}{'recall':>10}{'merged':>10}{'wrongly':>10}{'missed':>10}")
    for label, judge in (("correlation", by_correlation), ("names only", by_name)):
        found = score(judge, corpus)
        print(
            f"{label:<16}{found.precision:>10.4f}{found.recall:>10.4f}"
            f"{found.right + found.false:>10}{found.false:>10}{found.missed:>10}"
        )
        for case, number in sorted(found.wrong.items()) if is_detailed else ():
            print(f"    {number:>4}  {case}")


if __name__ == "__main__":
    sys.exit(main())
