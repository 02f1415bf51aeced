"""The directory of one simulated tenant, as Graph would tell of it, and as it changes."""

from muster.simulator.directory.changes import Change, EvolutionSummary, Kind, Member, What
from muster.simulator.directory.memberships import Place
from muster.simulator.directory.reading import ReadableDirectory
from muster.simulator.directory.shelf import JSONObject


class Directory(ReadableDirectory):
    """A tenant's devices, users and groups.

    Objects are made when asked for, from the seed and their index, so that a tenant of a
    million devices starts at once; only what has changed is kept. The same arguments make the
    same tenant in every process. An unknown id raises KeyError in every method but `get`,
    `find_user` and `find_device`. It is not meant for several threads.
    """

    def add_device(self, **properties: object) -> str:
        """Register a device and return its object id; what is not given is generated."""
        return self._add("devices", properties)

    def add_user(self, **properties: object) -> str:
        """Create a user and return the id; what is not given is generated."""
        return self._add("users", properties)

    def add_group(self, **properties: object) -> str:
        """Create an empty group without owners and return its id."""
        return self._add("groups", properties)

    def update(self, kind: Kind, object_id: str, **properties: object) -> None:
        """Change properties; a new department moves a user between the department's groups."""
        index = self._live(kind, object_id)
        before = self._shelves[kind].object(index)
        self.version += 1
        self._shelves[kind].patch(index, properties)
        self._index_names(kind, index, properties)
        self._note(kind, index, "changed", frozenset(properties))
        if kind == "users" and "department" in properties:
            self._change_department(index, before["department"], properties["department"])

    def delete(self, kind: Kind, object_id: str, *, soft: bool = True) -> None:
        """Delete an object. Devices are gone at once; others can be restored if `soft`.

        A soft-deleted object can be deleted again for good.
        """
        shelf = self._shelves[kind]
        index = shelf.index_of(object_id)
        if index is None or (not shelf.is_live(index) and not shelf.is_restorable(index)):
            raise KeyError(object_id)
        is_soft = soft and kind != "devices"
        self.version += 1
        if shelf.is_live(index):
            self._note_memberships((kind, index), is_added=False)
        else:
            shelf.restore(index)
        shelf.remove(index, restorable=is_soft)
        self._note(kind, index, "soft_deleted" if is_soft else "deleted")

    def restore(self, kind: Kind, object_id: str) -> None:
        """Bring a soft-deleted object back, with its memberships."""
        shelf = self._shelves[kind]
        index = shelf.index_of(object_id)
        if index is None or not shelf.is_restorable(index):
            raise KeyError(object_id)
        self.version += 1
        shelf.restore(index)
        members = tuple(self._memberships.members(index)) if kind == "groups" else ()
        self._note(kind, index, "changed", frozenset(shelf.object(index)), members=members)
        self._note_memberships((kind, index), is_added=True)

    def add_member(self, group_id: str, kind: Kind, object_id: str) -> None:
        """Put an object into a group; nothing happens if it is there."""
        self._set_member(group_id, kind, object_id, is_member=True)

    def remove_member(self, group_id: str, kind: Kind, object_id: str) -> None:
        """Take an object out of a group; nothing happens if it is not there."""
        self._set_member(group_id, kind, object_id, is_member=False)

    def set_registered_owner(self, device_id: str, user_id: str | None) -> None:
        """Make a user the owner of a device, or nobody."""
        index = self._live("devices", device_id)
        self._owners[index] = None if user_id is None else self._live("users", user_id)
        self.version += 1
        self._note("devices", index, "changed", frozenset({"registeredOwners"}))

    def add_registered_user(self, device_id: str, user_id: str) -> None:
        """Add a user to those of a device."""
        index = self._live("devices", device_id)
        self._more_users.setdefault(index, []).append(self._live("users", user_id))
        self.version += 1
        self._note("devices", index, "changed", frozenset({"registeredUsers"}))

    def evolve(self, *, seed: int, share: float) -> EvolutionSummary:
        """Live through a plausible day that touches about `share` of each kind; see `evolution`."""
        from muster.simulator.directory.evolution import evolve

        return evolve(self, seed=seed, share=share)

    def _add(self, kind: Kind, properties: JSONObject) -> str:
        shelf = self._shelves[kind]
        self.version += 1
        index = shelf.add(properties)
        self._index_names(kind, index, properties)
        made = shelf.object(index)
        self._note(kind, index, "changed", frozenset(made))
        self._note_memberships((kind, index), is_added=True)
        if kind == "users" and "department" in properties:
            self._change_department(
                index, self._user_maker.department(index), properties["department"]
            )
        return shelf.codec.encode(index)

    def _index_names(self, kind: Kind, index: int, properties: JSONObject) -> None:
        if kind == "users" and "userPrincipalName" in properties:
            self._principals[str(properties["userPrincipalName"]).casefold()] = index
        if kind == "devices" and "deviceId" in properties:
            self._device_ids[str(properties["deviceId"]).casefold()] = index

    def _set_member(self, group_id: str, kind: Kind, object_id: str, *, is_member: bool) -> None:
        group = self._live("groups", group_id)
        place: Place = (kind, self._live(kind, object_id))
        if self._memberships.is_member(group, place) == is_member:
            return
        self.version += 1
        self._move(group, place, is_added=is_member)

    def _move(self, group: int, place: Place, *, is_added: bool) -> None:
        if is_added:
            self._memberships.add(group, place)
        else:
            self._memberships.remove(group, place)
        if self._shelves["groups"].is_live(group):
            self._note_membership(group, place, is_added=is_added)

    def _change_department(self, user: int, before: object, after: object) -> None:
        place: Place = ("users", user)
        for department, is_added in ((before, False), (after, True)):
            group = self._group_maker.of_department(department)
            if group is None:
                continue
            if self._memberships.is_member(group, place) != is_added:
                self._move(group, place, is_added=is_added)

    def _note(
        self,
        kind: Kind,
        index: int,
        what: What,
        properties: frozenset[str] = frozenset(),
        *,
        members: tuple[Member, ...] = (),
    ) -> None:
        object_id = self._shelves[kind].codec.encode(index)
        change = Change(object_id, what, self.version, properties, members_added=members)
        self._log.note(kind, change)
        self._memberships.forget_lists()

    def _note_memberships(self, place: Place, *, is_added: bool) -> None:
        for group in self._memberships.groups_of(place):
            self._note_membership(group, place, is_added=is_added)

    def _note_membership(self, group: int, place: Place, *, is_added: bool) -> None:
        member = (place[0], self._shelves[place[0]].codec.encode(place[1]))
        change = Change(
            self._shelves["groups"].codec.encode(group),
            "changed",
            self.version,
            members_added=(member,) if is_added else (),
            members_removed=() if is_added else (member,),
        )
        self._log.note("groups", change)
        self._memberships.forget_lists()
