"""Reading tokens and clients for lists; their secrets are nowhere to be read."""

from collections.abc import Iterable
from typing import Any

from muster.organizations.models import Organization
from muster.tokens.models import ApiClient, Kind, Token


def tokens_of(organization: Organization | None, kinds: Iterable[Kind]) -> list[Token]:
    """Return the tokens of an organization, or those that hold for all, the newest first."""
    found = Token.objects.filter(organization=organization, kind__in=list(kinds))
    return list(found.select_related("organization").order_by("-pk"))


def clients_of(organization: Organization | None) -> list[ApiClient]:
    """Return the API clients of an organization, or those for all, the newest first."""
    return list(ApiClient.objects.filter(organization=organization).order_by("-pk"))


def shown(row: Token | ApiClient) -> dict[str, Any]:
    """Return what may be shown of a token or a client."""
    token = row if isinstance(row, Token) else None
    return {
        "id": str(row.uid),
        "kind": token.kind if token else "client",
        "begins_with": token.beginning if token else "",
        "comment": row.comment,
        "organization": row.organization.name if row.organization else "",
        "created_at": row.created_at,
        "created_by": row.created_by,
        "last_used_at": row.last_used_at,
        "last_used_ip": row.last_used_ip,
        "requests": row.counter,
    }
