"""`muster entra`: sync, preview and doctor. The options of a sync are those the source declares."""

import inspect
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from muster.cli.declaring import Drawn, command, group, option
from muster.cli.errors import FAILED
from muster.cli.findings import documents, write_findings
from muster.cli.session import Session
from muster.core.source import Option, OptionKind
from muster.integrations import registry
from muster.integrations.entra.filters import device_filter

if TYPE_CHECKING:
    from muster.credentials.models import Credential

SOURCE = "azuread"

app = group("Sync Microsoft Entra ID.")

_Credential = Annotated[
    str, typer.Option("--credential", "-c", help="Name or id; not needed where there is one.")
]
_Site = Annotated[str, typer.Option(help="Where new assets go; Primary if not given.")]
_Full = Annotated[
    bool, typer.Option("--full", help="Read everything, where else only changes would be.")
]
_Fresh = Annotated[
    bool,
    typer.Option("--fresh", help="Begin anew, where else a sync that broke off would go on."),
]


def _drawn(options: Iterable[Option]) -> list[inspect.Parameter]:
    return [_parameter(each) for each in options]


def _parameter(declared: Option) -> inspect.Parameter:
    flag = f"--{declared.name.replace('_', '-')}"
    help_text = f"{declared.label}. {declared.help}".strip()
    if declared.kind is OptionKind.BOOLEAN:
        return option(declared.name, bool | None, None, flag, help=help_text)
    return option(declared.name, str | None, None, flag, help=help_text)


_OPTIONS = _drawn(registry.source(SOURCE).options)


@command(app, "sync", drawn=_OPTIONS)
def sync(
    session: Session,
    drawn: Drawn,
    *,
    credential: _Credential = "",
    site: _Site = "",
    full: _Full = False,
    fresh: _Fresh = False,
) -> None:
    """Bring devices, users, groups and memberships of a tenant into the inventory."""
    used = _credential(session, credential)
    scope = session.scope
    from muster.cli.outcome import show
    from muster.cli.progress import bars
    from muster.tasks.connectors import connector_task, run_now

    options = _texts(drawn)
    device_filter(options.get("filter", ""))
    task = connector_task(
        scope, SOURCE, credential=used, site=scope.site(site), options=options, at=_now()
    )
    with bars(session) as watcher:
        run = run_now(scope, task, watcher=watcher, is_full=full, is_fresh=fresh)
    show(session, run)


@command(app, "preview", drawn=_OPTIONS)
def preview(session: Session, drawn: Drawn, *, credential: _Credential = "") -> None:
    """Say how many devices a sync with these options would import, and import none."""
    used = _credential(session, credential)
    from muster.tasks.previews import preview as count

    found = count(SOURCE, used, _texts(drawn), at=_now())
    if session.is_json:
        session.answer({"matching": found.matching, "importable": found.importable})
    elif found.importable is None:
        session.say(f"{found.matching} devices match; how many are active, Graph does not count.")
    else:
        left_out = found.matching - found.importable
        session.say(f"{found.importable} devices would be imported.")
        if left_out:
            session.say(f"{left_out} more match but are inactive (--include-inactive).")


@command(app, "doctor")
def doctor(session: Session, *, credential: _Credential = "") -> None:
    """Check a credential, each permission and setting, and name the fix of what is wrong."""
    used = _credential(session, credential)
    from muster.credentials.services import verify

    verdict = verify(session.scope, used, at=_now())
    if session.is_json:
        session.answer({"healthy": verdict.is_verified, "findings": documents(verdict.findings)})
    else:
        write_findings(session, verdict.findings)
    if not verdict.is_verified:
        raise typer.Exit(FAILED)


def _credential(session: Session, name: str) -> "Credential":
    scope = session.scope
    from muster.credentials.selectors import by_name, only_one

    if name:
        return by_name(scope, name)
    kinds = registry.source(SOURCE).credential_types
    return only_one(scope, frozenset(each.name for each in kinds))


def _texts(drawn: dict[str, Any]) -> dict[str, str]:
    """Return what was given, spelled as options are: text to text."""
    texts = {name: value for name, value in drawn.items() if value is not None}
    return {
        name: str(value).casefold() if isinstance(value, bool) else value
        for name, value in texts.items()
    }


def _now() -> datetime:
    return datetime.now(UTC)
