"""Writing an expression back as text."""

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
    Or,
    Path,
)


def to_text(expression: Expression) -> str:  # noqa: PLR0911, one for each kind of node
    """Return the filter as text; parsing it gives an equal expression."""
    match expression:
        case Literal() | Path():
            return expression.text
        case Count(path=path):
            return f"{path.text}/$count"
        case Call(function=function, arguments=(subject, value)):
            return f"{function}({to_text(subject)},{to_text(value)})"
        case Not(operand=operand):
            return f"not({to_text(operand)})"
        case Lambda():
            return _lambda(expression)
        case In(operand=operand, values=values):
            return f"{_operand(operand)} in ({','.join(each.text for each in values)})"
        case Comparison(operator=operator, left=left, right=right):
            return f"{_operand(left)} {operator} {_operand(right)}"
        case And(operands=operands):
            return " and ".join(_grouped(each, And, Or) for each in operands)
        case Or(operands=operands):
            return " or ".join(_grouped(each, Or) for each in operands)


def quoted(value: str) -> str:
    """Return the text as a string literal, its quotes doubled."""
    return "'" + value.replace("'", "''") + "'"


def _lambda(node: Lambda) -> str:
    inside = "" if node.predicate is None else f"{node.variable}:{to_text(node.predicate)}"
    return f"{node.path.text}/{node.quantifier}({inside})"


def _operand(node: Expression) -> str:
    return _grouped(node, And, Or, Comparison, In)


def _grouped(node: Expression, *needing: type[Expression]) -> str:
    text = to_text(node)
    return f"({text})" if isinstance(node, needing) else text
