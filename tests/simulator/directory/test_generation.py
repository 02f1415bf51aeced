"""Objects: the same for the same seed, made one by one, and shaped as Graph shapes them."""

import re
import subprocess
import sys
from collections import Counter
from datetime import timedelta

import orjson
import pytest

from muster.simulator.directory.changes import KINDS
from muster.simulator.directory.identifiers import GuidCodec

DECLARED_DEVICE_PROPERTIES = frozenset(
    [
        "id",
        "deletedDateTime",
        "accountEnabled",
        "alternativeSecurityIds",
        "approximateLastSignInDateTime",
        "complianceExpirationDateTime",
        "deviceCategory",
        "deviceId",
        "deviceMetadata",
        "deviceOwnership",
        "deviceVersion",
        "displayName",
        "enrollmentProfileName",
        "enrollmentType",
        "isCompliant",
        "isManaged",
        "isManagementRestricted",
        "isRooted",
        "managementType",
        "manufacturer",
        "mdmAppId",
        "model",
        "onPremisesLastSyncDateTime",
        "onPremisesSecurityIdentifier",
        "onPremisesSyncEnabled",
        "operatingSystem",
        "operatingSystemVersion",
        "physicalIds",
        "profileType",
        "registrationDateTime",
        "systemLabels",
        "trustType",
    ]
)
USER_PROPERTIES = frozenset(
    [
        "id",
        "accountEnabled",
        "ageGroup",
        "assignedLicenses",
        "assignedPlans",
        "businessPhones",
        "city",
        "companyName",
        "country",
        "createdDateTime",
        "creationType",
        "department",
        "displayName",
        "employeeHireDate",
        "employeeId",
        "employeeLeaveDateTime",
        "employeeOrgData",
        "employeeType",
        "externalUserState",
        "externalUserStateChangeDateTime",
        "faxNumber",
        "givenName",
        "identities",
        "imAddresses",
        "isManagementRestricted",
        "isResourceAccount",
        "jobTitle",
        "lastPasswordChangeDateTime",
        "mail",
        "mailNickname",
        "mobilePhone",
        "officeLocation",
        "onPremisesDistinguishedName",
        "onPremisesDomainName",
        "onPremisesExtensionAttributes",
        "onPremisesImmutableId",
        "onPremisesLastSyncDateTime",
        "onPremisesProvisioningErrors",
        "onPremisesSamAccountName",
        "onPremisesSecurityIdentifier",
        "onPremisesSyncEnabled",
        "onPremisesUserPrincipalName",
        "otherMails",
        "passwordPolicies",
        "postalCode",
        "preferredLanguage",
        "provisionedPlans",
        "proxyAddresses",
        "securityIdentifier",
        "showInAddressList",
        "signInActivity",
        "signInSessionsValidFromDateTime",
        "state",
        "streetAddress",
        "surname",
        "usageLocation",
        "userPrincipalName",
        "userType",
    ]
)
GROUP_PROPERTIES = frozenset(
    [
        "id",
        "assignedLabels",
        "assignedLicenses",
        "classification",
        "createdDateTime",
        "description",
        "displayName",
        "expirationDateTime",
        "groupTypes",
        "hasMembersWithLicenseErrors",
        "infoCatalogs",
        "isAssignableToRole",
        "isManagementRestricted",
        "licenseProcessingState",
        "mail",
        "mailEnabled",
        "mailNickname",
        "membershipRule",
        "membershipRuleProcessingState",
        "onPremisesDomainName",
        "onPremisesLastSyncDateTime",
        "onPremisesNetBiosName",
        "onPremisesProvisioningErrors",
        "onPremisesSamAccountName",
        "onPremisesSecurityIdentifier",
        "onPremisesSyncEnabled",
        "organizationId",
        "preferredDataLocation",
        "preferredLanguage",
        "proxyAddresses",
        "renewedDateTime",
        "resourceBehaviorOptions",
        "resourceProvisioningOptions",
        "securityEnabled",
        "securityIdentifier",
        "serviceProvisioningErrors",
        "theme",
        "visibility",
    ]
)
GUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
IN_ANOTHER_PROCESS = """
import sys, hashlib, orjson
from datetime import UTC, datetime
from muster.simulator.directory import Directory, TenantSize
now = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
d = Directory(seed=7, size=TenantSize(2000, 1500, 200), now=now)
pages = [d.page(kind, 0, 100) for kind in ("devices", "users", "groups")]
members = [list(d.members(group)) for group in d.ids("groups")[:30]]
print(hashlib.sha256(orjson.dumps([pages, members])).hexdigest())
"""


def fingerprint_elsewhere(hash_seed):
    environment = {"PYTHONHASHSEED": hash_seed, "PYTHONPATH": ":".join(sys.path)}
    command = [sys.executable, "-c", IN_ANOTHER_PROCESS]
    return subprocess.run(command, env=environment, check=True, capture_output=True).stdout


def values(objects, name):
    return Counter(each[name] for each in objects)


