"""The tables of properties."""

import pytest

from muster.odata import Level, Returned, resource


@pytest.mark.parametrize(("name", "count"), [("device", 30), ("user", 79), ("group", 51)])
def test_every_declared_property_is_there(name, count):
    inherited = {"id", "deletedDateTime"}

    declared = [each for each in resource(name).properties.values() if each.is_declared]

    assert len({each.name for each in declared} - inherited) == count


def test_a_user_has_eleven_default_properties():
    found = {name for name, each in resource("user").properties.items() if each.is_default}

    assert found == {
        "businessPhones",
        "displayName",
        "givenName",
        "id",
        "jobTitle",
        "mail",
        "mobilePhone",
        "officeLocation",
        "preferredLanguage",
        "surname",
        "userPrincipalName",
    }


def test_a_device_hides_two_declared_properties_until_they_are_selected():
    properties = resource("device").properties.values()

    assert [each.name for each in properties if each.is_declared and not each.is_default] == [
        "isManagementRestricted",
        "onPremisesSecurityIdentifier",
    ]


def test_what_is_seen_but_undeclared_is_known():
    found = {e.name for e in resource("device").properties.values() if not e.is_declared}

    assert found == {
        "alternativeNames",
        "createdDateTime",
        "domainName",
        "extensionAttributes",
        "hostnames",
    }


@pytest.mark.parametrize(
    ("name", "type_name", "is_collection", "element"),
    [
        ("displayName", "Edm.String", False, "Edm.String"),
        ("isManaged", "Edm.Boolean", False, "Edm.Boolean"),
        ("physicalIds", "Collection(Edm.String)", True, "Edm.String"),
        (
            "alternativeSecurityIds",
            "Collection(microsoft.graph.alternativeSecurityId)",
            True,
            "microsoft.graph.alternativeSecurityId",
        ),
    ],
)
def test_types_are_edm_types(name, type_name, is_collection, element):
    found = resource("device").properties[name]

    assert (found.type, found.is_collection, found.element_type) == (
        type_name,
        is_collection,
        element,
    )


def test_profile_properties_are_told_apart():
    assert resource("user").properties["aboutMe"].returned is Returned.PROFILE


def test_parts_and_navigations_cannot_be_selected():
    found = resource("user")

    assert "ownedObjects" not in found.properties
    assert "assignedLicenses/skuId" not in found.properties
    assert found.find("assignedLicenses/skuId").equals is Level.DEFAULT


def test_all_fifteen_extension_attributes_can_be_filtered():
    found = resource("device").parts("extensionAttributes")

    assert found == [f"extensionAttribute{each}" for each in range(1, 16)]


def test_any_custom_security_attribute_is_found():
    assert resource("user").find("customSecurityAttributes/Eng/Project") is not None


def test_the_tables_cannot_be_changed():
    with pytest.raises(TypeError):
        resource("device").properties["x"] = None
