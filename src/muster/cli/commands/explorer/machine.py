"""The part of `muster explorer` for the machine that collects: no Django, no database."""

import os
import signal
import threading
from typing import Annotated, Any

import typer

from muster.cli.commands.explorer.group import app, now
from muster.cli.declaring import command
from muster.cli.session import Session
from muster.core.errors import ConfigError
from muster.core.http import Outside

NEEDS_A_PERSON = 78
"""EX_CONFIG of sysexits.h: starting again changes nothing, as the systemd unit knows."""

_FINAL = frozenset({"revoked", "unknown", "protocol", "duplicate"})

Folder = Annotated[
    str,
    typer.Option(
        help="Where its keys are; STATE_DIRECTORY or ~/.local/state/muster-explorer if not given."
    ),
]


@command(app, "enrol")
def enrol(
    session: Session,
    server: Annotated[str, typer.Argument(metavar="URL", help="https://muster.example")],
    *,
    token: Annotated[
        str,
        typer.Option(
            envvar="MUSTER_EXPLORER_TOKEN", help="What `muster explorer token` on the server said."
        ),
    ],
    name: Annotated[str, typer.Option(help="What to call it; this machine's name.")] = "",
    folder: Folder = "",
    anew: Annotated[
        bool, typer.Option("--anew", help="Forget who this machine was; new keys.")
    ] = False,
) -> None:
    """Make keys for this machine and enrol it with a one-time token."""
    from muster.explorer.enrolling import enrol as enrol_machine
    from muster.explorer.identity import folder_of

    where = folder_of(folder, os.environ)
    with Outside().blocking_client() as http:
        enrolled = enrol_machine(
            where, server, token=token, name=name, http=http, now=now, is_anew=anew
        )
    if session.is_json:
        session.answer(
            {
                "id": enrolled.explorer,
                "name": enrolled.name,
                "organization": enrolled.organization,
                "folder": str(where),
            }
        )
        return
    whose = f"of {enrolled.organization}" if enrolled.organization else "for every organization"
    session.say(f"Enrolled as the Explorer {enrolled.name} {whose}. Its keys are in {where}.")
    session.say("Run it with: muster explorer run")


@command(app, "run")
def run(session: Session, *, folder: Folder = "") -> None:
    """Collect for the server, until told to end (SIGTERM or Ctrl-C)."""
    from muster.explorer import identity
    from muster.explorer.agent import Agent
    from muster.explorer.client import Client

    until = threading.Event()
    _end_by_signals(until)
    where = identity.folder_of(folder, os.environ)
    who = identity.load(where)
    if not who.explorer:
        raise ConfigError(
            f"the enrolment in {where} was never answered",
            hint="Enrol again: muster explorer enrol URL --token TOKEN",
        )
    try:
        with identity.only_process(where), Outside().blocking_client() as http:
            client = Client(http, who.server, who.keys, now, explorer=who.explorer)
            Agent(client, where, session.tell, until).live()
    except ConfigError as error:
        if error.code not in _FINAL:
            raise
        session.tell(f"Error: {error.message}")
        session.tell(error.hint)
        raise typer.Exit(NEEDS_A_PERSON) from error


def _end_by_signals(until: threading.Event) -> None:
    def end(_number: int, _frame: Any) -> None:
        if until.is_set():
            raise KeyboardInterrupt
        until.set()

    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, end)
