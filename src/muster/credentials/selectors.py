"""Reading credentials: an organization sees its own and the global ones."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from muster.core.errors import ConfigError
from muster.credentials.models import Credential
from muster.organizations.scope import Scope


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
        }


def _known(scope: Scope) -> str:
    names = ", ".join(each.name for each in visible(scope))
    return f"There are: {names}." if names else "Add one with: muster credential add"
