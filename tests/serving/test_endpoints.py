"""What machines ask: that we live, that we can answer, and the figures."""

import pytest
from django.db import connection

from muster.health.checks import Check


def test_the_process_says_that_it_lives_without_a_database(client):
    response = client.get("/healthz")

    assert (response.status_code, response.text) == (200, "ok\n")


def test_every_answer_says_what_a_browser_may_load(client):
    policy = client.get("/healthz").headers["Content-Security-Policy"]

    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


@pytest.mark.django_db
def test_it_is_ready_once_the_database_is_there_and_migrated(client):
    response = client.get("/readyz")

    assert response.status_code == 200
    assert response.json()["ready"] is True


@pytest.mark.django_db
def test_it_is_not_ready_where_a_migration_is_missing(client):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'tasks'")

    response = client.get("/readyz")

    assert response.status_code == 503
    assert response.json()["ready"] is False


@pytest.mark.django_db
def test_figures_are_given_on_this_machine(client):
    response = client.get("/metrics")

    assert response.status_code == 200
    assert 'muster_check_ok{check="database"} 1' in response.text


@pytest.mark.django_db
@pytest.mark.parametrize(
    "sent",
    [
        {"REMOTE_ADDR": "10.0.0.9"},
        {"REMOTE_ADDR": ""},
        {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "10.0.0.9"},
    ],
)
def test_figures_are_not_given_to_the_network(client, sent):
    assert client.get("/metrics", **sent).status_code == 403


@pytest.mark.django_db
def test_a_token_opens_the_figures_from_anywhere(client, settings):
    settings.METRICS_TOKEN = "a secret of ours"

    given = client.get(
        "/metrics", REMOTE_ADDR="10.0.0.9", headers={"Authorization": "Bearer a secret of ours"}
    )
    wrong = client.get("/metrics", headers={"Authorization": "Bearer another"})

    assert (given.status_code, wrong.status_code) == (200, 403)


@pytest.mark.django_db
def test_what_is_missing_is_told_to_who_may_read_figures(client, monkeypatch):
    failed = [Check("database", ok=False, detail="not reached", is_needed=True)]
    monkeypatch.setattr("muster.health.checks.readiness", lambda: failed)

    response = client.get("/metrics")

    assert response.text.splitlines()[-1] == 'muster_check_ok{check="database"} 0'
