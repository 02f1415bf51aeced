"""Exports: every form says the same things, in the names that clients know."""

import csv
import io
import xml.etree.ElementTree as ET
from datetime import UTC, datetime, timedelta

import orjson
import pytest

from api.conftest import text, whole
from inventory.ingest.feeding import device, ingest
from muster.api.schemas import inventory as schemas
from muster.tasks.models import Run, Status, Task

pytestmark = pytest.mark.django_db

SCHEMAS = {
    "assets": schemas.Asset,
    "services": schemas.Service,
    "users": schemas.DirectoryUser,
    "groups": schemas.DirectoryGroup,
    "sites": schemas.Site,
}


@pytest.mark.parametrize("kind", SCHEMAS)
def test_every_thing_has_just_the_fields_that_are_described(org, filled, kind):
    things = org.json(f"/export/org/{kind}.json")

    assert things
    for each in things:
        assert list(each) == list(SCHEMAS[kind].model_fields) or set(each) == set(
            SCHEMAS[kind].model_fields
        )
        SCHEMAS[kind].model_validate(each)


@pytest.mark.parametrize("kind", SCHEMAS)
def test_every_form_says_the_same(org, filled, kind):
    things = org.json(f"/export/org/{kind}.json")
    lines = [orjson.loads(each) for each in text(org.get(f"/export/org/{kind}.jsonl")).splitlines()]
    table = list(csv.DictReader(io.StringIO(text(org.get(f"/export/org/{kind}.csv")))))

    assert lines == things
    assert [each["id"] for each in table] == [each["id"] for each in things]
    assert list(table[0]) == list(SCHEMAS[kind].model_fields)


def test_an_asset_is_told_whole(org, filled):
    asset = org.json("/export/org/assets.json", search="name:ws-1")[0]

    assert asset["names"] == ["ws-1"]
    assert asset["addresses"] == ["10.0.0.1"]
    assert asset["sources"] == ["AzureAD", "runZero"]
    assert asset["source_ids"] == [1, 16]
    assert asset["os"] == "Windows 11"
    assert asset["hw"] == "Dell Inc. Latitude 5420"
    assert asset["tags"] == {"floor": "2"}
    assert asset["service_ports_tcp"] == ["443"]
    assert asset["service_ports_udp"] == ["53"]
    assert asset["service_protocols"] == ["dns", "http", "tls"]
    assert asset["services"]["10.0.0.1/443/tcp/"]["product"] == "nginx"
    said = asset["foreign_attributes"]["@azuread.dev"][0]
    assert (said["isManaged"], said["match.criteria"]) == ("true", "name")
    assert "name=ws-1" in asset["attributes"]["_asset.match"]
    assert asset["attributes"]["_sources.16.names"] == "ws-1"


def test_a_service_is_told_with_its_asset(org, filled):
    service = org.json("/export/org/services.json", search="port:443")[0]

    assert service["service_port"] == "443"
    assert service["service_link"] == "https://10.0.0.1:443/"
    assert service["service_summary"] == "nginx 1.2"
    assert service["names"] == ["ws-1"]
    assert service["service_asset_id"] == service["id"]


def test_a_directory_user_is_told_with_their_groups(org, filled):
    user = org.json("/export/org/users.json")[0]

    assert user["directory_user_group_ids"] == ["g1"]
    assert user["directory_user_email_normalized"] == "ada@corp.example"
    assert user["directory_user_attributes"] == {"userType": "Member"}


def test_a_search_and_fields_choose(org, filled):
    found = org.json("/export/org/assets.json", search="alive:t", fields="id, names")

    assert [list(each) for each in found] == [["id", "names"]]
    assert found[0]["names"] == ["=cmd()"]


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ({"search": "nonsense:x"}, "no keyword"),
        ({"search": "name:("}, "character"),
        ({"fields": "id,nonsense"}, "no field 'nonsense'"),
        ({"page_size": "0"}, "page_size"),
        ({"page_size": "x"}, "page_size"),
        ({"start_key": "x"}, "page key"),
        ({"start_key": "é" * 100}, "page key"),
    ],
)
def test_what_cannot_be_asked_is_told_before_the_stream_begins(org, filled, parameters, said):
    response = org.get("/export/org/assets.json", **parameters)

    assert response.status_code in {400, 422}
    assert said in whole(response)["detail"]


@pytest.mark.parametrize("kind", ["assets", "services", "users", "groups"])
def test_pages_make_up_the_whole(org, filled, kind):
    whole_list = org.json(f"/export/org/{kind}.json")
    paged, key = [], ""
    for _page in range(len(whole_list)):
        page = org.json(f"/export/org/{kind}.json", page_size="1", start_key=key)
        paged += page[kind]
        key = page["next_key"]

    assert paged == whole_list
    assert key == ""


def test_no_cell_is_a_formula(org, filled):
    rows = list(csv.reader(io.StringIO(text(org.get("/export/org/assets.csv", search="alive:t")))))

    assert "'=cmd()" in rows[1]
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "@"))]


def test_nmap_reads_its_own_form(org, filled):
    report = ET.fromstring(text(org.get("/export/org/assets.nmap.xml")))

    hosts = {each.find("hostnames/hostname").get("name"): each for each in report.iter("host")}
    port = hosts["ws-1"].find("ports/port[@protocol='tcp']")
    assert (port.get("portid"), port.find("service").get("product")) == ("443", "nginx")
    assert hosts["=cmd()"].find("status").get("state") == "up"
    assert report.find("runstats/hosts").get("total") == "2"


def test_what_no_xml_may_hold_does_not_break_the_report(org, scope, at):
    ingest(scope, [device("d", 'a\x01"<&\ud7ff'.encode("utf-8", "replace").decode())], at=at)

    report = ET.fromstring(text(org.get("/export/org/assets.nmap.xml")))

    assert report.find("host/hostnames/hostname").get("name").startswith('a?"<&')


@pytest.mark.parametrize("form", ["servicenow", "servicegraph"])
def test_servicenow_gets_its_names(org, filled, form):
    found = org.json(f"/export/org/assets.{form}.json")

    assert {each["name"] for each in found} == {"ws-1", "=cmd()"}
    for each in found:
        assert set(each) == set(schemas.AssetServiceNow.model_fields)
    assert found[0]["os_vendor"] == "Microsoft"


@pytest.mark.parametrize("kind", ["assets.servicenow", "services.servicenow", "assets.cisco"])
def test_tables_of_others_have_a_heading_whatever_there_is(org, scope, kind):
    assert len(text(org.get(f"/export/org/{kind}.csv")).splitlines()) == 1


def test_subnets_say_how_full_they_are(org, filled):
    rows = list(
        csv.DictReader(io.StringIO(text(org.get("/export/org/subnet.stats.csv", mask="23"))))
    )

    assert [(each["subnet"], each["used"]) for each in rows] == [("10.0.0.0/23", "2")]
    assert org.get("/export/org/subnet.stats.csv", mask="33").status_code == 422


@pytest.mark.parametrize(
    "kind", ["wireless", "software", "vulnerabilities", "certificates", "findings"]
)
def test_what_muster_has_no_data_for_is_empty_in_every_form(org, filled, kind):
    assert org.json(f"/export/org/{kind}.json") == []
    assert text(org.get(f"/export/org/{kind}.jsonl")) == ""
    assert len(text(org.get(f"/export/org/{kind}.csv")).splitlines()) == 1


class TestCheckpoints:
    """Programs that come back for what is new."""

    def test_what_is_new_is_told_once_it_is_there(self, org, filled, at):
        first = org.json("/export/org/assets/sync/created/assets.json")
        ingest(filled, [device("d9", "new")], at=datetime.now(UTC) + timedelta(seconds=5), run_id=9)
        second = org.json("/export/org/assets/sync/created/assets.json", since=str(first["since"]))

        assert len(first["assets"]) == 2
        assert [each["names"] for each in second["assets"]] == [["new"]]

    def test_what_changed_is_told_again(self, org, filled):
        first = org.json("/export/org/assets/sync/updated/assets.json")
        later = datetime.now(UTC) + timedelta(seconds=5)
        ingest(filled, [device("d1", "ws-1", hardware="Latitude 9")], at=later, run_id=9)
        since = str(first["since"])

        changed = org.json("/export/org/assets/sync/updated/assets.json", since=since)
        created = org.json("/export/org/assets/sync/created/assets.json", since=since)

        assert [each["names"] for each in changed["assets"]] == [["ws-1"]]
        assert created["assets"] == []

    def test_a_run_that_is_going_holds_the_checkpoint_back(self, org, filled, at):
        began = at - timedelta(hours=1)
        task = Task.objects.create(
            organization=filled.organization,
            name="t",
            site=filled.site(),
            source="azuread",
            created_at=began,
        )
        Run.objects.create(
            organization=filled.organization,
            task=task,
            status=Status.ACTIVE,
            started_at=began,
            heartbeat_at=began,
            host="h",
            pid=1,
        )

        found = org.json("/export/org/assets/sync/created/assets.json")

        assert found["since"] < began.timestamp()

    def test_a_search_holds_besides(self, org, filled):
        found = org.json(
            "/export/org/assets/sync/created/assets.json", search="alive:t OR name:nobody"
        )
        wrong = org.get("/export/org/assets/sync/created/assets.json", search="name:(")

        assert [each["names"] for each in found["assets"]] == [["=cmd()"]]
        assert wrong.status_code == 400

    @pytest.mark.parametrize("since", ["-1", "x", "9" * 30])
    def test_a_checkpoint_that_is_none_is_4xx(self, org, scope, since):
        path = "/export/org/assets/sync/created/assets.json"

        assert org.get(path, since=since).status_code == 422
