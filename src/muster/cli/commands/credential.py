"""`muster credential`: what opens the sources. Its options follow from what they declare."""

from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from muster.cli.credential_options import field_options, given_values
from muster.cli.declaring import Drawn, command, group
from muster.cli.errors import FAILED
from muster.cli.findings import documents, write_findings
from muster.cli.session import Session
from muster.credentials.kinds import declared, known_types

app = group("Add, verify and remove credentials.")

_COLUMNS = {
    "name": "Name",
    "type": "Type",
    "global": "Global",
    "status": "Verification",
    "verified_at": "Checked",
    "last_used_at": "Last used",
    "id": "Id",
}


@command(app, "add", drawn=field_options(kind for _source, kind in known_types()))
def add(
    session: Session,
    drawn: Drawn,
    *,
    kind: Annotated[
        str,
        typer.Option(
            "--type", help=f"One of: {', '.join(kind.name for _source, kind in known_types())}."
        ),
    ],
    name: Annotated[str, typer.Option(help="What to call it.")],
    is_global: Annotated[
        bool, typer.Option("--global", help="Let all organizations use it.")
    ] = False,
    save_anyway: Annotated[
        bool, typer.Option("--save-anyway", help="Save it even if the check fails.")
    ] = False,
) -> None:
    """Add a credential. It is tried against its source before it is saved."""
    scope = session.scope
    from muster.credentials.services import NewCredential, create

    _source, declared_type = declared(kind)
    values = given_values(declared_type, drawn, tell=session.tell)
    new = NewCredential(name=name, type=kind, values=values, is_global=is_global)
    if declared_type.note:
        session.tell(declared_type.note)
    session.tell("Trying the credential ...")
    created = create(scope, new, at=datetime.now(UTC), save_anyway=save_anyway)
    _show_created(session, name, created)
    if created.credential is None:
        raise typer.Exit(FAILED)


@command(app, "list")
def show_all(session: Session) -> None:
    """List the organization's credentials and the global ones; never a secret."""
    scope = session.scope
    from muster.credentials.selectors import Shown, visible

    shown = [Shown(each).document() for each in visible(scope)]
    if session.is_json:
        session.answer(shown)
        return
    session.table(_COLUMNS, [_row(each) for each in shown])


@command(app, "verify")
def verify(session: Session, name: Annotated[str, typer.Argument(metavar="NAME|ID")]) -> None:
    """Try a saved credential again; name each missing permission with its fix."""
    scope = session.scope
    from muster.credentials import services
    from muster.credentials.selectors import by_name

    verdict = services.verify(scope, by_name(scope, name), at=datetime.now(UTC))
    if session.is_json:
        session.answer({"verified": verdict.is_verified, "findings": documents(verdict.findings)})
    else:
        write_findings(session, verdict.findings)
    if not verdict.is_verified:
        raise typer.Exit(FAILED)


@command(app, "rm")
def remove(session: Session, name: Annotated[str, typer.Argument(metavar="NAME|ID")]) -> None:
    """Remove a credential. Tasks that used it need another one."""
    scope = session.scope
    from muster.credentials import services
    from muster.credentials.selectors import by_name

    credential = by_name(scope, name)
    removed = {"id": str(credential.uid), "name": credential.name}
    services.remove(scope, credential, at=datetime.now(UTC))
    if session.is_json:
        session.answer({"removed": removed})
    else:
        session.say(f"Removed the credential {removed['name']}.")


@command(app, "rotate-keys")
def rotate_keys(session: Session) -> None:
    """Seal all secrets anew with a new master key (or the first of MUSTER_MASTER_KEY)."""
    session.open()
    from muster.credentials import keys, services

    changed = services.rotate_keys()
    if session.is_json:
        session.answer({"credentials": changed})
        return
    session.say(f"Sealed the secrets of {changed} credentials and channels anew.")
    if keys.is_from_environment():
        session.say("MUSTER_MASTER_KEY needs only its first key from now on.")


def _show_created(session: Session, name: str, created: Any) -> None:
    from muster.credentials.selectors import Shown

    saved = created.credential
    if session.is_json:
        session.answer(
            {
                "credential": Shown(saved).document() if saved else None,
                "verified": created.verdict.is_verified,
                "findings": documents(created.verdict.findings),
            }
        )
        return
    write_findings(session, created.verdict.findings)
    if saved is None:
        session.tell("Nothing was saved. Mend what is marked, or add --save-anyway.")
    elif created.verdict.is_verified:
        session.say(f"Saved the credential {name}. It works.")
    else:
        session.say(f"Saved the credential {name}, marked as not working.")


def _row(document: dict[str, Any]) -> dict[str, Any]:
    verification = document["verification"]
    return {
        **document,
        "status": verification["status"],
        "verified_at": verification["at"][:19].replace("T", " "),
        "last_used_at": (document["last_used_at"] or "never")[:19].replace("T", " "),
    }
