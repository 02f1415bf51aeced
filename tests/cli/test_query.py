import json

import pytest

from muster.core import ndjson
from muster.core.records import AssetRecord, UserRecord

pytestmark = pytest.mark.django_db

RECORDS = (
    AssetRecord(source="runzero", id="1", names=("ws-1",), os="Windows 11", is_scanned=True),
    AssetRecord(source="runzero", id="2", names=("srv-1",), os="Linux", is_scanned=True),
    UserRecord(source="azuread", id="u", name="ada@example.com", display_name="Ada"),
)


@pytest.fixture
def inventory(muster, tmp_path):
    file = tmp_path / "records.ndjson"
    file.write_bytes(b"".join(ndjson.encode(each) for each in RECORDS))
    imported = muster("import", file)
    assert imported.code == 0, imported.err


def test_a_query_is_saved_shown_and_run(muster, inventory):
    saved = muster("query", "save", "Penguins", "os:linux", "AND", "scanned:t")

    assert (saved.code, saved.out) == (0, "Saved the query Penguins.\n")
    assert muster("query", "show", "penguins").out == "os:linux AND scanned:t\n"
    assert muster("query", "run", "penguins", "--count").out == "1\n"
    assert [
        row["name"] for row in json.loads(muster("query", "run", "penguins", "--json").out)
    ] == ["srv-1"]


def test_run_takes_the_options_of_search(muster, inventory):
    muster("query", "save", "All", "scanned:t")

    lines = muster("query", "run", "All", "--format", "jsonl", "--sort", "name", "--limit", "1").out

    assert [json.loads(line)["name"] for line in lines.splitlines()] == ["srv-1"]


def test_a_query_knows_its_inventory(muster, inventory):
    muster("query", "save", "Everybody", "ada", "-i", "users")

    assert muster("query", "run", "Everybody", "--count").out == "1\n"
    assert json.loads(muster("query", "show", "everybody", "--json").out)["inventory"] == "users"


def test_the_list_has_ours_and_those_of_muster(muster, db):
    muster("query", "save", "Penguins", "os:linux", "--description", "Servers mostly")

    listed = json.loads(muster("query", "list", "--json").out)
    table = muster("query", "list").out
    groups = json.loads(muster("query", "list", "-i", "groups", "--json").out)

    assert [each["name"] for each in listed if not each["is_bundled"]] == ["Penguins"]
    assert listed[0]["created_at"].endswith("+00:00")
    assert {each["inventory"] for each in listed} == {"assets", "users", "groups"}
    assert {each["inventory"] for each in groups} == {"groups"}
    assert "Servers mostly" in table
    assert "On the network, not in the directory" in table


def test_a_query_is_replaced_renamed_and_removed(muster, db):
    muster("query", "save", "Penguins", "os:linux")

    assert muster("query", "save", "penguins", "os:ubuntu").code == 1
    assert muster("query", "save", "penguins", "os:ubuntu", "--replace").code == 0
    assert muster("query", "rename", "penguins", "Birds").code == 0
    assert muster("query", "show", "birds").out == "os:ubuntu\n"
    assert json.loads(muster("query", "rm", "BIRDS", "--json").out) == {"removed": "Birds"}
    assert muster("query", "show", "birds").code == 1


def test_a_query_with_a_mistake_is_pointed_at_and_not_saved(muster, db):
    saved = muster("query", "save", "Dells", "vendro:dell")

    assert (saved.code, saved.out) == (1, "")
    assert "  vendro:dell\n  ^^^^^^" in saved.err
    assert muster("query", "show", "Dells").code == 1


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (("query", "rm", "Guests"), "comes with Muster"),
        (("query", "run", "nothing"), "no saved query 'nothing'"),
        (("query", "save", "guests", "active:t", "-i", "users"), "already a query"),
        (("query", "save", "x", "os:linux", "--replace"), "no saved query 'x'"),
    ],
)
def test_what_cannot_be_is_one_clear_message(muster, db, command, said):
    ended = muster(*command)

    assert (ended.code, ended.out) == (1, "")
    assert said in ended.err


def test_queries_stay_in_their_organization(muster, db):
    muster("organization", "add", "Other")
    muster("query", "save", "Penguins", "os:linux")

    assert muster("query", "show", "Penguins", "-o", "Other").code == 1
