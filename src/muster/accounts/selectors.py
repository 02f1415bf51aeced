"""Reading accounts for lists: only for those who look after them."""

from muster.accounts.models import Account
from muster.accounts.roles import Principal, Role
from muster.core.errors import ConfigError
from muster.query.document import Document, known_instants
from muster.query.listing import Entry

_SHORT = {Role.ADMINISTRATOR: ("admin",)}
"""What a role is called besides its name."""


def account_entries(principal: Principal, organization_id: int) -> list[Entry]:
    """Return the accounts that hold in an organization: all, as a role holds in each.

    Raises ConfigError if the role of who asks does not look after accounts there.
    """
    if not principal.role_in(organization_id).may_see_accounts():
        raise ConfigError(
            f"{principal.name} may not see accounts",
            hint="Ask an administrator; only they and superusers see accounts.",
        )
    return [_entry(each) for each in Account.objects.order_by("pk")]


def _entry(account: Account) -> Entry:
    role = Role(account.role)
    status = "activated" if account.is_active else "disabled"
    return Entry(
        document=Document(
            uid=account.uid,
            texts={
                "email": (account.email,),
                "name": (account.name,),
                "access": (role.value, *_SHORT.get(role, ())),
                "status": (status,),
            },
            flags=frozenset({"is_superuser"} if role is Role.SUPERUSER else ()),
            instants=known_instants(created_at=account.created_at, last_login=account.last_login),
        ),
        fields={
            "id": str(account.uid),
            "email": account.email,
            "name": account.name,
            "access": role.value,
            "superuser": role is Role.SUPERUSER,
            "status": status,
            "created_at": account.created_at,
            "last_login": account.last_login,
        },
    )
