import asyncio
from datetime import timedelta

import httpx
import pytest

from muster.core.errors import ConfigError, QueryError
from muster.core.records import AssetRecord, OwnershipRecord, UserRecord
from muster.integrations.entra import options
from muster.integrations.entra.devices import is_inactive
from muster.integrations.entra.previewing import Preview
from muster.integrations.entra.tests.tenant import (
    NOW,
    Tenant,
    collected,
    graph_error,
    page,
    reports,
)

IDS = [each["id"] for each in page("devices")["value"]]


def run(tenant, **given):
    records = asyncio.run(collected(tenant, tenant.context(**given)))
    return records, reports(records)


def assets(records):
    return {each.id: each for each in records if isinstance(each, AssetRecord)}


def ownerships(records):
    return {
        (each.subject_id, each.relation, each.owner_id)
        for each in records
        if isinstance(each, OwnershipRecord) and each.subject_kind == "asset"
    }


def listings(tenant, path="/v1.0/devices"):
    return [
        each.url.params
        for each in tenant.requests
        if each.url.path == path and each.url.params.get("$top") != "1"
    ]


def test_disabled_devices_are_left_out_and_counted():
    tenant = Tenant()

    records, told = run(tenant)

    assert set(assets(records)) == {IDS[0], IDS[1], IDS[3]}
    assert tenant.progress.counts["inactive"] == 1
    assert told["assets"].complete
    assert told["assets"].records == 3
    assert not [each for each in ownerships(records) if each[0] == IDS[2]]


def test_disabled_devices_come_when_asked_for_and_are_not_active():
    records, _ = run(Tenant(), include_inactive="true")

    assert not assets(records)[IDS[2]].is_active
    assert assets(records)[IDS[0]].is_active


def test_stale_devices_are_left_out_only_when_asked_for_and_no_stamp_is_no_staleness():
    records, _ = run(Tenant(), inactive_after_days="90")

    assert set(assets(records)) == {IDS[0], IDS[1]}


@pytest.mark.parametrize(
    ("stamp", "expected"),
    [
        ("2026-11-02T12:00:01Z", False),
        ("2026-11-02T11:59:59Z", True),
        (None, False),
        ("0001-01-01T00:00:00Z", False),
        ("nonsense", False),
        (7, False),
    ],
)
def test_staleness_is_judged_by_the_stamp(stamp, expected):
    wanted = options.Options(inactive_after=timedelta(days=21))

    device = {"accountEnabled": None, "approximateLastSignInDateTime": stamp}

    assert is_inactive(device, wanted, NOW) is expected


@pytest.mark.parametrize("days", ["20", "0", "-30", "1.5", "x", "٣٠", "99999", "1" * 5000])
def test_a_number_of_days_below_21_or_none_is_a_config_error_before_anything_is_sent(days):
    tenant = Tenant()

    with pytest.raises(ConfigError, match="inactive_after_days"):
        run(tenant, inactive_after_days=days)
    assert tenant.requests == []


@pytest.mark.parametrize(
    ("name", "value"), [("include_inactive", "maybe"), ("exclude_unknown", "2"), ("other", "x")]
)
def test_an_option_that_cannot_be_read_is_a_config_error(name, value):
    tenant = Tenant()

    with pytest.raises(ConfigError, match=name):
        run(tenant, **{name: value})
    assert tenant.requests == []


def test_select_only_attributes_and_unknown_ones_both_come():
    records, _ = run(Tenant())

    attributes = assets(records)[IDS[0]].attributes
    assert attributes["onPremisesSecurityIdentifier"] == "S-1-5-21-1-2-3-1104"
    assert attributes["isManagementRestricted"] == "false"
    assert attributes["somethingNewDateTimeTS"] == "1767225600"
    assert "registeredOwners" not in " ".join(attributes)


def test_owners_and_users_of_devices_come_with_two_listings_and_no_fan_out():
    tenant = Tenant()

    records, told = run(tenant)

    assert ownerships(records) == {
        (IDS[0], "owner", "u0000000-0000-4000-8000-000000000001"),
        (IDS[0], "user", "u0000000-0000-4000-8000-000000000001"),
        (IDS[0], "user", "u0000000-0000-4000-8000-000000000002"),
        (IDS[1], "owner", "u0000000-0000-4000-8000-000000000002"),
    }
    assert told["ownerships"].complete
    assert len(listings(tenant)) == 2
    assert not [each for each in tenant.requests if each.url.path.endswith("$batch")]


