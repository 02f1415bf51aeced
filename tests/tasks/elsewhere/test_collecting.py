"""A run on an Explorer: what it brings goes the way of what this server collects."""

import threading

import pytest

from explorers.conftest import END, WHOLE, host, silent, utc_now
from muster.core.records import AssetRecord, CheckpointRecord, Collection
from muster.explorers import editing
from muster.explorers.models import Assignment, Chunk
from muster.runner import wire
from muster.tasks import elsewhere, services
from muster.tasks.models import Run, Status, Trigger
from muster.tasks.queueing import queue
from muster.tasks.worker.executing import MOST_EXPLORERS_LOST

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def connection(monkeypatch):
    """The thread of a test is not the engine's: its connection stays open behind a run."""
    monkeypatch.setattr("muster.tasks.worker.executing.connections.close_all", lambda: None)


PLACE = CheckpointRecord(source="fake", part="all", state={"page": "2"})


class Acting:
    """In place of time: each look at the Explorer lets it act once more."""

    def __init__(self, machine, monkeypatch):
        self.machine = machine
        self.acts = []
        self.is_over = False
        self.stop = threading.Event()
        trouble = elsewhere.CollectingElsewhere._trouble

        def look(collecting):
            found = trouble(collecting)
            if found is None and self.acts:
                self.acts.pop(0)()
            return found

        monkeypatch.setattr(elsewhere.CollectingElsewhere, "_trouble", look)
        monkeypatch.setattr(elsewhere, "_LOOK_UP_SECONDS", 0)

    @property
    def assignment(self):
        return Assignment.objects.latest("pk")

    def claims(self):
        self.acts.append(lambda: self.machine.claim(self.assignment))
        return self

    def sends(self, number, *lines):
        self.acts.append(lambda: self.machine.send(self.assignment, number, *lines))
        return self

    def then(self, act):
        self.acts.append(act)
        return self


@pytest.fixture
def acting(machine, monkeypatch):
    return Acting(machine, monkeypatch)


@pytest.fixture
def run(scope, machine, task_on):
    return services.run(scope, task_on("berlin-1"), at=utc_now())


@pytest.fixture
def done(executor, machine):
    def found(run):
        given = Run.objects.filter(pk=run.pk)
        given.update(explorer=machine.row.uid, released_at=utc_now(), attempt=run.attempt + 1)
        executor.do(str(run.uid))
        run.refresh_from_db()
        return run

    return found


def test_what_an_explorer_brings_is_stored(acting, run, done):
    counted, logged = wire.Counted("requests", 3), wire.LogLine("notice", "half done", {"of": "it"})
    acting.claims().sends(0, host(1), counted, wire.ListEnd())
    acting.sends(1, logged, wire.Advance(Collection.ASSETS, 2, 2), host(2), WHOLE, END)

    done(run)

    assert (run.status, run.is_complete, run.error) == (Status.PROCESSED, True, "")
    assert (run.statistics["assets_new"], run.statistics["requests"]) == (2, 3)
    assert [each.event for each in run.log.all() if each.level == "notice"] == ["half done"]
    assert not Chunk.objects.exists()
    assert acting.assignment.sealed == ""


def test_an_explorer_says_why_it_could_not(acting, run, done):
    said = wire.Ended(message="the directory is closed", hint="Come back.", code="closed")
    acting.claims().sends(0, host(1), said)

    done(run)

    assert (run.status, run.error, run.code) == (Status.ERROR, "the directory is closed", "closed")
    assert not run.is_complete


def test_a_run_that_lost_its_explorer_waits_for_it_and_goes_on_from_its_place(acting, run, done):
    acting.claims().sends(0, host(1), PLACE)
    acting.then(lambda: acting.machine.hello(previous=acting.machine.client.session))
    assert done(run).status == Status.QUEUED

    acting.claims().sends(0, host(2), WHOLE, END)
    done(run)

    assert (run.status, run.is_complete, run.attempt) == (Status.PROCESSED, True, 2)
    assert run.statistics["assets_new"] == 2
    assert Run.objects.count() == 1


def test_a_run_of_which_nothing_was_stored_begins_anew(acting, run, done):
    acting.claims().then(lambda: silent(acting.machine.row))

    done(run)
    done(run)

    again = Run.objects.latest("pk")
    assert (run.status, run.code) == (Status.ERROR, "begins-anew")
    assert (again.status, again.attempt) == (Status.QUEUED, 2)


def test_a_run_that_loses_its_explorer_again_and_again_ends_with_a_sentence(acting, run, done):
    Run.objects.filter(pk=run.pk).update(attempt=MOST_EXPLORERS_LOST - 1)
    run.refresh_from_db()
    acting.claims().then(lambda: silent(acting.machine.row))

    done(run)

    assert (run.status, run.code) == (Status.ERROR, "explorer-lost")
    assert run.error.startswith("the Explorer berlin-1 is gone: not a word for")


def test_an_explorer_that_is_revoked_ends_the_run_with_a_sentence(scope, acting, run, done):
    acting.claims().sends(0, host(1), PLACE)
    acting.then(lambda: editing.revoke(scope, acting.machine.row, at=utc_now()))

    done(run)

    assert (run.status, run.code) == (Status.ERROR, "explorer-revoked")
    assert "was revoked" in run.error


def test_what_cannot_be_read_ends_the_run_with_a_sentence(acting, run, done):
    def sends_nonsense():
        with pytest.raises(Exception, match="no gzip"):
            acting.machine.send(acting.assignment, 0, packed=b"nonsense")

    acting.claims().then(sends_nonsense)

    done(run)

    assert run.status == Status.ERROR
    assert "sent what cannot be read" in run.error


def test_an_explorer_cannot_speak_for_another_source(acting, run, done):
    acting.claims().sends(0, AssetRecord(source="azuread", id="d1", names=("x",)), END)

    done(run)

    assert run.status == Status.ERROR
    assert "asked for 'fake'" in run.error
    assert run.statistics.get("assets_new", 0) == 0


def test_stopping_ends_the_run_and_the_work_of_its_explorer(executor, acting, run, done):
    acting.claims().sends(0, host(1), PLACE).then(lambda: executor.stop({run.uid}))

    done(run)

    assert run.status == Status.STOPPED
    assert acting.machine.poll(str(acting.assignment.uid)).over == [str(acting.assignment.uid)]


def test_what_is_incomplete_expires_nothing(scope, acting, run, done):
    acting.claims().sends(0, host(1), host(2), WHOLE, END)
    done(run)
    second = queue(run.task, Trigger.MANUAL, at=utc_now())

    acting.claims().sends(0, host(1)).sends(1, wire.Ended(message="it broke off"))
    done(second)

    assert second.status == Status.ERROR
    assert second.statistics["assets_gone"] == 0


def test_the_secret_is_nowhere_in_the_rows(acting, run, done):
    acting.claims()
    acting.then(check_no_secret).sends(0, WHOLE, host(1), END)

    done(run)

    assert run.is_complete, run.error


def check_no_secret():
    text = str(list(Assignment.objects.values()))
    assert "sealed" in text
    assert "right" not in text
