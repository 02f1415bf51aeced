"""Real workers: how much more of them do, and how soon one obeys a stop."""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

_WORKER = [sys.executable, "-c", "from muster.cli.main import run; run()", "worker"]
_PATIENCE_SECONDS = 200
_LOOK_UP_SECONDS = 0.02


def workers(arguments: argparse.Namespace) -> dict[str, object]:
    """Sync a tenant for many organizations, in this process and then by workers."""
    with _simulated(arguments.devices) as simulator:
        if arguments.latency:
            simulator.add_faults({"kind": "slow", "seconds": arguments.latency, "times": None})
        tasks = [_task(number) for number in range(arguments.tasks)]
        first = _timed(lambda: _all_here(tasks))
        here = _timed(lambda: _all_here(tasks))
        found: dict[str, object] = {
            "cores": os.cpu_count(),
            "tasks": len(tasks),
            "devices": arguments.devices,
            "latency": arguments.latency,
            "first syncs here": round(first, 1),
            "here": round(here, 1),
        }
        for number in map(int, arguments.workers.split(",")):
            with _fleet(number, simulator):
                seconds = _timed(lambda: _all_by_workers(tasks))
            found[f"{number} workers"] = round(seconds, 1)
            found[f"runs an hour by {number}"] = round(3600 * len(tasks) / seconds)
            found[f"times here by {number}"] = round(here / seconds, 2)
    return found


def stop(arguments: argparse.Namespace) -> dict[str, object]:
    """Stop first syncs of everything at different points; return how long each took to end."""
    from muster.organizations.scope import scope as scope_of
    from muster.tasks import services
    from muster.tasks.models import Run, Status

    spent = []
    with _simulated(arguments.devices) as simulator, _fleet(1, simulator):
        for number in range(arguments.rounds):
            task = _task(number)
            scope = scope_of(_operator(), task.organization)
            run = services.run(scope, task, at=_now())
            asked = (number + 1) * arguments.devices // (6 * arguments.rounds)
            _wait(lambda run=run, asked=asked: _stored(run) >= asked or _is_over(run))
            services.stop(scope, task, at=_now())
            _wait(lambda run=run: _is_over(run))
            run = Run.objects.get(pk=run.pk)
            assert run.status == Status.STOPPED, run.status
            spent.append((run.ended_at - run.stop_asked_at).total_seconds())
    return {"devices": arguments.devices, "seconds": [round(each, 2) for each in spent]}


def _stored(run: Any) -> int:
    from muster.tasks.models import Checkpoint

    place = Checkpoint.objects.filter(run=run).first()
    return int(place.statistics.get("assets_new", 0)) if place else 0


def _is_over(run: Any) -> bool:
    from muster.tasks.models import Run

    return Run.objects.filter(pk=run.pk, ended_at__isnull=False).exists()


def _all_here(tasks: list[Any]) -> None:
    from muster.core.source import SilentProgress
    from muster.organizations.scope import scope as scope_of
    from muster.tasks.connectors import run_now

    for each in tasks:
        scope = scope_of(_operator(), each.organization)
        run = run_now(scope, each, watcher=SilentProgress(), is_full=True)
        assert run.is_complete, run.error


def _all_by_workers(tasks: list[Any]) -> None:
    from muster.tasks.models import Run, Trigger
    from muster.tasks.queueing import queue

    runs = [queue(each, Trigger.MANUAL, at=_now()).pk for each in tasks]
    _wait(lambda: not Run.objects.filter(pk__in=runs, ended_at=None).exists())
    assert Run.objects.filter(pk__in=runs, is_complete=True).count() == len(runs)


@contextmanager
def _simulated(devices: int) -> Iterator[Any]:
    from django.conf import settings

    from muster.simulator.demo import demo_server, demo_tenant
    from muster.simulator.testing import start_process

    tenant = demo_tenant(devices=devices, users=devices * 3 // 4, groups=devices // 10)
    with start_process(demo_server(tenant)) as simulator:
        settings.ENDPOINTS = {"login": simulator.url, "graph": simulator.url}
        yield simulator


@contextmanager
def _fleet(number: int, simulator: Any) -> Iterator[None]:
    """Run so many workers of one slot each, once all of them are there."""
    from muster.tasks.models import Worker

    surroundings = {
        **os.environ,
        "MUSTER_ENTRA_LOGIN_URL": simulator.url,
        "MUSTER_ENTRA_GRAPH_URL": simulator.url,
    }
    with tempfile.TemporaryFile() as said:
        started = [
            subprocess.Popen(
                [*_WORKER, "--name", f"w-{each}", "--slots", "1"],
                env=surroundings,
                stdout=said,
                stderr=said,
            )
            for each in range(number)
        ]
        try:
            _wait(lambda: Worker.objects.count() == number)
            yield
        finally:
            for each in started:
                each.terminate()
            for each in started:
                each.wait(60)


def _task(number: int) -> Any:
    """Return a task of an organization of its own that reads everything each time."""
    from muster.credentials.services import NewCredential, create
    from muster.organizations.scope import scope_by_name
    from muster.organizations.services import create_organization
    from muster.simulator.demo import DEMO
    from muster.tasks.connectors import connector_task

    create_organization(f"Organization {number}", at=_now())
    scope = scope_by_name(f"Organization {number}")
    secret = {
        "tenant_id": DEMO.tenant_id,
        "client_id": DEMO.client_id,
        "client_secret": DEMO.client_secret,
    }
    new = NewCredential("Demo", "azure_client_secret", secret)
    return connector_task(
        scope,
        "azuread",
        credential=create(scope, new, at=_now(), save_anyway=True).credential,
        site=scope.site(),
        options={"full_sync_days": "0"},
        at=_now(),
    )


def _operator() -> Any:
    from muster.accounts.roles import LOCAL_OPERATOR

    return LOCAL_OPERATOR


def _timed(work: Callable[[], None]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _wait(condition: Callable[[], bool]) -> None:
    until = time.monotonic() + _PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < until, "the workers are too slow"
        time.sleep(_LOOK_UP_SECONDS)


def _now() -> datetime:
    return datetime.now(UTC)
