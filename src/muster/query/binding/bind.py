"""Tree to conditions: keywords looked up in the catalogue, values read by their type."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from muster.core.errors import QueryError
from muster.query.ast import And, Node, Not, Operator, Or, Query, Term
from muster.query.binding.attributes import bind_attribute
from muster.query.binding.faults import check_operator, fault_in_keyword, fault_in_value
from muster.query.binding.fields import (
    anyone_related,
    bind_field,
    bind_presence,
    text_pattern,
)
from muster.query.catalogue import Catalogue, Field, FieldType, catalogue
from muster.query.catalogue.shared import PREFIXES
from muster.query.conditions import (
    EVERYTHING,
    AddressIn,
    AllOf,
    AnyOf,
    Condition,
    FreeText,
    RelatedTo,
    SourceIn,
    TextIs,
    Without,
)
from muster.query.values import addresses, macs
from muster.query.values.patterns import Pattern
from muster.query.values.sources import nearest_short_name, source_number

_ATTRIBUTES = (
    "Attributes have a dot or an @ in their name, such as @azuread.dev.displayName;"
    " text with a colon needs quotes."
)
_SHORTEST_SLIP = 4
MOST_RELATIONS = 4
"""How many relations one keyword may follow: `group.member.asset.os` follows three."""


_SHARED_ATTRIBUTES = {"assets": ("service", "services"), "services": ("asset", "assets")}
"""Where an attribute's name does not say of what it is: an asset's may be one of its services'."""


