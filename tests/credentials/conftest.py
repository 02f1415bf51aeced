"""An installation of its own for each test: its key file, its sources."""

import pytest

from credentials.fakes import FakeSource


@pytest.fixture
def home(tmp_path, settings):
    settings.MASTER_KEY = ""
    settings.MASTER_KEY_FILE = tmp_path / "home" / "master.key"
    return tmp_path / "home"


@pytest.fixture
def source(monkeypatch, home):
    fake = FakeSource()
    monkeypatch.setattr("muster.integrations.registry.SOURCES", {"fake": fake})
    return fake