def test_the_same_seed_makes_the_same_tenant_in_every_process():
    assert fingerprint_elsewhere("1") == fingerprint_elsewhere("2")


def test_another_seed_makes_another_tenant(found):
    one, other = found(seed=1), found(seed=2)

    assert one.tenant_id != other.tenant_id
    assert one.domain != other.domain
    assert not set(one.ids("devices")) & set(other.ids("devices"))


@pytest.mark.parametrize("kind", KINDS)
def test_an_object_is_the_same_alone_and_on_a_page(tenant, kind):
    page = tenant.page(kind, 50, 40)

    assert [each["id"] for each in page] == tenant.ids(kind)[50:90]
    assert [tenant.get(kind, each["id"]) for each in page] == page


@pytest.mark.parametrize("kind", KINDS)
def test_ids_are_distinct_guids(tenant, kind):
    ids = list(tenant.ids(kind))

    assert len(set(ids)) == len(ids) == tenant.count(kind)
    assert all(GUID.fullmatch(each) for each in ids)


@pytest.mark.parametrize("kind", KINDS)
def test_a_tenant_of_a_million_answers_anywhere(huge, kind):
    ids = huge.ids(kind)
    places = [0, 1, len(ids) // 3, len(ids) - 1]

    objects = [huge.get(kind, ids[place]) for place in places]

    assert [each["id"] for each in objects] == [ids[place] for place in places]
    assert [huge.page(kind, place, 1) for place in places] == [[each] for each in objects]
    assert huge.page(kind, len(ids) - 2, 10) == [huge.get(kind, each) for each in ids[-2:]]


def test_the_group_of_everybody_in_a_huge_tenant_is_lazy(huge):
    everybody = huge.members(huge.ids("groups")[0])

    assert len(everybody) == 1_000_000
    assert everybody[999_999] == ("users", huge.ids("users")[-1])
    assert list(everybody[10:12]) == [("users", each) for each in huge.ids("users")[10:12]]


def test_a_device_has_every_declared_property_and_some_undeclared(tenant):
    devices = tenant.page("devices", 0, 2000)
    undeclared = set().union(*devices) - DECLARED_DEVICE_PROPERTIES

    assert all(each.keys() >= DECLARED_DEVICE_PROPERTIES for each in devices)
    assert {"createdDateTime", "extensionAttributes", "hostnames", "domainName"} <= undeclared
    assert any(name.endswith("_assetTracking") for name in undeclared)


@pytest.mark.parametrize(
    ("kind", "expected"), [("users", USER_PROPERTIES), ("groups", GROUP_PROPERTIES)]
)
def test_users_and_groups_have_the_properties_that_matter(tenant, kind, expected):
    assert all(each.keys() >= expected for each in tenant.page(kind, 0, 1500))


@pytest.mark.parametrize(
    ("name", "vocabulary"),
    [
        ("trustType", {"Workplace", "AzureAd", "ServerAd"}),
        ("deviceOwnership", {"Company", "Personal", "Unknown", None}),
        ("profileType", {"RegisteredDevice", "SecureVM", "Shared", None}),
        ("isManaged", {True, False, None}),
        ("isCompliant", {True, False, None}),
        ("onPremisesSyncEnabled", {True, None}),
        (
            "managementType",
            {"MDM", "EasMdm", "MicrosoftSense", "Jamf", "GoogleCloudDevicePolicyController", None},
        ),
    ],
)
def test_a_device_property_takes_every_value_of_its_vocabulary(tenant, name, vocabulary):
    assert set(values(tenant.page("devices", 0, 2000), name)) == vocabulary


def test_the_mix_of_operating_systems_is_that_of_a_company(tenant):
    mix = values(tenant.page("devices", 0, 2000), "operatingSystem")

    assert mix["Windows"] > 800
    assert mix.keys() >= {
        "iOS",
        "IPhone",
        "IPad",
        "Android",
        "AndroidEnterprise",
        "MacMDM",
        "Linux",
    }
    assert any(name.startswith("Windows Server 20") for name in mix)


def test_about_six_percent_of_devices_are_disabled_and_more_are_stale(tenant):
    devices = tenant.page("devices", 0, 2000)
    horizon = (tenant.now - timedelta(days=90)).strftime("%Y-%m-%dT%H:%M:%SZ")
    stamps = [each["approximateLastSignInDateTime"] for each in devices]

    assert 80 <= values(devices, "accountEnabled")[False] <= 180
    assert 150 <= sum(stamp is not None and stamp < horizon for stamp in stamps) <= 450
    assert 40 <= stamps.count(None) <= 250


def test_a_hybrid_device_knows_its_on_premises_self(tenant):
    devices = tenant.page("devices", 0, 2000)
    hybrid = [each for each in devices if each["trustType"] == "ServerAd"]
    pending = [each for each in hybrid if each["registrationDateTime"] is None]

    assert all(each["onPremisesSecurityIdentifier"].startswith("S-1-5-21-") for each in hybrid)
    assert pending
    assert all(each["isManaged"] is None for each in pending)
    assert not any(
        each["onPremisesSecurityIdentifier"] for each in devices if each["trustType"] != "ServerAd"
    )


def test_a_device_that_registered_again_is_there_twice_under_one_name(tenant):
    devices = tenant.page("devices", 0, 2000)
    old, new = devices[11], devices[22]

    assert old["displayName"] == new["displayName"]
    assert old["id"] != new["id"]
    assert old["deviceId"] != new["deviceId"]
    assert old["createdDateTime"] < new["createdDateTime"] or not old["accountEnabled"]


def test_physical_ids_and_security_keys_have_the_known_forms(tenant):
    devices = tenant.page("devices", 0, 300)
    physical = [each for device in devices for each in device["physicalIds"]]
    form = re.compile(
        r"\[(HWID\]:h|GID\]:g|USER-HWID\]:[0-9a-f-]{36}|USER-GID\]:[0-9a-f-]{36}):\d+"
        r"|\[ZTDID\]:[0-9a-f-]{36}|\[OrderID\]:\S+"
    )

    assert all(form.fullmatch(each) for each in physical)
    assert all(each["alternativeSecurityIds"][0]["type"] == 2 for each in devices)


@pytest.mark.parametrize("kind", KINDS)
def test_every_instant_is_written_as_graph_writes_it_and_lies_at_a_sensible_time(tenant, kind):
    found = [
        value
        for each in tenant.page(kind, 0, 2000)
        for name, value in each.items()
        if name.endswith("DateTime") and value is not None
    ]

    assert found
    assert all(INSTANT.fullmatch(each) for each in found)
    assert min(found) > "2010"


@pytest.mark.parametrize("kind", KINDS)
def test_objects_can_be_written_as_json(tenant, kind):
    page = tenant.page(kind, 0, 200)

    assert orjson.loads(orjson.dumps(page)) == page


def test_every_user_is_found_by_the_sign_in_name_in_any_case(tenant):
    users = tenant.page("users", 0, 1500)
    names = {str(each["userPrincipalName"]).casefold() for each in users}

    assert len(names) == 1500
    assert all(tenant.find_user(str(each["userPrincipalName"]).upper()) == each for each in users)
    assert tenant.find_user("nobody@nowhere.example") is None


@pytest.mark.parametrize(
    "name",
    [
        "",
        "@",
        "room-ber-" + "9" * 5000 + "@x.example",
        "anna.mueller" + "9" * 5000,
        "svc-backup-999999999@meridianfreight.example",
        "anna.mueller0@x.example",
        "İ.ß\x00'",
    ],
)
def test_a_hostile_sign_in_name_finds_nobody(tenant, name):
    assert tenant.find_user(name) is None


def test_every_user_of_a_huge_tenant_has_a_name_of_their_own(huge):
    users = huge.page("users", 400_000, 3000) + huge.page("users", 0, 3000)

    assert len({each["userPrincipalName"] for each in users}) == 6000
    assert all(
        huge.find_user(each["userPrincipalName"])["id"] == each["id"] for each in users[::50]
    )


def test_every_device_is_found_by_its_device_id(tenant):
    devices = tenant.page("devices", 0, 100)

    assert [tenant.find_device(each["deviceId"].upper()) for each in devices] == devices
    assert tenant.find_device(devices[0]["id"]) is None


def test_users_are_members_and_guests_of_many_languages(tenant):
    users = tenant.page("users", 0, 1500)
    guests = [each for each in users if each["userType"] == "Guest"]

    assert set(values(users, "userType")) == {"Member", "Guest"}
    assert all("#EXT#@" in each["userPrincipalName"] for each in guests)
    assert values(users, "accountEnabled")[False] > 50
    assert any(not each["displayName"].isascii() for each in users)
    assert max(values(users, "displayName").values()) > 1
    assert any(each["signInActivity"] is None for each in users)


def test_a_guid_made_by_somebody_else_decodes_to_nothing():
    codec = GuidCodec(7, "devices")

    assert codec.decode(codec.encode(999_999)) == 999_999
    assert codec.decode(codec.encode(5).upper()) == 5
    assert codec.decode(GuidCodec(8, "devices").encode(5)) is None
    assert codec.decode("x" * 36) is None
    assert codec.decode("") is None


@pytest.mark.parametrize("kind", KINDS)
def test_an_empty_tenant_is_a_tenant(found, kind):
    empty = found(devices=0, users=0, groups=0)

    assert empty.count(kind) == 0
    assert list(empty.ids(kind)) == empty.page(kind, 0, 10) == []


def test_tiny_tenants_refer_to_nothing_that_is_not_there(found):
    tiny = found(devices=3, users=2, groups=15)

    for group in tiny.ids("groups"):
        assert all(tiny.get(kind, each) for kind, each in tiny.transitive_members(group))
        assert all(tiny.get("users", each) for each in tiny.group_owners(group))
    for device in tiny.ids("devices"):
        assert all(tiny.get("users", each) for each in tiny.registered_users(device))
