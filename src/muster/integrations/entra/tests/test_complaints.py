"""What users of other tools suffer from: each is impossible here."""

import asyncio
import tracemalloc

import httpx
import orjson
import pytest

from muster.core.errors import AuthError, UnavailableError
from muster.core.records import AssetRecord, Collection, MembershipRecord, UserRecord
from muster.integrations.entra.tests.tenant import (
    GRAPH,
    Tenant,
    collected,
    graph_error,
    page,
    reports,
)


def of(kind, records):
    return [each for each in records if isinstance(each, kind)]


def user(number):
    return {"id": f"user-{number}", "displayName": f"User {number}"}


def paged(tenant, path, pages, *, fail=None):
    """Serve pages under opaque links; `fail` maps a page's number to what is answered instead."""
    failures = dict(fail or {})

    def answer(request):
        if request.url.path != path or request.url.params.get("$top") == "1":
            return None
        number = int(request.url.params.get("$skiptoken", 0))
        if failures.get(number):
            return failures[number].pop(0)
        document = {"value": pages[number]}
        if number + 1 < len(pages):
            document["@odata.nextLink"] = f"{GRAPH}{path}?$skiptoken={number + 1}"
        return httpx.Response(200, json=document)

    tenant.handlers.append(answer)


def run(tenant, **options):
    records = asyncio.run(collected(tenant, tenant.context(**options)))
    return records, reports(records)


def test_a_failed_later_page_is_not_a_complete_sync():
    tenant = Tenant()
    errors = [graph_error(500, "UnknownError") for _ in range(9)]
    paged(tenant, "/v1.0/users", [[user(1)], [user(2)]], fail={1: errors})

    records, told = run(tenant)

    assert [each.id for each in of(UserRecord, records)] == ["user-1"]
    assert not told["users"].complete
    assert told["users"].records == 1
    assert told["users"].error.startswith("failed to get Entra ID users: invalid response: 500")
    assert told["assets"].complete


def test_a_forbidden_collection_fails_loudly_and_the_others_finish():
    tenant = Tenant()
    tenant.on("/v1.0/groups", graph_error(403, "Authorization_RequestDenied", "Insufficient."))

    records, told = run(tenant)

    start = "failed to get Entra ID groups: invalid response: 403 (403 Forbidden)"
    assert told["groups"].error.startswith(start)
    assert told["groups"].code == "Authorization_RequestDenied"
    assert "Group.Read.All" in told["groups"].hint
    assert {name for name, each in told.items() if each.complete} == {"assets", "users"}
    assert of(AssetRecord, records)


def test_an_empty_collection_is_complete():
    tenant = Tenant()
    tenant.answers["/v1.0/groups"] = {"value": []}

    _, told = run(tenant)

    assert told["groups"].complete
    assert told["memberships"].complete


@pytest.mark.parametrize(
    ("retry_after", "least"), [("2", 2.0), ("2.128", 2.128), (None, 1.0), ("soon", 1.0)]
)
def test_a_429_is_waited_for_as_told_and_nothing_is_lost(retry_after, least):
    tenant = Tenant()
    headers = {"Retry-After": retry_after} if retry_after else {}
    throttled = graph_error(429, "TooManyRequests", headers=headers)
    paged(tenant, "/v1.0/users", [[user(1)], [user(2)]], fail={1: [throttled]})

    records, told = run(tenant)

    assert len(of(UserRecord, records)) == 2
    assert told["users"].complete
    assert max(tenant.clock.slept) >= least
    assert max(tenant.clock.slept) <= least * 1.1 + 0.01
    assert tenant.progress.counts["retries"] == 1


def test_a_retry_after_may_be_a_date():
    tenant = Tenant()
    headers = {"Retry-After": "Mon, 23 Nov 2026 12:00:30 GMT"}
    throttled = graph_error(503, "serviceNotAvailable", headers=headers)
    paged(tenant, "/v1.0/users", [[user(1)]], fail={0: [throttled]})

    _, told = run(tenant)

    assert told["users"].complete
    assert max(tenant.clock.slept) >= 30


