"""Comparing a value of Graph's JSON with a literal of a filter; None where there is no answer."""

import operator as operators
from collections.abc import Callable
from typing import Any, TypeAlias

from muster.odata import values
from muster.odata.nodes import Function, Kind, Literal, Operator

Test: TypeAlias = Callable[[object], "bool | None"]
_Key: TypeAlias = Callable[[object], object]

# Two values are put in order only after `_are_alike` has said that they can be.
_ORDERINGS: dict[Operator, Callable[[Any, Any], bool]] = {
    Operator.GT: operators.gt,
    Operator.GE: operators.ge,
    Operator.LT: operators.lt,
    Operator.LE: operators.le,
}
_MIRRORED = {
    Operator.GT: Operator.LT,
    Operator.GE: Operator.LE,
    Operator.LT: Operator.GT,
    Operator.LE: Operator.GE,
}
_TEXT_TESTS: dict[Function, Callable[[str, str], bool]] = {
    Function.STARTS_WITH: str.startswith,
    Function.ENDS_WITH: str.endswith,
    Function.CONTAINS: str.__contains__,
}


def flipped(operator: Operator) -> Operator:
    """Return the operator that means the same with its operands exchanged."""
    return _MIRRORED.get(operator, operator)


def against(operator: Operator, literal: Literal, *, folds: bool = True) -> Test:
    """Return the test of a value against a literal; values are read as the literal's kind."""
    if literal.kind is Kind.NULL:
        return _is_null if operator is Operator.EQ else _unknown
    key = _key(literal.kind, folds=folds)
    wanted = key(literal.value) if literal.kind in _TEXT_KINDS else literal.value
    return lambda value: _compared(operator, key(value), wanted)


def between(operator: Operator, left: object, right: object) -> bool | None:
    """Compare two values that are both known only now."""
    if operator is Operator.EQ and (left is None or right is None):
        return True if left is right else None
    return _compared(operator, _plain(left), _plain(right))


def called(function: Function, subject: object, value: object, *, folds: bool) -> bool | None:
    """Answer a function of two texts, None unless both are texts."""
    if not (isinstance(subject, str) and isinstance(value, str)):
        return None
    if folds:
        return _TEXT_TESTS[function](subject.casefold(), value.casefold())
    return _TEXT_TESTS[function](subject, value)


def _compared(operator: Operator, left: object, right: object) -> bool | None:
    if left is None or right is None:
        return None
    if operator is Operator.HAS:
        return _has(left, right)
    if operator is Operator.EQ:
        return left == right if _are_alike(left, right) else None
    if isinstance(left, bool) or isinstance(right, bool) or not _are_alike(left, right):
        return None
    return _ORDERINGS[operator](left, right)


def _are_alike(left: object, right: object) -> bool:
    if isinstance(left, bool) or isinstance(right, bool):
        return isinstance(left, bool) and isinstance(right, bool)
    if isinstance(left, str) or isinstance(right, str):
        return isinstance(left, str) and isinstance(right, str)
    return isinstance(left, int | float) and isinstance(right, int | float)


def _has(left: object, right: object) -> bool | None:
    """Flags are comma-separated names in JSON, or bits."""
    if isinstance(left, str) and isinstance(right, str):
        return _flags(right) <= _flags(left)
    if type(left) is int and type(right) is int:
        return left & right == right
    return None


def _flags(text: str) -> set[str]:
    return {each.strip() for each in text.split(",")}


def _is_null(value: object) -> bool:
    return value is None


def _unknown(_: object) -> None:
    return None


def _key(kind: Kind, *, folds: bool) -> _Key:
    if kind in _TEXT_KINDS:
        return _folded if folds else _exact
    reader = _READERS.get(kind)
    return _plain if reader is None else lambda value: _read(reader, value)


def _read(reader: Callable[[str], object], value: object) -> object:
    return reader(value) if isinstance(value, str) else None


def _folded(value: object) -> object:
    return value.casefold() if isinstance(value, str) else None


def _exact(value: object) -> object:
    return value if isinstance(value, str) else None


def _plain(value: object) -> object:
    if isinstance(value, str):
        return value.casefold()
    return value if isinstance(value, int | float) else None


_TEXT_KINDS = {Kind.STRING, Kind.GUID, Kind.ENUM}
_READERS: dict[Kind, Callable[[str], object]] = {
    Kind.DATE_TIME: values.instant,
    Kind.DATE: values.instant,
    Kind.TIME: values.time_of_day,
    Kind.DURATION: values.duration,
    Kind.BINARY: values.binary,
}
