"""What a person is told before a filter is sent."""

import pytest

from muster.core.errors import QueryError
from muster.odata import Severity, check, needs_advanced, parse

GUID = "6ba7b810-9dad-11d1-80b4-00c04fd430c8"


def only_error(text, resource="device"):
    checked = check(text, resource=resource)
    assert len(checked.errors) == 1
    found = checked.errors[0]
    return text[found.position : found.position + found.length], found.message, found.hint


@pytest.mark.parametrize(
    ("text", "is_advanced"),
    [
        ("not(startsWith(operatingSystem, 'Android'))", True),
        ("not(operatingSystem eq 'iOS') and not(operatingSystem eq 'iPad')", True),
        ("startswith(displayName, 'PROD')", False),
        ("not(startswith(displayName, 'DEV'))", True),
        ("deviceOwnership eq 'Company' or isManaged eq true", True),
        ("manufacturer eq 'Dell Inc.'", True),
        ("model eq 'Precision 3560'", True),
        ("managementType eq 'MDM'", True),
        ("deviceOwnership eq 'Company'", True),
        ("displayName eq 'EXPLORER-01'", False),
        ("operatingSystem eq 'Windows'", False),
        ("operatingSystemVersion eq '10.0.19045'", False),
        ("isManaged eq true", False),
    ],
)
def test_the_examples_of_the_page_are_legal_for_devices(text, is_advanced):
    checked = check(text, resource="device")

    assert checked.errors == ()
    assert checked.needs_advanced is is_advanced


@pytest.mark.parametrize("name", ["displayName", "model", "operatingSystem", "deviceId"])
@pytest.mark.parametrize("operator", ["lt", "gt", "has"])
def test_operators_that_no_table_lists_are_errors_on_a_device(name, operator):
    marked, message, _ = only_error(f"{name} {operator} 'x'")

    assert marked == f"{name} {operator} 'x'"
    assert operator in message


@pytest.mark.parametrize("function", ["endsWith", "contains"])
def test_functions_that_devices_lack_are_errors_with_the_one_to_use(function):
    _, message, hint = only_error(f"{function}(displayName,'x')")

    assert function in message
    assert "Use startsWith" in hint


def test_less_than_on_a_date_points_to_less_or_equal():
    assert "Use le" in only_error("approximateLastSignInDateTime lt 2026-01-01")[2]


@pytest.mark.parametrize(
    ("text", "marked", "hint"),
    [
        ("isManaged eq 'true'", "'true'", "Write true without quotes."),
        ("isManaged eq 1", "1", "true or false"),
        (f"deviceId eq {GUID}", GUID, f"'{GUID}'"),
        (f"id in ('a',{GUID})", GUID, f"'{GUID}'"),
        ("displayName eq 5", "5", "'5'"),
        ("displayName eq true", "true", "'true'"),
        ("startsWith(displayName,5)", "5", "'5'"),
        ("registrationDateTime ge '2026-01-01'", "'2026-01-01'", "2026-01-01 without quotes"),
        ("registrationDateTime ge 'yesterday'", "'yesterday'", "2026-11-01T00:00:00Z"),
        ("displayname eq 'x'", "displayname", "displayName"),
        ("displayNam eq 'x'", "displayNam", "displayName"),
        ("display_name eq 'x'", "display_name", "displayName"),
        ("operatingSytem eq 'x'", "operatingSytem", "operatingSystem"),
        ("serial eq 'x'", "serial", "Microsoft's page"),
        (
            "extensionAttributes/extensionAttribute99 eq 'x'",
            "extensionAttributes/extensionAttribute99",
            "extensionAttribute9",
        ),
        ("extensionAttributes eq 'x'", "extensionAttributes", "extensionAttribute1"),
        ("displayName/first eq 'x'", "displayName/first", "displayName by itself"),
        ("deviceMetadata eq 'x'", None, "no operator"),
        ("createdDateTime ge 2026-01-01", None, "no operator"),
        ("physicalIds eq 'x'", "physicalIds", "physicalIds/any(x:x eq value)"),
        ("alternativeSecurityIds eq 'x'", "alternativeSecurityIds", "any(x:x/identityProvider"),
        ("displayName/any(x:x eq 'a')", "displayName", "displayName eq value"),
        ("physicalIds/any(p:p ne 'x')", "p ne 'x'", "not(collection/any"),
        ("physicalIds/all(p:p eq 'x')", None, "with any"),
        ("physicalIds/$count eq 1", None, "/$count eq 0"),
        ("physicalIds/$count gt 0", None, "/$count eq 0"),
        ("isManaged eq null", None, "eq, ne, in"),
        ("startsWith('x',displayName)", None, "startsWith(displayName,'x')"),
        ("displayName", "displayName", "displayName eq value"),
        ("not displayName eq 'x'", "displayName", "displayName eq value"),
        ("1 eq 1", None, "property eq value"),
        ("foos/any(x:x eq 1 or x/y eq 2)", "foos", ""),
        ("startsWith(displayName,'" + "x" * 121 + "')", "'" + "x" * 121 + "'", "Shorten"),
    ],
)
def test_what_graph_refuses_is_an_error_where_it_stands(text, marked, hint):
    found = only_error(text)

    assert found[0] == (marked or text)
    assert hint in found[2]


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("deviceOwnership eq 'Company'", "disagree"),
        ("startsWith(deviceId,'x')", "disagree"),
        ("displayName ge 'x'", "disagree"),
        ("approximateLastSignInDateTime eq 2026-01-01", "disagree"),
        ("physicalIds/any(p:startsWith(p,'x'))", "disagree"),
        (f"extension_{'0' * 32}_room eq 'x'", "extension"),
        ("contoso_asset/room eq 'x'", "extension"),
        ("isManaged", "alone"),
        ("not isManaged eq true", "binds"),
        ("startsWith(displayName,'x') eq true", "compared"),
        ("physicalIds/any()", "any()"),
        ("displayName in (" + ",".join(["'x'"] * 16) + ")", "16 alternatives"),
        (" or ".join(["displayName eq 'x'"] * 16), "16 alternatives"),
        (
            "isManaged eq true and (isCompliant eq true or (id eq 'a' and trustType eq 'b'))",
            "height of 4",
        ),
    ],
)
def test_what_graph_might_refuse_is_a_warning(text, word):
    checked = check(text, resource="device")

    assert checked.errors == ()
    assert word in " ".join(each.message for each in checked.warnings)


