"""The program `muster`: its groups of commands, each loaded when it is called."""

import importlib
import os
import signal
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

from muster import __version__
from muster.cli.session import HOME_HELP, ORGANIZATION_HELP, Defaults

_GROUPS = {
    "demo": ("muster.cli.demo.command", "See it work: a simulated tenant, synced and searched."),
    "serve": ("muster.cli.commands.serve", "Serve the console and the API, and run tasks."),
    "search": ("muster.cli.commands.search", "Ask the inventory."),
    "query": ("muster.cli.commands.query", "Save queries, and run them by name."),
    "asset": ("muster.cli.commands.asset", "Look at one asset, and decide what belongs to it."),
    "user": ("muster.cli.commands.user", "Look at one directory user."),
    "group": ("muster.cli.commands.group", "Look at one group of a directory."),
    "entra": ("muster.cli.commands.entra", "Sync Microsoft Entra ID."),
    "task": ("muster.cli.commands.task", "Make, schedule, run and watch tasks."),
    "explorer": ("muster.cli.commands.explorer", "Collect from machines elsewhere."),
    "worker": ("muster.cli.commands.worker", "Run tasks when they are due."),
    "import": ("muster.cli.commands.importing", "Import records from NDJSON, nmap XML or CSV."),
    "fingerprints": ("muster.cli.commands.fingerprints", "Install and test fingerprints."),
    "scan": ("muster.cli.commands.scan", "Scan a network into a file; needs no database."),
    "retention": (
        "muster.cli.commands.retention",
        "Decide how long what is no longer seen is kept.",
    ),
    "credential": ("muster.cli.commands.credential", "Add, verify and remove credentials."),
    "organization": ("muster.cli.commands.organization", "List and add organizations."),
    "token": ("muster.cli.commands.token", "Make and remove tokens and clients of the API."),
    "site": ("muster.cli.commands.site", "List and add sites of an organization."),
    "event": ("muster.cli.commands.event", "Read the audit log."),
    "channel": ("muster.cli.commands.channel", "Add, verify and remove ways to tell people."),
    "rule": ("muster.cli.commands.rule", "Choose what is told to whom."),
    "notice": ("muster.cli.commands.notice", "Send the notices that are due."),
    "health": ("muster.cli.commands.health", "Check that everything that must run does."),
    "db": ("muster.cli.commands.database", "Look after the database."),
    "simulator": ("muster.cli.commands.simulator", "Simulate a tenant, or a scan of its network."),
}


class LazyGroup(TyperGroup):
    """Knows the names and help of its groups without importing them."""

    def __init__(self, **given: Any) -> None:
        """Take what Typer gives, and put a stand-in with its help for each group."""
        super().__init__(**given)
        for name, (_module, text) in _GROUPS.items():
            self.add_command(TyperCommand(name, help=text, callback=None))

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Return the real command in place of its stand-in."""
        name, _stand_in, rest = super().resolve_command(ctx, args)
        if name is None:
            return name, _stand_in, rest
        module = importlib.import_module(_GROUPS[name][0])
        return name, typer.main.get_command(module.app), rest


app = typer.Typer(
    cls=LazyGroup,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(wanted: bool) -> None:  # noqa: FBT001 - Typer calls it so
    if wanted:
        sys.stdout.write(f"muster {__version__}\n")
        raise typer.Exit


@app.callback()
def defaults(
    context: typer.Context,
    *,
    organization: Annotated[
        str,
        typer.Option("--organization", "-o", envvar="MUSTER_ORGANIZATION", help=ORGANIZATION_HELP),
    ] = "",
    home: Annotated[str, typer.Option("--home", envvar="MUSTER_HOME", help=HOME_HELP)] = "",
    is_json: Annotated[bool, typer.Option("--json", help="Answer in JSON.")] = False,
    version: Annotated[
        bool,
        typer.Option(
            "--version", help="Print the version.", callback=_print_version, is_eager=True
        ),
    ] = False,
) -> None:
    """One inventory of scanned hosts and Microsoft Entra ID."""
    context.obj = Defaults(organization=organization, home=home, is_json=is_json)


def _open_closed_streams() -> None:
    """Give a stream that the caller closed (`>&-`) an end, as Python leaves None there."""
    sys.stdin = sys.stdin or Path(os.devnull).open(encoding="utf-8")  # noqa: SIM115 - till the end
    sys.stdout = sys.stdout or Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115
    sys.stderr = sys.stderr or Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115


def run() -> None:
    """Run the command line of this process, and end it with the command's exit code."""
    from muster.cli.errors import ending
    from muster.core.garbage import collect_rarely

    collect_rarely()
    # Being told to end is like Ctrl-C: the run says so, and child processes end too.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    _open_closed_streams()
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    with ending():
        app(prog_name="muster")
