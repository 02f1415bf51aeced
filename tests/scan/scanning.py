"""Running whole scans in tests."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from muster.cli.scanning.wanted import NONE, Wanted, plan
from muster.core.ndjson import AnyLine
from muster.core.probe import Fact
from muster.core.records import AssetRecord, ServiceRecord
from muster.core.scanfile import ScanEnd, ScanError, ScanHeader
from muster.scan.concluding import concluder
from muster.scan.plan import ScanPlan
from muster.scan.run import Scan

_USUAL = {
    "exclude": (), "ports": "", "udp": True, "fragile": False, "rate": 0.0, "host_rate": 0.0,
    "group": 4096, "host_connections": 2, "engine": "auto", "probes": NONE, "probe_options": (),
    "skip_liveness": False, "nameservers": (NONE,), "minutes": 0.0, "seed": 1, "since": "",
}  # fmt: skip


def wanted(targets: Sequence[str], **given) -> ScanPlan:
    """Return a plan; without limits and without probes if nothing else is said."""
    return plan(Wanted(targets=targets, **(_USUAL | given)))


@dataclass
class Scanned:
    end: ScanEnd
    lines: list[AnyLine] = field(default_factory=list)

    @property
    def header(self) -> ScanHeader:
        return next(each for each in self.lines if isinstance(each, ScanHeader))

    @property
    def assets(self) -> dict[str, AssetRecord]:
        """The records by their first address; of those with one id, the last."""
        by_id = {each.id: each for each in self.lines if isinstance(each, AssetRecord)}
        return {each.addresses[0]: each for each in by_id.values()}

    @property
    def ports(self) -> set[tuple[str, str, int]]:
        return {(each.address, each.transport, each.port) for each in self.services}

    @property
    def services(self) -> list[ServiceRecord]:
        return [each for each in self.lines if isinstance(each, ServiceRecord)]

    @property
    def facts(self) -> list[Fact]:
        return [each for each in self.lines if isinstance(each, Fact)]

    @property
    def errors(self) -> list[str]:
        return [each.message for each in self.lines if isinstance(each, ScanError)]

    def write(self, path: Path) -> Path:
        from muster.core import ndjson

        path.write_bytes(b"".join(map(ndjson.encode, self.lines)))
        return path


def scanned(asked: ScanPlan, *, after=None) -> Scanned:
    """Run a plan to its end. `after` is called with the scan and each line that it writes."""
    lines: list[AnyLine] = []

    async def run() -> ScanEnd:
        def write(line: AnyLine) -> None:
            lines.append(line)
            if after is not None:
                after(scan, line)

        scan = Scan(asked, write, conclude=concluder())
        return await scan.run()

    return Scanned(asyncio.run(run()), lines)
