"""What has aged, and what of an asset goes then."""

import pytest

from muster.inventory.retention.aging import Horizon, Reason, Rules, Sighting

CUTOFF = 1000
SCAN, ENTRA, INTUNE = 1, 16, 19
SOURCES = {1: "runzero", 2: "azuread", 3: "intune"}
FEEDS = {SCAN: 1, ENTRA: 2, INTUNE: 3}


def seen(number, source_id=ENTRA, *, last=10, gone=None, run=1, superseded=False):
    return Sighting(
        number=number,
        feed=FEEDS[source_id],
        source_id=source_id,
        last_seen=last,
        gone_at=gone,
        run=run,
        asset=1,
        is_superseded=superseded,
    )


def rules(*reasons, keeps_latest=False, **horizon):
    cut = Horizon(cutoff=CUTOFF, **horizon)
    return Rules(dict.fromkeys(reasons, cut), keeps_latest=keeps_latest, source_of=SOURCES)


@pytest.mark.parametrize(
    ("sighting", "horizon", "has_aged"),
    [
        (seen(1, last=999), {}, True),
        (seen(1, last=1000), {}, False),
        (seen(1, gone=999), {}, True),
        (seen(1, gone=1000), {}, False),
        (seen(1), {"synced": frozenset({2})}, False),
        (seen(1, gone=999), {"synced": frozenset({2})}, True),
        (seen(1, SCAN), {"synced": frozenset({1})}, True),
        (seen(1, run=7), {"first_run": 7}, False),
        (seen(1, run=6), {"first_run": 7}, True),
        (seen(1, SCAN, run=7), {"first_run": 7}, True),
    ],
)
def test_what_a_source_that_is_read_still_has_does_not_age(sighting, horizon, has_aged):
    assert Horizon(cutoff=CUTOFF, **horizon).has_aged(sighting) is has_aged


def test_an_asset_is_stale_if_nothing_has_seen_it():
    old, fresh = seen(1, SCAN), seen(2, last=2000)

    assert rules(Reason.STALE).going([old], is_alive=True) == {1: Reason.STALE}
    assert rules(Reason.STALE).going([old, fresh], is_alive=True) == {}


def test_an_asset_that_answered_its_last_scan_is_not_offline():
    offline = rules(Reason.OFFLINE)

    assert offline.going([seen(1, SCAN)], is_alive=True) == {}
    assert offline.going([seen(1, SCAN)], is_alive=False) == {1: Reason.OFFLINE}


def test_attributes_of_integrations_go_and_scans_stay():
    found = rules(Reason.ATTRIBUTES).going(
        [seen(1, SCAN), seen(2), seen(3, last=2000)], is_alive=False
    )

    assert found == {2: Reason.ATTRIBUTES}


def test_only_the_newest_record_of_each_source_stays_on_request():
    several = [
        seen(1, last=5),
        seen(2, last=9),
        seen(3, INTUNE, last=1),
        seen(4, SCAN),
        seen(5, SCAN),
    ]

    assert rules(keeps_latest=True).going(several, is_alive=False) == {1: Reason.LATEST}


@pytest.mark.parametrize(
    "older", [seen(1, last=90, gone=95), seen(1, last=90, superseded=True), seen(1, last=10)]
)
def test_newest_is_what_is_there_and_leads(older):
    newer = seen(2, last=20)

    assert rules(keeps_latest=True).going([older, newer], is_alive=False) == {1: Reason.LATEST}


def test_the_newest_is_looked_for_among_those_that_stay():
    found = rules(Reason.ATTRIBUTES, keeps_latest=True, synced=frozenset()).going(
        [seen(1, gone=999, last=999), seen(2, last=2000), seen(3, last=1999)], is_alive=False
    )

    assert found == {1: Reason.ATTRIBUTES, 3: Reason.LATEST}
