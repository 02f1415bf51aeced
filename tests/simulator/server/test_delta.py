"""Delta queries: a full round, the changes after it, tombstones, and tokens that are too old."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest

from muster.simulator.config import ServerConfig
from muster.simulator.testing import RunningSimulator, start_in_thread
from simulator.server.graph import Graph, app_token


def whole_round(graph: Graph, link: str, **headers: str) -> tuple[list[dict[str, Any]], str]:
    """The rows of one round and the link that ends it."""
    pages = list(graph.pages(link, **headers))
    return [row for page in pages for row in page["value"]], pages[-1]["@odata.deltaLink"]


@pytest.mark.parametrize("kind", ["devices", "users", "groups"])
def test_the_first_round_holds_the_whole_collection(graph: Graph, kind: str) -> None:
    rows, _ = whole_round(graph, f"{kind}/delta")

    listed = {row["id"] for row in graph.rows(kind)}
    assert {row["id"] for row in rows} == listed
    assert not [row for row in rows if "@removed" in row]


def test_a_round_after_nothing_has_happened_is_empty(graph: Graph) -> None:
    _, link = whole_round(graph, "users/delta")

    rows, next_link = whole_round(graph, link)

    assert rows == []
    assert "$deltatoken=" in next_link


def test_a_change_is_told_with_what_has_changed_and_no_more(
    graph: Graph, simulator: RunningSimulator
) -> None:
    rows, link = whole_round(graph, "devices/delta?$select=displayName,isCompliant")
    device = rows[0]["id"]
    simulator.mutate("update", id=device, properties={"displayName": "RENAMED", "model": "x"})
    simulator.mutate("update", id=rows[1]["id"], properties={"model": "not selected"})

    changed, _ = whole_round(graph, link)

    assert set(rows[0]) == {"id", "displayName", "isCompliant"}
    assert changed == [{"id": device, "displayName": "RENAMED"}]


def test_an_added_object_is_told_whole(graph: Graph, simulator: RunningSimulator) -> None:
    _, link = whole_round(graph, "devices/delta")
    device = simulator.mutate("add", kind="devices", properties={"displayName": "NEW-PC"})

    (row,), _ = whole_round(graph, link)

    assert row == {k: v for k, v in graph.get(f"devices/{device}").json().items() if k[0] != "@"}


def test_the_removed_leave_tombstones(graph: Graph, simulator: RunningSimulator) -> None:
    _, users = whole_round(graph, "users/delta")
    _, devices = whole_round(graph, "devices/delta")
    soft, hard = (row["id"] for row in graph.rows("users")[:2])
    device = graph.rows("devices")[0]["id"]
    simulator.mutate("delete", kind="users", id=soft)
    simulator.mutate("delete", kind="users", id=hard, soft=False)
    simulator.mutate("delete", kind="devices", id=device)

    gone, _ = whole_round(graph, users)
    gone_devices, _ = whole_round(graph, devices)

    assert gone == [
        {"id": soft, "@removed": {"reason": "changed"}},
        {"id": hard, "@removed": {"reason": "deleted"}},
    ]
    assert gone_devices == [{"id": device, "@removed": {"reason": "deleted"}}]


def test_a_restored_object_comes_back_whole(graph: Graph, simulator: RunningSimulator) -> None:
    user = graph.rows("users")[5]["id"]
    simulator.mutate("delete", kind="users", id=user)
    _, link = whole_round(graph, "users/delta")
    simulator.mutate("restore", kind="users", id=user)

    (row,), _ = whole_round(graph, link)

    assert row["id"] == user
    assert "displayName" in row


def test_members_are_told_with_their_group(graph: Graph, simulator: RunningSimulator) -> None:
    rows, link = whole_round(graph, "groups/delta")
    group = simulator.mutate("add", kind="groups", properties={"displayName": "G"})
    first, second = (row["id"] for row in graph.rows("users")[:2])
    for user in (first, second):
        simulator.mutate("add_member", group=group, kind="users", id=user)
    added, link = whole_round(graph, link)
    simulator.mutate("remove_member", group=group, kind="users", id=first)
    removed, _ = whole_round(graph, link)

    kind = {"@odata.type": "#microsoft.graph.user"}
    assert any(row.get("members@delta") for row in rows)
    assert added[0]["members@delta"] == [{**kind, "id": first}, {**kind, "id": second}]
    assert removed == [
        {"id": group, "members@delta": [{**kind, "id": first, "@removed": {"reason": "deleted"}}]}
    ]


def test_a_selection_without_members_tells_none(graph: Graph) -> None:
    bare, _ = whole_round(graph, "groups/delta?$select=displayName")
    full, _ = whole_round(graph, "groups/delta?$select=displayName,members")

    assert {name for row in bare for name in row} == {"id", "displayName"}
    assert {name for row in full for name in row} == {"id", "displayName", "members@delta"}


def test_the_members_of_a_delta_are_the_members_of_the_groups(graph: Graph) -> None:
    rows, _ = whole_round(graph, "groups/delta?$select=members", Prefer="odata.maxpagesize=3")
    told: dict[str, list[str]] = {}
    for row in rows:
        told.setdefault(row["id"], []).extend(m["id"] for m in row.get("members@delta", []))

    for group, members in told.items():
        listed = [row["id"] for row in graph.rows(f"groups/{group}/members?$select=id&$top=999")]
        assert members == listed


def test_a_delta_from_now_begins_without_rows(graph: Graph, simulator: RunningSimulator) -> None:
    page = graph.get("devices/delta?$deltatoken=latest").json()
    device = simulator.mutate("add", kind="devices", properties={"displayName": "LATER"})

    (row,), _ = whole_round(graph, page["@odata.deltaLink"])

    assert page["value"] == []
    assert "@odata.nextLink" not in page
    assert row["id"] == device


@pytest.mark.parametrize(
    "name", ["delta", "delta()", "microsoft.graph.delta", "microsoft.graph.delta()"]
)
def test_a_delta_has_several_spellings(graph: Graph, name: str) -> None:
    assert len(whole_round(graph, f"devices/{name}")[0]) > 200


def test_the_page_size_is_a_preference(graph: Graph) -> None:
    sizes = [
        len(page["value"]) for page in graph.pages("devices/delta", Prefer="odata.maxpagesize=150")
    ]

    assert sizes[0] == 150


def test_minimal_rows_can_be_preferred(graph: Graph) -> None:
    response = graph.get("users/delta", Prefer="return=minimal")

    assert response.headers["preference-applied"] == "return=minimal"


def test_a_delta_can_be_narrowed_to_ids(graph: Graph, simulator: RunningSimulator) -> None:
    first, second, third = (row["id"] for row in graph.rows("users")[:3])
    query = f"users/delta?$filter=id eq '{first}' or id eq '{second}'"
    rows, link = whole_round(graph, query)
    for user in (first, third):
        simulator.mutate("update", kind="users", id=user, properties={"jobTitle": "Chief"})

    changed, _ = whole_round(graph, link)

    assert {row["id"] for row in rows} == {first, second}
    assert [row["id"] for row in changed] == [first]


@pytest.mark.parametrize(
    "query",
    [
        "$filter=displayName eq 'a'",
        "$expand=members",
        "$orderby=displayName",
        "$top=5",
        "$select=x",
    ],
)
def test_a_delta_takes_few_options(graph: Graph, query: str) -> None:
    assert graph.error(f"groups/delta?{query}")[0] == 400


def test_a_token_of_another_collection_is_refused(graph: Graph) -> None:
    _, link = whole_round(graph, "users/delta")

    token = link.rpartition("=")[2]

    assert graph.error(f"devices/delta?$deltatoken={token}")[0] == 400
    assert graph.error(f"users/delta?$skiptoken={token}")[0] == 400
    assert graph.error("users/delta?$deltatoken=nonsense")[0] == 400


def test_a_day_of_changes_brings_the_old_state_to_the_new(
    graph: Graph, simulator: RunningSimulator
) -> None:
    rows, link = whole_round(graph, "users/delta?$select=displayName,jobTitle,department")
    state = {row["id"]: row for row in rows}
    for seed in (1, 2):
        simulator.evolve(seed=seed, share=0.2)

    changes, _ = whole_round(graph, link)

    for row in changes:
        if "@removed" in row:
            state.pop(row["id"], None)
        else:
            state[row["id"]] = state.get(row["id"], {}) | row
    listed = graph.rows("users?$select=id,displayName,jobTitle,department")
    assert {row["id"]: row for row in listed} == state
    assert changes


@pytest.fixture(scope="module")
def hasty(config: ServerConfig) -> Iterator[RunningSimulator]:
    """A server whose tokens are too old at once."""
    past = timedelta(seconds=-1)
    changed = replace(config, delta_token_lifetime=past, page_token_lifetime=past)
    with start_in_thread(changed) as running:
        yield running


def test_an_old_token_is_gone_and_says_where_to_begin_again(
    hasty: RunningSimulator, http: httpx.Client
) -> None:
    graph = Graph(http, hasty.url, app_token(http, hasty.url))
    link = graph.get("users/delta?$deltatoken=latest").json()["@odata.deltaLink"]

    response = graph.get(link)

    location = response.headers["location"]
    assert response.status_code == 410
    assert response.json()["error"]["code"] == "syncStateNotFound"
    assert location == f"{hasty.url}/v1.0/users/delta?$deltatoken="
    assert len(graph.get(location).json()["value"]) == 100


def test_an_old_page_token_has_expired(hasty: RunningSimulator, http: httpx.Client) -> None:
    graph = Graph(http, hasty.url, app_token(http, hasty.url))

    for path in ("devices", "devices/delta"):
        link = graph.get(path).json()["@odata.nextLink"]
        assert graph.error(link)[:2] == (400, "Directory_ExpiredPageToken")


def test_a_token_outlives_a_restart_but_not_the_changes_it_knows_of(
    graph: Graph, simulator: RunningSimulator, config: ServerConfig, http: httpx.Client
) -> None:
    with start_in_thread(config) as fresh:
        old = Graph(http, fresh.url, app_token(http, fresh.url))
        _, unchanged = whole_round(old, "users/delta")
    simulator.mutate("add", kind="users", properties={"displayName": "One More"})
    changed = graph.get("users/delta?$deltatoken=latest").json()["@odata.deltaLink"]

    with start_in_thread(config) as again:
        new = Graph(http, again.url, app_token(http, again.url))
        first = new.get(unchanged.replace(fresh.url, again.url))
        second = new.get(changed.replace(simulator.url, again.url))

    assert first.json()["value"] == []
    assert (second.status_code, second.json()["error"]["code"]) == (410, "resyncRequired")
