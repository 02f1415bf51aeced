"""What another Graph than the documented one may do: nothing is lost, doubled, or kept quiet."""

import asyncio
import base64

import httpx
import orjson
import pytest

from muster.core.errors import AuthError
from muster.core.records import AssetRecord, GroupRecord, MembershipRecord, UserRecord
from muster.integrations.entra.tests.tenant import (
    SECRET,
    Tenant,
    collected,
    graph_error,
    reports,
)

USER = {
    "client_id": SECRET["client_id"],
    "tenant_id": SECRET["tenant_id"],
    "username": "reader@corp.example",
    "password": "pass word",
}


def of(kind, records):
    return [each for each in records if isinstance(each, kind)]


def run(tenant, **options):
    records = asyncio.run(collected(tenant, tenant.context(**options)))
    return records, reports(records)


def count(tenant, text):
    return sum(text in str(request.url) for request in tenant.requests)


def of_large_group(tenant, answer, *, number=25):
    """Let one group be too large for an expansion, its members told by `answer`."""
    tenant.answers["/v1.0/groups"] = {
        "value": [{"id": "big", "members": [{"id": f"user-{n}"} for n in range(number)]}]
    }
    tenant.answers["/v1.0/groups/big"] = {"value": [{"id": "big"}]}
    tenant.on("/groups/big/members", answer)


def members(number=25):
    found = [{"@odata.type": "#microsoft.graph.user", "id": f"user-{n}"} for n in range(number)]
    return httpx.Response(200, json={"value": found})


@pytest.mark.parametrize("status", [400, 404, 405, 501])
def test_a_graph_without_batches_is_asked_one_by_one(status):
    tenant = Tenant()
    of_large_group(tenant, members())
    tenant.on("$batch", graph_error(status, "BadRequest", "no such segment"))

    records, told = run(tenant)

    assert told["memberships"].complete
    assert len(of(MembershipRecord, records)) == 25
    assert count(tenant, "$batch") <= 3


@pytest.mark.parametrize(
    "spelled",
    [
        lambda reply: {**reply, "body": orjson.dumps(reply["body"]).decode()},
        lambda reply: {
            **reply,
            "body": base64.b64encode(orjson.dumps(reply["body"])).decode(),
        },
        lambda reply: {**reply, "id": int(reply["id"])},
        lambda reply: {**reply, "status": str(reply["status"])},
        lambda reply: {**reply, "headers": {"Retry-After": 1, "odd": ["x"], "none": None}},
        lambda reply: {"id": reply["id"], "status": reply["status"], "body": reply["body"]},
    ],
)
def test_a_reply_of_a_batch_may_be_spelled_in_other_ways(spelled):
    tenant = Tenant()
    of_large_group(tenant, members())

    def batch(request):
        document = orjson.loads(tenant._batch(request).content)
        told = [spelled(each) for each in document["responses"]]
        return httpx.Response(200, json={"responses": told})

    tenant.on("$batch", batch)

    records, told = run(tenant)

    assert told["memberships"].complete
    assert len(of(MembershipRecord, records)) == 25
    assert "retries" not in tenant.progress.counts


def test_a_batch_that_always_leaves_parts_out_ends_as_long_as_it_gets_on():
    tenant = Tenant()
    full = [{"id": f"user-{n}"} for n in range(20)]
    groups = [{"id": f"g{n}", "members": full} for n in range(20)]
    tenant.answers["/v1.0/groups"] = {"value": groups}
    tenant.on("/members?", lambda _: members(20))

    def batch(request):
        document = orjson.loads(tenant._batch(request).content)
        return httpx.Response(200, json={"responses": document["responses"][:1]})

    tenant.on("$batch", batch)

    records, told = run(tenant)

    assert told["memberships"].complete
    assert len(of(MembershipRecord, records)) == 400


@pytest.mark.parametrize(
    "sign", [{"members@odata.nextLink": "https://elsewhere.example/"}, {"members@odata.count": 25}]
)
def test_an_expansion_that_says_it_is_cut_is_asked_for_again(sign):
    tenant = Tenant()
    of_large_group(tenant, members(), number=7)
    tenant.answers["/v1.0/groups"]["value"][0].update(sign)
    whole = tenant.answers["/v1.0/groups"]
    tenant.on("$expand=members", lambda _: httpx.Response(200, json=whole))

    records, told = run(tenant)

    assert told["memberships"].complete
    assert len(of(MembershipRecord, records)) == 25


