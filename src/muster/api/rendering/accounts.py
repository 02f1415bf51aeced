"""Tokens, credentials, people and events, as existing clients read them (console-api.md)."""

import base64
from typing import Any

from muster.accounts.models import Account
from muster.accounts.roles import Role
from muster.api.rendering.assets import JSON
from muster.api.rendering.plain import NO_ID, id_or_none, seconds
from muster.credentials.models import Credential
from muster.custom.models import CustomIntegration
from muster.inventory.models import OwnershipType
from muster.notices.models import Event
from muster.tokens.models import Token

_ROLES = {Role.ADMINISTRATOR: "admin"}
"""How roles are called outside, where that differs."""


def key_document(token: Token, *, secret: str = "", limit: int) -> JSON:
    """Return a token; `secret` only when it was made just now."""
    return {
        "id": str(token.uid),
        "client_id": NO_ID,
        "organization_id": id_or_none(token.organization.uid if token.organization else None),
        "created_at": seconds(token.created_at),
        "created_by": token.created_by,
        "comment": token.comment,
        "last_used_at": seconds(token.last_used_at),
        "last_used_ip": token.last_used_ip,
        "last_used_ua": token.last_used_agent,
        "counter": token.counter,
        "usage_today": token.day_counter,
        "usage_limit": limit,
        "token": secret,
        "inactive": False,
        "type": token.kind,
    }


def export_token_document(token: Token, *, secret: str = "") -> JSON:
    """Return an export token; `secret` only when it was made just now."""
    return {
        "id": str(token.uid),
        "token": secret,
        "comment": token.comment,
        "created_at": seconds(token.created_at),
        "last_used_at": seconds(token.last_used_at),
        "last_used_by": token.last_used_ip,
        "counter": token.counter,
    }


def credential_document(credential: Credential) -> JSON:
    """Return a credential without its secrets."""
    return {
        "id": str(credential.uid),
        "client_id": NO_ID,
        "name": credential.name,
        "type": credential.type,
        "created_at": seconds(credential.created_at),
        "created_by_id": NO_ID,
        "created_by_email": credential.created_by,
        "acl": {str(credential.organization.uid): "user"},
        "global": credential.is_global,
        "cidrs": [],
        "last_used_at": seconds(credential.last_used_at),
        "last_used_by_id": NO_ID,
    }


def user_document(account: Account) -> JSON:
    """Return a person of the console."""
    first, _, last = account.name.partition(" ")
    role = Role(account.role)
    return {
        **dict.fromkeys(_NOT_TOLD, 0),
        "id": str(account.uid),
        "client_id": NO_ID,
        "created_at": seconds(account.created_at),
        "updated_at": seconds(account.created_at),
        "name": account.name,
        "first_name": first,
        "last_name": last,
        "email": account.email,
        "client_admin": role is Role.SUPERUSER,
        "org_default_role": _ROLES.get(role, role.value),
        "org_roles": {},
        "last_login_at": seconds(account.last_login),
        "last_login_ip": "",
        "last_login_ua": "",
        "sso_only": not account.has_usable_password(),
        "mfa_enabled": False,
    }


_NOT_TOLD = (
    *("last_activity_at", "login_failures", "actions", "last_action_at"),
    *("invite_token_expiration", "reset_token_expiration", "password_enabled_at"),
    "terms_agreed_as_of",
)


def event_document(event: Event) -> JSON:
    """Return something that happened."""
    return {
        "id": str(event.uid),
        "created_at": seconds(event.created_at),
        "client_id": NO_ID,
        "organization_id": str(event.organization.uid),
        "site_id": NO_ID,
        "action": event.action,
        "source_id": NO_ID,
        "source_name": event.source_name,
        "source_type": event.source_type,
        "target_id": event.target_id or NO_ID,
        "target_name": event.target_name,
        "target_type": event.target_type,
        "success": event.success,
        "details": dict(event.details),
        "state": "processed",
        "processor_id": NO_ID,
        "processed_at": seconds(event.created_at),
    }


def ownership_type_document(row: OwnershipType) -> JSON:
    """Return a way to own an asset."""
    return {
        "id": str(row.uid),
        "name": row.name,
        "reference": row.reference,
        "order": row.position,
        "hidden": row.is_hidden,
    }


def integration_document(row: CustomIntegration, *, destroyed_at: Any = None) -> JSON:
    """Return a custom integration; its names and instants are spelled as its clients want."""
    return {
        "id": str(row.uid),
        "name": row.name,
        "description": row.description,
        "icon": base64.b64encode(bytes(row.icon)).decode() if row.icon else None,
        "clientId": NO_ID,
        "createdById": id_or_none(row.created_by_id),
        "createdAt": row.created_at.isoformat(),
        "updatedAt": row.updated_at.isoformat(),
        "destroyedAt": destroyed_at.isoformat() if destroyed_at else None,
    }
