"""What places cost a sync of everything, and what a sync that broke off late costs to go on."""

import argparse
import json
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--devices", type=int, default=20_000)
    parser.add_argument("--users", type=int, default=15_000)
    parser.add_argument("--groups", type=int, default=2_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--share", type=float, default=0.9, help="stored when it breaks off")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        os.environ["MUSTER_HOME"] = home
        os.environ.setdefault("MUSTER_DATABASE_URL", f"sqlite:{Path(home) / 'muster.db'}")
        os.environ["DJANGO_SETTINGS_MODULE"] = "muster.settings"
        import django

        django.setup()
        print(json.dumps(measure(arguments)))


def measure(arguments: argparse.Namespace) -> dict[str, object]:
    """Return syncs of everything without and with places in turn, and one that breaks off."""
    from delta import prepared
    from django.conf import settings
    from django.core.management import call_command

    from muster.core.garbage import collect_rarely
    from muster.simulator.demo import demo_server, demo_tenant
    from muster.simulator.testing import start_process

    call_command("migrate", verbosity=0)
    collect_rarely()  # as the command line does
    tenant = demo_tenant(devices=arguments.devices, users=arguments.users, groups=arguments.groups)
    with start_process(demo_server(tenant)) as simulator:
        settings.ENDPOINTS = {"login": simulator.url, "graph": simulator.url}
        task = prepared()
        first = sync(task, simulator)
        without, kept = [], []
        for _ in range(arguments.rounds):
            with no_places():
                without.append(sync(task, simulator)["processor"])
            kept.append(sync(task, simulator)["processor"])
        with breaking_off(arguments.share * first["records"]):
            broken = sync(task, simulator)
        rest = sync(task, simulator)
    return {
        "first": first,
        "without places": without,
        "with places": kept,
        "ratio": round(min(kept) / min(without), 3),
        "broken off": broken,
        "the rest": rest,
        "requests of the rest": round(rest["requests"] / first["requests"], 2),
        "processor time of the rest": round(rest["processor"] / min(kept), 2),
    }


def sync(task: Any, simulator: Any) -> dict[str, Any]:
    """Read everything once; return how long it took and how much was asked and told."""
    from muster.core.source import SilentProgress
    from muster.inventory.ingest import Ingestion
    from muster.organizations.scope import scope_by_name
    from muster.tasks.connectors import run_now

    take, told = Ingestion.take, []

    def counting(self: Any, records: Any, **given: Any) -> None:
        told.append(len(records))
        take(self, records, **given)

    simulator.forget_requests()
    start, spent = time.perf_counter(), processor_seconds()
    with mock.patch.object(Ingestion, "take", counting):
        try:
            run_now(scope_by_name(""), task, watcher=SilentProgress(), is_full=True)
        except KeyboardInterrupt:
            told.pop()
    seconds = time.perf_counter() - start
    return {
        "seconds": round(seconds, 2),
        "processor": round(processor_seconds() - spent, 2),
        "requests": simulator.control("GET", "requests")["total"],
        "records": sum(told),
        "batches": len(told),
    }


def processor_seconds() -> float:
    """Return what this process and those that it has seen end have used: others disturb it less."""
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system


@contextmanager
def no_places() -> Iterator[None]:
    """Let nobody keep places, so that the source tells none."""
    from muster.tasks import connectors

    plan_of = connectors.plan_of

    def without(task: Any, **given: Any) -> Any:
        return plan_of(task, **{**given, "checkpoints": None})

    with mock.patch.object(connectors, "plan_of", without):
        yield


@contextmanager
def breaking_off(records: float) -> Iterator[None]:
    """Stop as with Ctrl-C before the batch that would bring more records than that."""
    from muster.inventory.ingest import Ingestion

    take, left = Ingestion.take, [records]

    def stopping(self: Any, some: Any, **given: Any) -> None:
        left[0] -= len(some)
        if left[0] < 0:
            raise KeyboardInterrupt
        take(self, some, **given)

    with mock.patch.object(Ingestion, "take", stopping):
        yield


if __name__ == "__main__":
    main()