def test_members_that_are_not_found_of_a_group_that_exists_are_a_loss():
    tenant = Tenant()
    of_large_group(tenant, graph_error(404, "ResourceNotFound", "no such segment"))

    _, told = run(tenant)

    assert not told["memberships"].complete
    assert "404" in told["memberships"].error


def test_a_part_whose_parameters_are_refused_is_asked_for_without_them():
    tenant = Tenant()
    of_large_group(tenant, members())
    refused = graph_error(400, "Request_UnsupportedQuery", "Query option 'Top' is not allowed.")
    tenant.handlers.insert(0, lambda each: refused if "/big/members?" in str(each.url) else None)

    records, told = run(tenant)

    assert told["memberships"].complete
    assert len(of(MembershipRecord, records)) == 25


def test_a_smaller_largest_page_is_kept_to():
    tenant = Tenant()
    message = "Invalid page size specified: '999'. Must be between 1 and 100 inclusive."
    tenant.on("$top=999", graph_error(400, "Request_BadRequest", message))

    records, told = run(tenant)

    assert all(each.complete for each in told.values())
    assert of(AssetRecord, records)
    assert of(UserRecord, records)
    assert of(GroupRecord, records)


@pytest.mark.parametrize(
    "message",
    [
        "Unsupported property isManagementRestricted in $select",
        "Parsing OData Select and Expand failed.",
    ],
)
def test_refused_extras_of_devices_leave_the_devices_complete(message):
    tenant = Tenant()
    refused = graph_error(400, "Request_BadRequest", message)

    def handler(request):
        query = request.url.params
        is_meant = request.url.path == "/v1.0/devices" and "isManagement" in query.get(
            "$select", ""
        )
        return refused if is_meant else None

    tenant.handlers.append(handler)

    records, told = run(tenant)

    assert told["assets"].complete
    assert told["ownerships"].complete
    assert of(AssetRecord, records)


def test_sign_ins_are_the_first_that_a_refusal_without_a_name_may_mean():
    tenant = Tenant()
    tenant.on("signInActivity", graph_error(400, "Request_BadRequest", "Something is wrong."))

    _, told = run(tenant)

    assert told["users"].complete


def test_a_byte_order_mark_is_no_fault():
    tenant = Tenant()
    body = b"\xef\xbb\xbf" + orjson.dumps({"value": [{"id": "user-1"}]})
    tenant.on("/v1.0/users?", httpx.Response(200, content=body))

    records, told = run(tenant)

    assert told["users"].complete
    assert [each.id for each in of(UserRecord, records)] == ["user-1"]


def test_an_empty_link_and_a_count_that_is_text_are_no_faults():
    tenant = Tenant()
    document = {"value": [{"id": "user-1"}], "@odata.nextLink": "", "@odata.count": "1"}
    tenant.on("/v1.0/users?", httpx.Response(200, json=document))

    records, told = run(tenant)

    assert told["users"].complete
    assert len(of(UserRecord, records)) == 1


def test_an_object_nested_beyond_reading_keeps_its_upper_levels():
    deep = {"floor": True}
    for _ in range(400):
        deep = {"k": [deep]}
    tenant = Tenant()
    tenant.answers["/v1.0/users"] = {"value": [{"id": "user-1", "displayName": "A", "x": deep}]}

    records, told = run(tenant)

    assert told["users"].complete
    assert of(UserRecord, records)[0].display_name == "A"


def test_a_page_nested_beyond_decoding_is_incomplete_and_no_crash():
    tenant = Tenant()
    body = b'{"value":[{"id":"a","x":' + b'{"a":' * 50_000 + b"1" + b"}" * 50_000 + b"}]}"
    tenant.on("/v1.0/users?", httpx.Response(200, content=body))

    _, told = run(tenant)

    assert not told["users"].complete
    assert told["users"].code == "UnreadableReply"


def test_an_id_longer_than_any_is_no_object():
    tenant = Tenant()
    tenant.answers["/v1.0/users"] = {"value": [{"id": "x" * 301}, {"id": "user-1"}]}

    records, _ = run(tenant)

    assert [each.id for each in of(UserRecord, records)] == ["user-1"]
    assert tenant.progress.counts["unreadable"] == 1


