"""The dashboard's figures: counts turned into bars and areas that lead to what they count."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from django.urls import reverse

from muster.console.charts.bars import Bar, Column, lying, standing
from muster.console.charts.venn import Region, Venn, venn
from muster.console.links import search_path
from muster.inventory.facet import FacetValue
from muster.inventory.selectors import Coverage, KeptFacets
from muster.organizations.scope import Scope
from muster.search import count, facets
from muster.tasks.history import latest_runs_over, new_assets_by_day
from muster.tasks.models import Status

SCANNED_ONLY = "source:runzero AND NOT source:azuread"
DIRECTORY_ONLY = "source:azuread AND NOT source:runzero"
BOTH = "source:runzero AND source:azuread"

_STAMP = "@azuread.dev.approximateLastSignInDateTimeTS"
_AGES = (30, 60, 90, 180)
_SHOWN = 8
_GROWTH_DAYS = 30


@dataclass(frozen=True, slots=True)
class Area:
    """One area of the coverage picture: which it is, what it counts, and where it leads."""

    kind: str
    name: str
    number: int
    path: str
    region: Region | None


@dataclass(frozen=True, slots=True)
class CoveragePicture:
    """The circles, and their three areas."""

    drawn: Venn
    areas: tuple[Area, Area, Area]


def coverage_picture(counts: Coverage) -> CoveragePicture:
    """Return who knows how many assets, as areas."""
    scanned, both, directory = counts.scanned_only, counts.both, counts.directory_only
    drawn = venn(left_only=scanned, both=both, right_only=directory)
    return CoveragePicture(
        drawn,
        (
            Area("scanned", "Only scanned", scanned, search_path(SCANNED_ONLY), drawn.left),
            Area("both", "In both", both, search_path(BOTH), drawn.both),
            Area(
                "directory",
                "Only in Entra ID",
                directory,
                search_path(DIRECTORY_ONLY),
                drawn.right,
            ),
        ),
    )


def facet_bars(kept: KeptFacets, name: str) -> list[Bar]:
    """Return the most frequent values of a facet that is kept."""
    facet = kept.facets.get(name)
    values = facet.values[:_SHOWN] if facet else ()
    return _ranked(values, name)


def run_columns(scope: Scope) -> list[Column]:
    """Return the latest runs: as high as what they told of, in the tone of how they ended."""
    return standing(
        [
            Bar(
                f"{each.run.started_at:%Y-%m-%d %H:%M} {each.task.name}: {each.run.status}",
                each.records,
                reverse("run", kwargs={"task": each.task.uid, "run": each.run.uid}),
                tone="good" if each.run.status == Status.PROCESSED else "bad",
            )
            for each in latest_runs_over(scope)
        ]
    )


def growth_columns(scope: Scope, *, at: datetime) -> list[Column]:
    """Return how many assets were new on each of the last days."""
    days = new_assets_by_day(scope, days=_GROWTH_DAYS, at=at)
    return standing([Bar(f"{day:%Y-%m-%d}", number, tone="accent") for day, number in days])


def trust_types(scope: Scope, *, at: datetime) -> list[Bar]:
    """Return how devices are joined to the directory. Raises QueryError if counting takes long."""
    facet = facets(scope, "assets", "source:azuread", now=at, by="@azuread.dev.trustType")
    return _ranked(facet.values, "@azuread.dev.trustType")


def sign_in_ages(scope: Scope, *, at: datetime) -> list[Bar]:
    """Return how long ago devices signed in last. Raises QueryError if counting takes long."""
    younger = [(f"Less than {_AGES[0]} days", f"{_STAMP}:<{_AGES[0]}days")]
    between = [
        (f"{low} to {high} days", f"{_STAMP}:>={low}days AND {_STAMP}:<{high}days")
        for low, high in pairwise(_AGES)
    ]
    older = [
        (f"More than {_AGES[-1]} days", f"{_STAMP}:>={_AGES[-1]}days"),
        ("No sign-in known", f'source:azuread AND NOT has:"{_STAMP}"'),
    ]
    return lying(
        [
            _bar(label, count(scope, "assets", query, now=at, is_exact=True).number, query)
            for label, query in (*younger, *between, *older)
        ]
    )


def _ranked(values: Iterable[FacetValue], keyword: str) -> list[Bar]:
    return lying(
        [_bar(each.value, each.number, f"{keyword}:={_quoted(each.value)}") for each in values]
    )


def _bar(label: str, number: int, query: str) -> Bar:
    return Bar(label, number, search_path(query))


def _quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
