import threading
from datetime import UTC, datetime, timedelta

import pytest

from muster.core.errors import AuthError, ConfigError, UnavailableError
from muster.core.records import Collection, CollectionReport
from muster.inventory.models import Asset
from muster.organizations.services import create_site
from muster.tasks.connectors import connector_task, run_now
from muster.tasks.liveness import this_host
from muster.tasks.models import Run, Status, Task
from muster.tasks.runs import raise_if_failed
from tasks.conftest import WHOLE, host

pytestmark = pytest.mark.django_db


def names():
    return sorted(Asset.objects.values_list("name", flat=True))


def test_a_run_stores_what_the_source_says_and_counts_it(scope, task, watcher):
    run = run_now(scope, task, watcher=watcher)

    assert run.status == Status.PROCESSED
    assert run.is_complete
    assert run.statistics["assets_new"] == 2
    assert run.statistics["requests"] == 3
    assert Run.objects.get().ended_at is not None
    assert len(names()) == 2


def test_a_second_run_of_the_same_records_changes_nothing(scope, task, watcher):
    run_now(scope, task, watcher=watcher)

    run = run_now(scope, task, watcher=watcher)

    assert (run.statistics["assets_new"], run.statistics["assets_unchanged"]) == (0, 2)


def test_a_source_that_breaks_off_is_an_incomplete_run_that_loses_nothing(
    scope, task, source, watcher
):
    run_now(scope, task, watcher=watcher)
    source.records = [host(3)]
    source.error = UnavailableError("no connection to here", hint="Check the network.")

    run = run_now(scope, task, watcher=watcher)

    assert run.status == Status.ERROR
    assert not run.is_complete
    assert "no connection to here" in run.error
    assert "Check the network." in run.hint
    assert len(names()) == 3
    with pytest.raises(UnavailableError, match="no connection"):
        raise_if_failed(run)


def test_an_incomplete_collection_is_named_with_its_reason(scope, task, source, watcher):
    refused = CollectionReport(
        source="fake", collection=Collection.ASSETS, complete=False, error="403", hint="Consent."
    )
    source.records = [host(1), refused]

    run = run_now(scope, task, watcher=watcher)

    assert run.status == Status.ERROR
    assert "403" in run.error
    assert "Consent." in run.hint


def test_a_refused_credential_fails_the_run_and_keeps_the_inventory(scope, task, source, watcher):
    run_now(scope, task, watcher=watcher)
    source.records, source.error = [], AuthError("the secret expired", hint="Make a new one.")

    run = run_now(scope, task, watcher=watcher)

    assert run.status == Status.ERROR
    assert "the secret expired" in run.error
    assert run.hint.startswith("Make a new one.")
    assert len(names()) == 2


def test_a_defect_of_a_source_fails_the_run_in_a_sentence_without_secrets(
    scope, task, source, watcher
):
    source.error = ValueError("unexpected right here")

    run = run_now(scope, task, watcher=watcher)

    assert run.status == Status.ERROR
    assert "right" not in run.error


def test_ctrl_c_stops_the_run_and_keeps_whole_pages(scope, task, watcher, monkeypatch):
    from muster.inventory.ingest import Ingestion

    take = Ingestion.take

    def take_then_interrupt(self, records, **given):
        take(self, records, **given)
        raise KeyboardInterrupt

    monkeypatch.setattr(Ingestion, "take", take_then_interrupt)

    with pytest.raises(KeyboardInterrupt):
        run_now(scope, task, watcher=watcher)

    assert Run.objects.get().status == Status.STOPPED
    assert len(names()) == 2


def test_a_run_told_to_stop_says_so(scope, task, watcher):
    stop = threading.Event()
    stop.set()

    run = run_now(scope, task, watcher=watcher, stop=stop)

    assert run.status == Status.STOPPED
    assert not run.is_complete


def test_a_failing_database_fails_the_run_and_rises(scope, task, watcher, monkeypatch):
    def refuse(self, records, **given):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("muster.inventory.ingest.Ingestion.take", refuse)

    with pytest.raises(OSError, match="No space left"):
        run_now(scope, task, watcher=watcher)

    assert Run.objects.get().status == Status.ERROR