IsAttribute = Callable[[str, str], bool]
"""From an inventory and a name to whether anything there has an attribute of that name."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """Where a term is asked, and when."""

    inventory: Catalogue
    now: datetime
    is_attribute: IsAttribute
    relations: int = 0


def _nobody_knows(_inventory: str, _name: str) -> bool:
    return False


def bind(
    query: Query, *, inventory: str, now: datetime, is_attribute: IsAttribute = _nobody_knows
) -> Condition:
    """Return what the query means in an inventory at an instant.

    `is_attribute` is asked of names that look like slips of the pen or like no attribute's at
    all: what a source really says can be searched, however it is called. Raises QueryError with
    the place of the keyword or value that means nothing there.
    """
    asked = _Asked(catalogue(inventory), now, is_attribute)
    try:
        return EVERYTHING if query.root is None else _node(query.root, asked)
    except QueryError as error:
        error.text = query.text
        raise


def _node(node: Node, asked: _Asked) -> Condition:
    match node:
        case And(parts):
            return AllOf(_distinct(AllOf, [_node(each, asked) for each in parts]))
        case Or(parts):
            return AnyOf(_distinct(AnyOf, [_node(each, asked) for each in parts]))
        case Not(part):
            inner = _node(part, asked)
            return inner.part if isinstance(inner, Without) else Without(inner)
        case Term(keyword=""):
            return _word(node, asked.inventory)
        case Term():
            return _term(node, asked)


def _distinct(kind: type[AllOf | AnyOf], parts: list[Condition]) -> tuple[Condition, ...]:
    """Return the parts once each, those of parts of the same kind in their place."""
    flat: list[Condition] = []
    for part in parts:
        flat.extend(part.parts if isinstance(part, kind) else (part,))
    return tuple(dict.fromkeys(flat))


def _word(term: Term, inventory: Catalogue) -> Condition:
    free = inventory.free
    if inventory.inventory not in _SHARED_ATTRIBUTES:
        return FreeText(free, Pattern.within(term.value))
    typed = term.value.plain().strip().casefold()
    if (ranges := addresses.whole_ranges(typed)) is not None:
        return AddressIn(ranges)
    if inventory.inventory == "assets":
        return FreeText(free, Pattern.within(macs.whole(term.value)))
    of_asset = RelatedTo("asset", "assets", _word(term, catalogue("assets")))
    return AnyOf((FreeText(free, Pattern.within(term.value)), of_asset))


def _term(term: Term, asked: _Asked) -> Condition:
    field = asked.inventory.field(term.keyword)
    if field is None:
        return _unlisted(term, asked)
    match field.type:
        case FieldType.ABSENT:
            raise _absent(term, field)
        case FieldType.RELATION:
            return _by_name(term, field, asked)
        case FieldType.RELATED:
            return _related(replace(term, keyword=field.target), field, asked)
        case FieldType.PRESENCE:
            return _presence(term, asked)
        case _:
            return bind_field(term, field, asked.inventory, now=asked.now)


def _by_name(term: Term, field: Field, asked: _Asked) -> Condition:
    """Return who is related and has such a name, under any of the keywords that name them."""
    related = catalogue(field.inventory)
    if not term.value.pieces:
        return Without(anyone_related(field))
    further = replace(asked, inventory=related, relations=asked.relations + 1)
    parts = tuple(_term(_named_as(term, each, related), further) for each in related.named_by)
    found = RelatedTo(field.relation, field.inventory, AnyOf(parts))
    if not field.key:
        return found
    check_operator(term, field)
    return AnyOf((found, TextIs(field.key, text_pattern(term))))


def _named_as(term: Term, keyword: str, related: Catalogue) -> Term:
    """Return the term asked of one name: of an id all of it is wanted, as a part tells nothing."""
    field = related.field(keyword)
    is_id = field is not None and field.column == "foreign_id"
    operator = Operator.EQUAL if is_id else term.operator
    return replace(term, keyword=keyword, operator=operator)


def _one_further(term: Term, asked: _Asked) -> _Asked:
    if asked.relations >= MOST_RELATIONS:
        raise fault_in_keyword(term, f"a keyword may follow at most {MOST_RELATIONS} relations")
    return replace(asked, relations=asked.relations + 1)


def _related(term: Term, field: Field, asked: _Asked) -> Condition:
    inner = replace(_one_further(term, asked), inventory=catalogue(field.inventory))
    return RelatedTo(field.relation, field.inventory, _term(term, inner))


def _unlisted(term: Term, asked: _Asked) -> Condition:
    """Return what a keyword means that the catalogue lacks: a relation's, or an attribute."""
    head, dot, rest = term.keyword.partition(".")
    if dot and rest:
        name = head.removeprefix("_").casefold()
        if head.startswith("_") and name == asked.inventory.inventory.removesuffix("s"):
            return _term(replace(term, keyword=rest), _one_further(term, asked))
        field = asked.inventory.field(name)
        if field is not None and field.type is FieldType.RELATION:
            return _related(replace(term, keyword=rest), field, asked)
        if field is not None and _leads_on(field):
            return _related(replace(term, keyword=f"{field.target}.{rest}"), field, asked)
        if field is not None and field.type is FieldType.ABSENT and name in PREFIXES:
            raise _absent(term, field)
        _check_relation(term, name, rest, asked.inventory)
    return _named_attribute(term, asked)


def _leads_on(field: Field) -> bool:
    """True if a shorthand stands for a relation of the other inventory."""
    if field.type is not FieldType.RELATED:
        return False
    target = catalogue(field.inventory).field(field.target)
    return target is not None and target.type is FieldType.RELATION


def _absent(term: Term, field: Field) -> QueryError:
    return fault_in_keyword(term, f"nothing to search for '{term.keyword}': {field.help}")


def _check_relation(term: Term, head: str, rest: str, inventory: Catalogue) -> None:
    """Raise QueryError for `onwer.department`: a slip in a relation with a keyword behind it."""
    is_source = head.startswith("@") and source_number(head[1:]) is not None
    meant = inventory.slip(head) if not is_source and inventory.field(head) is None else None
    field = inventory.field(meant) if meant else None
    if field is None or field.type is not FieldType.RELATION:
        return
    related = catalogue(field.inventory)
    if related.field(rest.partition(".")[0]) is not None:
        raise _unknown(term, inventory, f"{meant}.{rest}")


