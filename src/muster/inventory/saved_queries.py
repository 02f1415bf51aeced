"""Queries with a name: those that people saved, and those that come with Muster."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from muster.core.errors import ConfigError
from muster.inventory.bundled_queries import BUNDLED
from muster.inventory.models import SavedQuery
from muster.inventory.search import known_attributes
from muster.inventory.selectors.instants import instant
from muster.organizations.scope import Scope
from muster.query import bind, parse

LONGEST_NAME = 200
LONGEST_DESCRIPTION = 2000
_LONGEST_AUTHOR = 300


@dataclass(frozen=True, slots=True)
class NamedQuery:
    """One query by its name in an inventory.

    With `is_bundled` it comes with Muster: it is in every organization, has no id, author or
    times, and stays as it is.
    """

    name: str
    inventory: str
    text: str
    description: str = ""
    is_bundled: bool = False
    id: str = ""
    created_by: str = ""
    created_at: datetime | None = None
    updated_at: datetime | None = None


def list_queries(scope: Scope, *, inventory: str = "") -> list[NamedQuery]:
    """Return all queries of an inventory, or of all: those of people first, each by name."""
    own = SavedQuery.objects.filter(organization=scope.organization).order_by("folded")
    every = [*(_named(row) for row in own), *_bundled()]
    return [each for each in every if inventory in {"", each.inventory}]


def find_query(scope: Scope, name: str, *, inventory: str = "") -> NamedQuery:
    """Return the query of that name, whatever its case; one of people before a bundled one.

    Raises ConfigError if there is none, or one in several inventories and none is named.
    """
    wanted = name.strip().casefold()
    every = list_queries(scope, inventory=inventory)
    found = [each for each in every if each.name.casefold() == wanted]
    inventories = sorted({each.inventory for each in found})
    if len(inventories) > 1:
        raise ConfigError(
            f"there is a query '{name}' of each of {', '.join(inventories)}",
            hint="Name the inventory too.",
        )
    if not found:
        raise ConfigError(
            f"there is no saved query '{name}'", hint="See them all with: muster query list"
        )
    return found[0]


def create_query(
    scope: Scope,
    name: str,
    text: str,
    *,
    at: datetime,
    inventory: str = "assets",
    description: str = "",
) -> NamedQuery:
    """Save a query for everybody in the organization.

    Raises QueryError if it cannot be read or there is no such inventory, ConfigError if the name
    cannot be or is taken.
    """
    _check_query(scope, text, inventory=inventory, at=at)
    checked = _checked_name(scope, name, inventory)
    now = int(at.timestamp())
    row = SavedQuery(
        organization=scope.organization,
        name=checked,
        folded=checked.casefold(),
        description=_checked_description(description),
        inventory=inventory,
        text=text.strip(),
        created_at=now,
        updated_at=now,
        created_by=scope.principal.name[:_LONGEST_AUTHOR],
    )
    _save(row)
    return _named(row)


def update_query(
    scope: Scope,
    name: str,
    *,
    at: datetime,
    inventory: str = "",
    text: str | None = None,
    description: str | None = None,
) -> NamedQuery:
    """Change a saved query; what is None stays.

    Raises QueryError if the text cannot be read, ConfigError if there is none of that name to
    change.
    """
    row = _own(scope, name, inventory)
    if text is not None:
        _check_query(scope, text, inventory=row.inventory, at=at)
        row.text = text.strip()
    if description is not None:
        row.description = _checked_description(description)
    row.updated_at = int(at.timestamp())
    row.save()
    return _named(row)


def rename_query(
    scope: Scope, name: str, new_name: str, *, at: datetime, inventory: str = ""
) -> NamedQuery:
    """Give a saved query another name, or the same in another case.

    Raises ConfigError if the name cannot be or is taken, or there is none to rename.
    """
    row = _own(scope, name, inventory)
    row.name = _checked_name(scope, new_name, row.inventory, except_for=row.pk)
    row.folded = row.name.casefold()
    row.updated_at = int(at.timestamp())
    _save(row)
    return _named(row)


def delete_query(scope: Scope, name: str, *, inventory: str = "") -> NamedQuery:
    """Delete a saved query and return what it was.

    Raises ConfigError if there is none of that name to delete.
    """
    row = _own(scope, name, inventory)
    deleted = _named(row)
    row.delete()
    return deleted


def _own(scope: Scope, name: str, inventory: str) -> SavedQuery:
    found = find_query(scope, name, inventory=inventory)
    if found.is_bundled:
        raise ConfigError(
            f"the query '{found.name}' comes with Muster and stays as it is",
            hint="Save one like it under another name.",
        )
    return SavedQuery.objects.get(organization=scope.organization, uid=found.id)


def _named(row: SavedQuery) -> NamedQuery:
    return NamedQuery(
        name=row.name,
        inventory=row.inventory,
        text=row.text,
        description=row.description,
        id=str(row.uid),
        created_by=row.created_by,
        created_at=instant(row.created_at),
        updated_at=instant(row.updated_at),
    )


def _bundled() -> Iterator[NamedQuery]:
    for each in BUNDLED:
        yield NamedQuery(each.name, each.inventory, each.text, each.description, is_bundled=True)


def _check_query(scope: Scope, text: str, *, inventory: str, at: datetime) -> None:
    bind(parse(text), inventory=inventory, now=at, is_attribute=known_attributes(scope))


def _checked_name(scope: Scope, name: str, inventory: str, *, except_for: int = 0) -> str:
    checked = name.strip()
    if not checked:
        raise ConfigError("a saved query needs a name")
    if len(checked) > LONGEST_NAME or not checked.isprintable():
        raise ConfigError(
            f"the name of a saved query is at most {LONGEST_NAME} printable characters"
        )
    folded = checked.casefold()
    same = SavedQuery.objects.filter(
        organization=scope.organization, inventory=inventory, folded=folded
    )
    bundled = (each.name.casefold() for each in BUNDLED if each.inventory == inventory)
    if same.exclude(pk=except_for).exists() or folded in bundled:
        raise _taken(checked, inventory)
    return checked


def _checked_description(description: str) -> str:
    checked = description.strip()
    if len(checked) > LONGEST_DESCRIPTION or "\0" in checked:
        raise ConfigError(
            f"the description of a saved query is at most {LONGEST_DESCRIPTION:,} characters"
        )
    return checked


def _save(row: SavedQuery) -> None:
    """Save it, also where somebody else just took the name."""
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise _taken(row.name, row.inventory) from error


def _taken(name: str, inventory: str) -> ConfigError:
    return ConfigError(
        f"there is already a query '{name}' of {inventory}",
        hint="Choose another name, or change that one.",
    )
