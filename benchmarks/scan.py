"""Muster's scan against nmap in the lab: the same ports, the same hosts, taking turns.

    python benchmarks/scan.py [--rounds N] [--only NAME]

As root, with Debian's nmap. Every figure is a ratio of medians within one run; the sets of open
ports must be the same before a time counts. Rates are taken off on both sides.
"""

import argparse
import json
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

_ROOT = Path(__file__).resolve().parent.parent
sys.path[0] = str(_ROOT / "tests")  # in place of this folder, where `scan` would be this file

from scan.lab.lab import Lab, lab  # noqa: E402
from scan.lab.watching import watched  # noqa: E402
from scan.scanning import scanned, wanted  # noqa: E402

_MUSTER = [str(Path(sys.executable).with_name("muster"))]
_WATCH = """
import resource, subprocess, sys
done = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
sys.stderr.write(done.stderr.decode())
sys.exit(done.returncode)
"""
"""Runs a program in a process of its own, so that its memory is told and no other's."""
_OPEN = re.compile(r"^(\d+)/tcp\s+open", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Case:
    """One comparison. `limit` is the greatest allowed ratio of wall time."""

    name: str
    muster: list[str]
    nmap: list[str]
    limit: float
    is_plain: bool = False


@dataclass(frozen=True, slots=True)
class Taken:
    """What one run took."""

    seconds: float
    processor_seconds: float
    memory_mb: float
    found: set[tuple[str, int]]


def cases(top: str) -> list[Case]:
    """Return the comparisons of issue 6."""
    common = [
        "--probes",
        "none",
        "--no-udp",
        "--rate",
        "0",
        "--host-rate",
        "0",
        "--nameserver",
        "none",
    ]
    lan = [
        "10.99.0.0/24",
        "--exclude",
        "10.99.0.2",
        "--ports",
        top,
        *common,
        "--host-connections",
        "64",
    ]
    lan_nmap = ["-n", "-p", top, "--exclude", "10.99.0.2", "10.99.0.0/24"]
    wide = ["10.98.0.0/16", "--ports", "80", "--skip-liveness", *common, "--group", "16384"]
    wide_nmap = ["-n", "-Pn", "-p", "80", "10.98.0.0/16"]
    return [
        Case("raw, /24, top 100", lan, ["-sS", "-T4", *lan_nmap], 1.0),
        Case("raw, /16, one port", wide, ["-sS", "-T4", *wide_nmap], 0.5),
        Case("connect, /24, top 100", [*lan, "--engine", "connect"],
             ["-sT", "-T4", "--unprivileged", *lan_nmap], 1.0, is_plain=True),
    ]  # fmt: skip


def main() -> None:
    """Compare, print, and fail where a limit is passed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", default="")
    given = parser.parse_args()
    if shutil.which("nmap") is None:
        sys.exit("nmap is not installed; as root: apt-get install nmap")
    with tempfile.TemporaryDirectory(prefix="muster-bench-") as folder, lab(Path(folder)) as built:
        chosen = [each for each in cases(_top_ports()) if given.only in each.name]
        passed = [_compare(built, each, given.rounds, Path(folder)) for each in chosen]
        if not given.only:
            _show_rates(built)
    if not all(passed):
        sys.exit(1)


def _compare(built: Lab, case: Case, rounds: int, folder: Path) -> bool:
    ours, theirs = [], []
    for _ in range(rounds):
        ours.append(_muster(built, case, folder))
        theirs.append(_nmap(built, case, folder))
    missed = set.union(*(each.found for each in theirs)) - set.intersection(
        *(each.found for each in ours)
    )
    wall = median(each.seconds for each in ours) / median(each.seconds for each in theirs)
    processor = median(each.processor_seconds for each in ours) / median(
        each.processor_seconds for each in theirs
    )
    memory = max(each.memory_mb for each in ours)
    print(
        f"{case.name}: wall {wall:.2f} of nmap's (limit {case.limit}), processor {processor:.2f}, "
        f"memory {memory:.0f} MB; ours {_medians(ours)}, nmap {_medians(theirs)}; "
        f"open ports ours {len(ours[0].found):,}, nmap {len(theirs[0].found):,}, "
        f"missed {len(missed)}",
        flush=True,
    )
    return wall <= case.limit and processor <= 1.0 and memory <= 100 and not missed


def _medians(taken: list[Taken]) -> str:
    wall = median(each.seconds for each in taken)
    return f"{wall:.2f} s / {median(each.processor_seconds for each in taken):.2f} s"


def _muster(built: Lab, case: Case, folder: Path) -> Taken:
    out = folder / "bench.ndjson"
    command = [*_MUSTER, "scan", *case.muster, "--out", str(out), "--force"]
    seconds, processor, memory = _timed(built, command, is_plain=case.is_plain)
    found = set()
    with out.open() as file:
        for line in file:
            told = json.loads(line)
            if told["type"] == "service":
                found.add((told["address"], told["port"]))
    return Taken(seconds, processor, memory, found)


def _nmap(built: Lab, case: Case, folder: Path) -> Taken:
    out = folder / "bench.nmap"
    seconds, processor, memory = _timed(
        built, ["nmap", *case.nmap, "-oN", str(out)], is_plain=case.is_plain
    )
    found = set()
    for part in out.read_text().split("Nmap scan report for ")[1:]:
        address = part.split("\n", 1)[0].strip()
        found |= {(address, int(port)) for port in _OPEN.findall(part)}
    return Taken(seconds, processor, memory, found)


def _timed(built: Lab, command: list[str], *, is_plain: bool) -> tuple[float, float, float]:
    """Return wall and processor seconds and the greatest memory in MB."""
    drop = (
        ["setpriv", "--bounding-set", "-net_raw,-net_admin", "--inh-caps", "-all"]
        if is_plain
        else []
    )
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.monotonic()
    # A process of its own, so that its memory is told and not that of another before it.
    done = subprocess.run(
        ["ip", "netns", "exec", built.network.name("scanner"), sys.executable, "-c", _WATCH,
         *drop, *command],
        check=False, capture_output=True, text=True, env=None,
    )  # fmt: skip
    seconds = time.monotonic() - started
    if done.returncode:
        sys.exit(f"{' '.join(command)} failed: {done.stderr}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return seconds, processor, int(done.stdout) / 1024


def _show_rates(built: Lab) -> None:
    """Ask with the default rates, and count on the switch."""
    asked = wanted(["10.98.0.0/20"], ports="80", skip_liveness=True, rate=1000.0, host_rate=40.0)
    with watched(built.network) as seen:
        built.network.inside("scanner", lambda: scanned(asked))
    spent = seen.packets[-1].at - seen.packets[0].at
    print(
        f"rate 1000: {len(seen.packets) / spent:.0f} packets/s on the wire, at most "
        f"{seen.most_in_a_second()} in any second, at most {seen.busiest_target()} to one host"
    )


def _top_ports() -> str:
    """Return nmap's hundred most frequent ports, from the package that is compared with."""
    lines = Path("/usr/share/nmap/nmap-services").read_text().splitlines()
    rows = [each.split() for each in lines if "/tcp" in each and not each.startswith("#")]
    rows.sort(key=lambda row: -float(row[2]))
    return ",".join(row[1].partition("/")[0] for row in rows[:100])


if __name__ == "__main__":
    main()
