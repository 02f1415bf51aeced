"""Finding an asset by what people call it."""

from uuid import UUID

from muster.core.errors import ConfigError
from muster.inventory import engine
from muster.inventory.models import Asset
from muster.organizations.scope import Scope

_MOST_NAMED = 5
_MOST_MERGES = 100


def find_asset(scope: Scope, reference: str) -> Asset:
    """Return the asset with that id or name; one that merged into another is that other.

    Raises ConfigError if there is none, or if several have that name: it then lists their ids.
    """
    reference = reference.strip()
    assets = Asset.objects.filter(organization=scope.organization)
    uid = uid_of(reference)
    if not reference:
        raise ConfigError("name the asset to show", hint="By its name or its id.")
    if uid is not None:
        found = list(assets.filter(uid=uid)) or list(assets.filter(pk__in=_heirs(scope, uid)))
    else:
        found = list(assets.filter(name__iexact=reference).order_by("pk")[: _MOST_NAMED + 1])
    if not found:
        raise ConfigError(
            f"there is no asset '{reference}'",
            hint=f"Look for it with: muster search 'name:{reference}'",
        )
    if len(found) > 1:
        ids = ", ".join(str(each.uid) for each in found[:_MOST_NAMED])
        raise ConfigError(f"several assets are named '{reference}'", hint=f"Name one by id: {ids}")
    return found[0]


def uid_of(reference: str) -> UUID | None:
    """Return what a person typed as an id, None if it is none."""
    try:
        return UUID(reference)
    except ValueError:
        return None


def _heirs(scope: Scope, uid: UUID) -> list[int]:
    """Return the asset that went on where the one of that id went up in, through all merges."""
    found = engine.rows(
        "SELECT into_id FROM history_absorbed WHERE organization_id = %s AND uid = %s",
        (scope.organization_id, str(uid)),
    )
    for _ in range(_MOST_MERGES):
        further = engine.rows(
            "SELECT into_id FROM history_absorbed WHERE organization_id = %s"
            f" AND {engine.among('asset_id')}",
            (scope.organization_id, engine.listed([row[0] for row in found])),
        )
        if not further:
            break
        found = further
    return [row[0] for row in found]
