import json
import socket

import pytest

from muster.inventory.models import Asset
from muster.simulator.config import ServerConfig
from muster.simulator.demo import demo_server
from muster.simulator.testing import start_in_thread
from muster.tasks.models import Run

pytestmark = pytest.mark.django_db


def state():
    return sorted(Asset.objects.values_list("uid", "name", "source_mask"))


def test_a_sync_fills_the_inventory_and_a_second_one_changes_nothing(muster, credential):
    first = json.loads(muster("entra", "sync", "--json").out)
    before = state()

    second = json.loads(muster("entra", "sync", "--json").out)

    assert (first["status"], first["complete"]) == ("processed", True)
    assert first["statistics"]["assets_new"] == len(before) > 0
    assert first["statistics"]["users_new"] == 40
    assert first["statistics"]["memberships"] > 0
    assert second["statistics"]["assets_new"] == second["statistics"]["assets_changed"] == 0
    assert state() == before


def test_a_sync_shows_its_counts(muster, credential):
    synced = muster("entra", "sync", "--credential", "demo", "--include-inactive")

    assert synced.code == 0
    assert "Assets        60" in synced.out
    assert "processed after" in synced.err


def test_a_filter_imports_what_preview_said(muster, credential):
    wanted = ("--filter", "startswith(operatingSystem, 'Windows')")

    previewed = json.loads(muster("entra", "preview", *wanted, "--json").out)
    synced = json.loads(muster("entra", "sync", *wanted, "--json").out)

    assert 0 < previewed["importable"] == synced["statistics"]["assets_new"] < 60


@pytest.mark.parametrize("command", ["sync", "preview"])
def test_a_filter_with_a_mistake_is_pointed_at_before_anything_is_sent(
    muster, credential, tenant, command
):
    tenant.forget_requests()

    ended = muster("entra", command, "--filter", "startswith(displayName, 'PROD'")

    assert ended.code == 1
    assert "  startswith(displayName, 'PROD'\n" in ended.err
    assert "^" in ended.err
    assert tenant.requests() == []
    assert not Run.objects.exists()


@pytest.mark.parametrize(
    ("option", "said"),
    [
        (("--inactive-after-days", "3"), "inactive_after_days is 3"),
        (("--inactive-after-days", "soon"), "inactive_after_days"),
        (("--site", "Nowhere"), "no site 'Nowhere'"),
        (("--credential", "None"), "no credential 'None'"),
    ],
)
def test_a_bad_option_is_one_clear_message(muster, credential, option, said):
    ended = muster("entra", "sync", *option)

    assert ended.code == 1
    assert said in ended.err
    assert state() == []


def test_without_a_credential_the_way_to_one_is_told(muster, tenant):
    ended = muster("entra", "sync")

    assert ended.code == 1
    assert "muster credential add" in ended.err


def test_an_unreachable_host_is_one_clear_message(muster, credential, settings):
    muster("entra", "sync")
    before = state()
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    settings.ENDPOINTS = {"login": f"http://127.0.0.1:{port}", "graph": f"http://127.0.0.1:{port}"}

    ended = muster("entra", "sync")

    assert ended.code == 1
    assert "no connection to 127.0.0.1" in ended.err
    assert state() == before


def test_an_untrusted_certificate_is_one_clear_message(muster, credential, settings, tmp_path):
    config = demo_server()
    with start_in_thread(
        ServerConfig(tenants=config.tenants, tls_folder=str(tmp_path / "tls"))
    ) as secured:
        settings.ENDPOINTS = {"login": secured.url, "graph": secured.url}

        ended = muster("entra", "sync")

    assert ended.code == 1
    assert "is not trusted" in ended.err
    assert "SSL_CERT_FILE" in ended.err


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "truncated_body"},
        {"kind": "malformed_json"},
        {"kind": "html"},
        {"kind": "drop"},
        {"kind": "throttled", "retry_after": "1"},
        {"kind": "status", "status": 503},
        {"kind": "forbidden"},
    ],
)
def test_a_broken_answer_is_an_incomplete_sync_that_loses_nothing(
    muster, credential, tenant, fault
):
    muster("entra", "sync")
    before = state()
    tenant.add_faults({"path": "/v1.0/devices", "times": None, **fault})

    ended = muster("entra", "sync", "--full", "--json")

    assert ended.code == 1
    assert json.loads(ended.out)["complete"] is False
    assert "Error: incomplete: assets" in ended.err
    assert state() == before


def test_an_empty_tenant_is_one_clear_message_that_loses_nothing(
    muster, credential, tenant, settings
):
    from dataclasses import replace

    from muster.simulator.demo import demo_tenant

    muster("entra", "sync")
    before = state()
    empty = replace(demo_tenant(devices=0, users=0, groups=0))
    with start_in_thread(demo_server(empty)) as nothing:
        settings.ENDPOINTS = {"login": nothing.url, "graph": nothing.url}

        ended = muster("entra", "sync")

    assert ended.code == 1
    assert "holds nothing at all" in ended.err
    assert state() == before


def test_ctrl_c_keeps_whole_pages_and_says_so(muster, credential, monkeypatch):
    from muster.inventory.ingest import Ingestion

    take = Ingestion.take

    def take_then_interrupt(self, records, **given):
        take(self, records, **given)
        raise KeyboardInterrupt

    monkeypatch.setattr(Ingestion, "take", take_then_interrupt)

    ended = muster("entra", "sync")

    assert ended.code == 130
    assert "Stopped. What was stored in whole pages before is kept." in ended.err
    assert Run.objects.get().status == "stopped"


def test_doctor_names_what_is_missing_with_its_fix(muster, credential):
    ended = muster("entra", "doctor", "--json")

    findings = json.loads(ended.out)["findings"]
    assert ended.code == 0
    assert any(each["name"] == "read devices" and each["ok"] for each in findings)
    assert all(each["fix"] for each in findings if not each["ok"])
