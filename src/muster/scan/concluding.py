"""What a host is, from its facts: where the fingerprints come in."""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from muster.core.probe import Fact
from muster.core.records import AssetRecord, ServiceRecord
from muster.scan.hosts import Conclude, Named

if TYPE_CHECKING:
    from muster.fingerprints.library import Library
    from muster.fingerprints.oui import Makers


def concluder(*installed: Path) -> Conclude:
    """Return what puts system, kind, hardware and products into records.

    `installed` are folders of fingerprints besides our own.
    """

    @cache
    def known() -> tuple["Library", "Makers"]:
        from muster.fingerprints.library import library
        from muster.fingerprints.oui import makers

        return library(*installed), makers(*installed)

    def conclude(
        facts: Sequence[Fact], record: AssetRecord, services: list[ServiceRecord]
    ) -> Named:
        if not facts and not record.macs:
            return record, services
        from muster.fingerprints.again import applied
        from muster.fingerprints.identity import identify

        own = Fact(probe="", address=record.addresses[0], at=_at(record), macs=record.macs)
        return applied(record, services, identify([*facts, own], *known()))

    return conclude


def _at(record: AssetRecord) -> datetime:
    return record.seen_at or datetime.now(UTC)
