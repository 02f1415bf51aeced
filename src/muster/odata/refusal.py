"""Graph's own refusals of a filter: status, code and message as the service words them."""

from collections.abc import Iterator
from dataclasses import dataclass

from muster.core.errors import QueryError
from muster.odata import properties, shape
from muster.odata.nodes import Expression, Kind, Literal
from muster.odata.properties import LONELY_ROOT, Level, Property, Resource
from muster.odata.support import fits, support, wanted_type
from muster.odata.uses import Fault, Use, uses

_BAD_REQUEST = 400
_INVALID = "BadRequest"
_UNSUPPORTED = "Request_UnsupportedQuery"

_EDM_NAMES = {
    Kind.BOOLEAN: "Edm.Boolean",
    Kind.STRING: "Edm.String",
    Kind.INTEGER: "Edm.Int32",
    Kind.DECIMAL: "Edm.Double",
    Kind.DOUBLE: "Edm.Double",
    Kind.GUID: "Edm.Guid",
    Kind.DATE_TIME: "Edm.DateTimeOffset",
    Kind.DATE: "Edm.Date",
    Kind.TIME: "Edm.TimeOfDay",
    Kind.DURATION: "Edm.Duration",
    Kind.BINARY: "Edm.Binary",
    Kind.ENUM: "Edm.Enum",
}
_NEVER_SERVED = {
    "all": "Unsupported Query.",
    "contains": "Unsupported property filter clause operator 'Contains'.",
}
_KIND_NAMES = {
    "eq": "Equal",
    "ne": "NotEqual",
    "gt": "GreaterThan",
    "ge": "GreaterThanOrEqual",
    "lt": "LessThan",
    "le": "LessThanOrEqual",
    "has": "Has",
    "in": "In",
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """How Graph answers a filter that it does not take."""

    status: int
    code: str
    message: str


def refusal(expression: Expression, *, resource: str, is_advanced: bool) -> Refusal | None:
    """Return Graph's refusal, None where it takes the filter.

    `is_advanced` says that the request has both `ConsistencyLevel: eventual` and `$count=true`.
    What only one of Microsoft's pages allows is taken in advanced queries.
    """
    table = properties.resource(resource)
    found = list(uses(expression))
    return (
        _first(_unbound(each, table) for each in found)
        or _oversized(expression, is_advanced=is_advanced)
        or _first(_unserved(each, table, is_advanced=is_advanced) for each in found)
        or _first(_lonely(each, found, table) for each in found)
        or _missing_headers(shape.advanced_operator(expression), is_advanced=is_advanced)
    )


def syntax_refusal(error: QueryError) -> Refusal:
    """Return Graph's refusal of a text that `parse` could not read."""
    place = "" if error.position is None else f" at position {error.position} in '{error.text}'"
    return _invalid(f"Syntax error{place}.")


def _first(refusals: Iterator[Refusal | None]) -> Refusal | None:
    return next((each for each in refusals if each is not None), None)


def _unbound(found: Use | Fault, table: Resource) -> Refusal | None:
    """What Graph finds while it binds names and types, before it looks at any store."""
    if isinstance(found, Fault):
        return _invalid(f"{found.message}.") if found.is_error else None
    item = table.find(found.path)
    if item is None:
        return _unfound(found, table)
    if found.operator in {"any", "all", "count"} and not item.is_collection:
        return _invalid("Any/All may only be used following a collection by query expressions.")
    if found.operator in {"any", "all", "count"} or item.is_complex:
        return None
    if found.operator == "" and item.element_type != "Edm.Boolean":
        return _invalid("The $filter expression must evaluate to a single boolean value.")
    return _first(
        _incompatible(item, found, each)
        for each in found.literals
        if not (fits(item.element_type, each) and fits(wanted_type(item, found), each))
    )


def _unfound(use: Use, table: Resource) -> Refusal | None:
    first, _, part = use.path.partition("/")
    parent = table.properties.get(first)
    if parent is None and table.may_be_extension(use.path):
        return None
    if parent is None or not parent.is_complex:
        name, owner = first, f"microsoft.graph.{table.name}"
    else:
        name, owner = part, parent.element_type
    return _invalid(f"Could not find a property named '{name}' on type '{owner}'.")


def _incompatible(item: Property, use: Use, literal: Literal) -> Refusal:
    if use.operator not in _KIND_NAMES:
        return _invalid(f"No function signature for the function with name '{use.operator}'.")
    return _invalid(
        "A binary operator with incompatible types was detected. Found operand types "
        f"'{item.element_type}' and '{_EDM_NAMES[literal.kind]}' "
        f"for operator kind '{_KIND_NAMES[use.operator]}'."
    )


def _oversized(expression: Expression, *, is_advanced: bool) -> Refusal | None:
    if is_advanced:
        return None
    children, height = shape.or_children(expression), shape.height(expression)
    if children > shape.MOST_ALTERNATIVES:
        return _unsupported(
            "Too many child clauses specified in search filter expression containing 'OR' "
            f"operators: {children}. Max allowed: {shape.MOST_ALTERNATIVES}"
        )
    if height > shape.GREATEST_HEIGHT and not shape.advanced_operator(expression):
        return _unsupported(
            f"The specified search filter expression has excessive height: {height}. "
            f"Max allowed: {shape.GREATEST_HEIGHT}"
        )
    return None


def _unserved(found: Use | Fault, table: Resource, *, is_advanced: bool) -> Refusal | None:
    if isinstance(found, Fault) or found.operator == "any":
        return None
    item = table.find(found.path)
    if item is None and found.operator != "all":
        return None
    if item is None or found.operator in _NEVER_SERVED:
        return _unsupported(_NEVER_SERVED[found.operator])
    level = support(item, found).level
    if _is_misplaced(found, item) or level is Level.NONE or _is_too_long(found):
        return _unfilterable(item, table)
    if level is Level.DEFAULT_ONLY and is_advanced:
        return _unfilterable(item, table)
    operator = _spelled(found) if level is Level.ADVANCED else ""
    return _missing_headers(operator, is_advanced=is_advanced)


def _lonely(found: Use | Fault, others: list[Use | Fault], table: Resource) -> Refusal | None:
    """Sign-in activity lies in another store, which knows no other property."""
    item = None if isinstance(found, Fault) else table.find(found.path)
    if item is None or item.name.split("/", 1)[0] != LONELY_ROOT:
        return None
    roots = {each.path.split("/", 1)[0] for each in others if isinstance(each, Use)}
    return _unfilterable(item, table) if len(roots) > 1 else None


def _is_misplaced(use: Use, item: Property) -> bool:
    """A list compared as one value, or one value counted, or an object compared."""
    if use.operator == "count":
        return not item.is_collection
    return item.is_complex or (item.is_collection and not use.is_element)


def _is_too_long(use: Use) -> bool:
    values = [each.value for each in use.literals if isinstance(each.value, str)]
    return use.operator == "startsWith" and any(len(each) > shape.LONGEST_PREFIX for each in values)


def _spelled(use: Use) -> str:
    return "$count" if use.operator == "count" else use.operator or "eq"


def _unfilterable(item: Property, table: Resource) -> Refusal:
    name = item.name.split("/", 1)[0]
    return _unsupported(
        "Unsupported or invalid query filter clause specified for property "
        f"'{name}' of resource '{table.title}'."
    )


def _missing_headers(operator: str, *, is_advanced: bool) -> Refusal | None:
    if is_advanced or not operator:
        return None
    return _unsupported(
        f"Operator '{operator}' is not supported because the required parameters might be "
        "missing. Try adding $count=true query parameter and ConsistencyLevel:eventual header. "
        "Refer to https://aka.ms/graph-docs/advanced-queries for more information"
    )


def _invalid(reason: str) -> Refusal:
    return Refusal(_BAD_REQUEST, _INVALID, f"Invalid filter clause: {reason}")


def _unsupported(message: str) -> Refusal:
    return Refusal(_BAD_REQUEST, _UNSUPPORTED, message)