def test_endless_429_ends_in_an_incomplete_collection():
    tenant = Tenant()
    tenant.on("/v1.0/users?", graph_error(429, "TooManyRequests", headers={"Retry-After": "30"}))

    _, told = run(tenant)

    assert not told["users"].complete
    assert told["users"].code == "TooManyRequests"
    assert told["assets"].complete


def test_a_token_that_expires_in_the_middle_is_renewed_once_for_each_refusal():
    tenant = Tenant()
    expired = graph_error(401, "InvalidAuthenticationToken", "Access token has expired.")
    paged(tenant, "/v1.0/users", [[user(1)], [user(2)]], fail={1: [expired]})

    records, told = run(tenant)

    assert len(of(UserRecord, records)) == 2
    assert told["users"].complete
    assert tenant.tokens_issued == 2


def test_a_token_is_renewed_before_it_expires():
    tenant = Tenant(token_lifetime=600)
    slow = graph_error(429, "TooManyRequests", headers={"Retry-After": "400"})
    paged(tenant, "/v1.0/users", [[user(1)], [user(2)]], fail={1: [slow]})

    _, told = run(tenant)

    assert told["users"].complete
    assert tenant.tokens_issued == 2


def test_a_token_that_stays_refused_is_an_error_and_not_a_loop():
    tenant = Tenant()
    refused = graph_error(401, "InvalidAuthenticationToken", "Invalid audience.")
    tenant.on("/v1.0/users?", refused)

    _, told = run(tenant)

    assert not told["users"].complete
    assert told["users"].code == "InvalidAuthenticationToken"


def test_a_page_size_that_graph_cuts_is_followed_to_the_end():
    tenant = Tenant()
    paged(tenant, "/v1.0/users", [[user(number)] for number in range(50)])

    records, told = run(tenant)

    assert len(of(UserRecord, records)) == 50
    assert told["users"].records == 50


def test_an_empty_page_with_a_link_goes_on():
    tenant = Tenant()
    paged(tenant, "/v1.0/users", [[user(1)], [], [user(2)]])

    records, _ = run(tenant)

    assert [each.id for each in of(UserRecord, records)] == ["user-1", "user-2"]


def test_an_expired_page_token_restarts_the_listing_without_doubling_it():
    tenant = Tenant()
    expired = graph_error(400, "Directory_ExpiredPageToken", "The page token has expired.")
    paged(tenant, "/v1.0/users", [[user(1)], [user(2)], [user(3)]], fail={2: [expired]})

    records, told = run(tenant)

    assert [each.id for each in of(UserRecord, records)] == ["user-1", "user-2", "user-3"]
    assert told["users"].complete
    assert told["users"].records == 3
    assert tenant.progress.counts["restarts"] == 1


def test_page_tokens_that_always_expire_end_in_an_incomplete_collection():
    tenant = Tenant()
    expired = [graph_error(400, "Directory_ExpiredPageToken") for _ in range(9)]
    paged(tenant, "/v1.0/users", [[user(1)], [user(2)]], fail={1: expired})

    _, told = run(tenant)

    assert not told["users"].complete
    assert told["users"].code == "Directory_ExpiredPageToken"


def test_pages_that_lead_in_a_circle_end():
    tenant = Tenant()
    link = f"{GRAPH}/v1.0/users?$skiptoken=same"
    tenant.on("/v1.0/users?", httpx.Response(200, json={"value": [], "@odata.nextLink": link}))

    _, told = run(tenant)

    assert not told["users"].complete
    assert "circle" in told["users"].error


@pytest.mark.parametrize(
    "link",
    [
        "https://evil.example/v1.0/users?$skiptoken=1",
        "http://graph.microsoft.com/v1.0/users?$skiptoken=1",
        "https://graph.microsoft.com:8443/v1.0/users",
        "https://graph.microsoft.com@evil.example/v1.0/users",
        "https://me:pw@graph.microsoft.com/v1.0/users",
        "/v1.0/users",
        "https://[nonsense",
    ],
)
def test_a_foreign_next_link_is_refused_and_the_token_never_sent(link):
    tenant = Tenant()
    tenant.on("/v1.0/users?", httpx.Response(200, json={"value": [], "@odata.nextLink": link}))

    _, told = run(tenant)

    assert not told["users"].complete
    assert told["assets"].complete
    hosts = {(each.url.scheme, each.url.netloc) for each in tenant.requests}
    assert hosts == {
        ("https", b"graph.microsoft.com"),
        ("https", b"login.microsoftonline.com"),
    }


