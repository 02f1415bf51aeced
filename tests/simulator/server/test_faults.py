"""Everything that can be made to go wrong does, where it is told to, as often as it is told to."""

from urllib.error import HTTPError

import httpx
import pytest

from muster.simulator.testing import RunningSimulator
from simulator.server.graph import Graph


@pytest.mark.parametrize("retry_after", ["3", "2.128", None])
def test_throttling_names_its_time_or_does_not(
    graph: Graph, simulator: RunningSimulator, retry_after: str | None
) -> None:
    simulator.add_faults({"kind": "throttled", "path": "/devices", "retry_after": retry_after})

    response = graph.get("devices")

    error = response.json()["error"]
    assert (response.status_code, error["code"]) == (429, "TooManyRequests")
    assert response.headers.get("retry-after") == retry_after
    assert error["innerError"]["code"] == error["innerError"]["status"] == "429"
    assert graph.get("devices").status_code == 200


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_status_comes_with_graphs_body(
    graph: Graph, simulator: RunningSimulator, status: int
) -> None:
    simulator.add_faults({"kind": "status", "status": status, "retry_after": 7})

    response = graph.get("devices")

    assert response.status_code == status
    assert response.json()["error"]["code"]
    assert response.headers["retry-after"] == "7"


def test_a_later_page_fails_and_the_first_does_not(
    graph: Graph, simulator: RunningSimulator
) -> None:
    simulator.add_faults({"kind": "status", "status": 503, "path": "/devices", "page": 2})
    first = graph.get("devices").json()

    answers = [graph.get(first["@odata.nextLink"]).status_code for _ in range(2)]

    assert answers == [503, 200]


@pytest.mark.parametrize(
    ("kind", "status", "code"),
    [
        ("expired_page_token", 400, "Directory_ExpiredPageToken"),
        ("forbidden", 403, "Authorization_RequestDenied"),
        ("expire_tokens", 401, "InvalidAuthenticationToken"),
    ],
)
def test_the_second_page_is_refused(
    graph: Graph, simulator: RunningSimulator, kind: str, status: int, code: str
) -> None:
    simulator.add_faults({"kind": kind, "page": 2})
    link = graph.get("users?$top=50").json()["@odata.nextLink"]

    assert graph.error(link)[:2] == (status, code)


def test_a_delta_is_gone_when_told_so(graph: Graph, simulator: RunningSimulator) -> None:
    simulator.add_faults({"kind": "delta_gone"})

    response = graph.get("users/delta?$deltatoken=latest")

    assert response.status_code == 410
    assert response.headers["location"].endswith("/users/delta?$deltatoken=")


@pytest.mark.parametrize("kind", ["truncated_body", "drop_body", "drop"])
def test_the_connection_ends_early(graph: Graph, simulator: RunningSimulator, kind: str) -> None:
    simulator.add_faults({"kind": kind, "path": "/devices"})

    with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
        graph.get("devices")

    assert graph.get("devices").status_code == 200


@pytest.mark.parametrize(
    ("kind", "content_type"), [("malformed_json", "application/json"), ("html", "text/html")]
)
def test_a_body_is_no_json(
    graph: Graph, simulator: RunningSimulator, kind: str, content_type: str
) -> None:
    simulator.add_faults({"kind": kind})

    response = graph.get("devices")

    assert response.status_code == 200
    assert response.headers["content-type"].startswith(content_type)
    with pytest.raises(ValueError, match=r"Expecting|delimiter|Unterminated|Invalid"):
        response.json()


def test_a_slow_reply_outlasts_a_clients_patience(
    graph: Graph, simulator: RunningSimulator
) -> None:
    simulator.add_faults({"kind": "slow", "seconds": 30, "path": "/devices"})

    with pytest.raises(httpx.ReadTimeout):
        graph.http.get(f"{graph.url}/v1.0/devices", headers=graph.headers({}), timeout=0.05)


def test_a_page_is_cut_whatever_was_asked(graph: Graph, simulator: RunningSimulator) -> None:
    simulator.add_faults({"kind": "page_size", "size": 120, "times": None, "path": "/devices"})

    sizes = [len(page["value"]) for page in graph.pages("devices?$top=999")]

    assert sizes == [120, 120, 20]


