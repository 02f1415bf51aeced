"""Whether Graph takes an operator on a property, and with which literals."""

from dataclasses import dataclass

from muster.odata import values
from muster.odata.nodes import Kind, Literal
from muster.odata.properties import Level, Property
from muster.odata.uses import Use

_NUMBERS = frozenset({Kind.INTEGER, Kind.DECIMAL, Kind.DOUBLE})
_TEXT_FUNCTIONS = frozenset({"startsWith", "endsWith", "contains"})
_KINDS = {
    "Edm.Boolean": frozenset({Kind.BOOLEAN}),
    "Edm.String": frozenset({Kind.STRING}),
    "Edm.DateTimeOffset": frozenset({Kind.DATE_TIME, Kind.DATE}),
    "Edm.Int32": _NUMBERS,
    "Edm.Guid": frozenset({Kind.GUID}),
}


@dataclass(frozen=True, slots=True)
class Support:
    """What a use needs. `is_disputed` where one of Microsoft's pages says otherwise."""

    level: Level
    is_disputed: bool = False


def support(item: Property, use: Use) -> Support:
    """Return what the table of advanced queries says; the resource's page where it is blank.

    Where only the resource's own page allows an operator, it counts as advanced and disputed.
    """
    if use.operator == "count":
        return _count_support(item, use)
    level, word = _level(item, use)
    if level is Level.NONE and item.stated and word in item.stated:
        return Support(Level.ADVANCED, is_disputed=True)
    is_silent = item.stated is not None and not item.stated
    return Support(level, is_disputed=level is not Level.NONE and is_silent)


def _level(item: Property, use: Use) -> tuple[Level, str]:
    """Return the level of the table, and the word by which a resource's page would allow it."""
    operator = use.operator
    if operator in {"eq", "ne", "in", ""}:
        return _equality(item, use)
    if operator in {"ge", "le"}:
        return item.ordering, operator
    if operator == "startsWith":
        return item.starts_with, operator
    if operator == "endsWith":
        return item.ends_with, operator
    return Level.NONE, operator


def _equality(item: Property, use: Use) -> tuple[Level, str]:
    is_null = any(each.kind is Kind.NULL for each in use.literals)
    level, word = (item.null, "null") if is_null else (item.equals, use.operator or "eq")
    if use.operator != "ne":
        return level, word
    if use.is_element:
        return Level.NONE, "ne"
    return (Level.NONE if level is Level.NONE else Level.ADVANCED), word


def _count_support(item: Property, use: Use) -> Support:
    numbers = [each.value for each in use.literals if each.kind is Kind.INTEGER]
    is_allowed = use.comparison in {"eq", "ne"} and numbers and numbers[0] in item.counts
    return Support(Level.ADVANCED if is_allowed else Level.NONE)


def wanted_type(item: Property, use: Use) -> str:
    """Return the EDM type that a use's literals must have."""
    if use.operator == "count":
        return "Edm.Int32"
    return "Edm.String" if use.operator in _TEXT_FUNCTIONS else item.element_type


def fits(type_name: str, literal: Literal) -> bool:
    """True if a literal may be compared with a property of the EDM type."""
    wanted = _KINDS.get(type_name)
    return wanted is None or literal.kind is Kind.NULL or literal.kind in wanted


def literal_hint(type_name: str, literal: Literal) -> str:
    """Say how the literal should be written for a property of the EDM type."""
    text = str(literal.value) if literal.kind is Kind.STRING else literal.text
    if type_name == "Edm.String":
        return "Text goes in single quotes: '{}'.".format(text.replace("'", "''"))
    if type_name == "Edm.Boolean":
        word = text.casefold()
        return f"Write {word} without quotes." if word in {"true", "false"} else "true or false."
    if type_name == "Edm.DateTimeOffset":
        return (
            "Write a date-time such as 2026-11-01T00:00:00Z, without quotes."
            if values.instant(text) is None
            else f"Write {text} without quotes."
        )
    if type_name == "Edm.Guid":
        return "Write the GUID without quotes."
    return "Write a number without quotes."


def allowed(item: Property) -> list[str]:
    """Return what can be asked of the property, as operators and functions to suggest."""
    words = []
    if item.equals is not Level.NONE:
        words += ["eq", "in"] if item.is_collection else ["eq", "ne", "in"]
    if item.ordering is not Level.NONE:
        words += ["ge", "le"]
    if item.starts_with is not Level.NONE:
        words.append("startsWith")
    if item.ends_with is not Level.NONE:
        words.append("endsWith")
    if item.null is not Level.NONE:
        words.append("eq null")
    if item.counts:
        words.append("/$count eq 0")
    return words
