"""What a run leaves behind for those who ask as of when the inventory holds."""

import pytest

from muster.core.errors import AuthError
from muster.inventory.models import AssetSource
from muster.inventory.selectors import kept_facets, last_syncs
from muster.tasks.connectors import run_now
from tasks.conftest import WHOLE

pytestmark = pytest.mark.django_db


def test_a_complete_run_says_as_of_when_all_is_known(scope, task, watcher):
    run = run_now(scope, task, watcher=watcher)

    [sync] = last_syncs(scope)

    assert sync.complete_at == run.started_at.replace(microsecond=0)
    assert (sync.source, sync.incomplete) == ("fake", ())


def test_a_refused_credential_holds_the_time_back_and_says_why(scope, task, source, watcher):
    first = run_now(scope, task, watcher=watcher)
    source.records, source.error = [], AuthError("the secret expired", hint="Make a new one.")

    failed = run_now(scope, task, watcher=watcher)

    [sync] = last_syncs(scope)
    assert sync.complete_at == first.started_at.replace(microsecond=0)
    assert sync.incomplete_at == failed.started_at.replace(microsecond=0)
    assert sync.incomplete == ("assets",)
    assert "the secret expired" in sync.error


def test_an_empty_answer_is_no_complete_one(scope, task, source, watcher):
    source.records = [WHOLE]

    run_now(scope, task, watcher=watcher)

    assert last_syncs(scope) == []
    assert AssetSource.objects.count() == 0


def test_facets_are_counted_at_the_end_of_a_run(scope, task, watcher):
    run = run_now(scope, task, watcher=watcher)

    kept = kept_facets(scope)

    assert run.started_at.replace(microsecond=0) <= kept.at <= run.ended_at
    assert kept.facets["source"].total == 2