@pytest.mark.parametrize(
    "path", ["devices", "devices/delta", "devices?$filter=not(startsWith(displayName,'zzz'))"]
)
def test_an_empty_page_leads_on_to_all_the_others(
    graph: Graph, simulator: RunningSimulator, path: str
) -> None:
    advanced = {"ConsistencyLevel": "eventual"} if "filter" in path else {}
    path = f"{path}&$count=true" if advanced else path
    simulator.add_faults({"kind": "empty_page", "page": 2})

    pages = list(graph.pages(path, **advanced))

    assert [len(page["value"]) for page in pages] == [100, 0, 100, 60]


@pytest.mark.parametrize("path", ["devices", "devices/delta"])
def test_a_link_leads_to_a_foreign_host(
    graph: Graph, simulator: RunningSimulator, path: str
) -> None:
    simulator.add_faults({"kind": "foreign_link", "host": "evil.example"})

    link = graph.get(path).json()["@odata.nextLink"]

    assert link.startswith(f"https://evil.example/v1.0/{path}?$skiptoken=")


def test_a_link_leads_in_a_circle(graph: Graph, simulator: RunningSimulator) -> None:
    simulator.add_faults({"kind": "link_loop", "page": 2, "times": None})
    second = graph.get("devices").json()["@odata.nextLink"]

    third = graph.get(second).json()

    assert graph.get(third["@odata.nextLink"]).json()["value"] == third["value"]


def test_an_object_comes_on_two_pages(graph: Graph, simulator: RunningSimulator) -> None:
    simulator.add_faults({"kind": "duplicate", "page": 1})

    ids = [row["id"] for row in graph.rows("devices")]

    assert len(ids) == 261
    assert len(set(ids)) == 260
    assert ids[99] == ids[100]


def test_a_filter_is_silently_ignored(graph: Graph, simulator: RunningSimulator) -> None:
    simulator.add_faults({"kind": "ignore_filter"})

    rows = graph.get("devices?$filter=accountEnabled eq false&$top=999").json()["value"]

    assert len(rows) == 260


def test_a_fault_waits_for_its_turn_and_strikes_so_many_times(
    graph: Graph, simulator: RunningSimulator
) -> None:
    simulator.add_faults({"kind": "status", "status": 503, "nth": 3, "times": 2})

    statuses = [graph.get("devices?$top=1").status_code for _ in range(6)]

    assert statuses == [200, 200, 503, 503, 200, 200]


def test_the_same_seed_strikes_the_same_requests(graph: Graph, simulator: RunningSimulator) -> None:
    fault = {"kind": "throttled", "probability": 0.3, "seed": 5, "times": None}
    runs = []
    for _ in range(2):
        simulator.add_faults(fault)
        runs.append([graph.get("devices?$top=1").status_code for _ in range(30)])
        simulator.clear_faults()

    assert runs[0] == runs[1]
    assert 2 <= runs[0].count(429) <= 20


@pytest.mark.parametrize(
    "fault",
    [
        {},
        {"kind": "x"},
        {"kind": "drop", "colour": 1},
        {"kind": "drop", "path": "("},
        {"kind": "slow", "seconds": "x"},
        {"kind": "drop", "nth": None},
        {"kind": "drop", "path": 5},
        {"kind": None},
        5,
    ],
)
def test_a_fault_that_cannot_be_is_refused(
    simulator: RunningSimulator, fault: dict[str, object]
) -> None:
    with pytest.raises(HTTPError) as caught:
        simulator.add_faults(fault)

    assert caught.value.code == 400
    caught.value.close()


def test_the_log_tells_what_was_sent_and_no_secret(
    graph: Graph, simulator: RunningSimulator
) -> None:
    simulator.add_faults({"kind": "throttled"})
    graph.get("devices?$top=5", **{"x-ms-throttle-priority": "Low"})

    log = simulator.requests()

    assert log[-1]["parameters"] == {"$top": "5"}
    assert log[-1]["headers"]["x-ms-throttle-priority"] == "Low"
    assert (log[-1]["status"], log[-1]["faults"]) == (429, ["throttled"])
    assert log[0]["form"]["grant_type"] == "client_credentials"
    assert graph.token not in str(log)
    assert simulator.demo.client_secret not in str(log)
