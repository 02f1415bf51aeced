"""One user or group whole: what its directory says of it, and whom and what it is joined to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from muster.core import ndjson
from muster.core.errors import ConfigError
from muster.core.records import GroupRecord, UserRecord
from muster.inventory import engine, schema
from muster.inventory.attributes import attribute_prefix
from muster.inventory.models import DirectoryGroup, DirectoryUser
from muster.inventory.models.directory import DirectoryEntry
from muster.inventory.selectors.pages import Fields, group_rows, user_rows
from muster.organizations.scope import Scope

MOST_LISTED = 100
"""So many of each relation are listed; all are counted."""

_USER = schema.MEMBER_KINDS["user"]
_GROUP = schema.MEMBER_KINDS["group"]
_DEVICE = schema.MEMBER_KINDS["device"]
_RELATIONS = {number: name for name, number in schema.RELATIONS.items()}


@dataclass(frozen=True, slots=True)
class Linked:
    """One thing at the other end of a relation; `relation` is `owner` or `user` of a device."""

    id: str
    name: str
    note: str = ""
    relation: str = ""


@dataclass(frozen=True, slots=True)
class Links:
    """The first things of a relation by name, and how many there are in all."""

    first: Sequence[Linked] = ()
    number: int = 0

    @property
    def further(self) -> int:
        """How many there are besides those that are listed."""
        return self.number - len(self.first)


@dataclass(frozen=True, slots=True)
class UserDetail:
    """One directory user: the groups it is directly in, and the devices that it owns or uses."""

    fields: Fields
    attributes: Mapping[str, str]
    groups: Links = field(default_factory=Links)
    devices: Links = field(default_factory=Links)


@dataclass(frozen=True, slots=True)
class GroupDetail:
    """One group: its direct members by kind, the groups that it is in, and its owners."""

    fields: Fields
    attributes: Mapping[str, str]
    users: Links = field(default_factory=Links)
    groups: Links = field(default_factory=Links)
    devices: Links = field(default_factory=Links)
    parents: Links = field(default_factory=Links)
    owners: Links = field(default_factory=Links)


def user_detail(scope: Scope, uid: UUID) -> UserDetail:
    """Return the user of that id. Raises ConfigError if there is none."""
    user = DirectoryUser.objects.filter(organization=scope.organization, uid=uid).first()
    if user is None:
        raise ConfigError(f"there is no user {uid}", hint="It may be gone by retention.")
    return UserDetail(
        fields=user_rows(scope, [user.pk])[0],
        attributes=_attributes(user, "directory_user_record"),
        groups=_linked(scope, user, _GROUPS_OF),
        devices=_linked(scope, user, _DEVICES_OF_OWNER),
    )


def group_detail(scope: Scope, uid: UUID) -> GroupDetail:
    """Return the group of that id. Raises ConfigError if there is none."""
    group = DirectoryGroup.objects.filter(organization=scope.organization, uid=uid).first()
    if group is None:
        raise ConfigError(f"there is no group {uid}", hint="It may be gone by retention.")
    return GroupDetail(
        fields=group_rows(scope, [group.pk])[0],
        attributes=_attributes(group, "directory_group_record"),
        users=_linked(scope, group, _MEMBER_USERS),
        groups=_linked(scope, group, _MEMBER_GROUPS),
        devices=_linked(scope, group, _MEMBER_DEVICES),
        parents=_linked(scope, group, _GROUPS_OF),
        owners=_linked(scope, group, _OWNERS_OF_GROUP),
    )


@dataclass(frozen=True, slots=True)
class _Relation:
    """Rows `r` of a relation whose end `own` is the thing, and the table of what is at the other.

    `columns` are id, name, note and relation.
    """

    table: str
    own: str
    other: str
    where: str
    joined: str
    columns: str


_ENTRY = "t.uid, COALESCE(NULLIF(t.display_name, ''), NULLIF(t.name, ''), t.foreign_id)"
_OF_USERS = f"{_ENTRY}, t.department, 0"
_OF_GROUPS = f"{_ENTRY}, t.description, 0"
_JOIN = " ON t.organization_id = r.organization_id AND t.feed_id = r.feed_id"
_USERS = f"inventory_directoryuser t{_JOIN} AND t.foreign_id = r."
_GROUPS = f"inventory_directorygroup t{_JOIN} AND t.foreign_id = r."
_ASSETS = (
    "inventory_assetsource s ON s.organization_id = r.organization_id AND s.feed_id = r.feed_id"
    " AND s.foreign_id = r.{other} JOIN inventory_asset t ON t.id = s.asset_id"
)
_OF_ASSETS = "t.uid, COALESCE(NULLIF(t.name, ''), s.foreign_id), t.os"

_GROUPS_OF = _Relation(
    "membership", "member_ref", "group_ref", "1 = 1", f"{_GROUPS}group_ref", _OF_GROUPS
)
_MEMBER_USERS = _Relation(
    *("membership", "group_ref", "member_ref", f"r.member_kind = {_USER}"),
    *(f"{_USERS}member_ref", _OF_USERS),
)
_MEMBER_GROUPS = _Relation(
    *("membership", "group_ref", "member_ref", f"r.member_kind = {_GROUP}"),
    *(f"{_GROUPS}member_ref", _OF_GROUPS),
)
_MEMBER_DEVICES = _Relation(
    *("membership", "group_ref", "member_ref", f"r.member_kind = {_DEVICE}"),
    *(_ASSETS.format(other="member_ref"), f"{_OF_ASSETS}, 0"),
)
_DEVICES_OF_OWNER = _Relation(
    *("ownership", "owner_ref", "subject_ref", f"r.subject_kind = {schema.SUBJECT_KINDS['asset']}"),
    *(_ASSETS.format(other="subject_ref"), f"{_OF_ASSETS}, r.relation"),
)
_OWNERS_OF_GROUP = _Relation(
    *("ownership", "subject_ref", "owner_ref", f"r.subject_kind = {schema.SUBJECT_KINDS['group']}"),
    *(f"{_USERS}owner_ref", _OF_USERS),
)


def _linked(scope: Scope, entry: DirectoryEntry, relation: _Relation) -> Links:
    source = (
        f" FROM {relation.table} r JOIN {relation.joined} WHERE r.organization_id = %s"
        f" AND r.{relation.own} = %s AND r.feed_id = %s AND {relation.where}"
    )
    bound = (scope.organization_id, entry.foreign_id, entry.feed_id)
    rows = engine.rows(
        f"SELECT DISTINCT {relation.columns}{source} ORDER BY 2, 1 LIMIT {MOST_LISTED}", bound
    )
    number = len(rows)
    if number == MOST_LISTED:
        counted = engine.rows(
            f"SELECT COUNT(*) FROM (SELECT DISTINCT {relation.columns}{source}) counted", bound
        )
        number = int(counted[0][0])
    first = [
        Linked(str(UUID(str(uid))), name, note or "", _RELATIONS.get(kind, "") if kind else "")
        for uid, name, note, kind in rows
    ]
    return Links(first, number)


def _attributes(entry: DirectoryEntry, table: str) -> dict[str, str]:
    """Return what the directory says, spelled as it is searched."""
    found = engine.rows(f"SELECT body FROM {table} WHERE id = %s", (entry.pk,))
    record = ndjson.decode(bytes(found[0][0])) if found else None
    if not isinstance(record, UserRecord | GroupRecord):
        return {}
    prefix = attribute_prefix(record.source, "user" if isinstance(record, UserRecord) else "group")
    return {f"{prefix}{name}": text for name, text in sorted(record.attributes.items())}
