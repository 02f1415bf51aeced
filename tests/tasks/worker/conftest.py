"""Tasks that are due, and an executor that does them in this process."""

import pytest

from muster.tasks import services
from muster.tasks.schedules import read
from muster.tasks.services import NewTask
from muster.tasks.worker import heartbeats
from muster.tasks.worker.executing import Executor


@pytest.fixture
def due(scope, credential, now):
    """A task that is due every hour from now on."""
    schedule = read("hourly", now=now)
    new = NewTask("Hourly", "fake", scope.site(), credential, schedule=schedule)
    return services.create(scope, new, at=now)


@pytest.fixture
def executor(db, now):
    return Executor(heartbeats.register("w-1", slots=2, at=now), lambda: now)
