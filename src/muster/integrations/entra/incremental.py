"""A sync of what has changed: the same records as of a whole one, of changed objects alone."""

from collections.abc import AsyncGenerator, Iterable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime, timedelta

from muster.core.normalize import instant_of
from muster.core.records import (
    AnyRecord,
    Collection,
    CollectionReport,
    RemovedRecord,
    StateRecord,
)
from muster.integrations.entra import delta, mapping
from muster.integrations.entra.batch import together
from muster.integrations.entra.client import GraphClient, Item
from muster.integrations.entra.delta import Changes, LostTrackError
from muster.integrations.entra.devices import OWNERS as DEVICE_OWNERS
from muster.integrations.entra.devices import PATH as DEVICES
from muster.integrations.entra.devices import USERS as DEVICE_USERS
from muster.integrations.entra.devices import is_inactive
from muster.integrations.entra.errors import RefusedError
from muster.integrations.entra.fields import DEVICE_SELECT_ONLY, GROUP
from muster.integrations.entra.filters import DeviceFilter
from muster.integrations.entra.groups import OWNERS as GROUP_OWNERS
from muster.integrations.entra.groups import PATH as GROUPS
from muster.integrations.entra.listing import Listing, Query
from muster.integrations.entra.options import Options
from muster.integrations.entra.passing import Passed
from muster.integrations.entra.relations import WORDS
from muster.integrations.entra.rereading import (
    IDS_AT_ONCE,
    OBJECTS_AT_ONCE,
    any_of,
    chunks,
    read_again,
    related,
)
from muster.integrations.entra.run import SOURCE
from muster.integrations.entra.users import COST as USER_COST
from muster.integrations.entra.users import PATH as USERS
from muster.integrations.entra.users import user_select

AT = "at"
"""The key in the state under which the time of the last sync stands, beside the links."""

_OWNED_OBJECTS = "ownedObjects"
_OWNED = ("ownedDevices", "registeredDevices", _OWNED_OBJECTS)
_GROUP = "#microsoft.graph.group"
_STAMP = "%Y-%m-%dT%H:%M:%SZ"
_OVERLAP = timedelta(days=1)

Related = Mapping[str, Sequence[Item]]

_COLLECTIONS = (Collection.ASSETS, Collection.USERS, Collection.GROUPS)
_ALL = "all"


def state_of(links: Mapping[str, str], at: datetime) -> StateRecord:
    """Return the state from which the next sync goes on."""
    return StateRecord(source=SOURCE, state={**links, AT: at.isoformat()})


