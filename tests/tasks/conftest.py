"""A fake source in place of the real ones, and a credential for it."""

import pytest

from credentials.fakes import FakeSource
from muster.core.records import AssetRecord, Collection, CollectionReport
from muster.core.source import SilentProgress
from muster.credentials.services import NewCredential, create
from muster.tasks.connectors import connector_task


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
