"""Ask every question of Muster and by hand, in turns on one connection, and compare the times."""

import argparse
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import compiling
import memory
from opening import add_database, number_of, open_database

_MOST_MILLISECONDS = {False: 50.0, True: 250.0}
_MOST_RATIO = 1.3
_SLACK_MILLISECONDS = 2.0
_TRIES = 3

Timed = tuple[float, Any]


@dataclass(frozen=True, slots=True)
class Result:
    """What one question took, in milliseconds."""

    name: str
    text: str
    matched: str
    is_broad: bool
    way: str
    ours: list[float]
    by_hand: list[float]
    first_page: list[float]

    @property
    def ratio(self) -> float:
        """The medians' ratio."""
        return statistics.median(self.ours) / statistics.median(self.by_hand)

    @property
    def is_quick(self) -> bool:
        """True if the 95th percentile holds its target."""
        return percentile(self.ours) < _MOST_MILLISECONDS[self.is_broad]

    @property
    def is_near(self) -> bool:
        """True if the ratio holds, or what is more is what reading the query takes anyway."""
        more = statistics.median(self.ours) - statistics.median(self.by_hand)
        return self.ratio <= _MOST_RATIO or more < _SLACK_MILLISECONDS

    def line(self) -> str:
        """The question as a line of the table."""
        return (
            f"{self.name:40.40} {'broad' if self.is_broad else 'selective':9} {self.matched:>8}"
            f" {statistics.median(self.ours):8.1f} {percentile(self.ours):8.1f}"
            f" {statistics.median(self.first_page):8.1f}"
            f" {statistics.median(self.by_hand):8.1f} {percentile(self.by_hand):8.1f}"
            f" {self.ratio:6.2f}  {'' if self.is_quick else 'SLOW '}"
            f"{'' if self.is_near else 'RATIO '}({self.way})"
        )

    def as_dict(self) -> dict[str, object]:
        """The question for a file of JSON."""
        return {
            "name": self.name,
            "query": self.text,
            "matched": self.matched,
            "is_broad": self.is_broad,
            "way_by_hand": self.way,
            "p50": round(statistics.median(self.ours), 3),
            "p95": round(percentile(self.ours), 3),
            "first_page_p50": round(statistics.median(self.first_page), 3),
            "by_hand_p50": round(statistics.median(self.by_hand), 3),
            "by_hand_p95": round(percentile(self.by_hand), 3),
            "ratio": round(self.ratio, 3),
        }


def main() -> None:
    """Run what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    add_database(parser)
    parser.add_argument("--assets", type=int, default=1_000_000, help="to load if it is empty")
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--only", default="", help="questions whose name contains this")
    parser.add_argument("--part", default="1/1", help="2/3 asks the second third of them")
    parser.add_argument("--tries", type=int, default=_TRIES, help="to find the best way by hand")
    parser.add_argument("--json", type=Path, help="write the figures to this file, too")
    parser.add_argument("--sql", action="store_true", help="print the statements that Muster sends")
    arguments = parser.parse_args()
    open_database(arguments.database)
    if not number_of("SELECT COUNT(*) FROM inventory_feed"):
        _load(arguments)
    figures = run(arguments)
    if arguments.json:
        arguments.json.write_text(json.dumps(figures, indent=2) + "\n")


def run(arguments: argparse.Namespace) -> dict[str, object]:
    """Ask all questions, print the table, and return the figures."""
    from asker import Asker

    asker = Asker.ready()
    print(
        f"{'milliseconds':40} {'':9} {'matched':>8} {'p50':>8} {'p95':>8} {'page':>8}"
        f" {'by hand':>8} {'p95':>8} {'ratio':>6}"
    )
    results = []
    part, parts = map(int, arguments.part.split("/"))
    for question in asker.questions(arguments.only)[part - 1 :: parts]:
        if arguments.sql:
            asker.print_sql(question)
        result = measure(asker, question, arguments.rounds, tries=arguments.tries)
        print(result.line(), flush=True)
        results.append(result)
    milliseconds = compiling.milliseconds(asker.scope, arguments.rounds)
    megabytes = memory.peak_megabytes()
    verdicts = _verdicts(results, milliseconds, megabytes)
    for each, holds in verdicts.items():
        print(f"  {each}: {'holds' if holds else 'MISSED'}")
    return {
        "assets": number_of("SELECT COUNT(*) FROM inventory_asset"),
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "questions": [each.as_dict() for each in results],
        "compile_200_terms_p50": round(milliseconds, 2),
        "peak_megabytes": megabytes,
        "verdicts": verdicts,
    }


def measure(asker: Any, question: Any, rounds: int, *, tries: int = _TRIES) -> Result:
    """Ask one question in turns; the fastest good way by hand is what counts."""
    behind = asker.prepare(question)
    expected = asker.ours(question, behind)
    answers = [asker.by_hand(question, each, behind) for each in question.answers]
    for answer, by_hand in zip(question.answers, answers, strict=True):
        found = by_hand()
        if found != expected[:2]:
            raise SystemExit(f"{question.name}, {answer.way}: {found} is not {expected[:2]}")
    number = _fastest(answers, tries)
    ours, theirs, pages = [], [], []
    for at in range(rounds):
        for is_ours in (at % 2 == 0, at % 2 == 1):
            if is_ours:
                taken, told = _timed(lambda: asker.ours(question, behind))
                ours.append(taken)
                pages.append(told[2])
            else:
                theirs.append(_timed(answers[number])[0])
    return Result(
        name=question.name,
        text=question.text,
        matched=asker.matched(expected),
        is_broad=question.is_broad,
        way=question.answers[number].way,
        ours=ours,
        by_hand=theirs,
        first_page=pages,
    )


def _fastest(answers: Sequence[Callable[[], object]], tries: int) -> int:
    if len(answers) == 1:
        return 0
    times = [min(_timed(each)[0] for _ in range(tries)) for each in answers]
    return times.index(min(times))


def _timed(run_it: Callable[[], Any]) -> Timed:
    at = time.perf_counter()
    found = run_it()
    return (time.perf_counter() - at) * 1000, found


def percentile(times: Sequence[float]) -> float:
    """Return the 95th percentile: the smallest time that 95 of 100 do not exceed."""
    return sorted(times)[max(0, -(-len(times) * 95 // 100) - 1)]


def _verdicts(results: Sequence[Result], milliseconds: float, megabytes: int) -> dict[str, bool]:
    verdicts = {}
    for is_broad, most in _MOST_MILLISECONDS.items():
        asked = [each for each in results if each.is_broad is is_broad]
        quick = sum(each.is_quick for each in asked)
        name = "broad" if is_broad else "selective"
        verdicts[f"{name} p95 under {most:.0f} ms ({quick} of {len(asked)})"] = quick == len(asked)
    near = sum(each.is_near for each in results)
    within = f"at most {_MOST_RATIO} times by hand, or {_SLACK_MILLISECONDS:.0f} ms more"
    verdicts[f"{within} ({near} of {len(results)})"] = near == len(results)
    verdicts[f"200 terms are compiled in {milliseconds:.1f} ms, under 10"] = milliseconds < 10
    verdicts[f"resident memory peaks at {megabytes} MB, under 300"] = megabytes < 300
    return verdicts


def _load(arguments: argparse.Namespace) -> None:
    """Load in a process of its own, whose memory is not that of searching."""
    script = Path(__file__).with_name("load.py")
    command = [sys.executable, str(script), "--database", arguments.database]
    subprocess.run([*command, "--assets", str(arguments.assets)], check=True)


if __name__ == "__main__":
    main()
