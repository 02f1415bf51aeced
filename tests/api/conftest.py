"""A program that asks the API, and an inventory to ask about."""

from datetime import UTC, datetime, timedelta

import orjson
import pytest
from django.test import Client

from api.serving import served_over_tls
from inventory.ingest.feeding import device, host, ingest, service
from muster.accounts.roles import LOCAL_OPERATOR
from muster.core.records import GroupRecord, MembershipRecord, UserRecord
from muster.tokens.models import Kind
from muster.tokens.services import create_token

ROOT = "/api/v1.0"


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    """A real server over TLS, one for all tests that need one."""
    with served_over_tls(tmp_path_factory.mktemp("served")) as found:
        yield found


class Program:
    """One client with one token."""

    def __init__(self, token: str, **parameters: str) -> None:
        self.token = token
        self.parameters = parameters
        self._client = Client(raise_request_exception=False)

    def ask(self, method: str, path: str, body=None, *, parameters=None, **more):
        query = {**self.parameters, **(parameters or {})}
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        sent = {} if body is None else {"data": _encoded(body), "content_type": "application/json"}
        return self._client.generic(
            method,
            f"{ROOT}{path}",
            **sent,
            query_params=query,
            headers=headers,
            **more,
        )

    def get(self, path: str, **parameters):
        return self.ask("GET", path, parameters=parameters)

    def json(self, path: str, **parameters):
        response = self.get(path, **parameters)
        assert response.status_code == 200, response.content
        return whole(response)

    def put(self, path: str, body, **parameters):
        return self.ask("PUT", path, body, parameters=parameters)

    def post(self, path: str, body=None, **parameters):
        return self.ask("POST", path, {} if body is None else body, parameters=parameters)

    def patch(self, path: str, body, **parameters):
        return self.ask("PATCH", path, body, parameters=parameters)

    def delete(self, path: str, body=None, **parameters):
        return self.ask("DELETE", path, body, parameters=parameters)

    def form(self, path: str, fields, **parameters):
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        return self._client.post(
            f"{ROOT}{path}", fields, query_params={**self.parameters, **parameters}, headers=headers
        )


def _encoded(body) -> bytes:
    return body if isinstance(body, bytes) else orjson.dumps(body)


def text(response) -> str:
    return b"".join(
        response.streaming_content if response.streaming else [response.content]
    ).decode()


def whole(response):
    return orjson.loads(text(response))


@pytest.fixture
def at(now: datetime) -> datetime:
    return datetime.now(UTC) - timedelta(minutes=5)


def token(kind: Kind, organization=None, comment: str = "test") -> str:
    return create_token(
        LOCAL_OPERATOR, kind, organization=organization, at=datetime.now(UTC), comment=comment
    ).secret


@pytest.fixture
def org(scope) -> Program:
    """A program with a token of the default organization."""
    return Program(token(Kind.ORGANIZATION, scope.organization))


@pytest.fixture
def account(scope) -> Program:
    """A program with a token for all."""
    return Program(token(Kind.ACCOUNT))


@pytest.fixture
def filled(scope, at):
    """An inventory with one of each."""
    fill(scope, at)
    return scope


def fill(scope, at) -> None:
    ingest(
        scope,
        [
            device(
                "d1",
                "ws-1",
                hardware="Latitude 5420",
                hardware_vendor="Dell Inc.",
                tags=("floor=2",),
                attributes={
                    "deviceId": "743eb05a-0000-4000-8000-000000000001",
                    "isManaged": "true",
                },
            ),
            UserRecord(
                source="azuread",
                id="u1",
                name="ada@corp.example",
                display_name="Ada",
                email="Ada@Corp.example",
                attributes={"userType": "Member"},
            ),
            GroupRecord(source="azuread", id="g1", name="vpn", display_name="VPN"),
            MembershipRecord(source="azuread", group_id="g1", member_id="u1"),
        ],
        at=at,
    )
    ingest(
        scope,
        [
            host(
                "h1", "ws-1", os="Windows 11", addresses=("10.0.0.1",), macs=("00:11:22:33:44:55",)
            ),
            host("h2", "=cmd()", addresses=("10.0.1.7", "fe80::1"), is_alive=True),
            service("h1", 443, protocols=("tls", "http"), product="nginx", version="1.2"),
            service("h1", 53, transport="udp", protocols=("dns",)),
        ],
        at=at,
        instance="scan",
        run_id=2,
    )
