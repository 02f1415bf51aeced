"""`muster task`: made, scheduled, run and looked after from a shell."""

import gzip
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
        (("add", "--name", "X", "--explorer", "e1"), "no Explorer 'e1'"),
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


def the_run(muster, nightly):
    assert muster("task", "run", nightly, "--here").code == 0
    (run,) = answered(muster, "task", "runs", nightly)
    return run


def test_the_raw_data_of_a_run_is_written_as_lines_and_replayed(muster, nightly, tmp_path):
    run = the_run(muster, nightly)
    out = tmp_path / "run.ndjson.gz"

    assert muster("task", "data", run["id"], "--gzip", "--out", out).code == 0
    replayed = answered(muster, "task", "replay", run["id"])

    lines = [json.loads(each) for each in gzip.decompress(out.read_bytes()).splitlines()]
    assert len(lines) == run["raw_data"]["records"] > 0
    assert {"asset", "report"} <= {each["type"] for each in lines}
    assert [(each["status"], each["complete"]) for each in replayed] == [("processed", True)]
    assert answered(muster, "task", "runs", nightly)[0]["trigger"] == "replay"


def test_raw_data_is_not_written_over_a_file(muster, nightly, tmp_path):
    run = the_run(muster, nightly)
    (tmp_path / "there").write_text("mine")

    ended = muster("task", "data", run["id"], "--out", tmp_path / "there")

    assert (ended.code, "is there already" in ended.err) == (1, True)
    assert (tmp_path / "there").read_text() == "mine"


@pytest.mark.parametrize("command", ["data", "replay"])
@pytest.mark.parametrize("run", ["nonsense", "00000000-0000-4000-8000-000000000001", "\x1b[31m"])
def test_of_a_run_that_is_not_there_one_sentence_is_said(muster, nightly, command, run):
    ended = muster("task", command, run)

    assert ended.code == 1
    assert "there is no run" in ended.err
    assert "\x1b" not in ended.err


def test_how_far_a_run_is_is_shown_while_it_goes(muster, nightly):
    the_run(muster, nightly)
    progress = {
        "at": "2026-11-25T00:00:00+00:00",
        "acquisition": {
            "assets": {"done": 12000, "total": 20000},
            "memberships": {"done": 7, "total": None},
        },
        "processing": {"assets": 8000},
        "records_per_second": 1234.5,
        "remaining_seconds": 75,
    }
    Run.objects.update(status="scanned", ended_at=None, progress=progress)

    shown = muster("task", "show", nightly).out

    assert "assets: 12,000 of 20,000 collected, 8,000 stored" in shown
    assert "memberships: 7 collected, 0 stored" in shown
    assert "1,234 records a second, about 1:15 left" in shown
    assert "scanned" in shown
