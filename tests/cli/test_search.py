import csv
import io
import json

import pytest

from muster.core import ndjson
from muster.core.records import (
    AssetRecord,
    Collection,
    CollectionReport,
    GroupRecord,
    UserRecord,
)

pytestmark = pytest.mark.django_db

RECORDS = (
    AssetRecord(
        source="runzero",
        id="1",
        names=("ws-1",),
        os="Windows 11",
        addresses=("10.0.0.1",),
        is_scanned=True,
    ),
    AssetRecord(source="runzero", id="2", names=("=cmd()",), os="Linux", is_scanned=True),
    UserRecord(
        source="azuread", id="u", name="ada@example.com", display_name="Ada\x1b[31m\nLovelace"
    ),
    GroupRecord(source="azuread", id="g", display_name="Admins"),
)


@pytest.fixture
def inventory(muster, tmp_path):
    file = tmp_path / "records.ndjson"
    file.write_bytes(b"".join(ndjson.encode(each) for each in RECORDS))
    imported = muster("import", file)
    assert imported.code == 0, imported.err


def test_a_table_has_the_rows_and_says_how_many_there_are(muster, inventory):
    found = muster("search", "os:windows")

    assert "ws-1" in found.out
    assert "10.0.0.1" in found.out
    assert "1 of 1 assets." in found.err


def test_a_table_says_as_of_when_its_sources_were_read_whole(muster, tmp_path):
    file = tmp_path / "whole.ndjson"
    report = CollectionReport(source="runzero", collection=Collection.ASSETS, complete=True)
    file.write_bytes(b"".join(ndjson.encode(each) for each in (*RECORDS[:2], report)))
    muster("import", file)

    assert "As of the last sync: runzero 20" in muster("search").err
    assert "As of" not in muster("search", "-i", "sites").err
    assert "As of" not in muster("search", "--format", "jsonl").err


def test_json_is_an_array_of_rows(muster, inventory):
    rows = json.loads(muster("search", "--json", "--sort", "name").out)

    assert [row["name"] for row in rows] == ["=cmd()", "ws-1"]
    assert rows[1]["sources"] == ["runzero"]


def test_a_query_needs_no_quotes_around_it(muster, inventory):
    assert muster("search", "source:runzero", "AND", "NOT", "os:linux", "--count").out == "1\n"


def test_nothing_found_is_an_empty_array_and_no_error(muster, inventory):
    found = muster("search", "os:nothing", "--format", "json")

    assert (found.code, json.loads(found.out)) == (0, [])


def test_jsonl_is_one_row_per_line(muster, inventory):
    lines = muster("search", "--format", "jsonl").out.splitlines()

    assert len([json.loads(line) for line in lines]) == 2


def test_csv_has_a_heading_and_no_formulas(muster, inventory):
    rows = list(csv.DictReader(io.StringIO(muster("search", "--format", "csv").out)))

    assert sorted(row["name"] for row in rows) == ["'=cmd()", "ws-1"]


def test_limit_is_kept_and_0_is_all(muster, inventory):
    one = muster("search", "--limit", "1", "--format", "jsonl")
    everything = muster("search", "--limit", "0", "--format", "jsonl")

    assert (len(one.out.splitlines()), len(everything.out.splitlines())) == (1, 2)
    assert "the first 1; --limit 0 gives all" in one.err
    assert everything.err == ""


def test_count_is_only_a_number(muster, inventory):
    assert muster("search", "--count").out == "2\n"
    assert json.loads(muster("search", "os:linux", "--count", "--json").out) == {"count": 1}


def test_users_and_groups_are_searched_by_name_of_the_inventory(muster, inventory):
    users = json.loads(muster("search", "-i", "users", "ada", "--json").out)
    groups = json.loads(muster("search", "--inventory", "groups", "--json").out)

    assert [each["name"] for each in users] == ["ada@example.com"]
    assert [each["display_name"] for each in groups] == ["Admins"]


def test_control_characters_of_a_directory_do_not_reach_the_terminal(muster, inventory):
    assert "\x1b" not in muster("search", "-i", "users").out


@pytest.mark.parametrize(
    ("query", "pointed"),
    [
        ("source:(", "^"),
        ("nonsense:x", "nonsense"),
        ('os:"x', "^"),
        (")", "^"),
        ("source:nope", "^^^^"),
    ],
)
def test_a_query_with_a_mistake_is_pointed_at(muster, inventory, query, pointed):
    found = muster("search", query)

    assert found.code == 1
    assert found.out == ""
    assert f"  {query}\n" in found.err
    assert pointed in found.err


@pytest.mark.parametrize(
    "query",
    ["\x00", "\ud800", "a" * 9000, "(" * 500 + "a" + ")" * 500],
    ids=["nul", "surrogate", "long", "deep"],
)
def test_a_hostile_query_is_answered_in_a_sentence(muster, inventory, query):
    found = muster("search", query)

    assert found.code in {0, 1}
    assert "Traceback" not in found.err


