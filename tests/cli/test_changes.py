"""History and reports at the command line."""

import json
from datetime import timedelta

import pytest

from inventory.ingest.feeding import device, ingest
from muster.core.records import GroupRecord, MembershipRecord, UserRecord

pytestmark = pytest.mark.django_db


@pytest.fixture
def changed(scope, now):
    """A device and a user that changed once."""
    for number in (1, 2):
        ingest(
            scope,
            [
                device("a", "ws-1", os_version=f"10.{number}", attributes={"n": f"\x1b[{number}m"}),
                UserRecord(source="azuread", id="u", display_name="Ada", title=f"T{number}"),
                GroupRecord(source="azuread", id="g", display_name=f"Staff {number}"),
            ],
            at=now + timedelta(days=number),
            run_id=number,
        )


def imported(muster, tmp_path, *lines):
    file = tmp_path / "records.ndjson"
    file.write_text("\n".join(json.dumps(each) for each in lines))
    return json.loads(muster("import", file, "--json").out)


@pytest.mark.usefixtures("changed")
def test_the_history_of_an_asset_is_a_table(muster):
    ended = muster("asset", "history", "ws-1")

    assert ended.code == 0
    assert "os_version" in ended.out
    assert "10.1" in ended.out
    assert "first seen" in ended.out
    assert "\x1b" not in ended.out


@pytest.mark.usefixtures("changed")
@pytest.mark.parametrize(
    ("thing", "name", "attribute"),
    [("asset", "ws-1", "os_version"), ("user", "Ada", "title"), ("group", "g", "display_name")],
)
def test_a_history_is_json_on_request(muster, thing, name, attribute):
    found = json.loads(muster(thing, "history", name, "--json").out)

    changes = [each for entry in found["entries"] for each in entry["changes"]]
    assert attribute in {each["attribute"] for each in changes}
    assert found["next_key"] == ""
    assert {"at", "run_id", "source", "events"} <= found["entries"][0].keys()


@pytest.mark.usefixtures("changed")
def test_a_history_goes_on_behind_a_page(muster):
    first = json.loads(muster("asset", "history", "ws-1", "--limit", 1, "--json").out)
    told = muster("asset", "history", "ws-1", "--limit", 1, "--after", first["next_key"])

    assert "first seen" in told.out
    assert f"--after {first['next_key']}" in muster("asset", "history", "ws-1", "--limit", 1).err


@pytest.mark.usefixtures("changed")
def test_an_asset_shows_its_last_changes(muster):
    shown = muster("asset", "show", "ws-1")

    assert "Last changes" in shown.out
    assert "10.1" in shown.out


@pytest.mark.parametrize("thing", ["asset", "user", "group"])
def test_a_thing_that_is_not_there_is_said_in_one_sentence(muster, thing):
    ended = muster(thing, "history", "nobody")

    assert ended.code == 1
    assert f"there is no {thing} 'nobody'" in ended.err
    assert "Traceback" not in ended.err


def test_the_report_of_the_latest_run_counts_and_lists(muster, tmp_path):
    host = {"type": "asset", "source": "runzero", "id": "s", "names": ["ws-1"]}
    first = imported(muster, tmp_path, {**host, "os": "Ubuntu"})
    imported(muster, tmp_path, {**host, "os": "Debian"})

    latest = json.loads(muster("task", "report", "--show", "changed", "--json").out)
    earlier = json.loads(muster("task", "report", first["id"], "--json").out)

    assert latest["counts"]["assets"]["changed"] == 1
    (change,) = latest["rows"][0]["entries"][0]["changes"]
    assert (change["attribute"], change["old"], change["new"]) == ("os", "Ubuntu", "Debian")
    assert earlier["run"] == first["id"]
    assert earlier["counts"]["assets"] == {
        **dict.fromkeys(earlier["counts"]["assets"], 0),
        "new": 1,
    }


def test_a_report_is_a_table_for_people(muster, tmp_path):
    host = {"type": "asset", "source": "runzero", "id": "s", "names": ["ws-1"]}
    imported(muster, tmp_path, {**host, "os": "Ubuntu"})
    imported(muster, tmp_path, {**host, "os": "Debian"})

    told = muster("task", "report", "--show", "changed").out

    assert "Changed" in told
    assert "ws-1" in told
    assert "Debian" in told


def test_a_run_that_is_not_there_is_said_in_one_sentence(muster):
    assert "nothing has run yet" in muster("task", "report").err

    ended = muster("task", "report", "x")
    assert (ended.code, "there is no run 'x'" in ended.err) == (1, True)


def test_members_that_came_and_went_are_named(muster, scope, now):
    from inventory.history.test_things import sync

    known = [
        UserRecord(source="azuread", id="u", display_name="Ada"),
        GroupRecord(source="azuread", id="g", display_name="Staff"),
    ]
    joined = MembershipRecord(source="azuread", group_id="g", member_id="u")
    sync(scope, now, 1, *known)
    sync(scope, now, 2, *known, joined)

    assert "members: +1 (Ada)" in muster("group", "history", "Staff").out
    assert "groups: +1 (Staff)" in muster("user", "history", "Ada").out
