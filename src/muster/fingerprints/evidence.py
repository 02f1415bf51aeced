"""What speaks for a conclusion: each match with the place where it was heard."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import prod

from muster.core.operating_systems import family
from muster.core.probe import Fact
from muster.fingerprints.database import Match
from muster.fingerprints.library import Library
from muster.fingerprints.subjects import Subject, texts

OS, HARDWARE, SERVICE = "os", "hw", "service"


@dataclass(frozen=True, slots=True)
class Evidence:
    """One match: what it says, how far it is to be believed, where it was heard, and the text."""

    said: Mapping[str, str]
    strength: float
    subject: str
    port: int
    transport: str
    text: str

    @property
    def source(self) -> str:
        """Where it was heard, as a person reads it: `ssh.banner tcp/22`."""
        return f"{self.subject} {self.transport}/{self.port}" if self.port else self.subject

    def of(self, category: str) -> dict[str, str]:
        """Return what it says of one category, by the names without the category."""
        start = f"{category}."
        return {
            name.removeprefix(start): value
            for name, value in self.said.items()
            if name.startswith(start)
        }


@dataclass(frozen=True, slots=True)
class Conclusion:
    """What all evidence of a category comes to, and which evidence that was, strongest first."""

    values: Mapping[str, str]
    certainty: float
    evidence: Sequence[Evidence]


NOTHING = Conclusion({}, 0.0, ())


def gathered(facts: Iterable[Fact], library: Library) -> list[Evidence]:
    """Return the evidence in facts. What others told of a machine (`via`) is no evidence of it."""
    return [
        _evidence(match, subject, fact)
        for fact in facts
        if not fact.via
        for subject, text in texts(fact)
        for match in library.match(subject.name, text)
    ]


def _evidence(match: Match, subject: Subject, fact: Fact) -> Evidence:
    return Evidence(
        said=match.attributes,
        strength=round(match.certainty * subject.weight, 4),
        subject=match.subject,
        port=fact.port,
        transport=fact.transport,
        text=match.text,
    )


def concluded(evidence: Iterable[Evidence], category: str, *, alike: Sequence[str]) -> Conclusion:
    """Return what most speaks for. `alike` names the values by which evidence agrees.

    Evidence that agrees adds up: three weak signs of one family beat a stronger one of another.
    Values come from the strongest; what it leaves open is filled from the others that agree.
    """
    groups: dict[str, list[Evidence]] = {}
    for each in evidence:
        key = _key(each.of(category), alike)
        if key:
            groups.setdefault(key, []).append(each)
    if not groups:
        return NOTHING
    best = groups[max(sorted(groups), key=lambda each: _certainty(groups[each]))]
    ranked = sorted(best, key=lambda each: _rank(each, category), reverse=True)
    return Conclusion(_filled(ranked, category), round(_certainty(best), 2), ranked)


def _key(said: Mapping[str, str], alike: Sequence[str]) -> str:
    value = next((said[name] for name in alike if said.get(name)), "")
    # One family has several names: recog's `Mac OS X` is our `macOS`.
    return family(value) or value.casefold()


def _certainty(group: Iterable[Evidence]) -> float:
    """Return how sure a group is. The same text on ten ports is one sign, not ten."""
    strongest: dict[tuple[str, str], float] = {}
    for each in group:
        key = (each.subject, each.text)
        strongest[key] = max(each.strength, strongest.get(key, 0.0))
    return 1 - prod(1 - min(each, 0.99) for each in strongest.values())


def _rank(each: Evidence, category: str) -> tuple[float, int, str, str]:
    """Return what is preferred: strength, then what tells more; never the order of facts."""
    said = each.of(category)
    is_specific = said.get("product", "").casefold() not in {
        "",
        said.get("family", "").casefold(),
        "windows server",
    }
    worth = each.strength + 0.3 * is_specific + 0.1 * bool(said.get("version"))
    return (round(worth, 4), len(said), each.source, each.text)


def _filled(ranked: Sequence[Evidence], category: str) -> dict[str, str]:
    values = ranked[0].of(category)
    product = values.get("product", "")
    for each in ranked[1:]:
        said = each.of(category)
        agrees = not product or said.get("product", product) == product
        for name, value in said.items() if agrees else ():
            values.setdefault(name, value)
    return values


def voted(evidence: Iterable[Evidence], names: Sequence[str]) -> tuple[str, Sequence[Evidence]]:
    """Return the value that most evidence gives to any of the attributes, and that evidence."""
    votes: dict[str, list[Evidence]] = {}
    for each in evidence:
        for value in _first(each.said, names):
            votes.setdefault(value, []).append(each)
    if not votes:
        return "", ()
    value = max(sorted(votes), key=lambda each: _certainty(votes[each]))
    return value, sorted(votes[value], key=lambda each: (-each.strength, each.source))


def _first(said: Mapping[str, str], names: Sequence[str]) -> Iterator[str]:
    found = next((said[name] for name in names if said.get(name)), "")
    if found:
        yield found
