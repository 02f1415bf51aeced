"""`muster serve`: the console, the API and, unless it runs elsewhere, the worker."""

import contextlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from muster.cli.declaring import command, single
from muster.cli.session import Session

app = single()


@command(app, "serve")
def serve(
    session: Session,
    *,
    host: Annotated[
        str, typer.Option(help="Address to listen on; 0.0.0.0 for every network.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")] = 8000,
    workers: Annotated[
        int, typer.Option(min=1, max=64, help="How many web processes; each answers many at once.")
    ] = 1,
    worker: Annotated[
        bool, typer.Option(help="Run tasks too; not where `muster worker` does that elsewhere.")
    ] = True,
    slots: Annotated[int, typer.Option(min=1, max=100, help="How many runs at once.")] = 4,
    tls: Annotated[
        bool,
        typer.Option("--tls", help="Serve TLS with a certificate made here; trust tls/ca.pem."),
    ] = False,
    tls_cert: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="Serve TLS: certificate (PEM).")
    ] = None,
    tls_key: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="Its private key (PEM).")
    ] = None,
) -> None:
    """Serve the console and the API, and run tasks, until told to end (SIGTERM or Ctrl-C)."""
    session.open()
    from django.db import connections

    from muster.accounts.services import is_first_run
    from muster.organizations.first_run import setup_code
    from muster.serving.beside import worker_beside
    from muster.serving.starting import prepare
    from muster.serving.web import Place, answer

    if tls and tls_cert is None:
        tls_cert, tls_key = _own_certificate(session, host)
    place = Place(host, port, processes=workers, certificate=tls_cert, key=tls_key)
    prepare(place)
    session.tell(f"Muster serves {place.url} (Ctrl-C ends it).")
    if is_first_run():
        session.tell(f"Set it up: {place.url}/setup?code={setup_code()}")
    connections.close_all()
    beside = worker_beside(slots=slots, tell=session.tell) if worker else contextlib.nullcontext()
    with beside:
        answer(place)


def _own_certificate(session: Session, host: str) -> tuple[Path, Path]:
    """Return certificate and key of this installation's own authority, made at first start."""
    from django.conf import settings

    from muster.serving.authority import names_of_this_machine, own_certificate

    names = names_of_this_machine(host, settings.HOSTS)
    made = own_certificate(settings.HOME / "tls", names, at=datetime.now(UTC))
    session.tell(f"Clients that trust {made.authority} trust this server.")
    return made.certificate, made.key
