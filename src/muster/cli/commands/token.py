"""`muster token`: what lets programs use the API."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Any

import typer

from muster.cli.declaring import command, group
from muster.cli.session import Session

app = group("Make and remove tokens and clients of the API.")

_COLUMNS = {
    "kind": "Kind",
    "begins_with": "Begins with",
    "comment": "Comment",
    "organization": "Organization",
    "requests": "Requests",
    "last_used_at": "Last used",
    "id": "Id",
}


class KindGiven(StrEnum):
    """What a token opens."""

    ORGANIZATION = "organization"
    ACCOUNT = "account"
    EXPORT = "export"
    DOWNLOAD = "download"
    CLIENT = "client"


Everywhere = Annotated[
    bool, typer.Option("--everywhere", help="For a client: for all organizations, not just one.")
]
Reference = Annotated[str, typer.Argument(metavar="ID|BEGINNING")]


@command(app, "create")
def create(
    session: Session,
    *,
    kind: Annotated[
        KindGiven, typer.Option("--type", help="account and client --everywhere open all.")
    ] = KindGiven.ORGANIZATION,
    comment: Annotated[str, typer.Option(help="What it is for.")] = "",
    everywhere: Everywhere = False,
) -> None:
    """Make a token, or a client with its secret. It is shown once, and nowhere kept."""
    scope = session.scope
    from muster.tokens import services
    from muster.tokens.models import Kind

    at = datetime.now(UTC)
    if kind is KindGiven.CLIENT:
        home = None if everywhere else scope.organization
        made = services.create_client(scope.principal, organization=home, at=at, comment=comment)
        _show(session, {"client_id": str(made.client.uid), "client_secret": made.secret})
        return
    new = services.create_token(
        scope.principal, Kind(kind.value), organization=scope.organization, at=at, comment=comment
    )
    _show(session, {"id": str(new.token.uid), "token": new.secret})


@command(app, "list")
def show_all(session: Session) -> None:
    """List tokens and clients of the organization, and those that open all; never a secret."""
    scope = session.scope
    from muster.tokens.models import ApiClient, Kind, Token
    from muster.tokens.selectors import clients_of, shown, tokens_of

    homes = (scope.organization, None)
    found: list[Token | ApiClient] = [
        *(each for home in homes for each in tokens_of(home, list(Kind))),
        *(each for home in homes for each in clients_of(home)),
    ]
    rows = [shown(each) for each in found]
    session.answer(rows) if session.is_json else session.table(_COLUMNS, rows)


@command(app, "rm")
def remove(session: Session, reference: Reference) -> None:
    """Remove a token or a client by its id, or a token by its first characters, at once."""
    scope = session.scope
    from muster.tokens.removing import remove as take_away

    removed = take_away(scope, reference, at=datetime.now(UTC))
    if session.is_json:
        session.answer({"removed": removed})
    else:
        session.say(f"Removed the {removed['kind']} {removed['id']}.")


def _show(session: Session, document: dict[str, Any]) -> None:
    if session.is_json:
        session.answer(document)
        return
    for name, text in document.items():
        session.say(f"{name}: {text}")
    session.tell("It is shown this once; keep it where secrets are kept.")
