"""Who asks, where, and when: worked out once for each request, before its view is called."""

from dataclasses import dataclass
from datetime import UTC, datetime

from django.http import HttpRequest

from muster.accounts.models import Account
from muster.accounts.roles import Principal, Role
from muster.console.needs import Need
from muster.organizations.access import organizations_of, principal_of
from muster.organizations.models import Organization
from muster.organizations.scope import Scope, scope

ORGANIZATION = "organization"
"""Where a session keeps the id of the organization that was chosen."""


class PageRequest(HttpRequest):
    """A request as views get it: `asker` is there wherever somebody is signed in."""

    asker: "Asker"


@dataclass(frozen=True, slots=True)
class Asker:
    """One account at one moment: what it is, where it may look, and where it does."""

    account: Account
    principal: Principal
    organizations: tuple[Organization, ...]
    organization: Organization | None
    at: datetime

    @property
    def role(self) -> Role:
        """The role that holds in the organization that is looked at."""
        if self.organization is None:
            return Role.NONE
        return self.principal.role_in(self.organization.pk)

    @property
    def scope(self) -> Scope:
        """The scope that every read starts from. Raises ConfigError without a role for it."""
        assert self.organization is not None
        return scope(self.principal, self.organization)

    def may(self, need: Need) -> bool:
        """True if this account could open a page that needs this."""
        return need.is_met(self.role)


def asker_of(request: HttpRequest) -> Asker | None:
    """Return who asks; None where nobody is signed in."""
    if not request.user.is_authenticated:
        return None
    account = request.user
    principal = principal_of(account)
    organizations = tuple(organizations_of(principal))
    chosen = request.session.get(ORGANIZATION)
    current = next((each for each in organizations if str(each.uid) == chosen), None)
    return Asker(
        account=account,
        principal=principal,
        organizations=organizations,
        organization=current or (organizations[0] if organizations else None),
        at=datetime.now(UTC),
    )


def address_of(request: HttpRequest, *, trusts_proxy: bool) -> str:
    """Return the address that a request came from; behind a proxy, what the proxy says."""
    if trusts_proxy:
        # The last is what our own proxy saw; those before it are a stranger's words.
        return request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
    return str(request.META.get("REMOTE_ADDR", ""))
