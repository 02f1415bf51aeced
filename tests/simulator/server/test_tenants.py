"""Several tenants in one server, each in its cloud."""

from collections.abc import Iterator
from dataclasses import replace

import httpx
import pytest

from muster.simulator.config import ServerConfig
from muster.simulator.demo import DEMO, demo_tenant
from muster.simulator.testing import RunningSimulator, start_in_thread
from simulator.server.graph import SCOPE, Graph, token_request

FIRST = demo_tenant(devices=5, users=5, groups=2)
SECOND = replace(FIRST, domain="fabrikam.onmicrosoft.com", seed=7, devices=9)
FEDERAL = replace(FIRST, domain="agency.onmicrosoft.us", seed=8, devices=3, cloud="usgov")


@pytest.fixture(scope="module")
def many() -> Iterator[RunningSimulator]:
    with start_in_thread(ServerConfig(tenants=(FIRST, SECOND, FEDERAL))) as running:
        yield running


def ask(
    many: RunningSimulator, http: httpx.Client, tenant: str, scope: str = SCOPE
) -> httpx.Response:
    return token_request(
        http,
        many.url,
        tenant=tenant,
        grant_type="client_credentials",
        client_id=DEMO.client_id,
        client_secret=DEMO.client_secret,
        scope=scope,
    )


@pytest.mark.parametrize(("tenant", "count"), [(FIRST, 5), (SECOND, 9)])
@pytest.mark.parametrize("name", ["id", "domain"])
def test_a_token_opens_its_own_tenant(
    many: RunningSimulator, http: httpx.Client, tenant: object, count: int, name: str
) -> None:
    token = ask(many, http, getattr(tenant, name)).json()["access_token"]

    graph = Graph(http, many.url, token)

    assert len(graph.rows("devices")) == count
    assert graph.rows("organization")[0]["id"] == tenant.id


def test_a_link_of_one_tenant_does_not_open_another(
    many: RunningSimulator, http: httpx.Client
) -> None:
    first, second = (
        Graph(http, many.url, ask(many, http, tenant.id).json()["access_token"])
        for tenant in (FIRST, SECOND)
    )
    link = first.get("devices/delta?$deltatoken=latest").json()["@odata.deltaLink"]
    next_link = first.get("devices?$top=2").json()["@odata.nextLink"]

    assert second.error(link)[0] == 400
    assert second.error(next_link)[0] == 400


def test_a_tenant_in_another_cloud_has_another_graph(
    many: RunningSimulator, http: httpx.Client
) -> None:
    wrong = ask(many, http, FEDERAL.id).json()
    right = ask(many, http, FEDERAL.id, "https://graph.microsoft.us/.default").json()

    assert wrong["error_codes"] == [500011]
    assert len(Graph(http, many.url, right["access_token"]).rows("devices")) == 3


def test_a_tenant_is_not_found_at_the_host_of_another_cloud(
    many: RunningSimulator, http: httpx.Client
) -> None:
    path = f"{many.url}/{FEDERAL.id}/v2.0/.well-known/openid-configuration"

    wrong = http.get(path, headers={"Host": "login.microsoftonline.com"})
    right = http.get(path, headers={"Host": "login.microsoftonline.us"})

    assert wrong.json()["error_codes"] == [900382]
    assert right.json()["token_endpoint"].startswith("http://login.microsoftonline.us/")


def test_a_real_host_serves_its_own_paths_only(many: RunningSimulator, http: httpx.Client) -> None:
    graph = http.get(
        f"{many.url}/common/discovery/instance", headers={"Host": "graph.microsoft.com"}
    )
    login = http.get(f"{many.url}/v1.0/devices", headers={"Host": "login.microsoftonline.com"})

    assert graph.json()["error"]["code"] == "BadRequest"
    assert login.status_code == 404


def test_the_keys_endpoint_shows_the_key_that_signed(
    many: RunningSimulator, http: httpx.Client
) -> None:
    document = http.get(f"{many.url}/{FIRST.id}/v2.0/.well-known/openid-configuration").json()

    (key,) = http.get(document["jwks_uri"]).json()["keys"]

    assert document["issuer"] == f"{many.url}/{FIRST.id}/v2.0"
    assert (key["kty"], key["use"]) == ("RSA", "sig")


def test_a_token_can_be_read_and_says_what_it_allows(
    many: RunningSimulator, http: httpx.Client
) -> None:
    import jwt

    token = ask(many, http, FIRST.id).json()["access_token"]
    keys = jwt.PyJWKClient(f"{many.url}/{FIRST.id}/discovery/v2.0/keys")

    claims = jwt.decode(
        token,
        keys.get_signing_key_from_jwt(token).key,
        algorithms=["RS256"],
        audience="https://graph.microsoft.com",
        issuer=f"https://sts.windows.net/{FIRST.id}/",
    )

    assert claims["roles"] == ["Device.Read.All", "Group.Read.All", "User.Read.All"]
    assert (claims["tid"], claims["appid"]) == (FIRST.id, DEMO.client_id)
    assert "scp" not in claims
