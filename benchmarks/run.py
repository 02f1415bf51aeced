"""Run all benchmarks against one simulator and print their ratios."""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from muster.simulator.config import ServerConfig
from muster.simulator.demo import demo_tenant
from muster.simulator.testing import RunningSimulator, start_process

_HERE = Path(__file__).parent
_TARGET_RATIO = 2.5
_TARGET_MEGABYTES = 200
_RUNS = (
    ("minimal loop", "minimal_loop.py", ()),
    ("tuned loop", "tuned_loop.py", ()),
    ("first sync", "muster_sync.py", ()),
    ("second sync, nothing new", "muster_sync.py", ("--times", "2")),
    ("msgraph-sdk, devices only", "sdk_listing.py", ()),
)


def main() -> None:
    """Run them all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--quick", action="store_true", help="a tenth of the size, one round")
    arguments = parser.parse_args()
    scale = 10 if arguments.quick else 1
    rounds = 1 if arguments.quick else arguments.rounds
    speed(20_000 // scale, rounds)
    memory((20_000 // scale, 200_000 // scale))


def speed(size: int, rounds: int) -> None:
    """Compare whole syncs with the floor, and listing devices with Microsoft's SDK."""
    print(f"{size} devices, {size} users, {size // 10} groups; medians of {rounds} rounds")
    results: dict[str, list[dict[str, float]]] = {}
    with _simulator(devices=size, users=size, groups=size // 10) as simulator:
        _measure(simulator, "muster_sync.py")  # warms the simulator's caches
        for _ in range(rounds):
            for name, script, more in _RUNS:
                results.setdefault(name, []).append(_measure(simulator, script, *more))
    floor = _median(results["minimal loop"], "seconds")
    for name, found in results.items():
        seconds = _median(found, "seconds")
        processor = _median(found, "processor_seconds") + _median(found, "child_processor_seconds")
        print(
            f"  {name:30} {seconds:7.2f} s  {seconds / floor:5.2f} x the minimal loop"
            f"  (processor {processor:6.2f} s)"
        )
    ratio = _median(results["first sync"], "seconds") / floor
    holds = _verdict(ratio <= _TARGET_RATIO)
    print(f"  target: a first sync takes at most {_TARGET_RATIO} x the minimal loop: {holds}")


def memory(sizes: tuple[int, int]) -> None:
    """Show that the peak of memory does not grow with the tenant."""
    peaks = []
    for size in sizes:
        with _simulator(devices=size, users=100, groups=10) as simulator:
            found = _measure(simulator, "muster_sync.py")
            peaks.append(found["child_peak_megabytes"])
            print(
                f"  {size:7} devices: peak of the collecting process {peaks[-1]:.0f} MB,"
                f" of the ingesting one {found['peak_megabytes']:.0f} MB"
            )
    holds = _verdict(max(peaks) < _TARGET_MEGABYTES)
    print(f"  target: the collecting process stays under {_TARGET_MEGABYTES} MB: {holds}")


def _simulator(*, devices: int, users: int, groups: int):  # noqa: ANN202 - a context manager
    tenant = demo_tenant(devices=devices, users=users, groups=groups)
    return start_process(ServerConfig(tenants=(tenant,)))


def _measure(simulator: RunningSimulator, script: str, *more: str) -> dict[str, float]:
    access = simulator.demo
    with tempfile.TemporaryDirectory() as folder:
        command = [
            *(sys.executable, str(_HERE / script), "--url", simulator.url),
            *("--tenant-id", access.tenant_id, "--client-id", access.client_id),
            *("--client-secret", access.client_secret),
        ]
        if script != "sdk_listing.py":
            command += ["--database", str(Path(folder) / "benchmark.sqlite3")]
        done = subprocess.run([*command, *more], check=True, capture_output=True, text=True)
    return dict(json.loads(done.stdout.splitlines()[-1]))


def _median(found: list[dict[str, float]], key: str) -> float:
    return statistics.median(each[key] for each in found)


def _verdict(holds: bool) -> str:  # noqa: FBT001 - the only thing it is given
    return "holds" if holds else "MISSED"


if __name__ == "__main__":
    main()
