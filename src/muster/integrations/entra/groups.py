"""Groups, their owners, and their direct members."""

from dataclasses import dataclass

from muster.core.records import Collection, GroupRecord, MembershipRecord
from muster.integrations.entra import mapping
from muster.integrations.entra.batch import FanOut, Losses, Part
from muster.integrations.entra.client import GraphClient, Item
from muster.integrations.entra.fields import GROUP
from muster.integrations.entra.listing import Listing, Query, expanded
from muster.integrations.entra.relations import Relations
from muster.integrations.entra.run import Run

PATH = "/groups"
OWNERS = "owners"
_MEMBERS = "members"
_MEMBERS_COST = 2
"""Resource units of one page of members: 3, less 1 for $select."""


@dataclass(frozen=True, slots=True)
class Groups:
    """The job that collects groups and their owners."""

    client: GraphClient

    async def collect(self, run: Run) -> None:
        """Emit groups page by page, each with its owners after it."""
        run.expect(Collection.GROUPS, await self.client.count(PATH))
        relations = Relations(self.client, run, kind="group", path=PATH)
        query = Query(PATH, select=GROUP, expand=OWNERS)
        async for page in Listing(self.client, query).pages():
            await run.emit(Collection.GROUPS, _records(page.value, relations))
            await relations.settle()


@dataclass(frozen=True, slots=True)
class Members:
    """The job that collects direct members; who belongs through nested groups follows from them.

    Most groups are small: an expansion tells up to 20 members of 999 groups in one request. Only
    larger groups are read by themselves, so that a huge one costs its members and no more.
    """

    client: GraphClient

    async def collect(self, run: Run) -> None:
        """Emit memberships, page by page. One bad group does not end the others."""
        losses = Losses()

        async def take(key: str, members: list[Item]) -> None:
            await run.emit(Collection.MEMBERSHIPS, mapping.memberships(key, members))

        fan_out = FanOut(self.client, take, losses)
        query = Query(PATH, select=("id",), expand=_MEMBERS)
        async for page in Listing(self.client, query).pages():
            small, large = _by_size(page.value)
            await run.emit(Collection.MEMBERSHIPS, small)
            await fan_out.run(large)
        if losses.first is not None:
            run.fail(Collection.MEMBERSHIPS, losses.first)


def _records(items: list[Item], relations: Relations) -> list[GroupRecord]:
    records: list[GroupRecord] = []
    for item in items:
        relations.note(item["id"], OWNERS, item)
        item.pop(OWNERS, None)
        records.append(mapping.group(item))
    return records


def _by_size(groups: list[Item]) -> tuple[list[MembershipRecord], list[Part]]:
    """Return the members of small groups, and the requests for those of the others."""
    small: list[MembershipRecord] = []
    large: list[Part] = []
    for group in groups:
        group_id, members = group["id"], expanded(group, _MEMBERS)
        if members is None:
            large.append(_part(group_id))
        else:
            small += mapping.memberships(group_id, members)
    return small, large


def _part(group_id: str) -> Part:
    path = f"{PATH}/{group_id}/{_MEMBERS}?$select=id&$top=999"
    return Part(group_id, path, cost=_MEMBERS_COST)
