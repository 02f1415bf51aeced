"""`$batch`: twenty at most, each part on its own."""

from typing import Any

import pytest

from muster.simulator.testing import RunningSimulator
from simulator.server.graph import ADVANCED, Graph


def part(name: str, url: str, **more: Any) -> dict[str, Any]:
    return {"id": name, "method": "GET", "url": url, **more}


def test_every_part_is_answered_as_if_it_came_alone(graph: Graph) -> None:
    answers = graph.batch(
        part("1", "/devices?$top=2&$select=id"),
        part("two", "users?$top=1"),
        part("3", "/groups/none/members"),
        part("4", "/devices/$count", headers=ADVANCED),
    )

    assert {name: answer["status"] for name, answer in answers.items()} == {
        "1": 200,
        "two": 200,
        "3": 400,
        "4": 200,
    }
    assert len(answers["1"]["body"]["value"]) == 2
    assert answers["1"]["body"]["@odata.nextLink"].startswith(f"{graph.url}/v1.0/devices?")
    assert answers["1"]["headers"]["Content-Type"] == "application/json"
    assert answers["3"]["body"]["error"]["code"] == "Request_BadRequest"
    assert answers["4"]["body"] == 260


def test_the_answers_come_in_an_order_of_their_own(graph: Graph) -> None:
    parts = [part(str(n), "/devices?$top=1&$select=id") for n in range(20)]

    answers = graph.post("$batch", {"requests": parts}).json()["responses"]

    names = [answer["id"] for answer in answers]
    assert names != sorted(names, key=int)
    assert sorted(names, key=int) == [str(n) for n in range(20)]


def test_a_header_belongs_to_its_part_only(graph: Graph) -> None:
    query = "/devices?$count=true&$filter=not(accountEnabled eq true)"

    answers = graph.batch(part("with", query, headers=ADVANCED), part("without", query))

    assert answers["with"]["body"]["@odata.count"] >= 0
    assert answers["without"]["body"]["error"]["code"] == "Request_UnsupportedQuery"


def test_a_part_is_throttled_on_its_own(graph: Graph, simulator: RunningSimulator) -> None:
    simulator.add_faults({"kind": "throttled", "path": "/users", "retry_after": "2.128"})

    answers = graph.batch(part("1", "/devices?$top=1"), part("2", "/users?$top=1"))

    assert answers["1"]["status"] == 200
    assert answers["2"]["status"] == 429
    assert answers["2"]["headers"]["Retry-After"] == "2.128"
    assert answers["2"]["body"]["error"]["code"] == "TooManyRequests"


def test_a_part_fails_with_the_one_it_depends_on(graph: Graph) -> None:
    answers = graph.batch(
        part("1", "/gadgets"),
        part("2", "/devices?$top=1", dependsOn=["1"]),
        part("3", "/users?$top=1", dependsOn=[]),
    )

    assert [answers[name]["status"] for name in ("1", "2", "3")] == [400, 424, 200]


@pytest.mark.parametrize(
    "content",
    [
        None,
        [],
        {},
        {"requests": []},
        {"requests": ["x"]},
        {"requests": [{"id": "1", "method": "GET"}]},
        {"requests": [{"method": "GET", "url": "/users"}]},
        {"requests": [part("1", "/users"), part("1", "/users")]},
        {"requests": [part("1", "https://graph.microsoft.com/v1.0/users")]},
        {"requests": [part("1", "/users", dependsOn=["2"]), part("2", "/users")]},
        {"requests": [part("1", "/users", dependsOn=[["2"]])]},
        {"requests": [part("1", "/users", headers=["x"])]},
        {"requests": [part(str(n), "/users") for n in range(21)]},
    ],
)
def test_a_batch_that_is_none_is_refused_whole(graph: Graph, content: Any) -> None:
    response = graph.post("$batch", content)

    assert response.status_code == 400
    assert response.json()["error"]["code"] == "BadRequest"


def test_a_batch_needs_a_token_and_a_post(graph: Graph) -> None:
    nobody = Graph(graph.http, graph.url, "x")

    assert nobody.post("$batch", {"requests": [part("1", "/users")]}).status_code == 401
    assert graph.get("$batch").status_code == 405


def test_the_log_shows_the_parts(graph: Graph, simulator: RunningSimulator) -> None:
    simulator.forget_requests()
    graph.batch(part("1", "/devices?$top=1"), part("2", "/gadgets"))

    shown = [(r["path"], r["status"], r["in_batch"]) for r in simulator.requests()]

    assert shown == [
        ("/v1.0/$batch", 200, False),
        ("/v1.0/devices", 200, True),
        ("/v1.0/gadgets", 400, True),
    ]