@dataclass(slots=True)
class Incremental:
    """One sync of changes.

    What it emits may be followed by a whole sync in the same run, since all of it is true.
    """

    client: GraphClient
    options: Options
    filter: DeviceFilter | None
    now: datetime
    state: Mapping[str, str]
    passed: Passed
    keeps_places: bool = False

    async def records(self) -> AsyncGenerator[AnyRecord, None]:
        """Yield what changed, then the reports, and the new state last.

        Raises LostTrackError or RefusedError where everything has to be read instead.
        """
        changes = await delta.read(self.client, self.state)
        if not self.passed.links:
            self.passed.links = delta.links_of(changes)
            self.passed.at = self.now.isoformat()
            for place in self._place():
                yield place
        self.now = instant_of(self.passed.at) or self.now
        devices, users, groups = (changes[kind] for kind in delta.KINDS)
        await self._add_stale(devices)
        await self._add_regained(devices, users, groups)
        async with aclosing(self._lists(devices, users, groups)) as lists:
            async for records in lists:
                for record in records:
                    yield record
        for collection in Collection:
            if collection is not Collection.SERVICES:
                yield CollectionReport(
                    source=SOURCE,
                    collection=collection,
                    complete=True,
                    is_delta=True,
                    records=self.passed.told.get(collection, 0),
                )
        # As of the first time that changes were asked for: what has changed since is told again.
        yield state_of(self.passed.links, self.now)

    async def _lists(
        self, devices: Changes, users: Changes, groups: Changes
    ) -> AsyncGenerator[list[AnyRecord], None]:
        again = ((devices, self._devices), (users, self._users), (groups, self._groups))
        for collection, (changes, read) in zip(_COLLECTIONS, again, strict=True):
            for ids in chunks(self.passed.left(collection, changes.changed), OBJECTS_AT_ONCE):
                yield self._counted(collection, await read(ids), last=ids[-1])
        if Collection.MEMBERSHIPS not in self.passed.last:
            yield self._counted(Collection.MEMBERSHIPS, _memberships(groups), last=_ALL)
        # Removals last, as everywhere: a device that was registered anew meets its old record.
        yield _removals(devices, users, groups)
        yield _removed(Collection.ASSETS, self.passed.left_out)

    def _counted(
        self, collection: Collection, records: list[AnyRecord], *, last: str
    ) -> list[AnyRecord]:
        """Return a portion, and after it that all up to its last object has been told."""
        self.passed.pass_over(collection, len(records), last=last)
        return [*records, *self._place()]

    def _place(self) -> list[AnyRecord]:
        place = self.passed.record() if self.keeps_places else None
        return [place] if place else []

    async def _add_stale(self, devices: Changes) -> None:
        """Add the devices that became inactive by mere time, of which no delta tells."""
        after = self.options.inactive_after
        if after is None or self.options.include_inactive:
            return
        last = instant_of(self.state.get(AT, ""))
        if last is None:
            raise LostTrackError("the time of the last sync is not known")
        since, until = last - after - _OVERLAP, self.now - after
        stamp = "approximateLastSignInDateTime"
        condition = f"{stamp} ge {since.strftime(_STAMP)} and {stamp} le {until.strftime(_STAMP)}"
        query = Query(DEVICES, select=("id",), filter=condition)
        async for page in Listing(self.client, query).pages():
            devices.changed.update(each["id"] for each in page.value)
        devices.changed -= devices.removed

    async def _add_regained(self, devices: Changes, users: Changes, groups: Changes) -> None:
        """Add what restored users own: it has its owners again, itself unchanged."""
        for relation in _OWNED:
            query = Query(USERS, select=("id",), expand=relation, base_cost=USER_COST)
            for ids in chunks(sorted(users.new), OBJECTS_AT_ONCE):
                try:
                    items = await read_again(self.client, query, ids)
                    owned = await related(self.client, USERS, relation, items)
                except RefusedError as error:
                    self.client.progress.log(
                        "info", f"{relation} of users are left out", reason=error.message
                    )
                    return
                for each in (each for some in owned.values() for each in some):
                    kind = groups if each.get("@odata.type") == _GROUP else devices
                    if relation != _OWNED_OBJECTS or kind is groups:
                        kind.changed.add(each["id"])
        devices.changed -= devices.removed
        groups.changed -= groups.removed

    async def _devices(self, ids: Sequence[str]) -> list[AnyRecord]:
        """Return devices anew, and those as removed that are no longer to be imported."""
        main = Query(DEVICES, expand=DEVICE_OWNERS)
        extra = Query(DEVICES, select=("id", *DEVICE_SELECT_ONLY), expand=DEVICE_USERS)
        found, twins = await together(read_again(self.client, each, ids) for each in (main, extra))
        wholes = {
            key: {
                name: value
                for name, value in {**item, **twins.get(key, {})}.items()
                if not name.startswith((DEVICE_OWNERS, DEVICE_USERS))
            }
            for key, item in found.items()
        }
        kept = await self._kept(wholes)
        self.passed.left_out += [key for key in found if key not in kept]
        owners = await related(self.client, DEVICES, DEVICE_OWNERS, _only(found, kept))
        users = await related(
            self.client, DEVICES, DEVICE_USERS, {key: twins.get(key, {}) for key in kept}
        )
        return [
            *(mapping.device(wholes[key]) for key in kept),
            *_owned("asset", DEVICE_OWNERS, owners),
            *_owned("asset", DEVICE_USERS, users),
            *_removed(Collection.OWNERSHIPS, found),
        ]

    async def _kept(self, wholes: Mapping[str, Item]) -> list[str]:
        """Return the devices that the filter and the options let through."""
        passing = await self._passing(wholes)
        if self.options.include_inactive:
            return passing
        kept = [k for k in passing if not is_inactive(wholes[k], self.options, self.now)]
        self.passed.count_inactive(len(passing) - len(kept))
        return kept

    async def _passing(self, wholes: Mapping[str, Item]) -> list[str]:
        """Return those that match the filter: Graph is asked where a null leaves it open."""
        if self.filter is None:
            return list(wholes)
        answers = {key: self.filter.answer(whole) for key, whole in wholes.items()}
        passing = {key for key, answer in answers.items() if answer}
        open_ids = [key for key, answer in answers.items() if answer is None]
        for ids in chunks(open_ids, IDS_AT_ONCE):
            # An advanced query, because these may be as deep as they like.
            condition = f"{any_of(ids)} and ({self.filter.text})"
            query = Query(DEVICES, select=("id",), filter=condition, is_advanced=True)
            async for page in Listing(self.client, query).pages():
                passing.update(each["id"] for each in page.value if each["id"] in answers)
        return [key for key in wholes if key in passing]

    async def _users(self, ids: Sequence[str]) -> list[AnyRecord]:
        query = Query(USERS, select=await user_select(self.client), base_cost=USER_COST)
        found = await read_again(self.client, query, ids)
        return [mapping.user(each) for each in found.values()]

    async def _groups(self, ids: Sequence[str]) -> list[AnyRecord]:
        query = Query(GROUPS, select=GROUP, expand=GROUP_OWNERS)
        found = await read_again(self.client, query, ids)
        owners = await related(self.client, GROUPS, GROUP_OWNERS, found)
        for item in found.values():
            item.pop(GROUP_OWNERS, None)
        return [
            *(mapping.group(each) for each in found.values()),
            *_owned("group", GROUP_OWNERS, owners),
            *_removed(Collection.OWNERSHIPS, found),
        ]


