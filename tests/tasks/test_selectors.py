"""Tasks as a searchable inventory, each with its latest run."""

from datetime import timedelta

import pytest

from muster.credentials.models import Credential
from muster.organizations.services import create_site
from muster.query.listing import matching
from muster.tasks.models import Run, Status, Task
from muster.tasks.selectors import task_entries

pytestmark = pytest.mark.django_db


def run(task, at, status=Status.PROCESSED, **more):
    return Run.objects.create(
        organization=task.organization,
        task=task,
        status=status,
        started_at=at,
        ended_at=None if status == Status.ACTIVE else at + timedelta(minutes=1),
        heartbeat_at=at,
        host="here",
        pid=1,
        **more,
    )


@pytest.fixture
def tasks(scope, task, now):
    """A connector that failed after it went well, an import that goes on, one that never ran."""
    berlin = create_site(scope, "Berlin", at=now)
    importing = Task.objects.create(
        organization=scope.organization,
        name="Import into Berlin",
        site=berlin,
        source="import",
        created_at=now - timedelta(days=9),
    )
    Task.objects.create(
        organization=scope.organization,
        name="Idle",
        description="waits",
        site=berlin,
        source="azuread",
        created_at=now,
    )
    run(task, now - timedelta(days=3), is_complete=True)
    run(task, now - timedelta(hours=1), Status.ERROR, error="throttled", hint="Wait.")
    run(importing, now, Status.ACTIVE)


def names(scope, text, now):
    found = matching(task_entries(scope), text, inventory="tasks", now=now)
    return [each.fields["name"] for each in found]


FAKE, IMPORT, IDLE = "Fake: Fake", "Import into Berlin", "Idle"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", [FAKE, IMPORT, IDLE]),
        ("type:connector", [FAKE, IDLE]),
        ("type:IMPORT status:Active", [IMPORT]),
        ("type:scan status:active recur:true", []),
        ("recur:f type:import", [IMPORT]),
        ("status:error", [FAKE]),
        ("status:processed", []),
        ("status:new", [IDLE]),
        ("complete:t", []),
        ("error:throttled", [FAKE]),
        ("error:wait", [FAKE]),
        ("has:error", [FAKE]),
        ("trigger:manual", [FAKE, IMPORT]),
        ("site:berlin", [IMPORT, IDLE]),
        ("source:azuread", [IDLE]),
        ('integration:"Fake"', [FAKE]),
        ("credential:fake", [FAKE]),
        ("credential.type:fake_token credential.verified:t", [FAKE]),
        ("credential:= type:connector", [IDLE]),
        ("has:credential", [FAKE]),
        ("explorer:anything OR has:explorer", []),
        ("started_at:<1day", [FAKE, IMPORT]),
        ("last_run:=0", [IDLE]),
        ("ended_at:<1day", [FAKE]),
        ("created_at:>1week", [IMPORT]),
        ("description:waits", [IDLE]),
        ("throttled", [FAKE]),
    ],
)
def test_tasks_are_found_by_each_of_their_keywords(scope, tasks, now, text, found):
    assert names(scope, text, now) == found


def test_a_task_is_found_by_the_id_of_its_credential(scope, tasks, credential, now):
    assert names(scope, f"credential_id:{credential.uid}", now) == [FAKE]


def test_a_row_tells_how_the_latest_run_ended(scope, tasks, now):
    (row,) = (each.fields for each in task_entries(scope) if each.fields["name"] == FAKE)

    assert row["status"] == "error"
    assert row["error"] == "throttled"
    assert row["complete"] is False
    assert row["started_at"] == now - timedelta(hours=1)
    assert row["credential"] == "Fake"


def test_tasks_of_another_organization_are_not_there(scope, other_scope, tasks, now):
    assert names(other_scope, "", now) == []


def test_a_credential_that_is_shared_no_more_is_not_told(scope, other_scope, tasks, task, now):
    Credential.objects.filter(pk=task.credential_id).update(organization=other_scope.organization)

    (row,) = (each.fields for each in task_entries(scope) if each.fields["name"] == FAKE)
    assert row["credential"] == ""
    assert names(scope, "credential:fake", now) == []


def test_tasks_are_read_in_four_statements(scope, tasks, django_assert_num_queries):
    with django_assert_num_queries(4):
        assert len(task_entries(scope)) == 3
