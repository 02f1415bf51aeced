"""The labelled corpus: how right correlation is, and that ingest does what it says."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

from inventory.ingest.feeding import SOURCES, ingest
from inventory.ingest.snapshots import machines

FOLDER = Path(__file__).parents[2] / "benchmarks" / "correlation"


def _run() -> ModuleType:
    spec = importlib.util.spec_from_file_location("correlation_run", FOLDER / "run.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


run = _run()
CORPUS = list(run.sites())
FIRST_OF_CASE = {site.case: site for site in reversed(CORPUS)}


def test_the_corpus_has_at_least_400_labelled_pairs_of_both_kinds():
    labels = [label for site in CORPUS for label in site.labels.values()]

    assert len(labels) >= 400
    assert labels.count(True) >= 150
    assert labels.count(False) >= 150


def test_correlation_merges_nothing_wrongly_and_misses_little():
    found = run.score(run.by_correlation, CORPUS)

    assert found.precision == 1.0
    assert found.recall >= 0.98


def test_names_alone_would_be_wrong_every_other_time():
    found = run.score(run.by_name, CORPUS)

    assert found.precision < 0.6
    assert found.recall < 0.7


@pytest.mark.django_db
@pytest.mark.parametrize("case", sorted(FIRST_OF_CASE))
def test_the_inventory_is_as_correlation_says(scope, now, case):
    site = FIRST_OF_CASE[case]
    for record in reversed(site.records):
        ingest(scope, [record], at=now, instance="corpus")

    together = {
        frozenset((one, other))
        for machine in machines(scope.organization_id)
        for _, one in machine
        for _, other in machine
        if one != other
    }

    assert {each for each in together if each in site.labels} == {
        each for each in run.by_correlation(site.records) if each in site.labels
    }
    assert {record.source for record in site.records} <= SOURCES.keys()
