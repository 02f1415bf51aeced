"""The lines of a scan's file besides its records: what was asked, how far it came, how it ended.

A file is a header, then assets, services and facts as they were found, a progress line each second,
and an end. Without the end it is a valid part of a scan: `muster import` takes the records of it,
and `muster scan --resume` goes on where the last progress line says.
"""

from collections.abc import Mapping
from enum import StrEnum

import msgspec

from muster.core.probe import Fact
from muster.core.records import Instant

SCHEMA = 1


class ScanLine(msgspec.Struct, frozen=True, tag_field="type", kw_only=True, omit_defaults=True):
    """What is told of the scan itself."""


class ScanHeader(ScanLine, frozen=True, tag="header", kw_only=True):
    """How the scan was asked for: enough to go on with it, and to judge what it could not see.

    `scope` are intervals with exclusions taken out. `seed` gives the order of the addresses.
    `unseen` says in sentences what the engine cannot see. `options` are the rest, as text.
    """

    schema: int
    scan_id: str
    program: str
    explorer: str
    engine: str
    unseen: tuple[str, ...]
    started_at: Instant
    scope: tuple[str, ...]
    names: Mapping[str, str]
    seed: int
    ports: str
    probes: tuple[str, ...]
    options: Mapping[str, str]


class ScanProgress(ScanLine, frozen=True, tag="progress", kw_only=True):
    """How far it is. Everything before `position` of the order is done and written.

    `seconds` have been spent so far. `remaining_seconds` is a guess; None while nobody can know.
    """

    at: Instant
    position: int
    done: int
    total: int
    alive: int
    services: int
    packets: int
    packets_per_second: float
    seconds: float
    remaining_seconds: float | None = None


class ScanError(ScanLine, frozen=True, tag="error", kw_only=True):
    """What went wrong with one address or probe; the scan went on."""

    at: Instant
    message: str
    address: str = ""
    probe: str = ""
    port: int = 0


class ScanStatus(StrEnum):
    """How a scan ended."""

    COMPLETE = "complete"
    STOPPED = "stopped"
    FAILED = "failed"


class ScanEnd(ScanLine, frozen=True, tag="end", kw_only=True):
    """The last line. `reason` says why it is not complete, or why a complete one found nothing."""

    at: Instant
    status: ScanStatus
    addresses: int
    alive: int
    services: int
    packets: int
    seconds: float
    reason: str = ""
    hint: str = ""


AnyScanLine = ScanHeader | ScanProgress | ScanError | ScanEnd | Fact
