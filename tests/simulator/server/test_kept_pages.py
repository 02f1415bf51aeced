"""Pages are kept encoded: whatever changes the directory must show on the next request."""

import httpx
import pytest

from muster.simulator.demo import NO_GROUPS_APP_ID
from muster.simulator.testing import RunningSimulator
from simulator.server.graph import Graph, app_token

OWNERS = "devices?$select=id&$expand=registeredOwners($select=id)&$top=999"
USERS = "devices?$select=id&$expand=registeredUsers($select=id)&$top=999"
NAMED_OWNERS = "devices?$select=id&$expand=registeredOwners($select=id,displayName)&$top=999"
MEMBERS = "groups?$select=id&$expand=members($select=id)&$top=999"


def related(graph: Graph, listing: str, object_id: str) -> list[dict[str, str]]:
    """What a listing, read once before as well, shows as related to one object."""
    name = listing.partition("$expand=")[2].partition("(")[0]
    found: list[dict[str, str]]
    (found,) = (row[name] for row in graph.rows(listing) if row["id"] == object_id)
    return found


def ids(rows: list[dict[str, str]]) -> list[str]:
    return [row["id"] for row in rows]


@pytest.fixture
def device(simulator: RunningSimulator) -> str:
    return simulator.mutate("add", kind="devices", properties={})


@pytest.fixture
def user(simulator: RunningSimulator) -> str:
    return simulator.mutate("add", kind="users", properties={"displayName": "Ada"})


@pytest.fixture
def group(simulator: RunningSimulator) -> str:
    return simulator.mutate("add", kind="groups", properties={"displayName": "New"})


def test_a_page_asked_for_twice_is_the_same_bytes(graph: Graph) -> None:
    first = graph.get("devices?$expand=registeredOwners&$top=999").content

    assert graph.get("devices?$expand=registeredOwners&$top=999").content == first


def test_a_new_owner_shows_in_a_listing_read_before(
    graph: Graph, simulator: RunningSimulator, device: str, user: str
) -> None:
    before = ids(related(graph, OWNERS, device))

    simulator.mutate("set_owner", id=device, user=user)

    assert user not in before
    assert ids(related(graph, OWNERS, device)) == [user]


def test_a_new_user_of_a_device_shows_in_a_listing_read_before(
    graph: Graph, simulator: RunningSimulator, device: str, user: str
) -> None:
    before = ids(related(graph, USERS, device))

    simulator.mutate("add_registered_user", id=device, user=user)

    assert ids(related(graph, USERS, device)) == [*before, user]


def test_a_renamed_owner_is_renamed_inside_the_device(
    graph: Graph, simulator: RunningSimulator, device: str, user: str
) -> None:
    simulator.mutate("set_owner", id=device, user=user)
    before = related(graph, NAMED_OWNERS, device)[0]["displayName"]

    simulator.mutate("update", kind="users", id=user, properties={"displayName": "Grace"})

    assert before == "Ada"
    assert related(graph, NAMED_OWNERS, device)[0]["displayName"] == "Grace"


def test_a_deleted_owner_is_gone_from_the_device(
    graph: Graph, simulator: RunningSimulator, device: str, user: str
) -> None:
    simulator.mutate("set_owner", id=device, user=user)
    before = ids(related(graph, OWNERS, device))

    simulator.mutate("delete", kind="users", id=user)

    assert before == [user]
    assert related(graph, OWNERS, device) == []


def test_a_new_member_shows_in_the_expansion_and_in_the_list_of_members(
    graph: Graph, simulator: RunningSimulator, group: str, user: str
) -> None:
    path = f"groups/{group}/members?$select=id&$top=999"
    before = (related(graph, MEMBERS, group), graph.rows(path))

    simulator.mutate("add_member", group=group, kind="users", id=user)

    assert before == ([], [])
    assert ids(related(graph, MEMBERS, group)) == ids(graph.rows(path)) == [user]


def test_a_deleted_member_is_gone_from_both(
    graph: Graph, simulator: RunningSimulator, group: str, user: str
) -> None:
    path = f"groups/{group}/members?$select=id&$top=999"
    simulator.mutate("add_member", group=group, kind="users", id=user)
    before = (ids(related(graph, MEMBERS, group)), ids(graph.rows(path)))

    simulator.mutate("delete", kind="users", id=user)

    assert before == ([user], [user])
    assert (related(graph, MEMBERS, group), graph.rows(path)) == ([], [])


def test_the_members_of_a_deleted_group_are_not_found(
    graph: Graph, simulator: RunningSimulator, group: str
) -> None:
    path = f"groups/{group}/members?$select=id"
    before = graph.get(path).status_code

    simulator.mutate("delete", kind="groups", id=group)

    assert before == 200
    assert graph.error(path)[:2] == (404, "Request_ResourceNotFound")


def test_after_a_day_every_listing_says_what_the_objects_say(
    graph: Graph, simulator: RunningSimulator
) -> None:
    before = graph.rows(OWNERS)

    simulator.evolve(seed=5, share=0.3)

    after = graph.rows(OWNERS)
    alone = {
        row["id"]: graph.rows(f"devices/{row['id']}/registeredOwners?$select=id")
        for row in after[::10]
    }
    assert after != before
    assert {key: ids(rows) for key, rows in alone.items()} == {
        row["id"]: ids(row["registeredOwners"]) for row in after[::10]
    }


def test_different_expansions_of_one_selection_are_kept_apart(
    graph: Graph, simulator: RunningSimulator, device: str, user: str
) -> None:
    simulator.mutate("set_owner", id=device, user=user)
    graph.rows(OWNERS)

    assert set(related(graph, NAMED_OWNERS, device)[0]) == {"@odata.type", "id", "displayName"}
    assert set(related(graph, OWNERS, device)[0]) == {"@odata.type", "id"}
    assert graph.get("devices?$select=id&$top=999").json()["value"][0].keys() == {"id"}


def test_a_page_kept_for_one_app_hides_what_another_may_not_read(
    graph: Graph, simulator: RunningSimulator, http: httpx.Client, device: str, user: str
) -> None:
    simulator.mutate("set_owner", id=device, user=user)
    simulator.change_application(NO_GROUPS_APP_ID, application_permissions=["Device.Read.All"])
    blind = Graph(http, simulator.url, app_token(http, simulator.url, client_id=NO_GROUPS_APP_ID))

    assert related(graph, NAMED_OWNERS, device)[0]["displayName"] == "Ada"
    assert related(blind, NAMED_OWNERS, device)[0]["displayName"] is None
    assert related(graph, NAMED_OWNERS, device)[0]["displayName"] == "Ada"
