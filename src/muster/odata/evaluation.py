"""Answering a filter for one object, in three-valued logic: true, false, or None for unknown."""

from collections.abc import Callable, Mapping
from typing import TypeAlias

from muster.odata import comparison
from muster.odata.nodes import (
    And,
    Call,
    Comparison,
    Count,
    Expression,
    In,
    Lambda,
    Literal,
    Not,
    Operator,
    Or,
    Path,
    Quantifier,
)

Scope: TypeAlias = Mapping[str, object]
_Value: TypeAlias = Callable[[Scope], object]
_Truth: TypeAlias = Callable[[Scope], "bool | None"]

# customSecurityAttributes are the only directory text that Graph compares with regard to case.
_CASE_SENSITIVE_ROOT = "customSecurityAttributes"


def evaluate(
    expression: Expression, obj: Mapping[str, object], *, null_is_false: bool = False
) -> bool | None:
    """Return whether the object matches, None where a null leaves it unknown.

    Text and enum-like text are compared without regard to case, date-times as instants, and a
    missing key is a null. `x eq null` and `x ne null` are always known. Any other comparison
    with a null, `ne` included, is unknown, and so is its `not`: the row is left out.
    With `null_is_false` a null equals nothing instead: `ne` and `not(...)` let it through.
    """
    return _truth(expression, null_is_false)(obj)


def matches(
    expression: Expression, obj: Mapping[str, object], *, null_is_false: bool = False
) -> bool:
    """True if the object certainly matches, so that unknown rows are left out."""
    return evaluate(expression, obj, null_is_false=null_is_false) is True


def predicate(
    expression: Expression, *, null_is_false: bool = False
) -> Callable[[Mapping[str, object]], bool]:
    """Return `matches` for one expression and many objects, reading the expression only once."""
    truth = _truth(expression, null_is_false)
    return lambda obj: truth(obj) is True


def _truth(node: Expression, null_is_false: bool) -> _Truth:  # noqa: FBT001, PLR0911, one a kind
    match node:
        case And(operands=operands):
            return _all([_truth(each, null_is_false) for each in operands])
        case Or(operands=operands):
            return _any([_truth(each, null_is_false) for each in operands])
        case Not(operand=operand):
            return _negated(_truth(operand, null_is_false))
        case Comparison():
            return _comparison(node, null_is_false)
        case In():
            return _settled(_in(node, null_is_false), null_is_false)
        case Call():
            return _settled(_call(node, null_is_false), null_is_false)
        case Lambda():
            return _lambda(node, null_is_false)
        case _:
            return _settled(_as_truth(_value(node, null_is_false)), null_is_false)


def _value(node: Expression, null_is_false: bool) -> _Value:  # noqa: FBT001, as above
    match node:
        case Literal(value=value):
            return lambda _: value
        case Path(segments=segments):
            return _lookup(segments)
        case Count(path=path):
            return _count(_lookup(path.segments))
        case _:
            return _truth(node, null_is_false)


def _lookup(segments: tuple[str, ...]) -> _Value:
    first, rest = segments[0], segments[1:]
    if not rest:
        return lambda scope: scope.get(first)

    def nested(scope: Scope) -> object:
        value = scope.get(first)
        for segment in rest:
            if not isinstance(value, Mapping):
                return None
            value = value.get(segment)
        return value

    return nested


def _count(collection: _Value) -> _Value:
    def counted(scope: Scope) -> object:
        value = collection(scope)
        if value is None:
            return 0
        return len(value) if isinstance(value, list | tuple) else None

    return counted


def _all(parts: list[_Truth]) -> _Truth:
    def conjunction(scope: Scope) -> bool | None:
        answer: bool | None = True
        for part in parts:
            truth = part(scope)
            if truth is False:
                return False
            if truth is None:
                answer = None
        return answer

    return conjunction


def _any(parts: list[_Truth]) -> _Truth:
    def disjunction(scope: Scope) -> bool | None:
        answer: bool | None = False
        for part in parts:
            truth = part(scope)
            if truth is True:
                return True
            if truth is None:
                answer = None
        return answer

    return disjunction


def _negated(part: _Truth) -> _Truth:
    def negation(scope: Scope) -> bool | None:
        truth = part(scope)
        return None if truth is None else not truth

    return negation


def _as_truth(value: _Value) -> _Truth:
    def truth(scope: Scope) -> bool | None:
        found = value(scope)
        return found if isinstance(found, bool) else None

    return truth


def _settled(part: _Truth, null_is_false: bool) -> _Truth:  # noqa: FBT001, as above
    if not null_is_false:
        return part
    return lambda scope: part(scope) is True


def _comparison(node: Comparison, null_is_false: bool) -> _Truth:  # noqa: FBT001, as above
    if node.operator is Operator.NE:
        equal = Comparison(Operator.EQ, node.left, node.right)
        return _negated(_comparison(equal, null_is_false))
    operator: Operator = node.operator
    left_node, right_node = node.left, node.right
    if isinstance(left_node, Literal) and not isinstance(right_node, Literal):
        operator, left_node, right_node = comparison.flipped(operator), right_node, left_node
    left = _value(left_node, null_is_false)
    if isinstance(right_node, Literal):
        test = comparison.against(operator, right_node, folds=_folds(left_node))
        return _settled(lambda scope: test(left(scope)), null_is_false)
    right = _value(right_node, null_is_false)
    return _settled(
        lambda scope: comparison.between(operator, left(scope), right(scope)), null_is_false
    )


def _in(node: In, null_is_false: bool) -> _Truth:  # noqa: FBT001, as above
    operand = _value(node.operand, null_is_false)
    folds = _folds(node.operand)
    tests = [comparison.against(Operator.EQ, each, folds=folds) for each in node.values]

    def included(scope: Scope) -> bool | None:
        value = operand(scope)
        answers = [test(value) for test in tests]
        return True if True in answers else (None if None in answers else False)

    return included


def _call(node: Call, null_is_false: bool) -> _Truth:  # noqa: FBT001, as above
    subject, value = (_value(each, null_is_false) for each in node.arguments)
    folds = _folds(node.arguments[0])
    return lambda scope: comparison.called(node.function, subject(scope), value(scope), folds=folds)


def _folds(node: Expression) -> bool:
    return not (isinstance(node, Path) and node.segments[0] == _CASE_SENSITIVE_ROOT)


def _lambda(node: Lambda, null_is_false: bool) -> _Truth:  # noqa: FBT001, as above
    collection = _lookup(node.path.segments)
    if node.predicate is None:
        return lambda scope: bool(_elements(collection(scope)))
    part, variable = _truth(node.predicate, null_is_false), node.variable
    join = _any if node.quantifier is Quantifier.ANY else _all

    def quantified(scope: Scope) -> bool | None:
        elements = _elements(collection(scope))
        answer = join([_bound(part, {**scope, variable: each}) for each in elements])
        return answer(scope)

    return quantified


def _bound(part: _Truth, scope: Scope) -> _Truth:
    return lambda _: part(scope)


def _elements(value: object) -> list[object]:
    """A collection that is missing has no elements, as an empty one."""
    return list(value) if isinstance(value, list | tuple) else []
