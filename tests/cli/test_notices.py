"""`muster event`, `channel`, `rule` and `notice`, as people and programs use them."""

import json

import pytest

from notices.conftest import SECRET
from notices.servers import WebServer

pytestmark = pytest.mark.django_db


@pytest.fixture
def web(settings):
    settings.NOTICES_MAY_GO_INSIDE = True
    with WebServer() as server:
        yield server


@pytest.fixture
def channel(muster, web, tmp_path):
    url, secret = tmp_path / "url", tmp_path / "secret"
    url.write_text(web.url)
    secret.write_text(SECRET)
    return muster(
        "channel", "add", "--type", "webhook", "--name", "Ops", "--url-file", url,
        "--secret-file", secret, "--json",
    )  # fmt: skip


def test_from_a_channel_over_a_rule_to_a_notice(muster, channel, web):
    added = muster("rule", "add", "Any", "--event", "rule-deleted", "--channel", "ops", "--json")
    muster("rule", "add", "Other", "--event", "task-failed", "--channel", "ops")
    removed = muster("rule", "rm", "other")
    sent = muster("notice", "send", "--json")

    assert json.loads(channel.out)["verified"]
    assert json.loads(added.out)["events"] == ["rule-deleted"]
    assert removed.out == "Removed the rule Other.\n"
    assert json.loads(sent.out) == {"sent": 1, "put_off": 0, "given_up": 0}
    assert json.loads(web.requests[-1].body)["type"] == "rule-deleted"


def test_an_event_shows_where_it_went(muster, channel):
    muster("rule", "add", "Any", "--event", "rule-created", "--channel", "Ops")
    muster("rule", "add", "Two", "--event", "task-failed", "--channel", "Ops")
    muster("notice", "send")

    listed = json.loads(muster("event", "list", "--event", "rule-created", "--json").out)
    shown = json.loads(muster("event", "show", listed[0]["id"], "--json").out)
    table = muster("event", "show", listed[0]["id"])

    assert [each["target_name"] for each in listed] == ["Two", "Any"]
    assert [each["state"] for each in shown["deliveries"]] == ["sent"]
    assert "rule-created" in table.out


def test_lists_are_tables_and_json(muster, channel):
    muster("rule", "add", "Any", "--event", "task-failed", "--channel", "Ops")

    for group in ("channel", "rule", "event"):
        assert "Any" in (out := muster(group, "list").out) or "Ops" in out
        assert isinstance(json.loads(muster(group, "list", "--json").out), list)


def test_no_answer_holds_a_secret(muster, channel, web):
    web.statuses = [500]
    answers = [
        channel,
        muster("channel", "list"),
        muster("channel", "list", "--json"),
        muster("channel", "verify", "Ops"),
        muster("channel", "verify", "Ops", "--json"),
        muster("event", "list", "--json"),
        muster("channel", "rm", "Ops"),
    ]

    said = "".join(each.out + each.err for each in answers)
    assert "T0PSECRETPATH" not in said
    assert SECRET.removeprefix("whsec_") not in said


def test_a_channel_that_does_not_work_ends_with_1_and_is_not_saved(muster, web, tmp_path):
    web.statuses = [404]
    (tmp_path / "url").write_text(web.url)
    (tmp_path / "secret").write_text(SECRET)

    ended = muster(
        "channel", "add", "--type", "webhook", "--name", "Ops", "--url-file", tmp_path / "url",
        "--secret-file", tmp_path / "secret",
    )  # fmt: skip

    assert ended.code == 1
    assert "404" in ended.out
    assert json.loads(muster("channel", "list", "--json").out) == []


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (("event", "show", "nonsense"), "no event"),
        (("event", "list", "--event", "task-exploded"), "Events are"),
        (("event", "list", "--since", "yesteryear"), "no instant"),
        (("event", "list", "--since", "99999999999999999"), "no instant"),
        (("channel", "verify", "Nobody"), "no channel"),
        (("channel", "rm", "Nobody"), "no channel"),
        (("channel", "add", "--type", "pigeon", "--name", "x"), "Kinds are"),
        (("rule", "rm", "Nobody"), "no rule"),
        (("rule", "add", "x", "--event", "task-failed", "--channel", "Nobody"), "no channel"),
    ],
)
def test_what_is_wrong_is_a_sentence(muster, line, said):
    ended = muster(*line)

    assert ended.code == 1
    assert said in ended.err


@pytest.mark.parametrize("since", ["7days", "2020-01-01", "2020-01-01T12:00"])
def test_events_since_an_age_or_a_date(muster, channel, since):
    assert len(json.loads(muster("event", "list", "--since", since, "--json").out)) == 1
    assert json.loads(muster("event", "list", "--until", "2020-01-01", "--json").out) == []


def test_health_is_a_table_json_and_metrics(muster):
    table, document, metrics = (
        muster("health"),
        muster("health", "--json"),
        muster("health", "--metrics"),
    )

    assert (table.code, document.code, metrics.code) == (0, 0, 0)
    assert json.loads(document.out)["healthy"]
    assert 'muster_check_ok{check="migrations"} 1\n' in metrics.out


def test_health_ends_with_1_where_something_is_wrong(muster, channel, web):
    web.statuses = [500]
    muster("channel", "verify", "Ops")

    ended = muster("health", "--json")

    assert ended.code == 1
    assert not json.loads(ended.out)["healthy"]


def test_health_of_an_installation_that_is_not_there_is_an_answer(program):
    ended = program("health", "--home", "/nonexistent/muster")

    assert ended.code == 1
    assert "not reached" in ended.out
