from pathlib import Path

from muster.core.probe_testing import RecordedContext, facts, recorded
from muster.probes.postgres.probe import PostgresProbe
from probes.certificates import certificate

PROBE = PostgresProbe()
HERE = Path(__file__).parent


def test_certificate_and_the_place_of_the_refusal_are_told():
    der = certificate("db01.corp.contoso.example")

    (fact,) = facts(PROBE, recorded(PROBE, HERE / "postgresql.json", certificate=der))

    assert fact.protocols == ("postgres", "tls")
    assert fact.attributes["tls.cn"] == "db01.corp.contoso.example"
    assert fact.attributes["postgres.error.line"] == "2222"
    assert fact.attributes["postgres.error.routine"] == "ProcessStartupPacket"


def test_a_server_without_tls_is_told_as_such():
    context = RecordedContext(PROBE, connections=[[b"N"]])

    (fact,) = facts(PROBE, context)

    assert fact.attributes == {"postgres.tls": "false"}


def test_no_user_is_named():
    context = recorded(PROBE, HERE / "postgresql.json", certificate=certificate("db01"))

    facts(PROBE, context)

    assert b"user" not in context.said
