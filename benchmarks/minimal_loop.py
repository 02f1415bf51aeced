"""The minimal loop: fetch a page, decode it, store its rows; then the members of each group.

What one writes first: one request after the other, Graph's default fields, no owners.
"""

import argparse
import sqlite3
from collections.abc import Iterator
from typing import Any

import httpx
import orjson
from measuring import measured
from signing_in import token


def pages(http: httpx.Client, url: str) -> Iterator[list[dict[str, Any]]]:
    """Yield the rows of each page of a listing."""
    while url:
        page = orjson.loads(http.get(url).content)
        yield page["value"]
        url = page.get("@odata.nextLink", "")


def run(arguments: argparse.Namespace) -> dict[str, int]:
    """Fetch and store everything, and return the counts."""
    db = sqlite3.connect(arguments.database)
    db.execute("PRAGMA journal_mode=WAL")
    db.execute("PRAGMA synchronous=NORMAL")
    db.execute("CREATE TABLE members (group_id TEXT, id TEXT, PRIMARY KEY (group_id, id))")
    headers = {"Authorization": f"Bearer {token(arguments)}"}
    base = f"{arguments.url}/v1.0"
    with httpx.Client(timeout=120, trust_env=False, headers=headers) as http:
        for name in ("devices", "users", "groups"):
            db.execute(f"CREATE TABLE {name} (id TEXT PRIMARY KEY, body BLOB)")
            for rows in pages(http, f"{base}/{name}?$top=999"):
                values = [(each["id"], orjson.dumps(each)) for each in rows]
                db.executemany(f"INSERT INTO {name} VALUES (?, ?)", values)
                db.commit()
        for (group,) in db.execute("SELECT id FROM groups").fetchall():
            for rows in pages(http, f"{base}/groups/{group}/members?$select=id&$top=999"):
                values = [(group, each["id"]) for each in rows]
                db.executemany("INSERT INTO members VALUES (?, ?)", values)
                db.commit()
    names = ("devices", "users", "groups", "members")
    return {name: db.execute(f"SELECT COUNT(*) FROM {name}").fetchone()[0] for name in names}


def main() -> None:
    """Measure one run."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("url", "tenant-id", "client-id", "client-secret", "database"):
        parser.add_argument(f"--{name}", required=True)
    arguments = parser.parse_args()
    with measured() as found:
        found["counts"] = run(arguments)


if __name__ == "__main__":
    main()
