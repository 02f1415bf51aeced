"""Whether the demo's data is there already."""

from datetime import datetime

from muster.organizations.scope import Scope
from muster.tasks.models import Run, Status

CREDENTIAL = "Demo tenant"


def finished_at(scope: Scope) -> datetime | None:
    """Return when the demo's sync was last done whole; None if it never was."""
    done = Run.objects.filter(
        organization=scope.organization,
        task__credential__name=CREDENTIAL,
        status=Status.PROCESSED,
        is_complete=True,
    )
    latest = done.order_by("-ended_at").first()
    return latest.ended_at if latest else None
