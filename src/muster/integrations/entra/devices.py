"""Devices, and who owns and uses them."""

from collections.abc import AsyncIterator, Sequence
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
from muster.integrations.entra.pairing import Pair, paired
from muster.integrations.entra.relations import Relations
from muster.integrations.entra.run import Run

PATH = "/devices"
OWNERS = "registeredOwners"
USERS = "registeredUsers"

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

    async def collect(self, run: Run) -> None:
        """Emit devices with their select-only attributes, and their owners and users."""
        total = await self.client.count(PATH)
        matching = total
        if self.filter is not None:
            matching = await self.client.count(PATH, matching=self.filter.text)
        run.expect(Collection.ASSETS, matching)
        relations = Relations(self.client, run, kind="asset", path=PATH)
        by_listing = self._is_advanced and _does_listing_pay(total, matching)
        kept: set[str] = set()
        async for pairs in self._pairs():
            records = self._records(pairs)
            await run.emit(Collection.ASSETS, list(records.values()))
            if by_listing:
                kept.update(records)
            else:
                _note(relations, pairs, records)
                await relations.settle()
        if by_listing:
            await self._list_relations(relations, kept)

    @property
    def _is_advanced(self) -> bool:
        return self.filter is not None and self.filter.is_advanced

    async def _pairs(self) -> AsyncIterator[list[Pair]]:
        """Yield devices with their select-only attributes, those that Graph should tell.

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
        async for pairs in paired(Listing(self.client, main), Listing(self.client, extra)):
            yield await self._completed(pairs)

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

    def _records(self, pairs: Sequence[Pair]) -> dict[str, AssetRecord]:
        """Return the records by object id, without what is to be left out."""
        records: dict[str, AssetRecord] = {}
        for device, twin in pairs:
            whole = {**device, **(twin or {})}
            whole.pop(OWNERS, None)
            whole.pop(USERS, None)
            if self._is_left_out(whole):
                continue
            records[device["id"]] = mapping.device(whole)
        return records

    def _is_left_out(self, device: Item) -> bool:
        if self.filter is not None and self.filter.leaves_out(device):
            self._tell_ignored(device["id"])
            return True
        if not self.options.include_inactive and is_inactive(device, self.options, self.now):
            self.client.progress.count("inactive")
            return True
        return False

    def _tell_ignored(self, object_id: str) -> None:
        self.client.progress.count("filtered_locally")
        self.client.progress.log(
            "warning", "Graph returned a device that the filter leaves out", id=object_id
        )

    async def _list_relations(self, relations: Relations, kept: set[str]) -> None:
        try:
            await together(self._list_one(relations, each, kept) for each in (OWNERS, USERS))
        except AuthError:
            raise
        except MusterError as error:
            relations.fail(error)

    async def _list_one(self, relations: Relations, relation: str, kept: set[str]) -> None:
        query = Query(PATH, select=("id",), expand=relation)
        async for page in Listing(self.client, query).pages():
            for each in page.value:
                if each["id"] in kept:
                    relations.note(each["id"], relation, each)
            await relations.settle()


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


def _does_listing_pay(total: int | None, matching: int | None) -> bool:
    if total is None or matching is None:
        return False
    return matching * _LISTING_PAYS_FROM > total


def _note(relations: Relations, pairs: Sequence[Pair], records: dict[str, AssetRecord]) -> None:
    for device, twin in pairs:
        if (key := device["id"]) in records:
            relations.note(key, OWNERS, device)
            relations.note(key, USERS, twin or {})
