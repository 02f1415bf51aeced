"""Which database is asked about which attribute of a fact, and how much its word is worth."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from muster.core.probe import Fact


@dataclass(frozen=True, slots=True)
class Subject:
    """One kind of text. `attributes` are those of a fact that make it, joined by bars.

    `weight` is how far it speaks for the machine itself: the build that Windows tells is worth
    more than the name of a web server, which may be a container's.
    """

    name: str
    attributes: tuple[str, ...]
    weight: float
    prefix: str = ""


SUBJECTS: Sequence[Subject] = (
    Subject("ntlm.build", ("ntlmssp.osVersion",), 1.0),
    Subject("snmp.sys_description", ("snmp.sysDescr",), 0.95),
    Subject("modbus.device", ("modbus.vendorName", "modbus.productCode"), 0.95),
    Subject("mdns.device-info.model", ("mdns.deviceInfo.model",), 0.95),
    Subject("mdns.device-info.txt", ("mdns.deviceInfo.model",), 0.9, prefix="model="),
    Subject("mdns.device-info.txt", ("mdns.deviceInfo.osxvers",), 0.9, prefix="osxvers="),
    Subject("upnp.device", ("upnp.manufacturer", "upnp.modelName", "upnp.modelNumber"), 0.9),
    Subject("ssh.banner", ("ssh.banner",), 0.85),
    Subject("snmp.sys_object_id", ("snmp.sysObjectID",), 0.8),
    Subject("ldap.vendor", ("ldap.vendor",), 0.8),
    Subject("favicon.md5", ("favicon.ico.image.md5",), 0.75),
    Subject("html_title", ("html.title",), 0.75),
    Subject("http_header.wwwauth", ("http.head.wwwAuthenticate",), 0.75),
    Subject("x509.subject", ("tls.subject",), 0.7),
    Subject("ssdp.server", ("ssdp.server",), 0.7),
    Subject("http_header.server", ("http.head.server",), 0.6),
    Subject("ftp.banner", ("ftp.banner",), 0.65),
    Subject("smtp.banner", ("smtp.banner",), 0.65),
    Subject("mysql.banners", ("mysql.version",), 0.5),
    Subject("mysql.error", ("mysql.error",), 0.4),
    Subject("x509.issuer", ("tls.issuer",), 0.4),
    Subject("redis.os", ("redis.os",), 0.4),
    Subject("mqtt.version", ("mqtt.version",), 0.5),
    Subject("http_header.x-powered-by", ("http.head.xPoweredBy",), 0.4),
)
"""Ordered by what they are worth. recog's own names are kept, so that its files add to ours."""

_BANNERS: Mapping[str, str] = {
    "pop3": "pop3.banner",
    "imap": "imap4.banner",
    "nntp": "nntp.banner",
    "telnet": "telnet_banners",
}
_BANNER_WEIGHT = 0.6
_GREETINGS: Mapping[str, str] = {"pop3": "+OK ", "imap": "* OK ", "nntp": "200 "}


def texts(fact: Fact) -> Iterator[tuple[Subject, str]]:
    """Yield each text of a fact with its subject; an attribute that is a list gives each of it."""
    told = _derived(fact)
    for subject in SUBJECTS:
        if subject.attributes[0] in told:
            for value in _values(subject, told):
                yield subject, subject.prefix + value
    banner = fact.attributes.get("banner", "")
    for protocol in fact.protocols if banner else ():
        if protocol in _BANNERS:
            subject = Subject(_BANNERS[protocol], ("banner",), _BANNER_WEIGHT)
            yield subject, banner.removeprefix(_GREETINGS.get(protocol, ""))


def _values(subject: Subject, told: Mapping[str, str]) -> list[str]:
    if len(subject.attributes) > 1:
        return ["|".join(told.get(name, "") for name in subject.attributes)]
    return [each for each in told[subject.attributes[0]].split("\t") if each]


def _derived(fact: Fact) -> Mapping[str, str]:
    """Return the attributes, with what is put together from several of them."""
    told = fact.attributes
    vendor = _directory(told)
    return {**told, "ldap.vendor": vendor} if vendor else told


def _directory(told: Mapping[str, str]) -> str:
    """Return maker and kind of a directory server: each kind tells itself in its own way."""
    level = told.get("ldap.domainControllerFunctionality", "")
    if level:
        return f"Active Directory|{level}"
    if "ldap.vendorName" in told:
        return f"{told['ldap.vendorName']}|{told.get('ldap.vendorVersion', '')}"
    classes = told.get("ldap.objectClass", "").split("\t")
    return "OpenLDAProotDSE" if "OpenLDAProotDSE" in classes else ""
