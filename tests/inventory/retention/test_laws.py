"""Laws of retention: it removes what it lists, and leaves what never had that."""

from itertools import groupby

import msgspec
import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from inventory.ingest.feeding import ingest
from inventory.ingest.snapshots import everything
from inventory.ingest.test_laws import law, records
from inventory.retention.aging import DAY, expire, keep, there, would_go
from muster.core.records import (
    AssetRecord,
    GroupRecord,
    MembershipRecord,
    UserRecord,
)

pytestmark = pytest.mark.django_db

AGES = st.sampled_from([0, 5, 20, 40])
SETTINGS = st.sampled_from([0, 10, 30])
SEQUENCE = {"runzero": 1, "azuread": 2, "sample": 3}


@st.composite
def directories(draw) -> list[object]:
    users = [UserRecord(source="azuread", id=f"u{n}", display_name=f"U{n}") for n in range(3)]
    groups = [GroupRecord(source="azuread", id=f"g{n}", display_name=f"G{n}") for n in range(2)]
    pairs = draw(st.sets(st.tuples(st.sampled_from("01"), st.sampled_from("012")), max_size=4))
    return [
        *users,
        *groups,
        *(
            MembershipRecord(source="azuread", group_id=f"g{g}", member_id=f"u{u}")
            for g, u in pairs
        ),
    ]


def dated(made, ages):
    """The records with the days ago that each is last seen, oldest first; memberships end it."""
    old = ((0 if _is_link(each) else days, each) for days, each in zip(ages, made, strict=True))
    return sorted(
        ((days, _undated(each)) for days, each in old),
        key=lambda pair: (-pair[0], _is_link(pair[1])),
    )


def _is_link(record):
    return isinstance(record, MembershipRecord)


def _undated(record):
    if isinstance(record, AssetRecord):
        return msgspec.structs.replace(record, seen_at=None, first_seen_at=None)
    return record


def load(scope, dated_records, now):
    """Ingest what was seen on one day together, source by source."""
    groups = groupby(dated_records, key=lambda pair: (pair[0], pair[1].source))
    for number, ((days, _source), group) in enumerate(groups, start=1):
        records = [record for _, record in group]
        ingest(scope, records, at=now - days * DAY, run_id=number)


@law
@given(data=st.data(), made=records(), directory=directories())
def test_the_dry_run_lists_what_the_run_removes(scope, now, data, made, directory):
    every = [*made, *directory]
    ages = data.draw(st.lists(AGES, min_size=len(every), max_size=len(every)))
    settings = {
        name: data.draw(SETTINGS)
        for name in ("assets_stale", "assets_offline", "integration_attributes", "directory")
    }
    batch = data.draw(st.sampled_from([1, 2, 1000]))
    with transaction.atomic(), pytest.MonkeyPatch.context() as patch:
        patch.setattr("muster.inventory.retention.planning.BATCH", batch)
        patch.setattr("muster.inventory.retention.sightings.PAGE", batch)
        load(scope, dated(every, ages), now)
        keep(scope, at=now, **{f"expiration_{name}": days for name, days in settings.items()})
        keep(scope, at=now, keep_latest_integration_attributes=data.draw(st.booleans()))
        listed, before = would_go(scope, at=now), there(scope)
        removed = expire(scope, at=now)
        after = there(scope)
        transaction.set_rollback(True)

    whole = {asset for asset, held in before.assets.items() if not held & after.records}
    with_them = {record for asset in whole for record in before.assets[asset]}
    by_themselves = (before.records - after.records) - with_them
    assert listed == {
        *(("asset", each) for each in whole),
        *(("record", each) for each in by_themselves),
        *(before.entries - after.entries),
    }
    assert (removed["assets"], removed["records"]) == (
        len(whole),
        len(before.records - after.records),
    )


@law
@given(data=st.data(), made=records(), directory=directories())
def test_what_remains_is_as_if_the_rest_had_never_been(scope, now, data, made, directory):
    every = [*made, *directory]
    flags = data.draw(st.lists(st.booleans(), min_size=len(every), max_size=len(every)))
    ages = [60 if is_old else 0 for is_old in flags]
    with transaction.atomic():
        load(scope, dated(every, ages), now)
        keep(scope, at=now, expiration_integration_attributes=30, expiration_directory=30)
        expire(scope, at=now)
        found = everything(scope.organization_id)
        transaction.set_rollback(True)
    staying = [pair for pair in dated(every, ages) if not _goes(pair[1], pair[0])]
    left = {each.id for each in directory if hasattr(each, "id")}
    left -= {each.id for days, each in dated(every, ages) if _goes(each, days)}
    staying = [pair for pair in staying if _is_between(pair[1], left)]
    with transaction.atomic():
        load(scope, staying, now)
        wanted = everything(scope.organization_id)
        transaction.set_rollback(True)

    assert found == wanted


def _goes(record, days):
    if isinstance(record, AssetRecord):
        return days > 30 and record.source != "runzero"
    if isinstance(record, UserRecord | GroupRecord):
        return days > 30
    return False


def _is_between(record, left):
    return not isinstance(record, MembershipRecord) or {record.group_id, record.member_id} <= left
