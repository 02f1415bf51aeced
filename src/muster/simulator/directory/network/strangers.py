"""What stands in the network and no directory knows: printers, switches, cameras and the rest."""

from dataclasses import dataclass

from muster.simulator.directory.network.host import Host, Service, Wiring
from muster.simulator.directory.network.known import OS_VENDORS
from muster.simulator.directory.network.vendors import PREFIXES
from muster.simulator.directory.objects.company import OFFICES, Office

_HTTP = Service(80, ("http",))
_HTTPS = Service(443, ("http", "tls"))
_SNMP = Service(161, ("snmp",), transport="udp")
_PRINT = (Service(9100, ("jetdirect",)), Service(631, ("ipp", "http")), _HTTP, _SNMP)
_SSH = Service(22, ("ssh",), "OpenSSH", "OpenBSD", "8.9")


@dataclass(frozen=True, slots=True)
class Stranger:
    """A kind of host; `name` is filled with office, number and the tail of its MAC."""

    weight: int
    device_type: str
    vendor: str
    hardware: str
    os: str
    name: str
    purpose: str
    services: tuple[Service, ...]
    family: str = ""


STRANGERS = (
    Stranger(14, "Printer", "HP", "HP Color LaserJet MFP M480f", "HP FutureSmart", "NPI{tail}",
             "printer", _PRINT),
    Stranger(8, "Printer", "Kyocera", "ECOSYS M5526cdw", "Kyocera Printer", "KM{tail}",
             "printer", _PRINT),
    Stranger(5, "Printer", "Brother", "Brother HL-L6400DW", "Brother Printer", "BRN{mac}",
             "printer", _PRINT),
    Stranger(4, "Printer", "Lexmark", "Lexmark MS621dn", "Lexmark Printer", "ET{mac}",
             "printer", _PRINT),
    Stranger(11, "Switch", "Cisco", "Catalyst 9300-48P", "Cisco IOS XE", "{office}-sw-{number:02d}",
             "network", (Service(22, ("ssh",), "Cisco SSH", "Cisco", "2.0"), _HTTPS, _SNMP)),
    Stranger(3, "Router", "MikroTik", "CCR2004", "MikroTik RouterOS", "{office}-gw-{number:02d}",
             "network", (_SSH, Service(8291, ("winbox",)), _SNMP)),
    Stranger(9, "WAP", "Aruba", "AP-515", "ArubaOS", "{office}-ap-{number:02d}",
             "network", (_SSH, _HTTPS)),
    Stranger(6, "WAP", "Ubiquiti", "UniFi AP AC Pro", "Ubiquiti airOS", "{office}-uap-{number:02d}",
             "network", (_SSH,)),
    Stranger(9, "IP Camera", "Axis", "AXIS P3245-V", "Axis Linux", "axis-{mac}",
             "iot", (_HTTP, Service(554, ("rtsp",)), _HTTPS), "linux"),
    Stranger(6, "IP Camera", "Hikvision", "DS-2CD2143G2", "Hikvision Firmware", "",
             "iot", (_HTTP, Service(554, ("rtsp",)), Service(8000, ("hikvision",)))),
    Stranger(4, "NAS", "Synology", "DS1621+", "Synology DiskStation Manager",
             "{office}-nas{number:02d}", "server",
             (_SSH, Service(445, ("smb",), "Samba", "Samba", "4.15"),
              Service(5001, ("http", "tls"))),
             "linux"),
    Stranger(2, "NAS", "QNAP", "TS-453D", "QNAP QTS", "NAS{tail}", "server",
             (_HTTP, Service(445, ("smb",), "Samba", "Samba", "4.13")), "linux"),
    Stranger(5, "Hypervisor", "Dell", "PowerEdge R740", "VMware ESXi 7.0.3",
             "{office}-esx{number:02d}", "server",
             (_SSH, _HTTPS, Service(902, ("vmware-auth",), "ESXi", "VMware", "7.0.3"))),
    Stranger(6, "BMC", "Dell", "iDRAC9", "Dell iDRAC", "idrac-{tail}", "server",
             (_SSH, _HTTPS, Service(623, ("ipmi",), transport="udp"))),
    Stranger(4, "BMC", "HPE", "iLO 5", "HPE iLO", "ILOCZ{tail}", "server",
             (_SSH, _HTTPS, Service(623, ("ipmi",), transport="udp"))),
    Stranger(12, "Server", "VMware", "VMware Virtual Platform", "Ubuntu Linux",
             "{office}-lnx-{number:02d}", "server",
             (_SSH, Service(80, ("http",), "nginx", "F5", "1.18.0"), _HTTPS), "linux"),
    Stranger(6, "Server", "Supermicro", "SYS-1029P", "Debian Linux", "{office}-db-{number:02d}",
             "server", (_SSH, Service(5432, ("postgres",), "PostgreSQL", "PostgreSQL", "15.6")),
             "linux"),
    Stranger(9, "VoIP Phone", "Yealink", "SIP-T46U", "Yealink Firmware", "SIP-T46U",
             "iot", (_HTTP, Service(5060, ("sip",), transport="udp"))),
    Stranger(4, "UPS", "APC", "Smart-UPS 3000", "APC AOS", "apc{tail}", "iot", (_HTTP, _SNMP)),
    Stranger(4, "IoT", "Espressif", "ESP32", "", "ESP_{tail}", "iot", (_HTTP,)),
    Stranger(2, "IoT", "Signify", "Hue Bridge", "Hue Bridge Linux", "Philips-hue", "iot",
             (_HTTP, _HTTPS), "linux"),
    Stranger(2, "Media", "Sonos", "Sonos One", "Sonos", "", "iot", (Service(1400, ("http",)),)),
    Stranger(3, "PLC", "Siemens", "SIMATIC S7-1500", "Siemens SIMATIC", "plc-{office}-{number:02d}",
             "iot", (Service(102, ("s7comm",)), _HTTP)),
    Stranger(9, "Laptop", "Lenovo", "ThinkPad T14", "Windows 11 (22631)", "KONTRAKT-{tail}",
             "guest", (Service(445, ("smb",), "Windows SMB", "Microsoft"),), "windows"),
    Stranger(5, "Laptop", "Apple", "MacBook Pro", "macOS", "", "guest",
             (Service(5353, ("mdns",), transport="udp"),), "macos"),
)  # fmt: skip

