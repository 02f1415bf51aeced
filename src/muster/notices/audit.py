"""The audit log of several organizations at once, for whoever may see all of them."""

from collections.abc import Sequence
from functools import reduce
from operator import or_

from django.db.models import Q

from muster.notices.models import Event


def events_of_all(
    organizations: Sequence[int], text: str, *, before: int | None, most: int
) -> list[Event]:
    """Return events of some organizations, the latest first, at most `most`.

    A `text` is part of an action, a name or an id. `before` is the key of the last event of the
    page before.
    """
    found = Event.objects.filter(organization__in=organizations).select_related("organization")
    if wanted := text.strip():
        places = ("action", "source_name", "target_name", "target_id", "target_type")
        found = found.filter(
            reduce(or_, (Q(**{f"{place}__icontains": wanted}) for place in places))
        )
    if before is not None:
        found = found.filter(pk__lt=before)
    return list(found.order_by("-pk")[:most])
