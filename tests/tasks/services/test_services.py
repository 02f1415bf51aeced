"""What people do with tasks, and what is refused them."""

from datetime import timedelta

import pytest

from muster.accounts.roles import Principal, Role
from muster.core.errors import ConfigError
from muster.credentials.services import NewCredential, create
from muster.organizations.scope import scope as scope_of
from muster.organizations.services import create_site
from muster.tasks import services
from muster.tasks.connectors import run_now
from muster.tasks.models import Run, Status, Task, Trigger
from muster.tasks.schedules import read
from muster.tasks.selectors import latest_runs, task_by_name
from muster.tasks.services import Changes, NewTask
from muster.tasks.standing import status_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def daily(now):
    return read("daily", now=now, start="2026-11-24 02:30", timezone="Europe/Berlin")


@pytest.fixture
def new(scope, credential, daily):
    def made(**changes):
        fields = {"name": "Nightly", "source": "fake", "credential": credential, "schedule": daily}
        return NewTask(**{"site": scope.site(), **fields, **changes})

    return made


def status(scope, task):
    task.refresh_from_db()
    return status_of(task, latest_runs(scope).get(task.pk))


def test_a_task_keeps_what_it_was_given_and_is_due(scope, new, now):
    task = services.create(scope, new(options={"filter": "x"}, description="d"), at=now)

    kept = Task.objects.get(pk=task.pk)
    assert (kept.name, kept.description, kept.options) == ("Nightly", "d", {"filter": "x"})
    assert (kept.grace_hours, kept.created_by) == (4, "local operator")
    assert f"{kept.next_at:%Y-%m-%d %H:%M}" == "2026-11-24 01:30"
    assert status(scope, task) == "new"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"name": " "}, "a task needs a name"),
        ({"name": "a\nb"}, "printable"),
        ({"name": "x" * 201}, "at most 200"),
        ({"description": "\0"}, "without NUL"),
        ({"source": "nothing"}, "no source named 'nothing'"),
        ({"credential": None}, "Fake needs a credential"),
        ({"options": {"fliter": "x"}}, "no option 'fliter'"),
        ({"explorer": "berlin-1"}, "no Explorer 'berlin-1'"),
        ({"grace_hours": -1}, "grace period is -1"),
        ({"grace_hours": 10**9}, "grace period is"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_saved(scope, new, now, changes, said):
    with pytest.raises(ConfigError, match=said):
        services.create(scope, new(**changes), at=now)

    assert not Task.objects.exists()


def test_a_single_time_that_has_passed_is_refused(scope, new, now):
    with pytest.raises(ConfigError, match="has passed"):
        services.create(scope, new(schedule=read("once", now=now, start="2026-11-22")), at=now)


def test_now_is_a_time_that_comes(scope, new, now):
    task = services.create(scope, new(schedule=read("once", now=now)), at=now)

    assert task.next_at == now


def test_two_tasks_do_not_write_into_one_world(scope, new, now):
    first = services.create(scope, new(), at=now)

    with pytest.raises(ConfigError, match="'Nightly' asks fake with this credential already"):
        services.create(scope, new(name="Another"), at=now)

    services.pause(scope, first, at=now)
    services.create(scope, new(name="Another"), at=now)
    with pytest.raises(ConfigError, match="'Another' asks fake"):
        services.resume(scope, first, at=now)
    assert status(scope, first) == "paused"


def test_a_copy_has_the_settings_without_the_runs_and_is_paused(scope, new, now):
    task = services.create(scope, new(options={"filter": "x"}), at=now)
    run = services.run(scope, task, at=now)

    copied = services.copy(scope, task, at=now)

    assert (copied.name, copied.options) == ("Nightly (copy)", {"filter": "x"})
    assert copied.schedule == task.schedule
    assert status(scope, copied) == "paused"
    assert [each.task_id for each in Run.objects.all()] == [run.task_id]


def test_an_edit_changes_what_is_named_and_nothing_else(scope, new, now):
    task = services.create(scope, new(options={"filter": "x", "exclude_unknown": "yes"}), at=now)
    site = create_site(scope, "Berlin", at=now)

    services.edit(scope, task, Changes(name="Weekly", site=site, options={"filter": ""}), at=now)

    kept = Task.objects.get(pk=task.pk)
    assert (kept.name, kept.site, kept.options) == ("Weekly", site, {"exclude_unknown": "true"})
    assert kept.next_at is not None


def test_an_edit_that_is_refused_changes_nothing(scope, new, now):
    task = services.create(scope, new(), at=now)

    with pytest.raises(ConfigError):
        services.edit(scope, task, Changes(name="Weekly", options={"x": "y"}), at=now)

    assert Task.objects.get(pk=task.pk).name == "Nightly"


def test_an_edit_of_the_schedule_sets_when_it_is_due(scope, new, now):
    task = services.create(scope, new(), at=now)

    services.edit(scope, task, Changes(schedule=read("hourly", now=now, start="12:15")), at=now)
    assert Task.objects.get(pk=task.pk).next_at == now + timedelta(minutes=15)

    services.edit(scope, task, Changes(is_unscheduled=True), at=now)
    assert Task.objects.get(pk=task.pk).next_at is None


def test_pausing_keeps_a_task_from_being_due_until_it_is_resumed(scope, new, now):
    task = services.create(scope, new(), at=now)
    due = task.next_at

    services.pause(scope, task, at=now)
    assert Task.objects.get(pk=task.pk).next_at is None

    services.resume(scope, task, at=now)
    assert Task.objects.get(pk=task.pk).next_at == due


def test_a_run_waits_for_a_worker_and_there_is_one_at_a_time(scope, new, now):
    task = services.create(scope, new(), at=now)

    run = services.run(scope, task, at=now)

    assert (run.status, run.trigger) == (Status.QUEUED, Trigger.MANUAL)
    assert status(scope, task) == "queued"
    with pytest.raises(ConfigError, match="waits or is running already"):
        services.run(scope, task, at=now)


def test_a_command_does_not_run_what_waits_for_a_worker(scope, new, now, watcher):
    task = services.create(scope, new(), at=now)
    services.run(scope, task, at=now)

    with pytest.raises(ConfigError, match="running already"):
        run_now(scope, task, watcher=watcher)


def test_stopping_ends_a_run_that_waits(scope, new, now):
    task = services.create(scope, new(), at=now)
    services.run(scope, task, at=now)

    run = services.stop(scope, task, at=now)

    assert (run.status, run.ended_at) == (Status.STOPPED, now)
    assert status(scope, task) == "stopped"


def test_stopping_asks_the_worker_of_a_run_that_is_going(scope, new, now):
    task = services.create(scope, new(), at=now)
    run = services.run(scope, task, at=now)
    Run.objects.filter(pk=run.pk).update(status=Status.ACTIVE, worker="w-1")

    stopped = services.stop(scope, task, at=now)

    assert (stopped.status, stopped.stop_asked_at) == (Status.ACTIVE, now)


def test_the_run_of_a_command_is_stopped_there(scope, new, now):
    task = services.create(scope, new(), at=now)
    run = services.run(scope, task, at=now)
    Run.objects.filter(pk=run.pk).update(status=Status.ACTIVE, host="h", pid=7)

    with pytest.raises(ConfigError, match="process 7 on h"):
        services.stop(scope, task, at=now)


def test_stopping_a_task_without_a_run_removes_it_and_keeps_its_runs(scope, new, now, watcher):
    task = services.create(scope, new(), at=now)
    run_now(scope, task, watcher=watcher)

    assert services.stop(scope, task, at=now) is None

    assert status(scope, task) == "removed"
    assert Run.objects.count() == 1
    with pytest.raises(ConfigError, match="was removed"):
        services.run(scope, task, at=now)
    with pytest.raises(ConfigError, match="there is no task 'nightly'"):
        task_by_name(scope, "nightly")
    assert task_by_name(scope, str(task.uid)) == task


def test_a_task_is_hidden_but_not_while_it_runs(scope, new, now):
    task = services.create(scope, new(), at=now)
    services.run(scope, task, at=now)

    with pytest.raises(ConfigError, match="waits or is running"):
        services.hide(scope, task, at=now)
    services.stop(scope, task, at=now)
    services.hide(scope, task, at=now)

    assert Task.objects.get(pk=task.pk).is_hidden


def test_a_sync_by_hand_after_a_task_was_removed_makes_another_one(
    scope, new, now, credential, watcher
):
    from muster.tasks.connectors import connector_task

    task = services.create(scope, new(), at=now)
    services.stop(scope, task, at=now)

    again = connector_task(
        scope, "fake", credential=credential, site=scope.site(), options={}, at=now
    )

    assert again.pk != task.pk


@pytest.mark.parametrize("role", [Role.VIEWER, Role.ANNOTATOR])
def test_who_may_only_look_changes_no_task(scope, new, now, role):
    task = services.create(scope, new(), at=now)
    looking = scope_of(Principal("Vera", role), scope.organization)

    for change in (services.run, services.pause, services.resume, services.stop, services.hide):
        with pytest.raises(ConfigError, match="Vera may not change tasks"):
            change(looking, task, at=now)


def test_a_task_of_another_organization_is_out_of_reach(scope, other_scope, new, now):
    task = services.create(scope, new(), at=now)

    with pytest.raises(ConfigError, match="another organization"):
        services.run(other_scope, task, at=now)
    with pytest.raises(ConfigError, match="there is no task"):
        task_by_name(other_scope, str(task.uid))


def test_a_credential_of_another_kind_is_refused(scope, new, now, monkeypatch, credential):
    credential.type = "azure_client_secret"

    with pytest.raises(ConfigError, match="cannot sign in with 'Fake'"):
        services.create(scope, new(), at=now)


def test_tasks_of_one_name_are_told_apart_by_their_ids(scope, new, now, credential):
    services.create(scope, new(), at=now)
    values = {"address": "there", "token": "right"}
    other = create(scope, NewCredential("Other", "fake_token", values), at=now).credential
    services.create(scope, new(credential=other), at=now)

    with pytest.raises(ConfigError, match="several tasks are named"):
        task_by_name(scope, "nightly")
