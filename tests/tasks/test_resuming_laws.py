"""Any prefix of the batches, and then the rest from where the run stands, is the whole."""

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inventory.ingest.snapshots import everything
from muster.core.records import (
    AssetRecord,
    CheckpointRecord,
    Collection,
    CollectionReport,
    MembershipRecord,
    UserRecord,
)
from muster.core.source import SilentProgress
from muster.inventory.ingest import Ingestion
from muster.tasks.connectors import run_now
from muster.tasks.models import Run, SyncState

pytestmark = pytest.mark.django_db

NUMBERS = st.integers(0, 9)
RECORDS = st.one_of(
    st.builds(
        lambda n, name: AssetRecord(source="fake", id=f"a{n}", names=(name,)),
        NUMBERS,
        st.sampled_from(["ws-1", "ws-2", "ws-3.corp.example"]),
    ),
    st.builds(lambda n: UserRecord(source="fake", id=f"u{n}", name=f"user {n}"), NUMBERS),
    st.builds(
        lambda n, m: MembershipRecord(source="fake", group_id=f"g{n}", member_id=f"u{m}"),
        NUMBERS,
        NUMBERS,
    ),
)
PAGES = st.lists(st.lists(RECORDS, min_size=1, max_size=6), min_size=1, max_size=6)
KEEPS = st.sets(st.integers(1, 6))
TOLD = st.fixed_dictionaries({"pages": PAGES, "history": PAGES, "keeps": KEEPS})
BREAKS = st.lists(st.integers(0, 8), min_size=1, max_size=3)
COLLECTIONS = (Collection.ASSETS, Collection.USERS, Collection.MEMBERSHIPS)


class Paged:
    """Pages of one directory, a checkpoint after each that `keeps` says, and the reports."""

    def __init__(self, fake, pages, keeps):
        self.fake = fake
        self.pages = pages
        self.keeps = keeps

    def __getattr__(self, name):
        return getattr(self.fake, name)

    collections = COLLECTIONS

    async def collect(self, context):
        begin = int((context.checkpoints or {}).get("pages", {}).get("next", "0"))
        for number, page in enumerate(self.pages[begin:], start=begin + 1):
            for record in page:
                yield record
            if number in self.keeps:
                yield CheckpointRecord(source="fake", part="pages", state={"next": str(number)})
        for each in COLLECTIONS:
            yield CollectionReport(source="fake", collection=each, complete=True)


@pytest.fixture
def synced(scope, task, source, now, monkeypatch):
    """What pages leave in an empty inventory, and what the run says; it may break off."""
    take = Ingestion.take

    def run(*, pages, keeps, history, breaks=()):
        sources = {"fake": Paged(source, history, ())}
        monkeypatch.setattr("muster.integrations.registry.SOURCES", sources)
        with transaction.atomic():
            attempt()
            sources["fake"] = Paged(source, pages, keeps)
            for batches in breaks:
                monkeypatch.setattr(Ingestion, "take", dying(batches))
                attempt()
            monkeypatch.setattr(Ingestion, "take", take)
            last = attempt()
            found = everything(scope.organization_id), last and last.statistics
            assert SyncState.objects.count() == 0
            transaction.set_rollback(True)
        return found

    def attempt():
        try:
            return run_now(scope, task, watcher=SilentProgress(), clock=lambda: now)
        except KeyboardInterrupt:
            return None

    def dying(batches):
        left = [batches]

        def counted(self, records, **given):
            if not left[0]:
                raise KeyboardInterrupt
            left[0] -= 1
            take(self, records, **given)

        return counted

    return run


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(told=TOLD, breaks=BREAKS, size=st.integers(1, 7))
def test_breaking_off_after_any_batches_changes_nothing(synced, monkeypatch, told, breaks, size):
    monkeypatch.setattr("muster.runner.collecting.RECORDS_AT_ONCE", size)
    expected, _ = synced(**told)

    found, _ = synced(**told, breaks=breaks)

    assert found == expected


def test_a_run_that_broke_off_counts_what_was_told_once(synced, monkeypatch):
    monkeypatch.setattr("muster.runner.collecting.RECORDS_AT_ONCE", 1)
    assets = [AssetRecord(source="fake", id=f"a{n}", names=(f"ws-{n}",)) for n in range(9)]
    pages = [assets[:3], assets[3:6], assets[6:]]
    told = {"pages": pages, "keeps": {1}, "history": pages[:1]}
    _, expected = synced(**told)

    _, counted = synced(**told, breaks=(8,))

    assert (expected["assets_new"], expected["assets_unchanged"]) == (6, 3)
    assert counted == expected
    assert Run.objects.count() == 0
