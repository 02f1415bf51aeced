from pathlib import Path

import pytest

from muster.core.probe_testing import RecordedContext, facts, recorded
from muster.probes.ldap.probe import LdapProbe, domain
from muster.protocols import ber

PROBE = LdapProbe()
HERE = Path(__file__).parent


def attribute(name, *values):
    strings = ber.sequence(*(ber.element(ber.OCTETS, each) for each in values), tag=ber.SET)
    return ber.sequence(ber.element(ber.OCTETS, name), strings)


def entry(*attributes):
    inside = ber.element(ber.OCTETS, b"") + ber.sequence(*attributes)
    return ber.sequence(ber.integer(1), ber.element(0x64, inside))


def test_an_openldap_server_tells_its_contexts():
    (fact,) = facts(PROBE, recorded(PROBE, HERE / "openldap.json"))

    assert fact.attributes["ldap.namingContexts"] == "dc=corp,dc=contoso,dc=example"
    assert fact.attributes["ldap.objectClass"] == "top\tOpenLDAProotDSE"


def test_a_domain_controller_tells_its_name_and_domain():
    answer = entry(
        attribute(b"dnsHostName", b"DC01.corp.contoso.example"),
        attribute(b"defaultNamingContext", b"DC=corp,DC=contoso,DC=example"),
        attribute(b"domainFunctionality", b"7"),
    )

    (fact,) = facts(PROBE, RecordedContext(PROBE, connections=[[answer]]))

    assert fact.names == ("DC01.corp.contoso.example",)
    assert fact.domains == ("corp.contoso.example",)
    assert fact.attributes["ldap.domainFunctionality"] == "7"


@pytest.mark.parametrize(
    ("context", "name"),
    [
        ("DC=corp,DC=contoso,DC=example", "corp.contoso.example"),
        ("dc=example", "example"),
        ("CN=Configuration,DC=example", ""),
        ("", ""),
    ],
)
def test_a_naming_context_is_a_domain_only_if_it_is_nothing_else(context, name):
    assert domain(context) == name
