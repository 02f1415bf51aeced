"""Errors of a term, pointing at its keyword or its value."""

from muster.core.errors import QueryError
from muster.query.ast import Operator, Term
from muster.query.catalogue import Field

LONGEST_SHOWN = 60


def fault_in_keyword(term: Term, message: str, *, hint: str = "") -> QueryError:
    """Return an error that points at the term from its start up to its value."""
    length = term.value_position - term.position
    return QueryError(
        message, hint=hint, position=term.position, length=length if length > 0 else term.length
    )


def fault_in_value(term: Term, message: str, *, hint: str = "") -> QueryError:
    """Return an error that points at the term's value."""
    start = term.value_position
    return QueryError(
        message, hint=hint, position=start, length=term.position + term.length - start
    )


def unexpected_value(term: Term, field: Field) -> QueryError:
    """Return the error for a value that the field's type cannot read."""
    typed = term.value.plain()[:LONGEST_SHOWN]
    return fault_in_value(
        term,
        f"'{typed}' is no value for '{field.name}', which takes {field.type.expects}",
        hint=f"For example {field.example}" if field.example else "",
    )


def check_operator(term: Term, field: Field) -> None:
    """Raise QueryError if the field's type cannot be compared so."""
    if term.operator in field.type.operators:
        return
    raise fault_in_keyword(
        term,
        f"'{field.name}' cannot be compared with '{term.operator.value}'; "
        f"it takes {field.type.expects}",
        hint="To search for the character itself, write it in quotes with a backslash before it."
        if Operator.CONTAINS in field.type.operators
        else "",
    )
