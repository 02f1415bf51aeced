"""What a value typed behind an attribute's name means; attributes have no declared type."""

from datetime import datetime

from muster.query.ast import Operator, Term
from muster.query.binding.faults import fault_in_value
from muster.query.catalogue import FieldType
from muster.query.conditions import (
    AnyOf,
    AttributeIs,
    Condition,
    ValueTest,
    VersionTest,
    Without,
)
from muster.query.values import instants
from muster.query.values.numbers import compared, number, truth
from muster.query.values.patterns import Pattern, fold
from muster.query.values.versions import is_version, version_key

_AHEAD = ("notafter", "expir", "eol", "until", "deadline", "renew", "duedate")
_TRUTH_WORDS = {"t", "f", "yes", "no"}


def bind_attribute(term: Term, name: str, *, now: datetime) -> Condition:
    """Return the condition on the attribute of that name, in any case.

    Raises QueryError if a comparison's value is neither number, version nor time.
    """
    key = Pattern.text(fold(name))
    if term.operator not in {Operator.CONTAINS, Operator.EQUAL}:
        return AttributeIs(key, _comparison(term, name, now=now))
    if not term.value.pieces:
        return Without(AttributeIs(key, Pattern.anything()))
    tests = _matches(term, name, now=now)
    if len(tests) == 1:
        return AttributeIs(key, tests[0])
    return AnyOf(tuple(AttributeIs(key, each) for each in tests))


def is_ahead(name: str) -> bool:
    """True if instants of that name can lie in the future, as a certificate's end does."""
    folded = name.casefold()
    return any(each in folded for each in _AHEAD)


def _matches(term: Term, name: str, *, now: datetime) -> list[ValueTest]:
    typed = term.value.plain().strip().casefold()
    is_whole = term.operator is Operator.EQUAL
    tests: list[ValueTest] = [Pattern.whole(term.value) if is_whole else Pattern.within(term.value)]
    if typed in _TRUTH_WORDS:
        tests.append(Pattern.text("true" if truth(typed) else "false"))
    if name.endswith("TS") and (span := instants.span(typed, now=now)) is not None:
        tests.append(instants.by_span(Operator.EQUAL, span))
    return tests


def _comparison(term: Term, name: str, *, now: datetime) -> ValueTest:
    typed = term.value.plain().strip()
    amount = number(typed)
    is_instant = name.endswith("TS") and amount != 0
    if amount is not None and not is_instant and "version" not in name.casefold():
        return compared(term.operator, amount)
    if amount is None or is_instant:
        interval = instants.within(term.operator, typed, now=now, is_future=is_ahead(name))
        if interval is not None:
            return interval
    folded = fold(typed)
    if is_version(folded):
        return VersionTest(term.operator, version_key(folded))
    raise fault_in_value(
        term,
        f"'{typed[:60]}' cannot be compared: expected {FieldType.ATTRIBUTE.expects}",
        hint=f"For text, write {name}:value or {name}:=value.",
    )
