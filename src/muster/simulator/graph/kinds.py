"""The collections Graph serves here: their names, types, permissions and relationships."""

from dataclasses import dataclass
from typing import Literal

from muster.simulator.directory import Kind

Resource = Literal["device", "user", "group"]

_DIRECTORY = ("Directory.Read.All", "Directory.ReadWrite.All")


@dataclass(frozen=True, slots=True, eq=False)
class KindInfo:
    """One collection; any one of `permissions` opens it.

    There is one of each, so that it is its own hash.
    """

    kind: Kind
    resource: Resource
    permissions: tuple[str, ...]
    relations: frozenset[str]
    orderable: frozenset[str]
    searchable: frozenset[str]

    @property
    def odata_type(self) -> str:
        """The type's name as `@odata.type` has it."""
        return f"#microsoft.graph.{self.resource}"

    @property
    def title(self) -> str:
        """The type's name as the directory's own messages have it."""
        return self.resource.capitalize()


DEVICES = KindInfo(
    "devices",
    "device",
    ("Device.Read.All", "Device.ReadWrite.All", *_DIRECTORY),
    frozenset({"registeredOwners", "registeredUsers", "memberOf", "transitiveMemberOf"}),
    frozenset({"displayName", "approximateLastSignInDateTime", "createdDateTime"}),
    frozenset({"displayName"}),
)
USERS = KindInfo(
    "users",
    "user",
    ("User.Read.All", "User.ReadWrite.All", *_DIRECTORY),
    frozenset(
        {
            "memberOf",
            "transitiveMemberOf",
            "ownedDevices",
            "registeredDevices",
            "ownedObjects",
            "manager",
        }
    ),
    frozenset({"displayName", "userPrincipalName", "createdDateTime"}),
    frozenset({"displayName", "mail", "userPrincipalName", "givenName", "surname", "mobilePhone"}),
)
GROUPS = KindInfo(
    "groups",
    "group",
    ("Group.Read.All", "Group.ReadWrite.All", "GroupMember.Read.All", *_DIRECTORY),
    frozenset({"members", "transitiveMembers", "owners", "memberOf", "transitiveMemberOf"}),
    frozenset({"displayName", "createdDateTime"}),
    frozenset({"displayName", "description", "mail", "mailNickname"}),
)
KINDS: dict[str, KindInfo] = {info.kind: info for info in (DEVICES, USERS, GROUPS)}
CASTS: dict[str, KindInfo] = {f"microsoft.graph.{i.resource}": i for i in KINDS.values()}
EXPANDABLE = {
    "devices": DEVICES.relations,
    "users": USERS.relations,
    "groups": GROUPS.relations,
}
# Real collections of Graph that this simulator's callers have no business with.
FORBIDDEN_SEGMENTS = frozenset(
    {
        "servicePrincipals", "auditLogs", "deviceManagement", "directory",
        "directoryRoles", "administrativeUnits", "identity", "policies", "reports", "security",
        "subscribedSkus", "domains", "roleManagement", "deviceAppManagement", "sites", "teams",
        "contacts", "directoryObjects", "oauth2PermissionGrants", "identityGovernance",
    }
)  # fmt: skip
