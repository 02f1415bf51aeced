"""The log of what became of runs."""

from datetime import timedelta

import pytest

from muster.core.errors import UnavailableError
from muster.notices import rules, selectors
from muster.notices.models import Channel, Delivery
from muster.tasks.connectors import run_now
from muster.tasks.liveness import SILENCE, end_lost_runs
from muster.tasks.models import Run
from tasks.conftest import WHOLE, host

pytestmark = pytest.mark.django_db

OF_TASKS = ["task-completed", "task-failed", "task-recovered", "task-stopped", "new-assets-found"]


def log(scope):
    found = selectors.events(scope, actions=OF_TASKS)
    return [(each.action, each.amount) for each in reversed(found)]


def run(scope, task, watcher, at):
    return run_now(scope, task, watcher=watcher, clock=lambda: at)


def test_what_a_run_brings_is_told_with_its_number(scope, source, task, watcher, now):
    run(scope, task, watcher, now)

    assert log(scope) == [("task-completed", 1), ("new-assets-found", 2)]


def test_a_run_without_news_tells_of_none(scope, source, task, watcher, now):
    run(scope, task, watcher, now)
    run(scope, task, watcher, now + timedelta(hours=1))

    assert log(scope)[2:] == [("task-completed", 1)]


def test_failures_in_a_row_are_counted_and_the_end_of_them_told(scope, source, task, watcher, now):
    source.error = UnavailableError("no connection")
    for hour in range(3):
        run(scope, task, watcher, now + timedelta(hours=hour))
    source.error = None
    run(scope, task, watcher, now + timedelta(hours=4))

    told = [each for each in log(scope) if each[0].startswith("task-")]
    assert told == [
        ("task-failed", 1), ("task-failed", 2), ("task-failed", 3),
        ("task-completed", 1), ("task-recovered", 1),
    ]  # fmt: skip


def test_a_run_whose_process_is_gone_has_failed(scope, source, task, watcher, now):
    ended = run(scope, task, watcher, now)
    Run.objects.filter(pk=ended.pk).update(status="active", heartbeat_at=now)

    end_lost_runs(scope, at=now + SILENCE * 2)

    assert log(scope)[-1] == ("task-failed", 1)


@pytest.fixture
def asked(scope, now):
    """Return a function that makes a rule with a query for new assets."""
    Channel.objects.create(
        organization=scope.organization, name="Ops", type="webhook", is_working=True,
        checked_at=now, created_at=now, created_by="x",
    )  # fmt: skip

    def ask(query):
        rules.add(scope, rules.NewRule("New", ["new-assets-found"], ["Ops"], query), at=now)
        return scope

    return ask


def test_a_rule_asks_its_query_of_the_new_assets_only(asked, source, task, watcher, now):
    scope = asked("name:host")

    run(scope, task, watcher, now)
    source.records = [host(1), host(2), host(3), WHOLE]
    run(scope, task, watcher, now + timedelta(hours=1))

    assert list(Delivery.objects.order_by("pk").values_list("found", flat=True)) == [2, 1]


def test_a_rule_that_finds_none_of_the_new_assets_tells_nobody(asked, task, watcher, now):
    run(asked("name:nothing-is-called-so"), task, watcher, now)

    assert Delivery.objects.count() == 0
