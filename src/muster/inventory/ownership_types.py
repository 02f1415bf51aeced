"""Ways to own an asset: made, changed, taken away. They hold in all organizations."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from muster.accounts.roles import Principal, Role
from muster.core.errors import ConfigError
from muster.inventory.models import Annotation, AnnotationKind, OwnershipType
from muster.inventory.models.annotations import LONGEST_NAME

MOST_TYPES = 100
REFERENCES = (0, 1, 2)


@dataclass(frozen=True, slots=True)
class TypeChange:
    """What a person gives of an ownership type; None stays as it is."""

    uid: UUID | None = None
    name: str | None = None
    reference: int | None = None
    position: int | None = None
    is_hidden: bool | None = None


def ownership_types() -> list[OwnershipType]:
    """Return all, in their order."""
    return list(OwnershipType.objects.order_by("position", "pk"))


def ownership_type(uid: UUID) -> OwnershipType:
    """Return the one of that id. Raises ConfigError if there is none."""
    found = OwnershipType.objects.filter(uid=uid).first()
    if found is None:
        raise ConfigError(f"there is no ownership type {uid}", hint="List them and take one's id.")
    return found


@transaction.atomic
def create_types(principal: Principal, new: Sequence[TypeChange]) -> list[OwnershipType]:
    """Make ownership types, all or none. Raises ConfigError if one cannot be as given."""
    _check_role(principal)
    if OwnershipType.objects.count() + len(new) > MOST_TYPES:
        raise ConfigError(f"there can be at most {MOST_TYPES} ownership types")
    return [_saved(OwnershipType(), each) for each in new]


@transaction.atomic
def change_types(principal: Principal, changes: Sequence[TypeChange]) -> list[OwnershipType]:
    """Change ownership types by their ids, all or none."""
    _check_role(principal)
    return [_saved(ownership_type(each.uid or UUID(int=0)), each) for each in changes]


@transaction.atomic
def remove_types(principal: Principal, uids: Sequence[UUID]) -> list[OwnershipType]:
    """Take ownership types away, and return them.

    Raises ConfigError while an asset has an owner of such a type, in any organization.
    """
    _check_role(principal)
    found = [ownership_type(uid) for uid in dict.fromkeys(uids)]
    for each in found:
        owned = Annotation.objects.filter(kind=AnnotationKind.OWNER, name=str(each.uid))
        if owned.exists():
            raise ConfigError(
                f"assets have owners of the type '{each.name}'",
                hint="Clear those owners first, or hide the type.",
            )
    for each in found:
        OwnershipType.objects.filter(pk=each.pk).delete()
    return found


def _saved(row: OwnershipType, change: TypeChange) -> OwnershipType:
    if change.name is not None or row.pk is None:
        row.name = _checked_name(change.name or "")
    if change.reference is not None:
        row.reference = _checked_reference(change.reference)
    if change.position is not None:
        row.position = _checked_position(change.position)
    if change.is_hidden is not None:
        row.is_hidden = change.is_hidden
    if OwnershipType.objects.filter(name__iexact=row.name).exclude(pk=row.pk).exists():
        raise ConfigError(f"there is already an ownership type named '{row.name}'")
    row.save()
    return row


def _checked_name(name: str) -> str:
    stripped = name.strip()
    if not stripped or len(stripped) > LONGEST_NAME or not stripped.isprintable():
        raise ConfigError(
            f"the name of an ownership type has 1 to {LONGEST_NAME} printable characters"
        )
    return stripped


def _checked_reference(reference: int) -> int:
    if reference not in REFERENCES:
        raise ConfigError(
            f"an owner cannot refer to {reference}", hint="0 is nothing, 1 a user, 2 a group."
        )
    return reference


def _checked_position(position: int) -> int:
    if not 0 <= position <= MOST_TYPES:
        raise ConfigError(f"the order is a whole number from 0 to {MOST_TYPES}")
    return position


def _check_role(principal: Principal) -> None:
    if principal.role not in {Role.SUPERUSER, Role.ADMINISTRATOR}:
        raise ConfigError(
            f"{principal.name} may not change ownership types", hint="Ask an administrator."
        )
