from pathlib import Path

import pytest

from muster.core.errors import UnavailableError
from muster.core.probe_testing import RecordedContext, facts, recorded
from muster.probes.dns.probe import DnsProbe

PROBE = DnsProbe()
HERE = Path(__file__).parent
SERVERS = ("192.0.2.53", "192.0.2.54")


def test_the_name_of_an_address_is_told_with_the_server_that_knows_it():
    (fact,) = facts(PROBE, recorded(PROBE, HERE / "pointer.json", nameservers=SERVERS))

    assert fact.names == ("ws-0042.corp.contoso.example",)
    assert fact.via == "192.0.2.53"
    assert fact.attributes == {"dns.names": "ws-0042.corp.contoso.example"}


def test_the_second_server_is_asked_where_the_first_is_silent():
    answer = recorded(PROBE, HERE / "pointer.json")._datagrams[0]
    context = RecordedContext(PROBE, datagrams=[[], answer], nameservers=SERVERS)

    (fact,) = facts(PROBE, context)

    assert fact.via == "192.0.2.54"


def test_names_are_only_told_where_they_are_not_to_be_used():
    context = recorded(
        PROBE, HERE / "pointer.json", nameservers=SERVERS, options={"dns-names": "false"}
    )

    (fact,) = facts(PROBE, context)

    assert fact.names == ()
    assert fact.attributes["dns.names"] == "ws-0042.corp.contoso.example"


def test_silent_servers_are_a_failure_and_not_an_empty_answer():
    with pytest.raises(UnavailableError):
        facts(PROBE, RecordedContext(PROBE, nameservers=SERVERS))


def test_without_servers_nothing_is_asked():
    context = RecordedContext(PROBE)

    assert facts(PROBE, context) == []
    assert context.asked == []
