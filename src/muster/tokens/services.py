"""Making, renewing and taking away tokens and clients. Each secret is shown once."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from muster.accounts.roles import Principal
from muster.core.errors import ConfigError
from muster.notices.actions import Action
from muster.notices.recording import Target, record
from muster.organizations.models import Organization
from muster.tokens import secrets
from muster.tokens.bearers import signed_client
from muster.tokens.models import LONGEST_COMMENT, AccessToken, ApiClient, Bearer, Kind, Token
from muster.tokens.permission import check_may_change

ACCESS_LASTS = timedelta(hours=12)
"""Longer than an hour: a client that never renews asks anew with every call after it."""


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token with its secret, which nobody sees again. Prints without it."""

    token: Token
    secret: str

    def __repr__(self) -> str:
        """Which one."""
        return f"NewToken({self.token!r})"


@dataclass(frozen=True, slots=True)
class NewClient:
    """A client with its secret, which nobody sees again. Prints without it."""

    client: ApiClient
    secret: str

    def __repr__(self) -> str:
        """Which one."""
        return f"NewClient({self.client!r})"


@dataclass(frozen=True, slots=True)
class Access:
    """An access token with how long it holds. Prints without it."""

    secret: str
    lasts: timedelta

    def __repr__(self) -> str:
        """For how long."""
        return f"Access({self.lasts!r})"


@transaction.atomic
def create_token(
    principal: Principal,
    kind: Kind,
    *,
    organization: Organization | None,
    at: datetime,
    comment: str = "",
) -> NewToken:
    """Make a token. One of the kind `account` is for all organizations, and takes none.

    Raises ConfigError if who asks may not, or the comment cannot be kept.
    """
    home = None if kind is Kind.ACCOUNT else organization
    if kind is not Kind.ACCOUNT and home is None:
        raise ConfigError(f"a token of the kind '{kind}' needs an organization")
    check_may_change(principal, home)
    secret = secrets.new_token(kind)
    token = Token.objects.create(
        organization=home,
        kind=kind,
        digest=secrets.digest(secret),
        beginning=secrets.beginning(secret),
        comment=_checked(comment),
        created_at=at,
        created_by=principal.name[:LONGEST_COMMENT],
    )
    _tell(token, Action.TOKEN_CREATED, by=principal, at=at)
    return NewToken(token, secret)


@transaction.atomic
def rotate_token(principal: Principal, token: Token, *, at: datetime) -> NewToken:
    """Give a token another secret; the old one opens nothing from now on."""
    check_may_change(principal, token.organization)
    secret = secrets.new_token(Kind(token.kind))
    token.digest, token.beginning = secrets.digest(secret), secrets.beginning(secret)
    token.rotated_at = at
    token.save(update_fields=["digest", "beginning", "rotated_at"])
    _tell(token, Action.TOKEN_ROTATED, by=principal, at=at)
    return NewToken(token, secret)


@transaction.atomic
def remove_token(principal: Principal, token: Token, *, at: datetime) -> None:
    """Take a token away at once."""
    check_may_change(principal, token.organization)
    _tell(token, Action.TOKEN_DELETED, by=principal, at=at)
    token.delete()


@transaction.atomic
def create_client(
    principal: Principal, *, organization: Organization | None, at: datetime, comment: str = ""
) -> NewClient:
    """Make an API client for one organization, or for all of them for None."""
    check_may_change(principal, organization)
    secret = secrets.new_secret()
    client = ApiClient.objects.create(
        organization=organization,
        digest=secrets.digest(secret),
        comment=_checked(comment),
        created_at=at,
        created_by=principal.name[:LONGEST_COMMENT],
    )
    _tell(client, Action.CLIENT_CREATED, by=principal, at=at)
    return NewClient(client, secret)


@transaction.atomic
def rotate_client(client: ApiClient, *, by: Principal | None = None, at: datetime) -> NewClient:
    """Give a client another secret; what it got for the old one opens nothing any more.

    A client that shows its old secret may do so by itself.
    """
    if by is not None:
        check_may_change(by, client.organization)
    principal = by or signed_client(client).principal
    secret = secrets.new_secret()
    client.digest, client.rotated_at = secrets.digest(secret), at
    client.save(update_fields=["digest", "rotated_at"])
    client.access_tokens.all().delete()
    _tell(client, Action.CLIENT_ROTATED, by=principal, at=at)
    return NewClient(client, secret)


@transaction.atomic
def remove_client(principal: Principal, client: ApiClient, *, at: datetime) -> None:
    """Take a client away at once, with all it got."""
    check_may_change(principal, client.organization)
    _tell(client, Action.CLIENT_DELETED, by=principal, at=at)
    client.delete()


def grant(client: ApiClient, *, at: datetime) -> Access:
    """Give a client a token for some hours, and forget those whose time is over."""
    secret = secrets.new_secret()
    AccessToken.objects.filter(expires_at__lte=at).delete()
    AccessToken.objects.create(
        client=client, digest=secrets.digest(secret), expires_at=at + ACCESS_LASTS
    )
    return Access(secret, ACCESS_LASTS)


def _checked(comment: str) -> str:
    stripped = comment.strip()
    if len(stripped) > LONGEST_COMMENT or not stripped.isprintable():
        raise ConfigError(
            f"a comment is at most {LONGEST_COMMENT} printable characters", hint="Shorten it."
        )
    return stripped


def _tell(row: Bearer, action: Action, *, by: Principal, at: datetime) -> None:
    """Record it where it opens something: what opens all organizations concerns each."""
    of_one = [row.organization] if row.organization else list(Organization.objects.order_by("pk"))
    kind = getattr(row, "kind", "client")
    for organization in of_one:
        record(
            organization,
            action,
            at=at,
            by=by,
            target=Target("token", row.uid, row.comment or kind),
            details={"kind": kind, "everywhere": row.organization is None},
        )
