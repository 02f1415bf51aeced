"""How long a long query takes from text to SQL."""

import statistics
import time
from datetime import UTC, datetime
from typing import Any

import machines

_TERMS = (
    "os:windows",
    "NOT tag:legacy",
    "last_seen:<30days",
    "net:10.7.0.0/16",
    "@azuread.dev.trustType:=AzureAd",
    "port:443",
    "(mac:f8:bc:12 OR source:runzero)",
    'name:"LAPTOP-%"',
    "user.department:finance",
)
_NUMBER = 200


def milliseconds(scope: Any, rounds: int) -> float:
    """Return the median of parsing, binding and compiling 200 different terms, new ones each time.

    Trees of texts that were read before are kept; that is not to be measured.
    """
    from muster.inventory.search.compiling.compiler import Compiler
    from muster.inventory.search.compiling.keys import Keys
    from muster.query import bind, parse

    now = datetime.fromtimestamp(machines.NOW, UTC)
    times = []
    for each in range(rounds):
        text = f"{_text()} OR name:{each}"
        at = time.perf_counter()
        condition = bind(parse(text), inventory="assets", now=now)
        Compiler(scope, "assets", Keys(scope.organization_id)).row(condition)
        times.append((time.perf_counter() - at) * 1000)
    return statistics.median(times)


def _text() -> str:
    """Return one term less of all kinds, no two alike."""
    terms = []
    while len(terms) + sum("(" in each for each in terms) < _NUMBER - 1:
        number = len(terms)
        term = _TERMS[number % len(_TERMS)]
        terms.append(_varied(term, number))
    return " OR ".join(terms)


def _varied(term: str, number: int) -> str:
    for part in ("windows", "legacy", "AzureAd", "LAPTOP", "finance"):
        term = term.replace(part, f"{part}{number}")
    term = term.replace("30days", f"{number + 1}days").replace("443", str(443 + number))
    return term.replace("10.7.", f"10.{number}.").replace("bc:12", f"bc:{number % 90 + 10}")
