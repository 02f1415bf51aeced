"""Devices, and who owns and uses them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from muster.core.errors import AuthError, MusterError
from muster.core.normalize import instant_of
from muster.core.records import AssetRecord, Collection
from muster.integrations.entra import mapping
from muster.integrations.entra.batch import FanOut, Losses, Part, together
from muster.integrations.entra.client import GraphClient, Item
from muster.integrations.entra.fields import DEVICE_SELECT_ONLY
from muster.integrations.entra.filters import DeviceFilter
from muster.integrations.entra.listing import Listing, Query
from muster.integrations.entra.options import Options
from muster.integrations.entra.pairing import Pair, Pairing
from muster.integrations.entra.relations import Relations
from muster.integrations.entra.telling import NEXT, Place, Teller

PATH = "/devices"
OWNERS = "registeredOwners"
USERS = "registeredUsers"

# What stands in a place besides the link of the next page.
_TWINS = "twins"
_ENDED = "ended"
_BY_LISTING = "by listing"
_STAGE = "stage"
_RELATIONS = "relations"
_KEPT = "kept"
_IDS = "ids"

_LISTING_PAYS_FROM = 50
"""One filtered device costs a tenth of a request, one device of a listing a 500th: so the
relations of all are read as soon as the filter lets through more than one in fifty."""


@dataclass(frozen=True, slots=True)
class Devices:
    """The job that collects devices."""

    client: GraphClient
    options: Options
    filter: DeviceFilter | None
    now: datetime

    async def collect(self, teller: Teller) -> None:
        """Emit devices with their select-only attributes, and their owners and users."""
        total = await self.client.count(PATH)
        matching = total
        if self.filter is not None:
            matching = await self.client.count(PATH, matching=self.filter.text)
        teller.expect(Collection.ASSETS, matching)
        # Whether it pays is decided once: what a run had done must fit what it does later.
        pays = self._is_advanced and _does_listing_pay(total, matching)
        if teller.place.get(_BY_LISTING, "yes" if pays and not teller.place else ""):
            await self._collect_by_listing(teller)
        else:
            await self._collect_pairs(teller)

    async def _collect_pairs(self, teller: Teller) -> None:
        """Emit devices, each with its owners and users after it."""
        relations = self._relations(teller)
        pairing = self._pairing(teller.place)
        async for pairs in pairing.pairs():
            whole = await self._completed(pairs)
            records = self._records(whole, teller)
            await teller.emit(Collection.ASSETS, list(records.values()))
            _note(relations, whole, records)
            await relations.settle()
            if place := _place(pairing):
                await teller.stands(place)

    async def _collect_by_listing(self, teller: Teller) -> None:
        """Emit devices, and then the owners and users of those from a listing of all."""
        marks = teller.marks()
        kept = {each for name in marks for each in marks[name].get(_IDS, "").split("\t")}
        if teller.place.get(_STAGE) != _RELATIONS:
            await self._collect_alone(teller, kept)
            await teller.stands({_BY_LISTING: "yes", _STAGE: _RELATIONS})
        await self._list_relations(teller, kept)

    async def _collect_alone(self, teller: Teller, kept: set[str]) -> None:
        """Emit devices, and add their ids to `kept`."""
        pairing = self._pairing(teller.place)
        marks: dict[str, Place] = {}
        pages = len(teller.marks())
        async for pairs in pairing.pairs():
            records = self._records(await self._completed(pairs), teller)
            await teller.emit(Collection.ASSETS, list(records.values()))
            kept.update(records)
            pages += 1
            marks[f"{_KEPT} {pages}"] = {_IDS: "\t".join(records)}
            if place := _place(pairing):
                await teller.mark(marks)
                await teller.stands({**place, _BY_LISTING: "yes"})
                marks = {}
        await teller.mark(marks)

    @property
    def _is_advanced(self) -> bool:
        return self.filter is not None and self.filter.is_advanced

    def _relations(self, teller: Teller) -> Relations:
        return Relations(self.client, teller, kind="asset", path=PATH)

    def _pairing(self, place: Place) -> Pairing:
        """Return what reads devices with their select-only attributes, from a place on.

        Advanced queries take no expansion. Without one, the owners ride on one listing and the
        users on the other, since a request expands one relationship.
        """
        text = self.filter.text if self.filter else ""
        owners, users = ("", "") if self._is_advanced else (OWNERS, USERS)
        main = Query(PATH, expand=owners, filter=text, is_advanced=self._is_advanced)
        extra = Query(
            PATH,
            select=("id", *DEVICE_SELECT_ONLY),
            expand=users,
            filter=text,
            is_advanced=self._is_advanced,
            is_select_extra=True,
        )
        twins = None if place.get(_TWINS) == _ENDED else place.get(_TWINS, "")
        return Pairing(
            Listing(self.client, main, place.get(NEXT, "")),
            None if twins is None else Listing(self.client, extra, twins),
        )

    async def _completed(self, pairs: list[Pair]) -> list[Pair]:
        """Return the pairs; a twin that no listing brought is asked for by itself."""
        alone = [device["id"] for device, twin in pairs if twin is None]
        if not alone:
            return pairs
        found: dict[str, Item] = {}

        async def take(key: str, items: list[Item]) -> None:
            found.update((key, each) for each in items)

        losses = Losses()
        select = ",".join(("id", *DEVICE_SELECT_ONLY))
        parts = (Part(each, f"{PATH}/{each}?$select={select}") for each in alone)
        await FanOut(self.client, take, losses).run(parts)
        if losses.first is not None:
            raise losses.first
        return [(device, twin or found.get(device["id"])) for device, twin in pairs]

    def _records(self, pairs: Sequence[Pair], teller: Teller) -> dict[str, AssetRecord]:
        """Return the records by object id, without what is to be left out."""
        records: dict[str, AssetRecord] = {}
        for device, twin in pairs:
            whole = {**device, **(twin or {})}
            whole.pop(OWNERS, None)
            whole.pop(USERS, None)
            if self._is_left_out(whole, teller):
                continue
            records[device["id"]] = mapping.device(whole)
        return records

    def _is_left_out(self, device: Item, teller: Teller) -> bool:
        if self.filter is not None and self.filter.leaves_out(device):
            teller.count("filtered_locally")
            self._tell_ignored(device["id"])
            return True
        if not self.options.include_inactive and is_inactive(device, self.options, self.now):
            teller.count("inactive")
            return True
        return False

    def _tell_ignored(self, object_id: str) -> None:
        self.client.progress.log(
            "warning", "Graph returned a device that the filter leaves out", id=object_id
        )

    async def _list_relations(self, teller: Teller, kept: set[str]) -> None:
        try:
            await together(self._list_one(teller, each, kept) for each in (OWNERS, USERS))
        except AuthError:
            raise
        except MusterError as error:
            teller.fail(Collection.OWNERSHIPS, error)

    async def _list_one(self, teller: Teller, relation: str, kept: set[str]) -> None:
        async def work(part: Teller) -> None:
            relations = self._relations(part)
            query = Query(PATH, select=("id",), expand=relation)
            async for page in Listing(self.client, query, part.place.get(NEXT, "")).pages():
                for each in page.value:
                    if each["id"] in kept:
                        relations.note(each["id"], relation, each)
                await relations.settle()
                if page.next_link:
                    await part.stands({NEXT: page.next_link})

        await teller.within(relation).go_on(work)


def is_inactive(device: Item, options: Options, now: datetime) -> bool:
    """True if the directory disabled the device, or it is stale where that is asked for.

    A device without a stamp is unknown, not stale: some active ones have none.
    """
    if device.get("accountEnabled") is False:
        return True
    stamp = device.get("approximateLastSignInDateTime")
    if options.inactive_after is None or not isinstance(stamp, str):
        return False
    seen_at = instant_of(stamp)
    return seen_at is not None and seen_at < now - options.inactive_after


def _place(pairing: Pairing) -> Place | None:
    """Return where both listings stand, if that is one place."""
    found = pairing.place()
    if found is None:
        return None
    link, twins = found
    return {NEXT: link, _TWINS: _ENDED if twins is None else twins}


def _does_listing_pay(total: int | None, matching: int | None) -> bool:
    if total is None or matching is None:
        return False
    return matching * _LISTING_PAYS_FROM > total


def _note(relations: Relations, pairs: Sequence[Pair], records: dict[str, AssetRecord]) -> None:
    for device, twin in pairs:
        if (key := device["id"]) in records:
            relations.note(key, OWNERS, device)
            relations.note(key, USERS, twin or {})
