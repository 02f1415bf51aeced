"""The lists of the inventory and the pages of what is in them."""

import csv
import io
import json
from datetime import UTC, datetime, timedelta

import pytest

from inventory.ingest.feeding import device, host, ingest, service
from muster.core.records import GroupRecord, MembershipRecord, OwnershipRecord, UserRecord
from muster.inventory.models import Asset, DirectoryGroup, DirectoryUser
from muster.inventory.search import ids

pytestmark = pytest.mark.django_db

AT = datetime.now(UTC) - timedelta(minutes=5)


@pytest.fixture
def company(scope):
    """Three machines, one of them scanned and in the directory, and a person behind it."""
    scanned = [host("h-1", "ws-1", addresses=("10.0.0.1",)), host("h-2", "=ws-2"), service("h-1")]
    ingest(scope, scanned, at=AT)
    user = UserRecord(source="azuread", id="u-1", display_name="Ada", name="ada@contoso.example")
    group = GroupRecord(source="azuread", id="g-1", display_name="VPN users")
    links = [
        MembershipRecord(source="azuread", group_id="g-1", member_id="u-1"),
        OwnershipRecord(source="azuread", subject_id="d-1", subject_kind="asset", owner_id="u-1"),
    ]
    told = [device("d-1", "WS-1"), device("d-3", "<b>laptop</b>"), user, group, *links]
    ingest(scope, told, at=AT, run_id=2)


def uid(scope, name):
    return Asset.objects.get(organization=scope.organization, name=name).uid


def matching(scope, query):
    return len(list(ids(scope, query, now=datetime.now(UTC))))


def test_a_query_shows_what_it_matches_and_how_many(browser, company):
    page = browser.get("/inventory", {"search": "source:runzero AND NOT source:azuread"})

    assert "1 asset" in page.text
    assert "=ws-2" in page.text
    assert "ws-1" not in page.text


def test_names_are_text_and_no_markup(browser, company):
    page = browser.get("/inventory")

    assert "&lt;b&gt;laptop&lt;/b&gt;" in page.text
    assert "<b>laptop" not in page.text


@pytest.mark.parametrize("query", ["os:(", "nam:ws-1", "((((", "\0", "x" * 9000, "@a.b.c:>"])
def test_a_wrong_query_is_told_at_its_place(browser, company, query):
    page = browser.get("/inventory", {"search": query})

    assert page.status_code in {200, 422}
    assert "Traceback" not in page.text


def test_a_keyword_that_is_nearly_one_is_offered_as_it_should_be(browser, company):
    page = browser.get("/inventory", {"search": "nmae:ws-1"})

    assert page.status_code == 422
    assert "name" in page.text
    assert "search=name%3Aws-1" in page.text


def test_pages_follow_each_other_without_a_gap(browser, scope):
    ingest(scope, [host(f"h-{n}", f"ws-{n:03}") for n in range(120)], at=AT)

    seen, path = [], "/inventory?sort=name"
    while path:
        context = browser.get(path).context
        seen += [row.id for row in context["table"].rows]
        path = context["table"].next_path

    assert len(seen) == len(set(seen)) == 120


def test_an_export_has_every_row_and_runs_no_formula(browser, company):
    sent = browser.get("/inventory/export", {"of": "assets", "format": "csv"})
    rows = list(csv.DictReader(io.StringIO(b"".join(sent.streaming_content).decode())))

    assert len(rows) == 3
    assert "'=ws-2" in {row["name"] for row in rows}


def test_an_export_as_json_is_what_the_query_matches(browser, company):
    sent = browser.get(
        "/inventory/export", {"of": "assets", "format": "json", "search": "name:=ws-1"}
    )

    assert len(json.loads(b"".join(sent.streaming_content))) == 1


def test_an_export_of_a_wrong_query_is_no_file(browser, company):
    assert (
        browser.get(
            "/inventory/export", {"of": "assets", "search": "((", "format": "csv"}
        ).status_code
        == 422
    )


def test_a_query_is_completed(browser, company):
    found = browser.get("/inventory/complete", {"of": "assets", "text": "sour"}).json()

    assert "source" in " ".join(each["text"] for each in found["suggestions"])


def test_only_the_chosen_get_a_tag(browser, scope, company):
    chosen = {"act": "tag", "assets": str(uid(scope, "ws-1")), "tags": "kiosk"}

    assert browser.post("/inventory/annotate", chosen).status_code == 302
    assert matching(scope, "tag:kiosk") == 1


def test_all_that_a_query_matches_can_be_chosen(browser, scope, company):
    chosen = {"act": "tag", "all": "yes", "search": "source:azuread", "tags": "managed=yes"}

    browser.post("/inventory/annotate", chosen)

    assert matching(scope, "tag:managed") == 2


def test_what_is_removed_is_asked_about_with_its_number(browser, company):
    asked = browser.post("/inventory/change/ask", {"act": "remove", "all": "yes", "search": ""})

    assert "3 assets" in asked.text


def test_nothing_chosen_changes_nothing(browser, scope, company):
    assert browser.post("/inventory/change", {"act": "remove"}).status_code in {400, 422}
    assert matching(scope, "") == 3


def test_a_merge_can_be_undone(browser, scope, company):
    path = f"/inventory/assets/{uid(scope, 'ws-1')}"
    merged = browser.post(f"{path}/merge", {"other": "=ws-2"}, follow=True)
    assert matching(scope, "") == 2

    (undo,) = [str(each.extra_tags) for each in merged.context["messages"]]
    browser.post(undo)

    assert matching(scope, "") == 3


def test_an_asset_tells_its_sources_its_people_and_why(browser, scope, company):
    page = browser.get(f"/inventory/assets/{uid(scope, 'ws-1')}")

    for word in ("Entra ID", "Ada", "10.0.0.1", "d-1", "h-1", "The name"):
        assert word in page.text


def test_a_user_tells_their_devices_and_groups(browser, scope, company):
    user = DirectoryUser.objects.get(organization=scope.organization)

    page = browser.get(f"/inventory/users/{user.uid}")

    assert "ws-1" in page.text
    assert "VPN users" in page.text


def test_a_group_tells_its_members(browser, scope, company):
    group = DirectoryGroup.objects.get(organization=scope.organization)

    assert "Ada" in browser.get(f"/inventory/groups/{group.uid}").text


def test_a_saved_query_is_listed_and_deleted(browser, company):
    browser.post(
        "/inventory/queries/save", {"of": "assets", "name": "Mine", "search": "os:windows"}
    )
    assert "Mine" in browser.get("/inventory/queries", {"of": "assets"}).text

    browser.post("/inventory/queries/delete", {"of": "assets", "name": "Mine"})

    assert "Mine" not in browser.get("/inventory/queries", {"of": "assets"}).text
