"""What the engine costs a run, and what being able to go on costs a page."""

import argparse
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from unittest import mock


def engine(arguments: argparse.Namespace) -> dict[str, object]:
    """Do runs that collect nothing, by the engine and without it, one after the other."""
    from django.conf import settings
    from django.db import connection
    from overhead_source import Quiet

    from muster.core.records import Collection, CollectionReport
    from muster.integrations import registry
    from muster.tasks import engine as durable
    from muster.tasks.worker import heartbeats
    from muster.tasks.worker.executing import Executor

    whole = CollectionReport(source="quiet", collection=Collection.ASSETS, complete=True)
    registry.SOURCES["quiet"] = Quiet([whole])
    settings.COLLECTS_APART = False
    executor = Executor(heartbeats.register("w-1", slots=1, at=_now()), _now)
    runs = [_queued(number) for number in range(2 * arguments.runs)]
    place = durable.place_of(connection.get_connection_params(), vendor=connection.vendor)
    with durable.running(place, executor="w-1", slots=1, work=executor.do):
        by_hand = _each(runs[::2], executor.do)
        by_engine = _each(runs[1::2], lambda uid: _by_engine(durable, executor, uid))
    return {
        "runs": arguments.runs,
        "ms a run": round(1000 * by_hand, 2),
        "ms a run by the engine": round(1000 * by_engine, 2),
        "ms of the engine": round(1000 * (by_engine - by_hand), 2),
    }


def _by_engine(durable: Any, executor: Any, uid: str) -> None:
    executor.freed.clear()
    durable.start(uid, attempt=1)
    executor.freed.wait()


def _each(uids: list[str], work: Any) -> float:
    """Return the seconds of one, as a median."""
    spent = []
    for uid in uids:
        start = time.perf_counter()
        work(uid)
        spent.append(time.perf_counter() - start)
    return sorted(spent)[len(spent) // 2]


def _queued(number: int) -> str:
    from muster.credentials.services import NewCredential, create
    from muster.organizations.scope import scope_by_name
    from muster.tasks.models import Task, Trigger
    from muster.tasks.queueing import queue

    scope = scope_by_name("")
    from muster.credentials.models import Credential

    credential = Credential.objects.filter(organization=scope.organization).first()
    if credential is None:
        new = NewCredential("Quiet", "quiet", {"key": "none"})
        credential = create(scope, new, at=_now(), save_anyway=True).credential
    task = Task.objects.create(
        organization=scope.organization,
        site=scope.site(),
        source="quiet",
        name=f"Quiet {number}",
        credential=credential,
        created_at=_now(),
    )
    return str(queue(task, Trigger.MANUAL, at=_now()).uid)


def page(arguments: argparse.Namespace) -> dict[str, object]:
    """Sync everything with and without what makes a run durable, in turn."""
    from delta import prepared
    from django.conf import settings

    from muster.simulator.demo import demo_server, demo_tenant
    from muster.simulator.testing import start_process

    tenant = demo_tenant(
        devices=arguments.devices, users=arguments.devices * 3 // 4, groups=arguments.devices // 10
    )
    spent: dict[str, list[float]] = {"bare": [], "raw data": [], "durable": []}
    with start_process(demo_server(tenant)) as simulator:
        settings.ENDPOINTS = {"login": simulator.url, "graph": simulator.url}
        task = prepared()
        simulator.forget_requests()
        first = _sync(task)
        pages = simulator.control("GET", "requests")["total"]
        for _ in range(arguments.rounds):
            with _nothing_kept(), _no_places():
                spent["bare"].append(_sync(task))
            with _no_places():
                spent["raw data"].append(_sync(task))
            spent["durable"].append(_sync(task))
    best = {name: min(seconds) for name, seconds in spent.items()}
    costs = {
        "raw data": best["raw data"] - best["bare"],
        "places": best["durable"] - best["raw data"],
    }
    return {
        "requests": pages,
        "processor seconds": {
            "first": round(first, 2),
            **{name: round(each, 2) for name, each in best.items()},
        },
        "ms a request": {
            "first": round(1000 * first / pages, 2),
            **{name: round(1000 * each / pages, 2) for name, each in best.items()},
            **{name: round(1000 * each / pages, 3) for name, each in costs.items()},
        },
        "% of a first sync": {name: round(100 * each / first, 1) for name, each in costs.items()},
        "% of one without changes": {
            name: round(100 * each / best["bare"], 1) for name, each in costs.items()
        },
    }


def _sync(task: Any) -> float:
    """Return the processor seconds of a sync of everything that changes nothing."""
    from muster.core.source import SilentProgress
    from muster.organizations.scope import scope_by_name
    from muster.tasks.connectors import run_now

    before = _processor_seconds()
    run = run_now(scope_by_name(""), task, watcher=SilentProgress(), is_full=True)
    assert run.is_complete, run.error
    return _processor_seconds() - before


def _processor_seconds() -> float:
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system


@contextmanager
def _nothing_kept() -> Iterator[None]:
    from muster.tasks.raw.taping import Taping

    with mock.patch.object(Taping, "add"):
        yield


@contextmanager
def _no_places() -> Iterator[None]:
    """Let nobody keep places: the source tells none, and nothing of them is written."""
    from muster.tasks import connectors
    from muster.tasks.checkpoints import Keeping

    plan_of = connectors.plan_of

    def without(task: Any, **given: Any) -> Any:
        return plan_of(task, **{**given, "checkpoints": None})

    with (
        mock.patch.object(connectors, "plan_of", without),
        mock.patch.object(Keeping, "save"),
    ):
        yield


def _now() -> datetime:
    return datetime.now(UTC)
