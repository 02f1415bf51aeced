"""`muster import`: records from a file, all of them or none."""

import sys
from typing import Annotated

import typer

from muster.cli.declaring import command, single
from muster.cli.session import Session

app = single()


@command(app, "import")
def import_records(
    session: Session,
    file: Annotated[
        str, typer.Argument(help="NDJSON, nmap XML or CSV, plain or gzip; - is stdin.")
    ],
    *,
    site: Annotated[str, typer.Option(help="Where new assets go; Primary if not given.")] = "",
) -> None:
    """Import a scan or other records from NDJSON, nmap's XML or a CSV list of hosts.

    The whole file is read before anything is stored: one malformed line, and nothing changes.
    """
    scope = session.scope
    place = scope.site(site)
    from muster.cli.outcome import show
    from muster.cli.progress import bars
    from muster.tasks.files import open_records
    from muster.tasks.importing import import_file

    with open_records(file, stdin=sys.stdin.buffer) as records, bars(session) as watcher:
        run = import_file(scope, records, site=place, watcher=watcher)
    show(session, run)
