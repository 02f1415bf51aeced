"""Delta queries: which objects changed since a link was given out. What they hold is read anew."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

from muster.core.errors import UnavailableError
from muster.integrations.entra.client import GraphClient, Item, Page, Request
from muster.integrations.entra.fields import GROUP, USER
from muster.integrations.entra.listing import LARGEST_PAGE

KINDS = ("devices", "users", "groups")

MOST_CHANGES = 100_000
"""With more, reading all is no dearer than reading what changed, and holds less in memory."""

_MEMBERS = "members"
_SELECT: Mapping[str, tuple[str, ...]] = {
    # Naming properties would leave out the extensions of devices, whose names nobody knows.
    "devices": (),
    "users": USER,
    "groups": (*GROUP, _MEMBERS),
}
# Never changes, so that it is told of new and restored objects alone.
_TOLD_OF_NEW = "createdDateTime"


class LostTrackError(UnavailableError):
    """Changes alone cannot be told any more; everything has to be read."""


@dataclass(slots=True)
class Changes:
    """What happened to the objects of one kind, the last word on each.

    `new` are those of `changed` that are new or restored. `members` says of a group and a member
    what the member is, None where it no longer is one.
    """

    link: str = ""
    changed: set[str] = field(default_factory=set)
    new: set[str] = field(default_factory=set)
    removed: set[str] = field(default_factory=set)
    members: dict[tuple[str, str], Item | None] = field(default_factory=dict)

    def add(self, row: Item) -> None:
        """Take in one row; objects come several times, and the last row counts."""
        key = str(row["id"])
        if "@removed" in row:
            self._drop(key)
            return
        self.removed.discard(key)
        # The properties, besides what every row has, decide whether it must be read anew.
        if row.keys() - {"id", "@odata.type", f"{_MEMBERS}@delta"}:
            self.changed.add(key)
        if _TOLD_OF_NEW in row:
            self.new.add(key)
        for member in _members(row):
            self.members[key, member["id"]] = None if "@removed" in member else member

    def _drop(self, key: str) -> None:
        self.removed.add(key)
        self.changed.discard(key)
        self.new.discard(key)

    @property
    def size(self) -> int:
        """How many objects and memberships are touched."""
        return len(self.changed) + len(self.removed) + len(self.members)


async def latest(client: GraphClient) -> dict[str, str]:
    """Return a link for each kind that will tell what changes from now on.

    Raises RefusedError or UnavailableError where Graph does not give one.
    """
    links = await asyncio.gather(*(_latest(client, kind) for kind in KINDS))
    return dict(zip(KINDS, links, strict=True))


async def read(client: GraphClient, links: Mapping[str, str]) -> dict[str, Changes]:
    """Return what changed of each kind since its link, and the links to go on from.

    Raises LostTrackError if that cannot be told, RefusedError if Graph does not take a link any
    more (410, syncStateNotFound, resyncRequired and whatever else it calls it).
    """
    for kind in KINDS:
        if not links.get(kind, "").startswith(f"{client.base}/"):
            raise LostTrackError(f"no link to the changes of {kind} is known")
    found: dict[str, Changes] = {}
    # Groups last: what they say of their members is then the newest word.
    for kind in KINDS:
        found[kind] = await _read(client, links[kind])
        if found[kind].size > MOST_CHANGES:
            raise LostTrackError(f"more than {MOST_CHANGES} {kind} have changed")
    return found


async def _latest(client: GraphClient, kind: str) -> str:
    select = quote(",".join(_SELECT[kind]), safe=",")
    chosen = f"$select={select}&" if select else ""
    url = client.address(f"/{kind}/delta?{chosen}$deltatoken=latest")
    async for page in _pages(client, url):
        if page.delta_link:
            return page.delta_link
    raise UnavailableError(f"Graph told no link to the changes of {kind}")


async def _read(client: GraphClient, link: str) -> Changes:
    changes = Changes()
    async for page in _pages(client, link):
        for row in page.value:
            if isinstance(row.get("id"), str) and row["id"]:
                changes.add(row)
        if changes.size > MOST_CHANGES:
            return changes
        changes.link = page.delta_link or ""
    if not changes.link:
        raise LostTrackError("Graph ended a round of changes without a link to the next")
    return changes


async def _pages(client: GraphClient, url: str) -> AsyncIterator[Page]:
    """Yield the pages of one round; an empty one may have a next."""
    followed: set[str] = set()
    while url:
        if url in followed:
            raise LostTrackError("Graph's pages of changes lead in a circle")
        followed.add(url)
        page: Page = await client.page(Request(url, page_size=LARGEST_PAGE))
        yield page
        url = page.next_link or ""


def _members(row: Item) -> Iterator[Item]:
    told = row.get(f"{_MEMBERS}@delta")
    for each in told if isinstance(told, list) else []:
        if isinstance(each, dict) and isinstance(each.get("id"), str) and each["id"]:
            yield each


def links_of(changes: Mapping[str, Changes]) -> dict[str, str]:
    """Return the links to go on from, by kind."""
    return {kind: each.link for kind, each in changes.items()}