def test_a_redirect_is_not_followed():
    tenant = Tenant()
    tenant.on("/v1.0/users?", httpx.Response(302, headers={"Location": "https://evil.example/"}))

    _, told = run(tenant)

    assert told["users"].error.startswith("failed to get Entra ID users: invalid response: 302")
    assert not [each for each in tenant.requests if each.url.host == "evil.example"]


@pytest.mark.parametrize(
    "response",
    [
        lambda: httpx.Response(200, content=b'{"value": [{"id": "user-1"'),
        lambda: httpx.Response(200, content=b"<html>proxy</html>"),
        lambda: httpx.Response(200, json={"no": "value"}),
        lambda: httpx.Response(200, json={"value": ["text"]}),
        lambda: httpx.Response(200, content=b"\xff\xfe"),
        lambda: httpx.Response(200, content=b""),
    ],
)
def test_an_unreadable_body_is_tried_again(response):
    tenant = Tenant()
    paged(tenant, "/v1.0/users", [[user(1)], [user(2)]], fail={1: [response()]})

    records, told = run(tenant)

    assert len(of(UserRecord, records)) == 2
    assert told["users"].complete


def test_a_body_that_stays_unreadable_is_incomplete_and_never_an_empty_collection():
    tenant = Tenant()
    tenant.on("/v1.0/users?", lambda _: httpx.Response(200, content=b'{"value": ['))

    _, told = run(tenant)

    assert not told["users"].complete
    assert "cannot be read" in told["users"].error


@pytest.mark.parametrize(
    "error", [httpx.ReadTimeout("slow"), httpx.RemoteProtocolError("dropped"), httpx.ReadError("")]
)
def test_a_dropped_connection_is_tried_again(error):
    tenant = Tenant()
    tenant.on("/v1.0/users?", error, times=2)

    _, told = run(tenant)

    assert told["users"].complete


def group(number, members):
    return {"id": f"group-{number}", "displayName": f"G{number}", "members": members, "owners": []}


def member(number):
    return {"@odata.type": "#microsoft.graph.user", "id": f"user-{number}"}


def test_a_group_of_exactly_twenty_is_read_by_itself_because_an_expansion_ends_there():
    tenant = Tenant()
    everyone = [member(number) for number in range(45)]
    tenant.answers["/v1.0/groups"] = {"value": [group(1, everyone), group(2, everyone[:19])]}
    paged(tenant, "/v1.0/groups/group-1/members", [everyone[:30], everyone[30:]])

    records, told = run(tenant)

    memberships = of(MembershipRecord, records)
    assert len([each for each in memberships if each.group_id == "group-1"]) == 45
    assert len([each for each in memberships if each.group_id == "group-2"]) == 19
    assert told["memberships"].complete


def test_a_huge_group_costs_its_members_and_flat_memory():
    tenant = Tenant()
    tenant.answers["/v1.0/groups"] = {"value": [group(1, [member(0)] * 20)]}
    pages = [[member(page * 999 + each) for each in range(999)] for page in range(60)]
    paged(tenant, "/v1.0/groups/group-1/members", pages)

    async def count():
        found = 0
        async for each in tenant.source().collect(tenant.context()):
            found += isinstance(each, MembershipRecord)
        return found

    tracemalloc.start()
    found = asyncio.run(count())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert found == 60 * 999
    assert len([each for each in tenant.requests if "/members" in each.url.path]) == 60
    assert peak < 40_000_000


def large_groups(tenant, count):
    groups = [group(number, [member(0)] * 20) for number in range(count)]
    tenant.answers["/v1.0/groups"] = {"value": groups}
    for number in range(count):
        tenant.answers[f"/v1.0/groups/group-{number}/members"] = {"value": [member(number)]}


def test_large_groups_are_read_twenty_to_a_request():
    tenant = Tenant()
    large_groups(tenant, 41)

    records, told = run(tenant)

    assert len(of(MembershipRecord, records)) == 41
    assert told["memberships"].complete
    assert len([each for each in tenant.requests if each.method == "POST"]) == 1 + 3


