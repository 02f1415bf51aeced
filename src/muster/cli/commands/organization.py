"""`muster organization`: isolated tenants."""

from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from muster.cli.declaring import command, group
from muster.cli.session import Session

app = group("List and add organizations.")

_COLUMNS = {"name": "Name", "description": "Description", "id": "Id"}


@command(app, "list")
def show_all(session: Session) -> None:
    """List the organizations."""
    session.open()
    from muster.organizations.models import Organization

    rows = [_document(each) for each in Organization.objects.order_by("pk")]
    session.answer(rows) if session.is_json else session.table(_COLUMNS, rows)


@command(app, "add")
def add(
    session: Session,
    name: Annotated[str, typer.Argument(help="What to call it.")],
    *,
    description: Annotated[str, typer.Option(help="What it is for.")] = "",
) -> None:
    """Add an organization, with a site named Primary."""
    session.open()
    from muster.organizations.services import create_organization

    created = create_organization(name, at=datetime.now(UTC), description=description)
    if session.is_json:
        session.answer(_document(created))
    else:
        session.say(f"Added the organization {created.name}.")


def _document(organization: Any) -> dict[str, Any]:
    return {
        "id": str(organization.uid),
        "name": organization.name,
        "description": organization.description,
        "created_at": organization.created_at.isoformat(),
    }