def _removals(devices: Changes, users: Changes, groups: Changes) -> list[AnyRecord]:
    """Return what is gone, with all its relations; also those that others have to it."""
    everything = (*devices.removed, *users.removed, *groups.removed)
    return [
        *_removed(Collection.ASSETS, devices.removed),
        *_removed(Collection.USERS, users.removed),
        *_removed(Collection.GROUPS, groups.removed),
        *_removed(Collection.MEMBERSHIPS, groups.removed),
        *_removed(Collection.OWNERSHIPS, (*devices.removed, *groups.removed)),
        *(
            RemovedRecord(source=SOURCE, collection=collection, other_id=key)
            for collection in (Collection.MEMBERSHIPS, Collection.OWNERSHIPS)
            for key in sorted(everything)
        ),
    ]


def _removed(collection: Collection, ids: Iterable[str]) -> list[AnyRecord]:
    return [RemovedRecord(source=SOURCE, collection=collection, id=key) for key in sorted(ids)]


def _owned(kind: str, relation: str, found: Related) -> list[AnyRecord]:
    return [
        record
        for key, owners in found.items()
        for record in mapping.ownerships(kind, key, owners, relation=WORDS[relation])
    ]


def _memberships(groups: Changes) -> list[AnyRecord]:
    lost: list[AnyRecord] = []
    told: list[AnyRecord] = []
    for (group, member), item in groups.members.items():
        if group in groups.removed:
            continue
        if item is None:
            lost.append(
                RemovedRecord(
                    source=SOURCE, collection=Collection.MEMBERSHIPS, id=group, other_id=member
                )
            )
        else:
            told += mapping.memberships(group, [item])
    return [*lost, *told]


def _only(items: Mapping[str, Item], keys: Sequence[str]) -> dict[str, Item]:
    return {key: items[key] for key in keys}
