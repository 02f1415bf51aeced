"""Whatever is sent, the simulator answers in Graph's or Entra's form and never breaks."""

import asyncio
from urllib.parse import quote

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from muster.simulator.app import Simulator
from muster.simulator.config import ServerConfig
from muster.simulator.demo import DEMO, demo_tenant
from simulator.server.graph import SCOPE

TENANT = demo_tenant(devices=12, users=8, groups=4)
SEGMENTS = st.sampled_from(
    [
        "devices", "users", "groups", "organization", "me", "$batch", "$count", "delta", "delta()",
        "members", "owners", "memberOf", "registeredOwners", "ownedDevices", "manager", "a(b='c')",
        "devices(deviceId='x')", "users('x')", "microsoft.graph.user", "gadgets", "applications",
        "00000000-0000-0000-0000-000000000001",
    ]
)  # fmt: skip
VALUES = st.one_of(
    st.text(max_size=20),
    st.sampled_from(
        [
            "id", "displayName", "true", "5", "999", "latest", "displayName eq 'a'", "a desc",
            "not(accountEnabled eq true)", "registeredOwners($select=id)", '"displayName:a"',
            "members", "id,displayName", "operatingSystem/any(x:x eq 'a')",
        ]
    ),
)  # fmt: skip
OPTIONS = st.sampled_from(
    [
        "$select", "$filter", "$top", "$count", "$expand", "$orderby", "$search", "$skiptoken",
        "$deltatoken", "$skip", "$format", "$odd", "plain",
    ]
)  # fmt: skip
# Statuses of Graph's own for what is asked; a failure of the simulator is a 500.
KNOWN = {200, 400, 401, 403, 404, 405, 410, 501}


class InProcess:
    """The application without a socket, and a token for it."""

    def __init__(self) -> None:
        self.app = Simulator(ServerConfig(tenants=(TENANT,)))
        self.token = self.send(
            "POST",
            f"/{DEMO.tenant_id}/oauth2/v2.0/token",
            data={
                "grant_type": "client_credentials",
                "client_id": DEMO.client_id,
                "client_secret": DEMO.client_secret,
                "scope": SCOPE,
            },
        ).json()["access_token"]

    def send(self, method: str, path: str, **options: object) -> httpx.Response:
        async def sent() -> httpx.Response:
            transport = httpx.ASGITransport(app=self.app)  # type: ignore[arg-type]
            async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
                return await client.request(method, path, **options)  # type: ignore[arg-type]

        return asyncio.run(sent())


@pytest.fixture(scope="module")
def inside() -> InProcess:
    return InProcess()


@settings(max_examples=150, deadline=None)
@given(
    segments=st.lists(SEGMENTS | st.text(min_size=1, max_size=8), max_size=5),
    options=st.lists(st.tuples(OPTIONS, VALUES), max_size=4),
    is_eventual=st.booleans(),
)
def test_no_question_to_graph_breaks_it(
    inside: InProcess,
    segments: list[str],
    options: list[tuple[str, str]],
    is_eventual: bool,  # noqa: FBT001 - hypothesis passes by name
) -> None:
    path = "/".join(["/v1.0", *(quote(segment, safe="$()'=") for segment in segments)])
    query = "&".join(f"{name}={quote(value)}" for name, value in options)
    headers = {"Authorization": f"Bearer {inside.token}"}
    headers |= {"ConsistencyLevel": "eventual"} if is_eventual else {}

    response = inside.send("GET", f"{path}?{query}", headers=headers)

    assert response.status_code in KNOWN
    if response.status_code >= 400:
        assert set(response.json()["error"]) == {"code", "message", "innerError"}


FORMS = st.dictionaries(
    st.sampled_from(
        [
            "grant_type", "client_id", "client_secret", "scope", "username", "password",
            "refresh_token", "client_assertion", "client_assertion_type",
        ]
    ),
    st.one_of(
        st.text(max_size=20),
        st.sampled_from(
            [
                "client_credentials", "password", "refresh_token", DEMO.client_id, SCOPE,
                DEMO.user_name, DEMO.client_secret, "e30.e30.AAAA",
                "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            ]
        ),
    ),
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(tenant=st.sampled_from([DEMO.tenant_id, DEMO.domain, "common", "x"]), form=FORMS)
def test_no_form_breaks_the_token_endpoint(
    inside: InProcess, tenant: str, form: dict[str, str]
) -> None:
    response = inside.send("POST", f"/{tenant}/oauth2/v2.0/token", data=form)

    assert response.status_code in {200, 400, 401}
    if response.status_code != 200:
        assert response.json()["error_description"].startswith("AADSTS")
