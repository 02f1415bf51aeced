"""How large and how deep a filter is, and whether an operator in it is always advanced."""

from muster.odata.nodes import (
    And,
    Call,
    Comparison,
    Count,
    Expression,
    In,
    Lambda,
    Not,
    Operator,
    Or,
)

MOST_ALTERNATIVES = 15
GREATEST_HEIGHT = 3
LONGEST_PREFIX = 120


def advanced_operator(node: Expression) -> str:  # noqa: PLR0911, one for each kind of node
    """Return the first operator that never works by default, "" if there is none."""
    match node:
        case Not():
            return "not"
        case And(operands=operands) | Or(operands=operands):
            return next(filter(None, map(advanced_operator, operands)), "")
        case Comparison(operator=Operator.NE):
            return "ne"
        case Comparison(left=Count()) | Comparison(right=Count()):
            return "$count"
        case Comparison(left=left, right=right):
            return advanced_operator(left) or advanced_operator(right)
        case Call(function=function):
            return function.value if function.value == "endsWith" else ""
        case In(operand=operand):
            return advanced_operator(operand)
        case Lambda(predicate=predicate) if predicate is not None:
            return advanced_operator(predicate)
    return ""


def or_children(node: Expression) -> int:
    """Return how many alternatives the widest `or` or `in` has, as Graph's search counts them."""
    widest = [or_children(each) for each in _children(node)]
    return max([_alternatives(node), *widest])


def height(node: Expression) -> int:
    """Return how many levels of different connectives the expression has; a comparison is one."""
    match node:
        case And(operands=operands) | Or(operands=operands):
            return 1 + max(_height_within(each, type(node)) for each in operands)
        case Not(operand=operand):
            return 1 + height(operand)
        case Lambda(predicate=predicate) if predicate is not None:
            return height(predicate)
    return 1


def _height_within(node: Expression, parent: type[And | Or]) -> int:
    return height(node) - 1 if isinstance(node, parent) else height(node)


def _alternatives(node: Expression) -> int:
    if isinstance(node, Or):
        return sum(max(1, _alternatives(each)) for each in node.operands)
    return len(node.values) if isinstance(node, In) else 0


def _children(node: Expression) -> tuple[Expression, ...]:
    match node:
        case And(operands=operands) | Or(operands=operands):
            return operands
        case Not(operand=operand):
            return (operand,)
        case Comparison(left=left, right=right):
            return (left, right)
        case Lambda(predicate=predicate) if predicate is not None:
            return (predicate,)
    return ()


def is_too_large(node: Expression) -> bool:
    """True if Graph takes the expression in advanced queries only, for its width or height."""
    return or_children(node) > MOST_ALTERNATIVES or height(node) > GREATEST_HEIGHT
