"""Tenants that the tests of this folder look at."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from muster.simulator.directory import Directory, TenantSize

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)

Found = Callable[..., Directory]


@pytest.fixture
def found() -> Found:
    """Return a function that founds a tenant: 2,000 devices, 1,500 users, 200 groups of seed 7."""

    def make(*, seed: int = 7, devices: int = 2000, users: int = 1500, groups: int = 200):
        return Directory(seed=seed, size=TenantSize(devices, users, groups), now=NOW)

    return make


@pytest.fixture
def tenant(found: Found) -> Directory:
    return found()


@pytest.fixture
def huge(found: Found) -> Directory:
    return found(devices=1_000_000, users=1_000_000, groups=20_000)
