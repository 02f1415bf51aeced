"""A tuned loop: the requests that Muster makes, side by side, decoded and stored as JSON.

It asks for every attribute of devices, users and groups, owners, registered users, and all members,
with expansions and batches as Muster does; but it makes no records, merges and indexes nothing, and
does not look whether anything is missing.
"""

import argparse
import asyncio
import sqlite3
from collections.abc import Iterable
from typing import Any

import httpx
import orjson
from measuring import measured
from signing_in import token

from muster.integrations.entra.fields import GROUP, USER

_BATCH = 20
_MOST_EXPANDED = 20
_LISTINGS = {
    "devices": "/devices?$expand=registeredOwners($select=id)&$top=999",
    "more_of_devices": (
        "/devices?$select=id,isManagementRestricted,onPremisesSecurityIdentifier"
        "&$expand=registeredUsers($select=id)&$top=999"
    ),
    "users": f"/users?$select={','.join(USER)}&$top=999",
    "groups": f"/groups?$select={','.join(GROUP)}&$expand=owners($select=id)&$top=999",
    "members_of_groups": "/groups?$select=id&$expand=members($select=id)&$top=999",
}


async def store_collection(
    http: httpx.AsyncClient, db: sqlite3.Connection, name: str, url: str
) -> int:
    """Store every page of a listing as rows of JSON and return how many there were."""
    db.execute(f"CREATE TABLE {name} (id TEXT PRIMARY KEY, body BLOB)")
    count, following = 0, url
    while following:
        page = orjson.loads((await http.get(following)).content)
        rows = [(each["id"], orjson.dumps(each)) for each in page["value"]]
        db.executemany(f"INSERT INTO {name} VALUES (?, ?)", rows)
        db.commit()
        count += len(rows)
        following = page.get("@odata.nextLink", "")
    return count


async def store_members(
    http: httpx.AsyncClient, db: sqlite3.Connection, base: str, groups: Iterable[str]
) -> int:
    """Store the members of groups, twenty groups a request."""
    wanted, count = list(groups), 0
    for start in range(0, len(wanted), _BATCH):
        parts = [
            {"id": each, "method": "GET", "url": f"/groups/{each}/members?$select=id&$top=999"}
            for each in wanted[start : start + _BATCH]
        ]
        answer = orjson.loads((await http.post(f"{base}/$batch", json={"requests": parts})).content)
        for part in answer["responses"]:
            count += await store_part(http, db, part["id"], part["body"])
        db.commit()
    return count


async def store_part(
    http: httpx.AsyncClient, db: sqlite3.Connection, group: str, body: dict[str, Any]
) -> int:
    """Store the members of one group from its first page on."""
    count = 0
    while True:
        count += insert_members(db, group, body["value"])
        if "@odata.nextLink" not in body:
            return count
        body = orjson.loads((await http.get(body["@odata.nextLink"])).content)


def insert_members(db: sqlite3.Connection, group: str, members: list[dict[str, Any]]) -> int:
    """Store some members of a group."""
    rows = [(group, each["id"]) for each in members]
    db.executemany("INSERT INTO members VALUES (?, ?)", rows)
    return len(rows)


def insert_small_groups(db: sqlite3.Connection) -> tuple[int, list[str]]:
    """Store what expansions told; return how many, and the groups that have more."""
    count, large = 0, []
    for group, body in db.execute("SELECT id, body FROM members_of_groups").fetchall():
        members = orjson.loads(body)["members"]
        if len(members) < _MOST_EXPANDED:
            count += insert_members(db, group, members)
        else:
            large.append(group)
    return count, large


async def run(arguments: argparse.Namespace) -> dict[str, int]:
    """Fetch and store everything, and return the counts."""
    db = sqlite3.connect(arguments.database)
    db.execute("PRAGMA journal_mode=WAL")
    db.execute("PRAGMA synchronous=NORMAL")
    db.execute(
        "CREATE TABLE members (group_id TEXT, member_id TEXT, PRIMARY KEY (group_id, member_id))"
    )
    base = f"{arguments.url}/v1.0"
    async with httpx.AsyncClient(timeout=120, trust_env=False) as http:
        http.headers["Authorization"] = f"Bearer {token(arguments)}"
        counts = await asyncio.gather(
            *(store_collection(http, db, name, base + path) for name, path in _LISTINGS.items())
        )
        told, groups = insert_small_groups(db)
        members = told + await store_members(http, db, base, groups)
    return dict(zip((*_LISTINGS, "members"), (*counts, members), strict=True))


def main() -> None:
    """Measure one run."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("url", "tenant-id", "client-id", "client-secret", "database"):
        parser.add_argument(f"--{name}", required=True)
    arguments = parser.parse_args()
    with measured() as found:
        found["counts"] = asyncio.run(run(arguments))


if __name__ == "__main__":
    main()
