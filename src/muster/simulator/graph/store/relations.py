"""Relationships: which objects belong to which, as ids."""

from collections.abc import Callable, Sequence

from muster.simulator.directory import Directory, Kind
from muster.simulator.graph.access import Caller
from muster.simulator.graph.kinds import GROUPS, KINDS, USERS, KindInfo

Related = Sequence[tuple[Kind, str]]

_OPENING = {
    "members": GROUPS.permissions,
    "transitiveMembers": GROUPS.permissions,
    "owners": GROUPS.permissions,
}


class Relations:
    """The relationships of one directory."""

    def __init__(self, directory: Directory) -> None:
        """Read them from that directory."""
        self._directory = directory
        self._owned_by: dict[str, dict[str, list[str]]] = {}
        self._version = -1
        self._readers: dict[str, Callable[[Kind, str], Related]] = {
            "members": lambda _, key: directory.members(key),
            "transitiveMembers": lambda _, key: directory.transitive_members(key),
            "owners": lambda _, key: _all("users", directory.group_owners(key)),
            "registeredOwners": lambda _, key: _all("users", directory.registered_owners(key)),
            "registeredUsers": lambda _, key: _all("users", directory.registered_users(key)),
            "memberOf": lambda kind, key: _all("groups", directory.member_of(kind, key)),
            "transitiveMemberOf": self._transitive_groups,
            "ownedDevices": lambda _, key: self._devices("registeredOwners", key),
            "registeredDevices": lambda _, key: self._devices("registeredUsers", key),
            "ownedObjects": lambda _, key: self._groups("owners", key),
            "manager": lambda _kind, _key: (),
        }

    def read(self, name: str, kind: Kind, object_id: str) -> Related:
        """The related objects in a stable order. KeyError if the object is gone."""
        return self._readers[name](kind, object_id)

    def _transitive_groups(self, kind: Kind, object_id: str) -> Related:
        found: dict[str, None] = {}
        waiting = list(self._directory.member_of(kind, object_id))
        while waiting:
            group = waiting.pop(0)
            if group not in found and group != object_id:
                found[group] = None
                waiting.extend(self._directory.member_of("groups", group))
        return _all("groups", list(found))

    def _devices(self, relation: str, user_id: str) -> Related:
        return _all("devices", self._owned("devices", relation, user_id))

    def _groups(self, relation: str, user_id: str) -> Related:
        return _all("groups", self._owned("groups", relation, user_id))

    def _owned(self, kind: Kind, relation: str, user_id: str) -> Sequence[str]:
        if self._directory.get("users", user_id) is None:
            raise KeyError(user_id)
        if self._version != self._directory.version:
            self._version = self._directory.version
            self._owned_by.clear()
        if relation not in self._owned_by:
            self._owned_by[relation] = self._inverted(kind, relation)
        return self._owned_by[relation].get(user_id, [])

    def _inverted(self, kind: Kind, relation: str) -> dict[str, list[str]]:
        """The objects of each user: the directory itself only knows the users of each object."""
        inverted: dict[str, list[str]] = {}
        for owned in self._directory.ids(kind):
            for _, user in self.read(relation, kind, owned):
                inverted.setdefault(user, []).append(owned)
        return inverted


def may_read_relation(caller: Caller, info: KindInfo, name: str) -> bool:
    """True if the token opens that relationship of an object of that type."""
    if name in {"memberOf", "transitiveMemberOf"}:
        return caller.has_any(*info.permissions, *GROUPS.permissions)
    return caller.has_any(*_OPENING.get(name, info.permissions))


def may_read_object(caller: Caller, kind: Kind) -> bool:
    """True if the token shows the properties of objects of that kind in a mixed list."""
    info = KINDS[kind]
    if caller.has_any(*info.permissions):
        return True
    return info is USERS and caller.has_any("User.ReadBasic.All")


def forms_for(caller: Caller) -> dict[str, str]:
    """The form, as `Rows.row` has them, in which a mixed list shows the objects of each kind."""
    return {i.kind: "typed" if may_read_object(caller, i.kind) else "blank" for i in KINDS.values()}


def _all(kind: Kind, ids: Sequence[str]) -> Related:
    return [(kind, object_id) for object_id in ids]