def test_an_asset_is_shown_by_name_and_by_id(muster, inventory):
    by_name = json.loads(muster("asset", "show", "ws-1", "--json").out)
    by_id = muster("asset", "show", by_name["fields"]["id"])

    assert by_name["records"][0]["foreign_id"] == "1"
    assert "ws-1" in by_id.out


def test_an_asset_that_is_not_there_is_one_clear_message(muster, inventory):
    shown = muster("asset", "show", "nobody")

    assert (shown.code, shown.out) == (1, "")
    assert "there is no asset 'nobody'" in shown.err


def test_another_organization_finds_nothing(muster, inventory):
    muster("organization", "add", "Other")

    assert muster("search", "--count", "-o", "Other").out == "0\n"
    assert muster("-o", "Other", "search", "--count").out == "0\n"
    assert muster("asset", "show", "ws-1", "-o", "Other").code == 1


@pytest.mark.parametrize(
    ("asked", "query", "name"),
    [
        ("tasks", "type:import status:processed", "Import into Primary"),
        ("sites", "name:prim", "Primary"),
        ("users", "ada", "ada@example.com"),
    ],
)
def test_every_inventory_is_searched_by_its_name(muster, inventory, asked, query, name):
    rows = json.loads(muster("search", "-i", asked, query, "--json").out)

    assert [each["name"] for each in rows] == [name]


@pytest.mark.parametrize("inventory", ["explorers", "credentials", "accounts", "services"])
def test_an_inventory_without_anything_is_an_empty_answer(muster, inventory):
    found = muster("search", "-i", inventory)

    assert found.code == 0
    assert f"0 of 0 {inventory}." in found.err


def test_columns_are_chosen_attributes_too(muster, inventory):
    shown = muster("search", "--columns", "os, name,@azuread.dev.trustType")
    written = muster("search", "ws-1", "--columns", "name,@azuread.dev.trustType", "--format=csv")

    assert shown.out.split()[:3] == ["OS", "Name", "@azuread.dev.trustType"]
    assert written.out == "name,'@azuread.dev.trustType\nws-1,\n"


@pytest.mark.parametrize(
    ("chosen", "said"),
    [("nam", "did you mean 'name'"), ("name,,os", "no column ''"), ("nonsense", "no column")],
)
def test_a_column_that_is_not_there_is_one_clear_message(muster, inventory, chosen, said):
    found = muster("search", "--columns", chosen, "--format", "csv")

    assert (found.code, found.out) == (1, "")
    assert said in found.err


def test_facets_count_by_each_key(muster, inventory):
    rows = json.loads(muster("search", "--facet", "os", "--facet", "source", "--json").out)

    assert [(each["facet"], each["value"], each["count"]) for each in rows] == [
        ("os", "Linux", 1),
        ("os", "Windows 11", 1),
        ("source", "runzero", 2),
    ]


def test_facets_are_a_table_too_and_say_what_they_leave_out(muster, inventory):
    found = muster("search", "--facet", "os", "--limit", "1")

    assert "Linux" in found.out
    assert "Windows" not in found.out
    assert "os: these are the 1 most frequent values of 2." in found.err


def test_a_facet_of_tasks_counts_in_memory(muster, inventory):
    lines = muster("search", "-i", "tasks", "--facet", "status", "--format", "jsonl").out

    assert json.loads(lines) == {"facet": "status", "value": "processed", "count": 1}


def test_a_facet_that_cannot_be_counted_is_one_clear_message(muster, inventory):
    found = muster("search", "-i", "tasks", "--facet", "created_at")

    assert (found.code, found.out) == (1, "")
    assert "tasks cannot be counted by 'created_at'" in found.err


@pytest.mark.parametrize(
    ("query", "pointed"), [("stauts:error", "^^^^^^^"), ("status:(", "^"), ("recur:maybe", "^^^^^")]
)
def test_a_mistake_in_a_query_of_a_small_inventory_is_pointed_at(muster, query, pointed):
    found = muster("search", "-i", "tasks", query)

    assert (found.code, found.out) == (1, "")
    assert f"  {query}\n" in found.err
    assert pointed in found.err


def test_an_unknown_order_is_one_clear_message(muster):
    found = muster("search", "-i", "tasks", "--sort", "size")

    assert (found.code, found.out) == (1, "")
    assert "tasks cannot be sorted by 'size'" in found.err


@pytest.mark.parametrize("start", ["=1+1", "+1", "-1+1", "@x", "  =1", "\n=1", "＝1", "\t1"])
def test_no_cell_is_a_formula_wherever_it_comes_from(muster, start):
    muster("site", "add", "Named", "--description", start)

    text = muster("search", "-i", "sites", "name:named", "--format", "csv").out
    (row,) = csv.DictReader(io.StringIO(text, newline=""))

    assert row["description"].startswith("'")


def test_a_negative_number_stays_a_number(capsys):
    from muster.cli.writing import write_csv

    write_csv(iter([{"count": -1, "fields": {"a": "=1", "b": 2}, "other": {"=x": 1}}]))

    assert capsys.readouterr().out == "count,fields,other\n-1,a==1 b=2,'=x=1\n"