def _named_attribute(term: Term, asked: _Asked) -> Condition:
    _check_attribute(term, asked)
    if not asked.inventory.is_open or not term.keyword.startswith("@"):
        own = bind_attribute(term, term.keyword, now=asked.now)
        return _of_either(own, term.keyword, asked.inventory)
    source, name = _qualified(term)
    return AllOf((source, bind_attribute(term, name, now=asked.now)))


def _presence(term: Term, asked: _Asked) -> Condition:
    present, name = bind_presence(term, asked.inventory), term.value.plain().strip()
    if asked.inventory.field(name) is not None:
        return present
    if (meant := _slip(name, asked)) is not None:
        raise fault_in_value(term, f"nothing is called '{name}'; did you mean '{meant}'?")
    return _of_either(present, name, asked.inventory)


def _of_either(condition: Condition, name: str, inventory: Catalogue) -> Condition:
    """Return the same condition also for the services of an asset, or for a service's asset.

    Only assets have attributes that say their source.
    """
    if inventory.inventory not in _SHARED_ATTRIBUTES:
        return condition
    if isinstance(condition, Without):
        return Without(_of_either(condition.part, name, inventory))
    related = RelatedTo(*_SHARED_ATTRIBUTES[inventory.inventory], condition)
    if name.startswith("@"):
        return condition if inventory.inventory == "assets" else related
    return AnyOf((condition, related))


def _qualified(term: Term) -> tuple[SourceIn, str]:
    """Return the source and the bare name of `@azuread.user.userType`, asked of users or groups."""
    parts = term.keyword.removeprefix("@").split(".", 2)
    number = source_number(parts[0])
    if len(parts) < len(("source", "type", "name")) or number is None:
        raise fault_in_keyword(
            term,
            f"'{term.keyword}' names no attribute of a source",
            hint="Write @source.type.attribute, such as @azuread.user.userType, or its bare name.",
        )
    return SourceIn(frozenset({number})), parts[2]


def _check_attribute(term: Term, asked: _Asked) -> None:
    keyword, inventory = term.keyword, asked.inventory
    if not inventory.has_attributes:
        raise _unknown(term, inventory, inventory.nearest(keyword))
    if (meant := _slip(keyword, asked)) is not None:
        raise _unknown(term, inventory, meant)
    if inventory.is_open or _is_marked(keyword) or _is_known(keyword, asked):
        return
    raise _unknown(term, inventory, inventory.nearest(keyword))


def _is_marked(name: str) -> bool:
    """True if a name is spelled as those of attributes are."""
    return "." in name or name.startswith("@") or name != name.casefold()


def _slip(name: str, asked: _Asked) -> str | None:
    """Return what a name surely meant that nothing has: a keyword, or another source's attribute.

    Short names are left alone in inventories whose attributes have bare names: LDAP has `uid`.
    """
    inventory = asked.inventory
    if name.startswith("@"):
        meant = _slip_of_source(name)
    elif _is_marked(name) or (inventory.is_open and len(name) < _SHORTEST_SLIP):
        meant = None
    else:
        meant = inventory.slip(name)
    return None if meant is None or _is_known(name, asked) else meant


def _slip_of_source(name: str) -> str | None:
    """Return `@azuread.dev.model` for `@azurad.dev.model`; sources of one's own are `custom`."""
    source, _, rest = name.removeprefix("@").partition(".")
    if not rest or rest.startswith("custom.") or source_number(source) is not None:
        return None
    near = nearest_short_name(source)
    return None if near is None else f"@{near}.{rest}"


def _is_known(name: str, asked: _Asked) -> bool:
    own = asked.inventory.inventory
    other = _SHARED_ATTRIBUTES.get(own, ("", own))[1]
    return any(asked.is_attribute(each, name) for each in dict.fromkeys((own, other)))


def _unknown(term: Term, inventory: Catalogue, nearest: str | None) -> QueryError:
    suggestion = f"; did you mean '{nearest}'?" if nearest else ""
    return fault_in_keyword(
        term,
        f"there is no keyword '{term.keyword}' in {inventory.inventory}{suggestion}",
        hint=_ATTRIBUTES if inventory.has_attributes else "Text with a colon needs quotes.",
    )
