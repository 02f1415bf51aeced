"""`$filter` on the wire: what Graph takes, refuses, and answers page by page."""

import pytest

from muster.simulator.testing import RunningSimulator
from simulator.server.graph import ADVANCED, Graph

EXAMPLES = [
    "not(startsWith(operatingSystem, 'Android'))",
    "not(operatingSystem eq 'iOS') and not(operatingSystem eq 'iPad')",
    "not(startswith(displayName, 'DEV'))",
    "deviceOwnership eq 'Company' or isManaged eq true",
]


def test_a_filter_of_default_level_works_without_the_header(graph: Graph) -> None:
    rows = graph.rows("devices?$filter=startswith(operatingSystem, 'win')&$top=20")

    assert rows
    assert all(row["operatingSystem"].lower().startswith("win") for row in rows)


@pytest.mark.parametrize("text", EXAMPLES)
def test_an_advanced_filter_needs_the_header_and_the_count(graph: Graph, text: str) -> None:
    query = f"devices?$filter={text}"

    assert graph.error(query)[1] == "Request_UnsupportedQuery"
    assert graph.error(f"{query}&$count=true")[1] == "Request_UnsupportedQuery"
    assert graph.error(query, **ADVANCED)[1] == "Request_UnsupportedQuery"
    assert graph.get(f"{query}&$count=true", **ADVANCED).status_code == 200


def test_the_header_must_come_with_every_page_of_an_advanced_filter(graph: Graph) -> None:
    query = f"devices?$filter={EXAMPLES[0]}&$count=true&$top=10"
    link = graph.get(query, **ADVANCED).json()["@odata.nextLink"]

    status, code, message = graph.error(link)

    assert (status, code) == (400, "Request_UnsupportedQuery")
    assert "ConsistencyLevel:eventual" in message
    assert len(graph.get(link, **ADVANCED).json()["value"]) == 10


def test_the_pages_of_a_filter_hold_what_its_count_says(graph: Graph) -> None:
    query = f"devices?$filter={EXAMPLES[3]}&$count=true&$top=37"
    pages = list(graph.pages(query, **ADVANCED))

    ids = [row["id"] for page in pages for row in page["value"]]
    assert pages[0]["@odata.count"] == len(ids) == len(set(ids))
    assert len(pages) > 2


def test_a_listing_goes_on_unchanged_while_the_tenant_changes(
    graph: Graph, simulator: RunningSimulator
) -> None:
    query = "devices?$filter=accountEnabled eq true&$select=id&$top=50"
    before = [row["id"] for row in graph.rows(query)]
    first = graph.get(query).json()
    simulator.mutate("delete", kind="devices", id=before[-1])
    simulator.mutate("add", kind="devices", properties={"displayName": "NEW"})

    rest = graph.rows(first["@odata.nextLink"])

    assert [row["id"] for row in (*first["value"], *rest)] == before[:-1]


@pytest.mark.parametrize(
    ("query", "code", "words"),
    [
        ("$filter=displayName eq", "BadRequest", "Invalid filter clause"),
        ("$filter=accountEnabled eq 'true'", "BadRequest", "Invalid filter clause"),
        ("$filter=nothing eq 1", "BadRequest", "Could not find a property named 'nothing'"),
        ("$filter=profileType gt 'a'", "Request_UnsupportedQuery", "profileType"),
        ("$filter=contains(displayName,'a')", "Request_UnsupportedQuery", ""),
    ],
)
def test_a_filter_is_refused_in_graphs_words(
    graph: Graph, query: str, code: str, words: str
) -> None:
    status, found, message = graph.error(f"devices?{query}&$count=true", **ADVANCED)

    assert (status, found) == (400, code)
    assert words in message


def test_sixteen_alternatives_are_too_many_without_the_header(graph: Graph) -> None:
    text = " or ".join(f"displayName eq 'PC-{n}'" for n in range(16))

    assert graph.error(f"devices?$filter={text}")[2].endswith("operators: 16. Max allowed: 15")
    assert graph.rows(f"devices?$filter={text}&$count=true", **ADVANCED) == []


def test_a_plus_and_an_encoded_blank_are_both_blanks(graph: Graph) -> None:
    plus = graph.rows("devices?$filter=accountEnabled+eq+false&$select=id")
    percent = graph.rows("devices?%24filter=accountEnabled%20eq%20false&%24select=id")

    assert plus == percent != []


def test_an_expansion_is_refused_in_an_advanced_query(graph: Graph) -> None:
    query = f"devices?$filter={EXAMPLES[0]}&$count=true&$expand=registeredOwners"

    assert graph.error(query, **ADVANCED)[1] == "Request_UnsupportedQuery"
