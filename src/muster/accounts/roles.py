"""Roles of the console, from the most privileged to none, and who holds which."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Role(StrEnum):
    """What an account may do, most privileged first (reference console.md section 4.2)."""

    SUPERUSER = "superuser"
    ADMINISTRATOR = "administrator"
    USER = "user"
    BILLING = "billing"
    ANNOTATOR = "annotator"
    VIEWER = "viewer"
    NONE = "none"

    @classmethod
    def strongest(cls, roles: Iterable["Role"]) -> "Role":
        """Return the most privileged of some roles; none where there are none."""
        held = set(roles)
        return next((each for each in cls if each in held), cls.NONE)

    @classmethod
    def choices(cls) -> list[tuple[str, str]]:
        """Pairs of value and label for a form."""
        return [(each.value, each.value.capitalize()) for each in cls]

    def may_read_inventory(self) -> bool:
        """True for every role but those that see no assets."""
        return self not in {Role.BILLING, Role.NONE}

    def may_change_inventory(self) -> bool:
        """True for the roles that may merge, split and move assets."""
        return self in {Role.SUPERUSER, Role.ADMINISTRATOR, Role.USER}

    def may_annotate(self) -> bool:
        """True for the roles that may tag assets, comment on them and name their owners."""
        return self.may_change_inventory() or self is Role.ANNOTATOR

    def may_change_organization(self) -> bool:
        """True for the roles that decide how an organization works, and what it keeps."""
        return self in {Role.SUPERUSER, Role.ADMINISTRATOR}

    def may_change_tasks(self) -> bool:
        """True for the roles that may make, change, run and stop tasks."""
        return self in {Role.SUPERUSER, Role.ADMINISTRATOR, Role.USER}

    def may_see_accounts(self) -> bool:
        """True for the roles that look after the people of the console."""
        return self in {Role.SUPERUSER, Role.ADMINISTRATOR}


@dataclass(frozen=True, slots=True)
class Principal:
    """Who is asking: a name for the log, a role that holds everywhere, and more in some places.

    `roles` are by the key of the organization.
    """

    name: str
    role: Role
    roles: Mapping[int, Role] = field(default_factory=dict, hash=False)

    def role_in(self, organization_id: int) -> Role:
        """The role that holds in one organization: the most privileged of those that do."""
        return Role.strongest((self.role, self.roles.get(organization_id, Role.NONE)))


# Whoever has a shell beside the database can read it anyway: the CLI does not pretend otherwise.
LOCAL_OPERATOR = Principal(name="local operator", role=Role.SUPERUSER)

WORKER = Principal(name="worker", role=Role.SUPERUSER)
"""Who runs what somebody who might has set up."""
