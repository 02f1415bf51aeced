"""What a configuration changes: loops, shared tenants, null logic, people, disabled caches."""

from dataclasses import replace
from typing import Any

import httpx
import pytest

from muster.simulator.config import ServerConfig
from muster.simulator.demo import DEMO, MULTI_TENANT_APP_ID, demo_tenant
from muster.simulator.testing import start_in_thread
from simulator.server.graph import ADVANCED, SCOPE, Graph, app_token, token_request

TENANT = demo_tenant(devices=40, users=10, groups=3)


def person(http: httpx.Client, url: str, **changes: str) -> dict[str, Any]:
    form = {
        "grant_type": "password",
        "client_id": MULTI_TENANT_APP_ID,
        "username": DEMO.user_name,
        "password": DEMO.password,
        "scope": f"{SCOPE} openid offline_access",
    }
    body: dict[str, Any] = token_request(http, url, **(form | changes)).json()
    return body


def test_a_client_that_does_not_keep_its_tokens_is_stopped(http: httpx.Client) -> None:
    with start_in_thread(ServerConfig(tenants=(TENANT,), token_loop_limit=3)) as running:
        answers = [person(http, running.url) for _ in range(4)]

    assert ["access_token" in answer for answer in answers] == [True, True, True, False]
    assert answers[3]["error_codes"] == [50196]


def test_a_shared_app_finds_the_persons_own_tenant(http: httpx.Client) -> None:
    with start_in_thread(ServerConfig(tenants=(TENANT,))) as running:
        answer = person(http, running.url, tenant="organizations")
        graph = Graph(http, running.url, answer["access_token"])
        found = graph.rows("organization")[0]["id"]

    assert found == TENANT.id


def test_a_refresh_token_belongs_to_its_app(http: httpx.Client) -> None:
    with start_in_thread(ServerConfig(tenants=(TENANT,))) as running:
        token = person(http, running.url)["refresh_token"]
        form = {"grant_type": "refresh_token", "refresh_token": token}
        own = token_request(http, running.url, client_id=MULTI_TENANT_APP_ID, **form).json()
        other = token_request(http, running.url, client_id=DEMO.client_id, **form).json()

    assert {"access_token", "refresh_token", "scope"} <= set(own)
    assert other["error_codes"] == [70000]


@pytest.mark.parametrize("has_null_logic", [True, False])
def test_what_a_null_is_to_not_is_a_setting(http: httpx.Client, *, has_null_logic: bool) -> None:
    tenant = replace(TENANT, has_null_logic=has_null_logic)
    query = "devices?$filter=not(startsWith(model,'X'))&$count=true&$select=model&$top=999"
    with start_in_thread(ServerConfig(tenants=(tenant,))) as running:
        running.mutate("add", kind="devices", properties={"model": None})
        graph = Graph(http, running.url, app_token(http, running.url))
        models = [row["model"] for row in graph.rows(query, **ADVANCED)]

    assert (None in models) is not has_null_logic


def test_nothing_is_kept_when_the_store_has_no_room(http: httpx.Client) -> None:
    with start_in_thread(ServerConfig(tenants=(TENANT,), cache_megabytes=0)) as running:
        graph = Graph(http, running.url, app_token(http, running.url))

        assert graph.rows("devices?$top=7") == graph.rows("devices?$top=9")
