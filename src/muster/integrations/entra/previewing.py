"""How many devices a sync would import: counted by Graph, or here where its word is doubtful."""

from dataclasses import dataclass
from datetime import datetime

from muster.integrations.entra.client import GraphClient, Item
from muster.integrations.entra.devices import PATH, is_inactive
from muster.integrations.entra.filters import DeviceFilter
from muster.integrations.entra.listing import Listing, Query
from muster.integrations.entra.options import Options


@dataclass(frozen=True, slots=True)
class Preview:
    """How many devices a sync would import.

    `importable` is without inactive ones; equal to `matching` if inactive ones are included.
    """

    matching: int
    importable: int


@dataclass(frozen=True, slots=True)
class Previewing:
    """One preview. Reads as the sync does, and so raises what a listing raises."""

    client: GraphClient
    options: Options
    filter: DeviceFilter | None
    now: datetime

    async def preview(self) -> Preview:
        """Return the numbers. Graph may ignore a filter and count everything, without a word."""
        matching = await self.client.count(PATH, matching=self.options.filter)
        inactive = await self._inactive()
        if matching is None or inactive is None or await self._is_doubtful(matching, inactive):
            return await self._listed()
        return Preview(matching, matching - inactive)

    async def _inactive(self) -> int | None:
        if self.options.include_inactive:
            return 0
        return await self.client.count(PATH, matching=inactive_filter(self.options, self.now))

    async def _is_doubtful(self, matching: int, inactive: int) -> bool:
        """True if Graph gives the same number with a filter and without."""
        if not matching:
            return False
        if inactive >= matching:
            return True
        return self.filter is not None and matching == await self.client.count(PATH)

    async def _listed(self) -> Preview:
        roots = self.filter.roots if self.filter else frozenset()
        query = Query(
            PATH,
            select=tuple(sorted({"id", "accountEnabled", "approximateLastSignInDateTime", *roots})),
            filter=self.options.filter,
            is_advanced=self.filter is not None and self.filter.is_advanced,
        )
        matching = importable = 0
        async for page in Listing(self.client, query).pages():
            found = [each for each in page.value if self._is_matching(each)]
            matching += len(found)
            importable += sum(self._is_importable(each) for each in found)
        return Preview(matching, importable)

    def _is_matching(self, device: Item) -> bool:
        return self.filter is None or not self.filter.leaves_out(device)

    def _is_importable(self, device: Item) -> bool:
        return self.options.include_inactive or not is_inactive(device, self.options, self.now)


def inactive_filter(options: Options, now: datetime) -> str:
    """Return the filter of what would be left out as inactive, of what the filter lets through."""
    terms = ["accountEnabled eq false"]
    if options.inactive_after is not None:
        before = now - options.inactive_after
        terms.append(f"approximateLastSignInDateTime le {before:%Y-%m-%dT%H:%M:%SZ}")
    left_out = " or ".join(terms)
    return f"({options.filter}) and ({left_out})" if options.filter else left_out
