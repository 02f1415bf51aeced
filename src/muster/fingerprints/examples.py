"""Holding a database against its own examples."""

from collections.abc import Iterator
from dataclasses import dataclass

from muster.core.errors import DataError
from muster.fingerprints.database import Database, Example, Fingerprint
from muster.fingerprints.patterns import GivesUpError, search


@dataclass(frozen=True, slots=True)
class Failure:
    """One example that does not hold, and what is wrong with it in one sentence."""

    origin: str
    description: str
    text: str
    what: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """How the examples of a database came out."""

    fingerprints: int
    examples: int
    failures: tuple[Failure, ...]


def verdict(database: Database) -> Verdict:
    """Try every example of a database on its own fingerprint."""
    examples = sum(len(each.examples) for each in database.fingerprints)
    return Verdict(len(database.fingerprints), examples, tuple(failures(database)))


def failures(database: Database) -> Iterator[Failure]:
    """Yield a failure for each example, or pattern, that does not hold."""
    for each in database.fingerprints:
        for example in each.examples or (None,):
            what = _trouble(database, each, example)
            if what:
                text = example.text if example else each.pattern
                yield Failure(database.origin, each.description, text, what)


def _trouble(database: Database, fingerprint: Fingerprint, example: Example | None) -> str:
    try:
        pattern = fingerprint.compiled
        found = search(pattern, example.text) if example else None
    except DataError as error:
        return error.message
    except GivesUpError:
        return "takes too long"
    if example is None:
        return ""
    if found is None:
        return "is not matched"
    given = fingerprint.attributes(found, protocol=database.protocol)
    wrong = sorted(key for key, value in example.attributes.items() if given.get(key, "") != value)
    return f"gives other values for {', '.join(wrong)}" if wrong else ""
