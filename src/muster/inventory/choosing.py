"""Assets that somebody chose, or a query did: their ids, and what the first of them are called."""

from collections.abc import Sequence
from datetime import datetime
from itertools import islice
from uuid import UUID

from muster.core.errors import ConfigError
from muster.inventory.models import Asset
from muster.inventory.search import ids
from muster.organizations.scope import Scope

MOST_CHOSEN = 10_000
"""So many assets are changed at once at most: one request must end while somebody waits."""
_AT_ONCE = 5_000


def choose_found(scope: Scope, text: str, *, now: datetime) -> list[UUID]:
    """Return the ids of all assets that a query matches.

    Raises QueryError for a query that cannot be read, ConfigError for more than MOST_CHOSEN.
    """
    keys = list(islice(ids(scope, text, now=now), MOST_CHOSEN + 1))
    check_number(len(keys))
    found: list[UUID] = []
    for start in range(0, len(keys), _AT_ONCE):
        rows = Asset.objects.filter(
            organization=scope.organization, pk__in=keys[start : start + _AT_ONCE]
        )
        found += rows.values_list("uid", flat=True)
    return found


def check_number(number: int) -> None:
    """Raise ConfigError if so many cannot be changed at once."""
    if number > MOST_CHOSEN:
        raise ConfigError(
            f"these are more than {MOST_CHOSEN:,} assets",
            hint=f"Narrow the query down: at most {MOST_CHOSEN:,} are changed at once.",
        )


def names_of(scope: Scope, uids: Sequence[UUID], *, most: int) -> list[str]:
    """Return what the first assets are called, in the order of their names."""
    found = Asset.objects.filter(organization=scope.organization, uid__in=list(uids))
    return [each.name or str(each.uid) for each in found.order_by("name", "pk")[:most]]
