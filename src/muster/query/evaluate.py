"""The oracle: whether a query holds for one thing, by plain reading. SQL must agree."""

import operator
from collections.abc import Iterable
from datetime import datetime

from muster.query.ast import Operator, Query
from muster.query.binding import bind
from muster.query.conditions import (
    AddressIn,
    AllOf,
    AnyOf,
    AttributeIs,
    ChangedIs,
    Condition,
    FigureIs,
    FlagIs,
    ForeignIdIs,
    FreeText,
    IdIs,
    PlaceIs,
    RelatedTo,
    SourceIn,
    TextIs,
    ValueTest,
    VersionTest,
    Without,
)
from muster.query.document import Document
from muster.query.values import addresses
from muster.query.values.numbers import Interval, stored_number
from muster.query.values.patterns import Pattern, fold, indexed
from muster.query.values.versions import is_version, version_key

_COMPARISONS = {
    Operator.LESS: operator.lt,
    Operator.LESS_OR_EQUAL: operator.le,
    Operator.GREATER: operator.gt,
    Operator.GREATER_OR_EQUAL: operator.ge,
}


def evaluate(query: Query, document: Document, now: datetime, *, inventory: str = "assets") -> bool:
    """True if the query holds for the document.

    Raises QueryError where the query asks what the inventory does not have.
    """
    return holds(bind(query, inventory=inventory, now=now), document)


def holds(condition: Condition, document: Document) -> bool:  # noqa: C901, PLR0911, PLR0912
    """True if the condition holds for the document."""
    match condition:
        case AllOf(parts):
            return all(holds(each, document) for each in parts)
        case AnyOf(parts):
            return any(holds(each, document) for each in parts)
        case Without(part):
            return not holds(part, document)
        case TextIs(key, test):
            return _text(document, key, test)
        case FreeText(keys, pattern):
            return any(_text(document, key, pattern) for key in keys)
        case AttributeIs():
            return _attribute(condition, document)
        case ChangedIs(name):
            return any(name.matches(fold(each)) for each in document.changed)
        case ForeignIdIs(pattern):
            return pattern.matches(fold(document.foreign_id))
        case FigureIs():
            return _figure(condition, document)
        case FlagIs(column):
            return column in document.flags
        case AddressIn(ranges):
            return any(addresses.holds(ranges, each) for each in _packed(document))
        case SourceIn(numbers):
            return bool(numbers & document.sources)
        case IdIs(uid):
            return document.uid == uid
        case PlaceIs(kind, pattern):
            return any(pattern.matches(fold(each)) for each in document.places.get(kind, ()))
        case RelatedTo(relation, _, inner):
            return any(holds(inner, each) for each in document.related.get(relation, ()))


def passes(test: ValueTest, folded: str) -> bool:
    """True if one folded text passes the test."""
    match test:
        case Pattern():
            return test.matches(folded)
        case Interval():
            number = stored_number(folded)
            return number is not None and test.holds(number)
        case VersionTest(comparison, key):
            return is_version(folded) and _COMPARISONS[comparison](version_key(folded), key)


def passing(test: ValueTest | None, folded: Iterable[str]) -> list[str]:
    """Return those of many folded texts that pass the test; all if there is none."""
    if test is None:
        return list(folded)
    if isinstance(test, Pattern) and (literal := test.inner) is not None:
        return [each for each in folded if literal in each]  # hundreds of them, for every term
    return [each for each in folded if passes(test, each)]


def _text(document: Document, key: str, test: ValueTest) -> bool:
    return any(passes(test, each) for each in _own(document, key))


def _own(document: Document, key: str) -> Iterable[str]:
    name = key.partition(".")[2]
    values = document.addresses if name == "address" else document.texts.get(name, ())
    return (fold(each) for each in values if each)


def _attribute(condition: AttributeIs, document: Document) -> bool:
    named = (
        values for name, values in document.attributes.items() if condition.name.matches(fold(name))
    )
    if condition.test is None:
        return any(values for values in named)
    test = condition.test
    return any(
        passes(test, part) for values in named for value in values for part in indexed(value)
    )


def _figure(condition: FigureIs, document: Document) -> bool:
    at = document.instants.get(condition.column)
    figure = document.figures.get(condition.column) if at is None else int(at.timestamp())
    return figure is not None and condition.interval.holds(figure)


def _packed(document: Document) -> Iterable[bytes]:
    return (each for each in map(addresses.packed, document.addresses) if each is not None)
