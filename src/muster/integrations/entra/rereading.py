"""Objects read again by their ids: fifteen in a condition, twenty conditions in a batch."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from muster import odata
from muster.integrations.entra.batch import FanOut, Losses, Part
from muster.integrations.entra.client import GraphClient, Item
from muster.integrations.entra.listing import Query, expanded

IDS_AT_ONCE = 15
"""Graph takes no more alternatives in a condition.
Source: https://learn.microsoft.com/graph/filter-query-parameter (read 2026-11)."""

OBJECTS_AT_ONCE = 1200
"""Four batches of twenty conditions of fifteen ids, which are asked side by side."""


def chunks(ids: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    """Yield ids in portions."""
    for start in range(0, len(ids), size):
        yield ids[start : start + size]


def any_of(ids: Sequence[str]) -> str:
    """Return the condition that an object is one of these."""
    quoted = ",".join(odata.quoted(each) for each in ids)
    return f"id in ({quoted})"


async def read_again(client: GraphClient, query: Query, ids: Sequence[str]) -> dict[str, Item]:
    """Return the objects by id, as `query` shows them; those that are gone are missing.

    Raises RefusedError or UnavailableError if any cannot be read.
    """
    parts = [
        _part(replace(query, filter=any_of(some)), key=str(number))
        for number, some in enumerate(chunks(ids, IDS_AT_ONCE))
    ]
    found = await _read(client, parts)
    wanted = frozenset(ids)
    found = {key: each for key, each in found.items() if key in wanted}
    # What a condition does not find may be gone, or not yet in the index that it is asked of.
    missing = [each for each in ids if each not in found]
    alone = (_part(replace(query, path=f"{query.path}/{each}", top=0), each) for each in missing)
    return {**found, **await _read(client, list(alone))}


async def related(
    client: GraphClient, path: str, relation: str, items: Mapping[str, Item]
) -> dict[str, list[Item]]:
    """Return who is related to each object, of which `items` hold what an expansion told.

    Raises as `read_again` does.
    """
    told = {key: expanded(item, relation) for key, item in items.items()}
    found = {key: each for key, each in told.items() if each is not None}
    large = [key for key, each in told.items() if each is None]
    more: dict[str, list[Item]] = {key: [] for key in large}

    async def take(key: str, some: list[Item]) -> None:
        more[key] += some

    losses = Losses()
    parts = (Part(key, f"{path}/{key}/{relation}?$select=id&$top=999") for key in large)
    await FanOut(client, take, losses).run(parts)
    if losses.first is not None:
        raise losses.first
    return {**found, **more}


def _part(query: Query, key: str) -> Part:
    return Part(key, query.address(), cost=query.cost, needs_query=True)


async def _read(client: GraphClient, parts: Sequence[Part]) -> dict[str, Item]:
    found: dict[str, Item] = {}

    async def take(_key: str, items: list[Item]) -> None:
        found.update((each["id"], each) for each in items)

    losses = Losses()
    await FanOut(client, take, losses).run(parts)
    if losses.first is not None:
        raise losses.first
    return found
