"""The floor of a sync: fetch pages, decode them, store the rows, and nothing else.

It asks for what Muster asks for: every attribute of devices, users and groups, owners, registered
users, and all members. `--bare` asks for Graph's default fields and members only.
"""

import argparse
import asyncio
import sqlite3
from collections.abc import Iterable
from typing import Any

import httpx
import orjson
from measuring import measured

from muster.integrations.entra.fields import GROUP, USER

_BATCH = 20
_MOST_EXPANDED = 20
_BARE = {
    "devices": "/devices?$top=999",
    "users": "/users?$top=999",
    "groups": "/groups?$top=999",
}
_WHOLE = {
    "devices": "/devices?$expand=registeredOwners($select=id)&$top=999",
    "more_of_devices": (
        "/devices?$select=id,isManagementRestricted,onPremisesSecurityIdentifier"
        "&$expand=registeredUsers($select=id)&$top=999"
    ),
    "users": f"/users?$select={','.join(USER)}&$top=999",
    "groups": f"/groups?$select={','.join(GROUP)}&$expand=owners($select=id)&$top=999",
    "members_of_groups": "/groups?$select=id&$expand=members($select=id)&$top=999",
}


async def token(http: httpx.AsyncClient, arguments: argparse.Namespace) -> str:
    """Return an access token for the application."""
    form = {
        "client_id": arguments.client_id,
        "client_secret": arguments.client_secret,
        "grant_type": "client_credentials",
        "scope": "https://graph.microsoft.com/.default",
    }
    answer = await http.post(f"{arguments.url}/{arguments.tenant_id}/oauth2/v2.0/token", data=form)
    return str(orjson.loads(answer.content)["access_token"])


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
    listings = _BARE if arguments.bare else _WHOLE
    base = f"{arguments.url}/v1.0"
    async with httpx.AsyncClient(timeout=120, trust_env=False) as http:
        http.headers["Authorization"] = f"Bearer {await token(http, arguments)}"
        counts = await asyncio.gather(
            *(store_collection(http, db, name, base + path) for name, path in listings.items())
        )
        told, groups = 0, [row[0] for row in db.execute("SELECT id FROM groups")]
        if not arguments.bare:
            told, groups = insert_small_groups(db)
        members = told + await store_members(http, db, base, groups)
    return dict(zip((*listings, "members"), (*counts, members), strict=True))


def main() -> None:
    """Measure one run."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("url", "tenant-id", "client-id", "client-secret", "database"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--bare", action="store_true")
    arguments = parser.parse_args()
    with measured() as found:
        found["counts"] = asyncio.run(run(arguments))


if __name__ == "__main__":
    main()
