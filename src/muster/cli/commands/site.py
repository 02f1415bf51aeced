"""`muster site`: places of an organization."""

from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from muster.cli.declaring import command, group
from muster.cli.session import Session

app = group("List and add sites of an organization.")

_COLUMNS = {"name": "Name", "description": "Description", "id": "Id"}


@command(app, "list")
def show_all(session: Session) -> None:
    """List the organization's sites."""
    scope = session.scope
    from muster.organizations.models import Site

    sites = Site.objects.filter(organization=scope.organization).order_by("pk")
    rows = [_document(each) for each in sites]
    session.answer(rows) if session.is_json else session.table(_COLUMNS, rows)


@command(app, "add")
def add(
    session: Session,
    name: Annotated[str, typer.Argument(help="What to call it.")],
    *,
    description: Annotated[str, typer.Option(help="What it is for.")] = "",
) -> None:
    """Add a site; assets of two sites are never merged by themselves."""
    scope = session.scope
    from muster.organizations.services import create_site

    created = create_site(scope, name, at=datetime.now(UTC), description=description)
    if session.is_json:
        session.answer(_document(created))
    else:
        session.say(f"Added the site {created.name}.")


def _document(site: Any) -> dict[str, Any]:
    return {
        "id": str(site.uid),
        "name": site.name,
        "description": site.description,
        "created_at": site.created_at.isoformat(),
    }
