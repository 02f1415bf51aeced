import threading
from datetime import UTC, datetime

import pytest

from muster.core.errors import ConfigError, StoppedError, UnavailableError
from muster.core.records import Collection, CollectionReport
from muster.runner import Plan, Step, run
from muster.runner.collecting import RECORDS_AT_ONCE
from runner.sources import WHOLE, Scripted, asset, report


def run_one(source, emit=None, **given):
    batches = []
    reports = run(
        Plan((Step("scripted", secret={"key": "hush-hush"}),)),
        emit or (lambda records: batches.append(list(records))),
        find=lambda _: source,
        **given,
    )
    return reports[0], batches


def flat(batches):
    return [each for batch in batches for each in batch]


def test_records_come_in_order_and_in_bounded_lists():
    assets = [asset(number) for number in range(2 * RECORDS_AT_ONCE + 1)]

    outcome, batches = run_one(Scripted(*assets, *WHOLE))

    assert flat(batches) == [*assets, *WHOLE]
    assert max(map(len, batches)) == RECORDS_AT_ONCE
    assert outcome.complete
    assert outcome.records == len(assets)
    assert outcome.error == ""


def test_a_source_that_fails_keeps_what_it_said_and_is_incomplete():
    error = UnavailableError("Graph is away", hint="try later", code="503")

    outcome, batches = run_one(Scripted(asset(1), report(Collection.ASSETS), asset(2), error))

    assert (outcome.complete, outcome.error, outcome.hint, outcome.code) == (
        False,
        "Graph is away",
        "try later",
        "503",
    )
    assert flat(batches)[:3] == [asset(1), report(Collection.ASSETS), asset(2)]


def test_the_collections_a_failed_source_did_not_report_are_added_as_incomplete():
    _, batches = run_one(Scripted(asset(1), report(Collection.ASSETS), UnavailableError("gone")))

    added = flat(batches)[-1]
    assert isinstance(added, CollectionReport)
    assert (added.collection, added.complete, added.error) == (Collection.USERS, False, "gone")


def test_a_collection_that_is_not_mentioned_is_not_complete():
    outcome, _ = run_one(Scripted(asset(1), report(Collection.ASSETS)))

    assert not outcome.complete
    assert "did not say" in outcome.error


def test_an_incomplete_collection_makes_the_step_incomplete_with_its_error():
    users = report(Collection.USERS, complete=False, error="403")

    outcome, _ = run_one(Scripted(report(Collection.ASSETS), users))

    assert (outcome.complete, outcome.error) == (False, "403")
    assert outcome.collections == (report(Collection.ASSETS), users)


def test_a_defect_is_told_without_secrets_and_logged(caplog):
    outcome, _ = run_one(Scripted(KeyError("no hush-hush here")))

    assert not outcome.complete
    assert "KeyError" in outcome.error
    assert "hush-hush" not in outcome.error
    assert caplog.records[0].exc_info


def test_an_error_message_with_a_secret_in_it_is_redacted():
    outcome, _ = run_one(Scripted(ConfigError("bad key hush-hush")))

    assert outcome.error == "bad key [hidden]"


def test_stopping_ends_an_endless_source_and_says_so():
    stop = threading.Event()
    source = Scripted(asset(1), report(Collection.ASSETS), is_endless=True)
    seen = []

    def emit(records):
        seen.extend(records)
        stop.set()

    outcome, _ = run_one(source, emit, stop=stop)

    assert outcome.is_stopped
    assert not outcome.complete
    assert source.was_left
    assert [each.complete for each in outcome.collections] == [True, False]
    assert seen[-1].error == "it was stopped before it ended"


def ended():
    """Wait until the source has told all."""
    for each in threading.enumerate():
        if each.name.startswith("collect "):
            each.join(60)


def test_what_was_collected_and_not_handed_on_before_a_stop_makes_it_stopped():
    stop, seen = threading.Event(), []

    def emit(records):
        seen.extend(records)
        ended()
        stop.set()

    outcome, _ = run_one(Scripted(asset(1), *WHOLE), emit, stop=stop)

    assert (outcome.is_stopped, outcome.complete) == (True, False)
    assert seen[1:] == [report(Collection.ASSETS), seen[-1]]
    assert (seen[-1].collection, seen[-1].complete) == (Collection.USERS, False)


def test_a_list_that_is_dropped_for_a_stop_does_not_count():
    stop, seen = threading.Event(), []

    def emit(records):
        if stop.is_set():
            seen.extend(records)
            return
        stop.set()
        raise StoppedError

    outcome, _ = run_one(Scripted(asset(1), *WHOLE), emit, stop=stop)

    assert (outcome.is_stopped, outcome.complete, outcome.records) == (True, False, 0)
    assert [(each.collection, each.complete) for each in seen] == [
        (Collection.ASSETS, False),
        (Collection.USERS, False),
    ]


def test_that_all_is_collected_is_told_once_before_the_last_is_handed_over():
    told = []

    def emit(records):
        ended()
        told.extend(records)

    run_one(Scripted(asset(1), *WHOLE), emit, collected=lambda: told.append("collected"))

    assert told == [asset(1), report(Collection.ASSETS), "collected", report(Collection.USERS)]


def test_who_has_nothing_to_hand_over_is_idle_and_may_stop():
    stop = threading.Event()

    outcome, _ = run_one(Scripted(asset(1), is_endless=True), idle=stop.set, stop=stop)

    assert outcome.is_stopped


def test_a_stop_before_the_start_runs_nothing():
    stop = threading.Event()
    stop.set()
    source = Scripted(asset(1), *WHOLE)

    outcome, batches = run_one(source, stop=stop)

    assert outcome.is_stopped
    assert [each.complete for each in flat(batches)] == [False, False]
    assert not source.was_left


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_what_emit_raises_stops_the_source_and_rises(error):
    source = Scripted(asset(1), report(Collection.ASSETS), is_endless=True)

    def emit(records):
        raise error

    with pytest.raises(type(error)):
        run_one(source, emit)
    assert source.was_left


def test_a_slow_reader_holds_the_source_back():
    assets = [asset(number) for number in range(50_000)]
    yielded = []

    class Counting(Scripted):
        async def collect(self, context):
            async for each in super().collect(context):
                yielded.append(each)
                yield each

    ahead = []
    received = []

    def emit(records):
        received.extend(records)
        ahead.append(len(yielded) - len(received))

    run_one(Counting(*assets, *WHOLE), emit)

    assert max(ahead) <= 4 * RECORDS_AT_ONCE


def test_an_unknown_source_is_an_error_of_its_step_only():
    plan = Plan((Step("nowhere"), Step("example")))

    reports = run(plan, lambda _: None)

    assert [each.complete for each in reports] == [False, True]
    assert "there is no source named 'nowhere'" in reports[0].error


def test_the_context_carries_the_step():
    contexts = []

    class Looking(Scripted):
        async def collect(self, context):
            contexts.append(context)
            for each in WHOLE:
                yield each

    instant = datetime(2026, 11, 23, tzinfo=UTC)
    step = Step("s", options={"a": "b"}, secret={"key": "k"}, endpoints={"graph": "http://x"})

    run(Plan((step,)), lambda _: None, find=lambda _: Looking(), now=lambda: instant)

    assert contexts[0].options == {"a": "b"}
    assert contexts[0].secret == {"key": "k"}
    assert contexts[0].endpoints == {"graph": "http://x"}
    assert contexts[0].now == instant


def test_a_plan_does_not_print_its_secrets():
    assert "hush" not in repr(Plan((Step("s", secret={"key": "hush-hush"}),)))
