"""The options that commands about tasks share, and what is made of them."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from muster.core.errors import ConfigError
from muster.integrations import registry

if TYPE_CHECKING:
    from muster.credentials.models import Credential as CredentialRow
    from muster.organizations.scope import Scope
    from muster.tasks.schedules import Schedule as TaskSchedule

TaskName = Annotated[str, typer.Argument(metavar="NAME|ID")]
Name = Annotated[str, typer.Option(help="What to call it.")]
Description = Annotated[str, typer.Option(help="What it is for.")]
Credential = Annotated[
    str, typer.Option("--credential", "-c", help="Name or id; not needed where there is one.")
]
Site = Annotated[str, typer.Option(help="Where new assets go; Primary if not given.")]
Options = Annotated[
    list[str] | None,
    typer.Option("--option", metavar="NAME=VALUE", help="An option of the source; repeat it."),
]
Explorer = Annotated[
    str,
    typer.Option(
        metavar="NAME|group:NAME|zone:NAME", help="Where it runs; this server if not given."
    ),
]
Frequency = Annotated[
    str,
    typer.Option(help="once, hourly, daily, weekly, monthly, every (N hours) or continuous."),
]
Start = Annotated[str, typer.Option(help="2026-12-01 02:30, or 02:30; now if not given.")]
Timezone = Annotated[str, typer.Option(help="The zone of the start, such as Europe/Berlin.")]
Days = Annotated[
    list[str] | None, typer.Option("--days", help="For weekly: mon,wed,fri; that of the start.")
]
Hours = Annotated[str, typer.Option(help="For every: how many hours.")]
Grace = Annotated[
    int | None,
    typer.Option(help="So late it may still run after a downtime; 4 if not given."),
]


def now() -> datetime:
    """Return the time of day."""
    return datetime.now(UTC)


def schedule_of(
    frequency: str, start: str, timezone: str, days: list[str], hours: str
) -> "TaskSchedule | None":
    """Return the schedule that was given; None where there is no frequency.

    Raises ConfigError if the rest of one was given, or cannot be read.
    """
    from muster.tasks.schedules import read

    if frequency:
        return read(frequency, now=now(), start=start, timezone=timezone, days=days, hours=hours)
    if start or days or hours:
        raise ConfigError(
            "a schedule has no frequency", hint="Add --frequency, such as: --frequency daily"
        )
    return None


def options_of(source: str, given: list[str]) -> dict[str, str]:
    """Return options by their name, checked as far as a source can without asking."""
    pairs: dict[str, str] = {}
    for each in given:
        name, equals, value = each.partition("=")
        if not equals or not name.strip():
            raise ConfigError(
                f"the option '{each[:100]}' is not NAME=VALUE",
                hint=f"Options are: {', '.join(o.name for o in registry.source(source).options)}.",
            )
        pairs[name.strip().replace("-", "_")] = value
    if source == "azuread" and pairs.get("filter"):
        from muster.integrations.entra.filters import device_filter

        device_filter(pairs["filter"])
    return pairs


def credential_of(scope: "Scope", source: str, name: str) -> "CredentialRow | None":
    """Return the credential of that name, or the only one for the source."""
    from muster.credentials.selectors import by_name, only_one

    if name:
        return by_name(scope, name)
    types = registry.source(source).credential_types
    return only_one(scope, frozenset(each.name for each in types)) if types else None