def test_the_secret_is_in_no_row_of_the_run(scope, task, watcher):
    run = run_now(scope, task, watcher=watcher)

    lines = [(line.event, line.fields) for line in run.log.all()]

    assert lines == [("collecting", {"token": "[hidden]"})]
    assert "right" not in repr(Run.objects.values())
    assert "right" not in repr(Task.objects.values())


def test_two_runs_of_one_task_at_once_are_refused(scope, task, watcher):
    active(scope, task)

    with pytest.raises(ConfigError, match="is running already"):
        run_now(scope, task, watcher=watcher)


@pytest.mark.parametrize(
    "gone",
    [
        {"pid": 2**22 + 1},
        {"heartbeat_at": datetime(2026, 1, 1, tzinfo=UTC)},
        {"heartbeat_at": datetime(2026, 1, 1, tzinfo=UTC), "host": "elsewhere"},
    ],
)
def test_a_run_whose_process_is_gone_is_ended_at_the_next_start(scope, task, watcher, gone):
    lost = active(scope, task, **gone)

    run = run_now(scope, task, watcher=watcher)

    lost.refresh_from_db()
    assert lost.status == Status.ERROR
    assert "ended before it was done" in lost.error
    assert run.status == Status.PROCESSED


def test_a_run_on_another_machine_with_a_fresh_heartbeat_is_left_alone(scope, task, watcher):
    active(scope, task, host="elsewhere", pid=2**22 + 1)

    with pytest.raises(ConfigError, match="is running already"):
        run_now(scope, task, watcher=watcher)


def active(scope, task, **fields):
    import os

    now = datetime.now(UTC)
    given = {"heartbeat_at": now, "host": this_host(), "pid": os.getpid(), **fields}
    return Run.objects.create(
        organization=scope.organization,
        task=task,
        status=Status.ACTIVE,
        started_at=now - timedelta(minutes=5),
        **given,
    )


def test_one_task_per_credential_takes_the_latest_settings(scope, task, credential, now):
    site = create_site(scope, "HQ", at=now)

    again = connector_task(
        scope, "fake", credential=credential, site=site, options={"filter": "x"}, at=now
    )

    assert again.pk == task.pk
    assert (again.site, again.options) == (site, {"filter": "x"})


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"fliter": "x"}, "no option 'fliter'"),
        ({"exclude_unknown": "maybe"}, "'exclude_unknown' is 'maybe'"),
    ],
)
def test_a_bad_option_is_refused_and_named(scope, credential, now, options, message):
    with pytest.raises(ConfigError, match=message):
        connector_task(
            scope, "fake", credential=credential, site=scope.site(), options=options, at=now
        )


def test_a_task_whose_credential_was_removed_says_so(scope, task, credential, watcher):
    credential.delete()
    task.refresh_from_db()

    with pytest.raises(ConfigError, match="has no credential any more"):
        run_now(scope, task, watcher=watcher)


def test_unknown_assets_are_left_out_on_request(scope, credential, watcher, now):
    task = connector_task(
        scope,
        "fake",
        credential=credential,
        site=scope.site(),
        options={"exclude_unknown": "yes"},
        at=now,
    )

    run = run_now(scope, task, watcher=watcher)

    assert run.statistics["assets_excluded"] == 2
    assert names() == []


def test_what_a_whole_run_no_longer_sees_is_gone_afterwards(scope, task, source, watcher):
    run_now(scope, task, watcher=watcher)
    source.records = [host(1), WHOLE]

    run = run_now(scope, task, watcher=watcher)

    assert run.statistics["assets_gone"] == 1


def test_a_source_without_a_single_record_expires_nothing(scope, task, source, watcher):
    run_now(scope, task, watcher=watcher)
    source.records = [WHOLE]

    run = run_now(scope, task, watcher=watcher)

    assert run.status == Status.ERROR
    assert "holds nothing at all: no assets" in run.error
    assert run.statistics["assets_gone"] == 0
    assert len(names()) == 2


def test_reports_before_the_first_record_still_count(scope, task, source, watcher):
    run_now(scope, task, watcher=watcher)
    users = CollectionReport(source="fake", collection=Collection.USERS, complete=True)
    source.records = [users, host(1), WHOLE]

    run = run_now(scope, task, watcher=watcher)

    assert run.is_complete
    assert run.statistics["assets_gone"] == 1