def test_a_group_deleted_while_the_sync_runs_is_skipped():
    tenant = Tenant()
    large_groups(tenant, 3)
    del tenant.answers["/v1.0/groups/group-1/members"]

    records, told = run(tenant)

    assert {each.group_id for each in of(MembershipRecord, records)} == {"group-0", "group-2"}
    assert told["memberships"].complete
    assert "gone while the sync ran" in tenant.progress.events("debug")


def test_one_bad_group_does_not_end_the_others_but_makes_memberships_incomplete():
    tenant = Tenant()
    large_groups(tenant, 3)
    tenant.on("/groups/group-1/members", graph_error(403, "Authorization_RequestDenied"))

    records, told = run(tenant)

    assert {each.group_id for each in of(MembershipRecord, records)} == {"group-0", "group-2"}
    assert not told["memberships"].complete
    assert told["groups"].complete


def test_only_the_throttled_parts_of_a_batch_are_tried_again():
    tenant = Tenant()
    large_groups(tenant, 5)
    slow = graph_error(429, "TooManyRequests", headers={"Retry-After": "3"})
    tenant.on("/groups/group-2/members", slow, times=1)

    records, told = run(tenant)

    batches = [
        orjson.loads(each.content) for each in tenant.requests if each.url.path[-6:] == "$batch"
    ]
    assert [len(each["requests"]) for each in batches] == [5, 1]
    assert len(of(MembershipRecord, records)) == 5
    assert told["memberships"].complete
    assert max(tenant.clock.slept) >= 3


def test_parts_that_a_batch_leaves_out_are_asked_for_again():
    tenant = Tenant()
    large_groups(tenant, 2)
    tenant.on("/$batch", httpx.Response(200, json={"responses": []}), times=1)

    records, told = run(tenant)

    assert len(of(MembershipRecord, records)) == 2
    assert told["memberships"].complete


def test_a_stale_token_inside_a_batch_is_renewed():
    tenant = Tenant()
    large_groups(tenant, 2)
    tenant.on("/groups/group-1/members", graph_error(401, "InvalidAuthenticationToken"), times=1)

    _, told = run(tenant)

    assert told["memberships"].complete
    assert tenant.tokens_issued == 2


def test_a_fan_out_of_which_nothing_succeeds_gives_up():
    tenant = Tenant()
    large_groups(tenant, 400)
    tenant.on("/members", graph_error(403, "Authorization_RequestDenied"))

    _, told = run(tenant)

    assert not told["memberships"].complete
    assert len([each for each in tenant.requests if each.url.path[-6:] == "$batch"]) <= 9


def test_progress_is_told_while_a_collection_runs():
    tenant = Tenant()

    run(tenant)

    assert tenant.progress.totals[Collection.USERS] == (2, 2)


def test_no_service_at_all_is_an_error_within_seconds_and_no_empty_tenant():
    tenant = Tenant()
    tenant.on("/", httpx.ConnectError("refused"))

    with pytest.raises(UnavailableError, match=r"no connection to login\.microsoftonline\.com"):
        run(tenant)
    assert sum(tenant.clock.slept) < 5


def test_a_rename_keeps_the_object_id_as_the_key():
    tenant = Tenant()
    renamed = page("users")
    renamed["value"][0]["userPrincipalName"] = "new.name@corp.example"

    before = of(UserRecord, run(tenant)[0])
    tenant.answers["/v1.0/users"] = renamed
    after = of(UserRecord, run(tenant)[0])

    assert before[0].id == after[0].id
    assert before[0].name != after[0].name


def test_a_wrong_password_is_sent_once_only():
    tenant = Tenant()
    told = {
        "error": "invalid_grant",
        "error_codes": [50126],
        "error_description": "AADSTS50126: no",
    }
    tenant.on("/token", httpx.Response(400, json=told))
    secret = {**tenant.context().secret, "username": "a@b.example", "password": "hunter22"}

    with pytest.raises(AuthError):
        asyncio.run(collected(tenant, tenant.context(secret)))
    assert len([each for each in tenant.requests if each.method == "POST"]) == 1
