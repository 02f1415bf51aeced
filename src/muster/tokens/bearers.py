"""From what a request carries to who asks, and what it may do."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from muster.accounts.roles import Principal, Role
from muster.tokens.models import AccessToken, ApiClient, Bearer, Token
from muster.tokens.secrets import digest


class Reach(StrEnum):
    """Which doors a bearer opens."""

    ACCOUNT = "account"
    ORGANIZATION = "organization"
    EXPORT = "export"
    DOWNLOAD = "download"


@dataclass(frozen=True, slots=True)
class BearerPrincipal(Principal):
    """A program: its role holds in one organization, or in all for None."""

    organization_id: int | None = None

    def role_in(self, organization_id: int) -> Role:
        """The role that holds in one organization."""
        is_its = self.organization_id in {None, organization_id}
        return self.role if is_its else Role.NONE


@dataclass(frozen=True, slots=True)
class Signed:
    """Who asks. `row` is where its use is counted; `is_client` that it came with a client's."""

    reach: Reach
    principal: BearerPrincipal
    row: Bearer

    @property
    def organization_id(self) -> int | None:
        """The only organization it may see; None for all."""
        return self.row.organization_id


_ROLES = {
    Reach.ACCOUNT: Role.SUPERUSER,
    Reach.ORGANIZATION: Role.ADMINISTRATOR,
    Reach.EXPORT: Role.VIEWER,
    Reach.DOWNLOAD: Role.NONE,
}


def signed(secret: str, *, now: datetime) -> Signed | None:
    """Return who has this secret; None if nobody does, or its time is over."""
    known = digest(secret)
    if (token := Token.objects.filter(digest=known).first()) is not None:
        return _signed(Reach(token.kind), token, f"token {token.beginning}…")
    access = AccessToken.objects.filter(digest=known, expires_at__gt=now).first()
    if access is None:
        return None
    return signed_client(access.client)


def signed_client(client: ApiClient) -> Signed:
    """Return who a client is."""
    reach = Reach.ACCOUNT if client.organization_id is None else Reach.ORGANIZATION
    return _signed(reach, client, "API client")


def client_of(client_id: str, secret: str) -> ApiClient | None:
    """Return the client of that id if the secret is its; else None."""
    return next(
        (
            each
            for each in ApiClient.objects.filter(digest=digest(secret))
            if str(each.uid) == client_id.strip().casefold()
        ),
        None,
    )


def _signed(reach: Reach, row: Bearer, name: str) -> Signed:
    described = f"{name} ({row.comment})" if row.comment else name
    principal = BearerPrincipal(
        name=described, role=_ROLES[reach], organization_id=row.organization_id
    )
    return Signed(reach, principal, row)
