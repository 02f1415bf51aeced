"""What a page needs of whoever asks for it: every view declares one."""

from collections.abc import Callable
from enum import Enum

from muster.accounts.roles import Role


class Need(Enum):
    """From nothing at all to the roles that may; a role's own methods decide."""

    NOTHING = "nothing"
    ACCOUNT = "account"
    READ = "read"
    ANNOTATE = "annotate"
    CHANGE_INVENTORY = "change inventory"
    CHANGE_TASKS = "change tasks"
    CHANGE_ORGANIZATION = "change organization"
    SEE_ACCOUNTS = "see accounts"

    @property
    def is_public(self) -> bool:
        """True if nobody need be signed in."""
        return self is Need.NOTHING

    @property
    def is_scoped(self) -> bool:
        """True if an organization is needed, and a role in it."""
        return self in _ROLES

    def is_met(self, role: Role) -> bool:
        """True if a role in the organization is enough."""
        return not self.is_scoped or _ROLES[self](role)


_ROLES: dict[Need, Callable[[Role], bool]] = {
    Need.READ: Role.may_read_inventory,
    Need.ANNOTATE: Role.may_annotate,
    Need.CHANGE_INVENTORY: Role.may_change_inventory,
    Need.CHANGE_TASKS: Role.may_change_tasks,
    Need.CHANGE_ORGANIZATION: Role.may_change_organization,
    Need.SEE_ACCOUNTS: Role.may_see_accounts,
}
