"""Which inventory and field a keyword leads to, through all its relations."""

from dataclasses import dataclass

from muster.query.binding import MOST_RELATIONS
from muster.query.catalogue import Catalogue, Field, FieldType, catalogue


@dataclass(frozen=True, slots=True)
class Resolved:
    """Where a keyword leads: `before` is the path that was followed, `rest` what stands behind.

    `field` is None where `rest` is no keyword of the inventory, but may be an attribute.
    """

    inventory: Catalogue
    before: str
    rest: str
    field: Field | None


def resolve(keyword: str, inventory: str) -> Resolved:
    """Return where a keyword, or the beginning of one, leads."""
    found, rest = catalogue(inventory), keyword
    for _ in range(MOST_RELATIONS + 1):
        if found.field(rest) is not None:
            break
        head, dot, behind = rest.partition(".")
        following = _following(head, found) if dot else None
        if following is None:
            break
        found, rest = following, behind
    return Resolved(found, keyword[: len(keyword) - len(rest)], rest, found.field(rest))


def target(field: Field) -> tuple[Catalogue, Field]:
    """Return the inventory and field that a shorthand stands for, through all shorthands."""
    inventory = catalogue(field.inventory)
    meant = inventory.field(field.target)
    assert meant is not None
    return target(meant) if meant.type is FieldType.RELATED else (inventory, meant)


def _following(head: str, inventory: Catalogue) -> Catalogue | None:
    name = head.removeprefix("_").casefold()
    if head.startswith("_") and name == inventory.inventory.removesuffix("s"):
        return inventory
    field = inventory.field(name)
    if field is not None and field.type is FieldType.RELATED:
        _, field = target(field)
    if field is None or field.type is not FieldType.RELATION:
        return None
    return catalogue(field.inventory)
