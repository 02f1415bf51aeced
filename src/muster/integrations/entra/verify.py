"""Trying a credential: what it can read, and what to do about what it cannot."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, aclosing
from datetime import datetime, timedelta
from urllib.parse import quote

from muster.core.errors import ConfigError, MusterError, UnavailableError
from muster.core.normalize import instant_of
from muster.core.source import Context, Finding
from muster.integrations.entra import credentials
from muster.integrations.entra.auth import claims, permissions
from muster.integrations.entra.client import GraphClient, Item, Page, Request
from muster.integrations.entra.credentials import Credential
from muster.integrations.entra.listing import Listing, Query, expanded
from muster.integrations.entra.users import AUDIT_LOG

Open = Callable[[], AbstractAsyncContextManager[GraphClient]]

_NEEDED = ("Device.Read.All", "Group.Read.All", "User.Read.All")
_BROADER = frozenset({"Directory.Read.All", "Directory.ReadWrite.All"})
_SOON = timedelta(days=30)
_HINT_LENGTH = 3

_READS = (
    ("devices", "/devices", "", "Device.Read.All"),
    ("registered owners", "/devices", "registeredOwners", "Device.Read.All"),
    ("users", "/users", "", "User.Read.All"),
    ("groups", "/groups", "", "Group.Read.All"),
    ("group members", "/groups", "members", "Group.Read.All"),
)


async def findings(open_client: Open, context: Context) -> list[Finding]:
    """Return one finding for each thing tried, in the order a person would mend them."""
    try:
        credential = credentials.read(context.secret)
        async with open_client() as client:
            return [each async for each in _tried(client, credential, context.now)]
    except (ConfigError, UnavailableError) as error:
        return [Finding("credential", ok=False, detail=error.message, hint=error.hint)]


async def _tried(
    client: GraphClient, credential: Credential, now: datetime
) -> AsyncIterator[Finding]:
    yield Finding("credential", ok=True, detail=f"tenant {credential.tenant_id}")
    try:
        token = await client.tokens.current()
    except (ConfigError, UnavailableError) as error:
        yield Finding("sign-in", ok=False, detail=error.message, hint=error.hint)
        return
    yield Finding("sign-in", ok=True, detail="a token was issued")
    for finding in _tenant(claims(token).get("tid"), credential):
        yield finding
    reads = [(each[-1], await _read(client, *each)) for each in _READS]
    refused = {permission for permission, found in reads if not found.ok}
    readable = frozenset(_NEEDED) - refused
    for finding in _granted(permissions(token), readable, credential):
        yield finding
    for _, found in reads:
        yield found
    yield await _expiry(client, credential, now)


def _tenant(told: object, credential: Credential) -> list[Finding]:
    """Return a correction where the tenant was given by a domain.

    By its id, or by another domain, it would be another world, and each device come twice.
    """
    if not isinstance(told, str) or told.casefold() == credential.tenant_id:
        return []
    detail = f"{credential.tenant_id} is {told}; a credential is kept with that id"
    return [Finding("tenant", ok=True, detail=detail, correction={"tenant_id": told.casefold()})]


def _granted(
    granted: frozenset[str] | None, readable: frozenset[str], credential: Credential
) -> list[Finding]:
    """Return a finding for each permission; none where the token cannot be read.

    What could be read is permitted, whatever the token says: by a directory role, for example.
    """
    if granted is None:
        return []
    kind = "delegated" if credential.is_delegated else "application"
    found = [_permission(name, granted | readable, kind) for name in _NEEDED]
    has_audit = AUDIT_LOG in granted
    detail = "granted" if has_audit else "not granted: last sign-ins of users are left out"
    hint = "" if has_audit else f"To have them, grant the {kind} permission {AUDIT_LOG}."
    return [
        *found,
        Finding(
            f"permission {AUDIT_LOG}", ok=has_audit, detail=detail, hint=hint, is_required=False
        ),
    ]


def _permission(name: str, granted: frozenset[str], kind: str) -> Finding:
    writing = name.replace(".Read.", ".ReadWrite.")
    if granted & {name, writing, *_BROADER}:
        return Finding(f"permission {name}", ok=True, detail="granted")
    return Finding(
        f"permission {name}",
        ok=False,
        detail="not in the token",
        hint=f"API permissions > Add a permission > Microsoft Graph > {kind} permissions > "
        f"{name}, then Grant admin consent.",
    )


async def _read(
    client: GraphClient, name: str, path: str, relation: str, permission: str
) -> Finding:
    listing = Listing(client, Query(path, select=("id",), expand=relation, top=1))
    try:
        page = await _first_page(listing)
        if relation and page.value and expanded(page.value[0], relation) is None:
            related = f"{path}/{page.value[0]['id']}/{relation}"
            await client.page(Request(client.address(related)))
    except (ConfigError, UnavailableError) as error:
        hint = f"{permission} is needed. {error.hint}"
        return Finding(f"read {name}", ok=False, detail=error.message, hint=hint)
    detail = "readable" if page.value else "readable, but there are none"
    return Finding(f"read {name}", ok=True, detail=detail)


async def _first_page(listing: Listing) -> Page:
    async with aclosing(listing.pages()) as pages:
        return await anext(pages)


async def _expiry(client: GraphClient, credential: Credential, now: datetime) -> Finding:
    """Return when the credential ends: a certificate says so, of a secret Graph may be asked."""
    if credential.is_delegated:
        return Finding("expiry", ok=True, detail="a password's end is unknown", is_required=False)
    ends_at = credentials.expires_at(credential) or await _secret_ends_at(client, credential)
    if ends_at is None:
        detail = "unknown: Application.Read.All is not granted, and need not be"
        return Finding("expiry", ok=True, detail=detail, is_required=False)
    detail = f"ends on {ends_at:%Y-%m-%d}"
    if ends_at - now > _SOON:
        return Finding("expiry", ok=True, detail=detail, is_required=False, ends_at=ends_at)
    hint = "Create a new one under Certificates & secrets before it ends."
    return Finding("expiry", ok=False, detail=detail, hint=hint, is_required=False, ends_at=ends_at)


async def _secret_ends_at(client: GraphClient, credential: Credential) -> datetime | None:
    """Return when our secret ends; None where Graph does not tell.

    Graph tells the first three characters of each secret, by which ours is known; where several
    begin so, it is the one that ends last.
    Source: https://learn.microsoft.com/graph/api/resources/passwordcredential (read 2026-11).
    """
    text = quote(f"appId eq '{credential.client_id}'", safe="")
    path = f"/applications?$filter={text}&$select=id,passwordCredentials"
    try:
        page = await client.page(Request(client.address(path)))
    except MusterError:
        return None
    secrets = [
        secret
        for application in page.value
        if application.get("appId") in {None, credential.client_id}
        for secret in _documents(application.get("passwordCredentials"))
    ]
    hint = credential.client_secret[:_HINT_LENGTH]
    ours = [each for each in secrets if each.get("hint") == hint] or secrets
    ends = [instant_of(str(each.get("endDateTime"))) for each in ours]
    return max((each for each in ends if each is not None), default=None)


def _documents(value: object) -> list[Item]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []
