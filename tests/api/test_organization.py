"""Operations within one organization: what they do, and what they refuse."""

import gzip
import threading
from datetime import UTC, datetime
from uuid import uuid4

import orjson
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from api.conftest import Program, text, whole
from inventory.ingest.feeding import host, ingest
from muster.core import ndjson
from muster.core.source import SilentProgress
from muster.custom.services import IntegrationChange, create
from muster.inventory.models import Asset
from muster.organizations.models import Site
from muster.tasks import liveness
from muster.tasks.models import Run, Task
from muster.tasks.uploads import work_on_upload

pytestmark = pytest.mark.django_db


def uid_of(scope, name="ws-1"):
    return Asset.objects.get(organization=scope.organization, name=name).uid


def finish(scope, task_id):
    """Do the run of an upload, as a worker does."""
    task = Task.objects.get(organization=scope.organization, uid=task_id)
    run = Run.objects.get(organization=scope.organization, task=task)
    assert liveness.claim(run, worker="w", at=datetime.now(UTC))
    run.refresh_from_db()
    work_on_upload(scope, run, watcher=SilentProgress(), stop=threading.Event())
    return run


class TestAssets:
    """Assets are read, annotated, merged and removed."""

    def test_what_people_say_is_in_the_answer(self, org, filled):
        path = f"/org/assets/{uid_of(filled)}"

        tagged = whole(org.patch(f"{path}/tags", {"tags": "site=HQ -floor kiosk"}))
        noted = whole(org.patch(f"{path}/comments", {"comments": "mind the dog"}))
        rated = whole(org.patch(f"{path}/criticality", {"criticality": 4}))

        assert tagged["tags"] == {"floor": "2", "site": "HQ", "kiosk": ""}
        assert (noted["comments"], rated["criticality"]) == ("mind the dog", "high")
        assert whole(org.patch(f"{path}/tags", {"tags": ""}))["tags"] == {"floor": "2"}

    def test_owners_are_named_by_the_way_of_owning(self, org, account, filled):
        made = whole(account.post("/account/assets/ownership-types", [{"name": "IT"}]))[0]
        given = {"ownerships": [{"ownership_type_id": made["id"], "owner": "Ada"}]}

        owned = whole(org.patch(f"/org/assets/{uid_of(filled)}/owners", given))
        bulk = org.patch("/org/assets/bulk/owners", {"search": "first_seen:>0", **given})
        cleared = org.post("/org/assets/bulk/clearOwners", {"search": "owner:ada"})

        assert [(each["name"], each["owner"]) for each in owned["owners"]] == [("IT", "Ada")]
        assert whole(bulk)["updated_asset_count"] == 2
        assert whole(cleared)["updated_asset_count"] == 2

    def test_all_that_a_query_matches_is_annotated(self, org, filled):
        done = org.patch("/org/assets/bulk/tags", {"search": "alive:t", "tags": "up"})
        org.patch("/org/assets/bulk/criticality", {"search": "alive:t", "criticality": "low"})

        assert whole(done)["updated_asset_count"] == 1
        assert len(org.json("/org/assets", search="tag:up criticality:low")) == 1
        org.post("/org/assets/bulk/clearTags", {"search": "tag:up"})
        assert org.json("/org/assets", search="tag:up") == []

    @pytest.mark.parametrize("search", ["", "  ", "name:("])
    def test_a_slip_in_a_bulk_search_changes_nothing(self, org, filled, search):
        refused = org.patch("/org/assets/bulk/tags", {"search": search, "tags": "x"})

        assert refused.status_code == 400
        assert org.json("/org/assets", search="tag:x") == []

    def test_a_merge_is_explained_and_undone(self, org, filled):
        ids = [each["id"] for each in org.json("/org/assets")]
        merged = org.patch("/org/assets/merge", {"asset_ids": ids})
        (left,) = org.json("/org/assets")

        assert whole(merged)["status"] == "merged"
        match = org.json(f"/org/muster/assets/{left['id']}/match")
        assert {each["match_rule"] for each in match["records"]} >= {"new", "by-hand"}
        (act,) = org.json("/org/muster/decisions")
        assert org.post(f"/org/muster/decisions/{act['act']}/undo").status_code == 204
        assert len(org.json("/org/assets")) == 2

    def test_a_source_is_taken_off(self, org, filled):
        path = f"/org/assets/{uid_of(filled)}/sources"

        assert org.delete(f"{path}/16/remove").status_code == 204
        assert len(org.json("/org/assets")) == 3
        assert org.delete(f"{path}/11/remove").status_code == 400
        assert org.delete(f"{path}/x/remove").status_code == 422

    def test_a_removed_asset_is_gone_and_comes_back_with_its_source(self, org, filled, at):
        uid = uid_of(filled)

        assert org.delete(f"/org/assets/{uid}").status_code == 204
        assert org.get(f"/org/assets/{uid}").status_code == 404
        assert org.delete(f"/org/assets/{uid}").status_code == 404
        assert org.json("/org/services") == []
        ingest(filled, [host("h1", "ws-1")], at=at, instance="scan", run_id=3)
        assert [each["names"] for each in org.json("/org/assets", search="name:ws")] == [["ws-1"]]

    def test_several_are_removed_all_or_none(self, org, filled):
        ids = [each["id"] for each in org.json("/org/assets")]

        assert (
            org.post("/org/assets/bulk/delete", {"asset_ids": [*ids, str(uuid4())]}).status_code
            == 400
        )
        assert len(org.json("/org/assets")) == 2
        assert org.post("/org/assets/bulk/delete", {"asset_ids": ids}).status_code == 204
        assert org.json("/org/assets") == []

    def test_a_service_is_read_and_removed(self, org, filled):
        first = org.json("/org/services", search="port:443")[0]
        path = f"/org/services/{first['service_id']}"

        assert org.json(path)["service_port"] == "443"
        assert org.delete(path).status_code == 204
        assert org.get(path).status_code == 404
        assert org.delete(path).status_code == 404

    @pytest.mark.parametrize("wrong", ["x", "type.csvx", "00000000-0000-0000-0000-000000000000"])
    def test_an_id_that_nothing_has_is_404(self, org, filled, wrong):
        for path in ("assets", "services", "tasks", "sites"):
            assert org.get(f"/org/{path}/{wrong}").status_code == 404

    def test_figures_are_tables(self, org, filled):
        paths = ("assets/type", "assets/os", "assets/hw", "assets/tags", "services/tcp")
        tables = {each: text(org.get(f"/org/{each}.csv")).splitlines() for each in paths}

        assert tables["assets/os"] == ["name,count", "Windows 11,1"]
        assert tables["assets/tags"] == ["name,count", "floor=2,1"]
        assert tables["services/tcp"] == ["name,count", "443,1"]
        for each in ("udp", "protocols", "products"):
            assert text(org.get(f"/org/services/{each}.csv")).startswith("name,count")


class TestPlaces:
    """The organization, its token and its sites."""

    def test_an_organization_is_changed_all_or_nothing(self, org, scope):
        changed = whole(
            org.patch(
                "/org",
                {
                    "name": "HQ",
                    "description": None,
                    "expiration_assets_stale": "90",
                    "keep_latest_integration_attributes": "true",
                },
            )
        )
        refused = org.patch("/org", {"name": "Lost", "expiration_scans": "never"})

        assert (changed["name"], changed["expiration_assets_stale"]) == ("HQ", 90)
        assert changed["keep_latest_integration_attributes"] is True
        assert refused.status_code == 400
        assert org.json("/org")["name"] == "HQ"

    def test_a_site_that_cannot_be_as_given_is_not_made(self, org, scope):
        refused = org.put("/org/sites", {"name": "Lab", "subnets": {"nonsense": {}}})

        assert refused.status_code == 400
        assert "no subnet" in whole(refused)["detail"]
        assert [each["name"] for each in org.json("/org/sites")] == ["Primary"]

    def test_subnets_keep_their_tags(self, org, scope):
        made = whole(
            org.put("/org/sites", {"name": "Lab", "subnets": {"10.0.0.7/24": {"tags": {"a": "b"}}}})
        )

        assert made["subnets"] == {"10.0.0.0/24": {"tags": {"a": "b"}}}

    def test_the_last_site_comes_back_empty(self, org, filled):
        (site,) = org.json("/org/sites")
        assert site["asset_count"] == 2

        assert org.delete(f"/org/sites/{site['id']}").status_code == 204

        (left,) = org.json("/org/sites")
        assert left["id"] != site["id"]
        assert (left["name"], left["asset_count"]) == ("Primary", 0)
        assert org.json("/org/assets") == []

    def test_a_key_is_renewed_and_shown_once(self, org, scope):
        renewed = whole(org.patch("/org/key/rotate", {}))

        assert renewed["token"].startswith("OT")
        assert org.get("/org/key").status_code == 401
        assert Program(renewed["token"]).json("/org/key")["token"] == ""


