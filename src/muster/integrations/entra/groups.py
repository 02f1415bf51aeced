"""Groups, their owners, and their direct members."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from muster.core.records import Collection, GroupRecord, MembershipRecord
from muster.integrations.entra import mapping
from muster.integrations.entra.batch import (
    BATCHES_AT_ONCE,
    PARTS_AT_ONCE,
    FanOut,
    Losses,
    Part,
)
from muster.integrations.entra.client import GraphClient, Item
from muster.integrations.entra.fields import GROUP
from muster.integrations.entra.listing import Listing, Query, expanded
from muster.integrations.entra.relations import Relations
from muster.integrations.entra.telling import NEXT, Teller

PATH = "/groups"
OWNERS = "owners"
_MEMBERS = "members"
_MEMBERS_COST = 2
"""Resource units of one page of members: 3, less 1 for $select."""

_PENDING = "pending"
_IS_LAST = "last"
_TOLD = "told"


@dataclass(frozen=True, slots=True)
class Groups:
    """The job that collects groups and their owners."""

    client: GraphClient

    async def collect(self, teller: Teller) -> None:
        """Emit groups page by page, each with its owners after it."""
        teller.expect(Collection.GROUPS, await self.client.count(PATH))
        relations = Relations(self.client, teller, kind="group", path=PATH)
        query = Query(PATH, select=GROUP, expand=OWNERS)
        async for page in Listing(self.client, query, teller.place.get(NEXT, "")).pages():
            await teller.emit(Collection.GROUPS, _records(page.value, relations))
            await relations.settle()
            if page.next_link:
                await teller.stands({NEXT: page.next_link})


@dataclass(frozen=True, slots=True)
class Members:
    """The job that collects direct members; who belongs through nested groups follows from them.

    Most groups are small: an expansion tells up to 20 members of 999 groups in one request. Only
    larger groups are read by themselves, so that a huge one costs its members and no more.
    """

    client: GraphClient

    async def collect(self, teller: Teller) -> None:
        """Emit memberships, page by page. One bad group does not end the others."""
        large = LargeGroups(self.client, teller)
        link = teller.place.get(NEXT, "")
        await large.go_on()
        if teller.place.get(_IS_LAST):
            return
        query = Query(PATH, select=("id",), expand=_MEMBERS)
        async for page in Listing(self.client, query, link).pages():
            small, ids = _by_size(page.value)
            await teller.emit(Collection.MEMBERSHIPS, small)
            await large.read(ids, page.next_link or "")


class LargeGroups:
    """The members of groups that are read by themselves, some of one page at once.

    Of each page it is kept which of its groups are still to be read, and of a group of many pages
    where it stands: thus a group of half a million members is not read twice.
    """

    def __init__(self, client: GraphClient, teller: Teller) -> None:
        """Begin with what was left when the run broke off."""
        self._base = f"{client.base}/v1.0"
        self._teller = teller
        self._left = teller.place.get(_PENDING, "").split("\t")
        self._marks = {key: place for key, place in teller.marks().items() if key in self._left}
        self._told: Counter[str] = Counter()
        self._losses = Losses()
        self._fan_out = FanOut(client, self._take, self._losses, passed=self._pass)

    async def go_on(self) -> None:
        """Read what was left."""
        for group_id, mark in self._marks.items():
            self._told[group_id] = int(mark[_TOLD])
            self._teller.credit(Collection.MEMBERSHIPS, self._told[group_id])
        if ids := [each for each in self._left if each]:
            await self.read(ids, self._teller.place.get(NEXT, ""))

    async def read(self, ids: Sequence[str], next_link: str) -> None:
        """Emit the members of groups of one page, after which comes the page of `next_link`."""
        await self._stand(ids, next_link)
        for start in range(0, len(ids), PARTS_AT_ONCE * BATCHES_AT_ONCE):
            end = start + PARTS_AT_ONCE * BATCHES_AT_ONCE
            some = ids[start:end]
            await self._fan_out.run(filter(None, map(self._part, some)))
            if self._losses.first is not None:
                self._teller.fail(Collection.MEMBERSHIPS, self._losses.first)
            await self._stand(ids[end:], next_link, over=some)

    async def _stand(
        self, pending: Sequence[str], next_link: str, over: Sequence[str] = ()
    ) -> None:
        place = {NEXT: next_link, _PENDING: "\t".join(pending)}
        if not next_link:
            place[_IS_LAST] = "yes"
        dropped = [each for each in over if each in self._marks]
        for each in dropped:
            del self._marks[each]
        await self._teller.stands(
            {name: text for name, text in place.items() if text},
            marks={each: {} for each in dropped},
        )

    def _part(self, group_id: str) -> Part | None:
        """Return the request that is next for a group; None if it has been read."""
        link = self._marks.get(group_id, {}).get(NEXT, "")
        if group_id in self._marks and not link:
            return None
        path = link.removeprefix(self._base)
        if not path.startswith(f"{PATH}/"):
            path = f"{PATH}/{group_id}/{_MEMBERS}?$select=id&$top=999"
        return Part(group_id, path, cost=_MEMBERS_COST)

    async def _take(self, group_id: str, members: list[Item]) -> None:
        records = mapping.memberships(group_id, members)
        self._told[group_id] += len(records)
        await self._teller.emit(Collection.MEMBERSHIPS, records)

    async def _pass(self, group_id: str, next_link: str) -> None:
        """Keep where a group stands that has more than one page."""
        if next_link or group_id in self._marks:
            told = str(self._told[group_id])
            self._marks[group_id] = {NEXT: next_link, _TOLD: told} if next_link else {_TOLD: told}
            await self._teller.mark({group_id: self._marks[group_id]})


def _records(items: list[Item], relations: Relations) -> list[GroupRecord]:
    records: list[GroupRecord] = []
    for item in items:
        relations.note(item["id"], OWNERS, item)
        item.pop(OWNERS, None)
        records.append(mapping.group(item))
    return records


def _by_size(groups: list[Item]) -> tuple[list[MembershipRecord], list[str]]:
    """Return the members of small groups, and the ids of the others."""
    small: list[MembershipRecord] = []
    large: list[str] = []
    for group in groups:
        group_id, members = group["id"], expanded(group, _MEMBERS)
        if members is None:
            large.append(group_id)
        else:
            small += mapping.memberships(group_id, members)
    return small, large
