"""What can be read of a tenant: the half of a directory that changes nothing."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from muster.simulator.directory.changes import Change, ChangeLog, Kind, Member, TenantSize
from muster.simulator.directory.memberships import Memberships
from muster.simulator.directory.objects.devices import DeviceMaker
from muster.simulator.directory.objects.groups import GroupMaker
from muster.simulator.directory.objects.users import UserMaker
from muster.simulator.directory.objects.world import World
from muster.simulator.directory.shelf import Identifiers, JSONObject, Shelf


class ReadableDirectory:
    """A tenant's devices, users and groups, as they are now."""

    def __init__(
        self,
        *,
        seed: int,
        size: TenantSize,
        tenant_id: str | None = None,
        domain: str | None = None,
        now: datetime,
    ) -> None:
        """Found the tenant; `now` is the instant from which the ages of all stamps count back."""
        world = World.found(seed=seed, size=size, tenant_id=tenant_id, domain=domain, now=now)
        self.world = world
        self.seed = seed
        self.size = size
        self.tenant_id = world.tenant_id
        self.domain = world.domain
        self.display_name = world.company.display_name
        self.now = now
        self.version = 0
        self._user_maker = UserMaker(world)
        self._device_maker = DeviceMaker(world, self._user_maker)
        self._group_maker = GroupMaker(world)
        self.machines = self._device_maker.machines
        self._shelves: dict[Kind, Shelf] = {
            "devices": self._shelf("devices", self._device_maker),
            "users": self._shelf("users", self._user_maker),
            "groups": self._shelf("groups", self._group_maker),
        }
        self._memberships = Memberships(self._shelves, self._group_maker.rule)
        self._log = ChangeLog()
        self._principals: dict[str, int] = {}
        self._device_ids: dict[str, int] = {}
        self._owners: dict[int, int | None] = {}
        self._more_users: dict[int, list[int]] = {}

    def _shelf(self, kind: Kind, maker: DeviceMaker | UserMaker | GroupMaker) -> Shelf:
        count = self.size.of(kind)
        return Shelf(count=count, codec=self.world.codecs[kind], make=maker.make)

    def count(self, kind: Kind) -> int:
        """How many objects of the kind are live."""
        return len(self._shelves[kind])

    def ids(self, kind: Kind) -> Sequence[str]:
        """Return the ids of the live objects in listing order: a lazy view, not a list."""
        return Identifiers(self._shelves[kind])

    def get(self, kind: Kind, object_id: str) -> JSONObject | None:
        """Return the whole Graph object, select-only properties too; None if absent or deleted."""
        shelf = self._shelves[kind]
        index = shelf.live_index_of(object_id)
        return None if index is None else shelf.object(index)

    def page(self, kind: Kind, start: int, size: int) -> list[JSONObject]:
        """Return up to `size` live objects from a position in listing order."""
        return self._shelves[kind].page(start, size)

    def page_after(self, kind: Kind, cursor: int, size: int) -> tuple[list[JSONObject], int | None]:
        """Return up to `size` live objects from a cursor, and the next cursor or None at the end.

        Unlike a position a cursor stays true when objects are deleted between two pages.
        The first cursor is 0.
        """
        shelf = self._shelves[kind]
        found: list[int] = []
        for index in shelf.indexes(cursor):
            if len(found) == size:
                return [shelf.object(each) for each in found], index
            found.append(index)
        return [shelf.object(each) for each in found], None

    def walk(self, kind: Kind) -> Iterator[JSONObject]:
        """Yield every live object in listing order."""
        shelf = self._shelves[kind]
        return (shelf.object(index) for index in shelf.indexes())

    def id_at(self, kind: Kind, index: int) -> str:
        """Return the id of the object made at an index, whether live or not."""
        return self.world.codecs[kind].encode(index)

    def find_user(self, principal_name: str) -> JSONObject | None:
        """Return the live user who signs in with that name, in any case."""
        folded = principal_name.casefold()
        index = self._principals.get(folded)
        if index is None:
            index = self._user_maker.index_of_principal(folded)
        shelf = self._shelves["users"]
        if index is None or not shelf.is_live(index):
            return None
        user = shelf.object(index)
        return user if str(user["userPrincipalName"]).casefold() == folded else None

    def find_device(self, device_id: str) -> JSONObject | None:
        """Return the live device of a `deviceId`, which is not the object's `id`."""
        index = self._device_ids.get(device_id.casefold())
        if index is None:
            index = self.world.device_ids.decode(device_id)
        shelf = self._shelves["devices"]
        if index is None or not shelf.is_live(index):
            return None
        device = shelf.object(index)
        return device if str(device["deviceId"]).casefold() == device_id.casefold() else None

    def members(self, group_id: str) -> Sequence[Member]:
        """Return the direct members of a group, in a stable order."""
        return self._memberships.members(self._live("groups", group_id))

    def transitive_members(self, group_id: str) -> Sequence[Member]:
        """Return every object once that is in the group or in a group in it, at any depth.

        Cycles end; the group itself is never among them.
        """
        return self._memberships.transitive(self._live("groups", group_id))

    def group_owners(self, group_id: str) -> Sequence[str]:
        """Return the ids of the users who own the group."""
        index = self._live("groups", group_id)
        return self._user_ids(self._group_maker.owners(index) if self._is_base(index) else ())

    def registered_owners(self, device_id: str) -> Sequence[str]:
        """Return the id of the user who registered the device; `device_id` is the object's id."""
        index = self._live("devices", device_id)
        owner = self._owner(index)
        return self._user_ids(() if owner is None else (owner,))

    def registered_users(self, device_id: str) -> Sequence[str]:
        """Return the ids of the device's users: none, one, or for shared ones more than 20."""
        index = self._live("devices", device_id)
        owner = self._owner(index)
        users = [] if owner is None else [owner]
        users += self._device_maker.shared_with(index)
        users += self._more_users.get(index, ())
        return self._user_ids(dict.fromkeys(users))

    def member_of(self, kind: Kind, object_id: str) -> Sequence[str]:
        """Return the ids of the groups that the object belongs to directly."""
        place = (kind, self._live(kind, object_id))
        return [self.id_at("groups", group) for group in self._memberships.groups_of(place)]

    def changes(self, kind: Kind, since_version: int) -> Sequence[Change]:
        """Return what happened to objects of the kind after a version, oldest first."""
        return self._log.since(kind, since_version)

    def is_restorable(self, kind: Kind, object_id: str) -> bool:
        """True if the object is soft-deleted."""
        index = self._shelves[kind].index_of(object_id)
        return index is not None and self._shelves[kind].is_restorable(index)

    def _live(self, kind: Kind, object_id: str) -> int:
        index = self._shelves[kind].live_index_of(object_id)
        if index is None:
            raise KeyError(object_id)
        return index

    def _is_base(self, group: int) -> bool:
        return group < self.size.groups

    def _owner(self, device: int) -> int | None:
        if device in self._owners:
            return self._owners[device]
        return self._device_maker.owner(device)

    def _user_ids(self, indexes: Iterable[int]) -> list[str]:
        shelf = self._shelves["users"]
        return [shelf.codec.encode(index) for index in indexes if shelf.is_live(index)]
