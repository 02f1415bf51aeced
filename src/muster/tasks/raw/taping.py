"""Keeping what a run stores, in the transactions that store it: neither more nor less."""

from collections.abc import Sequence

from django.conf import settings
from django.db import models

from muster.core.records import AnyRecord, CheckpointRecord, StateRecord
from muster.tasks.feeds import RunFeed
from muster.tasks.models import RawData, RawPart, Run
from muster.tasks.raw import packing, shelf

NOT_WANTED = "no raw data is kept (MUSTER_RAW_DATA_MEGABYTES is 0)"


class Taping:
    """Keeps the records of one run, batch by batch."""

    def __init__(self, run: Run, feed: RunFeed) -> None:
        """Begin, or go on where the run broke off."""
        self._most_bytes = settings.RAW_DATA_BYTES
        self._row, _is_new = RawData.objects.get_or_create(
            organization=run.organization,
            run=run,
            defaults={
                "source": feed.source,
                "source_id": feed.source_id,
                "instance": feed.instance,
                "site": feed.site,
                "exclude_unknown": feed.exclude_unknown,
                "settings": None if feed.settings is None else dict(feed.settings),
                "reader": feed.reader,
                "lost": "" if self._most_bytes else NOT_WANTED,
            },
        )

    def add(self, records: Sequence[AnyRecord]) -> None:
        """Keep a batch, within its transaction; where a source stands is nobody's business."""
        told = [each for each in records if not isinstance(each, StateRecord | CheckpointRecord)]
        # Read anew each time: a transaction that failed has taken back what it counted.
        self._row.refresh_from_db(fields=["parts", "size", "lost"])
        if self._row.lost or not told:
            return
        body = packing.pack(told)
        if self._row.size + len(body) > self._most_bytes:
            shelf.drop(self._row, why=shelf.TOO_MUCH)
            return
        self._put(body, count=len(told))

    def _put(self, body: bytes, *, count: int) -> None:
        row = self._row
        RawPart.objects.create(
            organization_id=row.organization_id, data=row, number=row.parts, body=body
        )
        RawData.objects.filter(organization=row.organization_id, pk=row.pk).update(
            parts=models.F("parts") + 1,
            records=models.F("records") + count,
            size=models.F("size") + len(body),
        )
