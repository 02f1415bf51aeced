"""`muster explorer` on the server: tokens, lists, tags, groups, zones and revoking."""

import json

import pytest

from explorers.conftest import app, machine_of
from muster.explorers.models import EnrolmentToken, Explorer

pytestmark = pytest.mark.django_db

__all__ = ["app", "machine_of"]


def answered(muster, *arguments):
    ended = muster("explorer", *arguments, "--json")
    assert ended.code == 0, ended.err
    return json.loads(ended.out)


@pytest.fixture
def berlin(muster, machine_of):
    text = answered(muster, "token", "--name", "berlin-1", "--tag", "dev")["token"]
    machine_of().enrol(text).hello()
    return "berlin-1"


def test_the_token_alone_is_the_answer(muster):
    made = muster("explorer", "token", "--hours", "2")

    assert made.out.strip().startswith("mex_")
    assert "muster explorer enrol" in made.err
    assert EnrolmentToken.objects.count() == 1


def test_an_explorer_is_listed_with_its_version_tags_and_groups(muster, berlin):
    answered(muster, "group-add", "Cellars")
    muster("explorer", "group-join", "Cellars", berlin)

    (found,) = answered(muster, "list")

    assert (found["name"], found["connected"], found["groups"]) == (berlin, True, ["Cellars"])
    assert (found["tags"], found["version"] != "") == (["dev"], True)
    assert berlin in muster("explorer", "list").out
    assert answered(muster, "groups")[0]["explorers"] == [berlin]


def test_tags_are_set_and_taken_away(muster, berlin):
    assert answered(muster, "tag", berlin, "prod", "rack=4")["tags"] == ["prod", "rack=4"]
    assert answered(muster, "tag", berlin)["tags"] == []


def test_it_is_changed(muster, berlin):
    changed = answered(muster, "edit", berlin, "--name", "cellar", "--most-runs", "3")

    assert (changed["name"], changed["most_runs"]) == ("cellar", 3)
    assert "cellar" in muster("explorer", "show", "cellar").out


def test_it_is_revoked_and_out_of_the_list(muster, berlin):
    assert muster("explorer", "revoke", berlin).out == "Revoked the Explorer berlin-1.\n"

    assert answered(muster, "list") == []
    assert [each["active"] for each in answered(muster, "list", "--all")] == [False]


def test_a_hosted_zone_has_explorers_of_its_own(muster, machine_of):
    answered(muster, "group-add", "eu", "--zone")
    text = answered(muster, "token", "--zone", "eu")["token"]
    machine_of("eu").enrol(text, "eu-1")

    assert answered(muster, "list") == []
    assert [each["name"] for each in answered(muster, "list", "--hosted")] == ["eu-1"]
    assert answered(muster, "groups", "--zone")[0]["explorers"] == ["eu-1"]
    assert answered(muster, "revoke", "eu-1", "--hosted")["active"] is False


def test_a_group_is_removed_and_its_explorers_stay(muster, berlin):
    answered(muster, "group-add", "Cellars")
    muster("explorer", "group-join", "Cellars", berlin)
    muster("explorer", "group-leave", "Cellars", berlin)

    assert muster("explorer", "group-rm", "Cellars").code == 0
    assert Explorer.objects.count() == 1


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["show", "nonsense"], "there is no Explorer 'nonsense'"),
        (["token", "--group", "nonsense"], "there is no group of Explorers 'nonsense'"),
        (["token", "--zone", "nonsense"], "there is no hosted zone 'nonsense'"),
        (["token", "--zone", "a", "--group", "b"], "not both"),
        (["token", "--site", "nonsense"], "there is no site 'nonsense'"),
        (["group-add", " "], "1 to 200 printable characters"),
        (["tag", "nonsense", "x"], "there is no Explorer 'nonsense'"),
    ],
)
def test_what_cannot_be_is_told_in_a_sentence(muster, words, sentence):
    ended = muster("explorer", *words)

    assert ended.code == 1
    assert sentence in ended.err
