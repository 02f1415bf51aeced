"""The group of commands, and the options that several of them have."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from muster.cli.declaring import group

app = group("Enrol and run an Explorer here; on the server, list, tag, group and revoke them.")

Name = Annotated[str, typer.Argument(metavar="NAME|ID")]
Hosted = Annotated[bool, typer.Option("--hosted", help="One that serves every organization.")]


def now() -> datetime:
    """Return the time of day."""
    return datetime.now(UTC)
