"""What a value means behind a keyword of the catalogue, by the keyword's type."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from muster.core.errors import QueryError
from muster.query.ast import Operator, Term
from muster.query.binding.attributes import bind_attribute
from muster.query.binding.faults import (
    LONGEST_SHOWN,
    check_operator,
    fault_in_keyword,
    fault_in_value,
    unexpected_value,
)
from muster.query.binding.ports import any_port, bind_ports
from muster.query.catalogue import Catalogue, Field, FieldType, catalogue
from muster.query.conditions import (
    EVERYTHING,
    AddressIn,
    AnyOf,
    AttributeIs,
    ChangedIs,
    Condition,
    FigureIs,
    FlagIs,
    ForeignIdIs,
    IdIs,
    PlaceIs,
    RelatedTo,
    SourceIn,
    TextIs,
    VersionTest,
    Without,
)
from muster.query.values import addresses, instants, macs
from muster.query.values.numbers import Interval, compared, number, truth
from muster.query.values.patterns import Pattern, fold
from muster.query.values.sources import every_source, nearest_source, source_numbers
from muster.query.values.versions import is_version, version_key

_UUID = re.compile(r"[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}")
_POSITIVE = Interval(low=0, has_low=False)
_MATCHING = {Operator.CONTAINS, Operator.EQUAL}
_ANYTHING = "%"


@dataclass(frozen=True, slots=True)
class _Typed:
    """A term with its field, and where and when it is asked."""

    term: Term
    field: Field
    inventory: Catalogue
    now: datetime

    @property
    def pattern(self) -> Pattern:
        """The value as a pattern: whole behind `:=`, else within."""
        return text_pattern(self.term)


def bind_field(term: Term, field: Field, inventory: Catalogue, *, now: datetime) -> Condition:
    """Return the condition that a term of a known field means.

    Raises QueryError if its type has no such operator or cannot read the value.
    """
    check_operator(term, field)
    return _BINDERS[field.type](_Typed(term, field, inventory, now))


def bind_presence(term: Term, inventory: Catalogue) -> Condition:
    """Return the condition of `has:`: an attribute's whole name, or a keyword with anything.

    Raises QueryError if nothing is named, or a keyword that cannot be missing.
    """
    field = inventory.field("has")
    assert field is not None
    check_operator(term, field)
    named = inventory.field(term.value.plain().strip())
    if not term.value.pieces:
        raise unexpected_value(term, field)
    if named is not None and named.type is FieldType.ABSENT:
        raise fault_in_value(term, f"nothing has '{named.name}': {named.help}")
    if named is None and not inventory.has_attributes:
        raise _no_such_keyword(term, inventory)
    if named is None:
        return AttributeIs(Pattern.whole(term.value), None)
    present = _present(named, inventory)
    if present is None:
        raise fault_in_value(term, f"every one has '{named.name}'")
    return present


def can_be_missing(field: Field, inventory: Catalogue) -> bool:
    """True if `has:` can ask for the field: not every one has something for it."""
    return _present(field, inventory) is not None


def _present(field: Field, inventory: Catalogue) -> Condition | None:  # noqa: PLR0911 - one a type
    match field.type:
        case FieldType.TEXT if field.column:
            return ForeignIdIs(Pattern.anything())
        case FieldType.TEXT | FieldType.VERSION | FieldType.MAC:
            return TextIs(field.key, Pattern.anything())
        case FieldType.NUMBER | FieldType.INSTANT:
            return FigureIs(field.column, _POSITIVE)
        case FieldType.ADDRESS:
            return AddressIn(addresses.ANY)
        case FieldType.ATTRIBUTE:
            return AttributeIs(Pattern.text(fold(field.key)), None)
        case FieldType.PORTS:
            return any_port(field)
        case FieldType.RELATION:
            return anyone_related(field)
        case FieldType.RELATED:
            return _related_present(field)
        case _:
            return None


def anyone_related(field: Field) -> Condition:
    """Return the condition that anything is related so, or is said to be in the field's own key."""
    found = RelatedTo(field.relation, field.inventory, EVERYTHING)
    if not field.key:
        return found
    return AnyOf((found, TextIs(field.key, Pattern.anything())))


def _no_such_keyword(term: Term, inventory: Catalogue) -> QueryError:
    name = term.value.plain().strip()[:LONGEST_SHOWN]
    nearest = inventory.nearest(name)
    suggestion = f"; did you mean '{nearest}'?" if nearest else ""
    return fault_in_value(
        term, f"there is no keyword '{name}' in {inventory.inventory}{suggestion}"
    )


def _related_present(field: Field) -> Condition | None:
    related = catalogue(field.inventory)
    target = related.field(field.target)
    assert target is not None
    present = _present(target, related)
    return RelatedTo(field.relation, field.inventory, present) if present else None


def text_pattern(term: Term) -> Pattern:
    """Return a term's value as a pattern: whole behind `:=`, else within."""
    if term.operator is Operator.EQUAL:
        return Pattern.whole(term.value)
    return Pattern.within(term.value)


def _text(typed: _Typed) -> Condition:
    if typed.field.column:
        return ForeignIdIs(typed.pattern)
    if not typed.term.value.pieces:
        return Without(TextIs(typed.field.key, Pattern.anything()))
    return TextIs(typed.field.key, typed.pattern)


def _mac(typed: _Typed) -> Condition:
    if not typed.term.value.pieces:
        return _text(typed)
    value = macs.spelled(typed.term.value)
    is_whole = typed.term.operator is Operator.EQUAL or macs.is_whole(value)
    return TextIs(typed.field.key, Pattern.whole(value) if is_whole else Pattern.within(value))


