"""What only Muster has: why, since when, and what would be."""

import pytest

from api.conftest import whole
from inventory.ingest.feeding import device, ingest
from muster.inventory.models import Asset, DirectoryUser

pytestmark = pytest.mark.django_db


def test_a_query_is_explained_term_by_term(org, filled):
    told = org.json("/org/muster/query", search='os:windows (name:"ws-1" OR NOT alive:t)')

    assert told["count"] == 1
    assert told["tree"]["kind"] == "all"
    first, second = told["tree"]["parts"]
    assert (first["keyword"], first["operator"], first["value"]) == ("os", "contains", "windows")
    assert "operating system" in first["meaning"]
    assert [each["kind"] for each in second["parts"]] == ["term", "not"]


def test_an_empty_query_means_everything(org, filled):
    told = org.json("/org/muster/query", inventory="services")

    assert (told["tree"], told["count"]) == ({"kind": "everything"}, 2)


@pytest.mark.parametrize(
    "parameters", [{"search": "name:("}, {"search": "x:y"}, {"inventory": "nonsense"}]
)
def test_a_query_that_cannot_be_read_is_told(org, filled, parameters):
    response = org.get("/org/muster/query", **parameters)

    assert response.status_code == 400
    assert whole(response)["detail"]


def test_things_are_counted_by_a_keyword(org, filled):
    told = org.json("/org/muster/facets", by="os")

    assert told["values"] == [{"value": "Windows 11", "number": 1}]
    assert org.get("/org/muster/facets", by="nonsense").status_code == 400


def test_a_match_says_why(org, filled):
    asset = Asset.objects.get(organization=filled.organization, name="ws-1")
    told = org.json(f"/org/muster/assets/{asset.uid}/match")

    reasons = {each["source"]: each["match_rule"] for each in told["records"]}
    assert reasons == {"runzero": "new", "azuread": "name"}
    assert all(each["keys"] for each in told["records"])


def test_history_says_what_changed(org, filled, at):
    ingest(filled, [device("d1", "ws-1", hardware="Latitude 9")], at=at, run_id=9)
    asset = Asset.objects.get(organization=filled.organization, name="ws-1")
    told = org.json(f"/org/muster/assets/{asset.uid}/history", size="10")

    assert told["entries"]
    user = DirectoryUser.objects.get(organization=filled.organization)
    assert "entries" in org.json(f"/org/muster/users/{user.uid}/history")
    assert org.get(f"/org/muster/services/{asset.uid}/history").status_code == 404
    assert org.get(f"/org/muster/assets/{asset.uid}/history", start_key="x").status_code == 400


def test_a_filter_is_checked_without_asking_graph(org, scope):
    good = org.json("/org/muster/entra/filter", filter="accountEnabled eq true")
    bad = org.json("/org/muster/entra/filter", filter="nonsense eq true")
    broken = org.get("/org/muster/entra/filter", filter="accountEnabled eq")

    assert (good["valid"], bad["valid"]) == (True, False)
    assert bad["issues"][0]["message"]
    assert broken.status_code == 400


def test_webhooks_are_added_with_their_events_and_removed(org, scope):
    given = {
        "name": "chat",
        "url": "https://hooks.invalid/x",
        "events": ["task-failed"],
        "save_anyway": True,
    }
    made = whole(org.post("/org/muster/webhooks", given))

    assert made["secret"]
    assert made["rule"]["events"] == ["task-failed"]
    (listed,) = org.json("/org/muster/webhooks")
    assert "secret" not in listed
    assert "hooks.invalid/x" not in repr(listed)
    assert org.delete(f"/org/muster/webhooks/{made['id']}").status_code == 204
    assert org.json("/org/muster/webhooks") == []
    assert org.delete(f"/org/muster/webhooks/{made['id']}").status_code == 404


def test_a_webhook_without_known_events_leaves_nothing_behind(org, scope):
    given = {"name": "chat", "url": "https://hooks.invalid/x", "events": ["x"], "save_anyway": True}

    assert org.post("/org/muster/webhooks", given).status_code == 400
    assert org.json("/org/muster/webhooks") == []
