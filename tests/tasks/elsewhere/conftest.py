"""Explorers that ask the real endpoint, for tasks of a fake source."""

import pytest

from explorers.conftest import app, machine, machine_of, token, utc_now
from muster.tasks import services
from muster.tasks.services import NewTask
from muster.tasks.worker import heartbeats
from muster.tasks.worker.executing import Executor

__all__ = ["app", "machine", "machine_of", "token"]


@pytest.fixture
def task_on(scope, credential):
    """Make a task that runs somewhere."""

    def made(where, **more):
        new = NewTask("Sync", "fake", scope.site(), credential, explorer=where, **more)
        return services.create(scope, new, at=utc_now())

    return made


@pytest.fixture
def worker(db):
    return heartbeats.register("w-1", slots=4, at=utc_now())


@pytest.fixture
def executor(worker):
    return Executor(worker, utc_now)
