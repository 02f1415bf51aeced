"""What looks like an identity and is none: names, serials and MACs that many machines have."""

import re

# Names that a vendor or an installer gives to every machine: equal ones mean nothing. Compared
# without spaces, hyphens and underscores, and without a number that mDNS adds (`iphone-2`).
COMMON_NAMES = frozenset(
    {
        "admin",
        "adminpc",
        "android",
        "androiddevice",
        "appletv",
        "chromebook",
        "client",
        "computer",
        "debian",
        "default",
        "defaultstring",
        "desktop",
        "device",
        "dhcp",
        "espressif",
        "fedora",
        "galaxy",
        "guest",
        "home",
        "host",
        "imac",
        "ipad",
        "iphone",
        "kali",
        "laptop",
        "linux",
        "localdomain",
        "localhost",
        "mac",
        "macbook",
        "macbookair",
        "macbookpro",
        "macmini",
        "minint",
        "n/a",
        "na",
        "name",
        "nas",
        "none",
        "notebook",
        "null",
        "openwrt",
        "owner",
        "pc",
        "phone",
        "pixel",
        "printer",
        "raspberrypi",
        "root",
        "router",
        "server",
        "surface",
        "switch",
        "tablet",
        "test",
        "testpc",
        "tobefilledbyoem",
        "ubuntu",
        "undefined",
        "unknown",
        "user",
        "userpc",
        "virtualmachine",
        "vm",
        "win",
        "windows",
        "workgroup",
        "workstation",
    }
)
_NOT_LETTERS = re.compile(r"[\s_\-'’()]")
_NUMBERED = re.compile(r"\d{1,4}$")
_MODEL = re.compile(r"(galaxy|pixel|iphone|ipad|redmi)[a-z]{0,4}\d{1,3}[a-z]{0,7}$")
# What a DHCP server or a provider makes of an address: `dhcp-10-0-0-7`, `ip-10-0-0-7`.
_ADDRESS_IN_NAME = re.compile(
    r"((ip|dhcp|host|client|dyn|dynamic|pool|static|ppp|guest|wlan|vpn|cpe|dsl)\w*?[-_]?)?"
    r"(\d{1,3}[-_]){3}\d{1,3}"
)

# What firmware reports where nobody wrote a serial number; compared by letters and digits only.
PLACEHOLDER_SERIALS = frozenset(
    {
        "0123456789",
        "012345678",
        "01234567",
        "1234567890",
        "123456789",
        "12345678",
        "1234567",
        "123456",
        "12345",
        "9876543210",
        "ABCDEF",
        "BASEBOARDSERIALNUMBER",
        "CHASSISSERIALNUMBER",
        "DEFAULT",
        "DEFAULTSTRING",
        "EMPTY",
        "EVAL",
        "FILLEDBYOEM",
        "INVALID",
        "MBSERIAL",
        "NOASSETINFORMATION",
        "NOASSETTAG",
        "NONE",
        "NOTAPPLICABLE",
        "NOTAVAILABLE",
        "NOTSPECIFIED",
        "NULL",
        "OEM",
        "OEMSERIAL",
        "PARALLELS",
        "SERIAL",
        "SERIALNUMBER",
        "SYSSERIALNUMBER",
        "SYSTEMSERIAL",
        "SYSTEMSERIALNUMBER",
        "TOBEFILLED",
        "TOBEFILLEDBYOEM",
        "UNDEFINED",
        "UNKNOWN",
        "UNSPECIFIED",
        "VIRTUALMACHINE",
        "WELCOME",
    }
)
_NOT_ALPHANUMERIC = re.compile(r"[^0-9A-Z]")
_SHORTEST_SERIAL = 5

