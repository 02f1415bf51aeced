"""Members, owners, groups of an object, and expansions."""

import httpx
import pytest

from muster.simulator.demo import NO_GROUPS_APP_ID
from muster.simulator.testing import RunningSimulator
from simulator.server.graph import ADVANCED, Graph, app_token

MANY = "registeredUsers"


@pytest.fixture
def biggest(graph: Graph) -> str:
    """The id of the group with the most members."""
    groups = [row["id"] for row in graph.rows("groups")]
    sizes = {
        group: int(graph.get(f"groups/{group}/members/$count", **ADVANCED).text) for group in groups
    }
    return max(groups, key=lambda group: sizes[group])


@pytest.fixture
def mixed(graph: Graph, simulator: RunningSimulator) -> tuple[str, str, str]:
    """A new group with a user and a device in it: the three ids."""
    group = simulator.mutate("add", kind="groups", properties={"displayName": "Mixed"})
    user = graph.get("users?$top=1").json()["value"][0]["id"]
    device = graph.get("devices?$top=1").json()["value"][0]["id"]
    simulator.mutate("add_member", group=group, kind="users", id=user)
    simulator.mutate("add_member", group=group, kind="devices", id=device)
    return group, user, device


def test_members_are_told_apart_by_their_type(graph: Graph, mixed: tuple[str, str, str]) -> None:
    group, user, device = mixed

    page = graph.get(f"groups/{group}/members").json()

    found = {row["id"]: row["@odata.type"] for row in page["value"]}
    assert found == {user: "#microsoft.graph.user", device: "#microsoft.graph.device"}
    assert page["@odata.context"].endswith("$metadata#directoryObjects")


def test_a_cast_keeps_one_type(graph: Graph, mixed: tuple[str, str, str]) -> None:
    group, user, device = mixed

    users = graph.get(f"groups/{group}/members/microsoft.graph.user?$select=id").json()
    devices = graph.rows(f"groups/{group}/transitiveMembers/microsoft.graph.device")

    assert users["value"] == [{"id": user}]
    assert users["@odata.context"].endswith("$metadata#users(id)")
    assert [row["id"] for row in devices] == [device]


def test_a_big_group_is_paged(graph: Graph, biggest: str) -> None:
    pages = list(graph.pages(f"groups/{biggest}/members?$top=40&$select=id"))

    count = graph.get(f"groups/{biggest}/members/$count", **ADVANCED).text
    ids = [row["id"] for page in pages for row in page["value"]]
    assert len(pages) > 2
    assert len(ids) == len(set(ids)) == int(count)


def test_a_count_of_members_comes_with_its_header(graph: Graph, biggest: str) -> None:
    query = f"groups/{biggest}/members?$count=true&$top=2"

    assert "@odata.count" not in graph.get(query).json()
    assert graph.get(query, **ADVANCED).json()["@odata.count"] > 2


def test_a_query_on_members_is_an_advanced_one(graph: Graph, biggest: str) -> None:
    path = f"groups/{biggest}/members/microsoft.graph.user"
    query = f"{path}?$filter=accountEnabled eq false&$select=id,accountEnabled"

    assert graph.error(query)[1] == "Request_UnsupportedQuery"
    rows = graph.rows(f"{query}&$count=true", **ADVANCED)
    assert all(row["accountEnabled"] is False for row in rows)


def test_owning_and_being_owned_agree(graph: Graph) -> None:
    owned: dict[str, set[str]] = {}
    for device in graph.rows("devices?$expand=registeredOwners($select=id)&$top=999"):
        for owner in device["registeredOwners"]:
            owned.setdefault(owner["id"], set()).add(device["id"])

    user = max(owned, key=lambda key: len(owned[key]))
    rows = graph.rows(f"users/{user}/ownedDevices?$select=id")

    assert {row["id"] for row in rows} == owned[user]
    for device in owned[user]:
        users = graph.rows(f"devices/{device}/registeredUsers")
        assert user in {row["id"] for row in users}
        assert device in {row["id"] for row in graph.rows(f"users/{user}/registeredDevices")}


def test_being_a_member_agrees_with_the_members(graph: Graph, mixed: tuple[str, str, str]) -> None:
    group, user, device = mixed

    for path in (f"users/{user}", f"devices/{device}"):
        direct = {row["id"] for row in graph.rows(f"{path}/memberOf")}
        transitive = {row["id"] for row in graph.rows(f"{path}/transitiveMemberOf")}
        assert group in direct <= transitive
    for parent in graph.rows(f"users/{user}/transitiveMemberOf?$select=id"):
        members = graph.rows(f"groups/{parent['id']}/transitiveMembers?$select=id&$top=999")
        assert user in {row["id"] for row in members}


def test_an_expansion_stops_at_twenty_and_does_not_say_so(graph: Graph, biggest: str) -> None:
    group = graph.get(f"groups/{biggest}?$expand=members($select=id)").json()

    assert len(group["members"]) == 20
    assert not [name for name in group if "nextLink" in name]
    assert set(group["members"][0]) == {"@odata.type", "id"}


@pytest.mark.parametrize(
    ("expand", "code"),
    [
        ("registeredOwners,registeredUsers", "Request_BadRequest"),
        ("gadgets", "BadRequest"),
        ("registeredOwners($select=x)", "BadRequest"),
        ("registeredOwners($top=3)", "BadRequest"),
        ("registeredOwners(", "BadRequest"),
    ],
)
def test_what_cannot_be_expanded_is_refused(graph: Graph, expand: str, code: str) -> None:
    assert graph.error(f"devices?$expand={expand}")[:2] == (400, code)


def test_members_that_may_not_be_read_show_their_id_and_type_only(
    graph: Graph, simulator: RunningSimulator, http: httpx.Client, mixed: tuple[str, str, str]
) -> None:
    group, user, device = mixed
    simulator.change_application(
        NO_GROUPS_APP_ID, application_permissions=["Group.Read.All", "Device.Read.All"]
    )
    blind = Graph(http, simulator.url, app_token(http, simulator.url, client_id=NO_GROUPS_APP_ID))

    rows = {row["id"]: row for row in blind.rows(f"groups/{group}/members")}

    shown = {name for name, value in rows[user].items() if value is not None}
    assert shown == {"@odata.type", "id"}
    assert rows[device]["displayName"]
