"""Facets that are kept are those that would be counted."""

from datetime import timedelta
from random import Random

import pytest

from inventory.ingest.feeding import complete, device, host, ingest
from inventory.search import worlds
from muster.core.records import UserRecord
from muster.inventory.ingest import kept_facets as keeping
from muster.inventory.models import Asset
from muster.inventory.search import FacetValue, facets
from muster.inventory.selectors import KeptFacets, kept_facets
from muster.organizations.services import create_site

pytestmark = pytest.mark.django_db


def agrees(scope, now, *, most=keeping.MOST_KEPT) -> bool:
    kept = kept_facets(scope).facets
    counted = {by: facets(scope, "", now=now, by=by, most=most) for by in kept if "_" not in by}
    assert {by: kept[by] for by in counted} == counted
    return sorted(counted) == ["os", "site", "source", "type"]


@pytest.mark.parametrize("seed", range(4))
def test_after_an_ingest_they_are_what_would_be_counted(scope, other_scope, seed):
    worlds.build(scope, Random(seed), size=20)
    worlds.build(other_scope, Random(seed + 100), size=20)

    assert agrees(scope, worlds.NOW)
    assert agrees(other_scope, worlds.NOW)


def test_they_follow_every_run(scope, now):
    create_site(scope, "HQ", at=now)
    steps = [
        ("runzero", [host("1", "ws-1", os="Linux"), host("2", "ws-2", os="LINUX")], ""),
        ("azuread", [device("a", "ws-1", device_type="Laptop"), device("b", "ws-3")], ""),
        ("azuread", [device("a", "ws-1", os="Windows 11"), complete("azuread")], ""),
        ("runzero", [host("9", "elsewhere", os="AIX")], "HQ"),
        ("azuread", [device("b", "ws-3", os="", device_type="desktop")], ""),
        ("azuread", [UserRecord(source="azuread", id="u")], ""),
    ]

    for run_id, (_source, records, site) in enumerate(steps, start=1):
        ingest(scope, records, at=now, run_id=run_id, site=site, instance=site or "tenant")
        assert agrees(scope, now), run_id


def test_the_combinations_of_sources_say_what_only_one_of_them_knows(scope, now):
    ingest(scope, [host("1", "ws-1"), host("2", "ws-2"), host("3", "ws-3")], at=now)
    ingest(scope, [device("a", "ws-1"), device("b", "ws-9")], at=now, run_id=1)
    ingest(scope, [device("a", "ws-1"), complete("azuread")], at=now, run_id=2)

    facet = kept_facets(scope).facets["source_combination"]

    assert facet.values == (FacetValue("runzero", 2), FacetValue("runzero + azuread", 1))
    assert (facet.total, facet.missing) == (4, 1)
    assert facet.missing == Asset.objects.filter(source_mask=0).count()


def test_only_the_biggest_are_kept_and_of_the_rest_how_many(scope, now, monkeypatch):
    monkeypatch.setattr(keeping, "MOST_KEPT", 2)
    systems = ["A", "B", "C", "C", ""]
    ingest(scope, [host(str(n), os=each) for n, each in enumerate(systems)], at=now)

    facet = kept_facets(scope).facets["os"]

    assert facet.values == (FacetValue("C", 2), FacetValue("A", 1))
    assert (facet.total, facet.missing, facet.other_values) == (5, 1, 1)
    assert agrees(scope, now, most=2)


def test_they_say_when_they_were_counted(scope, now):
    ingest(scope, [host("1")], at=now)
    ingest(scope, [host("1")], at=now + timedelta(hours=1), run_id=2)

    assert kept_facets(scope).at == now + timedelta(hours=1)


def test_before_the_first_ingest_there_are_none(scope, other_scope, now):
    ingest(other_scope, [host("1")], at=now)

    assert kept_facets(scope) == KeptFacets(at=None, facets={})
