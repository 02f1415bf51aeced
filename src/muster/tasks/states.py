"""Where a sync goes on: the state of its source, kept for as long as it holds."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import orjson
from django.db import models

from muster.organizations.scope import Scope
from muster.tasks.models import SyncState, Task
from muster.tasks.options import FULL_SYNC_DAYS, full_sync_every


@dataclass(frozen=True, slots=True)
class Kept:
    """The state of one world of a source, for one run of one task."""

    scope: Scope
    task: Task
    instance: str
    at: datetime

    def take(self, *, is_full: bool) -> dict[str, str]:
        """Return the state to go on from; empty where everything is to be read.

        Everything is where that is asked for, where it was last done too long ago, where the
        settings are others than then, and where another task has written into this world since:
        its state is forgotten here too.
        """
        found = self._rows().first()
        if found is None:
            return {}
        if found.task_id != self.task.pk:
            found.delete()
            return {}
        every = full_sync_every(self.task.options)
        if is_full or every is None or not timedelta() <= self.at - found.full_at < every:
            return {}
        return dict(found.state) if found.settings_digest == settings_digest(self.task) else {}

    def keep(self, state: Mapping[str, str], *, is_delta: bool) -> None:
        """Remember the state, once everything before it is stored."""
        fields = {
            "task": self.task,
            "settings_digest": settings_digest(self.task),
            "state": dict(state),
        }
        full_at = {} if is_delta else {"full_at": self.at}
        SyncState.objects.update_or_create(
            organization=self.scope.organization,
            source=self.task.source,
            instance=self.instance,
            defaults={**fields, **full_at},
            create_defaults={**fields, "full_at": self.at},
        )

    def _rows(self) -> models.QuerySet[SyncState]:
        return SyncState.objects.filter(
            organization=self.scope.organization, source=self.task.source, instance=self.instance
        )


def settings_digest(task: Task) -> str:
    """Return what tells settings apart that bring other records, or put them elsewhere."""
    options = {name: text for name, text in task.options.items() if name != FULL_SYNC_DAYS}
    told = orjson.dumps([task.site_id, task.credential_id, options], option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(told).hexdigest()
