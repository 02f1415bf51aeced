"""What people decide holds in every later run, and can be taken back."""

from uuid import UUID, uuid4

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from inventory.ingest.feeding import complete, device, host, ingest
from inventory.ingest.snapshots import everything, machines
from inventory.ingest.test_laws import ingest_in_order, law, records
from muster.accounts.roles import Principal, Role
from muster.core.errors import ConfigError
from muster.inventory import decisions
from muster.inventory.models import Asset, AssetSource, MatchDecision
from muster.inventory.selectors import asset_detail, decided_acts
from muster.organizations.scope import scope as scope_of
from muster.organizations.services import create_site

pytestmark = pytest.mark.django_db

A, B = ("azuread", "a"), ("azuread", "b")
S, T = ("runzero", "s"), ("runzero", "t")


def groups(*machines_: set) -> set:
    return {frozenset(each) for each in machines_}


def uid_of(foreign_id: str) -> UUID:
    return AssetSource.objects.get(foreign_id=foreign_id).asset.uid


def test_a_merge_holds_through_a_later_sync_whatever_speaks_against_it(scope, now):
    ingest(scope, [host("s", "ws-1", os="Ubuntu")], at=now)
    ingest(scope, [device("a", "other")], at=now)

    decisions.merge_assets(scope, [uid_of("s"), uid_of("a")], at=now, note="seen on the desk")
    ingest(scope, [device("a", "renamed"), complete("azuread")], at=now, run_id=2)

    assert machines(scope.organization_id) == groups({A, S})
    reason = asset_detail(scope, str(uid_of("a"))).records[1].reason
    assert "merged by local operator with runzero s: seen on the desk" in reason


def test_two_records_of_one_source_can_be_merged_by_hand(scope, now):
    ingest(scope, [device("a", "ws-1"), device("b", "ws-1")], at=now)

    decisions.merge_assets(scope, [uid_of("a"), uid_of("b")], at=now)

    assert machines(scope.organization_id) == groups({A, B})


def test_a_merge_is_undone(scope, now):
    ingest(scope, [host("s", "ws-1")], at=now)
    ingest(scope, [device("a", "other")], at=now)
    before = everything(scope.organization_id)
    act = decisions.merge_assets(scope, [uid_of("s"), uid_of("a")], at=now)

    decisions.undo(scope, act, at=now)

    assert everything(scope.organization_id) == before
    assert not MatchDecision.objects.exists()


def test_what_was_decided_is_listed_newest_first_and_by_organization(scope, other_scope, now):
    ingest(scope, [host("s", "ws-1")], at=now)
    ingest(scope, [device("a", "ws-1")], at=now)

    split = decisions.split_record(scope, uid_of("s"), source="azuread", foreign_id="a", at=now)
    merge = decisions.merge_assets(scope, [uid_of("s"), uid_of("a")], at=now, note="no")

    found = decided_acts(scope)
    assert [(each.act, each.kind, each.note) for each in found] == [
        (merge, "merge", "no"),
        (split, "split", ""),
    ]
    assert {found[0].made_by, *found[0].records} == {"local operator", "azuread a", "runzero s"}
    assert found[0].made_at == now
    assert decided_acts(other_scope) == []


def test_a_split_holds_through_a_later_sync_and_is_undone(scope, now):
    ingest(scope, [host("s", "ws-1")], at=now)
    ingest(scope, [device("a", "ws-1")], at=now)
    before = everything(scope.organization_id)

    act = decisions.split_record(scope, uid_of("s"), source="azuread", foreign_id="a", at=now)
    ingest(scope, [device("a", "WS-1.corp.example")], at=now, run_id=2)
    ingest(scope, [device("a", "ws-1")], at=now, run_id=3)
    assert machines(scope.organization_id) == groups({A}, {S})

    decisions.undo(scope, act, at=now)
    assert everything(scope.organization_id) == before


def test_removing_a_source_holds(scope, now):
    ingest(scope, [host("s", "ws-1")], at=now)
    ingest(scope, [device("a", "ws-1")], at=now)

    decisions.remove_source(scope, uid_of("s"), source="azuread", at=now)
    ingest(scope, [host("s", "ws-1"), host("t", "ws-2")], at=now)

    assert machines(scope.organization_id) == groups({A}, {S}, {T})


def test_a_record_split_off_a_merge_leaves_the_others_merged(scope, now):
    ingest(scope, [host("s", "x"), host("t", "y")], at=now)
    ingest(scope, [device("a", "z")], at=now)
    decisions.merge_assets(scope, [uid_of("s"), uid_of("t"), uid_of("a")], at=now)

    act = decisions.split_record(scope, uid_of("s"), source="runzero", foreign_id="s", at=now)
    assert machines(scope.organization_id) == groups({S}, {A, T})

    decisions.undo(scope, act, at=now)
    assert machines(scope.organization_id) == groups({A, S, T})


def test_of_two_decisions_that_contradict_each_other_the_newer_holds(scope, now):
    ingest(scope, [host("s", "ws-1")], at=now)
    ingest(scope, [device("a", "ws-1")], at=now)
    decisions.split_record(scope, uid_of("s"), source="azuread", foreign_id="a", at=now)

    decisions.merge_assets(scope, [uid_of("s"), uid_of("a")], at=now)

    assert machines(scope.organization_id) == groups({A, S})


