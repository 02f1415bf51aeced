"""How far a run is: what was collected, what was stored, how fast, and how long it may take.

Collecting and storing go on side by side, so each has its own counts. Pure: values in, values out.
"""

from collections import Counter, deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from muster.core.records import COLLECTION_OF, AnyRecord, Collection

WINDOW = timedelta(seconds=30)
"""The rate is that of the last so many seconds: a run may be throttled for a while."""


@dataclass(slots=True)
class Progress:
    """What is known of one run. `expected` are totals, of those collections that have told one."""

    acquired: Counter[str] = field(default_factory=Counter)
    expected: dict[str, int] = field(default_factory=dict)
    processed: Counter[str] = field(default_factory=Counter)
    _past: deque[tuple[datetime, int]] = field(default_factory=deque)

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> "Progress":
        """Return the progress of a run that goes on, from what it said last."""
        return cls(processed=Counter(document.get("processing", {})))

    def acquire(self, collection: Collection, done: int, total: int | None) -> None:
        """Take note of how much of a collection was collected so far."""
        self.acquired[collection.value] = done
        if total is not None:
            self.expected[collection.value] = total

    def process(self, records: Iterable[AnyRecord]) -> None:
        """Take note of records that were stored."""
        kinds = Counter(COLLECTION_OF.get(type(each)) for each in records)
        self.processed.update({kind.value: n for kind, n in kinds.items() if kind is not None})

    def document(self, at: datetime) -> dict[str, Any]:
        """Return all of it as JSON values; `records_per_second` and `remaining_seconds` guess.

        What remains is guessed only where the source has said how much there is.
        """
        per_second = self._rate(at)
        left = self._left()
        return {
            "at": at.isoformat(),
            "acquisition": {
                name: {"done": done, "total": self.expected.get(name)}
                for name, done in self.acquired.items()
            },
            "processing": dict(self.processed),
            "records_per_second": round(per_second, 1),
            "remaining_seconds": round(left / per_second) if per_second and left else None,
        }

    def _rate(self, at: datetime) -> float:
        """Return how many records were stored in a second, of late."""
        self._past.append((at, self.processed.total()))
        while len(self._past) > 1 and at - self._past[1][0] >= WINDOW:
            self._past.popleft()
        since, before = self._past[0]
        seconds = (at - since).total_seconds()
        return (self.processed.total() - before) / seconds if seconds > 0 else 0.0

    def _left(self) -> int:
        """Return how many records that are known of were not stored yet."""
        known = {
            name: max(self.expected.get(name, 0), done) for name, done in self.acquired.items()
        }
        return sum(max(0, total - self.processed[name]) for name, total in known.items())