RASPBERRY_PI = Stranger(
    0, "Device", "Raspberry Pi", "Raspberry Pi 4 Model B", "Raspbian Linux", "raspberrypi",
    "client", (_SSH, Service(1883, ("mqtt",), "Mosquitto", "Eclipse", "2.0")), "linux",
)  # fmt: skip


def any_stranger(wiring: Wiring, number: int) -> Host:
    """Return one of the unknown hosts, by how often each kind occurs."""
    rng = wiring.rng
    stranger = rng.choices(STRANGERS, [each.weight for each in STRANGERS])[0]
    return stranger_host(stranger, rng.choice(OFFICES), wiring, number)


def stranger_host(stranger: Stranger, office: Office, wiring: Wiring, number: int) -> Host:
    """Return the number-th unknown host, in an office."""
    mac = wiring.mac(PREFIXES[stranger.vendor])
    digits = mac.replace(":", "").upper()
    name = stranger.name.format(
        office=office.code.lower(), number=number, mac=digits, tail=digits[6:]
    )
    return Host(
        names=(name,) if name else (),
        addresses=(wiring.address(office.network, stranger.purpose),),
        macs=(mac,),
        device_type=stranger.device_type,
        os=stranger.os,
        os_vendor=OS_VENDORS.get(stranger.family, stranger.vendor),
        family=stranger.family,
        vendor=stranger.vendor,
        hardware=stranger.hardware,
        services=stranger.services,
        remark="the directory does not know such hosts",
    )
