"""Ways to lead Microsoft's own clients to a local port, though they believe in the real hosts."""

import ssl
from typing import Any

import httpx
import requests
from azure.core.pipeline.transport import RequestsTransport
from requests.adapters import HTTPAdapter

from muster.simulator.testing import RunningSimulator

LOGIN = "https://login.microsoftonline.com"


class LocalAdapter(HTTPAdapter):
    """Sends what is meant for any host to the simulator; the Host header stays the real one.

    MSAL forgets an authority's port when it asks for the user realm, so a local authority
    cannot be tested by its own name (graph.md, 5.2).
    """

    def __init__(self, simulator: RunningSimulator) -> None:
        self._simulator = simulator
        super().__init__()

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> Any:
        assert request.url is not None
        rest = request.url.partition("://")[2]
        host, _, path = rest.partition("/")
        request.headers["Host"] = host
        request.url = f"{self._simulator.url}/{path}"
        kwargs["verify"] = self._simulator.ca_file
        return super().send(request, *args, **kwargs)


def local_session(simulator: RunningSimulator) -> requests.Session:
    """A session as MSAL wants one. No environment: a REQUESTS_CA_BUNDLE overrules `verify`."""
    session = requests.Session()
    session.trust_env = False
    session.mount("https://", LocalAdapter(simulator))
    return session


def local_transport(simulator: RunningSimulator) -> RequestsTransport:
    """A transport as azure-identity wants one."""
    return RequestsTransport(session=local_session(simulator), session_owner=False)


class LocalTransport(httpx.AsyncBaseTransport):
    """The same for httpx, which msgraph-sdk uses."""

    def __init__(self, simulator: RunningSimulator) -> None:
        self._url = httpx.URL(simulator.url)
        context = ssl.create_default_context(cafile=simulator.ca_file)
        self._inner = httpx.AsyncHTTPTransport(verify=context)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        request.url = request.url.copy_with(host=self._url.host, port=self._url.port)
        return await self._inner.handle_async_request(request)

    async def aclose(self) -> None:
        await self._inner.aclose()