@pytest.mark.parametrize("lifetime", [None, 0, "soon", "3599", -5, [1], "9" * 400])
def test_a_token_with_an_odd_lifetime_is_used_until_it_is_refused(lifetime):
    tenant = Tenant(token_lifetime=lifetime)

    _, told = run(tenant)

    assert all(each.complete for each in told.values())
    assert tenant.tokens_issued == 1


def test_a_token_that_ended_while_waiting_is_renewed_each_time():
    tenant = Tenant()
    expired = graph_error(401, "InvalidAuthenticationToken", "Access token has expired.")
    slow = graph_error(429, "TooManyRequests", headers={"Retry-After": "30"})
    answers = [expired, slow, expired, slow, expired]
    tenant.on("/v1.0/users?", lambda _: answers.pop(0) if answers else None)

    _, told = run(tenant)

    assert told["users"].complete


@pytest.mark.parametrize(
    "reply",
    [
        httpx.Response(404, text="<html>Not found</html>"),
        httpx.Response(404, json={"detail": "Not Found"}),
        httpx.Response(405),
    ],
)
def test_a_sign_in_service_without_discovery_is_used_all_the_same(reply):
    tenant = Tenant()
    tenant.on("openid-configuration", reply)

    _, told = run(tenant)

    assert all(each.complete for each in told.values())


@pytest.mark.parametrize(
    "reply",
    [
        httpx.Response(400, text="<html>Bad request</html>"),
        httpx.Response(401),
        httpx.Response(400, json=[1]),
        httpx.Response(403, json={"error": None}),
        httpx.Response(400, json={"error": {"code": "x"}, "error_codes": "7"}),
    ],
)
def test_a_refusal_that_nobody_can_read_is_not_tried_again(reply):
    tenant = Tenant()
    tenant.on("/token", reply)

    with pytest.raises(AuthError):
        asyncio.run(collected(tenant, tenant.context(USER)))

    assert count(tenant, "/token") == 1


def findings(tenant):
    return {each.name: each for each in asyncio.run(tenant.source().verify(tenant.context()))}


def test_what_can_be_read_is_permitted_whatever_the_token_says():
    found = findings(Tenant(roles=()))

    assert all(each.ok for each in found.values() if each.is_required)


def test_a_graph_that_takes_no_expansions_verifies_all_the_same():
    tenant = Tenant()
    tenant.on("$expand", graph_error(400, "Request_BadRequest", "No $expand here."))
    tenant.on("/registeredOwners", members(1))
    tenant.on("/members", members(1))

    found = findings(tenant)

    assert all(each.ok for each in found.values() if each.is_required)


def test_members_that_may_not_be_read_are_found_where_expansions_are_refused():
    tenant = Tenant()
    tenant.on("$expand", graph_error(403, "Authorization_RequestDenied"))
    tenant.on("/members", graph_error(403, "Authorization_RequestDenied"))

    assert not findings(tenant)["read group members"].ok


def test_a_tenant_given_by_its_domain_is_told_by_its_id():
    tenant = Tenant()
    tenant_id = SECRET["tenant_id"]
    body = base64.urlsafe_b64encode(orjson.dumps({"tid": tenant_id})).decode().rstrip("=")
    issued = {"access_token": f"e30.{body}.sig", "token_type": "Bearer", "expires_in": 3600}
    tenant.on("/token", httpx.Response(200, json=issued))
    context = tenant.context({**SECRET, "tenant_id": " Corp.Example "})

    found = {each.name: each for each in asyncio.run(tenant.source().verify(context))}

    assert found["tenant"].ok
    assert f"corp.example is {tenant_id}" in found["tenant"].detail
    assert found["tenant"].correction == {"tenant_id": tenant_id}


@pytest.mark.parametrize("rows", [[], [{"id": "user-1"}]])
def test_pages_without_end_or_news_are_left_as_incomplete(rows):
    tenant = Tenant()
    numbers = iter(range(10_000))

    def answer(_):
        link = f"https://graph.microsoft.com/v1.0/users?$skiptoken={next(numbers)}"
        return httpx.Response(200, json={"value": rows, "@odata.nextLink": link})

    tenant.on("/v1.0/users?", answer)

    records, told = run(tenant)

    assert not told["users"].complete
    assert len(of(UserRecord, records)) == len(rows)