def test_twenty_users_of_a_device_are_asked_for_again():
    tenant = Tenant()
    users = [{"@odata.type": "#microsoft.graph.user", "id": f"user-{each}"} for each in range(25)]
    tenant.answers["/v1.0/devices"]["value"][0]["registeredUsers"] = users
    tenant.answers[f"/v1.0/devices/{IDS[0]}/registeredUsers"] = {"value": users}

    records, told = run(tenant)

    assert len([each for each in ownerships(records) if each[1] == "user"]) == 25
    assert told["ownerships"].complete


def test_a_refused_expansion_leads_to_single_questions():
    tenant = Tenant()
    tenant.on("$expand=registeredOwners", graph_error(400, "Request_UnsupportedQuery", "no"))
    for each in IDS:
        tenant.answers[f"/v1.0/devices/{each}/registeredOwners"] = {"value": [{"id": "owner"}]}

    records, told = run(tenant)

    assert {each for each in ownerships(records) if each[2] == "owner"} == {
        (each, "owner", "owner") for each in (IDS[0], IDS[1], IDS[3])
    }
    assert told["ownerships"].complete


def test_owners_that_may_not_be_read_leave_the_devices_complete():
    tenant = Tenant()
    tenant.on("registeredOwners", graph_error(403, "Authorization_RequestDenied"))

    records, told = run(tenant)

    assert len(assets(records)) == 3
    assert told["assets"].complete
    assert not told["ownerships"].complete


def test_a_select_only_property_that_graph_does_not_know_is_left_out_with_a_warning():
    tenant = Tenant()

    def refuse(request):
        if "isManagementRestricted" not in request.url.params.get("$select", ""):
            return None
        told = "Could not find a property named 'isManagementRestricted' on type 'device'."
        return graph_error(400, "BadRequest", told)

    tenant.on("/v1.0/devices", refuse)

    records, told = run(tenant)

    assert told["assets"].complete
    assert "onPremisesSecurityIdentifier" in assets(records)[IDS[0]].attributes
    assert tenant.progress.events("warning") == ["isManagementRestricted left out"]


def test_sign_in_activity_that_may_not_be_read_is_left_out_and_said():
    tenant = Tenant()

    def refuse(request):
        if "signInActivity" not in request.url.params.get("$select", ""):
            return None
        return graph_error(403, "Authentication_RequestFromNonPremiumTenantOrB2CTenant")

    tenant.on("/v1.0/users", refuse)

    records, told = run(tenant)

    assert told["users"].complete
    assert len([each for each in records if isinstance(each, UserRecord)]) == 2
    assert tenant.progress.events("info") == ["signInActivity left out"]


def test_sign_in_activity_is_not_asked_for_where_the_token_cannot_read_it():
    tenant = Tenant(roles=("Device.Read.All", "Group.Read.All", "User.Read.All"))

    run(tenant)

    assert "signInActivity" not in listings(tenant, "/v1.0/users")[0]["$select"]


def test_users_are_never_asked_for_what_lives_in_sharepoint():
    tenant = Tenant()

    run(tenant)

    asked = set(listings(tenant, "/v1.0/users")[0]["$select"].split(","))
    assert not asked & {"aboutMe", "birthday", "hireDate", "interests", "skills", "mailboxSettings"}
    assert {"accountEnabled", "userType", "department", "onPremisesSyncEnabled"} <= asked


def test_a_filter_is_sent_on_every_page_with_what_an_advanced_query_needs():
    tenant = Tenant()
    second = page("devices")
    second["value"] = []

    def first_page(request):
        if request.url.params.get("$top") == "1" or "$skiptoken" in str(request.url):
            return None
        if "$filter" not in request.url.params:
            return None
        link = "https://graph.microsoft.com/v1.0/devices?$skiptoken=2"
        return httpx.Response(200, json={**page("devices"), "@odata.nextLink": link})

    tenant.on("/v1.0/devices", first_page)

    run(tenant, filter="not(startsWith(operatingSystem, 'Android'))")

    filtered = [each for each in tenant.requests if "$filter" in each.url.params]
    following = [each for each in tenant.requests if "$skiptoken" in str(each.url)]
    assert {each.url.params["$filter"] for each in filtered} == {
        "not(startsWith(operatingSystem, 'Android'))"
    }
    assert {each.url.params["$count"] for each in filtered} == {"true"}
    assert following
    assert {each.headers["ConsistencyLevel"] for each in [*filtered, *following]} == {"eventual"}
    assert not [each for each in filtered if "$expand" in each.url.params]


