"""Counting what bearers ask, and how much is left to them today.

Each process counts for itself and writes its counts down every few seconds: a write with each
request would make reading wait for whoever loads an inventory. So several processes together may
let a few requests more through than the limit says.
"""

import threading
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import DatabaseError, transaction
from django.db.models import F

from muster.tokens.models import Bearer

_BETWEEN_WRITES = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class Usage:
    """How much was asked today and ever, and how much may be asked today; 0 means any."""

    today: int
    total: int
    limit: int

    @property
    def remaining(self) -> int:
        """How many requests are left today."""
        return max(0, self.limit - self.today) if self.limit else max(0, _NEVER_SPENT - self.today)

    @property
    def is_spent(self) -> bool:
        """True if this request is one too many."""
        return bool(self.limit) and self.today > self.limit


_NEVER_SPENT = 1_000_000_000


@dataclass(slots=True)
class _Count:
    """What one bearer asked since its counts were written down last."""

    written_at: datetime
    requests: int = 0
    ip: str = ""
    agent: str = ""


@dataclass(slots=True)
class Tally:
    """The counts of one process."""

    _counts: dict[UUID, _Count] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def count(self, row: Bearer, *, at: datetime, ip: str, agent: str, limit: int) -> Usage:
        """Count one request, and return what that makes."""
        with self._lock:
            count = self._counts.setdefault(row.uid, _Count(written_at=at - _BETWEEN_WRITES))
            count.requests += 1
            count.ip, count.agent = ip[:60], agent[:300]
            pending = count.requests
            is_due = at - count.written_at >= _BETWEEN_WRITES
            if is_due:
                count.written_at, count.requests = at, 0
        today = row.day_counter if row.day == at.date() else 0
        if is_due and not _written(row, pending, at=at, ip=ip, agent=agent):
            with self._lock:
                count.requests += pending
        return Usage(today=today + pending, total=row.counter + pending, limit=limit)


def _written(row: Bearer, requests: int, *, at: datetime, ip: str, agent: str) -> bool:
    """Add to the counts of a bearer; False if the database takes no writes now."""
    rows = type(row)._default_manager.filter(pk=row.pk)  # noqa: SLF001 - Django's public name for it
    today: date = at.date()
    used = {
        "last_used_at": at,
        "last_used_ip": ip[:60],
        "last_used_agent": agent[:300],
        "counter": F("counter") + requests,
    }
    try:
        with transaction.atomic():
            if not rows.filter(day=today).update(**used, day_counter=F("day_counter") + requests):
                rows.update(**used, day=today, day_counter=requests)
    except DatabaseError:
        return False
    return True