# The beginnings of MACs that speak for no machine, with what they are.
SHARED_MACS: tuple[tuple[str, str], ...] = (
    # An address that routers hand to one another.
    ("00:00:5e:00:01", "VRRP or CARP"),
    ("00:00:5e:00:02", "VRRP for IPv6"),
    ("00:00:0c:07:ac", "HSRP"),
    ("00:00:0c:9f:f", "HSRP version 2"),
    ("00:05:73:a0:0", "HSRP for IPv6"),
    ("00:07:b4:00", "GLBP"),
    ("00:09:0f:09", "a FortiGate cluster"),
    ("00:1b:17:00:01", "a Palo Alto cluster"),
    ("00:1c:7f:00", "a Check Point cluster"),
    # USB docks and adapters: whoever sits at the desk.
    ("00:05:1b", "a USB adapter of Magic Control"),
    ("00:0e:c6", "a USB adapter of ASIX"),
    ("00:13:3b", "a USB adapter of Speed Dragon"),
    ("00:24:9b", "a USB dock of Action Star"),
    ("00:50:b6", "a USB dock of Good Way"),
    ("00:e0:4c", "a USB adapter of Realtek"),
    ("3c:18:a0", "a USB dock of Luxshare"),
    ("64:4b:f0", "a dock of CalDigit"),
    ("8c:ae:4c", "a USB dock of Plugable"),
    ("9c:eb:e8", "a USB dock of BizLink"),
    ("a0:ce:c8", "a USB dock of CE Link"),
    ("f8:e4:3b", "a USB adapter of ASIX"),
    # Hypervisors: the same adapter on every host of theirs, and copied along with a machine.
    ("00:03:ff", "a virtual adapter of Microsoft"),
    ("00:05:69", "a virtual adapter of VMware"),
    ("00:0c:29", "a virtual adapter of VMware"),
    ("00:15:5d", "a virtual adapter of Hyper-V"),
    ("00:16:3e", "a virtual adapter of Xen"),
    ("00:1c:14", "a virtual adapter of VMware"),
    ("00:1c:42", "a virtual adapter of Parallels"),
    ("00:50:56", "a virtual adapter of VMware"),
    ("08:00:27", "a virtual adapter of VirtualBox"),
    # VPN clients give every machine the same.
    ("00:05:9a:3c:7", "a VPN adapter of Cisco"),
    ("00:09:0f:aa", "a VPN adapter of Fortinet"),
    ("00:ff", "a TAP adapter"),
)

_MULTICAST, _LOCALLY_ADMINISTERED = 1, 2


def is_common_name(short: str) -> bool:
    """True for a folded first label that any machine could have."""
    squeezed = _NOT_LETTERS.sub("", short)
    if squeezed in COMMON_NAMES or _NUMBERED.sub("", squeezed) in _WITHOUT_NUMBER:
        return True
    return bool(_MODEL.fullmatch(squeezed) or _ADDRESS_IN_NAME.fullmatch(short))


# `ws1` and `server2` are somebody's scheme; `iphone-2` and `esp32` are not.
_WITHOUT_NUMBER = frozenset(
    {
        "android",
        "esp",
        "galaxy",
        "imac",
        "ipad",
        "iphone",
        "localhost",
        "macbook",
        "macbookair",
        "macbookpro",
        "macmini",
        "raspberrypi",
        "win",
        "windows",
    }
)


def serial_refusal(serial: str) -> str:
    """Return why a serial number (in capitals) tells no machine, "" if it does."""
    squeezed = _NOT_ALPHANUMERIC.sub("", serial)
    if squeezed in PLACEHOLDER_SERIALS or len(set(squeezed)) <= 1:
        return "a placeholder that firmware reports where there is no serial number"
    if len(squeezed) < _SHORTEST_SERIAL:
        return "too short to tell one machine"
    return ""


def mac_refusal(mac: str) -> str:
    """Return why a MAC (as `aa:bb:cc:dd:ee:ff`) tells no machine, "" if it does."""
    first = int(mac[:2], 16)
    if first & _MULTICAST:
        return "an address of a group"
    if first & _LOCALLY_ADMINISTERED:
        return "locally administered: randomised, or given by software"
    return next((f"shared: {what}" for begin, what in SHARED_MACS if mac.startswith(begin)), "")