def test_a_filter_reads_no_users_or_groups_by_it():
    tenant = Tenant()

    run(tenant, filter="startswith(displayName, 'WS')")

    for path in ("/v1.0/users", "/v1.0/groups"):
        assert not [each for each in listings(tenant, path) if "$filter" in each]


def test_a_filter_that_graph_ignores_is_applied_here_and_that_is_said():
    tenant = Tenant()

    records, _ = run(tenant, filter="startswith(displayName, 'WS')")

    assert set(assets(records)) == {IDS[0]}
    assert tenant.progress.counts["filtered_locally"] == 3
    assert "Graph returned a device that the filter leaves out" in tenant.progress.events("warning")


def test_a_device_whose_match_is_unknown_here_stays():
    tenant = Tenant()

    records, _ = run(tenant, filter="not(managementType eq 'Jamf')")

    assert IDS[1] in assets(records)


def test_owners_of_filtered_devices_come_by_listing_where_the_filter_lets_many_through():
    tenant = Tenant()

    records, told = run(tenant, filter="not(startsWith(operatingSystem, 'Android'))")

    assert len(ownerships(records)) == 4
    assert told["ownerships"].complete
    assert not [each for each in tenant.requests if each.url.path.endswith("$batch")]


def test_owners_of_few_filtered_devices_are_asked_for_one_by_one():
    tenant = Tenant()

    def many(request):
        params = request.url.params
        if params.get("$top") != "1":
            return None
        total = 1 if "$filter" in params else 100_000
        return httpx.Response(200, json={"value": [], "@odata.count": total})

    tenant.on("/v1.0/devices", many)
    for each in IDS:
        for relation in ("registeredOwners", "registeredUsers"):
            tenant.answers[f"/v1.0/devices/{each}/{relation}"] = {"value": [{"id": "somebody"}]}

    records, told = run(tenant, filter="not(startsWith(operatingSystem, 'Android'))")

    assert len(ownerships(records)) == 6
    assert told["ownerships"].complete
    assert not [
        each
        for each in tenant.requests
        if "$expand" in str(each.url) and "devices" in each.url.path
    ]


@pytest.mark.parametrize(
    "text",
    ["displayName eq", "displayNam eq 'x'", "endswith(displayName,'x')", "isManaged eq 'true'"],
)
def test_a_bad_filter_is_told_with_its_place_before_anything_is_sent(text):
    tenant = Tenant()

    with pytest.raises(QueryError) as caught:
        run(tenant, filter=text)
    assert "^" in caught.value.pointed()
    assert tenant.requests == []


def test_a_filter_that_graph_refuses_after_all_is_an_error_of_the_devices_only():
    tenant = Tenant()
    told = "Unsupported or invalid query filter clause specified for property 'model'."

    def refuse(request):
        is_filtered = "$filter" in request.url.params
        return graph_error(400, "Request_UnsupportedQuery", told) if is_filtered else None

    tenant.on("/v1.0/devices", refuse)

    _, reported = run(tenant, filter="model eq 'x'")

    assert not reported["assets"].complete
    assert told in reported["assets"].error
    assert reported["users"].complete