def _version(typed: _Typed) -> Condition:
    if typed.term.operator in _MATCHING:
        return _text(typed)
    folded = fold(typed.term.value.plain().strip())
    if not is_version(folded):
        raise unexpected_value(typed.term, typed.field)
    return TextIs(typed.field.key, VersionTest(typed.term.operator, version_key(folded)))


def _number(typed: _Typed) -> Condition:
    text = typed.term.value.plain().strip()
    if text == _ANYTHING:
        return FigureIs(typed.field.column, Interval())
    amount = number(text)
    if amount is None:
        raise unexpected_value(typed.term, typed.field)
    return FigureIs(typed.field.column, compared(typed.term.operator, amount))


def _boolean(typed: _Typed) -> Condition:
    is_true = _truth(typed)
    if typed.field.target:
        target = typed.inventory.field(typed.field.target)
        assert target is not None
        condition = _present(target, typed.inventory)
        assert condition is not None
    else:
        condition = FlagIs(typed.field.column)
    return condition if is_true else Without(condition)


def _address_flag(typed: _Typed) -> Condition:
    condition: Condition = AddressIn(addresses.SETS[typed.field.target])
    if typed.field.relation:
        condition = RelatedTo(typed.field.relation, typed.field.inventory, condition)
    return condition if _truth(typed) else Without(condition)


def _truth(typed: _Typed) -> bool:
    is_true = truth(typed.term.value.plain())
    if is_true is None:
        raise unexpected_value(typed.term, typed.field)
    return is_true


def _instant(typed: _Typed) -> Condition:
    column, term = typed.field.column, typed.term
    text = term.value.plain()
    if not text.strip():
        return Without(FigureIs(column, _POSITIVE))
    if text.strip() == _ANYTHING:
        return FigureIs(column, _POSITIVE)
    if number(text) == 0:
        return _by_zero(column, term.operator)
    interval = instants.within(term.operator, text, now=typed.now, is_future=typed.field.is_future)
    if interval is not None:
        return FigureIs(column, interval)
    if instants.age(text) is not None:
        raise fault_in_keyword(
            term,
            f"an age needs a comparison: {term.keyword}:<{text} (younger) or "
            f"{term.keyword}:>{text} (older)",
        )
    if (minutes := instants.ambiguous(text)) is not None:
        raise fault_in_value(
            term,
            f"'{text.strip()}' could be minutes or months",
            hint=f"Write {minutes}min or {minutes}mo.",
        )
    raise unexpected_value(term, typed.field)


def _by_zero(column: str, operator: Operator) -> Condition:
    """Return what zero asks: `:>0` is set, `:=0` and `:<=0` are not; never is zero."""
    is_set = FigureIs(column, _POSITIVE)
    match operator:
        case Operator.GREATER:
            return is_set
        case Operator.GREATER_OR_EQUAL:
            return EVERYTHING
        case Operator.LESS:
            return AnyOf()
        case Operator.LESS_OR_EQUAL | Operator.EQUAL | Operator.CONTAINS:
            return Without(is_set)


def _address(typed: _Typed) -> Condition:
    text = typed.term.value.plain().strip()
    if not text:
        return Without(AddressIn(addresses.ANY))
    if text == _ANYTHING:
        return AddressIn(addresses.ANY)
    meant = addresses.ranges(text)
    if meant is None:
        raise unexpected_value(typed.term, typed.field)
    return AddressIn(meant)


def _id(typed: _Typed) -> Condition:
    text = typed.term.value.plain().strip().casefold()
    if not _UUID.fullmatch(text):
        raise unexpected_value(typed.term, typed.field)
    return IdIs(UUID(text))


def _source(typed: _Typed) -> Condition:
    if not typed.term.value.pieces:
        return Without(SourceIn(every_source()))
    numbers = source_numbers(typed.term.value)
    if numbers:
        return SourceIn(numbers)
    text = typed.term.value.plain()[:60]
    nearest = nearest_source(text)
    suggestion = f"; did you mean '{nearest}'?" if nearest else ""
    raise fault_in_value(
        typed.term,
        f"there is no source '{text}'{suggestion}",
        hint="Sources go by name or number, such as source:azuread or source:16.",
    )


def _place(typed: _Typed) -> Condition:
    return PlaceIs(typed.field.type.value, typed.pattern)


def _attribute(typed: _Typed) -> Condition:
    return bind_attribute(typed.term, typed.field.key, now=typed.now)


def _attribute_name(typed: _Typed) -> Condition:
    if not typed.term.value.pieces:
        raise unexpected_value(typed.term, typed.field)
    if typed.field.column == "changed":
        return ChangedIs(typed.pattern)
    return AttributeIs(typed.pattern, None)


def _ports(typed: _Typed) -> Condition:
    return bind_ports(typed.term, typed.field)


_BINDERS: dict[FieldType, Callable[[_Typed], Condition]] = {
    FieldType.TEXT: _text,
    FieldType.VERSION: _version,
    FieldType.NUMBER: _number,
    FieldType.BOOLEAN: _boolean,
    FieldType.INSTANT: _instant,
    FieldType.ADDRESS: _address,
    FieldType.ADDRESS_FLAG: _address_flag,
    FieldType.MAC: _mac,
    FieldType.ID: _id,
    FieldType.SITE: _place,
    FieldType.ORGANIZATION: _place,
    FieldType.SOURCE: _source,
    FieldType.ATTRIBUTE: _attribute,
    FieldType.ATTRIBUTE_NAME: _attribute_name,
    FieldType.PORTS: _ports,
}
