"""`muster simulator`: a tenant to try things on, and a scan of the same company's network."""

import contextlib
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from muster.cli.declaring import command, group
from muster.cli.session import Session
from muster.core.errors import ConfigError

app = group("Simulate a tenant, or a scan of its network.")

_Devices = Annotated[int, typer.Option(min=0, max=1_000_000, help="How many devices.")]
_Users = Annotated[int, typer.Option(min=0, max=1_000_000, help="How many users.")]
_Groups = Annotated[int, typer.Option(min=0, max=1_000_000, help="How many groups.")]
_Seed = Annotated[int, typer.Option(help="The same seed gives the same company.")]


@command(app, "entra")
def entra(
    session: Session,
    *,
    devices: _Devices = 2000,
    users: _Users = 1500,
    groups: _Groups = 200,
    seed: _Seed = 42,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes any free port.")] = 8765,
    tls: Annotated[str, typer.Option(metavar="FOLDER", help="Speak TLS; ca.pem goes here.")] = "",
    throttle: Annotated[bool, typer.Option("--throttle", help="Throttle as Graph does.")] = False,
    faults: Annotated[str, typer.Option(metavar="JSON", help="A list of faults.")] = "[]",
) -> None:
    """Simulate a tenant of Microsoft Entra ID with Graph, until stopped with Ctrl-C.

    Point Muster at it with MUSTER_ENTRA_LOGIN_URL and MUSTER_ENTRA_GRAPH_URL.
    """
    from muster.simulator.__main__ import main

    _check_faults(faults)
    numbers = {"devices": devices, "users": users, "groups": groups, "seed": seed, "port": port}
    arguments = [f"--{name}={value}" for name, value in numbers.items()]
    arguments += [f"--host={host}", f"--tls={tls}", f"--faults={faults}"]
    arguments += ["--throttle"] * throttle + ["--json"] * session.is_json
    with contextlib.suppress(KeyboardInterrupt):
        main(arguments)


def _check_faults(text: str) -> None:
    import msgspec

    from muster.simulator.web.faults import Fault

    try:
        for row in msgspec.json.decode(text, type=list[dict[str, Any]]):
            Fault.from_json(row)
    except (msgspec.DecodeError, ValueError) as error:
        raise ConfigError(
            f"--faults is not a list of faults: {error}",
            hint='It looks like [{"kind": "slow", "path": "/v1.0/devices", "seconds": 2}].',
        ) from error


@command(app, "scan")
def scan(
    session: Session,
    *,
    devices: _Devices = 2000,
    users: _Users = 1500,
    groups: _Groups = 200,
    seed: _Seed = 42,
    hosts: Annotated[int, typer.Option(min=0, max=1_000_000, help="How many hosts.")] = 600,
    output: Annotated[str, typer.Option("--output", help="File; stdout if not given.")] = "",
) -> None:
    """Write a scan of the simulated company's network as NDJSON, for `muster import`."""
    import orjson

    from muster.simulator.demo import demo_tenant
    from muster.simulator.directory import Directory, TenantSize
    from muster.simulator.directory import hosts as network

    tenant = demo_tenant(devices=devices, users=users, groups=groups, seed=seed)
    size = TenantSize(devices=devices, users=users, groups=groups)
    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    directory = Directory(
        seed=seed, size=size, tenant_id=tenant.id, domain=tenant.domain, now=today
    )
    with contextlib.ExitStack() as stack:
        stream = stack.enter_context(Path(output).open("wb")) if output else sys.stdout.buffer
        for line in network.hosts(directory, seed=seed, count=hosts):
            stream.write(orjson.dumps(line) + b"\n")
    if output:
        session.tell(f"Wrote the scan to {output}. Next: muster import {output}")
