"""App registrations, which tell when their secrets end to those who may read them."""

from dataclasses import replace

import pytest

from muster.simulator.config import ServerConfig
from muster.simulator.demo import DEMO, EXPIRED_SECRET, demo_tenant
from simulator.server.graph import Graph

PERMITTED = "Application.Read.All"


@pytest.fixture(scope="module")
def config() -> ServerConfig:
    tenant = demo_tenant(devices=1, users=1, groups=1)
    first, *others = tenant.applications
    permitted = replace(first, application_permissions=(PERMITTED,))
    return ServerConfig(tenants=(replace(tenant, applications=(permitted, *others)),))


def test_the_app_that_may_finds_itself_by_its_client_id(graph: Graph) -> None:
    (found,) = graph.rows(f"applications?$filter=appId eq '{DEMO.client_id}'&$select=appId,id")
    one = graph.get(f"applications(appId='{DEMO.client_id}')").json()

    assert found == {"appId": DEMO.client_id, "id": one["id"]}
    assert graph.get(f"applications/{one['id']}").json()["displayName"] == "Muster"


def test_of_a_secret_its_beginning_and_its_end_are_told_and_nothing_else(graph: Graph) -> None:
    secrets = graph.get(f"applications(appId='{DEMO.client_id}')").json()["passwordCredentials"]

    assert [each["hint"] for each in secrets] == [DEMO.client_secret[:3], EXPIRED_SECRET[:3]]
    assert secrets[1]["endDateTime"] == "2025-01-01T00:00:00Z"
    assert [each["secretText"] for each in secrets] == [None, None]


def test_a_filter_that_fits_none_finds_none(graph: Graph) -> None:
    assert graph.rows("applications?$filter=appId eq 'other'") == []


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("applications(appId='other')", 404),
        ("applications(displayName='Muster')", 400),
        (f"applications(appId='{DEMO.client_id}')/owners", 400),
        ("applications?$filter=appId eq", 400),
    ],
)
def test_what_is_not_there_or_cannot_be_read_is_refused(
    graph: Graph, path: str, status: int
) -> None:
    assert graph.error(path)[0] == status


def test_applications_are_not_written(graph: Graph) -> None:
    assert graph.post("applications", {}).status_code in {403, 405}
