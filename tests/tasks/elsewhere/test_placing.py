"""Where waiting runs go: to Explorers that are there and have room, and nowhere for ever."""

from datetime import timedelta

import pytest

from explorers.conftest import silent, utc_now
from muster.core.errors import ConfigError
from muster.explorers import editing
from muster.explorers.groups import add_member, enable, make_group, remove_group
from muster.explorers.models import Explorer
from muster.explorers.places import place_name
from muster.explorers.selectors import zone_by_name
from muster.notices.models import Event
from muster.tasks import services
from muster.tasks.models import Run, Status
from muster.tasks.worker import placing
from muster.tasks.worker.dispatching import dispatch

pytestmark = pytest.mark.django_db

LIMITS = {"organization": 10, "tenant": 10, "explorer": 1}


@pytest.fixture(autouse=True)
def engine(monkeypatch, worker):
    """Nothing is done with what is handed out."""
    monkeypatch.setattr("muster.tasks.engine.start", lambda _run, **_more: None)


@pytest.fixture
def handed_out(scope, executor):
    def found(*tasks):
        runs = [services.run(scope, each, at=utc_now()) for each in tasks]
        dispatch(utc_now(), limits=LIMITS, executor=executor)
        for each in runs:
            each.refresh_from_db()
        return [each.explorer for each in runs if each.released_at is not None]

    return found


@pytest.fixture
def tasks_on(scope, credential, task_on):
    """Make several tasks; only one of one credential may be in force, so the others are paused."""

    def made(where, count):
        return [task_on(where, is_paused=number > 0) for number in range(count)]

    return made


@pytest.fixture
def two(machine_of, token):
    found = [machine_of(name).enrol(token(), name) for name in ("one", "two")]
    for each in found:
        each.hello()
    return found


@pytest.fixture
def hosted_by(machine_of, token):
    """Make the hosted zone `eu`, with an Explorer in it."""

    def made(scope):
        zone = make_group(scope, "eu", is_hosted=True, at=utc_now())
        hosted = machine_of("hosted").enrol(token(group=zone))
        hosted.hello()
        return hosted

    return made


def test_a_run_goes_to_its_explorer(machine, task_on, handed_out):
    assert handed_out(task_on("berlin-1")) == [machine.row.uid]


def test_a_run_of_no_explorer_stays_here(machine, task_on, handed_out):
    assert handed_out(task_on("")) == [None]


def test_a_run_waits_while_its_explorer_is_away(machine, task_on, handed_out, executor):
    silent(machine.row)

    assert handed_out(task_on("berlin-1")) == []

    machine.hello()
    assert dispatch(utc_now(), limits=LIMITS, executor=executor) == 1


def test_no_explorer_gets_more_at_once_than_the_setting_says(machine, tasks_on, handed_out):
    assert len(handed_out(*tasks_on("berlin-1", 3))) == 1


def test_an_explorer_may_have_a_limit_of_its_own(scope, machine, tasks_on, handed_out):
    editing.edit(scope, machine.row, editing.ExplorerChanges(most_runs=2))

    assert len(handed_out(*tasks_on("berlin-1", 3))) == 2


def test_the_runs_of_a_group_are_spread(scope, two, tasks_on, handed_out):
    group = make_group(scope, "Berlin", at=utc_now())
    for each in two:
        add_member(scope, group, each.row)

    assert sorted(handed_out(*tasks_on("group:berlin", 3))) == sorted(e.row.uid for e in two)


def test_a_group_takes_whichever_is_there(scope, two, task_on, handed_out):
    group = make_group(scope, "Berlin", at=utc_now())
    for each in two:
        add_member(scope, group, each.row)
    silent(two[0].row)

    assert handed_out(task_on("group:Berlin")) == [two[1].row.uid]


@pytest.mark.parametrize("where", ["zone:eu", "zone:auto"])
def test_a_hosted_zone_serves_every_organization(
    other_scope, hosted_by, task_on, handed_out, where
):
    hosted = hosted_by(other_scope)

    assert handed_out(task_on(where)) == [hosted.row.uid]


def test_a_zone_that_is_disabled_takes_nothing(scope, hosted_by, task_on, handed_out):
    hosted_by(scope)
    task = task_on("zone:eu")
    enable(scope, zone_by_name("eu"), is_enabled=False, at=utc_now())

    assert handed_out(task) == []


def test_a_run_that_waited_for_its_grace_period_ends_with_a_sentence(scope, machine, task_on):
    silent(machine.row)
    run = services.run(scope, task_on("berlin-1", grace_hours=2), at=utc_now())

    assert placing.give_up(utc_now() + timedelta(hours=1)) == []
    placing.give_up(utc_now() + timedelta(hours=3))

    run.refresh_from_db()
    assert (run.status, run.code) == (Status.ERROR, "explorer-unavailable")
    assert run.error.startswith("explorer unavailable: berlin-1 was last heard of at 20")
    assert "2 hours" in run.hint
    assert Event.objects.filter(action="task-failed", target_id=str(run.task.uid)).exists()


def test_a_run_of_an_explorer_that_was_revoked_ends_at_once(scope, machine, task_on):
    run = services.run(scope, task_on("berlin-1"), at=utc_now())
    editing.revoke(scope, machine.row, at=utc_now())

    placing.give_up(utc_now())

    run.refresh_from_db()
    assert run.status == Status.ERROR
    assert "berlin-1" in run.error
    assert "Choose another Explorer" in run.hint


def test_a_run_of_a_group_that_is_gone_ends_at_once(scope, machine, task_on):
    group = make_group(scope, "Berlin", at=utc_now())
    run = services.run(scope, task_on("group:Berlin"), at=utc_now())
    remove_group(scope, group)

    placing.give_up(utc_now())

    run.refresh_from_db()
    assert run.status == Status.ERROR


def test_a_run_whose_explorer_is_there_is_not_given_up(scope, machine, task_on):
    services.run(scope, task_on("berlin-1", grace_hours=0), at=utc_now())

    assert placing.give_up(utc_now() + timedelta(seconds=10)) == []
    assert Run.objects.get().status == Status.QUEUED


@pytest.mark.parametrize(
    "where", ["nonsense", "group:nonsense", "zone:nonsense", "00000000-0000-0000-0000-000000000001"]
)
def test_a_place_that_is_none_is_refused(scope, machine, task_on, where):
    with pytest.raises(ConfigError, match="there is no"):
        task_on(where)


def test_an_explorer_of_another_organization_is_none(other_scope, machine, credential, task_on):
    Explorer.objects.update(organization=other_scope.organization)

    with pytest.raises(ConfigError, match="no Explorer 'berlin-1'"):
        task_on("berlin-1")
    with pytest.raises(ConfigError, match="no Explorer"):
        task_on(str(machine.row.uid))


def test_a_task_is_moved_between_an_explorer_and_this_server(scope, machine, task_on):
    task = task_on("berlin-1")

    services.edit(scope, task, services.Changes(explorer="this server"), at=utc_now())
    assert task.explorer is None

    services.edit(scope, task, services.Changes(explorer=str(machine.row.uid)), at=utc_now())
    assert place_name(scope.organization, task.explorer) == "berlin-1"
