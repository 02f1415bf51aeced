"""What stands in the tokens, and the answers of the token endpoint."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from muster.simulator.config import Application
from muster.simulator.login import jwt
from muster.simulator.login.scopes import Wanted
from muster.simulator.tenants import Tenant


@dataclass(frozen=True, slots=True)
class Subject:
    """The person a token speaks for."""

    user_name: str
    object_id: str


@dataclass(frozen=True, slots=True)
class Grant:
    """Everything that was decided before tokens are made."""

    tenant: Tenant
    app: Application
    wanted: Wanted
    subject: Subject | None = None
    method: str = "1"  # appidacr: 0 public client, 1 secret, 2 certificate


def access_claims(grant: Grant, *, token_id: str, now: datetime, seconds: int) -> dict[str, Any]:
    """The access token's claims in version 1.0, the one Graph itself asks for."""
    moment = int(now.timestamp())
    claims: dict[str, Any] = {
        "aud": grant.wanted.audience,
        "iss": f"https://sts.windows.net/{grant.tenant.id}/",
        "iat": moment,
        "nbf": moment,
        "exp": moment + seconds,
        "app_displayname": grant.app.display_name,
        "appid": grant.app.client_id,
        "appidacr": grant.method,
        "idp": f"https://sts.windows.net/{grant.tenant.id}/",
        "tenant_region_scope": "EU",
        "tid": grant.tenant.id,
        "uti": token_id,
        "ver": "1.0",
    }
    return claims | (_app_claims(grant) if grant.subject is None else _person_claims(grant))


def granted_scopes(grant: Grant) -> list[str]:
    """The delegated permissions of the token, consented ones only."""
    consented = grant.app.delegated_permissions if grant.app.is_consented else ()
    if grant.wanted.is_default or not grant.wanted.permissions:
        return list(consented)
    asked = {name.lower() for name in grant.wanted.permissions}
    named = [name for name in consented if name.lower() in asked]
    return named if asked == {name.lower() for name in named} else []


def id_token_claims(grant: Grant, *, issuer: str, now: datetime, seconds: int) -> dict[str, Any]:
    """The id token's claims, version 2.0."""
    assert grant.subject is not None
    moment = int(now.timestamp())
    return {
        "aud": grant.app.client_id,
        "iss": issuer,
        "iat": moment,
        "nbf": moment,
        "exp": moment + seconds,
        "name": grant.subject.user_name.partition("@")[0],
        "oid": grant.subject.object_id,
        "preferred_username": grant.subject.user_name,
        "sub": grant.subject.object_id,
        "tid": grant.tenant.id,
        "ver": "2.0",
    }


def client_info(grant: Grant) -> str:
    """Who signed in, as MSAL keys its cache."""
    assert grant.subject is not None
    row = {"uid": grant.subject.object_id, "utid": grant.tenant.id}
    return jwt.encode(orjson.dumps(row))


def _app_claims(grant: Grant) -> dict[str, Any]:
    object_id = str(uuid.uuid5(uuid.UUID(grant.tenant.id), grant.app.client_id))
    claims: dict[str, Any] = {"idtyp": "app", "oid": object_id, "sub": object_id}
    if grant.app.is_consented and grant.app.application_permissions:
        claims["roles"] = sorted(grant.app.application_permissions)
    return claims


def _person_claims(grant: Grant) -> dict[str, Any]:
    assert grant.subject is not None
    return {
        "amr": ["pwd"],
        "idtyp": "user",
        "oid": grant.subject.object_id,
        "sub": grant.subject.object_id,
        "name": grant.subject.user_name.partition("@")[0],
        "unique_name": grant.subject.user_name,
        "upn": grant.subject.user_name,
        "scp": " ".join(
            sorted({*granted_scopes(grant), *(grant.wanted.openid - {"offline_access"})})
        ),
    }