def test_an_asset_stays_where_it_was_moved_and_meets_its_machine_there(scope, now):
    berlin = create_site(scope, "Berlin", at=now)
    ingest(scope, [host("s", "ws-1")], at=now, site="Berlin", instance="berlin")
    ingest(scope, [device("a", "ws-1"), device("b", "ws-2")], at=now)

    decisions.move_asset(scope, uid_of("a"), site=berlin, at=now)
    decisions.move_asset(scope, uid_of("b"), site=berlin, at=now)
    ingest(scope, [device("a", "ws-1"), device("b", "ws-9")], at=now, run_id=2)

    assert machines(scope.organization_id) == groups({A, S}, {B})
    assert {each.site_id for each in Asset.objects.all()} == {berlin.pk}


def test_a_move_is_taken_back_by_moving_back(scope, now):
    berlin = create_site(scope, "Berlin", at=now)
    ingest(scope, [host("s", "ws-1")], at=now)
    ingest(scope, [device("a", "ws-1"), device("b", "ws-2")], at=now)
    before = everything(scope.organization_id)

    decisions.move_asset(scope, uid_of("a"), site=berlin, at=now)
    decisions.move_asset(scope, uid_of("a"), site=scope.site(""), at=now)

    assert everything(scope.organization_id) == before


def test_a_merge_across_sites_goes_to_the_first_and_is_undone(scope, now):
    berlin = create_site(scope, "Berlin", at=now)
    ingest(scope, [host("s", "ws-1")], at=now)
    ingest(scope, [device("a", "ws-1")], at=now, site="Berlin")

    act = decisions.merge_assets(scope, [uid_of("a"), uid_of("s")], at=now)
    assert machines(scope.organization_id) == groups({A, S})
    assert Asset.objects.get().site_id == berlin.pk

    decisions.undo(scope, act, at=now)
    assert machines(scope.organization_id) == groups({A}, {S})
    assert len({each.site_id for each in Asset.objects.all()}) == 2


def test_a_record_that_is_gone_follows_its_asset_into_a_merge(scope, now):
    ingest(scope, [host("s", "ws-1")], at=now)
    ingest(scope, [device("a", "ws-1"), device("b", "ws-2")], at=now, run_id=1)
    ingest(scope, [device("b", "ws-2"), complete("azuread")], at=now, run_id=2)

    decisions.merge_assets(scope, [uid_of("b"), uid_of("s")], at=now)

    assert machines(scope.organization_id) == groups({A, B, S})


def test_what_cannot_be_decided_says_what_to_do(scope, other_scope, now):
    ingest(scope, [host("s", "ws-1")], at=now)
    uid = uid_of("s")
    viewer = scope_of(Principal(name="Vera", role=Role.VIEWER), scope.organization)

    for attempt in (
        lambda: decisions.merge_assets(scope, [uid, uid], at=now),
        lambda: decisions.merge_assets(scope, [uid, uuid4()], at=now),
        lambda: decisions.merge_assets(other_scope, [uid, uuid4()], at=now),
        lambda: decisions.split_record(scope, uid, source="runzero", foreign_id="s", at=now),
        lambda: decisions.remove_source(scope, uid, source="azuread", at=now),
        lambda: decisions.undo(scope, uuid4(), at=now),
        lambda: decisions.move_asset(scope, uid, site=other_scope.site(""), at=now),
        lambda: decisions.move_asset(viewer, uid, site=scope.site(""), at=now),
    ):
        with pytest.raises(ConfigError) as raised:
            attempt()
        assert raised.value.hint


@law
@given(data=st.data(), made=records(), later=records())
def test_a_merge_holds_after_whatever_comes_later(scope, now, data, made, later):
    with transaction.atomic():
        ingest_in_order(scope, [*made, device("x", "ws-1"), host("y", "ws-2")], now)
        decisions.merge_assets(scope, [uid_of("x"), uid_of("y")], at=now)
        ingest_in_order(scope, data.draw(st.permutations(later)), now)
        found = machines(scope.organization_id)
        transaction.set_rollback(True)

    assert any({("azuread", "x"), ("runzero", "y")} <= machine for machine in found)


@law
@given(data=st.data(), made=records(), later=records())
def test_a_split_holds_after_whatever_comes_later(scope, now, data, made, later):
    with transaction.atomic():
        ingest_in_order(scope, [device("x", "only-here"), host("y", "only-here")], now)
        decisions.split_record(scope, uid_of("x"), source="azuread", foreign_id="x", at=now)
        ingest_in_order(scope, [*made, *data.draw(st.permutations(later))], now)
        found = machines(scope.organization_id)
        transaction.set_rollback(True)

    assert not any({("azuread", "x"), ("runzero", "y")} <= machine for machine in found)


@law
@given(made=records())
def test_undoing_a_merge_leaves_nothing_of_it(scope, now, made):
    with transaction.atomic():
        before = ingest_in_order(scope, [*made, device("x", "ws-1"), host("y", "ws-2")], now)
        if uid_of("x") != uid_of("y"):
            act = decisions.merge_assets(scope, [uid_of("x"), uid_of("y")], at=now)
            decisions.undo(scope, act, at=now)
        after = everything(scope.organization_id)
        transaction.set_rollback(True)

    assert after == before
