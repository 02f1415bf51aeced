"""Trying a credential: what it can read, and what to do about what it cannot."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta
from urllib.parse import quote

from muster.core.errors import ConfigError, MusterError, UnavailableError
from muster.core.normalize import instant_of
from muster.core.source import Context, Finding
from muster.integrations.entra import credentials
from muster.integrations.entra.auth import permissions
from muster.integrations.entra.client import GraphClient, Request
from muster.integrations.entra.credentials import Credential
from muster.integrations.entra.users import AUDIT_LOG

Open = Callable[[], AbstractAsyncContextManager[GraphClient]]

_NEEDED = ("Device.Read.All", "Group.Read.All", "User.Read.All")
_BROADER = frozenset({"Directory.Read.All", "Directory.ReadWrite.All"})
_SOON = timedelta(days=30)

_READS = (
    ("devices", "/devices?$top=1&$select=id", "Device.Read.All"),
    (
        "registered owners",
        "/devices?$top=1&$select=id&$expand=registeredOwners($select=id)",
        "Device.Read.All",
    ),
    ("users", "/users?$top=1&$select=id", "User.Read.All"),
    ("groups", "/groups?$top=1&$select=id", "Group.Read.All"),
    ("group members", "/groups?$top=1&$select=id&$expand=members($select=id)", "Group.Read.All"),
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
    for finding in _granted(permissions(token), credential):
        yield finding
    for name, path, permission in _READS:
        yield await _read(client, name, path, permission)
    yield await _expiry(client, credential, now)


def _granted(granted: frozenset[str] | None, credential: Credential) -> list[Finding]:
    """Return a finding for each permission; none where the token cannot be read."""
    if granted is None:
        return []
    kind = "delegated" if credential.is_delegated else "application"
    found = [_permission(name, granted, kind) for name in _NEEDED]
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


async def _read(client: GraphClient, name: str, path: str, permission: str) -> Finding:
    try:
        page = await client.page(Request(client.address(path)))
    except (ConfigError, UnavailableError) as error:
        hint = f"{permission} is needed. {error.hint}"
        return Finding(f"read {name}", ok=False, detail=error.message, hint=hint)
    detail = "readable" if page.value else "readable, but there are none"
    return Finding(f"read {name}", ok=True, detail=detail)


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
        return Finding("expiry", ok=True, detail=detail, is_required=False)
    hint = "Create a new one under Certificates & secrets before it ends."
    return Finding("expiry", ok=False, detail=detail, hint=hint, is_required=False)


async def _secret_ends_at(client: GraphClient, credential: Credential) -> datetime | None:
    """Return the latest end of the application's secrets; Graph does not say which one is ours."""
    text = quote(f"appId eq '{credential.client_id}'", safe="")
    path = f"/applications?$filter={text}&$select=id,passwordCredentials"
    try:
        page = await client.page(Request(client.address(path)))
    except MusterError:
        return None
    ends = [
        instant_of(str(secret.get("endDateTime")))
        for application in page.value
        for secret in application.get("passwordCredentials") or []
    ]
    return max((each for each in ends if each is not None), default=None)
