from pathlib import Path

from muster.core.probe_testing import facts, recorded
from muster.probes.smtp.probe import SmtpProbe
from probes.certificates import certificate

PROBE = SmtpProbe()
HERE = Path(__file__).parent


def test_greeting_extensions_and_certificate_are_told():
    der = certificate("mx.corp.contoso.example")

    (fact,) = facts(PROBE, recorded(PROBE, HERE / "postfix.json", certificate=der))

    assert fact.attributes["smtp.banner"] == "mx.corp.contoso.example ESMTP Postfix (Debian/GNU)"
    assert "STARTTLS" in fact.attributes["smtp.extensions"].split("\t")
    assert fact.attributes["tls.cn"] == "mx.corp.contoso.example"


def test_no_mail_is_begun():
    context = recorded(PROBE, HERE / "postfix.json", certificate=certificate("mx"))

    facts(PROBE, context)

    assert b"MAIL" not in context.said
    assert b"RCPT" not in context.said
