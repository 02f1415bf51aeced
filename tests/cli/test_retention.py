"""`muster retention`, and what a person sees of things that are gone."""

import json

import pytest

pytestmark = pytest.mark.django_db

SCAN = (
    '{"type":"asset","source":"runzero","id":"old","names":["old-1"],'
    '"seen_at":"2020-01-01T00:00:00Z"}\n'
    '{"type":"asset","source":"runzero","id":"new","names":["new-1"]}\n'
)


def test_a_setting_is_shown_as_it_was_set(muster):
    changed = muster("retention", "set", "expiration_assets_stale=90", "--json")
    shown = muster("retention", "show")

    assert json.loads(changed.out)["expiration_assets_stale"] == 90
    assert "90 days" in shown.out
    assert "never" in shown.out
    assert "by local operator" in shown.out


def test_what_a_preview_lists_a_run_removes(muster):
    muster("import", "-", given=SCAN)
    muster("retention", "set", "expiration_assets_stale=30")

    preview = muster("retention", "preview")
    as_json = json.loads(muster("retention", "preview", "--json").out)
    ran = muster("retention", "run")
    after = muster("retention", "preview")

    assert "old-1" in preview.out
    assert "A run would remove 1 assets, 1 records of sources." in preview.out
    assert [(each["kind"], each["name"]) for each in as_json["things"]] == [("asset", "old-1")]
    assert "Removed 1 assets, 1 records of sources." in ran.out
    assert "A run would remove nothing." in after.out
    assert json.loads(muster("search", "", "--json").out)[0]["name"] == "new-1"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("expiration_assets_stale", "is no setting"),
        ("expiration_assets_stale=soon", "cannot be 'soon'"),
        ("expiration_vulnerabilities=1", "Muster keeps no vulnerabilities"),
        ("nonsense=1", "Settings are: expiration_assets_stale"),
    ],
)
def test_a_wrong_setting_is_one_clear_sentence(muster, text, told):
    ended = muster("retention", "set", text)

    assert ended.code == 1
    assert told in ended.err
    assert "Traceback" not in ended.err


def test_what_is_gone_is_shown_with_its_time_and_found(muster):
    device = '{"type":"asset","source":"azuread","kind":"dev","id":"a","names":["ws-1"]}\n'
    end = '{"type":"report","source":"azuread","collection":"assets","complete":true}\n'
    muster("import", "-", given=device + end)
    muster("import", "-", given=device.replace("ws-1", "ws-2").replace('"a"', '"b"') + end)

    shown = muster("asset", "show", "ws-1")
    found = json.loads(muster("search", "gone:t", "--json").out)
    recent = json.loads(muster("search", "@azuread.dev.goneTS:<1day", "--json").out)
    still = json.loads(muster("search", "gone:f", "--json").out)

    assert "gone since 20" in shown.out
    assert [each["name"] for each in found] == [each["name"] for each in recent] == ["ws-1"]
    assert found[0]["gone_at"]
    assert [(each["name"], each["gone_at"]) for each in still] == [("ws-2", None)]
