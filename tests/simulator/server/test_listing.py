"""Collections: pages, sizes, properties, counts, order, search."""

import re

import pytest

from muster.simulator.testing import RunningSimulator
from simulator.server.graph import ADVANCED, Graph


@pytest.mark.parametrize(("kind", "count"), [("devices", 260), ("users", 120), ("groups", 24)])
def test_every_object_is_listed_once(graph: Graph, kind: str, count: int) -> None:
    rows = graph.rows(kind)

    assert len(rows) == count
    assert len({row["id"] for row in rows}) == count


def test_a_page_has_a_hundred_rows_unless_told_otherwise(graph: Graph) -> None:
    sizes = [len(page["value"]) for page in graph.pages("devices")]

    assert sizes == [100, 100, 60]


@pytest.mark.parametrize(("top", "sizes"), [(999, [260]), (130, [130, 130]), (1, [1] * 24)])
def test_top_is_the_size_of_every_page(graph: Graph, top: int, sizes: list[int]) -> None:
    kind = "groups" if top == 1 else "devices"

    assert [len(page["value"]) for page in graph.pages(f"{kind}?$top={top}")] == sizes


@pytest.mark.parametrize("top", ["0", "1000", "9" * 5000])
def test_a_page_size_out_of_range_is_refused(graph: Graph, top: str) -> None:
    message = f"Invalid page size specified: '{top}'. Must be between 1 and 999 inclusive."

    assert graph.error(f"devices?$top={top}") == (400, "Request_BadRequest", message)


@pytest.mark.parametrize("top", ["-1", "ten", "1.5", "", "²"])
def test_a_page_size_that_is_no_number_is_refused(graph: Graph, top: str) -> None:
    status, code, message = graph.error(f"devices?$top={top}")

    assert (status, code) == (400, "BadRequest")
    assert "$top query option requires a non-negative integer" in message


def test_skip_is_not_supported(graph: Graph) -> None:
    message = "'$skip' is not supported by the service."

    assert graph.error("users?$skip=5") == (400, "Request_BadRequest", message)


@pytest.mark.parametrize("query", ["$foo=1", "$top=5&$top=6"])
def test_unknown_and_doubled_options_are_refused(graph: Graph, query: str) -> None:
    assert graph.error(f"devices?{query}")[:2] == (400, "BadRequest")


def test_an_option_without_its_dollar_is_silently_ignored(graph: Graph) -> None:
    assert len(graph.get("devices?top=5").json()["value"]) == 100


def test_a_next_link_is_opaque_and_names_the_host_that_was_asked(
    graph: Graph, simulator: RunningSimulator
) -> None:
    page = graph.get("devices?$top=50&$select=id", Host="graph.microsoft.com").json()

    link = page["@odata.nextLink"]
    assert link.startswith("http://graph.microsoft.com/v1.0/devices?$top=50&$select=id&$skiptoken=")
    assert re.fullmatch(r"[\w-]{60,}", link.rpartition("=")[2])
    assert page["@odata.context"] == "http://graph.microsoft.com/v1.0/$metadata#devices(id)"


def test_a_page_token_of_another_query_is_refused(graph: Graph) -> None:
    link = graph.get("devices?$top=50").json()["@odata.nextLink"]
    token = link.rpartition("=")[2]

    for query in (f"users?$top=50&$skiptoken={token}", f"devices?$top=9&$skiptoken={token}"):
        assert graph.error(query)[:2] == (400, "Request_BadRequest")
    assert graph.error("devices?$skiptoken=nonsense")[:2] == (400, "Request_BadRequest")


def test_a_selection_gives_these_properties_and_no_others(graph: Graph) -> None:
    row = graph.get("devices?$select=id,displayName,onPremisesSecurityIdentifier").json()["value"][
        0
    ]

    assert list(row) == ["id", "displayName", "onPremisesSecurityIdentifier"]


def test_without_a_selection_the_select_only_properties_are_missing(graph: Graph) -> None:
    device = graph.get("devices?$top=1").json()["value"][0]
    user = graph.get("users?$top=1").json()["value"][0]

    assert {"accountEnabled", "extensionAttributes", "createdDateTime"} <= set(device)
    assert not {"onPremisesSecurityIdentifier", "isManagementRestricted"} & set(device)
    assert set(user) == {
        "businessPhones", "displayName", "givenName", "id", "jobTitle", "mail", "mobilePhone",
        "officeLocation", "preferredLanguage", "surname", "userPrincipalName",
    }  # fmt: skip


def test_an_unknown_property_is_refused_by_name(graph: Graph) -> None:
    status, code, message = graph.error("devices?$select=id,x")

    assert (status, code) == (400, "BadRequest")
    assert message.endswith("Could not find a property named 'x' on type 'microsoft.graph.device'.")


@pytest.mark.parametrize("name", ["aboutMe", "birthday", "mySite", "skills", "mailboxSettings"])
def test_a_property_that_lies_in_sharepoint_is_not_implemented(graph: Graph, name: str) -> None:
    message = "This operation target is not yet supported."

    assert graph.error(f"users?$select=id,{name}") == (501, "NotImplemented", message)


def test_the_sign_in_activity_needs_another_permission(graph: Graph) -> None:
    assert graph.error("users?$select=id,signInActivity") == (
        403,
        "Authentication_MSGraphPermissionMissing",
        "Calling principal does not have required MSGraph permissions AuditLog.Read.All",
    )


def test_a_count_comes_with_the_first_page_and_its_header_only(graph: Graph) -> None:
    silent = graph.get("devices?$count=true").json()
    counts = [page.get("@odata.count") for page in graph.pages("devices?$count=true", **ADVANCED)]

    assert "@odata.count" not in silent
    assert counts == [260, None, None]


