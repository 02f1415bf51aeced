"""What people decide about matches at the command line."""

import json

import pytest

from inventory.ingest.feeding import device, host, ingest

pytestmark = pytest.mark.django_db


@pytest.fixture
def two(scope, now):
    """A host and a device of one name, which are one asset, and a host of another name."""
    ingest(scope, [host("h1", "ws-1"), host("h2", "ws-2")], at=now)
    ingest(scope, [device("d1", "ws-1")], at=now)


def sources_of(muster, name):
    shown = json.loads(muster("asset", "show", name, "--json").out)
    return sorted(each["source"] for each in shown["records"])


@pytest.mark.usefixtures("two")
def test_assets_are_merged_and_the_merge_is_taken_back(muster):
    act = json.loads(muster("asset", "merge", "ws-1", "ws-2", "--json").out)["act"]
    merged = sources_of(muster, "ws-1")
    told = json.loads(muster("asset", "decisions", "--json").out)

    ended = muster("asset", "undo", act)

    assert len(merged) == 3
    assert [each["act"] for each in told] == [act]
    assert told[0]["kind"] == "merge"
    assert ended.code == 0
    assert len(sources_of(muster, "ws-1")) == 2
    assert json.loads(muster("asset", "decisions", "--json").out) == []


@pytest.mark.usefixtures("two")
def test_a_source_is_taken_off_and_says_how_to_take_that_back(muster):
    ended = muster("asset", "remove-source", "ws-1", "--source", "azuread", "--note", "not ours")

    assert ended.code == 0
    assert "muster asset undo" in ended.out
    told = json.loads(muster("asset", "decisions", "--json").out)
    assert [each["note"] for each in told] == ["not ours"]


@pytest.mark.usefixtures("two")
def test_a_record_is_split_off(muster):
    muster("asset", "split", "ws-1", "--source", "azuread", "--record", "d1")

    several = muster("asset", "show", "ws-1")

    assert several.code != 0
    assert "several assets are named 'ws-1'" in several.err


@pytest.mark.usefixtures("two")
def test_an_asset_is_moved_to_another_site(muster):
    muster("site", "add", "Berlin")

    ended = muster("asset", "move", "ws-2", "Berlin", "--json")

    assert json.loads(ended.out) == {"site": "Berlin"}
    assert json.loads(muster("search", "site:Berlin", "--json").out)[0]["name"] == "ws-2"


@pytest.mark.usefixtures("two")
@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("merge", "ws-1"), "needs two assets"),
        (("merge", "ws-1", "nobody"), "there is no asset 'nobody'"),
        (("split", "ws-1", "--source", "azuread", "--record", "x"), "has no record x"),
        (("remove-source", "ws-2", "--source", "azuread"), "azuread"),
        (("move", "ws-1", "Nowhere"), "Nowhere"),
        (("undo", "nonsense"), "is not the id of a decision"),
        (("undo", "061786a4-4ce3-4f67-9dfd-581bfbbb1633"), "there is no decision"),
    ],
)
def test_what_cannot_be_decided_is_told_in_a_sentence(muster, arguments, told):
    ended = muster("asset", *arguments)

    assert ended.code != 0
    assert told in ended.err
    assert "Traceback" not in ended.err
