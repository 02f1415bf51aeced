"""Operations over the whole installation."""

from uuid import uuid4

import orjson
import pytest

from api.conftest import Program, text, whole
from muster.accounts.models import Account
from muster.core.source import CredentialType
from muster.inventory.models import Asset, AttributeKey
from muster.notices.models import Event
from muster.organizations.models import Organization

pytestmark = pytest.mark.django_db


def test_an_organization_goes_with_all_that_is_in_it(account, filled, other_scope):
    theirs = str(filled.organization.uid)

    assert account.delete(f"/account/orgs/{theirs}").status_code == 204

    assert [each["name"] for each in account.json("/account/orgs")] == ["Other"]
    assert Asset.objects.filter(organization_id=filled.organization_id).count() == 0
    assert AttributeKey.objects.filter(organization_id=filled.organization_id).count() == 0
    assert account.get(f"/account/orgs/{theirs}").status_code == 404


def test_the_last_organization_comes_back_empty(account, scope):
    assert account.delete(f"/account/orgs/{scope.organization.uid}").status_code == 204

    left = Organization.objects.get()
    assert (left.name, left.uid == scope.organization.uid) == ("Default", False)


def test_an_organization_that_cannot_be_as_given_is_not_made(account, scope):
    refused = account.put("/account/orgs", {"name": "New", "expiration_scans": "x"})

    assert refused.status_code == 400
    assert len(account.json("/account/orgs")) == 1
    assert account.put("/account/orgs", {"name": " "}).status_code == 400
    assert account.put("/account/orgs", {"parent_id": str(uuid4()), "name": "x"}).status_code == 400


def test_keys_are_made_listed_renewed_and_removed(account, scope):
    made = whole(
        account.put(
            "/account/keys", {"comment": "splunk", "organization_id": str(scope.organization.uid)}
        )
    )
    path = f"/account/keys/{made['id']}"

    assert Program(made["token"]).get("/org").status_code == 200
    assert account.json(path)["token"] == ""
    assert made["id"] in {each["id"] for each in account.json("/account/keys")}
    renewed = whole(account.patch(f"{path}/rotate", {}))
    assert Program(made["token"]).get("/org").status_code == 401
    assert Program(renewed["token"]).get("/org").status_code == 200
    assert account.delete(path).status_code == 204
    assert account.get(path).status_code == 404
    assert whole(account.put("/account/keys", {}))["token"].startswith("CT")


def test_export_tokens_are_made_listed_renewed_and_removed(account, scope):
    path = f"/account/orgs/{scope.organization.uid}/exportTokens"
    made = whole(account.post(path, {"comment": "siem"}))

    assert made["token"].startswith("ET")
    assert [each["token"] for each in account.json(path)] == [""]
    assert account.json(f"{path}/{made['id']}")["comment"] == "siem"
    renewed = whole(account.patch(f"{path}/{made['id']}/rotate", {}))
    assert renewed["token"] != made["token"]
    latest = whole(account.patch(f"/account/orgs/{scope.organization.uid}/exportToken/rotate", {}))
    assert latest["id"] == made["id"]
    assert account.delete(f"{path}/{made['id']}").status_code == 204
    assert account.json(path) == []
    account.post(path, {})
    assert account.delete(path.removesuffix("s")).status_code == 204
    assert account.json(path) == []


def test_events_are_listed_page_by_page_and_line_by_line(account, scope):
    for number in range(3):
        account.put("/account/keys", {"comment": f"key {number}"})
    events = account.json("/account/events.json")
    paged, key = [], ""
    for _page in events:
        page = account.json("/account/events.json", page_size="1", start_key=key)
        paged += page["events"]
        key = page["next_key"]

    assert paged == events
    assert key == ""
    assert events[0]["target_name"] == "key 2"
    lines = text(account.get("/account/events.jsonl", search="key 1", fields="action")).splitlines()
    assert [orjson.loads(each) for each in lines] == [{"action": "token-created"}]
    assert account.get("/account/events.json", start_key="x").status_code == 400
    assert account.get("/account/events.json", fields="nonsense").status_code == 400
    assert Event.objects.count() == len(events)


def test_a_credential_never_shows_its_secret(account, scope, monkeypatch):
    given = {
        "name": "Prod",
        "type": "example_password",
        "secret": {"nonsense": "hunter2-hunter2"},
    }
    refused = account.put("/account/credentials", given)

    assert refused.status_code == 400
    assert "hunter2" not in text(refused)
    assert CredentialType is not None


def test_the_license_has_no_end(account, filled):
    told = account.json("/account/license")

    assert told["license_type"] == "Apache-2.0, unlimited"
    assert told["license_live_asset_count"] == 2


def test_versions_and_health_are_open_to_all(scope):
    nobody = Program("")

    for what in ("agent", "scanner", "platform"):
        assert nobody.json(f"/releases/{what}/version")["version"]
    assert nobody.json("/health")["status"] == "ok"


def test_sources_have_names(org):
    assert org.json("/metadata")["Sources"]["16"] == "AzureAD"


def test_ownership_types_are_made_changed_and_removed(account, scope):
    path = "/account/assets/ownership-types"
    first, second = whole(account.post(path, [{"name": "IT"}, {"name": "Business", "order": 2}]))

    assert account.post(path, [{"name": "it"}]).status_code == 400
    changed = whole(account.put(path, [{"id": first["id"], "name": "Tech", "hidden": True}]))
    assert changed[0]["hidden"] is True
    patched = whole(account.patch(f"{path}/{second['id']}", {"reference": 1}))
    assert patched["reference"] == 1
    assert account.patch(f"{path}/{uuid4()}", {}).status_code == 404
    assert [each["name"] for each in whole(account.delete(path, [first["id"]]))] == ["Business"]
    assert whole(account.delete(f"{path}/{second['id']}")) == []


def test_all_sites_and_tasks_are_listed(account, scope, other_scope):
    assert len(account.json("/account/sites")) == 2
    assert account.json("/account/tasks") == []
    assert account.json("/account/agents") == []
    assert Account.objects.count() == 0