def test_the_count_alone_is_plain_text_and_needs_its_header(graph: Graph) -> None:
    response = graph.get("devices/$count", **ADVANCED)

    assert (response.text, response.headers["content-type"]) == ("260", "text/plain")
    assert graph.error("devices/$count") == (
        400,
        "Request_BadRequest",
        "$count is not currently supported.",
    )


def test_the_count_alone_obeys_a_filter(graph: Graph) -> None:
    enabled = graph.get("devices/$count?$filter=accountEnabled eq true", **ADVANCED)

    rows = graph.rows("devices?$select=accountEnabled&$top=999")
    assert int(enabled.text) == sum(row["accountEnabled"] for row in rows) < 260


def test_an_order_holds_over_all_pages(graph: Graph) -> None:
    query = "devices?$select=displayName&$orderby=displayName"
    up = [row["displayName"].casefold() for row in graph.rows(query)]
    down = [row["displayName"].casefold() for row in graph.rows(f"{query} desc")]

    assert up == sorted(up)
    assert down == sorted(down, reverse=True)
    assert len(up) == 260


def test_what_cannot_be_sorted_by_is_refused(graph: Graph) -> None:
    message = "Unsupported sort property 'model' for 'Device'."

    assert graph.error("devices?$orderby=model") == (400, "Request_UnsupportedQuery", message)
    assert graph.error("devices?$orderby=displayName sideways")[:2] == (400, "BadRequest")


def test_an_order_with_a_filter_is_an_advanced_query(graph: Graph) -> None:
    query = "devices?$filter=accountEnabled eq true&$orderby=displayName"

    assert graph.error(query)[:2] == (400, "Request_UnsupportedQuery")
    assert graph.get(f"{query}&$count=true", **ADVANCED).status_code == 200


def test_a_search_needs_its_header(graph: Graph) -> None:
    status, code, message = graph.error('devices?$search="displayName:a"')

    assert (status, code) == (400, "Request_UnsupportedQuery")
    assert "special request header: 'ConsistencyLevel: eventual'" in message


def test_a_search_finds_the_beginnings_of_words(graph: Graph) -> None:
    names = [row["displayName"] for row in graph.rows("users?$top=999")]
    first = names[0].split()[0]
    word = first[:3]

    found = graph.rows(f'users?$search="displayName:{word}" OR "displayName:zzzz"', **ADVANCED)

    wanted = {n for n in names if any(w.casefold().startswith(word.casefold()) for w in n.split())}
    assert {row["displayName"] for row in found} >= wanted
    assert first in {row["displayName"].split()[0] for row in found}
    assert graph.rows('users?$search="displayName:zzzz" AND "mail:a"', **ADVANCED) == []


@pytest.mark.parametrize("search", ["displayName:a", '"displayName:a', '"a" OR', '("mail:a"', ""])
def test_a_search_that_cannot_be_read_is_refused(graph: Graph, search: str) -> None:
    assert graph.error(f"users?$search={search}", **ADVANCED)[0] == 400


def test_one_object_is_had_by_its_id_and_its_other_keys(graph: Graph) -> None:
    device = graph.get("devices?$top=1").json()["value"][0]
    user = graph.get("users?$top=1").json()["value"][0]
    upn = user["userPrincipalName"]

    by_id = graph.get(f"devices/{device['id']}").json()
    by_device_id = graph.get(f"devices(deviceId='{device['deviceId']}')").json()
    by_name = graph.get(f"users/{upn}?$select=id").json()
    by_key = graph.get(f"users('{upn.upper()}')").json()

    assert {**by_id, "@odata.context": ""} == {"@odata.context": "", **device}
    assert by_id["@odata.context"].endswith("$metadata#devices/$entity")
    assert by_device_id["id"] == device["id"]
    assert (by_name["id"], by_key["id"]) == (user["id"], user["id"])
    assert list(by_name) == ["@odata.context", "id"]


@pytest.mark.parametrize(
    "path",
    [
        "devices/00000000-0000-0000-0000-000000000001",
        "devices(deviceId='00000000-0000-0000-0000-000000000001')",
        "users/nobody@contoso.onmicrosoft.com",
        "groups/00000000-0000-0000-0000-000000000001/members",
        "devices/00000000-0000-0000-0000-000000000001/registeredOwners",
    ],
)
def test_an_object_that_is_not_there_is_not_found(graph: Graph, path: str) -> None:
    status, code, message = graph.error(path)

    assert (status, code) == (404, "Request_ResourceNotFound")
    assert message.endswith("reference-property objects are not present.")


def test_an_id_that_is_none_is_refused(graph: Graph) -> None:
    message = "Invalid object identifier 'abc'."

    assert graph.error("devices/abc") == (400, "Request_BadRequest", message)


@pytest.mark.parametrize(
    ("path", "segment"),
    [("gadgets", "gadgets"), ("devices/{id}/gadgets", "gadgets"), ("groups/{id}/a/b", "a")],
)
def test_an_unknown_path_is_refused_by_its_segment(graph: Graph, path: str, segment: str) -> None:
    address = path.replace("{id}", "00000000-0000-0000-0000-000000000001")

    assert graph.error(address) == (
        400,
        "BadRequest",
        f"Resource not found for the segment '{segment}'.",
    )


def test_the_organization_names_itself_and_its_domains(graph: Graph) -> None:
    (row,) = graph.rows("organization")

    assert row["displayName"] == "Contoso"
    assert row["verifiedDomains"][0]["name"] == "contoso.onmicrosoft.com"
    assert graph.get(f"organization/{row['id']}").json()["id"] == row["id"]
    assert graph.rows("organization?$select=id,displayName") == [
        {"id": row["id"], "displayName": "Contoso"}
    ]
