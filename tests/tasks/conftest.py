"""A fake source in place of the real ones, and a credential for it."""

import asyncio

import pytest

from credentials.fakes import FakeSource
from muster.core.http import Outside
from muster.core.records import AssetRecord, Collection, CollectionReport
from muster.core.source import SilentProgress
from muster.credentials.services import NewCredential, create
from muster.integrations.entra.source import EntraSource
from muster.simulator.demo import demo_server, demo_tenant
from muster.simulator.testing import start_in_thread
from muster.tasks.connectors import connector_task
from tasks.tenants import Tenant


def host(number, **fields):
    return AssetRecord(source="fake", id=f"id-{number}", names=(f"host-{number}",), **fields)


WHOLE = CollectionReport(source="fake", collection=Collection.ASSETS, complete=True)


@pytest.fixture
def source(monkeypatch, tmp_path, settings):
    settings.MASTER_KEY = ""
    settings.MASTER_KEY_FILE = tmp_path / "master.key"
    settings.COLLECTS_APART = False
    fake = FakeSource([host(1), host(2), WHOLE])
    monkeypatch.setattr("muster.integrations.registry.SOURCES", {"fake": fake})
    return fake


@pytest.fixture
def credential(scope, source, now):
    values = {"address": "here", "token": "right"}
    return create(scope, NewCredential("Fake", "fake_token", values), at=now).credential


@pytest.fixture
def task(scope, credential, now):
    return connector_task(
        scope, "fake", credential=credential, site=scope.site(), options={}, at=now
    )


@pytest.fixture
def watcher():
    return SilentProgress()


@pytest.fixture
def quick(settings, monkeypatch, tmp_path):
    """A source that does not wait for real, collecting in this process."""
    settings.MASTER_KEY = ""
    settings.MASTER_KEY_FILE = tmp_path / "master.key"
    settings.COLLECTS_APART = False
    source = EntraSource(Outside(sleep=lambda _seconds: asyncio.sleep(0)))
    monkeypatch.setattr("muster.integrations.registry.SOURCES", {"azuread": source})


@pytest.fixture
def tenant(scope, other_scope, now, settings, quick):
    with start_in_thread(demo_server(demo_tenant(devices=120, users=80, groups=16))) as simulator:
        settings.ENDPOINTS = {"login": simulator.url, "graph": simulator.url}
        yield Tenant(simulator, scope, other_scope, now)