def test_devices_listed_in_two_orders_are_joined_all_the_same():
    tenant = Tenant()
    rows = [
        {
            "id": f"d{each:05}",
            "displayName": f"D{each}",
            "onPremisesSecurityIdentifier": f"S-{each}",
        }
        for each in range(40)
    ]

    def serve(request):
        params = request.url.params
        if params.get("$top") == "1":
            return None
        is_extra = "onPremisesSecurityIdentifier" in str(request.url)
        ordered = rows[::-1] if is_extra else rows
        start, size = int(params.get("$skiptoken", 0)), 3 if is_extra else 7
        document = {"value": ordered[start : start + size]}
        if start + size < len(ordered):
            link = f"https://graph.microsoft.com/v1.0/devices?$skiptoken={start + size}"
            tail = "&onPremisesSecurityIdentifier" if is_extra else ""
            document["@odata.nextLink"] = link + tail
        return httpx.Response(200, json=document)

    tenant.on("/v1.0/devices?", serve)
    for row in rows:
        for relation in ("registeredOwners", "registeredUsers"):
            tenant.answers[f"/v1.0/devices/{row['id']}/{relation}"] = {"value": []}

    records, told = run(tenant)

    assert told["assets"].complete
    assert {
        each.attributes["onPremisesSecurityIdentifier"] for each in assets(records).values()
    } == {row["onPremisesSecurityIdentifier"] for row in rows}


def test_an_object_that_moves_over_the_seam_of_two_pages_comes_once():
    tenant = Tenant()
    link = "https://graph.microsoft.com/v1.0/users?$skiptoken=2"
    first = {"value": [{"id": "a"}, {"id": "b"}], "@odata.nextLink": link}
    tenant.on("$skiptoken=2", httpx.Response(200, json={"value": [{"id": "b"}, {"id": "c"}]}))
    tenant.on("/users?$select=id,", httpx.Response(200, json=first))

    records, told = run(tenant)

    assert [each.id for each in records if isinstance(each, UserRecord)] == ["a", "b", "c"]
    assert told["users"].records == 3


def test_an_object_without_an_id_is_counted_and_the_others_come():
    tenant = Tenant()
    tenant.answers["/v1.0/users"]["value"].append({"displayName": "nobody"})
    tenant.answers["/v1.0/groups"]["value"].append({"displayName": "none"})
    tenant.answers["/v1.0/devices"]["value"].append({"displayName": "no device", "id": ["x"]})
    tenant.on("/groups//", graph_error(404, "Request_ResourceNotFound"))

    _, told = run(tenant)

    assert told["users"].records == 2
    assert told["users"].complete
    assert tenant.progress.counts["unreadable"] >= 2


def counted(**numbers):
    def answer(request):
        text = request.url.params.get("$filter", "")
        name = "inactive" if "accountEnabled eq false" in text else "matching"
        name = name if text or "total" not in numbers else "total"
        seen.append(text)
        return httpx.Response(200, json={"value": [], "@odata.count": numbers[name]})

    seen = []
    tenant = Tenant()
    tenant.on("/v1.0/devices", answer)
    return tenant, seen


def preview(tenant, **given):
    return asyncio.run(tenant.source().preview(tenant.context(**given)))


def test_a_preview_says_how_many_match_and_how_many_would_be_imported():
    tenant, seen = counted(matching=100, inactive=7, total=400)

    found = preview(tenant, filter="startswith(displayName,'WS')", inactive_after_days="30")

    assert found == Preview(100, 93)
    assert seen[1] == (
        "(startswith(displayName,'WS')) and (accountEnabled eq false "
        "or approximateLastSignInDateTime le 2026-10-24T12:00:00Z)"
    )


def test_a_preview_with_inactive_ones_counts_once():
    tenant, seen = counted(matching=5)

    assert preview(tenant, include_inactive="true") == Preview(5, 5)
    assert seen == [""]


def test_a_preview_of_devices_that_may_not_be_read_is_an_error():
    tenant = Tenant()
    tenant.on("/v1.0/devices", graph_error(403, "Authorization_RequestDenied"))

    with pytest.raises(ConfigError, match="403"):
        preview(tenant)


def test_a_preview_counts_itself_where_graph_does_not():
    tenant = Tenant()
    devices = tenant.answers["/v1.0/devices"]["value"]
    tenant.on("$count=true", graph_error(400, "Request_BadRequest", "$count is not supported."))

    found = preview(tenant)

    disabled = sum(each.get("accountEnabled") is False for each in devices)
    assert found == Preview(len(devices), len(devices) - disabled)


def test_a_preview_counts_itself_where_graph_ignores_the_filter():
    tenant = Tenant()
    devices = tenant.answers["/v1.0/devices"]["value"]

    found = preview(tenant, filter="operatingSystem eq 'Windows'", include_inactive="true")

    assert found.matching == sum(each.get("operatingSystem") == "Windows" for each in devices)
    assert found.matching < len(devices)
