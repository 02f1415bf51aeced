"""Which services of an asset came, went and changed, as the history of its record tells it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from muster.core.records import ServiceRecord
from muster.inventory import engine
from muster.inventory.history.rows import Rows, stamp, write
from muster.inventory.history.telling import Change, Subject, Told
from muster.inventory.ingest.changes.freshness import NewThings, joined

if TYPE_CHECKING:
    from muster.inventory.ingest.context import RunContext

KEY = "_asset.service"
"""One key for all of them: with its port in the name, each would be an attribute of its own."""


@dataclass(slots=True)
class _Words:
    """What the services of one record were called, and what they are called now."""

    went: list[str] = field(default_factory=list)
    came: list[str] = field(default_factory=list)


class ServiceChanges:
    """What a batch changes of services, by the records that they belong to."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._words: dict[int, _Words] = {}

    def add(self, record: int, *, old: ServiceRecord | None, new: ServiceRecord | None) -> None:
        """Note what a service of a record was and is; what it answers word for word may vary."""
        before, after = (called(each) if each else "" for each in (old, new))
        if before == after:
            return
        words = self._words.setdefault(record, _Words())
        words.went += [before] if before else []
        words.came += [after] if after else []

    def write(self, context: "RunContext") -> None:
        """Tell of them, except of what came with its record."""
        if not self._words:
            return
        assets = _assets(context, self._words)
        revision = context.revision.number(context)
        fresh = NewThings(context, revision, Subject.ASSET)
        new = {number for number, asset in assets.items() if asset in fresh}
        new |= joined(context, revision, self._words)
        rows = _rows(self._words, assets.keys() - new)
        write(context, rows)
        told = (assets[number] for _, number in rows)
        stamp(context, Subject.ASSET, told, at=context.at)


def called(service: ServiceRecord) -> str:
    """Return a service as the history tells of it: `443/tcp on 10.0.0.7: https, nginx 1.25`."""
    place = f"{service.port}/{service.transport.casefold()}"
    if service.address:
        place += f" on {service.address}"
    what = ", ".join(filter(None, (*service.protocols, service.product)))
    return " ".join(f"{place}: {what}".split()) if what else place


def _assets(context: "RunContext", records: Iterable[int]) -> dict[int, int]:
    found = engine.rows(
        "SELECT id, asset_id FROM inventory_assetsource"
        f" WHERE {engine.unindexed('organization_id')} = %s AND {engine.among('id')}"
        " AND asset_id IS NOT NULL",
        (context.organization_id, engine.listed(sorted(records))),
    )
    return {row[0]: row[1] for row in found}


def _rows(words: Mapping[int, _Words], records: Iterable[int]) -> Rows:
    rows: Rows = {}
    for number in records:
        went, came = (sorted(each) for each in (words[number].went, words[number].came))
        told = Told()
        told.changed([Change(KEY, "\t".join(went), "\t".join(came), is_many=True)])
        rows[Subject.RECORD, number] = told
    return rows
