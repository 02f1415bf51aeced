"""Laws of the history: it leads from what was known first to what is known now."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from inventory.history.test_things import group, reports, user
from inventory.ingest.feeding import device, ingest
from inventory.ingest.test_laws import law, records
from muster.core.records import AnyRecord, GroupRecord, UserRecord
from muster.inventory import engine
from muster.inventory.history.volatile import VOLATILE, is_volatile
from muster.inventory.schema import HISTORY
from muster.inventory.selectors import asset_history, user_history
from muster.organizations.scope import Scope

pytestmark = pytest.mark.django_db

VALUES = st.sampled_from(["", "1", "2", "a\tb", "b\ta", "b\tc", "x" * 2500, "\0", "é\n"])
ATTRIBUTES = st.dictionaries(st.sampled_from(["one", "two", "three"]), VALUES)
STATES = st.lists(ATTRIBUTES, min_size=1, max_size=5)


def told(scope: Scope) -> list[object]:
    """Everything that the history holds."""
    return [
        sorted(map(repr, engine.rows(f"SELECT * FROM {table.name}")))
        for table in HISTORY
        if table.name != "history_new"
    ]


def replayed(first: dict[str, str], entries) -> dict[str, set[str]]:
    """What the first state becomes by all changes, oldest first."""
    state = last_of([first])
    for entry in reversed(entries):
        for each in entry.changes:
            name = each.attribute.removeprefix("@azuread.dev.")
            if each.is_many:
                kept = state.get(name, set()) - set(each.old.split("\t"))
                state[name] = kept | parts(each.new)
            else:
                assert state.get(name, set()) == parts(each.old), name
                state[name] = parts(each.new)
    return {name: values for name, values in state.items() if values}


def parts(value: str) -> set[str]:
    return set(value.split("\t")) if value else set()


def last_of(states: Sequence[dict[str, str]]) -> dict[str, set[str]]:
    return {name: parts(shortened(value)) for name, value in states[-1].items() if value}


def shortened(value: str) -> str:
    return value if len(value) <= 2000 else f"{value[:2000]}… ({len(value):,} characters)"


@law
@given(states=STATES)
def test_the_changes_of_an_asset_lead_from_its_first_state_to_its_last(scope, now, states):
    with transaction.atomic():
        for number, attributes in enumerate(states):
            at = now + timedelta(days=number)
            ingest(scope, [device("a", "ws-1", attributes=attributes)], at=at, run_id=number + 1)
        entries = asset_history(scope, "ws-1").entries
        transaction.set_rollback(True)

    assert replayed(states[0], entries) == last_of(states)


@law
@given(states=STATES)
def test_the_changes_of_a_user_lead_from_its_first_state_to_its_last(scope, now, states):
    with transaction.atomic():
        for number, attributes in enumerate(states):
            at = now + timedelta(days=number)
            ingest(scope, [user("u", attributes=attributes)], at=at, run_id=number + 1)
        entries = user_history(scope, "u").entries
        transaction.set_rollback(True)

    assert replayed(states[0], entries) == last_of(states)


def entries_of(made: Sequence[AnyRecord]) -> list[UserRecord | GroupRecord]:
    return [
        (user if number % 2 else group)(f"e{number}", each.id) for number, each in enumerate(made)
    ]


def take(scope: Scope, made: Sequence[AnyRecord], at: datetime, run_id: int) -> None:
    for source in sorted({each.source for each in made}):
        mine = [each for each in made if each.source == source]
        ingest(scope, mine, at=at, run_id=run_id)


@law
@given(made=records(), data=st.data())
def test_telling_the_same_again_in_any_order_tells_no_change(scope, now, made, data):
    again = data.draw(st.permutations([*made, *entries_of(made)]))
    with transaction.atomic():
        take(scope, [*made, *entries_of(made)], now, 1)
        # Correlation sees all records from here on: what it heals is told once.
        take(scope, made, now, 1)
        before = told(scope)
        take(scope, again, now + timedelta(days=1), 2)
        after = told(scope)
        transaction.set_rollback(True)

    assert after == before


@law
@given(made=records())
def test_whatever_happens_every_history_can_be_read(scope, now, made):
    with transaction.atomic():
        for run_id, part in enumerate((made, made[::2], made[::-1]), start=1):
            take(scope, part, now + timedelta(days=run_id), run_id)
        ingest(scope, reports(), at=now + timedelta(days=9), run_id=9)
        numbers = engine.rows(
            "SELECT uid FROM inventory_asset WHERE organization_id = %s", (scope.organization_id,)
        )
        histories = [asset_history(scope, str(row[0])) for row in numbers]
        transaction.set_rollback(True)

    assert all(history.entries[-1].at for history in histories)


@pytest.mark.parametrize("source", sorted(VOLATILE))
def test_volatile_attributes_are_known_in_any_case(source):
    for name in VOLATILE[source]:
        assert is_volatile(source, name.replace("*", "x").upper())


@pytest.mark.parametrize("name", ["isManaged", "operatingSystemVersion", "tsx", "displayName"])
def test_ordinary_attributes_are_not_volatile(name):
    assert not is_volatile("azuread", name)
