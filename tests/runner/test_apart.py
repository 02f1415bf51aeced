"""Collecting in a process of its own, with the source that anybody has: the example."""

import json
import os
import signal
import threading

import pytest

from muster.core.records import AssetRecord, Collection, CollectionReport
from muster.core.source import Context, SilentProgress
from muster.runner import Plan, Step, run
from muster.runner.apart import CollectingApart

MANY = 20_000


class Remembering(SilentProgress):
    def __init__(self):
        super().__init__()
        self.advanced = []
        self.logged = []

    def advance(self, collection, done, total=None):
        self.advanced.append((collection, done, total))

    def log(self, level, event, **fields):
        self.logged.append((level, event))


@pytest.fixture
def devices(tmp_path):
    def write(count, *, broken=0):
        listed = [{"id": f"d{number}", "name": f"host-{number}"} for number in range(count)]
        path = tmp_path / "devices.json"
        path.write_text(json.dumps({"devices": [*listed, *[{"id": "x"}] * broken]}))
        return {"file": str(path)}

    return write


def run_apart(endpoints, *, is_apart=True, **given):
    batches = []
    step = Step("example", endpoints=endpoints)
    outcome = run(
        Plan((step,)), lambda records: batches.append(list(records)), is_apart=is_apart, **given
    )
    return outcome[0], batches


def flat(batches):
    return [each for batch in batches for each in batch]


def test_apart_and_here_collect_the_same(devices):
    endpoints = devices(50)

    outcome, batches = run_apart(endpoints)
    expected, expected_batches = run_apart(endpoints, is_apart=False)

    assert flat(batches) == flat(expected_batches)
    assert outcome == expected


def test_many_records_come_in_order_and_in_bounded_lists(devices, monkeypatch):
    monkeypatch.setattr("muster.runner.apart.BYTES_TOGETHER", 1)
    outcome, batches = run_apart(devices(MANY))

    ids = [each.id for each in flat(batches) if isinstance(each, AssetRecord)]
    assert ids == [f"d{number}" for number in range(MANY)]
    assert len(batches) > 1
    assert outcome.complete


def test_progress_and_log_cross_the_border(devices):
    progress = Remembering()

    run_apart(devices(3, broken=1), progress=progress)

    assert progress.advanced[-1] == (Collection.ASSETS, 3, None)
    assert [level for level, _ in progress.logged] == ["warning"]


def test_a_failure_keeps_its_sentence_and_its_hint(tmp_path):
    path = tmp_path / "devices.json"
    path.write_text("[]")

    outcome, batches = run_apart({"file": str(path)})

    assert (outcome.complete, outcome.error, outcome.hint) == (
        False,
        "devices.json holds no list of devices",
        "See README.md.",
    )
    assert [each.complete for each in flat(batches)] == [False]


def test_a_process_that_is_killed_leaves_an_incomplete_run(devices):
    endpoints = devices(2 * MANY)
    context = Context(endpoints=endpoints)
    collecting = CollectingApart("example", context)
    lists = collecting.lists(threading.Event())
    next(lists)

    os.kill(collecting._process.pid, signal.SIGKILL)
    rest = flat(lists)
    collecting.close()

    assert not any(isinstance(each, CollectionReport) for each in rest)
    assert "signal 9" in str(collecting.error)


def test_stopping_ends_the_process(devices):
    stop = threading.Event()
    collecting = CollectingApart("example", Context(endpoints=devices(2 * MANY)))
    lists = collecting.lists(stop)
    next(lists)

    stop.set()
    list(lists)
    collecting.close()

    assert collecting._process.poll() is not None


def test_secrets_are_in_neither_arguments_nor_environment(devices):
    context = Context(endpoints=devices(1), secret={"key": "hush-hush"})
    collecting = CollectingApart("example", context)

    arguments = collecting._process.args
    list(collecting.lists(threading.Event()))
    collecting.close()

    assert "hush-hush" not in " ".join(arguments)
    assert "hush-hush" not in os.environ.values()
