"""Whatever people decide, one after the other and between runs, holds and can be taken back."""

import random
from uuid import UUID

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from inventory.ingest.feeding import complete, device, host, ingest
from inventory.ingest.snapshots import everything, machines
from inventory.ingest.test_laws import law, records, sample
from muster.core.errors import ConfigError
from muster.inventory import decisions
from muster.inventory.models import Asset, AssetSource, MatchDecision
from muster.organizations.services import create_site

pytestmark = pytest.mark.django_db

A, B = ("azuread", "a"), ("azuread", "b")
M, S, T = ("sample", "m"), ("runzero", "s"), ("runzero", "t")


def groups(*machines_: set) -> set:
    return {frozenset(each) for each in machines_}


def uid_of(foreign_id: str) -> UUID:
    return AssetSource.objects.get(foreign_id=foreign_id).asset.uid


def test_a_split_holds_when_the_same_and_a_renamed_device_is_told_again(scope, now):
    ingest(scope, [host("s", "ws-1")], at=now)
    ingest(scope, [device("a", "ws-1")], at=now)
    decisions.split_record(scope, uid_of("a"), source="azuread", foreign_id="a", at=now)

    for run_id, name in enumerate(("ws-1", "ws-2", "ws-1"), start=2):
        ingest(scope, [device("a", name), complete("azuread")], at=now, run_id=run_id)
        assert machines(scope.organization_id) == groups({A}, {S}), name


def test_a_source_that_is_removed_from_a_merge_stays_removed_and_the_rest_together(scope, now):
    ingest(scope, [host("s", "ws-1"), host("t", "ws-2")], at=now)
    ingest(scope, [device("a", "ws-3")], at=now)
    ingest(scope, [sample("m", "ws-4")], at=now)
    everyone = [uid_of(each) for each in ("s", "t", "a", "m")]
    decisions.merge_assets(scope, everyone, at=now)

    decisions.remove_source(scope, uid_of("s"), source="runzero", at=now)
    ingest(scope, [host("s", "ws-3"), host("t", "ws-4")], at=now, run_id=2)

    assert machines(scope.organization_id) == groups({A, M}, {S, T})


def test_an_asset_that_was_moved_and_is_renamed_then_stays_where_it_is(scope, now):
    there = create_site(scope, "There", at=now)
    ingest(scope, [device("a", "ws-1")], at=now)
    decisions.move_asset(scope, uid_of("a"), site=there, at=now)

    ingest(scope, [device("a", "ws-2"), complete("azuread")], at=now, run_id=2)
    ingest(scope, [host("s", "ws-2")], at=now, run_id=3)

    assert machines(scope.organization_id) == groups({A}, {S})
    assert AssetSource.objects.get(foreign_id="a").site == there
    assert Asset.objects.get(uid=uid_of("a")).site == there


def test_a_split_and_its_undoing_can_be_done_again_and_again(scope, now):
    ingest(scope, [host("s", "ws-1")], at=now)
    ingest(scope, [device("a", "ws-1")], at=now)
    before = everything(scope.organization_id)

    for _ in range(3):
        act = decisions.split_record(scope, uid_of("a"), source="azuread", foreign_id="a", at=now)
        decisions.undo(scope, act, at=now)

    assert everything(scope.organization_id) == before
    assert not MatchDecision.objects.exists()


def test_what_was_taken_back_cannot_be_taken_back_again_and_says_what_to_do(scope, now):
    ingest(scope, [device("a", "ws-1"), device("b", "ws-2")], at=now)
    act = decisions.merge_assets(scope, [uid_of("a"), uid_of("b")], at=now)
    decisions.undo(scope, act, at=now)

    with pytest.raises(ConfigError) as raised:
        decisions.undo(scope, act, at=now)

    assert "decide it again" in raised.value.hint
    assert machines(scope.organization_id) == groups({A}, {B})


class People:
    """People who decide at random about what there is."""

    def __init__(self, scope, now, seed):
        self.scope, self.now = scope, now
        self.draw = random.Random(seed)
        self.acts = []
        self.sites = [scope.site(), create_site(scope, "Elsewhere", at=now)]

    def decide(self):
        assets = list(Asset.objects.filter(records__gone_at=None).distinct().order_by("pk"))
        if assets:
            deed = self.draw.choice([self.merge, self.split, self.remove, self.move, self.undo])
            deed(assets)

    def merge(self, assets):
        some = self.draw.sample(assets, k=min(2, len(assets)))
        if len(some) > 1:
            names = [live(each) for each in some]
            act = decisions.merge_assets(self.scope, [each.uid for each in some], at=self.now)
            self.acts.append(act)
            assert any(names[0] | names[1] <= each for each in machines(self.scope.organization_id))

    def split(self, assets):
        asset = self.draw.choice(assets)
        source, foreign_id = chosen = self.draw.choice(sorted(live(asset)))
        rest = live(asset) - {chosen}
        if rest:
            act = decisions.split_record(
                self.scope, asset.uid, source=source, foreign_id=foreign_id, at=self.now
            )
            self.acts.append(act)
            assert not together(self.scope, {chosen}, rest)

    def remove(self, assets):
        asset = self.draw.choice(assets)
        source = self.draw.choice(sorted({name for name, _ in live(asset)}))
        leaving = {each for each in live(asset) if each[0] == source}
        rest = live(asset) - leaving
        if rest:
            act = decisions.remove_source(self.scope, asset.uid, source=source, at=self.now)
            self.acts.append(act)
            assert not together(self.scope, leaving, rest)

    def move(self, assets):
        asset, site = self.draw.choice(assets), self.draw.choice(self.sites)
        names = live(asset)
        decisions.move_asset(self.scope, asset.uid, site=site, at=self.now)
        assert {place(*each) for each in names} == {site.pk}

    def undo(self, _assets):
        if self.acts:
            act = self.acts.pop(self.draw.randrange(len(self.acts)))
            decisions.undo(self.scope, act, at=self.now)


def live(asset):
    found = asset.records.filter(gone_at=None).values_list("feed__source", "foreign_id")
    return frozenset(found)


def place(source, foreign_id):
    return AssetSource.objects.get(feed__source=source, foreign_id=foreign_id).site_id


def together(scope, some, others):
    return any(each & some and each & others for each in machines(scope.organization_id))


def sync(scope, told, now, run_id):
    """A sync of each source, of all that it has; a record that is told no more is gone."""
    for source in ("azuread", "runzero", "sample"):
        mine = [each for each in told if each.source == source]
        ingest(scope, [*mine, complete(source)], at=now, run_id=run_id)


@law
@given(made=st.lists(records(), min_size=1, max_size=3), seed=st.integers(0, 999))
def test_what_was_decided_holds_when_all_is_told_again(scope, now, made, seed):
    with transaction.atomic():
        people = People(scope, now, seed)
        for run_id, told in enumerate(made, start=1):
            sync(scope, told, now, run_id)
            for _ in range(3):
                people.decide()
            decided = everything(scope.organization_id)
            sync(scope, told, now, run_id)
            assert everything(scope.organization_id) == decided
            assert not Asset.objects.filter(records=None).exists()
        transaction.set_rollback(True)
