"""What a filter asks of which property: the one walk that checking and refusing share."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from muster.odata.nodes import (
    And,
    Call,
    Comparison,
    Count,
    Expression,
    In,
    Kind,
    Lambda,
    Literal,
    Node,
    Not,
    Or,
    Path,
)
from muster.odata.printing import to_text

_NO_SCOPE: Mapping[str, str] = {}
_FLIPPED = {"gt": "lt", "ge": "le", "lt": "gt", "le": "ge"}


@dataclass(frozen=True, slots=True)
class Use:
    """One thing that a filter asks of one property.

    `path` has its lambda variable replaced by the collection. `operator` is a comparison, a
    function, `in`, `any`, `all`, `count`, or `` for a property that stands as a condition.
    """

    path: str
    operator: str
    node: Node
    subject: Path
    literals: tuple[Literal, ...] = ()
    comparison: str = ""
    is_element: bool = False


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that Graph takes of no property whatever."""

    node: Node
    message: str
    hint: str
    is_error: bool = True


def uses(node: Expression, scope: Mapping[str, str] = _NO_SCOPE) -> Iterator[Use | Fault]:
    """Yield every use of a property, and what cannot be one, in the order of the text."""
    match node:
        case And(operands=operands) | Or(operands=operands):
            for each in operands:
                yield from uses(each, scope)
        case Not(operand=operand):
            yield from uses(operand, scope)
        case Comparison():
            yield from _compared(node, scope)
        case In(operand=Path() as path, values=values):
            yield _use(path, "in", node, scope, literals=values)
        case In(operand=operand):
            yield Fault(operand, "`in` needs a property before it", "Write property in ('a','b').")
        case Call():
            yield _called(node, scope)
        case Lambda():
            yield from _quantified(node, scope)
        case Path():
            yield _use(node, "", node, scope)


def _use(
    path: Path,
    operator: str,
    node: Node,
    scope: Mapping[str, str],
    *,
    literals: tuple[Literal, ...] = (),
    comparison: str = "",
) -> Use:
    first, rest = path.segments[0], path.segments[1:]
    return Use(
        path="/".join((scope.get(first, first), *rest)),
        operator=operator,
        node=node,
        subject=path,
        literals=literals,
        comparison=comparison,
        is_element=first in scope,
    )


def _compared(node: Comparison, scope: Mapping[str, str]) -> Iterator[Use | Fault]:
    operator, left, right = node.operator.value, node.left, node.right
    if isinstance(left, Literal) and isinstance(right, Path | Count):
        operator, left, right = _FLIPPED.get(operator, operator), right, left
    match left, right:
        case Path(), Literal():
            yield _use(left, operator, node, scope, literals=(right,))
        case Count(path=path), Literal():
            yield _use(path, "count", node, scope, literals=(right,), comparison=operator)
        case Not(operand=operand), Literal():
            yield Fault(
                node,
                f"`not` binds more tightly than `{operator}`",
                f"Write not({to_text(operand)} {operator} {right.text}).",
                is_error=False,
            )
            yield from uses(operand, scope)
        case ((Call() | Lambda() | And() | Or() | Comparison() | In()), Literal(kind=Kind.BOOLEAN)):
            hint = "Write the condition by itself, or not(...) around it."
            yield Fault(right, "A condition need not be compared", hint, is_error=False)
            yield from uses(left, scope)
        case _:
            hint = "Write property eq value."
            yield Fault(node, "Graph compares one property with one value", hint)


def _called(node: Call, scope: Mapping[str, str]) -> Use | Fault:
    match node.arguments:
        case (Path() as path, Literal() as literal):
            return _use(path, node.function.value, node, scope, literals=(literal,))
        case (Literal() as literal, Path() as path):
            hint = f"Write {node.function}({path.text},{literal.text})."
            return Fault(node, "The property comes first and the text second", hint)
    hint = f"Write {node.function}(property,'text')."
    return Fault(node, f"{node.function} takes a property and a text", hint)


def _quantified(node: Lambda, scope: Mapping[str, str]) -> Iterator[Use | Fault]:
    use = _use(node.path, node.quantifier.value, node, scope)
    yield use
    if node.predicate is not None:
        yield from uses(node.predicate, {**scope, node.variable: use.path})
