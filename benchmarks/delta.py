"""A sync of changes against a sync of everything: seconds and requests, on a tenant of a size."""

import argparse
import time
from typing import TYPE_CHECKING

import simulated

if TYPE_CHECKING:
    from muster.tasks.models import Task


def main() -> None:
    parser = simulated.parser(__doc__, devices=100_000)
    parser.add_argument("--share", type=float, default=0.01, help="of each kind that changes")
    simulated.run(measure, parser.parse_args())


def measure(arguments: argparse.Namespace) -> dict[str, object]:
    """Return what the first sync, one of everything and one of the changes of a day cost."""
    with simulated.simulated(arguments) as (simulator, task):
        found: dict[str, object] = {"first": sync(task)}
        simulator.evolve(seed=1, share=arguments.share)
        found["changes"] = sync(task)
        simulator.evolve(seed=2, share=arguments.share)
        found["everything"] = sync(task, is_full=True)
    return found


def sync(task: "Task", *, is_full: bool = False) -> dict[str, object]:
    """Run the task once; return its seconds, requests and some of what it did."""
    start = time.perf_counter()
    run = simulated.sync(task, is_full=is_full)
    seconds = round(time.perf_counter() - start, 1)
    assert run.is_complete, run.error
    names = ("requests", "assets_new", "assets_changed", "assets_gone", "users_changed")
    return {"seconds": seconds, **{name: run.statistics.get(name, 0) for name in names}}


if __name__ == "__main__":
    main()
