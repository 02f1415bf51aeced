"""Graph's refusals, as the simulator gives them."""

import pytest

from muster.core.errors import QueryError
from muster.odata import parse, refusal, syntax_refusal

MISSING_HEADERS = (
    "Operator 'endsWith' is not supported because the required parameters might be missing. "
    "Try adding $count=true query parameter and ConsistencyLevel:eventual header. "
    "Refer to https://aka.ms/graph-docs/advanced-queries for more information"
)


def refused(text, resource="device", *, is_advanced=False):
    return refusal(parse(text), resource=resource, is_advanced=is_advanced)


def test_an_advanced_operator_without_headers_is_refused_in_the_words_of_2023():
    found = refused("endsWith(mail,'@x')", "user")

    assert (found.status, found.code) == (400, "Request_UnsupportedQuery")
    assert found.message == MISSING_HEADERS


@pytest.mark.parametrize(
    ("text", "operator"),
    [
        ("not(startsWith(operatingSystem,'Android'))", "not"),
        ("trustType ne 'x'", "ne"),
        ("physicalIds/$count eq 0", "$count"),
        ("deviceOwnership eq 'Company' or isManaged eq true", "eq"),
        ("startsWith(model,'x')", "startsWith"),
        ("registrationDateTime ge 2026-01-01", "ge"),
        ("displayName eq null", "eq"),
        ("model in ('a')", "in"),
    ],
)
def test_what_is_advanced_needs_the_headers_and_works_with_them(text, operator):
    found = refused(text)

    assert found.code == "Request_UnsupportedQuery"
    assert found.message.startswith(f"Operator '{operator}' is not supported")
    assert refused(text, is_advanced=True) is None


@pytest.mark.parametrize("is_advanced", [True, False])
@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("deviceMetadata eq 'x'", "deviceMetadata"),
        ("displayName gt 'x'", "displayName"),
        ("endsWith(displayName,'x')", "displayName"),
        ("physicalIds eq 'x'", "physicalIds"),
        ("physicalIds/$count eq 5", "physicalIds"),
        ("alternativeSecurityIds eq 'x'", "alternativeSecurityIds"),
        ("isManaged eq null", "isManaged"),
        ("startsWith(displayName,'" + "x" * 121 + "')", "displayName"),
    ],
)
def test_what_no_index_serves_is_refused_by_its_property(text, name, is_advanced):
    found = refused(text, is_advanced=is_advanced)

    assert found.code == "Request_UnsupportedQuery"
    assert found.message == (
        "Unsupported or invalid query filter clause specified for property "
        f"'{name}' of resource 'Device'."
    )


@pytest.mark.parametrize("is_advanced", [True, False])
@pytest.mark.parametrize(
    "text",
    [
        "isManaged eq 'true'",
        "deviceId eq 6ba7b810-9dad-11d1-80b4-00c04fd430c8",
        "registrationDateTime ge '2026-01-01'",
        "startsWith(displayName,5)",
        "foo eq 'x'",
        "displayname eq 'x'",
        "alternativeSecurityIds/any(a:a/foo eq 1)",
        "displayName/any(x:x eq 'a')",
        "displayName",
        "1 eq 1",
    ],
)
def test_what_does_not_bind_is_an_invalid_filter_clause(text, is_advanced):
    found = refused(text, is_advanced=is_advanced)

    assert (found.status, found.code) == (400, "BadRequest")
    assert found.message.startswith("Invalid filter clause: ")


def test_a_function_takes_text_even_of_an_untyped_property():
    text = "startsWith(customSecurityAttributes/Eng/Project,1)"

    assert refused(text, "user", is_advanced=True).code == "BadRequest"


def test_incompatible_types_are_named():
    assert refused("isManaged eq 'true'").message == (
        "Invalid filter clause: A binary operator with incompatible types was detected. "
        "Found operand types 'Edm.Boolean' and 'Edm.String' for operator kind 'Equal'."
    )


@pytest.mark.parametrize(
    "text",
    [
        " or ".join(["displayName eq 'x'"] * 16),
        "displayName in (" + ",".join(["'x'"] * 16) + ")",
        "displayName in (" + ",".join(["'x'"] * 15) + ") or isManaged eq true",
        "isManaged eq true and (" + " or ".join(["displayName eq 'x'"] * 16) + ")",
    ],
)
def test_more_than_fifteen_alternatives_need_advanced(text):
    found = refused(text)

    assert found.code == "Request_UnsupportedQuery"
    assert found.message == (
        "Too many child clauses specified in search filter expression containing 'OR' "
        "operators: 16. Max allowed: 15"
    )
    assert refused(text, is_advanced=True) is None


def test_fifteen_alternatives_are_taken():
    assert refused(" or ".join(["displayName eq 'x'"] * 15)) is None


def test_a_high_expression_needs_advanced():
    text = "isManaged eq true and (isCompliant eq true or (id eq 'a' and trustType eq 'b'))"

    assert "excessive height: 4. Max allowed: 3" in refused(text).message
    assert refused(text, is_advanced=True) is None


def test_a_height_of_three_is_taken():
    assert refused("isManaged eq true and (isCompliant eq true or (id eq 'a'))") is None


def test_redundant_parentheses_add_no_height():
    assert refused("((id eq 'a' or (id eq 'b' or (id eq 'c' or (id eq 'd')))))") is None


def test_all_and_contains_are_never_taken():
    assert refused("physicalIds/all(p:p eq 'x')", is_advanced=True).message == "Unsupported Query."
    assert "'Contains'" in refused("contains(displayName,'x')", is_advanced=True).message


def test_what_only_works_by_default_is_refused_with_the_headers():
    text = "hasMembersWithLicenseErrors eq true"

    assert refused(text, "group") is None
    assert refused(text, "group", is_advanced=True).code == "Request_UnsupportedQuery"


def test_sign_in_activity_is_refused_beside_others():
    text = "signInActivity/lastSignInDateTime le 2026-01-01 and userType eq 'Guest'"

    assert "'signInActivity' of resource 'User'" in refused(text, "user").message


def test_an_extension_is_taken():
    assert refused(f"extension_{'0' * 32}_room eq 'x'", is_advanced=True) is None


def test_a_syntax_error_names_its_position():
    with pytest.raises(QueryError) as caught:
        parse("displayName = 'x'")

    found = syntax_refusal(caught.value)

    assert (found.status, found.code) == (400, "BadRequest")
    assert found.message == (
        "Invalid filter clause: Syntax error at position 12 in 'displayName = 'x''."
    )
