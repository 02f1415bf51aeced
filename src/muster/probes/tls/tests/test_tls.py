from pathlib import Path

from muster.core.probe_testing import facts, recorded
from muster.probes.tls.probe import TlsProbe
from probes.certificates import certificate

PROBE = TlsProbe()
HERE = Path(__file__).parent


def test_a_certificate_is_told_with_its_names_and_dates():
    der = certificate(
        "web01.corp.contoso.example", names=["www.contoso.example"], addresses=["192.0.2.10"]
    )

    (fact,) = facts(PROBE, recorded(PROBE, HERE / "any.json", certificate=der))

    told = fact.attributes
    assert told["tls.names"] == "web01.corp.contoso.example\twww.contoso.example\t192.0.2.10"
    assert told["tls.notAfterTS"] == "1798761600"
    assert told["tls.selfSigned"] == "true"
    assert told["tls.supportedVersionNames"] == "TLSv1\tTLSv1.1\tTLSv1.2\tTLSv1.3"
    assert len(told["tls.fp.sha1"]) == 40


def test_names_in_a_certificate_are_no_names_of_the_machine():
    der = certificate("www.contoso.example", issuer="Contoso CA")

    (fact,) = facts(PROBE, recorded(PROBE, HERE / "any.json", certificate=der))

    assert fact.names == ()
    assert fact.attributes["tls.selfSigned"] == "false"
    assert fact.attributes["tls.issuer"] == "CN=Contoso CA"


def test_one_connection_is_enough_where_versions_are_not_tried():
    context = recorded(
        PROBE,
        HERE / "any.json",
        certificate=certificate("nas.local"),
        options={"tls-versions": "false"},
    )

    (fact,) = facts(PROBE, context)

    assert fact.attributes["tls.supportedVersionNames"] == "TLSv1.3"
    assert len(context.targets) == 1
