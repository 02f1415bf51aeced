"""Giving raw data back: as a file to download, and as the batches that it was stored in."""

from collections.abc import Iterator

from muster.core.errors import ConfigError
from muster.core.records import AnyRecord
from muster.organizations.scope import Scope
from muster.tasks.models import RawData, RawPart, Run
from muster.tasks.raw import packing


def data_of(scope: Scope, run: Run) -> RawData:
    """Return the raw data of a run.

    Raises ConfigError, saying why, if none is kept.
    """
    found = RawData.objects.filter(organization=scope.organization, run=run).first()
    if found is None or found.lost or not found.parts:
        why = found.lost if found is not None and found.lost else "it has stored nothing"
        raise ConfigError(
            f"there is no raw data of the run {run.uid}: {why}",
            hint="See which runs have some with: muster task runs TASK --json.",
        )
    return found


def packed(data: RawData) -> Iterator[bytes]:
    """Yield gzip files of NDJSON, which put one after the other are one gzip file."""
    for each in _parts(data):
        yield bytes(each.body)


def unpacked(data: RawData) -> Iterator[bytes]:
    """Yield the same as lines."""
    for body in packed(data):
        yield packing.lines(body)


def batches(data: RawData) -> Iterator[list[AnyRecord]]:
    """Yield the records in the batches that they were stored in."""
    for body in packed(data):
        yield packing.unpack(body)


def _parts(data: RawData) -> Iterator[RawPart]:
    """Yield the parts one by one: together they may be more than memory holds."""
    parts = RawPart.objects.filter(organization=data.organization_id, data=data)
    for number in range(data.parts):
        yield parts.get(number=number)
