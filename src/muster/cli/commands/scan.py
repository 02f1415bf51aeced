"""`muster scan`: look at a network, without a database."""

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from muster.cli.declaring import command, single
from muster.cli.session import Session

app = single()

_Many = list[str] | None


@command(app, "scan")
def scan_targets(
    session: Session,
    targets: Annotated[
        _Many, typer.Argument(help="Networks, ranges, addresses and names.", show_default=False)
    ] = None,
    *,
    exclude: Annotated[_Many, typer.Option(help="What to leave out; may be repeated.")] = None,
    ports: Annotated[str, typer.Option(help="Such as 22,80,8000-8100,U:161; default, all.")] = "",
    udp: Annotated[bool, typer.Option(help="Ask UDP ports by default, too.")] = True,
    fragile: Annotated[
        bool, typer.Option("--fragile", help="Ask control systems too, one connection at a time.")
    ] = False,
    rate: Annotated[float, typer.Option(help="Packets a second in all; 0 for no limit.")] = 1000,
    host_rate: Annotated[
        float, typer.Option(help="Packets a second to one host; 0 for no limit.")
    ] = 40,
    group: Annotated[int, typer.Option(help="Addresses in work at a time.")] = 4096,
    host_connections: Annotated[int, typer.Option(help="Connections to one host.")] = 2,
    engine: Annotated[str, typer.Option(help="auto, raw (CAP_NET_RAW) or connect.")] = "auto",
    probes: Annotated[
        str, typer.Option(help="Probes to run: default, all, none, names; -name leaves one out.")
    ] = "default",
    probe_option: Annotated[
        _Many, typer.Option(help="An option of a probe, NAME=VALUE; may be repeated.")
    ] = None,
    skip_liveness: Annotated[
        bool, typer.Option("--skip-liveness", help="Ask the ports of silent addresses too.")
    ] = False,
    nameserver: Annotated[
        _Many, typer.Option(help="Whom to ask for names; the system's if not given, or none.")
    ] = None,
    minutes: Annotated[float, typer.Option(help="Stop after so many minutes.")] = 0,
    seed: Annotated[int, typer.Option(help="Order of the addresses; by chance if 0.")] = 0,
    out: Annotated[
        str, typer.Option(help="The file to write; named by the time if not given.")
    ] = "",
    force: Annotated[bool, typer.Option("--force", help="Overwrite the file.")] = False,
    resume: Annotated[str, typer.Option(help="Go on with the scan that this file holds.")] = "",
    since: Annotated[
        str, typer.Option(help="An earlier scan's file: hosts in it keep their ids.")
    ] = "",
) -> None:
    """Scan a network and write what is found to a file for `muster import`.

    Needs CAP_NET_RAW to see MAC addresses, and works without.
    """
    from muster.cli.scanning.live import Sight
    from muster.cli.scanning.outcome import show
    from muster.cli.scanning.scanning import scan
    from muster.cli.scanning.wanted import Wanted, plan
    from muster.scan.file import continued, new_file, read_broken
    from muster.scan.plan import plan_of

    sight = Sight(session)
    if resume:
        path = Path(resume)
        _nothing_besides(targets, out)
        broken = read_broken(path)
        wanted = plan_of(
            broken.header, position=broken.position, known=broken.known, spent=broken.spent
        )
        with continued(path) as file:
            end = scan(wanted, file, sight)
    else:
        given: dict[str, Any] = {
            "targets": targets or [], "exclude": exclude or [], "ports": ports, "udp": udp,
            "fragile": fragile, "rate": rate, "host_rate": host_rate, "group": group,
            "host_connections": host_connections, "engine": engine, "probes": probes,
            "probe_options": probe_option or [], "skip_liveness": skip_liveness,
            "nameservers": nameserver or [], "minutes": minutes, "seed": seed, "since": since,
        }  # fmt: skip
        wanted = plan(Wanted(**given))
        path = Path(out or f"scan-{datetime.now().astimezone():%Y%m%d-%H%M%S}.ndjson")
        with new_file(path, force=force) as file:
            end = scan(wanted, file, sight)
    show(session, end, sight, path)


def _nothing_besides(targets: _Many, out: str) -> None:
    if targets or out:
        from muster.core.errors import ConfigError

        raise ConfigError(
            "--resume takes targets, options and file from the scan that it goes on with",
            hint="Give nothing else, or begin a new scan.",
        )
