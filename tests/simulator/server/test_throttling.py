"""Resource units: what requests cost, and what happens when they are used up."""

from datetime import UTC, datetime, timedelta

import pytest

from muster.simulator.config import TenantConfig
from muster.simulator.graph.errors import GraphError
from muster.simulator.graph.throttling import Throttle, cost
from muster.simulator.tenants import Tenant, Tenants
from muster.simulator.testing import RunningSimulator
from simulator.server.graph import Graph

NOW = datetime(2026, 11, 23, tzinfo=UTC)


@pytest.mark.parametrize(
    ("path", "parameters", "units"),
    [
        ("devices", {}, 1),
        ("users", {}, 2),
        ("users", {"$select": "id"}, 1),
        ("users", {"$top": "5"}, 1),
        ("users", {"$top": "50", "$expand": "memberOf"}, 3),
        ("users/x", {}, 1),
        ("groups/x/members", {}, 3),
        ("groups/x/members", {"$select": "id", "$top": "999"}, 2),
        ("groups/x/transitiveMembers", {}, 5),
        ("users/x/memberOf", {}, 2),
        ("devices/x/registeredOwners", {"$select": "id"}, 1),
        ("devices/delta", {}, 1),
    ],
)
def test_a_request_costs_what_microsoft_says(
    path: str, parameters: dict[str, str], units: int
) -> None:
    assert cost(path.split("/"), parameters) == units


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


def tenant(users: int) -> Tenant:
    return Tenants([TenantConfig(users=users, devices=1, groups=1)], now=NOW).all[0]


@pytest.mark.parametrize(("users", "limit"), [(49, 3500), (50, 5000), (500, 5000), (501, 8000)])
def test_the_limit_follows_from_the_size_of_the_tenant(users: int, limit: int) -> None:
    assert Throttle(clock=Clock()).limit_of(tenant(users)) == limit


def test_a_full_bucket_refuses_and_flows_back() -> None:
    clock, small = Clock(), tenant(10)
    throttle = Throttle(clock=clock, is_on=True)
    headers = throttle.spend(3000, tenant=small, app_id="a")

    with pytest.raises(GraphError) as caught:
        throttle.spend(600, tenant=small, app_id="a")
    throttle.spend(600, tenant=small, app_id="b")
    clock.now += timedelta(seconds=float(caught.value.headers["Retry-After"]))
    throttle.spend(600, tenant=small, app_id="a")

    assert headers["x-ms-throttle-limit-percentage"] == "0.86"
    assert caught.value.headers["x-ms-throttle-information"] == "ResourceUnitLimitExceeded"
    assert caught.value.headers["x-ms-throttle-scope"] == (
        f"Tenant_Application/ReadWrite/a/{small.id}"
    )


def test_nothing_is_refused_unless_throttling_is_on(
    graph: Graph, simulator: RunningSimulator
) -> None:
    free = [graph.get("devices?$top=1").status_code for _ in range(12)]
    simulator.set_throttling(is_on=True, limit=5)
    bound = [graph.get("devices?$top=1").status_code for _ in range(12)]
    simulator.set_throttling(is_on=False)

    assert set(free) == {200}
    assert 429 in bound
    assert bound[:5] == [200] * 5