class TestUploads:
    """Files that programs push."""

    @pytest.fixture
    def integration(self, scope, now):
        return create(scope.principal, IntegrationChange(name="Badge-Readers"), at=now)

    def push(self, org, scope, integration, lines, *, packed=True, **more):
        data = b"\n".join(each if isinstance(each, bytes) else orjson.dumps(each) for each in lines)
        fields = {
            "assetData": SimpleUploadedFile("a.gz", gzip.compress(data) if packed else data),
            "siteId": str(scope.site().uid),
            "customIntegrationId": str(integration.uid),
            "importTask.name": "push",
            **more,
        }
        return org.form(f"/import/org/{scope.organization.uid}/assets", fields)

    def test_what_is_pushed_is_correlated_and_searched(self, org, filled, integration):
        asset = {
            "id": "b1",
            "hostnames": ["WS-1"],
            "networkInterfaces": [
                {"macAddress": "00-11-22-33-44-55", "ipv4Addresses": ["10.0.0.1"]}
            ],
            "customAttributes": {"door": "north"},
            "services": [
                {
                    "address": "10.0.0.1",
                    "port": 8080,
                    "transport": "TCP",
                    "protocolData": [{"name": "http", "attributes": {"title": "x"}}],
                }
            ],
        }
        task = whole(self.push(org, filled, integration, [asset]))
        assert task["status"] == "new"
        assert task["custom_integration_id"] == str(integration.uid)

        run = finish(filled, task["id"])

        assert run.is_complete, run.error
        (found,) = org.json("/org/assets", search="@badge-readers.custom.door:north source:azuread")
        assert found["sources"] == ["AzureAD", "badge-readers", "runZero"]
        assert found["service_ports_tcp"] == ["443", "8080"]
        assert org.json(f"/org/tasks/{task['id']}")["status"] == "processed"
        assert whole(self.push(org, filled, integration, [asset], packed=False))["status"] == "new"

    def test_two_integrations_join_one_machine(self, org, filled, integration, now):
        other = create(filled.principal, IntegrationChange(name="cmdb"), at=now)
        for each in (integration, other):
            task = whole(self.push(org, filled, each, [{"id": "1", "hostnames": ["ws-1"]}]))
            finish(filled, task["id"])

        (found,) = org.json("/org/assets", search="name:ws-1")
        assert len(found["custom_integration_ids"]) == 2

    def test_match_behavior_says_what_not_to_match_by(self, org, filled, integration):
        assets = [
            {"id": "1", "hostnames": ["ws-1"], "matchBehavior": "no-name-match"},
            {
                "id": "2",
                "hostnames": ["other"],
                "networkInterfaces": [{"macAddress": "00:11:22:33:44:55"}],
                "customAttributes": {"matchBehavior": "no-name-break"},
            },
        ]
        finish(filled, whole(self.push(org, filled, integration, assets))["id"])

        (joined,) = org.json("/org/assets", search="source:runzero name:other")
        assert joined["names"] == ["ws-1", "other"]
        assert len(org.json("/org/assets", search="name:ws-1")) == 2

    def test_a_record_without_a_stable_id_is_known_by_what_it_says(self, org, scope, integration):
        for number in ("a", "b"):
            asset = {
                "id": number,
                "networkInterfaces": [{"macAddress": "00:11:22:33:44:66"}],
                "matchBehavior": "no-id-match no-id-break",
            }
            finish(scope, whole(self.push(org, scope, integration, [asset]))["id"])

        assert len(org.json("/org/assets")) == 1

    def test_a_record_can_name_its_asset(self, org, filled, integration):
        target = str(uid_of(filled))
        asset = {"id": "9", "hostnames": ["quite-other"], "runZeroID": target}
        finish(filled, whole(self.push(org, filled, integration, [asset]))["id"])

        assert org.json(f"/org/assets/{target}")["names"] == ["ws-1", "quite-other"]

    def test_unknown_assets_are_left_out_on_request(self, org, filled, integration):
        assets = [{"id": "1", "hostnames": ["ws-1"]}, {"id": "2", "hostnames": ["stranger"]}]
        more = {"importTask.excludeUnknown": "true"}
        finish(filled, whole(self.push(org, filled, integration, assets, **more))["id"])

        assert org.json("/org/assets", search="name:stranger") == []
        assert len(org.json("/org/assets", search="source:custom")) == 1

    @pytest.mark.parametrize(
        ("lines", "said"),
        [
            ([], "holds no assets"),
            ([b"{"], "Line 1 is no asset"),
            ([{"id": "1"}, {"hostnames": ["x"]}], "Line 2 is no asset"),
            ([{"id": " "}], "no id"),
            ([{"id": "1", "matchBehavior": "no-such"}], "matchBehavior"),
            ([{"id": "1", "customAttributes": {"a": "x" * 5000}}], "too long"),
            ([{"id": "1", "hostnames": ["a\0b"]}], "NUL"),
            (
                [{"id": "1", "services": [{"address": "x", "port": 70000, "transport": "t"}]}],
                "port",
            ),
            ([{"id": "1", "firstSeenTS": "yesterday"}], "Line 1"),
            ([b"[1, 2]"], "Line 1"),
            ([b"\xff\xfe"], "Line 1"),
        ],
    )
    def test_what_cannot_be_read_is_refused_whole(self, org, scope, integration, lines, said):
        response = self.push(org, scope, integration, lines)

        assert 400 <= response.status_code < 500
        assert said in whole(response)["detail"]
        assert org.json("/org/tasks") == []

    def test_a_damaged_archive_is_refused(self, org, scope, integration):
        fields = {
            "assetData": SimpleUploadedFile("a.gz", gzip.compress(b'{"id": "1"}')[:-9]),
            "siteId": str(scope.site().uid),
            "customIntegrationId": str(integration.uid),
        }
        response = org.form(f"/import/org/{scope.organization.uid}/assets", fields)

        assert response.status_code == 422
        assert "damaged" in whole(response)["detail"]

    def test_a_form_that_lacks_something_names_it(self, org, scope):
        response = org.form(f"/import/org/{scope.organization.uid}/assets", {"siteId": "x"})

        assert response.status_code == 422
        assert "customIntegrationId" in whole(response)["detail"]

    def test_records_are_imported_into_a_site(self, org, scope):
        site = scope.site().uid
        records = ndjson.encode(host("h1", "srv-1")) + ndjson.encode(host("h2", "srv-2"))
        response = org.ask("PUT", f"/org/sites/{site}/import", records)
        task = whole(response)

        finish(scope, task["id"])

        assert sorted(each["names"] for each in org.json("/org/assets")) == [["srv-1"], ["srv-2"]]
        sent = org.get(f"/org/tasks/{task['id']}/data")
        assert whole(sent)["url"] == sent.headers["Location"]
        ticket = sent.headers["Location"].rsplit("/", 1)[-1]
        assert text(Program("").get(f"/links/{ticket}")).encode() == records
        changes = org.get(f"/org/tasks/{task['id']}/changes").headers["Location"].rsplit("/", 1)[-1]
        lines = text(Program("").get(f"/links/{changes}")).splitlines()
        assert {orjson.loads(each)["event"] for each in lines} == {"new"}

    @pytest.mark.parametrize("what", ["nessus", "packet"])
    def test_files_that_muster_does_not_read_are_refused_in_a_sentence(self, org, scope, what):
        response = org.ask("PUT", f"/org/sites/{scope.site().uid}/import/{what}", b"x")

        assert response.status_code == 400
        assert "does not read" in whole(response)["detail"]

    def test_an_integration_with_data_keeps_its_name(self, org, account, scope, integration):
        finish(scope, whole(self.push(org, scope, integration, [{"id": "1"}]))["id"])
        path = f"/account/custom-integrations/{integration.uid}"

        assert account.patch(path, {"name": "other"}).status_code == 400
        assert whole(account.patch(path, {"name": "badge-READERS"}))["name"] == "badge-READERS"
        removed = whole(account.delete(path))
        assert removed["destroyedAt"]
        assert org.json("/org/assets")[0]["sources"] == []

    @pytest.mark.parametrize("name", ["azuread", "runzero", "import", "a b", "", "x" * 61, "@x"])
    def test_a_name_that_would_be_taken_for_another_is_refused(self, account, scope, name):
        assert account.post("/account/custom-integrations", {"name": name}).status_code == 400


def test_a_task_that_waits_is_stopped_and_removed(org, scope):
    site = scope.site().uid
    task = whole(org.ask("PUT", f"/org/sites/{site}/import", ndjson.encode(host("h", "s"))))

    stopped = whole(org.post(f"/org/tasks/{task['id']}/stop"))

    assert stopped["status"] == "removed"
    assert org.json("/org/tasks") == []
    assert [each["id"] for each in org.json("/org/tasks", status="removed")] == [task["id"]]
    assert whole(org.post(f"/org/tasks/{task['id']}/hide"))["hidden"] is True


def test_a_site_with_a_run_stays(org, scope):
    site = Site.objects.get(organization=scope.organization)
    org.ask("PUT", f"/org/sites/{site.uid}/import", ndjson.encode(host("h", "s")))

    refused = org.delete(f"/org/sites/{site.uid}")

    assert refused.status_code == 400
    assert "is running in 'Primary'" in whole(refused)["detail"]
