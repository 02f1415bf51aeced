"""Making a plan of what a person wrote on the command line."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from random import SystemRandom

from muster.core.errors import ConfigError
from muster.scan.engines.choosing import check
from muster.scan.engines.reply import Asking
from muster.scan.file import read_known
from muster.scan.identity import KnownHosts
from muster.scan.order import new_seed
from muster.scan.pace import UNLIMITED
from muster.scan.plan import ScanPlan
from muster.scan.ports import PortAsk, default_ports, parse_ports
from muster.scan.scope import parse_scope

NONE, DEFAULT, ALL = "none", "default", "all"
_RESOLVER = Path("/etc/resolv.conf")
_MOST_GROUP, _MOST_CONNECTIONS = 65_536, 64


@dataclass(frozen=True, slots=True)
class Wanted:
    """The options of `muster scan`, as they were written."""

    targets: Sequence[str]
    exclude: Sequence[str]
    ports: str
    udp: bool
    fragile: bool
    rate: float
    host_rate: float
    group: int
    host_connections: int
    engine: str
    probes: str
    probe_options: Sequence[str]
    skip_liveness: bool
    nameservers: Sequence[str]
    minutes: float
    seed: int
    since: str


def plan(wanted: Wanted) -> ScanPlan:
    """Return the plan. Raises ConfigError naming the option that cannot be read."""
    probes = _probes(wanted)
    return ScanPlan(
        scan_id=secrets.token_hex(16),
        scope=parse_scope(wanted.targets, exclude=wanted.exclude),
        seed=wanted.seed or new_seed(SystemRandom()),
        asking=Asking(
            ports=_ports(wanted),
            skips_liveness=wanted.skip_liveness,
            group=_between("--group", wanted.group, _MOST_GROUP),
            host_connections=_between(
                "--host-connections", wanted.host_connections, _MOST_CONNECTIONS
            ),
        ),
        engine=check(wanted.engine),
        rate=_rate("--rate", wanted.rate),
        host_rate=_rate("--host-rate", wanted.host_rate),
        probes=probes,
        options=_options(wanted.probe_options, probes),
        nameservers=_nameservers(wanted.nameservers),
        time_limit=timedelta(minutes=wanted.minutes) if wanted.minutes else None,
        known=read_known(Path(wanted.since)) if wanted.since else KnownHosts(),
    )


def _ports(wanted: Wanted) -> tuple[PortAsk, ...]:
    if not wanted.ports:
        return default_ports(udp=wanted.udp, fragile=wanted.fragile)
    return parse_ports(wanted.ports, fragile=wanted.fragile)


def _probes(wanted: Wanted) -> tuple[str, ...]:
    words = [each for each in wanted.probes.replace(",", " ").split() if each]
    if words == [NONE]:
        return ()
    from muster.probes import registry
    from muster.scan.probing import chosen

    names: dict[str, None] = {}
    for word in words or [DEFAULT]:
        if word == DEFAULT:
            names.update(dict.fromkeys(sorted(registry.default_names())))
        elif word == ALL:
            names.update(dict.fromkeys(registry.PROBES))
        elif word.startswith("-"):
            names.pop(registry.probe(word[1:]).name, None)
        elif word != NONE:
            names[registry.probe(word).name] = None
    allowed = chosen(tuple(names), fragile=wanted.fragile)
    refused = [each for each in names if each not in allowed and each in words]
    if refused:
        raise ConfigError(
            f"the probe {refused[0]} speaks to fragile devices",
            hint="Add --fragile if you mean it.",
        )
    return tuple(each for each in names if each in allowed)


def _options(given: Sequence[str], probes: Sequence[str]) -> dict[str, str]:
    if not given:
        return {}
    from muster.probes import registry

    known = {option.name for name in probes for option in registry.probe(name).options}
    found = {}
    for each in given:
        name, sign, value = each.partition("=")
        if not sign or name not in known:
            raise ConfigError(
                f"--probe-option {each[:60]} is no option of the chosen probes",
                hint=f"Write NAME=VALUE; there are {', '.join(sorted(known)) or 'none'}.",
            )
        found[name] = value
    return found


def _nameservers(given: Sequence[str]) -> tuple[str, ...]:
    if list(given) == [NONE]:
        return ()
    if given:
        scope = parse_scope(given)
        return tuple(str(scope.at(number)) for number in range(min(len(scope), 8)))
    try:
        lines = _RESOLVER.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ()
    words = [line.split() for line in lines if line.startswith("nameserver")]
    return tuple(each[1] for each in words if len(each) > 1 and "%" not in each[1])


def _rate(flag: str, value: float) -> float:
    if value < 0 or value != value:  # noqa: PLR0124 - the one number that is not itself
        raise ConfigError(f"{flag} is {value}", hint="Write packets a second; 0 for no limit.")
    return value or UNLIMITED


def _between(flag: str, value: int, most: int) -> int:
    if not 1 <= value <= most:
        raise ConfigError(f"{flag} is {value}", hint=f"Write a number from 1 to {most}.")
    return value
