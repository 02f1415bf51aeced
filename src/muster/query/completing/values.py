"""Values that may stand behind a keyword, as far as they can be told without an inventory."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from muster.query.ast import Operator, Value
from muster.query.binding.attributes import is_ahead
from muster.query.binding.fields import can_be_missing
from muster.query.catalogue import Catalogue, FieldType, catalogue
from muster.query.completing.completion import Suggestion, SuggestionKind
from muster.query.completing.keywords import ranked
from muster.query.completing.places import ValuePlace
from muster.query.completing.resolving import Resolved, resolve, target
from muster.query.completing.wanted import Wanted, WantedKind
from muster.query.printing import value_text
from muster.query.values.patterns import fold

_TRUTH = ("true", "false")
_TYPED_AGE = re.compile(r"([0-9]{1,15})\s*[a-z]*")
_UNITS = ("hours", "days", "weeks", "months", "years")
_USUAL_AGES = ("1day", "1week", "2weeks", "30days", "90days", "6months", "1year")
_AGES = ("<1day", "<1week", "<30days", ">30days", ">90days", ">1year", ">0")
_AGES_AHEAD = ("<now", "<1week", "<6weeks", "<90days", ">now", ">0")
_MEANINGS: Mapping[Operator, str] = {
    Operator.EQUAL: "exactly this; nothing behind it: what is empty",
    Operator.LESS: "less, lower or younger",
    Operator.LESS_OR_EQUAL: "at most",
    Operator.GREATER: "more, higher or older",
    Operator.GREATER_OR_EQUAL: "at least",
}
_WITHOUT_OPERATORS = {
    FieldType.BOOLEAN,
    FieldType.ADDRESS_FLAG,
    FieldType.ID,
    FieldType.PRESENCE,
    FieldType.ABSENT,
}
_KINDS = {
    FieldType.SITE: WantedKind.SITES,
    FieldType.ORGANIZATION: WantedKind.ORGANIZATIONS,
    FieldType.SOURCE: WantedKind.SOURCES,
    FieldType.PRESENCE: WantedKind.ATTRIBUTES,
    FieldType.ATTRIBUTE_NAME: WantedKind.ATTRIBUTES,
}


def values(place: ValuePlace, inventory: str) -> tuple[list[Suggestion], Wanted | None]:
    """Return what may stand behind the keyword, and what the inventory is to be asked for."""
    found = _meant(resolve(place.keyword, inventory))
    if place.typed.has_wildcards() or place.operator not in _kind(found).operators:
        return [], None
    typed = place.typed.plain().strip().casefold()
    written = _names if _kind(found) is FieldType.PRESENCE else _text
    known = [
        Suggestion(written(each, place.operator), SuggestionKind.VALUE)
        for each in _known(found, typed, place.operator)
    ]
    is_bare = not typed and place.operator is Operator.CONTAINS
    operators = _operators(found) if is_bare else []
    return [*known, *operators], _wanted(found, place)


def _meant(found: Resolved) -> Resolved:
    """Return the keyword of the related inventory that a shorthand such as `port` stands for."""
    if found.field is None or found.field.type is not FieldType.RELATED:
        return found
    inventory, field = target(found.field)
    return Resolved(inventory, found.before, field.name, field)


def _known(found: Resolved, typed: str, operator: Operator) -> Iterable[str]:
    field = found.field
    if field is None:
        return _ages(typed, operator, is_future=is_ahead(found.rest)) if _is_time(found) else ()
    match field.type:
        case FieldType.BOOLEAN | FieldType.ADDRESS_FLAG:
            return (each for each in _TRUTH if each.startswith(typed))
        case FieldType.INSTANT:
            return _ages(typed, operator, is_future=field.is_future)
        case FieldType.PRESENCE:
            return _present(typed, found.inventory)
        case FieldType.TEXT:
            return (each for each in field.choices if each.startswith(typed))
        case _:
            return ()


def _is_time(found: Resolved) -> bool:
    return found.rest.endswith("TS")


def _ages(typed: str, operator: Operator, *, is_future: bool) -> Iterator[str]:
    """Yield ages behind an operator that compares, or with one where none was typed yet."""
    is_compared = operator not in {Operator.CONTAINS, Operator.EQUAL}
    if operator is Operator.EQUAL:
        return
    if (matched := _TYPED_AGE.fullmatch(typed)) is not None:
        for unit in _UNITS:
            age = f"{matched[1]}{unit}"
            if age.startswith(typed.replace(" ", "")):
                yield age if is_compared else f"<{age}"
    elif is_compared:
        yield from (each for each in (*_USUAL_AGES, "now") if each.startswith(typed))
    elif not typed:
        yield from _AGES_AHEAD if is_future else _AGES


def _present(typed: str, inventory: Catalogue) -> Iterator[str]:
    for name, field in ranked(typed, inventory):
        if can_be_missing(field, inventory):
            yield name


def _operators(found: Resolved) -> list[Suggestion]:
    kind = _kind(found)
    if kind in _WITHOUT_OPERATORS:
        return []
    return [
        Suggestion(each.value, SuggestionKind.OPERATOR, _MEANINGS[each])
        for each in kind.operators
        if each is not Operator.CONTAINS
    ]


def _kind(found: Resolved) -> FieldType:
    return FieldType.ATTRIBUTE if found.field is None else found.field.type


def _names(keyword: str, operator: Operator) -> str:
    return f"{operator.value}{keyword}"


def _text(known: str, operator: Operator) -> str:
    """Return a value as it is written; an age brings its own operator."""
    return known if known[0] in "<>" else value_text(Value.literal(known), operator)


def _wanted(found: Resolved, place: ValuePlace) -> Wanted | None:
    inventory, field = found.inventory, found.field
    asked = Wanted(
        WantedKind.VALUES,
        inventory.inventory,
        prefix=fold(place.typed.plain()),
        operator=place.operator,
    )
    if field is None:
        return replace(asked, keys=(_attribute_key(found),))
    match field.type:
        case FieldType.RELATION:
            related = catalogue(field.inventory)
            fields = [related.field(each) for each in related.named_by]
            keys = tuple(each.key for each in fields if each is not None and each.key)
            return replace(asked, inventory=related.inventory, keys=keys)
        case kind if kind in _KINDS:
            return replace(asked, kind=_KINDS[kind])
        case FieldType.ADDRESS:
            return replace(asked, keys=(field.key or "_asset.address",), is_address=True)
        case FieldType.TEXT | FieldType.VERSION | FieldType.MAC | FieldType.ATTRIBUTE if field.key:
            return replace(asked, keys=(field.key.casefold(),))
        case _:
            return None


def _attribute_key(found: Resolved) -> str:
    """Return the folded key of an attribute, the bare one where an inventory keeps bare names."""
    name = found.rest.casefold()
    return name.split(".", 2)[-1] if found.inventory.is_open and name.startswith("@") else name
