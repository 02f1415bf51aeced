"""What places cost a sync of everything, and what a sync that broke off late costs to go on."""

import argparse
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any
from unittest import mock

import simulated


def main() -> None:
    parser = simulated.parser(__doc__, devices=20_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--share", type=float, default=0.9, help="stored when it breaks off")
    simulated.run(measure, parser.parse_args())


def measure(arguments: argparse.Namespace) -> dict[str, object]:
    """Return syncs of everything without and with places in turn, and one that breaks off."""
    with simulated.simulated(arguments) as (simulator, task):
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
    from muster.inventory.ingest import Ingestion

    take, told = Ingestion.take, []

    def counting(self: Any, records: Any, **given: Any) -> None:
        take(self, records, **given)
        told.append(len(records))

    simulator.forget_requests()
    start, spent = time.perf_counter(), processor_seconds()
    with mock.patch.object(Ingestion, "take", counting), suppress(KeyboardInterrupt):
        simulated.sync(task, is_full=True)
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
