"""`muster task`: made, scheduled, run and looked after from a shell."""

import json

import pytest

from muster.tasks.models import Recurrence, Run, Task

pytestmark = pytest.mark.django_db

DAILY = ("--frequency", "daily", "--start", "02:30", "--timezone", "Europe/Berlin")


@pytest.fixture
def nightly(muster, credential):
    added = muster("task", "add", "--name", "Nightly", *DAILY)
    assert added.code == 0, added.err
    return "Nightly"


def answered(muster, *arguments):
    ended = muster(*arguments, "--json")
    assert ended.code == 0, ended.err
    return json.loads(ended.out)


def test_a_task_is_added_and_listed_with_when_it_is_due(muster, nightly):
    (task,) = answered(muster, "task", "list")

    assert (task["name"], task["status"], task["recur_frequency"]) == ("Nightly", "new", "daily")
    assert task["schedule"] == "daily at 02:30 (Europe/Berlin)"
    assert task["next_at"]
    assert "Nightly" in muster("task", "list").out


def test_the_next_times_are_told_in_the_zone_of_the_schedule(muster, nightly):
    told = muster("task", "schedule", nightly, "--next", 3)
    answer = answered(muster, "task", "schedule", nightly, "--next", 3)

    assert told.out.count("02:30 CE") == 3
    assert len(answer["next"]) == 3


def test_a_schedule_is_changed_and_taken_away(muster, nightly):
    weekly = ("--frequency", "weekly", "--days", "mon,fri", "--start", "06:00")

    assert muster("task", "schedule", nightly, *weekly).code == 0
    assert answered(muster, "task", "show", nightly)["schedule"] == (
        "weekly on mon, fri at 06:00 (UTC)"
    )
    assert "only when asked" in muster("task", "schedule", nightly, "--none").out


def test_a_task_runs_here_and_shows_what_it_did(muster, nightly):
    ran = muster("task", "run", nightly, "--here")
    shown = answered(muster, "task", "show", nightly)

    assert ran.code == 0, ran.err
    assert shown["status"] == "processed"
    assert [each["status"] for each in shown["runs"]] == ["processed"]
    assert muster("task", "log", nightly).out.rstrip().endswith("processed")
    assert answered(muster, "task", "log", nightly)["run"]["complete"] is True


def test_a_run_waits_for_a_worker_and_says_that_there_is_none(muster, nightly):
    ran = muster("task", "run", nightly)

    assert "waits for a worker" in ran.out
    assert "Start one with: muster worker" in ran.err
    assert answered(muster, "task", "list")[0]["status"] == "queued"
    again = muster("task", "run", nightly)
    assert (again.code, "waits or is running already" in again.err) == (1, True)


def test_a_run_is_stopped_and_then_the_task_removed_and_hidden(muster, nightly):
    muster("task", "run", nightly)

    assert "before it began" in muster("task", "stop", nightly).out
    assert "removed the task Nightly" in muster("task", "stop", nightly).out
    (task,) = answered(muster, "task", "list")
    assert task["status"] == "removed"
    assert muster("task", "hide", task["id"]).code == 0
    assert answered(muster, "task", "list") == []
    assert len(answered(muster, "task", "list", "--all")) == 1


def test_a_task_is_paused_resumed_copied_and_edited(muster, nightly):
    assert answered(muster, "task", "pause", nightly)["status"] == "paused"
    assert answered(muster, "task", "resume", nightly)["next_at"]
    assert answered(muster, "task", "copy", nightly, "--name", "B")["status"] == "paused"
    edited = muster(
        "task", "edit", nightly, "--name", "N", "--option", "include-inactive=yes",
        "--grace-hours", 1,
    )  # fmt: skip

    assert edited.code == 0, edited.err
    kept = Task.objects.get(name="N")
    assert (kept.options, kept.grace_hours) == ({"include_inactive": "true"}, 1)


def test_times_that_brought_no_run_are_listed_too(muster, nightly, now):
    task = Task.objects.get()
    Recurrence.objects.create(
        organization=task.organization, task=task, due_at=now, fired_at=now, outcome="missed"
    )

    (missed,) = answered(muster, "task", "runs", nightly)

    assert (missed["status"], missed["id"]) == ("missed", None)
    assert "grace period" in muster("task", "runs", nightly).out


def test_repeated_failure_is_said_loudly(muster, nightly):
    Task.objects.update(failures=4)

    assert "Nightly: FAILED 4 TIMES IN A ROW" in muster("task", "list").err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("add", "--name", "X", "--frequency", "yearly"), "no frequency 'yearly'"),
        (("add", "--name", "X", "--start", "02:30"), "a schedule has no frequency"),
        (("add", "--name", "X", "--option", "filter"), "'filter' is not NAME=VALUE"),
        (("add", "--name", "X", "--option", "filter=id eq"), "Error:"),
        (("add", "--name", "X", "--source", "okta"), "no source named 'okta'"),
        (("add", "--name", "X", "--explorer", "e1"), "no explorer 'e1'"),
        (("add", "--name", "X", "--site", "Mars"), "no site 'Mars'"),
        (("show", "Nothing"), "there is no task 'Nothing'"),
        (("log", "Nightly"), "'Nightly' has no run yet"),
        (("log", "Nightly", "--run", "../x"), "no run '../x'"),
        (("edit", "Nightly", "--option", "x=y"), "no option 'x'"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(muster, nightly, arguments, said):
    ended = muster("task", *arguments)

    assert ended.code == 1
    assert said in ended.err
    assert "Traceback" not in ended.err
    assert not Run.objects.exists()
