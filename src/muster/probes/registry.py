"""Every probe there is: one line each. A new probe is its folder and its line here."""

from collections.abc import Collection, Iterable, Mapping

from muster.core.errors import ConfigError
from muster.core.probe import Need, Probe, Reach, Safety
from muster.probes.banner.probe import BannerProbe
from muster.probes.dns.probe import DnsProbe
from muster.probes.ftp.probe import FtpProbe
from muster.probes.http.probe import HttpProbe
from muster.probes.ldap.probe import LdapProbe
from muster.probes.mdns.probe import MdnsProbe, MdnsSegmentProbe
from muster.probes.modbus.probe import ModbusProbe
from muster.probes.mqtt.probe import MqttProbe
from muster.probes.mysql.probe import MysqlProbe
from muster.probes.netbios.probe import NetbiosProbe
from muster.probes.postgres.probe import PostgresProbe
from muster.probes.rdp.probe import RdpProbe
from muster.probes.redis.probe import RedisProbe
from muster.probes.smb.probe import SmbProbe
from muster.probes.smtp.probe import SmtpProbe
from muster.probes.snmp.probe import SnmpProbe
from muster.probes.ssdp.probe import SsdpProbe, SsdpSegmentProbe
from muster.probes.ssh.probe import SshProbe
from muster.probes.tls.probe import TlsProbe

_ALL: tuple[Probe, ...] = (
    BannerProbe(),
    DnsProbe(),
    NetbiosProbe(),
    MdnsProbe(),
    MdnsSegmentProbe(),
    SsdpProbe(),
    SsdpSegmentProbe(),
    SnmpProbe(),
    TlsProbe(),
    SshProbe(),
    HttpProbe(),
    SmbProbe(),
    RdpProbe(),
    LdapProbe(),
    RedisProbe(),
    PostgresProbe(),
    MysqlProbe(),
    FtpProbe(),
    SmtpProbe(),
    MqttProbe(),
    ModbusProbe(),
)

PROBES: Mapping[str, Probe] = {each.name: each for each in _ALL}

UNTOUCHED_PORTS = frozenset(range(9100, 9108)) | {515}
"""Raw printing and lpd: whatever is sent there comes out as paper. Found open, and left alone."""

FRAGILE_PORTS = frozenset({102, 502, 789, 1089, 1911, 2404, 4840, 4911, 18245, 20000, 44818})
"""TCP ports of control systems: at most one connection at a time, and no general probe at all."""


def probe(name: str) -> Probe:
    """Return the probe of that name. Raises ConfigError if there is none."""
    found = PROBES.get(name)
    if found is None:
        raise ConfigError(
            f"there is no probe named {name!r}", hint=f"There are {', '.join(sorted(PROBES))}."
        )
    return found


def default_names() -> frozenset[str]:
    """Return the names of the probes that run where nobody chose."""
    return frozenset(each.name for each in PROBES.values() if each.is_default_on)


def of_reach(reach: Reach, names: Collection[str]) -> list[Probe]:
    """Return the chosen probes of one reach, in the registry's order."""
    return [each for each in PROBES.values() if each.reach is reach and each.name in names]


def for_port(
    port: int, transport: str, *, protocols: Iterable[str] = (), names: Collection[str]
) -> list[Probe]:
    """Return the chosen probes for an open port, by its number and by what was heard on it.

    `banner` comes first where nobody knows the port: what it hears says whom to ask next, with
    `protocols`. A port of printers gets none, one of control systems only a fragile probe.
    """
    if port in UNTOUCHED_PORTS:
        return []
    heard = set(protocols)
    found = [
        each
        for each in of_reach(Reach.PORT, names)
        if each.transport == transport and (port in each.ports or heard & set(each.protocols))
    ]
    if port in FRAGILE_PORTS:
        return [each for each in found if each.safety is Safety.FRAGILE and port in each.ports]
    if not found and not heard and transport == "tcp" and "banner" in names:
        return [PROBES["banner"]]
    return found


def needs(names: Collection[str]) -> frozenset[Need]:
    """Return what the chosen probes need altogether."""
    return frozenset(need for name in names for need in probe(name).needs)