@pytest.mark.parametrize(
    ("text", "resource"),
    [
        ("displayName in (" + ",".join(["'x'"] * 15) + ")", "device"),
        ("physicalIds/any(p:p eq 'x')", "device"),
        ("hostnames/any(p:startsWith(p,'x'))", "device"),
        ("alternativeSecurityIds/any(a:a/type eq 2)", "device"),
        ("approximateLastSignInDateTime le 2026-01-01T00:00:00Z", "device"),
        ("onPremisesSyncEnabled eq true and trustType in ('ServerAd','AzureAd')", "device"),
        ("startsWith(displayName,'" + "x" * 120 + "')", "device"),
        ("accountEnabled eq false", "user"),
        (f"assignedLicenses/any(a:a/skuId eq {GUID})", "user"),
        ("identities/any(c:c/issuerAssignedId eq 'x' and c/issuer eq 'y')", "user"),
        ("startsWith(mail,'a') or proxyAddresses/any(p:startsWith(p,'smtp:'))", "user"),
        ("signInActivity/lastSignInDateTime le 2026-01-01", "user"),
        ("groupTypes/any(c:c eq 'Unified')", "group"),
        ("hasMembersWithLicenseErrors eq true", "group"),
        ("mailEnabled eq false and securityEnabled eq true", "group"),
    ],
)
def test_what_works_by_default_has_no_issue(text, resource):
    checked = check(text, resource=resource)

    assert checked.issues == ()
    assert not checked.needs_advanced


@pytest.mark.parametrize(
    ("text", "resource"),
    [
        ("displayName ne 'x'", "device"),
        ("displayName eq null", "device"),
        ("trustType ne 'Workplace'", "device"),
        ("physicalIds/$count eq 0", "device"),
        ("systemLabels/$count ne 0", "device"),
        ("extensionAttributes/extensionAttribute15 eq 'x'", "device"),
        ("alternativeSecurityIds/any(a:startsWith(a/identityProvider,'x'))", "device"),
        ("isManaged eq true and (isCompliant eq true or not(trustType eq 'a'))", "device"),
        ("endsWith(mail,'@example.com')", "user"),
        ("otherMails/any(m:endsWith(m,'x'))", "user"),
        ("companyName eq 'x'", "user"),
        ("assignedPlans/any(a:a/service eq 'x')", "user"),
        ("ownedObjects/$count eq 1", "user"),
        ("description eq 'x'", "group"),
        ("expirationDateTime le 2026-01-01", "group"),
    ],
)
def test_what_works_in_advanced_queries_has_no_issue_and_says_so(text, resource):
    checked = check(text, resource=resource)

    assert checked.issues == ()
    assert checked.needs_advanced
    assert needs_advanced(parse(text), resource=resource)


def test_what_only_works_by_default_cannot_stand_beside_an_advanced_operator():
    found = only_error("hasMembersWithLicenseErrors eq true and displayName ne 'x'", "group")

    assert found[0] == "hasMembersWithLicenseErrors eq true"


def test_sign_in_activity_stands_alone():
    text = "signInActivity/lastSignInDateTime le 2026-01-01 and userType eq 'Guest'"

    assert "no other property" in only_error(text, "user")[1]


def test_a_very_long_filter_is_warned_of():
    checked = check(" or ".join(["displayName eq 'a b c d e f'"] * 60), resource="device")

    assert "2048" in " ".join(each.message for each in checked.warnings)


def test_issues_stand_in_the_order_of_the_text():
    checked = check("deviceOwnership eq 'x' and foo eq 1 and model gt 'x'", resource="device")

    assert [each.severity for each in checked.issues] == [
        Severity.WARNING,
        Severity.ERROR,
        Severity.ERROR,
    ]


def test_the_first_error_can_be_raised_with_its_place():
    checked = check("isManaged eq true and foo eq 1", resource="device")

    with pytest.raises(QueryError) as caught:
        checked.raise_first()

    assert caught.value.pointed().endswith("\n" + " " * 22 + "^^^")


def test_a_legal_filter_raises_nothing():
    check("isManaged eq true", resource="device").raise_first()


def test_a_text_that_is_no_filter_raises():
    with pytest.raises(QueryError):
        check("isManaged = true", resource="device")
