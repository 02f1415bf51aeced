from datetime import timedelta

import pytest

from muster.core.records import Collection
from muster.core.source import SilentProgress
from muster.tasks.models import Run, RunLog, Status
from muster.tasks.recording import HEARTBEAT, MOST_LINES, Recorder

pytestmark = pytest.mark.django_db


class Clock:
    def __init__(self, now):
        self.now = now

    def __call__(self):
        return self.now


class Watcher(SilentProgress):
    def __init__(self):
        super().__init__()
        self.seen = []

    def advance(self, collection, done, total=None):
        self.seen.append((collection, done, total))

    def log(self, level, event, **fields):
        self.seen.append((level, event, fields))


@pytest.fixture
def clock(now):
    return Clock(now)


@pytest.fixture
def run(scope, task, now):
    return Run.objects.create(
        organization=scope.organization,
        task=task,
        status=Status.ACTIVE,
        started_at=now,
        heartbeat_at=now,
        host="here",
        pid=1,
    )


def recorder(run, clock, watcher=None):
    return Recorder(run, watcher=watcher or Watcher(), clock=clock, secrets=["hunter22", ""])


def test_lines_are_kept_and_passed_on_without_secrets(run, clock):
    watcher = Watcher()
    recording = recorder(run, clock, watcher)

    recording.log("warning", "said hunter22", answer="hunter22!", tries=3, gone=None)
    recording.flush()

    clean = {"answer": "[hidden]!", "tries": 3, "gone": None}
    kept = RunLog.objects.get()
    assert (kept.level, kept.event, kept.fields) == ("warning", "said [hidden]", clean)
    assert watcher.seen == [("warning", "said [hidden]", clean)]


def test_progress_and_counts_are_passed_on(run, clock):
    watcher = Watcher()
    recording = recorder(run, clock, watcher)

    recording.advance(Collection.USERS, 3, 9)
    recording.count("requests")
    recording.count("requests", 2)

    assert watcher.seen == [(Collection.USERS, 3, 9)]
    assert recording.counts == watcher.counts == {"requests": 3}


def test_nothing_touches_the_database_before_a_flush(run, clock, django_assert_num_queries):
    recording = recorder(run, clock)

    with django_assert_num_queries(0):
        recording.log("info", "x")
        recording.flush_now_and_then()


def test_a_heartbeat_comes_with_the_first_page_after_a_while(run, clock):
    recording = recorder(run, clock)
    recording.log("info", "x")
    clock.now += HEARTBEAT + timedelta(seconds=1)

    recording.flush_now_and_then()

    run.refresh_from_db()
    assert run.heartbeat_at == clock.now
    assert RunLog.objects.count() == 1


def test_a_run_that_never_stops_talking_is_cut(run, clock, monkeypatch):
    monkeypatch.setattr("muster.tasks.recording.MOST_LINES", 5)
    recording = recorder(run, clock)

    for number in range(8):
        recording.log("debug", f"line {number}")
    recording.flush()

    assert MOST_LINES > 5
    assert RunLog.objects.count() == 5


def test_texts_that_no_database_takes_are_made_fit(run, clock):
    recording = recorder(run, clock)

    recording.log("a level too long", "\ud800\0" + "x" * 1000, text="a\0b\udfff" + "y" * 5000)
    recording.flush()

    kept = RunLog.objects.get()
    assert (len(kept.event), len(kept.fields["text"])) == (300, 2000)
    assert kept.fields["text"].startswith("ab?y")
