"""What a scan is asked to do, whole: from here on nobody decides anything."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from muster.core.errors import ConfigError
from muster.core.scanfile import SCHEMA, ScanHeader
from muster.scan.engines.reply import Asking
from muster.scan.identity import KnownHosts
from muster.scan.pace import UNLIMITED
from muster.scan.ports import parse_ports
from muster.scan.scope import Scope, parse_scope

DEFAULT_RATE, DEFAULT_HOST_RATE = 1000.0, 40.0


@dataclass(frozen=True, slots=True)
class ScanPlan:
    """One scan. `seed` gives the order, `position` is where it begins (0, or to resume).

    `engine` is `auto`, `raw` or `connect`. `probes` are names; none for a port scan alone.
    `nameservers` are asked for names of addresses. `known` are hosts of earlier scans, which
    keep their ids. `spent` is what an earlier part of the scan took.
    """

    scan_id: str
    scope: Scope
    seed: int
    asking: Asking
    engine: str = "auto"
    rate: float = DEFAULT_RATE
    host_rate: float = DEFAULT_HOST_RATE
    probes: tuple[str, ...] = ()
    options: Mapping[str, str] = field(default_factory=dict)
    nameservers: tuple[str, ...] = ()
    time_limit: timedelta | None = None
    known: KnownHosts = field(default_factory=KnownHosts)
    position: int = 0
    explorer: str = ""
    spent: timedelta = timedelta()


def header_options(plan: ScanPlan) -> dict[str, str]:
    """Return as text what a header has no field for."""
    return {
        "rate": _number(plan.rate),
        "host-rate": _number(plan.host_rate),
        "engine": plan.engine,
        "group": str(plan.asking.group),
        "host-connections": str(plan.asking.host_connections),
        "tries": str(plan.asking.tries),
        "skip-liveness": "true" if plan.asking.skips_liveness else "false",
        "nameservers": " ".join(plan.nameservers),
        **{f"probe.{name}": value for name, value in plan.options.items()},
    }


def plan_of(header: ScanHeader, *, position: int, known: KnownHosts, spent: timedelta) -> ScanPlan:
    """Return the plan that goes on with a scan, from what its file says of it.

    Raises ConfigError for a file of another version, or one that was changed by hand.
    """
    if header.schema != SCHEMA:
        raise ConfigError(f"the scan's file has the version {header.schema}, not {SCHEMA}")
    given = header.options
    try:
        asking = Asking(
            ports=parse_ports(header.ports),
            skips_liveness=given["skip-liveness"] == "true",
            tries=int(given["tries"]),
            group=int(given["group"]),
            host_connections=int(given["host-connections"]),
        )
        return ScanPlan(
            scan_id=header.scan_id,
            scope=Scope(parse_scope(header.scope).intervals, header.names),
            seed=header.seed,
            asking=asking,
            engine=given["engine"],
            rate=float(given["rate"]),
            host_rate=float(given["host-rate"]),
            probes=header.probes,
            options={
                name.removeprefix("probe."): value
                for name, value in given.items()
                if name.startswith("probe.")
            },
            nameservers=tuple(given["nameservers"].split()),
            known=known,
            position=position,
            explorer=header.explorer,
            spent=spent,
        )
    except (KeyError, ValueError) as error:
        raise ConfigError(
            f"the header of the scan's file cannot be read: {error}",
            hint="Begin a new scan.",
        ) from error


def _number(value: float) -> str:
    return "inf" if value == UNLIMITED else f"{value:g}"
