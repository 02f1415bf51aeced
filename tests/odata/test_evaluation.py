"""Answering a filter for one object."""

import pytest

from muster.odata import evaluate, matches, parse, predicate

DEVICE = {
    "displayName": "PROD-Straße-01",
    "deviceOwnership": "company",
    "operatingSystem": None,
    "isManaged": True,
    "isCompliant": False,
    "deviceVersion": 2,
    "score": 1.5,
    "approximateLastSignInDateTime": "2026-11-01T12:00:00.1234567Z",
    "id": "6BA7B810-9dad-11d1-80b4-00c04fd430c8",
    "physicalIds": ["[HWID]:h:1", "[ZTDID]:abc"],
    "systemLabels": [],
    "alternativeSecurityIds": [{"type": 2, "key": "+/8="}, {"type": 1, "identityProvider": "x"}],
    "extensionAttributes": {"extensionAttribute1": "Berlin"},
    "customSecurityAttributes": {"Eng": {"Project": "Baker"}},
    "flags": "read, Write",
    "lasts": "PT90M",
    "at": "13:20:00",
    "born": "2020-01-02",
}


def answer(text, **options):
    return evaluate(parse(text), DEVICE, **options)


@pytest.mark.parametrize(
    "text",
    [
        "deviceOwnership eq 'Company'",
        "displayName eq 'prod-strasse-01'",
        "startsWith(displayName,'prod')",
        "endsWith(displayName,'-01')",
        "contains(displayName,'STRASSE')",
        "displayName ge 'prod' and displayName lt 'q'",
        "'prod' le displayName",
        "deviceOwnership in ('Personal','Company')",
        "deviceOwnership ne 'Personal'",
        "deviceOwnership eq microsoft.graph.owner'Company'",
        "isManaged",
        "not isCompliant",
        "not isCompliant eq true",
        "isManaged eq true and not(isCompliant eq true)",
        "isManaged ne false",
        "deviceVersion eq 2.0",
        "2 ge deviceVersion",
        "1 lt deviceVersion",
        "score eq 1.5",
        "deviceVersion in (1,2)",
        "deviceVersion lt INF",
        "id eq 6ba7b810-9DAD-11d1-80b4-00c04fd430c8",
        "id eq '6ba7b810-9DAD-11d1-80b4-00c04fd430c8'",
        "approximateLastSignInDateTime ge 2026-11-01",
        "approximateLastSignInDateTime le 2026-11-02",
        "approximateLastSignInDateTime gt 2026-11-01T12:00:00.1234566Z",
        "approximateLastSignInDateTime eq 2026-11-01T14:00:00.1234567+02:00",
        "born eq 2020-01-02",
        "lasts eq duration'PT1H30M'",
        "at lt 13:21:00",
        "flags has 'write'",
        "deviceVersion has 2",
        "operatingSystem eq null",
        "nothing eq null",
        "nothing/deeper eq null",
        "displayName ne null",
        "not(displayName eq null)",
        "operatingSystem in ('x',null)",
        "physicalIds/any(p:p eq '[ztdid]:ABC')",
        "physicalIds/any(p:startsWith(p,'[HWID]'))",
        "physicalIds/any()",
        "not(systemLabels/any())",
        "systemLabels/all(x:x eq 'a')",
        "not(missing/any(x:x eq 'a'))",
        "physicalIds/$count eq 2",
        "systemLabels/$count eq 0",
        "missing/$count eq 0",
        "physicalIds/$count ne 0",
        "alternativeSecurityIds/any(a:a/type eq 2)",
        "alternativeSecurityIds/any(a:a/type eq 1 and a/identityProvider eq 'X')",
        "alternativeSecurityIds/any(a:a/key eq binary'-_8')",
        "alternativeSecurityIds/any(a:a/type eq 2 and isManaged eq true)",
        "extensionAttributes/extensionAttribute1 eq 'berlin'",
        "customSecurityAttributes/Eng/Project eq 'Baker'",
        "startsWith(displayName,'x') or true",
        "startsWith(displayName,'PROD') eq true",
    ],
)
def test_it_matches(text):
    assert answer(text) is True


@pytest.mark.parametrize(
    "text",
    [
        "deviceOwnership eq 'Personal'",
        "isManaged eq false",
        "not(isManaged eq true)",
        "displayName eq null",
        "operatingSystem ne null",
        "physicalIds/any(p:p eq 'x')",
        "physicalIds/all(p:startsWith(p,'[H'))",
        "systemLabels/any(x:x eq 'a')",
        "systemLabels/$count ne 0",
        "deviceOwnership in ('Personal')",
        "alternativeSecurityIds/any(a:a/type eq 2 and a/type eq 1)",
        "customSecurityAttributes/Eng/Project eq 'baker'",
        "startsWith(customSecurityAttributes/Eng/Project,'b')",
        "false or isCompliant",
        "operatingSystem eq 'x' and false",
    ],
)
def test_it_does_not_match(text):
    assert answer(text) is False


@pytest.mark.parametrize(
    "text",
    [
        "operatingSystem eq 'Windows'",
        "operatingSystem ne 'Windows'",
        "not(operatingSystem eq 'Windows')",
        "not(startsWith(operatingSystem,'Android'))",
        "operatingSystem in ('a','b')",
        "operatingSystem ge 'a'",
        "operatingSystem eq 'x' or isManaged eq false",
        "operatingSystem eq 'x' and isManaged eq true",
        "nothing gt 1",
        "alternativeSecurityIds/any(a:a/identityProvider eq 'z')",
        "displayName eq 5",
        "isManaged gt 1",
        "displayName ge 2026-01-01",
        "startsWith(deviceVersion,'2')",
        "displayName gt null",
        "displayName/$count eq 0",
    ],
)
def test_a_null_or_another_type_leaves_it_unknown(text):
    assert answer(text) is None
    assert matches(parse(text), DEVICE) is False


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("operatingSystem eq 'Windows'", False),
        ("operatingSystem ne 'Windows'", True),
        ("not(startsWith(operatingSystem,'Android'))", True),
        ("not(operatingSystem in ('a'))", True),
        ("operatingSystem ge 'a'", False),
        ("operatingSystem eq null", True),
        ("operatingSystem ne null", False),
        ("not nothing", True),
    ],
)
def test_a_null_can_be_made_to_equal_nothing(text, expected):
    assert answer(text, null_is_false=True) is expected


def test_one_predicate_serves_many_objects():
    is_managed = predicate(parse("isManaged eq true"))

    found = [is_managed(each) for each in ({"isManaged": True}, {"isManaged": None}, {}, DEVICE)]

    assert found == [True, False, False, True]


def test_the_year_one_is_an_instant_like_any_other():
    row = {"approximateLastSignInDateTime": "0001-01-01T00:00:00Z"}

    assert matches(parse("approximateLastSignInDateTime le 2026-01-01"), row)
