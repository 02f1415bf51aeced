"""Directory groups and the rules of who belongs to them."""

from dataclasses import dataclass
from math import gcd
from typing import Literal

from muster.simulator.directory.changes import Kind
from muster.simulator.directory.draws import Draws, Weighted
from muster.simulator.directory.memberships import Chosen, Place, Rule, Standing
from muster.simulator.directory.objects.company import DEPARTMENT_CYCLE, DEPARTMENTS, OFFICES
from muster.simulator.directory.objects.world import DAY_SECONDS, World, cloud_sid
from muster.simulator.directory.shelf import JSONObject

Sort = Literal["security", "team", "distribution", "mail security", "synced", "device", "nested"]

RING_ATTRIBUTE = "extensionAttribute1"
RING_CYCLE = 10
RINGS = (("pilot", 0, 1), ("early", 1, 3), ("broad", 3, 6))

_SORTS: Weighted[Sort] = Weighted(
    (25, "security"), (35, "team"), (12, "distribution"), (6, "mail security"), (10, "synced"),
    (8, "device"), (4, "nested"),
)  # fmt: skip
_SIZES = Weighted((3, (0, 1)), (12, (1, 5)), (74, (5, 41)), (8, (41, 151)), (3, (151, 601)))
_TOPICS = (
    "Rollout", "Audit 2026", "Dock Planning", "Café Committee", "VPN Users", "Customs", "Fleet",
    "Year-End Closing", "Émissions", "Brandschutz", "ERP Key Users", "Night Shift", "Pricing",
    "Budget", "Onboarding", "Works Council", "Fuel Cards", "Żegluga", "Print Release", "Backup",
)  # fmt: skip
_DEVICE_TOPICS = ("Kiosks", "Scanners", "Meeting Rooms", "BitLocker", "Conditional Access Exempt")
_EMPTY = (
    "classification", "deletedDateTime", "expirationDateTime", "licenseProcessingState",
    "onPremisesDomainName", "onPremisesLastSyncDateTime", "onPremisesNetBiosName",
    "onPremisesSamAccountName", "onPremisesSecurityIdentifier", "onPremisesSyncEnabled",
    "preferredDataLocation", "preferredLanguage", "theme", "visibility", "mail", "membershipRule",
    "membershipRuleProcessingState", "isManagementRestricted", "accessType", "isFavorite",
    "allowExternalSenders", "autoSubscribeNewMembers", "hideFromAddressLists",
    "hideFromOutlookClients", "isSubscribedByMail", "isArchived", "unseenCount",
    "unseenConversationsCount", "unseenMessagesCount", "uniqueName", "createdByAppId",
    "hasMembersWithLicenseErrors", "isAssignableToRole", "welcomeMessageEnabled",
)  # fmt: skip
_EMPTY_LISTS = (
    "assignedLabels", "assignedLicenses", "infoCatalogs", "resourceBehaviorOptions",
    "resourceProvisioningOptions", "onPremisesProvisioningErrors", "serviceProvisioningErrors",
    "proxyAddresses", "groupTypes",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Fixed:
    """A group that every tenant large enough has, at the same index."""

    name: str
    rule: Rule | tuple[int, ...]
    condition: str | None = None
    office: int | None = None


def _fixed_groups() -> tuple[_Fixed, ...]:
    groups = [_Fixed("All Employees", Standing("users"), "(user.objectId -ne null)")]
    groups += [
        _Fixed(
            f"Dept {name}",
            Standing("users", DEPARTMENT_CYCLE, low, high),
            f'(user.department -eq "{name}")',
        )
        for name, low, high in DEPARTMENTS
    ]
    groups += [
        _Fixed(
            f"Update Ring {name.title()}",
            Standing("devices", RING_CYCLE, low, high),
            f'(device.extensionAttributes.{RING_ATTRIBUTE} -eq "ring-{name}")',
        )
        for name, low, high in RINGS
    ]
    at = len(groups)
    groups += [
        _Fixed("Region EMEA", (at + 1, at + 2)),
        _Fixed("Region Deutschland", (at + 3,)),
        _Fixed("Région France", ()),
        _Fixed("Standort Berlin", (at + 4,)),
        _Fixed("Hafen Berlin", ()),
        _Fixed("Approvers Primary", (at + 6,)),
        _Fixed("Approvers Deputies", (at + 5,)),
    ]
    return tuple(groups)


_FIXED = _fixed_groups()
_DEPARTMENT_GROUPS = {name: 1 + at for at, (name, _, _) in enumerate(DEPARTMENTS)}


class GroupMaker:
    """Makes the groups of one tenant by index."""

    def __init__(self, world: World) -> None:
        """Draw from the world's seed."""
        self._world = world
        self._key = world.draws("groups")
        self._member_key = world.draws("members")
        self._owner_key = world.draws("group owners")

    def of_department(self, department: object) -> int | None:
        """Return the index of a department's dynamic group; None where there is none."""
        index = _DEPARTMENT_GROUPS.get(str(department))
        return index if index is not None and index < self._world.size.groups else None

    def rule(self, index: int) -> Rule:
        """Return who belongs to the group that the tenant starts with at an index."""
        draws = Draws(self._member_key, index)
        if index < len(_FIXED):
            rule = _FIXED[index].rule
            if not isinstance(rule, tuple):
                return rule
            inner = tuple(rule)
            return Chosen(self._groups(inner) + self._some("users", 6 + draws.below(9), draws))
        return Chosen(self._chosen(index, self._sort(index), draws))

    def owners(self, index: int) -> tuple[int, ...]:
        """Return the indexes of the users who own a group: none for synced and some others."""
        draws = Draws(self._owner_key, index)
        if index == 0 or self._sort(index) == "synced" or draws.chance(25):
            return ()
        places = self._some("users", 1 + draws.below(3), draws)
        return tuple(each for _, each in places)

    def make(self, index: int) -> JSONObject:
        """Return the whole group."""
        world, draws = self._world, Draws(self._key, index)
        sort = _SORTS.draw(draws)
        group: JSONObject = dict.fromkeys(_EMPTY)
        group.update((name, []) for name in _EMPTY_LISTS)
        object_id = world.codecs["groups"].encode(index)
        created = world.ago(draws.below(2400) * DAY_SECONDS + draws.below(DAY_SECONDS))
        group.update(
            id=object_id,
            createdDateTime=created,
            renewedDateTime=created,
            organizationId=world.tenant_id,
            securityIdentifier=cloud_sid(object_id),
            mailEnabled=False,
            securityEnabled=True,
            creationOptions=[],
        )
        if index < len(_FIXED) and index < world.size.groups:
            group.update(self._fixed(index))
        else:
            group.update(self._free(index, sort, draws))
        return group

    def _sort(self, index: int) -> Sort:
        return "security" if index < len(_FIXED) else _SORTS.draw(Draws(self._key, index))

    def _fixed(self, index: int) -> JSONObject:
        fixed = _FIXED[index]
        described = None if fixed.condition is None else f"Kept by rule: {fixed.name}"
        return {
            "displayName": fixed.name,
            "description": described,
            "mailNickname": _nickname(fixed.name, index),
            "groupTypes": ["DynamicMembership"] if fixed.condition else [],
            "membershipRule": fixed.condition,
            "membershipRuleProcessingState": "On" if fixed.condition else None,
        }

    def _free(self, index: int, sort: Sort, draws: Draws) -> JSONObject:
        office = draws.among(OFFICES)
        topic = draws.among(_DEVICE_TOPICS if sort == "device" else _TOPICS)
        prefix = {"team": "", "distribution": "DL ", "synced": "GG_", "device": "DEV "}
        number = "" if draws.chance(50) else f" {index}"
        name = f"{prefix.get(sort, 'SG ')}{office.code} {topic}{number}"
        nickname = _nickname(name, index)
        return {
            "displayName": name.replace(" ", "_") if sort == "synced" else name,
            "description": f"{topic}, {office.city}" if draws.chance(55) else None,
            "mailNickname": nickname,
            **self._mail(sort, nickname),
            **(self._team(draws) if sort == "team" else {}),
            **(self._synced(index, nickname, draws) if sort == "synced" else {}),
        }

    def _mail(self, sort: Sort, nickname: str) -> JSONObject:
        if sort not in ("team", "distribution", "mail security"):
            return {"isAssignableToRole": False if sort == "security" else None}
        address = f"{nickname}@{self._world.domain}"
        return {
            "mail": address,
            "proxyAddresses": [f"SMTP:{address}"],
            "mailEnabled": True,
            "securityEnabled": sort == "mail security",
        }

    def _team(self, draws: Draws) -> JSONObject:
        is_team = draws.chance(70)
        expires = self._world.ago(-draws.below(180) * DAY_SECONDS)
        return {
            "groupTypes": ["Unified"],
            "visibility": draws.among(("Private", "Private", "Public")),
            "resourceProvisioningOptions": ["Team"] if is_team else [],
            "resourceBehaviorOptions": ["HideGroupInOutlook"] if is_team else [],
            "expirationDateTime": expires if draws.chance(30) else None,
            "classification": "Confidential" if draws.chance(10) else None,
            "preferredLanguage": "de-DE" if draws.chance(15) else None,
            "theme": "Blue" if draws.chance(5) else None,
            "welcomeMessageEnabled": True,
            "allowExternalSenders": False,
            "autoSubscribeNewMembers": False,
            "hideFromAddressLists": False,
            "hideFromOutlookClients": is_team,
            "unseenCount": 0,
        }

    def _synced(self, index: int, nickname: str, draws: Draws) -> JSONObject:
        world = self._world
        return {
            "onPremisesSyncEnabled": True,
            "onPremisesLastSyncDateTime": world.ago(draws.below(DAY_SECONDS)),
            "onPremisesDomainName": world.ad_domain,
            "onPremisesNetBiosName": world.netbios_domain,
            "onPremisesSamAccountName": nickname,
            "onPremisesSecurityIdentifier": world.sid(900_000_000 + index),
        }

    def _chosen(self, index: int, sort: Sort, draws: Draws) -> tuple[Place, ...]:
        low, high = _SIZES.draw(draws)
        size = low + draws.below(high - low)
        if sort == "device":
            return self._some("devices", size, draws)
        if sort == "nested":
            inner = tuple(index - 1 - draws.below(index) for _ in range(1 + draws.below(3)))
            return self._groups(tuple(i for i in dict.fromkeys(inner) if i)) + self._some(
                "users", draws.below(4), draws
            )
        few = 1 + draws.below(3) if sort == "security" and draws.chance(15) else 0
        return self._some("users", size, draws) + self._some("devices", few, draws)

    def _groups(self, indexes: tuple[int, ...]) -> tuple[Place, ...]:
        return tuple(("groups", each) for each in indexes if each < self._world.size.groups)

    def _some(self, kind: Kind, size: int, draws: Draws) -> tuple[Place, ...]:
        """Return distinct objects, spread over the whole kind."""
        count = self._world.size.of(kind)
        if count == 0:
            return ()
        start, step = draws.below(count), 1 + draws.below(count)
        while gcd(step, count) != 1:
            step += 1
        return tuple((kind, (start + at * step) % count) for at in range(min(size, count)))


def _nickname(name: str, index: int) -> str:
    kept = "".join(each for each in name if each.isascii() and each.isalnum())
    return f"{kept.lower()}{index}"
