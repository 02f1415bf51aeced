"""Who may call Graph, and what the others hear."""

import httpx
import pytest

from muster.simulator.demo import DEMO, NO_GROUPS_APP_ID
from muster.simulator.testing import RunningSimulator
from simulator.server.graph import SCOPE, Graph, app_token, token_request


def password_token(http: httpx.Client, url: str, scope: str) -> str:
    response = token_request(
        http,
        url,
        grant_type="password",
        client_id=DEMO.client_id,
        username=DEMO.user_name,
        password=DEMO.password,
        scope=scope,
    )
    return str(response.json()["access_token"])


@pytest.mark.parametrize(
    ("authorization", "message"),
    [
        (None, "Access token is empty."),
        ("Bearer", "Access token is empty."),
        ("Basic abc", "Access token is empty."),
        ("Bearer nonsense", "IDX14100: JWT is not well formed"),
    ],
)
def test_a_request_without_a_good_token_is_refused(
    simulator: RunningSimulator, http: httpx.Client, authorization: str | None, message: str
) -> None:
    headers = {"Authorization": authorization} if authorization else {}

    response = http.get(f"{simulator.url}/v1.0/devices", headers=headers)

    error = response.json()["error"]
    assert response.status_code == 401
    assert error["code"] == "InvalidAuthenticationToken"
    assert error["message"].startswith(message)
    assert response.headers["www-authenticate"].startswith("Bearer ")


def test_a_forged_token_is_refused(graph: Graph) -> None:
    head, body, _ = graph.token.split(".")
    forged = Graph(graph.http, graph.url, f"{head}.{body}.AAAA")

    assert forged.error("devices") == (
        401,
        "InvalidAuthenticationToken",
        "Access token validation failure. Signature is invalid.",
    )


def test_a_token_for_another_service_is_refused(
    simulator: RunningSimulator, http: httpx.Client
) -> None:
    response = token_request(
        http,
        simulator.url,
        grant_type="client_credentials",
        client_id=DEMO.client_id,
        client_secret=DEMO.client_secret,
        scope="https://management.azure.com/.default",
    )
    other = Graph(http, simulator.url, response.json()["access_token"])

    assert other.error("devices")[2] == "Access token validation failure. Invalid audience."


def test_a_token_lives_as_long_as_it_is_told(
    simulator: RunningSimulator, http: httpx.Client
) -> None:
    simulator.set_token_lifetime(-1)
    late = Graph(http, simulator.url, app_token(http, simulator.url))
    simulator.set_token_lifetime(3599)

    status, code, message = late.error("devices")

    assert (status, code) == (401, "InvalidAuthenticationToken")
    assert message == "Access token has expired or is not yet valid."


def test_all_tokens_can_be_made_to_expire_in_the_middle_of_a_run(
    graph: Graph, simulator: RunningSimulator, http: httpx.Client
) -> None:
    link = graph.get("devices").json()["@odata.nextLink"]
    simulator.expire_tokens()
    fresh = Graph(http, simulator.url, app_token(http, simulator.url))

    assert graph.get(link).status_code == 401
    assert fresh.get(link).status_code == 200


def test_a_missing_permission_closes_its_collection_only(
    simulator: RunningSimulator, http: httpx.Client
) -> None:
    token = app_token(http, simulator.url, client_id=NO_GROUPS_APP_ID)
    graph = Graph(http, simulator.url, token)

    refusal = (
        403,
        "Authorization_RequestDenied",
        "Insufficient privileges to complete the operation.",
    )
    assert graph.error("groups") == graph.error("groups/delta") == refusal
    assert graph.get("devices").status_code == graph.get("users").status_code == 200


@pytest.mark.parametrize("path", ["applications", "servicePrincipals", "auditLogs/signIns"])
def test_collections_of_other_permissions_are_denied(graph: Graph, path: str) -> None:
    assert graph.error(path)[:2] == (403, "Authorization_RequestDenied")


def test_a_lost_permission_is_missing_from_the_next_token(
    graph: Graph, simulator: RunningSimulator, http: httpx.Client
) -> None:
    simulator.change_application(DEMO.client_id, application_permissions=["User.Read.All"])
    later = Graph(http, simulator.url, app_token(http, simulator.url))
    simulator.change_application(
        DEMO.client_id,
        application_permissions=["Device.Read.All", "Group.Read.All", "User.Read.All"],
    )

    assert later.get("devices").status_code == 403
    assert graph.get("devices").status_code == 200


def test_a_person_has_the_delegated_permissions_and_a_self(
    simulator: RunningSimulator, http: httpx.Client
) -> None:
    token = password_token(http, simulator.url, SCOPE)
    narrow = password_token(http, simulator.url, "User.Read.All")

    everything, people = (Graph(http, simulator.url, each) for each in (token, narrow))

    assert everything.get("devices").status_code == 200
    assert people.get("users").status_code == 200
    assert people.get("devices").status_code == 403
    assert everything.error("me")[0] == 404  # who signs in need not be in the directory


def test_an_app_has_no_self(graph: Graph) -> None:
    assert graph.error("me") == (
        400,
        "BadRequest",
        "/me request is only valid with delegated authentication flow.",
    )


def test_writing_is_denied(graph: Graph) -> None:
    address = f"{graph.url}/v1.0/devices"

    deleted = graph.http.delete(address, headers=graph.headers({}))
    put = graph.http.put(address, headers=graph.headers({}))

    assert (deleted.status_code, put.status_code) == (403, 405)


def test_another_version_is_refused(graph: Graph) -> None:
    status, code, message = graph.error(f"{graph.url}/beta/devices")

    assert (status, code, message) == (400, "BadRequest", "Invalid version: beta")


def test_every_answer_names_the_request(graph: Graph) -> None:
    named = graph.get("devices?$top=1", **{"client-request-id": "abc"})
    error = graph.get("gadgets")

    assert named.headers["client-request-id"] == "abc"
    assert named.headers["request-id"]
    assert named.headers["x-ms-resource-unit"] == "1"
    assert named.headers["date"].endswith("GMT")
    inner = error.json()["error"]["innerError"]
    assert inner["request-id"] == error.headers["request-id"]
    assert set(inner) == {"date", "request-id", "client-request-id"}
