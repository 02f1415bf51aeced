"""Where a task runs: on this server, on one Explorer, or on any of a group or hosted zone."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from muster.core.errors import ConfigError
from muster.explorers.models import Explorer, ExplorerGroup
from muster.explorers.selectors import explorer_by_name, group_by_name, zone_by_name
from muster.explorers.sessions import is_alive
from muster.organizations.models import Organization
from muster.organizations.scope import Scope

ANY_ZONE = UUID(int=0)
"""Stands for whichever hosted zone is free."""

THIS_SERVER = "this server"
_GROUP, _ZONE, _AUTO = "group:", "zone:", "auto"


def place_by_name(scope: Scope, reference: str) -> UUID | None:
    """Return where a person means: None for this server.

    `NAME` or an id is an Explorer, `group:NAME` any of a group, `zone:NAME` any of a hosted zone,
    `zone:auto` any of all hosted zones. Raises ConfigError if there is no such.
    """
    wanted = reference.strip()
    folded = wanted.casefold()
    if folded in {"", THIS_SERVER}:
        return None
    if folded.startswith(_GROUP):
        return group_by_name(scope, wanted[len(_GROUP) :]).uid
    if folded == _ZONE + _AUTO or folded == str(ANY_ZONE):
        return ANY_ZONE
    if folded.startswith(_ZONE):
        return zone_by_name(wanted[len(_ZONE) :]).uid
    return _by_id(scope, folded) or explorer_by_name(scope, wanted).uid


def place_name(organization: Organization, place: UUID | None) -> str:
    """Return how a person names where a task runs; its id where that is gone."""
    if place is None:
        return THIS_SERVER
    return place_names(organization, {place}).get(place, str(place))


def place_names(organization: Organization, places: AbstractSet[UUID]) -> dict[UUID, str]:
    """Return the names of places where an organization's tasks run, by id, in two statements."""
    explorers = Explorer.objects.filter(organization=organization, uid__in=places)
    groups = _groups(organization).filter(uid__in=places)
    return {
        **({ANY_ZONE: _ZONE + _AUTO} if ANY_ZONE in places else {}),
        **{each.uid: each.name for each in explorers},
        **{each.uid: (_GROUP if each.organization_id else _ZONE) + each.name for each in groups},
    }


@dataclass(frozen=True, slots=True)
class Place:
    """Where a task may run: the Explorers, and if none of them can, the sentence why."""

    alive: tuple[Explorer, ...]
    why: str = ""
    is_gone: bool = False


def place_of(organization: Organization, place: UUID, *, at: datetime) -> Place:
    """Return who could take a run of a task that runs there.

    It `is_gone` if waiting is no use: a person has to choose another place.
    """
    found = [each for each in _explorers(organization, place) if each.revoked_at is None]
    alive = tuple(each for each in found if is_alive(each, at=at))
    name = place_name(organization, place)
    if alive:
        return Place(alive)
    if not found:
        return Place((), f"there is no Explorer any more that it could run on ({name})", True)
    seen = max(each.last_seen for each in found)
    return Place((), f"explorer unavailable: {name} was last heard of at {seen:%Y-%m-%d %H:%M} UTC")


def explorer_of(organization: Organization, uid: UUID | None) -> Explorer | None:
    """Return the Explorer of that id that may work for an organization; None for None."""
    if uid is None:
        return None
    may = Q(organization=organization) | Q(organization=None)
    return Explorer.objects.filter(may).get(uid=uid)


def _explorers(organization: Organization, place: UUID) -> QuerySet[Explorer]:
    own = Q(organization=organization, uid=place)
    if place == ANY_ZONE:
        own = Q(
            organization=None,
            memberships__group__organization=None,
            memberships__group__is_enabled=True,
        )
    else:
        own |= Q(memberships__group__in=_groups(organization).filter(uid=place, is_enabled=True))
    return Explorer.objects.filter(own).distinct().order_by("pk")


def _groups(organization: Organization) -> QuerySet[ExplorerGroup]:
    return ExplorerGroup.objects.filter(Q(organization=organization) | Q(organization=None))


def _by_id(scope: Scope, text: str) -> UUID | None:
    try:
        uid = UUID(text)
    except ValueError:
        return None
    found = _groups(scope.organization).filter(uid=uid).first()
    if (
        found is None
        and not Explorer.objects.filter(
            organization=scope.organization, uid=uid, revoked_at=None
        ).exists()
    ):
        raise ConfigError(
            f"there is no Explorer, group or zone {text}", hint="See: muster explorer list."
        )
    return uid
