"""One server for each module: a small tenant, a client with a token, faults cleared after a test."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from muster.simulator.config import ServerConfig
from muster.simulator.demo import demo_tenant
from muster.simulator.testing import RunningSimulator, start_in_thread
from simulator.server.graph import Graph, app_token

SMALL = demo_tenant(devices=260, users=120, groups=24)
# Microsoft's SDK reads some fifty objects a second.
TINY = demo_tenant(devices=110, users=104, groups=6)
# The same people and apps once more: who is locked out there is locked out there only.
OTHER = replace(SMALL, domain="locked.example", display_name="Fabrikam", seed=7, devices=30)


@pytest.fixture(scope="module")
def config() -> ServerConfig:
    return ServerConfig(tenants=(SMALL, OTHER))


@pytest.fixture(scope="module")
def server(config: ServerConfig) -> Iterator[RunningSimulator]:
    with start_in_thread(config) as running:
        yield running


@pytest.fixture(scope="module")
def tls_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSimulator]:
    folder: Path = tmp_path_factory.mktemp("tls")
    config = ServerConfig(tenants=(TINY,), tls_folder=str(folder))
    with start_in_thread(config) as running:
        yield running


@pytest.fixture
def simulator(server: RunningSimulator) -> Iterator[RunningSimulator]:
    """The module's server with an empty log; whatever a test broke is mended after it."""
    server.forget_requests()
    yield server
    server.clear_faults()


@pytest.fixture
def http() -> Iterator[httpx.Client]:
    with httpx.Client(trust_env=False) as client:
        yield client


@pytest.fixture
def graph(simulator: RunningSimulator, http: httpx.Client) -> Graph:
    """Graph as the demo app sees it."""
    return Graph(http, simulator.url, app_token(http, simulator.url))
