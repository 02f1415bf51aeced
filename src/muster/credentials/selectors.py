"""Reading credentials: an organization sees its own and the global ones."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from muster.core.errors import ConfigError
from muster.credentials.models import Credential, Verification
from muster.organizations.scope import Scope
from muster.organizations.selectors import organization_place
from muster.query.document import Document, known_instants
from muster.query.listing import Entry


def visible(scope: Scope) -> QuerySet[Credential]:
    """Return the credentials that the organization may use, by name."""
    own_or_global = Q(organization=scope.organization) | Q(is_global=True)
    return Credential.objects.filter(own_or_global).order_by("name", "pk")


def by_name(scope: Scope, reference: str) -> Credential:
    """Return the credential of that name or id; the organization's own goes before a global one.

    Raises ConfigError if there is none, or several global ones of that name.
    """
    wanted = reference.strip().casefold()
    found = [each for each in visible(scope) if wanted in {each.name.casefold(), str(each.uid)}]
    own = [each for each in found if each.organization_id == scope.organization_id]
    if len(own or found) == 1:
        return (own or found)[0]
    if found:
        raise ConfigError(
            f"several global credentials are named '{reference}'", hint="Give its id instead."
        )
    raise ConfigError(f"there is no credential '{reference}'", hint=_known(scope))


def by_id(scope: Scope, uid: UUID) -> Credential | None:
    """Return the credential of that id that the organization may use; None if there is none."""
    return visible(scope).select_related("organization").filter(uid=uid).first()


def only_one(scope: Scope, types: frozenset[str]) -> Credential:
    """Return the one credential of the given types, for whoever names none.

    Raises ConfigError if there is none, or more than one.
    """
    found = list(visible(scope).filter(type__in=types))
    if len(found) == 1:
        return found[0]
    if not found:
        raise ConfigError(
            "there is no credential for this source yet",
            hint="Add one with: muster credential add",
        )
    names = ", ".join(each.name for each in found)
    raise ConfigError(
        "there are several credentials for this source", hint=f"Choose with --credential: {names}."
    )


@dataclass(frozen=True, slots=True)
class Shown:
    """A credential as it may be shown: without its secrets, and without their ciphertext."""

    credential: Credential

    def document(self) -> dict[str, Any]:
        """Return it as JSON values."""
        shown = self.credential
        return {
            "id": str(shown.uid),
            "name": shown.name,
            "type": shown.type,
            "global": shown.is_global,
            "fields": dict(shown.public),
            "secrets": sorted(shown.sealed),
            "verification": {
                "status": shown.verification_status,
                "message": shown.verification_message,
                "at": shown.verified_at.isoformat(),
            },
            "created_at": shown.created_at.isoformat(),
            "created_by": shown.created_by,
            "last_used_at": shown.last_used_at.isoformat() if shown.last_used_at else None,
            "expires_at": shown.expires_at.isoformat() if shown.expires_at else None,
        }


def credential_entries(scope: Scope) -> list[Entry]:
    """Return the credentials that the organization may use; what is secret is not read."""
    return [_entry(scope, each) for each in visible(scope).defer("sealed")]


def credential_documents(scope: Scope) -> dict[int, Document]:
    """Return what is searched of the credentials that the organization may use, by key."""
    return {each.pk: _document(scope, each) for each in visible(scope).defer("sealed")}


def _entry(scope: Scope, credential: Credential) -> Entry:
    return Entry(
        document=_document(scope, credential),
        fields={
            "id": str(credential.uid),
            "name": credential.name,
            "type": credential.type,
            "global": credential.is_global,
            "fields": dict(credential.public),
            "verification": credential.verification_status,
            "verification_message": credential.verification_message,
            "verified_at": credential.verified_at,
            "created_by": credential.created_by,
            "created_at": credential.created_at,
            "last_used_at": credential.last_used_at,
        },
    )


def _document(scope: Scope, credential: Credential) -> Document:
    """Return what is searched. A global credential does not tell which organization owns it."""
    is_own = credential.organization_id == scope.organization_id
    is_verified = credential.verification_status == Verification.VERIFIED
    flags = {"is_global": credential.is_global, "is_verified": is_verified}
    return Document(
        uid=credential.uid,
        texts={
            "name": (credential.name,),
            "type": (credential.type,),
            "field": tuple(str(each) for each in credential.public.values()),
            "verification": (credential.verification_status, credential.verification_message),
            "created_by": (credential.created_by,),
        },
        flags=frozenset(name for name, is_set in flags.items() if is_set),
        instants=known_instants(
            verified_at=credential.verified_at,
            created_at=credential.created_at,
            last_used_at=credential.last_used_at,
        ),
        places={"organization": organization_place(scope)} if is_own else {},
    )


def _known(scope: Scope) -> str:
    names = ", ".join(each.name for each in visible(scope))
    return f"There are: {names}." if names else "Add one with: muster credential add"
